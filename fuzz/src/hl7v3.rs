//! HL7 v3: whatever is read writes, and what was written reads back as it was.

use hl7v3::{Interaction, Outgoing, PatientRecord, Payload};
use xml::Document;

/// Reads the input as every interaction, in an envelope or out of it.
pub fn run(bytes: &[u8]) {
    let Ok(document) = Document::parse_bytes(bytes) else { return };
    let root = document.root();
    let _ = hl7v3::read_outcome(root);
    for interaction in Interaction::ALL {
        let message = hl7v3::read(interaction, root);
        if let Some(copy) = &message.query_copy {
            check_copy(copy);
        }
        if let Ok(Payload::Record(record)) = message.payload {
            check_record(&record);
        }
    }
}

/// The copy of a question reads again.
fn check_copy(copy: &[u8]) {
    let text = String::from_utf8_lossy(copy);
    let document = Document::parse(&text);
    assert!(document.is_ok(), "{text}");
    let Some(read) = hl7v3::read_stored_query(&text) else { return };
    let asked = hl7v3::ask_candidates(&Outgoing::default(), &read);
    assert!(Document::parse_bytes(&asked).is_ok(), "{text}");
}

/// A record may lose what is not kept when it is written first, and nothing after that.
fn check_record(record: &PatientRecord) {
    let outgoing = Outgoing::default();
    let write =
        |record: &PatientRecord| hl7v3::record(&outgoing, Interaction::RecordAdded, record, "1.2");
    let once = read(&write(record));
    assert!(once.is_some(), "{record:?}");
    let Some(once) = once else { return };
    assert_eq!(read(&write(&once)).as_ref(), Some(&once), "{record:?}");
}

fn read(bytes: &[u8]) -> Option<PatientRecord> {
    let document = Document::parse_bytes(bytes).ok()?;
    PatientRecord::read(document.root()).ok()
}
