//! A document and its submission set as another system makes them, for others to be made of.

use crate::registry_support::ask::find_of;
use ebrim::query::{FindDocuments, QueryRequest, StoredQuery, query_request};
use ebrim::{Submission, Submitted};
use model::Timestamp;
use model::document::{
    Association, AssociationDetails, AssociationType, DocumentEntry, DocumentKind, SubmissionSet,
    SubmissionSetStatus, XdsCode,
};
use model::hl7::PatientId;
use uuid::Uuid;
use xml::Writer;

/// entryUUIDs: of document `number` it is that of ten times the number, of its set the next one,
/// of the association between them the one after.
pub fn uuid(number: u128) -> Uuid {
    Uuid::from_u128(0xb000_0000_0000_4000_8000_0000_0000_0000 + number)
}

/// A code of a scheme that no affinity domain has.
pub fn code(code: &str) -> XdsCode {
    XdsCode { code: code.into(), display: code.into(), scheme: "1.2.3".into() }
}

/// Document `number` of a patient, with everything that ITI-41 asks for.
pub fn entry(patient: &PatientId, number: u128) -> DocumentEntry {
    DocumentEntry {
        entry_uuid: uuid(number * 10),
        unique_id: format!("1.2.7.{number}"),
        mime_type: "text/plain".into(),
        class_code: code("class"),
        type_code: code("type"),
        format_code: code("format"),
        confidentiality: vec![code("N")],
        facility_type: code("facility"),
        practice_setting: code("practice"),
        language: "ja-JP".into(),
        title: format!("文書 {number}"),
        creation_time: ebrim::notation::read_dtm("20240102030405").unwrap(),
        source_patient_id: patient.clone(),
        ..DocumentEntry::default()
    }
}

/// Set `number` of a patient with one document.
pub fn submission(patient: &PatientId, number: u128, entry: DocumentEntry) -> Submission {
    let set = SubmissionSet {
        entry_uuid: uuid(number * 10 + 1),
        unique_id: format!("1.2.5.{number}"),
        source_oid: "1.2.6".into(),
        submission_time: Timestamp(1_704_164_645_000_000),
        content_type: code("content"),
        ..SubmissionSet::default()
    };
    let details = AssociationDetails {
        submission_set_status: Some(SubmissionSetStatus::Original),
        ..AssociationDetails::default()
    };
    let member = Association {
        entry_uuid: uuid(number * 10 + 2),
        association_type: AssociationType::HasMember,
        source: set.entry_uuid,
        target: entry.entry_uuid,
        details: details.boxed(),
    };
    Submission {
        set: submitted(set, patient),
        documents: vec![submitted(entry, patient)],
        associations: vec![member],
        ..Submission::default()
    }
}

/// The element of ITI-18 for what a patient has of a kind that is Approved.
pub fn find(patient: &PatientId, kind: DocumentKind) -> Vec<u8> {
    let query = FindDocuments { kinds: vec![kind], ..find_of(patient.clone()) };
    let mut writer = Writer::new();
    query_request(&mut writer, &QueryRequest::new(StoredQuery::FindDocuments(Box::new(query))));
    writer.finish()
}

/// An object as a message carries it.
pub fn submitted<T>(object: T, patient: &PatientId) -> Submitted<T> {
    Submitted {
        object,
        id: String::new(),
        patient_id: Some(patient.clone()),
        availability: None,
        size: None,
        last_update: None,
    }
}
