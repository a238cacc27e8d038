//! What the bytes of a version say of it: whose it is first of all.

use crate::listing::Candidate;
use crate::metadata::Described;
use model::document::XdsCode;
use model::item::VersionState;
use model::reason::{Flag, Reason};
use model::{Coded, PartialTime};
use ssmix2::layout::extended::mime_type;
use ssmix2::{Examined, Expected, MIME_TYPE, examine};
use xml::OutlineLine;

/// OID of DICOM's controlled terminology.
const DICOM_OID: &str = "1.2.840.10008.2.16.4";

/// Examines the document of a version; `file_name` is that of the primary file of a content
/// folder.
///
/// # Errors
/// The reason of quarantine and a sentence for the operator.
pub fn version(
    candidate: &Candidate,
    file_name: &str,
    bytes: &[u8],
) -> Result<Described, (Reason, String)> {
    let mut described = match &candidate.kind {
        None => message(candidate, bytes)?,
        Some(kind) => {
            let mut described = content(candidate, file_name, bytes)?;
            described.title = kind.document_name().to_owned();
            described
        }
    };
    described.flags.extend(candidate.flags.iter().copied());
    Ok(described)
}

/// A delete record of a transaction storage without a message: its header says all there is.
pub fn bare_deletion(candidate: &Candidate) -> Described {
    Described {
        service_start: PartialTime::japan(&candidate.item.care_date).ok(),
        is_delete_message: true,
        mime_type: "text/plain".to_owned(),
        ..Described::default()
    }
}

fn message(candidate: &Candidate, bytes: &[u8]) -> Result<Described, (Reason, String)> {
    let expected = Expected {
        patient_id: &candidate.item.patient_id,
        data_type: &candidate.item.data_type,
        care_date: &candidate.item.care_date,
        order_key: &candidate.item.order_key,
        sent: &candidate.sent,
        department: &candidate.department,
    };
    let Examined {
        service_start,
        service_stop,
        author,
        department,
        reference_ids,
        modality,
        demographics,
        is_delete_message,
        title,
        flags,
        ..
    } = examine(bytes, &expected)?;
    let (code, name) = department_of(&department, &candidate.department);
    Ok(Described {
        service_start,
        service_stop,
        persons: author.into_iter().collect(),
        department: code,
        department_name: name,
        unnamed_departments: unnamed(&department),
        title: title.kind,
        reference_ids,
        event_codes: event_codes(&modality),
        demographics: Some(demographics),
        flags,
        is_delete_message,
        mime_type: MIME_TYPE.to_owned(),
    })
}

/// A document of the extended storage. Where its format says whose it is, that must be the
/// folder's patient; elsewhere the folder's name is all there is.
fn content(
    candidate: &Candidate,
    file_name: &str,
    bytes: &[u8],
) -> Result<Described, (Reason, String)> {
    let mime = mime_type(file_name, bytes);
    let mut described = Described::default();
    if mime == MIME_TYPE {
        described = message(candidate, bytes)?;
        // Every data kind is unknown to the table of the standardized storage.
        described.flags.retain(|flag| *flag != Flag::UnknownType);
        described.is_delete_message &= candidate.state == VersionState::Deleted;
    } else if mime == "text/xml" {
        check_clinical_document(bytes, &candidate.item.patient_id)?;
    }
    if described.service_start.is_none() {
        described.service_start = PartialTime::japan(&candidate.item.care_date).ok();
    }
    described.mime_type = mime.to_owned();
    Ok(described)
}

/// The patient of a CDA document (recordTarget/patientRole/id) must be the folder's. XML that
/// is no CDA, or names no patient, is taken by its folder.
fn check_clinical_document(bytes: &[u8], patient_id: &str) -> Result<(), (Reason, String)> {
    let text = text::decode(bytes, text::detect(bytes)).text;
    let Ok(outline) = xml::outline(&text) else { return Ok(()) };
    if outline.first().map(local_name) != Some("ClinicalDocument") {
        return Ok(());
    }
    let ids = patient_role_ids(&outline);
    let bare = |id: &str| id.trim().trim_start_matches('0').to_owned();
    if ids.is_empty() || ids.iter().any(|id| bare(id) == bare(patient_id)) {
        return Ok(());
    }
    let detail = "recordTarget of the document is not the patient of folder and name; have the \
                  hospital correct the storage";
    Err((Reason::PatientMismatch, detail.to_owned()))
}

fn patient_role_ids(outline: &[OutlineLine]) -> Vec<String> {
    let mut path: Vec<&str> = Vec::new();
    let mut ids = Vec::new();
    for line in outline {
        path.truncate(line.depth as usize);
        path.push(local_name(line));
        if path == ["ClinicalDocument", "recordTarget", "patientRole", "id"] {
            let extension = line.attributes.iter().find(|(name, _)| name == "extension");
            ids.extend(extension.map(|(_, value)| value.clone()).filter(|id| !id.is_empty()));
        }
    }
    ids
}

fn local_name(line: &OutlineLine) -> &str {
    line.name.rsplit_once(':').map_or(line.name.as_str(), |(_, local)| local)
}

/// The codes of departments for which the message has no name.
fn unnamed(sent: &Coded) -> Vec<String> {
    if sent.codes.iter().any(|one| !one.text.is_empty()) {
        return Vec::new();
    }
    sent.codes.iter().map(|one| one.code.clone()).filter(|code| !code.is_empty()).collect()
}

/// Code and name of the department, where the message speaks of the one in the file's name or
/// the name has none.
fn department_of(sent: &Coded, of_name: &str) -> (String, String) {
    let found = match of_name {
        "" => sent.codes.first(),
        code => sent.codes.iter().find(|one| one.code == code),
    };
    found.map(|one| (one.code.clone(), one.text.clone())).unwrap_or_default()
}

fn event_codes(modality: &Coded) -> Vec<XdsCode> {
    modality
        .codes
        .iter()
        .filter(|one| one.system == "DCM" && !one.code.is_empty())
        .map(|one| XdsCode {
            code: one.code.clone(),
            display: if one.text.is_empty() { one.code.clone() } else { one.text.clone() },
            scheme: DICOM_OID.to_owned(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cda(ids: &str) -> Vec<u8> {
        format!(
            "<?xml version=\"1.0\"?><c:ClinicalDocument xmlns:c=\"urn:hl7-org:v3\"><c:id \
             extension=\"77\"/><c:recordTarget><c:patientRole>{ids}</c:patientRole>\
             </c:recordTarget></c:ClinicalDocument>"
        )
        .into_bytes()
    }

    #[test]
    fn the_patient_of_a_clinical_document_must_be_the_folders() {
        let check = |ids: &str| check_clinical_document(&cda(ids), "0012345");
        assert_eq!(check("<c:id extension=\"0012345\" root=\"1.2\"/>"), Ok(()));
        assert_eq!(check("<c:id extension=\"99\"/><c:id extension=\"12345\"/>"), Ok(()));
        assert_eq!(check("<c:id nullFlavor=\"UNK\"/>"), Ok(()));
        let (reason, detail) = check("<c:id extension=\"0054321\"/>").unwrap_err();
        assert_eq!(reason, Reason::PatientMismatch);
        assert!(!detail.contains("54321"), "another patient's ID is not repeated");
    }

    #[test]
    fn other_xml_is_taken_by_its_folder() {
        assert_eq!(check_clinical_document(b"<report><id extension=\"9\"/></report>", "1"), Ok(()));
        assert_eq!(check_clinical_document(b"<ClinicalDocument", "1"), Ok(()));
    }
}
