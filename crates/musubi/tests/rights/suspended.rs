//! ITI-18, ITI-41 and ITI-43 of a patient whose enrolment is suspended: as of one who is not
//! there, until it is resumed.

use super::world::*;
use crate::registry_support as support;

use ebrim::query::StoredQuery;
use identity::SuspensionRequest;
use model::entry::Category;
use ports::{Caller, PeerCaller};
use store::Store;
use support::ask::{find_of, patient_id};
use support::*;
use testkit::for_each_engine;

fn clinic(store: &Store) -> Caller {
    let facility_id = facility(store, "1310000009");
    consent(store, None, facility_id, &[Category::Laboratory]);
    Caller::Peer(PeerCaller { name: "clinic".into(), facility_id, ..PeerCaller::default() })
}

fn rest(domain: &str, local_id: &str) -> SuspensionRequest {
    SuspensionRequest {
        domain_oid: domain.into(),
        local_id: local_id.into(),
        actor: "test".into(),
        now: now(),
        basis: "form 6".into(),
    }
}

fn suspend(store: &Store, domain: &str, local_id: &str) {
    let request = rest(domain, local_id);
    assert!(store.write_blocking(move |tx| identity::suspend(tx, &request)).unwrap());
}

fn resume(store: &Store, domain: &str, local_id: &str) {
    let request = rest(domain, local_id);
    assert!(store.write_blocking(move |tx| identity::resume(tx, &request)).unwrap());
}

/// The uniqueIds of Taro's documents that the clinic finds by his community ID.
fn found(store: &Store, caller: &Caller) -> Vec<u64> {
    let answer = query(store, caller, StoredQuery::FindDocuments(Box::new(find_of(patient_id(1)))));
    assert!(is_success(&answer), "{answer}");
    (1..=9)
        .filter(|number| {
            answer.contains(&format!("{}<", oid(*number)))
                || answer.contains(&format!("\"{}\"", oid(*number)))
        })
        .collect()
}

#[test]
fn what_is_suspended_is_neither_found_nor_given_nor_taken_and_is_there_again_afterwards() {
    for_each_engine(|store| {
        settle(store);
        let clinic = clinic(store);
        let (entry, bytes) = stored(1, "OML-11", "laboratory");
        keep(store, 1, entry, &bytes);
        assert_eq!(found(store, &clinic), [1]);
        assert!(is_success(&retrieve(store, &clinic, &oid(1))));

        // The other hospital's record of the same person goes on.
        suspend(store, DOMAIN_ONE, TARO);
        let unknown = retrieve(store, &clinic, &oid(9)).replace(&oid(9), &oid(1));
        assert_eq!(found(store, &clinic), Vec::<u64>::new());
        assert!(!sees(store, &clinic, &oid(1)));
        assert_eq!(retrieve(store, &clinic, &oid(1)), unknown, "as what is not there");
        let (later, bytes_later) = stored(2, "OML-11", "laboratory");
        let submission = ports::Submission {
            set: set(2),
            documents: vec![(later.clone(), bytes_later.clone().into())],
            folders: Vec::new(),
            associations: Vec::new(),
        };
        let sink = sink(store);
        let refused = ports::DocumentSink::submit(&sink, vec![submission]);
        let refused = runtime().block_on(refused).remove(0);
        assert!(refused.is_err(), "{refused:?}");

        // With the last one nothing of the person is taken by its community ID either.
        let sent = || message(3, Some(document(3, "laboratory", b"result")), Vec::new());
        suspend(store, DOMAIN_TWO, TARO_TOO);
        let refused = provide(store, &Caller::Trusted, sent(), b"result");
        assert!(refused.contains("XDSUnknownPatientId"), "{refused}");
        resume(store, DOMAIN_TWO, TARO_TOO);
        assert!(is_success(&provide(store, &Caller::Trusted, sent(), b"result")));
        assert_eq!(found(store, &clinic), [3]);

        resume(store, DOMAIN_ONE, TARO);
        assert_eq!(found(store, &clinic), [1, 3], "nothing was deleted");
        let given = retrieve(store, &clinic, &oid(1));
        assert!(is_success(&given) && given.contains(&crate::update::encoded(&bytes)));
        keep(store, 2, later, &bytes_later);
        assert_eq!(found(store, &clinic), [1, 2, 3]);
    });
}
