//! Updates and removals of metadata (ITI-57, ITI-62) beside bytes that are damaged or lost: they
//! pass as intake does, with the remark and without facts.

use crate::central_sink::{keep_other_bytes, restore_bytes};
use crate::registry_support::*;
use crate::support::desk::{Desk, member, of_taro, success};

use ebrim::Submission;
use model::document::{
    Association, AssociationDetails, AssociationType, Availability, DocumentEntry,
};
use model::item::VersionState::{Current, Deprecated};
use store::Store;
use store::document::row;
use testkit::for_each_engine;
use uuid::Uuid;

fn lab(number: u64) -> LabVersion {
    LabVersion {
        number,
        order_key: "77".into(),
        sent: format!("2020010112{number:02}00000"),
        state: Current,
        is_delete_message: false,
    }
}

/// A message of SS-MIX2 that is no version of an item.
fn message(number: u64) -> (DocumentEntry, Vec<u8>) {
    let entry = DocumentEntry {
        intake: None,
        format_code: code("urn:ssmix2:1.2g:2016:HL7v2.5"),
        ..lab(number).entry()
    };
    (entry, lab(number).bytes())
}

fn status(number: u64, target: Uuid, from: Availability, to: Availability) -> Submission {
    let details = AssociationDetails {
        original_status: from.urn().into(),
        new_status: to.urn().into(),
        ..AssociationDetails::default()
    };
    let set = set(number);
    let change = Association {
        entry_uuid: Uuid::new_v5(&set.entry_uuid, b"status"),
        association_type: AssociationType::UpdateAvailabilityStatus,
        source: set.entry_uuid,
        target,
        details: details.boxed(),
    };
    Submission { set: of_taro(set), associations: vec![change], ..Submission::default() }
}

const APPROVED: Availability = Availability::Approved;
const DEPRECATED: Availability = Availability::Deprecated;

fn is_flagged(store: &Store, number: u64) -> (bool, usize, bool) {
    let row = &found(store, &[oid(number)])[&oid(number)];
    (row.flags.contains("\"bytes-damaged\""), row.facts.len(), row.on_timeline)
}

#[test]
fn a_damaged_document_that_is_approved_again_has_the_remark_and_no_facts() {
    for_each_engine(|store| {
        settle(store);
        let (entry, bytes) = message(1);
        keep_other_bytes(store, 1, (entry, bytes.clone()), None);
        let desk = Desk::trusted(store);
        assert_eq!(desk.update(&status(2, uuid(1), APPROVED, DEPRECATED)), success());
        assert_eq!(desk.update(&status(3, uuid(1), DEPRECATED, APPROVED)), success());
        assert_eq!(is_flagged(store, 1), (true, 0, true));
        // With its bytes restored the remark goes and the facts are back.
        restore_bytes(store, 1, bytes);
        assert_eq!(desk.update(&status(4, uuid(1), APPROVED, DEPRECATED)), success());
        assert_eq!(desk.update(&status(5, uuid(1), DEPRECATED, APPROVED)), success());
        assert_eq!(is_flagged(store, 1), (false, 2, true));
    });
}

#[test]
fn a_new_version_of_metadata_keeps_the_remark() {
    for_each_engine(|store| {
        settle(store);
        let (entry, bytes) = message(1);
        keep_other_bytes(store, 1, (entry.clone(), bytes), Some(b"not what was registered"));
        let desk = Desk::trusted(store);
        assert_eq!(desk.update(&status(2, uuid(1), APPROVED, DEPRECATED)), success());
        assert_eq!(desk.update(&status(3, uuid(1), DEPRECATED, APPROVED)), success());
        let set = set(4);
        let mut new = of_taro(DocumentEntry {
            entry_uuid: uuid(4),
            logical_id: Some(uuid(1)),
            title: "改めた題".into(),
            ..entry
        });
        new.size = Some(new.object.size);
        let mut has_member = member(&set, uuid(4));
        has_member.details.as_mut().unwrap().previous_version = Some(1);
        let sent = Submission {
            set: of_taro(set),
            documents: vec![new],
            associations: vec![has_member],
            ..Submission::default()
        };
        assert_eq!(desk.update(&sent), success());
        let (flagged, facts, shown) = read(store, |tx| {
            let id = row::id_by_uuid(tx, uuid(4))?.unwrap();
            let rows = store::document::entry::of_ids(tx, &[id])?;
            let facts = store::fact_query::of_document(tx, id, &|_, _| true)?;
            let line = store::timeline_query::entry_of_document(tx, id, &|_, _| true)?;
            Ok((rows[0].flags.contains("\"bytes-damaged\""), facts.len(), line.is_some()))
        });
        assert_eq!((flagged, facts, shown), (true, 0, true));
    });
}

#[test]
fn an_earlier_version_comes_back_though_its_bytes_are_damaged() {
    for_each_engine(|store| {
        settle(store);
        keep_other_bytes(store, 1, of(&lab(1)), Some(b"not what was registered"));
        keep_other_bytes(store, 2, of(&lab(2)), None);
        let states = || {
            let rows = found(store, &[oid(1), oid(2)]);
            rows.values().map(|row| row.state).collect::<Vec<_>>()
        };
        assert_eq!(states(), [Deprecated, Current]);
        let all = read(store, |tx| {
            let around = registry::query::associations_of(tx, uuid(2))?;
            let set = set(2).entry_uuid;
            let mut all: Vec<Uuid> = around.iter().map(|one| one.entry_uuid).collect();
            all.extend([uuid(2), set]);
            Ok(all)
        });
        assert_eq!(Desk::trusted(store).remove_metadata(&all), success());
        assert_eq!(states(), [Current]);
        assert_eq!(is_flagged(store, 1), (true, 0, true));
    });
}

fn of(version: &LabVersion) -> (DocumentEntry, Vec<u8>) {
    (version.entry(), version.bytes())
}
