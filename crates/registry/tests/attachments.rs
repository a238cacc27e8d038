//! What a storage keeps beside a document: it lives and dies with it, and is its hospital's.

use crate::support;

use model::document::{AssociationType, DocumentEntry};
use model::item::VersionState::{self, Current, Deleted, Deprecated};
use ports::{Outcome, StateChange};
use registry::{Derivations, Prepared, RegistryError};
use store::document::row;
use store::{Store, document_query};
use support::*;
use testkit::for_each_engine;

/// A version with one attachment, whose number is 500 more.
fn with_attachment(version: &LabVersion) -> Prepared {
    let number = version.number + 500;
    let attached =
        DocumentEntry { class_code: code("document"), ..entry(number, TARO, b"picture") };
    let appended =
        association(number, AssociationType::Appends, uuid(number), uuid(version.number));
    let documents = vec![(version.entry(), version.bytes()), (attached, b"picture".to_vec())];
    prepare(set(version.number), documents, vec![appended])
}

fn lab(number: u64, minute: u64, state: VersionState) -> LabVersion {
    LabVersion {
        number,
        order_key: "000000000000077".into(),
        sent: format!("2020010112{minute:02}00000"),
        state,
        is_delete_message: false,
    }
}

fn change(store: &Store, number: u64, state: VersionState, known: &Derivations) -> Outcome {
    let (change, known) = (StateChange { unique_id: oid(number), state }, known.clone());
    let done = store.write_blocking(move |tx| {
        registry::change_states(tx, std::slice::from_ref(&change), &known, now())
    });
    done.unwrap().remove(0).unwrap()
}

/// State, source and category of a document, and whether it stands on the timeline.
fn row_of(store: &Store, number: u64) -> (VersionState, Option<i64>, String, bool) {
    read(store, move |tx| -> Result<_, RegistryError> {
        let id = row::id_by_unique_id(tx, &oid(number))?.unwrap();
        let found = document_query::by_id(tx, id)?.unwrap();
        let line = store::timeline_query::entry_of_document(tx, id, &|_, _| true)?;
        let category = found.category.name().to_owned();
        Ok((found.state, found.source_id, category, line.is_some()))
    })
}

fn states(store: &Store, numbers: [u64; 2]) -> [VersionState; 2] {
    numbers.map(|number| row_of(store, number).0)
}

#[test]
fn an_attachment_is_of_its_documents_source_and_kind() {
    for_each_engine(|store| {
        settle(store);
        submit(store, with_attachment(&lab(1, 1, Current))).unwrap();
        let (state, source, category, _) = row_of(store, 1);
        assert_eq!((state, category.as_str()), (Current, "laboratory"));
        assert!(source.is_some());
        assert_eq!(row_of(store, 501), (Current, source, category, false));
        let again = submit(store, with_attachment(&lab(1, 1, Current))).unwrap();
        assert_eq!(again.outcome, Outcome::AlreadyThere);
        let attached = read(store, |tx| -> Result<_, RegistryError> {
            let id = row::id_by_unique_id(tx, &oid(1))?.unwrap();
            let all = document_query::attachments(tx, id)?;
            Ok(all.into_iter().map(|one| one.unique_id).collect::<Vec<_>>())
        });
        assert_eq!(attached, [oid(501)]);
    });
}

#[test]
fn what_a_peer_appends_is_not_the_hospitals() {
    for_each_engine(|store| {
        settle(store);
        submit(store, lab(1, 1, Current).prepared()).unwrap();
        let appended = association(2, AssociationType::Appends, uuid(2), uuid(1));
        let documents = vec![(entry(2, TARO, b"x"), b"x".to_vec())];
        submit(store, prepare(set(2), documents, vec![appended])).unwrap();
        assert_eq!(row_of(store, 2), (Current, None, "document".to_owned(), true));
    });
}

#[test]
fn attachments_share_every_state_of_their_document() {
    for_each_engine(|store| {
        settle(store);
        submit(store, with_attachment(&lab(1, 1, Current))).unwrap();
        submit(store, with_attachment(&lab(2, 2, Current))).unwrap();
        assert_eq!(states(store, [1, 501]), [Deprecated, Deprecated]);
        assert_eq!(states(store, [2, 502]), [Current, Current]);
        // The newer one is deleted alone: the earlier is current again, with what belongs to it.
        let known = Derivations::from([(oid(1), lab(1, 1, Current).content())]);
        assert_eq!(change(store, 2, Deleted, &known), Outcome::StateChanged);
        assert_eq!(states(store, [1, 501]), [Current, Current]);
        assert_eq!(states(store, [2, 502]), [Deleted, Deleted]);
    });
}

#[test]
fn history_comes_with_its_attachments() {
    for_each_engine(|store| {
        settle(store);
        submit(store, with_attachment(&lab(2, 2, Current))).unwrap();
        submit(store, with_attachment(&lab(1, 1, Deprecated))).unwrap();
        assert_eq!(states(store, [1, 501]), [Deprecated, Deprecated]);
        assert_eq!(states(store, [2, 502]), [Current, Current]);
    });
}

/// A file rewritten in place keeps its sending time: which of the two versions comes first in
/// their order is chance, so both ways are tried.
#[test]
fn a_rewrite_in_place_takes_the_old_attachments_and_folders_along() {
    for_each_engine(|store| {
        settle(store);
        for (old, new, key) in [(21, 22, "a"), (32, 31, "b")] {
            let of = |number| LabVersion { order_key: key.into(), ..lab(number, 1, Current) };
            submit(store, with_attachment(&of(old))).unwrap();
            let peers = association(old + 50, AssociationType::Appends, uuid(old + 50), uuid(old));
            let documents = vec![(entry(old + 50, TARO, b"x"), b"x".to_vec())];
            submit(store, prepare(set(old + 50), documents, vec![peers])).unwrap();
            submit(store, with_attachment(&of(new))).unwrap();
            let known = Derivations::from([(oid(new), of(new).content())]);
            change(store, old, Deprecated, &known);
            assert_eq!(states(store, [old, old + 500]), [Deprecated, Deprecated]);
            assert_eq!(states(store, [new, new + 500]), [Current, Current]);
            assert_eq!(row_of(store, old + 50).0, Deprecated, "what a peer appended to it");
        }
    });
}
