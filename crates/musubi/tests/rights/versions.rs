//! ITI-57 and the kind of data a document is: what decides who may see it.

use super::world::*;
use crate::registry_support as support;

use model::document::DocumentEntry;
use model::entry::Category;
use ports::{Caller, PeerCaller};
use registry::iti57;
use store::Store;
use support::*;
use testkit::for_each_engine;

/// A clinic to which Taro opened laboratory results.
fn clinic(store: &Store) -> Caller {
    let facility_id = facility(store, "1310000009");
    consent(store, None, facility_id, &[Category::Laboratory]);
    Caller::Peer(PeerCaller { name: "clinic".into(), facility_id, ..PeerCaller::default() })
}

fn update(store: &Store, number: u64, first: &DocumentEntry, previous: u32, class: &str) {
    let sent = version(number, first, previous, class);
    let answer = send(store, &Caller::Trusted, iti57::ACTION, &sent);
    assert!(is_success(&answer), "{answer}");
}

#[test]
fn a_category_that_bytes_decided_stays() {
    for_each_engine(|store| {
        settle(store);
        let clinic = clinic(store);
        let (first, bytes) = stored(1, "OML-11", "laboratory");
        keep(store, 1, first.clone(), &bytes);
        assert!(sees(store, &clinic, &oid(1)));
        update(store, 2, &first, 1, "prescription");
        assert!(sees(store, &clinic, &oid(1)), "it is a laboratory result all the same");
    });
}

#[test]
fn an_update_closes_and_never_opens() {
    for_each_engine(|store| {
        settle(store);
        let clinic = clinic(store);
        let give = |number: u64, class: &str| {
            let first = document(number, class, b"x");
            let sent = message(number, Some(first.clone()), Vec::new());
            assert!(is_success(&provide(store, &Caller::Trusted, sent, b"x")));
            first
        };
        let closed = give(1, "prescription");
        update(store, 2, &closed, 1, "laboratory");
        assert!(!sees(store, &clinic, &oid(1)), "it opened to the clinic");
        let open = give(3, "laboratory");
        assert!(sees(store, &clinic, &oid(3)));
        update(store, 4, &open, 1, "prescription");
        assert!(!sees(store, &clinic, &oid(3)), "its earlier version is closed with it");
    });
}
