//! One uniqueId, one content: whoever registers what, in whatever order.

use super::world::*;
use crate::registry_support as support;

use model::document::{DocumentEntry, DocumentKind};
use ports::{Caller, DocumentSink as _, Submission};
use registry::{iti42, iti57, iti61};
use store::Store;
use support::*;
use testkit::for_each_engine;

const HASH: &str = "XDSNonIdenticalHash";
const DUPLICATE: &str = "XDSDuplicateUniqueIdInRegistry";

/// A document of Taro whose bytes another repository holds.
fn elsewhere(number: u64, unique_id: &str, hash: &str) -> DocumentEntry {
    let entry = document(number, "laboratory", b"other");
    DocumentEntry { unique_id: unique_id.into(), hash: hash.into(), ..entry }
}

fn on_demand(number: u64, unique_id: &str) -> DocumentEntry {
    let entry = elsewhere(number, unique_id, "");
    DocumentEntry { kind: DocumentKind::OnDemand, size: 0, ..entry }
}

fn register(store: &Store, action: &str, number: u64, entry: DocumentEntry) -> String {
    send(store, &Caller::Trusted, action, &message(number, Some(entry), Vec::new()))
}

fn give(store: &Store, number: u64, unique_id: &str, bytes: &[u8]) -> String {
    let entry = document(number, "laboratory", bytes);
    let entry = DocumentEntry { unique_id: unique_id.into(), ..entry };
    provide(store, &Caller::Trusted, message(number, Some(entry), Vec::new()), bytes)
}

#[test]
fn bytes_are_compared_with_every_entry_of_the_unique_id() {
    for_each_engine(|store| {
        settle(store);
        let (stored, bytes) = stored(1, "OML-11", "laboratory");
        keep(store, 1, stored.clone(), &bytes);
        // The newest row has no bytes, but says the hash of the storage's.
        let named = DocumentEntry { size: stored.size, ..elsewhere(2, &oid(1), &stored.hash) };
        assert!(is_success(&register(store, iti42::ACTION, 2, named)));
        let mut other = bytes.clone();
        *other.last_mut().unwrap() ^= 1;
        assert!(give(store, 3, &oid(1), &other).contains(HASH));
        assert!(is_success(&give(store, 4, &oid(1), &bytes)));
        let kept = retrieve(store, &Caller::Trusted, &oid(1));
        assert!(kept.contains(&testkit::message::encoded(&bytes)));
    });
}

#[test]
fn an_entry_on_demand_shares_its_unique_id_with_none() {
    for_each_engine(|store| {
        settle(store);
        assert!(is_success(&give(store, 1, &oid(1), b"one")));
        assert!(register(store, iti61::ACTION, 2, on_demand(2, &oid(1))).contains(DUPLICATE));
        assert!(is_success(&register(store, iti61::ACTION, 3, on_demand(3, &oid(3)))));
        assert!(give(store, 4, &oid(3), b"one").contains(DUPLICATE));
        assert!(register(store, iti61::ACTION, 5, on_demand(5, &oid(3))).contains(DUPLICATE));
    });
}

#[test]
fn what_a_storage_attaches_is_compared_too() {
    for_each_engine(|store| {
        settle(store);
        let squatting = elsewhere(2, &oid(9), &sha1_hexadecimal(b"other"));
        assert!(is_success(&register(store, iti42::ACTION, 2, squatting)));
        let (version, bytes) = stored(1, "OML-11", "laboratory");
        let attached = (entry(9, TARO, b"picture"), b"picture".to_vec());
        let submission = Submission {
            set: set(1),
            documents: vec![(version, bytes.into()), (attached.0, attached.1.into())],
            folders: Vec::new(),
            associations: Vec::new(),
        };
        let done = runtime().block_on(sink(store).submit(vec![submission])).remove(0);
        assert!(format!("{done:?}").contains("XDSNonIdentical"), "{done:?}");
    });
}

#[test]
fn an_update_gives_no_unique_id_a_second_content() {
    for_each_engine(|store| {
        settle(store);
        let other = sha1_hexadecimal(b"other");
        let first = elsewhere(1, &oid(1), &other);
        assert!(is_success(&register(store, iti42::ACTION, 1, first.clone())));
        let again = elsewhere(2, &oid(1), &other);
        assert!(is_success(&register(store, iti42::ACTION, 2, again)));
        let changed = DocumentEntry { hash: sha1_hexadecimal(b"three"), ..first };
        let sent = version(3, &changed, 1, "laboratory");
        assert!(send(store, &Caller::Trusted, iti57::ACTION, &sent).contains(HASH));
    });
}
