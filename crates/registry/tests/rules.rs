//! Each rule of the message alone: what it refuses, and with which code.

use crate::support;

use model::PartialTime;
use model::document::{DocumentEntry, ExtraSlot, XdsCode};
use support::*;

fn refused(change: impl FnOnce(&mut DocumentEntry)) -> &'static str {
    let mut entry = entry(1, TARO, b"abc");
    change(&mut entry);
    match try_prepare(set(1), vec![(entry, b"abc".to_vec())], vec![], vec![]) {
        Ok(_) => "",
        Err(problems) => {
            assert_eq!(problems.len(), 1, "{problems:?}");
            assert!(problems[0].code_context().contains("ITI TF-"), "{problems:?}");
            problems[0].code.name()
        }
    }
}

const METADATA: &str = "XDSRegistryMetadataError";

#[test]
fn a_whole_entry_is_accepted() {
    assert_eq!(refused(|_| ()), "");
    assert_eq!(refused(|entry| entry.unique_id = "1.2.3^EXT".into()), "");
    assert_eq!(refused(|entry| entry.service_stop = entry.service_start.clone()), "");
}

#[test]
fn required_attributes_are_required() {
    let nothing = XdsCode::default;
    assert_eq!(refused(|entry| entry.mime_type.clear()), METADATA);
    assert_eq!(refused(|entry| entry.language.clear()), METADATA);
    assert_eq!(refused(|entry| entry.repository_oid.clear()), METADATA);
    assert_eq!(refused(|entry| entry.source_patient_id.id.clear()), METADATA);
    assert_eq!(refused(|entry| entry.source_patient_id.authority.oid.clear()), METADATA);
    assert_eq!(refused(|entry| entry.class_code = nothing()), METADATA);
    assert_eq!(refused(|entry| entry.type_code = nothing()), METADATA);
    assert_eq!(refused(|entry| entry.format_code.scheme.clear()), METADATA);
    assert_eq!(refused(|entry| entry.facility_type.code.clear()), METADATA);
    assert_eq!(refused(|entry| entry.practice_setting = nothing()), METADATA);
    assert_eq!(refused(|entry| entry.confidentiality.clear()), METADATA);
    assert_eq!(refused(|entry| entry.class_code.display.clear()), "");
}

#[test]
fn formats_are_kept() {
    for unique_id in ["", "1", "1..2", "1.02", "urn:oid:1.2", "1.2^12345678901234567"] {
        assert_eq!(refused(|entry| entry.unique_id = unique_id.into()), METADATA, "{unique_id}");
    }
    let long = format!("1.{}", "2".repeat(63));
    assert_eq!(refused(|entry| entry.unique_id = long), METADATA);
    assert_eq!(refused(|entry| entry.hash = "zz".repeat(20)), METADATA);
    assert_eq!(refused(|entry| entry.hash = "ab".into()), METADATA);
    let later = PartialTime::japan("20200102").unwrap();
    let earlier = PartialTime::japan("20200101").unwrap();
    let swapped = |entry: &mut DocumentEntry| {
        entry.service_start = Some(later);
        entry.service_stop = Some(earlier);
    };
    assert_eq!(refused(swapped), METADATA);
}

#[test]
fn extra_slots_have_urn_names_once_and_bounded_values() {
    let slot = |name: &str, value: String| ExtraSlot { name: name.into(), values: vec![value] };
    assert_eq!(refused(|entry| entry.extra = vec![slot("urn:x", "値".repeat(256))]), "");
    assert_eq!(refused(|entry| entry.extra = vec![slot("urn:x", "値".repeat(257))]), METADATA);
    assert_eq!(refused(|entry| entry.extra = vec![slot("x", String::new())]), METADATA);
    let twice = vec![slot("urn:x", String::new()), slot("urn:x", String::new())];
    assert_eq!(refused(|entry| entry.extra = twice), METADATA);
}

#[test]
fn nothing_stands_twice_in_a_message() {
    let both = |second: DocumentEntry| {
        let documents = vec![(entry(1, TARO, b"abc"), b"abc".to_vec()), (second, b"abc".to_vec())];
        try_prepare(set(1), documents, vec![], vec![]).unwrap_err()[0].code.name()
    };
    let mut same_id = entry(2, TARO, b"abc");
    same_id.unique_id = oid(1);
    assert_eq!(both(same_id), "XDSRegistryDuplicateUniqueIdInMessage");
    let mut same_uuid = entry(2, TARO, b"abc");
    same_uuid.entry_uuid = uuid(1);
    assert_eq!(both(same_uuid), METADATA);
    let mut as_the_set = entry(2, TARO, b"abc");
    as_the_set.unique_id = set(1).unique_id;
    assert_eq!(both(as_the_set), "XDSRegistryDuplicateUniqueIdInMessage");
}

#[test]
fn the_set_is_whole() {
    let with = |change: fn(&mut model::document::SubmissionSet)| {
        let mut set = set(1);
        change(&mut set);
        let documents = vec![(entry(1, TARO, b"abc"), b"abc".to_vec())];
        try_prepare(set, documents, vec![], vec![]).unwrap_err()[0].code.name()
    };
    assert_eq!(with(|set| set.unique_id.clear()), METADATA);
    assert_eq!(with(|set| set.source_oid = "x".into()), METADATA);
    assert_eq!(with(|set| set.content_type.code.clear()), METADATA);
}
