//! What ITI-62 removed of a gateway's intake stays away though its storage still shows it.

use crate::registry_support::*;
use crate::support::desk::{Desk, success};

use bytes::Bytes;
use model::document::{AssociationType, DocumentEntry};
use model::item::VersionState::{self, Current, Deprecated};
use musubi::central_sink::CentralSink;
use ports::{DocumentSink, Outcome, Submission};
use std::collections::BTreeSet;
use std::sync::Arc;
use store::Store;
use testkit::{ManualClock, for_each_engine};
use uuid::Uuid;

fn lab(number: u64, order_key: &str) -> LabVersion {
    LabVersion {
        number,
        order_key: order_key.into(),
        sent: format!("2020010112{number:02}00000"),
        state: Current,
        is_delete_message: false,
    }
}

fn of_version(version: &LabVersion) -> Submission {
    of_entry(version.number, version.entry(), version.bytes())
}

fn of_entry(number: u64, entry: DocumentEntry, bytes: Vec<u8>) -> Submission {
    Submission {
        set: set(number),
        documents: vec![(entry, Bytes::from(bytes))],
        folders: Vec::new(),
        associations: Vec::new(),
    }
}

fn submit(store: &Store, submissions: Vec<Submission>) -> Vec<Outcome> {
    let sink = CentralSink::new(store.clone(), Arc::new(ManualClock::new(now())));
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.worker_threads(2).enable_all().build().unwrap();
    let answers = runtime.block_on(sink.submit(submissions));
    answers.into_iter().map(|answer| answer.unwrap().outcome).collect()
}

/// ITI-62 of objects with every association at them.
fn remove(store: &Store, objects: &[Uuid]) {
    let mut all: BTreeSet<Uuid> = objects.iter().copied().collect();
    for object in objects.iter().copied() {
        let around = read(store, move |tx| registry::query::associations_of(tx, object));
        all.extend(around.into_iter().map(|one| one.entry_uuid));
    }
    let all: Vec<Uuid> = all.into_iter().collect();
    assert_eq!(Desk::trusted(store).remove_metadata(&all), success());
}

fn states(store: &Store, numbers: &[u64]) -> Vec<Option<VersionState>> {
    let ids: Vec<String> = numbers.iter().map(|number| oid(*number)).collect();
    let rows = found(store, &ids);
    ids.iter().map(|id| rows.get(id).map(|row| row.state)).collect()
}

#[test]
fn a_version_that_was_removed_stays_away_when_it_is_read_again() {
    for_each_engine(|store| {
        settle(store);
        let versions = vec![of_version(&lab(1, "77")), of_version(&lab(2, "77"))];
        assert_eq!(submit(store, versions.clone()), [Outcome::Registered; 2]);
        remove(store, &[uuid(2), set(2).entry_uuid]);
        assert_eq!(states(store, &[1, 2]), [Some(Current), None]);
        assert_eq!(submit(store, versions), [Outcome::AlreadyThere; 2]);
        assert_eq!(states(store, &[1, 2]), [Some(Current), None]);
        // Its other bytes or its other sending time make another version, and that is new.
        assert_eq!(submit(store, vec![of_version(&lab(3, "77"))]), [Outcome::Registered]);
        assert_eq!(states(store, &[1, 2, 3]), [Some(Deprecated), None, Some(Current)]);
    });
}

#[test]
fn the_object_of_a_large_document_does_not_come_back_either() {
    for_each_engine(|store| {
        settle(store);
        let large = vec![b'L'; 100_000];
        let sent = of_entry(1, entry(1, TARO, &large), large.clone());
        assert_eq!(submit(store, vec![sent.clone()]), [Outcome::Registered]);
        remove(store, &[uuid(1), set(1).entry_uuid]);
        assert_eq!(Desk::trusted(store).remove_documents(&[&oid(1)]), success());
        let key = store::ObjectKey {
            sha256: repository::receive(&mut entry(1, TARO, &large), large.clone().into())
                .unwrap()
                .sha256,
            size: 100_000,
        };
        assert!(!store.objects().is_there(&key));
        assert_eq!(submit(store, vec![sent]), [Outcome::AlreadyThere]);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(store::sweep::sweep(store)).unwrap();
        assert!(!store.objects().is_there(&key));
    });
}

#[test]
fn an_attachment_that_was_removed_alone_stays_away() {
    for_each_engine(|store| {
        settle(store);
        let mut sent = of_version(&lab(1, "78"));
        sent.documents.push((entry(2, TARO, b"picture"), Bytes::from_static(b"picture")));
        sent.associations = vec![association(1, AssociationType::Appends, uuid(2), uuid(1))];
        assert_eq!(submit(store, vec![sent.clone()]), [Outcome::Registered]);
        remove(store, &[uuid(2)]);
        assert_eq!(submit(store, vec![sent]), [Outcome::AlreadyThere]);
        assert_eq!(states(store, &[1, 2]), [Some(Current), None]);
    });
}
