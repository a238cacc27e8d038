//! Rejection notes: key object selections by which a source takes instances back (IHE RAD TF-3,
//! Imaging Object Change Management; PS3.16 CID 7011).

use dicomfile::{DataSet, tags};

/// What a note takes back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RejectionNote {
    /// Code of the reason, for rows.
    pub reason: &'static str,
    /// SOP Instance UIDs.
    pub sop_instance_uids: Vec<String>,
}

/// The note that a key object selection is, if its title says so.
pub fn rejection_note(header: &DataSet) -> Option<RejectionNote> {
    let title = header.items(tags::CONCEPT_NAME_CODE_SEQUENCE).first()?;
    let is_dicom = title.ascii(tags::CODING_SCHEME_DESIGNATOR) == Some("DCM");
    let reason = reason(title.ascii(tags::CODE_VALUE)?).filter(|_| is_dicom)?;
    let studies = header.items(tags::CURRENT_REQUESTED_PROCEDURE_EVIDENCE_SEQUENCE);
    let series = studies.iter().flat_map(|study| study.items(tags::REFERENCED_SERIES_SEQUENCE));
    let instances = series.flat_map(|series| series.items(tags::REFERENCED_SOP_SEQUENCE));
    let uids = instances.filter_map(|one| one.uid(tags::REFERENCED_SOP_INSTANCE_UID));
    let mut sop_instance_uids: Vec<String> = uids.map(str::to_owned).collect();
    sop_instance_uids.sort_unstable();
    sop_instance_uids.dedup();
    Some(RejectionNote { reason, sop_instance_uids })
}

/// The reason of a document title (PS3.16 CID 7011).
fn reason(title: &str) -> Option<&'static str> {
    match title {
        "113001" => Some("rejected-for-quality"),
        "113037" => Some("rejected-for-patient-safety"),
        "113038" => Some("rejected-incorrect-worklist-entry"),
        "113039" => Some("rejected-retention-expired"),
        _ => None,
    }
}
