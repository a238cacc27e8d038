//! Good messages, for others to be made of.

use crate::support::sample;
use ebrim::{Part, PartContent, Submission};
use model::document::DocumentKind;
use model::hl7::PatientId;
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
    String::from_utf8(sample::find(patient, DocumentKind::Stable)).unwrap()
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

fn submission(patient: &PatientId, number: u128, content: PartContent) -> Submission {
    Submission {
        parts: vec![Part { document: 0, content }],
        ..sample::submission(patient, number, sample::entry(patient, number))
    }
}
