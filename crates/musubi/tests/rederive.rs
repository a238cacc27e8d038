//! Documents that older rules read are read again: their rows are then those of a fresh pull.

use crate::attachment_page::extended;
use crate::registry_support as support;
use crate::support::server::Server;

use bytes::Bytes;
use gateway::Stop;
use model::entry::{Abnormal, Category, TimelineEntry};
use model::item::VersionState::{Current, Deleted, Deprecated};
use model::limits::REDERIVE_GROUP;
use model::reason::Flag;
use musubi::central_sink::CentralSink;
use musubi::config::Config;
use musubi::rederive::{Counts, rederive};
use ports::{DocumentSink, StateChange, Submission};
use registry::reread;
use std::sync::Arc;
use store::document::reading::{self, NewReading};
use store::document::{entry, row};
use store::timeline::Line;
use store::{Store, StoreError, Tx, fact, timeline};
use support::*;
use testkit::{ManualClock, for_each_engine};

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

fn lab(number: u64, minute: u64, state: model::item::VersionState) -> LabVersion {
    LabVersion {
        number,
        order_key: format!("{:03}", number / 10),
        sent: format!("2020010112{minute:02}00000"),
        state,
        is_delete_message: false,
    }
}

fn of_version(version: &LabVersion) -> Submission {
    Submission {
        set: set(version.number),
        documents: vec![(version.entry(), Bytes::from(version.bytes()))],
        folders: Vec::new(),
        associations: Vec::new(),
    }
}

/// A replaced version and its successor, two versions that are both shown as valid, a deleted
/// one, a document without facts.
fn fill(store: &Store) {
    settle(store);
    let picture = b"picture".to_vec();
    let mut submissions: Vec<Submission> = [
        lab(10, 1, Deprecated),
        lab(11, 2, Current),
        lab(20, 1, Current),
        lab(21, 1, Current),
        lab(30, 1, Deleted),
    ]
    .iter()
    .map(of_version)
    .collect();
    submissions.push(Submission {
        set: set(40),
        documents: vec![(entry(40, TARO, &picture), picture.into())],
        folders: Vec::new(),
        associations: Vec::new(),
    });
    submit_all(store, submissions);
}

fn submit_all(store: &Store, submissions: Vec<Submission>) {
    let sink = CentralSink::new(store.clone(), Arc::new(ManualClock::new(now())));
    for answer in runtime().block_on(sink.submit(submissions)) {
        answer.unwrap();
    }
}

fn dump(store: &Store) -> String {
    store.read_blocking(|tx| -> Result<_, StoreError> { store::dump::dump(tx) }).unwrap()
}

/// Makes the rows of every document as if older rules had misread it.
fn age(store: &Store) {
    store
        .write_blocking(|tx| -> Result<(), StoreError> {
            for id in reading::older(tx, u32::MAX, 0, 10_000)? {
                age_one(tx, id)?;
            }
            Ok(())
        })
        .unwrap();
}

fn age_one(tx: &mut Tx, id: i64) -> Result<(), StoreError> {
    let row = reading::of_document(tx, id)?.unwrap();
    let is_rival = row.flags.contains(Flag::TwoCurrent.code());
    let flags = if is_rival { "[\"text-damaged\",\"two-current\"]" } else { "[\"text-damaged\"]" };
    let category = if row.item_id.is_some() { "visit" } else { &row.category };
    let old = NewReading { category, flags, text_verdict: "old", rules_version: 1 };
    reading::set(tx, id, &old)?;
    let Some(taken) = row.line_taken else { return Ok(()) };
    fact::delete_of_document(tx, id)?;
    timeline::delete_of_document(tx, id)?;
    let line = TimelineEntry {
        category: Category::Visit,
        label: "old".into(),
        item_count: 9,
        abnormal: Abnormal::None,
        department: String::new(),
        inpatient: None,
        until: None,
    };
    let (identity_id, source_id) = (row.identity_id, row.source_id);
    let (sha256, entry) = (&row.sha256[..], &line);
    timeline::insert(
        tx,
        &Line { identity_id, document_id: id, source_id, at: None, entry, sha256, taken },
    )
}

fn again(store: &Store) -> Counts {
    runtime().block_on(rederive(store, &Stop::new(), |_| {})).unwrap()
}

fn count(store: &Store) -> u64 {
    store.read_blocking(reread::count).unwrap()
}

#[test]
fn what_older_rules_read_is_read_again_as_a_fresh_submission_writes_it() {
    for_each_engine(|store| {
        fill(store);
        let fresh = dump(store);
        assert!(fresh.contains("two-current"), "{fresh}");
        assert_eq!(again(store), Counts::default(), "nothing is old");
        age(store);
        assert_ne!(dump(store), fresh);
        let counts = Counts { total: 6, done: 6, damaged: 0 };
        assert_eq!(again(store), counts);
        assert_eq!(dump(store), fresh);
        assert_eq!(again(store), Counts::default());
    });
}

#[test]
fn a_run_that_is_stopped_goes_on_where_it_was() {
    for_each_engine(|store| {
        settle(store);
        let submissions: Vec<Submission> =
            (0..REDERIVE_GROUP + 6).map(|n| of_version(&lab(n * 10, 1, Current))).collect();
        submit_all(store, submissions);
        let fresh = dump(store);
        age(store);
        let stop = Stop::new();
        let counts = runtime().block_on(rederive(store, &stop, |_| stop.ask())).unwrap();
        assert_eq!((counts.total, counts.done), (REDERIVE_GROUP + 6, REDERIVE_GROUP));
        assert_eq!(count(store), 6);
        assert_eq!(again(store), Counts { total: 6, done: 6, damaged: 0 });
        assert_eq!(dump(store), fresh);
    });
}

#[test]
fn a_document_whose_bytes_are_damaged_keeps_what_was_read_of_it() {
    for_each_engine(|store| {
        settle(store);
        let remark = "\rNTE|1||a remark that makes it an object".repeat(2_000);
        let mut large = lab(10, 1, Current).bytes();
        large.extend_from_slice(remark.as_bytes());
        let entry = model::document::DocumentEntry {
            hash: sha1_hexadecimal(&large),
            size: large.len() as u64,
            ..lab(10, 1, Current).entry()
        };
        let documents = vec![(entry, Bytes::from(large))];
        let whole = of_version(&lab(20, 1, Current));
        submit_all(
            store,
            vec![Submission { documents, ..of_version(&lab(10, 1, Current)) }, whole],
        );
        let fresh = dump(store);
        age(store);
        let sha256 = runtime().block_on(repository::retrieve(store, &oid(10))).unwrap().sha256;
        let path = store.objects().path(&sha256);
        let bytes = std::fs::read(&path).unwrap();
        std::fs::write(&path, b"damaged").unwrap();
        assert_eq!(again(store), Counts { total: 2, done: 1, damaged: 1 });
        let kept = found(store, &[oid(10)]);
        assert!(kept[&oid(10)].on_timeline, "its old line stays");
        assert_eq!(count(store), 1);
        std::fs::write(&path, bytes).unwrap();
        assert_eq!(again(store), Counts { total: 1, done: 1, damaged: 0 });
        assert_eq!(dump(store), fresh);
    });
}

/// A peer's document that an update of its metadata has closed says so in its row alone.
#[test]
fn reading_again_opens_nothing_that_an_update_has_closed() {
    for_each_engine(|store| {
        settle(store);
        let bytes = Bytes::from_static(b"picture");
        let documents = vec![(entry(40, TARO, &bytes), bytes)];
        submit_all(store, vec![Submission { documents, ..of_version(&lab(40, 1, Current)) }]);
        let id = store.read_blocking(|tx| row::ids_by_unique_id(tx, &oid(40))).unwrap()[0];
        let kind = |store: &Store| {
            let read = move |tx: &mut Tx| reading::of_document(tx, id);
            let row = store.read_blocking(read).unwrap().unwrap();
            assert!(row.item_id.is_none() && row.line_taken.is_some());
            (row.category, row.rules_version)
        };
        let closed = Category::Diagnosis.name();
        assert_ne!(kind(store).0, closed);
        let old = NewReading { category: closed, flags: "[]", text_verdict: "", rules_version: 1 };
        store.write_blocking(move |tx| reading::set(tx, id, &old)).unwrap();
        assert_eq!(again(store), Counts { total: 1, done: 1, damaged: 0 });
        assert_eq!(kind(store), (closed.to_owned(), ssmix2::RULES_VERSION));
        let lines = dump(store).lines().filter(|line| line.contains(closed)).count();
        assert_eq!(lines, 2, "its row and its line on the timeline");
    });
}

#[test]
fn what_is_deleted_while_it_is_read_again_gets_no_facts() {
    for_each_engine(|store| {
        settle(store);
        let version = lab(10, 1, Current);
        submit_all(store, vec![of_version(&version)]);
        age(store);
        let rows = store
            .read_blocking(|tx| -> Result<_, StoreError> {
                let id = row::id_by_unique_id(tx, &oid(10))?.unwrap();
                entry::of_ids(tx, &[id])
            })
            .unwrap();
        let [read] = rows.try_into().unwrap();
        let (id, identity) = (read.id, read.identity_id);
        let sha256 = read.sha256.as_slice().try_into().unwrap();
        let reread = reread::reread(id, identity, read.entry, &version.bytes(), sha256).unwrap();
        let sink = CentralSink::new(store.store(), Arc::new(ManualClock::new(now())));
        let change = StateChange { unique_id: oid(10), state: Deleted };
        runtime().block_on(sink.change_states(vec![change])).remove(0).unwrap();
        let write = move |tx: &mut Tx| reread::write(tx, identity, std::slice::from_ref(&reread));
        assert_eq!(store.write_blocking(write.clone()).unwrap(), 1);
        let after = found(store, &[oid(10)]);
        assert_eq!(after[&oid(10)].state, Deleted);
        assert!(after[&oid(10)].facts.is_empty() && !after[&oid(10)].on_timeline);
        assert_eq!(count(store), 0);
        assert_eq!(store.write_blocking(write).unwrap(), 0, "another was there first");
    });
}

#[test]
fn the_command_reads_again_while_the_server_runs() {
    let node = extended(b"\x89PNG picture");
    let fresh = node.run(&["dump"]);
    {
        let config = Config::read(&node.path("centre/musubi.toml")).unwrap();
        let store = Store::open(&musubi::node::store_config(&config).unwrap()).unwrap();
        age(&store);
    }
    assert_ne!(node.run(&["dump"]), fresh);
    let _server = Server::start(&node);
    assert_eq!(node.run(&["rederive"]).trim(), "2 of 2 documents read again, 0 damaged");
    assert_eq!(node.run(&["dump"]), fresh);
    assert_eq!(node.run(&["rederive"]).trim(), "0 of 0 documents read again, 0 damaged");
}
