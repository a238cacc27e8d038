//! ITI-43: bytes are opened by the row that holds them, as its metadata are today.

use super::world::*;
use crate::registry_support as support;

use model::document::{Availability, DocumentEntry, DocumentKind};
use model::entry::Category;
use model::item::VersionState;
use ports::{Caller, PeerCaller};
use registry::iti57;
use store::document::{NewDocument, Settlement, metadata, row, set};
use store::{Store, StoreError};
use support::*;
use testkit::for_each_engine;

/// A clinic to which Taro opened everybody's laboratory results.
fn clinic(store: &Store) -> Caller {
    let facility_id = facility(store, "1310000009");
    consent(store, None, facility_id, &[Category::Laboratory]);
    Caller::Peer(PeerCaller {
        name: "clinic".into(),
        facility_id,
        may_submit: true,
        may_remove: false,
        is_gateway: false,
        ..PeerCaller::default()
    })
}

/// Writes an entry without bytes under a uniqueId that is taken, which no transaction does.
fn squat(store: &Store, number: u64, unique_id: &str) {
    let entry = DocumentEntry {
        unique_id: unique_id.to_owned(),
        kind: DocumentKind::OnDemand,
        ..document(number, "laboratory", b"")
    };
    let written = store.write_blocking(move |tx| -> Result<(), StoreError> {
        let set_id = set::id_by_unique_id(tx, &set_of_one().unique_id)?.unwrap();
        let known = row::known(tx, &entry.unique_id)?.unwrap();
        let settlement =
            Settlement { state: VersionState::Current, deletion: None, flags: "[]".to_owned() };
        let new = NewDocument {
            entry: &entry,
            metadata: &metadata::write(&entry).unwrap(),
            identity_id: known.identity_id,
            source_id: None,
            item_id: None,
            submission_set_id: set_id,
            told: VersionState::Current,
            settlement: &settlement,
            category: Category::Laboratory.name(),
            sha256: &[],
            in_objects: false,
            text_verdict: "",
            created: now(),
            held: false,
            member_implied: true,
            rules_version: 0,
            is_restricted: false,
        };
        row::insert(tx, &new)?.unwrap();
        Ok(())
    });
    written.unwrap();
}

fn set_of_one() -> model::document::SubmissionSet {
    support::set(1)
}

#[test]
fn an_entry_without_bytes_opens_none_of_another() {
    for_each_engine(|store| {
        settle(store);
        let clinic = clinic(store);
        let (hidden, bytes) = stored(1, "OMP-01", "prescription");
        keep(store, 1, hidden, &bytes);
        let unknown = retrieve(store, &clinic, &oid(9)).replace(&oid(9), &oid(1));
        assert_eq!(retrieve(store, &clinic, &oid(1)), unknown);
        squat(store, 2, &oid(1));
        assert_eq!(retrieve(store, &clinic, &oid(1)), unknown, "its own row is not open");
        assert!(is_success(&retrieve(store, &Caller::Trusted, &oid(1))));
    });
}

#[test]
fn an_earlier_version_of_the_metadata_opens_nothing() {
    for_each_engine(|store| {
        settle(store);
        let clinic = clinic(store);
        let first = document(1, "laboratory", b"result");
        let sent = message(1, Some(first.clone()), Vec::new());
        assert!(is_success(&provide(store, &Caller::Trusted, sent, b"result")));
        assert!(is_success(&retrieve(store, &clinic, &oid(1))));
        let closed = version(2, &first, 1, "prescription");
        assert!(is_success(&send(store, &Caller::Trusted, iti57::ACTION, &closed)));
        let unknown = retrieve(store, &clinic, &oid(9)).replace(&oid(9), &oid(1));
        assert_eq!(retrieve(store, &clinic, &oid(1)), unknown);
        let given = retrieve(store, &Caller::Trusted, &oid(1));
        assert!(is_success(&given) && given.contains(&testkit::message::encoded(b"result")));
        let earlier = read(store, |tx| Ok(row::id_by_uuid(tx, uuid(1))?.unwrap()));
        let earlier = read(store, move |tx| Ok(store::document::entry::of_ids(tx, &[earlier])?));
        assert_eq!(earlier[0].availability, Availability::Deprecated);
    });
}
