//! Messages that others recorded.

use hl7v3::{Interaction, Payload, read_outcome};
use xml::{Document, Element};

fn body<'a>(document: &'a Document<'a>) -> Element<'a> {
    let envelope = document.root();
    let body = envelope.child("http://www.w3.org/2003/05/soap-envelope", "Body").unwrap();
    body.children().next().unwrap()
}

#[test]
fn messages_of_the_swiss_record_read() {
    let Some(samples) = testkit::conformance_dir() else { return };
    let read = |name: &str| {
        let path = samples.join("epr-by-example/samples").join(name);
        std::fs::read_to_string(path).unwrap()
    };
    let text = read("ITI-44_request_raw.xml");
    let document = Document::parse(&text).unwrap();
    let message = hl7v3::read(Interaction::RecordAdded, body(&document));
    let Ok(Payload::Record(record)) = message.payload else { panic!("{message:?}") };
    assert_eq!(record.demographics.name.full(), "Muster Maja");
    assert_eq!(record.ids.len(), 2);
    assert_eq!(record.ids[0].extension, "TestSystemId");
    assert_eq!(record.demographics.address, "Wettingen Imfeldstrasse 24b");

    let text = read("ITI-45_request_raw.xml");
    let document = Document::parse(&text).unwrap();
    let message = hl7v3::read(Interaction::GetIdentifiers, body(&document));
    let Ok(Payload::Identifiers(query)) = message.payload else { panic!("{message:?}") };
    assert_eq!(query.patients[0].extension, "900010");
    assert_eq!(query.data_sources.len(), 2);

    let text = read("ITI-47_request_raw.xml");
    let document = Document::parse(&text).unwrap();
    let message = hl7v3::read(Interaction::FindCandidates, body(&document));
    let Ok(Payload::Candidates(query)) = message.payload else { panic!("{message:?}") };
    assert_eq!(query.subject_ids[0].root, "1.1.1.2.2");
    assert_eq!(query.scopes.len(), 2);

    for (name, code, query_response) in [
        ("ITI-44_response_raw.xml", "CA", ""),
        ("ITI-45_response_raw.xml", "AA", "OK"),
        ("ITI-47_response_raw.xml", "AA", "OK"),
    ] {
        let text = read(name);
        let document = Document::parse(&text).unwrap();
        let outcome = read_outcome(body(&document));
        assert_eq!(
            (outcome.code.as_str(), outcome.query_response.as_str()),
            (code, query_response)
        );
    }
}
