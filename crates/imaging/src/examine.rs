//! Reading the header of what was received, without believing any of it.

use crate::describe::{self, Reader};
use crate::kind::Kind;
use crate::note::{RejectionNote, rejection_note};
use dicomfile::{
    DataSet, ReadError, Scan, TransferSyntax, Verdict, is_uid, scan, scan_data_set, tags,
};
use model::reason::Reason;
use ports::AnnouncedInstance;
use std::io::Read;
use store::study::{InstanceDescription, SeriesDescription, StudyDescription};

/// An instance as its header describes it.
#[derive(Debug, Clone)]
pub(crate) struct Examined {
    /// Patient ID (0010,0020), without the spaces around it.
    pub patient_id: String,
    /// Assigning authority of that ID as an OID, where the object says one
    /// (Issuer of Patient ID Qualifiers, PS3.3 C.7.1.1).
    pub issuer_oid: Option<String>,
    /// Study Instance UID.
    pub study_instance_uid: String,
    /// Series Instance UID.
    pub series_instance_uid: String,
    /// What it says of its study.
    pub study: StudyDescription,
    /// What it says of its series.
    pub series: SeriesDescription,
    /// What it says of itself; the places in its object follow.
    pub instance: InstanceDescription,
    /// Where the data set begins in what was scanned.
    pub data_set_offset: u64,
    /// Its header as DICOM JSON, compressed by gzip, for the metadata of its series.
    pub header_json: Option<Vec<u8>>,
    /// What it takes back.
    pub note: Option<RejectionNote>,
}

/// Why an instance has no place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unfit {
    /// The reason, for the quarantine.
    pub reason: Reason,
    /// What exactly; nothing of a patient.
    pub detail: String,
    /// Patient ID, as far as it could be read.
    pub patient_id: String,
    /// Whether more bytes would have helped: the header is longer than what was given.
    pub is_cut: bool,
}

/// Scans a data set as announced, or a file.
pub(crate) fn examine<R: Read>(
    reader: R,
    size_bytes: Option<u64>,
    announced: Option<&AnnouncedInstance>,
) -> Result<Examined, Unfit> {
    let scanned = match announced {
        Some(said) => {
            let syntax = TransferSyntax::new(&said.transfer_syntax_uid);
            scan_data_set(reader, size_bytes, &syntax)
        }
        None => scan(reader, size_bytes),
    };
    match scanned {
        Ok(scan) => describe(scan, announced),
        Err(error) => Err(Unfit {
            reason: Reason::NotDicom,
            detail: error.problem.to_string(),
            patient_id: patient_id(&error.scan.header),
            is_cut: is_cut(&error.problem),
        }),
    }
}

fn is_cut(problem: &ReadError) -> bool {
    matches!(problem, ReadError::Truncated { .. } | ReadError::LengthBeyondEnd { .. })
}

fn describe(scan: Scan, announced: Option<&AnnouncedInstance>) -> Result<Examined, Unfit> {
    let header = scan.header;
    let uid = |tag| header.uid(tag).filter(|uid| is_safe_uid(uid)).map(str::to_owned);
    let of_meta = |tag| scan.meta.uid(tag).filter(|uid| is_safe_uid(uid)).map(str::to_owned);
    let said = |part: fn(&AnnouncedInstance) -> &String| {
        announced.map(part).filter(|uid| is_safe_uid(uid)).cloned()
    };
    let sop_instance_uid = uid(tags::SOP_INSTANCE_UID)
        .or_else(|| said(|said| &said.sop_instance_uid))
        .or_else(|| of_meta(tags::MEDIA_STORAGE_SOP_INSTANCE_UID));
    let sop_class_uid = uid(tags::SOP_CLASS_UID)
        .or_else(|| said(|said| &said.sop_class_uid))
        .or_else(|| of_meta(tags::MEDIA_STORAGE_SOP_CLASS_UID));
    let (Some(study_instance_uid), Some(series_instance_uid), Some(sop_instance_uid)) =
        (uid(tags::STUDY_INSTANCE_UID), uid(tags::SERIES_INSTANCE_UID), sop_instance_uid)
    else {
        return Err(Unfit {
            reason: Reason::IdentifiersMissing,
            detail: "Study, Series or SOP Instance UID is missing or is none".to_owned(),
            patient_id: patient_id(&header),
            is_cut: false,
        });
    };
    let patient = header.text(tags::PATIENT_ID);
    if patient.as_ref().is_some_and(|text| text.verdict == Verdict::Undecodable) {
        return Err(Unfit {
            reason: Reason::PatientUndecodable,
            detail: "Patient ID cannot be decoded".to_owned(),
            patient_id: String::new(),
            is_cut: false,
        });
    }
    let sop_class_uid = sop_class_uid.unwrap_or_default();
    let note = rejection_note(&header);
    let kind = Kind::of(&sop_class_uid, scan.pixel_data.is_some(), note.is_some());
    let mut reader = Reader::new(&header);
    for tag in [tags::PATIENT_NAME, tags::STUDY_DESCRIPTION, tags::SERIES_DESCRIPTION] {
        reader.text(tag);
    }
    let size_of = |tag| header.number(tag).filter(|size| *size > 0).unwrap_or(0);
    let pixels = scan.pixel_data;
    let instance = InstanceDescription {
        sop_instance_uid,
        sop_class_uid: sop_class_uid.clone(),
        transfer_syntax_uid: scan.transfer_syntax.uid().to_owned(),
        instance_number: header.number(tags::INSTANCE_NUMBER),
        kind: kind.name().to_owned(),
        title: kind.title(&header).replace('\0', "\u{FFFD}"),
        pixel_rows: size_of(tags::ROWS),
        pixel_columns: size_of(tags::COLUMNS),
        frames: pixels.map_or(0, |pixels| i64::from(pixels.frames)),
        pixel_offset: pixels.and_then(|pixels| i64::try_from(pixels.offset).ok()),
        pixel_size: pixels.and_then(|pixels| i64::try_from(pixels.length?).ok()),
        text_verdict: reader.verdict(),
        ..InstanceDescription::default()
    };
    let mut study = describe::study(&header);
    if study.sop_classes.is_empty() && !sop_class_uid.is_empty() {
        study.sop_classes.push(sop_class_uid);
    }
    Ok(Examined {
        patient_id: patient_id(&header),
        issuer_oid: issuer_oid(&header),
        study_instance_uid,
        series_instance_uid,
        study,
        series: describe::series(&header),
        instance,
        data_set_offset: scan.data_set_offset,
        note,
        header_json: None,
    })
}

fn patient_id(header: &DataSet) -> String {
    header.text(tags::PATIENT_ID).map(|text| text.value.trim().to_owned()).unwrap_or_default()
}

/// A UID that names a place: hospitals break PS3.5 9.1 (leading zeros, 65 characters), so only
/// what could be none is refused.
fn is_safe_uid(uid: &str) -> bool {
    is_uid(uid)
        || (!uid.is_empty()
            && uid.len() <= 128
            && uid.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-')))
}

/// Universal Entity ID of the qualifiers, where its type says that it is an OID.
fn issuer_oid(header: &DataSet) -> Option<String> {
    let qualifiers = header.items(tags::ISSUER_OF_PATIENT_ID_QUALIFIERS_SEQUENCE).first()?;
    let is_oid = qualifiers.ascii(tags::UNIVERSAL_ENTITY_ID_TYPE) == Some("ISO");
    let text = qualifiers.text(tags::UNIVERSAL_ENTITY_ID).filter(|_| is_oid)?;
    Some(text.value.trim().to_owned()).filter(|oid| !oid.is_empty())
}
