//! Good messages, for others to be made of.

use ebrim::query::{FindDocuments, QueryRequest, StoredQuery, query_request};
use ebrim::{Part, PartContent, Submission, Submitted};
use model::Timestamp;
use model::document::{
    Association, AssociationDetails, AssociationType, Availability, DocumentEntry, DocumentKind,
    SubmissionSet, SubmissionSetStatus, XdsCode,
};
use model::hl7::PatientId;
use uuid::Uuid;
use xml::Writer;

pub const QUERY: &str = "urn:ihe:iti:2007:RegistryStoredQuery";
pub const PROVIDE: &str = "urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-b";
pub const ENVELOPE: &str = "http://www.w3.org/2003/05/soap-envelope";
pub const ADDRESSING: &str = "http://www.w3.org/2005/08/addressing";
pub const PLAIN: &str = "application/soap+xml; charset=UTF-8";
pub const MTOM: &str = "multipart/related; type=\"application/xop+xml\"; boundary=B; \
                        start=\"<root>\"; start-info=\"application/soap+xml\"";

/// An envelope of headers as written and a body.
pub fn envelope(headers: &str, body: &str) -> String {
    format!(
        "<e:Envelope xmlns:e='{ENVELOPE}' xmlns:a='{ADDRESSING}'><e:Header>{headers}</e:Header>\
         <e:Body>{body}</e:Body></e:Envelope>"
    )
}

/// The headers of an action.
pub fn action(action: &str) -> String {
    format!(
        "<a:Action e:mustUnderstand='1'>{action}</a:Action><a:MessageID>urn:uuid:1</a:MessageID>"
    )
}

/// FindDocuments of a patient, without its envelope.
pub fn query_body(patient: &PatientId) -> String {
    let query = FindDocuments {
        patients: vec![patient.clone()],
        availability: vec![Availability::Approved],
        kinds: vec![DocumentKind::Stable],
        ..FindDocuments::default()
    };
    let mut writer = Writer::new();
    query_request(&mut writer, &QueryRequest::new(StoredQuery::FindDocuments(Box::new(query))));
    String::from_utf8(writer.finish()).unwrap()
}

/// FindDocuments of a patient.
pub fn query(patient: &PatientId) -> String {
    envelope(&action(QUERY), &query_body(patient))
}

/// ITI-41 of one document, whose content is this, without its envelope.
pub fn provide_body(patient: &PatientId, number: u128, content: PartContent) -> String {
    let submission = submission(patient, number, content);
    let mut writer = Writer::new();
    ebrim::request::provide_and_register_request(&mut writer, &submission, false);
    String::from_utf8(writer.finish()).unwrap()
}

/// ITI-41 with MTOM of one document that refers to `href`, and parts with these headers and
/// bytes.
pub fn provide(patient: &PatientId, number: u128, href: &str, parts: &[(&str, &str)]) -> String {
    let body = provide_body(patient, number, PartContent::Include(href.to_owned()));
    with_root(&envelope(&action(PROVIDE), &body), parts)
}

/// A multipart message.
pub fn with_root(root: &str, parts: &[(&str, &str)]) -> String {
    let head = "Content-Type: application/xop+xml; charset=UTF-8\r\nContent-ID: <root>\r\n";
    let mut body = format!("--B\r\n{head}\r\n{root}");
    for (head, bytes) in parts {
        body.push_str(&format!("\r\n--B\r\n{head}\r\n\r\n{bytes}"));
    }
    body + "\r\n--B--\r\n"
}

fn code(code: &str) -> XdsCode {
    XdsCode { code: code.into(), display: code.into(), scheme: "1.2.3".into() }
}

fn uuid(number: u128) -> Uuid {
    Uuid::from_u128(0xb000_0000_0000_4000_8000_0000_0000_0000 + number)
}

fn submitted<T>(object: T, uuid: Uuid, patient: &PatientId) -> Submitted<T> {
    Submitted {
        object,
        id: uuid.urn().to_string(),
        patient_id: Some(patient.clone()),
        availability: None,
        size: None,
        last_update: None,
    }
}

fn submission(patient: &PatientId, number: u128, content: PartContent) -> Submission {
    let (set_uuid, entry_uuid) = (uuid(number * 3), uuid(number * 3 + 1));
    let set = SubmissionSet {
        entry_uuid: set_uuid,
        unique_id: format!("1.2.5.{number}"),
        source_oid: "1.2.6".into(),
        submission_time: Timestamp(1_704_164_645_000_000),
        content_type: code("content"),
        ..SubmissionSet::default()
    };
    let entry = DocumentEntry {
        entry_uuid,
        unique_id: format!("1.2.7.{number}"),
        mime_type: "text/plain".into(),
        class_code: code("class"),
        type_code: code("type"),
        format_code: code("format"),
        confidentiality: vec![code("N")],
        facility_type: code("facility"),
        practice_setting: code("practice"),
        language: "ja-JP".into(),
        title: "退院時要約".into(),
        creation_time: ebrim::notation::read_dtm("20240102030405").unwrap(),
        source_patient_id: patient.clone(),
        ..DocumentEntry::default()
    };
    let details = AssociationDetails {
        submission_set_status: Some(SubmissionSetStatus::Original),
        ..AssociationDetails::default()
    };
    let member = Association {
        entry_uuid: uuid(number * 3 + 2),
        association_type: AssociationType::HasMember,
        source: set_uuid,
        target: entry_uuid,
        details: details.boxed(),
    };
    Submission {
        set: submitted(set, set_uuid, patient),
        documents: vec![submitted(entry, entry_uuid, patient)],
        associations: vec![member],
        parts: vec![Part { document: 0, content }],
        ..Submission::default()
    }
}
