//! Replacement, addition and folders between documents that a source relates itself.

use crate::support;

use model::Timestamp;
use model::document::{AssociationType, Folder};
use model::item::VersionState;
use ports::{Outcome, StateChange};
use registry::Derivations;
use registry::query::AnsweredAssociation;
use std::collections::BTreeSet;
use store::Store;
use support::*;
use testkit::for_each_engine;
use uuid::Uuid;

fn first(store: &Store, number: u64) {
    submit(store, prepare(set(number), vec![(entry(number, TARO, b"x"), b"x".to_vec())], vec![]))
        .unwrap();
}

fn related(
    store: &Store,
    number: u64,
    kind: AssociationType,
    target: u64,
) -> Result<registry::Registered, registry::RegistryError> {
    let relation = association(number, kind, uuid(number), uuid(target));
    let documents = vec![(entry(number, TARO, b"x"), b"x".to_vec())];
    submit(store, prepare(set(number), documents, vec![relation]))
}

fn state(store: &Store, number: u64) -> (VersionState, bool) {
    let found = found(store, &[oid(number)]);
    let found = &found[&oid(number)];
    assert_eq!(found.approved, found.state == VersionState::Current);
    assert_eq!(found.approved, found.on_timeline);
    (found.state, found.approved)
}

fn associations(store: &Store, uuid: Uuid) -> Vec<AnsweredAssociation> {
    read(store, move |tx| registry::query::associations_of(tx, uuid))
}

const CURRENT: (VersionState, bool) = (VersionState::Current, true);
const DEPRECATED: (VersionState, bool) = (VersionState::Deprecated, false);

#[test]
fn a_replacement_deprecates_what_it_replaces_and_its_additions() {
    for_each_engine(|store| {
        settle(store);
        first(store, 1);
        related(store, 2, AssociationType::Appends, 1).unwrap();
        related(store, 3, AssociationType::Transforms, 1).unwrap();
        related(store, 4, AssociationType::Signs, 1).unwrap();
        related(store, 5, AssociationType::Replaces, 1).unwrap();
        for deprecated in [1, 2, 3] {
            assert_eq!(state(store, deprecated), DEPRECATED, "{deprecated}");
        }
        assert_eq!(state(store, 4), CURRENT);
        assert_eq!(state(store, 5), CURRENT);
        related(store, 6, AssociationType::TransformsAndReplaces, 5).unwrap();
        assert_eq!((state(store, 5), state(store, 6)), (DEPRECATED, CURRENT));
        let types: BTreeSet<(String, Uuid)> = associations(store, uuid(5))
            .into_iter()
            .map(|a| (a.association_type, if a.source == uuid(5) { a.target } else { a.source }))
            .collect();
        let expected = [
            ("HasMember".to_owned(), uuid(1_000_005)),
            ("RPLC".to_owned(), uuid(1)),
            ("XFRM_RPLC".to_owned(), uuid(6)),
        ];
        assert_eq!(types, BTreeSet::from(expected));
    });
}

#[test]
fn only_what_is_approved_can_be_related_to() {
    for_each_engine(|store| {
        settle(store);
        first(store, 1);
        related(store, 2, AssociationType::Replaces, 1).unwrap();
        for kind in [AssociationType::Replaces, AssociationType::Appends] {
            let refused = related(store, 3, kind, 1);
            assert_eq!(code_of(refused), "XDSRegistryDeprecatedDocumentError");
        }
        let refused = related(store, 3, AssociationType::Replaces, 999);
        assert_eq!(code_of(refused), "UnresolvedReferenceException");
        assert_eq!(state(store, 2), CURRENT);
    });
}

#[test]
fn both_ends_are_of_one_patient_and_the_source_is_submitted() {
    for_each_engine(|store| {
        settle(store);
        first(store, 1);
        first(store, 9);
        let relation = association(2, AssociationType::Replaces, uuid(2), uuid(1));
        let documents = vec![(entry(2, HANAKO, b"x"), b"x".to_vec())];
        let refused = submit(store, prepare(set(2), documents, vec![relation]));
        assert_eq!(code_of(refused), "XDSPatientIdDoesNotMatch");
        let elsewhere = association(3, AssociationType::Replaces, uuid(9), uuid(1));
        let documents = vec![(entry(3, TARO, b"x"), b"x".to_vec())];
        let refused = try_prepare(set(3), documents, vec![], vec![elsewhere]).unwrap_err();
        assert_eq!(refused[0].code.name(), "UnresolvedReferenceException");
        let together = association(4, AssociationType::Replaces, uuid(4), uuid(5));
        let documents =
            vec![(entry(4, TARO, b"x"), b"x".to_vec()), (entry(5, TARO, b"x"), b"x".to_vec())];
        let refused = try_prepare(set(4), documents, vec![], vec![together]).unwrap_err();
        assert_eq!(refused[0].code.name(), "UnresolvedReferenceException");
        assert_eq!(state(store, 1), CURRENT);
    });
}

#[test]
fn a_replacement_joins_the_folders_of_what_it_replaces() {
    for_each_engine(|store| {
        settle(store);
        first(store, 1);
        let folder = Folder {
            entry_uuid: uuid(50),
            unique_id: oid(50),
            codes: vec![code("episode")],
            ..Folder::default()
        };
        let holds = association(50, AssociationType::HasMember, uuid(50), uuid(1));
        submit(store, try_prepare(set(50), vec![], vec![folder], vec![holds]).unwrap()).unwrap();
        let later = Timestamp(now().0 + 1);
        let relation = association(2, AssociationType::Replaces, uuid(2), uuid(1));
        let prepared = prepare(set(2), vec![(entry(2, TARO, b"x"), b"x".to_vec())], vec![relation]);
        store
            .write_blocking(move |tx| registry::submit(tx, &prepared, &Derivations::new(), later))
            .unwrap();
        let folders = read(store, |tx| registry::query::folders_of(tx, uuid(2), AFFINITY));
        assert_eq!(folders.len(), 1);
        assert_eq!(folders[0].object.1, later);
        // The membership is tied to the set that brought the replacement.
        let membership = associations(store, uuid(50))
            .into_iter()
            .find(|a| a.source == uuid(50) && a.target == uuid(2))
            .unwrap();
        let of_set = associations(store, uuid(1_000_002));
        assert!(of_set.iter().any(|a| a.target == membership.entry_uuid && a.original));
        assert!(of_set.iter().any(|a| a.target == uuid(2) && a.original));
        assert!(associations(store, uuid(50)).iter().any(|a| a.target == uuid(1)));
    });
}

#[test]
fn a_document_is_deprecated_and_deleted_but_never_brought_back() {
    for_each_engine(|store| {
        settle(store);
        first(store, 1);
        let change = |state: VersionState, unique_id: String| {
            store
                .write_blocking(move |tx| {
                    let change = StateChange { unique_id: unique_id.clone(), state };
                    registry::change_states(tx, &[change], &Derivations::new(), now())
                })
                .unwrap()
                .remove(0)
                .map_err(|violation| violation.code.name())
        };
        assert_eq!(change(VersionState::Deprecated, oid(1)), Ok(Outcome::StateChanged));
        assert_eq!(state(store, 1), DEPRECATED);
        assert_eq!(change(VersionState::Deprecated, oid(1)), Ok(Outcome::AlreadyThere));
        assert_eq!(change(VersionState::Current, oid(1)), Err("XDSMetadataUpdateError"));
        assert_eq!(change(VersionState::Deleted, oid(1)), Ok(Outcome::StateChanged));
        assert_eq!(state(store, 1), (VersionState::Deleted, false));
        assert_eq!(change(VersionState::Deleted, oid(404)), Err("XDSDocumentUniqueIdError"));
    });
}
