//! The audit trail of queries and retrievals: a row for each person, whatever the reader does.

use super::world::*;
use crate::registry_support as support;

use ebrim::query::{CodeAsked, FindDocuments, StoredQuery, query_request};
use http_body_util::BodyExt as _;
use model::document::{Availability, DocumentEntry, DocumentKind};
use model::limits::{QUERY_ANSWER_BYTES, QUERY_READER_MS};
use ports::Caller;
use registry::{iti18, iti51};
use std::collections::BTreeSet;
use store::Store;
use store::audit::{self, AuditEvent};
use support::ask::patient_id;
use support::*;
use testkit::for_each_engine;
use xml::Writer;

fn recorded(store: &Store, transaction: &str) -> Vec<AuditEvent> {
    let rows = store.read_blocking(|tx| audit::recent(tx, i64::MAX, 1_000)).unwrap();
    rows.into_iter().filter(|row| row.detail.contains(transaction)).collect()
}

fn persons(rows: &[AuditEvent]) -> BTreeSet<Option<i64>> {
    rows.iter().map(|row| row.person_id).collect()
}

fn both(store: &Store) -> BTreeSet<Option<i64>> {
    [TARO, HANAKO].map(|one| Some(person_of(store, one))).into()
}

/// Documents 1 of Taro and 2 of Hanako, each in this many copies with long titles.
fn fill(store: &Store, copies: u64) {
    for (place, patient) in [TARO, HANAKO].into_iter().enumerate() {
        let documents = (0..copies).map(|copy| {
            let number = 1 + place as u64 + 10 * copy;
            let title = "x".repeat(8_000);
            (DocumentEntry { title, ..entry(number, patient, b"x") }, b"x".to_vec())
        });
        let set = set(place as u64 + 1);
        submit(store, prepare(set, documents.collect(), Vec::new())).unwrap();
    }
}

fn of_both() -> StoredQuery {
    let query = FindDocuments {
        patients: vec![patient_id(1), patient_id(2)],
        availability: vec![Availability::Approved],
        kinds: vec![DocumentKind::Stable],
        class_codes: vec![asked_code("document")],
        ..FindDocuments::default()
    };
    StoredQuery::FindDocumentsForMultiplePatients(Box::new(query))
}

fn asked_code(class: &str) -> CodeAsked {
    let class = code(class);
    CodeAsked { code: class.code, scheme: class.scheme }
}

fn asked(query: StoredQuery) -> Vec<u8> {
    let mut writer = Writer::new();
    query_request(&mut writer, &support::ask::request(query));
    writer.finish()
}

#[test]
fn a_query_has_a_row_for_each_person_with_its_parameters() {
    for_each_engine(|store| {
        settle(store);
        fill(store, 1);
        call(store, &Caller::Trusted, iti51::ACTION, asked(of_both()));
        let rows = recorded(store, "ITI-51");
        assert_eq!((rows.len(), persons(&rows)), (2, both(store)));
        let taro = community_id(1).digits().to_owned();
        assert!(rows.iter().all(|row| row.detail.contains(&taro)), "{rows:?}");
        // Somebody without documents was asked for all the same.
        let query = support::ask::find_of(patient_id(3));
        call(
            store,
            &Caller::Trusted,
            iti18::ACTION,
            asked(StoredQuery::FindDocuments(Box::new(query))),
        );
        let rows = recorded(store, "ITI-18");
        assert_eq!(persons(&rows), [Some(person_of(store, JIRO))].into());
    });
}

#[test]
fn a_retrieval_has_a_row_for_each_person() {
    for_each_engine(|store| {
        settle(store);
        for (number, patient) in [(1, TARO), (2, HANAKO)] {
            keep(store, number, entry(number, patient, b"x"), b"x");
        }
        let ids = [oid(1), oid(2), oid(9)];
        let answer = retrieve_all(store, &Caller::Trusted, &ids);
        assert!(answer.contains("PartialSuccess"));
        let rows = recorded(store, "ITI-43");
        let mut expected = both(store);
        expected.insert(None);
        assert_eq!((rows.len(), persons(&rows)), (3, expected));
        let of_taro = rows.iter().find(|row| row.person_id == Some(person_of(store, TARO)));
        let detail = &of_taro.unwrap().detail;
        assert!(detail.contains(&oid(1)) && !detail.contains(&oid(2)), "{detail}");
    });
}

#[test]
fn a_streamed_answer_is_recorded_for_all_that_was_read() {
    for_each_engine(|store| {
        settle(store);
        fill(store, 150);
        // The first piece is Taro's alone.
        const { assert!(150 * 8_000 > QUERY_ANSWER_BYTES) };
        let runtime = runtime();
        runtime.block_on(async {
            let body = begin(store, &Caller::Trusted, iti51::ACTION, asked(of_both())).await;
            body.collect().await.unwrap();
        });
        let rows = recorded(store, "ITI-51");
        assert_eq!((rows.len(), persons(&rows)), (2, both(store)), "before it ended");
    });
}

#[test]
fn a_reader_who_leaves_is_recorded_too() {
    for_each_engine(|store| {
        settle(store);
        fill(store, 150);
        let runtime = runtime();
        runtime.block_on(async {
            let mut body = begin(store, &Caller::Trusted, iti51::ACTION, asked(of_both())).await;
            // Taro's documents fill the first pieces; the reader leaves at Hanako's.
            let hanako = community_id(2).digits().to_owned();
            loop {
                let frame = body.frame().await.unwrap().unwrap().into_data().unwrap();
                if String::from_utf8_lossy(&frame).contains(&hanako) {
                    break;
                }
            }
            drop(body);
            let limit = std::time::Duration::from_millis(QUERY_READER_MS);
            let both = async {
                while recorded_now(store).await < 2 {
                    tokio::task::yield_now().await;
                }
            };
            tokio::time::timeout(limit, both).await.expect("both are recorded");
        });
        assert_eq!(persons(&recorded(store, "ITI-51")), both(store));
    });
}

async fn recorded_now(store: &Store) -> usize {
    let rows = store.read(|tx| audit::recent(tx, i64::MAX, 10)).await.unwrap();
    rows.iter().filter(|row| row.detail.contains("ITI-51")).count()
}
