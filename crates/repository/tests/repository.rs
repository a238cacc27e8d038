//! What the repository takes in and what it gives out.

use bytes::Bytes;
use model::document::{DocumentEntry, XdsCode};
use model::hl7::PatientId;
use model::limits::DOCUMENT_IN_DATABASE_BYTES;
use model::{PartialTime, Timestamp};
use repository::{RepositoryError, receive};

fn entry(hash: &str, size: u64) -> DocumentEntry {
    let time = PartialTime::japan("20200101").unwrap();
    assert!(time.first > Timestamp(0));
    DocumentEntry {
        entry_uuid: uuid_of_nothing(),
        unique_id: "1.2.3".into(),
        repository_oid: "1.2".into(),
        mime_type: "text/plain".into(),
        class_code: XdsCode::default(),
        type_code: XdsCode::default(),
        format_code: XdsCode::default(),
        confidentiality: Vec::new(),
        facility_type: XdsCode::default(),
        practice_setting: XdsCode::default(),
        event_codes: Vec::new(),
        language: "ja-JP".into(),
        title: String::new(),
        creation_time: time,
        service_start: None,
        service_stop: None,
        authors: Vec::new(),
        source_patient_id: PatientId::default(),
        source_patient_info: None,
        reference_ids: Vec::new(),
        hash: hash.into(),
        size,
        intake: None,
        ..DocumentEntry::default()
    }
}

fn uuid_of_nothing() -> uuid::Uuid {
    uuid::Uuid::nil()
}

const ABC: &str = "a9993e364706816aba3e25717850c26c9cd0d89d";

#[test]
fn the_hash_and_size_that_were_sent_are_those_of_the_bytes() {
    let bytes = Bytes::from_static(b"abc");
    let mut told = entry(ABC, 3);
    receive(&mut told, bytes.clone()).unwrap();
    assert_eq!((told.hash.as_str(), told.size), (ABC, 3));
    assert!(receive(&mut entry(&ABC.to_uppercase(), 3), bytes.clone()).is_ok());
    let attribute = |hash: &str, size: u64| match receive(&mut entry(hash, size), bytes.clone()) {
        Err(RepositoryError::Metadata { attribute, unique_id }) => {
            assert_eq!(unique_id, "1.2.3");
            attribute
        }
        other => panic!("{other:?}"),
    };
    assert_eq!(attribute(ABC, 4), "size");
    assert_eq!(attribute(&"0".repeat(40), 3), "hash");
}

#[test]
fn what_was_not_sent_is_filled_in() {
    let mut told = entry("", 0);
    let taken = receive(&mut told, Bytes::from_static(b"abc")).unwrap();
    assert_eq!((told.hash.as_str(), told.size), (ABC, 3));
    assert_eq!(taken.sha256[..4], [0xba, 0x78, 0x16, 0xbf]);
}

#[test]
fn only_what_is_too_large_for_the_database_becomes_an_object() {
    let of_size = |size: u64| {
        let bytes = Bytes::from(vec![0_u8; usize::try_from(size).unwrap()]);
        receive(&mut entry("", 0), bytes).unwrap().in_objects
    };
    assert!(!of_size(0));
    assert!(!of_size(DOCUMENT_IN_DATABASE_BYTES));
    assert!(of_size(DOCUMENT_IN_DATABASE_BYTES + 1));
}
