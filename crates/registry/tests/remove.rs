//! Removals (ITI-62): each rule by its code, and what the versions of an item come to then.

use crate::support;

use model::item::VersionState::{self, Current, Deprecated};
use registry::{Derivations, RegistryError};
use std::collections::BTreeSet;
use store::Store;
use store::document::{association, removal};
use support::*;
use testkit::for_each_engine;
use uuid::Uuid;

fn lab(number: u64) -> LabVersion {
    LabVersion {
        number,
        order_key: "000000000000001".into(),
        sent: format!("2020010112{number:02}00000"),
        state: Current,
        is_delete_message: false,
    }
}

/// Two versions of one item.
fn begin(store: &Store) {
    settle(store);
    submit(store, lab(1).prepared()).unwrap();
    submit(store, lab(2).prepared()).unwrap();
}

fn remove(store: &Store, uuids: Vec<Uuid>, known: Derivations) -> Result<(), Vec<&'static str>> {
    match store.write_blocking(move |tx| {
        registry::remove(tx, &uuids, &ports::Caller::Trusted, &known, now())
    }) {
        Ok(_) => Ok(()),
        Err(RegistryError::Refused(found)) => {
            Err(found.iter().map(|problem| problem.code.name()).collect())
        }
        Err(RegistryError::NeedsContent { .. }) => Err(vec!["needs content"]),
        Err(other) => panic!("{other}"),
    }
}

fn none() -> Derivations {
    Derivations::new()
}

/// An object with its associations.
fn with_associations(store: &Store, objects: &[Uuid]) -> Vec<Uuid> {
    let mut all: BTreeSet<Uuid> = objects.iter().copied().collect();
    for object in objects.iter().copied() {
        let around = read(store, move |tx| registry::query::associations_of(tx, object));
        all.extend(around.into_iter().map(|one| one.entry_uuid));
    }
    all.into_iter().collect()
}

fn set_uuid(number: u64) -> Uuid {
    set(number).entry_uuid
}

fn states(store: &Store) -> Vec<(VersionState, usize, bool)> {
    let found = found(store, &[oid(1), oid(2)]);
    found.values().map(|one| (one.state, one.facts.len(), one.on_timeline)).collect()
}

#[test]
fn what_is_left_of_an_item_settles_anew() {
    for_each_engine(|store| {
        begin(store);
        let facts = states(store)[1].1;
        assert_eq!(states(store), [(Deprecated, 0, false), (Current, facts, true)]);
        assert!(facts > 0);
        let all = with_associations(store, &[uuid(2), set_uuid(2)]);
        assert_eq!(remove(store, all.clone(), none()), Err(vec!["needs content"]));
        let known = Derivations::from([(oid(1), lab(1).content())]);
        assert_eq!(remove(store, all, known), Ok(()));
        assert_eq!(states(store), [(Current, facts, true)], "the earlier version is valid again");
        let around = read(store, |tx| registry::query::associations_of(tx, uuid(1)));
        assert_eq!(around.len(), 1, "the replacement went too");
    });
}

#[test]
fn what_refers_goes_too_or_nothing_does() {
    for_each_engine(|store| {
        begin(store);
        let before = states(store);
        let refused = |uuids: Vec<Uuid>| {
            let codes = remove(store, uuids, none()).unwrap_err();
            codes.into_iter().collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>()
        };
        assert_eq!(refused(vec![uuid(77), uuid(1)]), ["UnresolvedReferenceException"]);
        assert_eq!(refused(vec![uuid(2)]), ["ReferencesExistException"]);
        assert_eq!(refused(vec![set_uuid(2)]), ["ReferencesExistException"]);
        // NIST plans 30001 and 30003: the set would be left without members.
        let without_set = with_associations(store, &[uuid(2)]);
        assert_eq!(refused(without_set), ["XDSUnreferencedObjectException"]);
        let without_document = with_associations(store, &[set_uuid(2)]);
        assert_eq!(refused(without_document), ["XDSUnreferencedObjectException"]);
        assert_eq!(states(store), before);
    });
}

/// The set's HasMember to a document of intake has no row: it is known by its ends alone.
#[test]
fn a_member_without_a_row_goes_with_its_document_or_its_set() {
    for_each_engine(|store| {
        begin(store);
        let before = states(store);
        let members = read(store, |tx| registry::query::associations_of(tx, set_uuid(2)));
        let member = members.iter().find(|one| one.target == uuid(2)).unwrap().entry_uuid;
        let refused = |uuids: Vec<Uuid>| {
            let codes = remove(store, uuids, none()).unwrap_err();
            codes.into_iter().collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>()
        };
        assert_eq!(refused(vec![member]), ["UnresolvedReferenceException"]);
        assert!(!refused(vec![member, uuid(2)]).contains(&"UnresolvedReferenceException"));
        assert!(!refused(vec![member, set_uuid(2)]).contains(&"UnresolvedReferenceException"));
        assert_eq!(states(store), before);
        let all = with_associations(store, &[uuid(2), set_uuid(2)]);
        assert!(all.contains(&member));
        let known = Derivations::from([(oid(1), lab(1).content())]);
        assert_eq!(remove(store, all, known), Ok(()));
    });
}

#[test]
fn bytes_stay_behind_for_the_repository_to_remove() {
    for_each_engine(|store| {
        begin(store);
        let all = with_associations(store, &[uuid(1), uuid(2), set_uuid(1), set_uuid(2)]);
        assert_eq!(remove(store, all, none()), Ok(()));
        let gone = store.read_blocking(|tx| association::end(tx, uuid(1))).unwrap();
        assert!(gone.is_none());
        let left = store.read_blocking(|tx| removal::left(tx, &oid(1))).unwrap();
        assert_eq!(left.len(), 1);
        assert_eq!(left[0].person_id, person_of(store, TARO));
    });
}
