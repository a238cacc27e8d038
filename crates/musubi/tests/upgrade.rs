//! A state of the first release, filled, opened by this program: every row is there as if this
//! program had written it, the schema is that of a new one, and sending anything again changes
//! nothing.

use crate::registry_support as support;

use gateway::Stop;
use model::demographics::{Demographics, PersonName};
use model::document::{AssociationType, DocumentEntry, Folder};
use model::item::VersionState::{self, Current, Deleted, Deprecated};
use musubi::central_sink::CentralSink;
use musubi::rederive::rederive;
use ports::{DemographicsUpdate, DocumentSink, IdentityFeed, Outcome, Submission};
use std::sync::Arc;
use store::{Database, Engine, Store, person};
use support::*;
use testkit::first_release::{as_of_the_first_release, rows_of, schema_of};
use testkit::{ManualClock, TestStore};

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::new(now()))
}

fn version(number: u64, minute: u64, state: VersionState, is_delete_message: bool) -> LabVersion {
    LabVersion {
        number,
        order_key: "77".into(),
        sent: format!("2020010112{minute:02}00000"),
        state,
        is_delete_message,
    }
}

/// A replaced version and its successor, a deleted item, an attachment beside its document in a
/// folder, a large document, another patient's.
fn submissions() -> Vec<Submission> {
    let of_version = |version: LabVersion| {
        let document = (version.entry(), version.bytes().into());
        Submission {
            set: set(version.number),
            documents: vec![document],
            folders: Vec::new(),
            associations: Vec::new(),
        }
    };
    let plain = |number: u64, patient: &str, bytes: Vec<u8>| Submission {
        set: set(number),
        documents: vec![(entry(number, patient, &bytes), bytes.into())],
        folders: Vec::new(),
        associations: Vec::new(),
    };
    let other_item = |number: u64, minute: u64, is_delete_message: bool| LabVersion {
        order_key: "78".into(),
        ..version(number, minute, Deleted, is_delete_message)
    };
    let main = LabVersion { order_key: "79".into(), ..version(5, 5, Current, false) };
    let picture: DocumentEntry = entry(6, TARO, b"picture");
    let folder = Folder {
        entry_uuid: uuid(7),
        unique_id: oid(7),
        codes: vec![code("episode")],
        title: "入院".into(),
        ..Folder::default()
    };
    let mut with_folder = of_version(main);
    with_folder.documents.push((picture, (&b"picture"[..]).into()));
    with_folder.folders.push(folder);
    with_folder.associations = vec![
        association(1, AssociationType::HasMember, uuid(7), uuid(5)),
        association(2, AssociationType::HasMember, uuid(7), uuid(6)),
        association(3, AssociationType::Appends, uuid(6), uuid(5)),
    ];
    vec![
        of_version(version(1, 1, Deprecated, false)),
        of_version(version(2, 2, Current, false)),
        of_version(other_item(3, 3, false)),
        of_version(other_item(4, 4, true)),
        with_folder,
        plain(8, HANAKO, (0..200_000_u32).flat_map(u32::to_le_bytes).collect()),
        plain(9, TARO_TOO, b"abc".to_vec()),
    ]
}

fn submit_all(store: &Store) -> Vec<Outcome> {
    let sink = CentralSink::new(store.clone(), clock());
    let answers = runtime().block_on(sink.submit(submissions()));
    answers.into_iter().map(|answer| answer.unwrap().outcome).collect()
}

fn fill(store: &Store) {
    settle(store);
    assert!(submit_all(store).iter().all(|outcome| *outcome == Outcome::Registered));
    let feed = identity::Feed::new(store.clone(), clock());
    let name = PersonName { family: "髙橋".into(), given: "太郎".into() };
    let update = DemographicsUpdate {
        domain_oid: DOMAIN_ONE.into(),
        local_id: TARO.into(),
        demographics: Demographics { name, ..Demographics::default() },
        sent: "20200101120000".into(),
        authoritative: true,
    };
    runtime().block_on(feed.update(vec![update])).remove(0).unwrap();
}

fn upgrades(filled: &TestStore, fresh: &TestStore) {
    fill(filled);
    let before = rows_of(&filled.config().database);
    let old = as_of_the_first_release(filled);
    let upgraded = Store::open(&old).expect("the first release's state opens");
    // By which rules the first release read its documents was not kept: they are read again.
    // Evidence of record linkage it did not have: it is made when a node opens the state.
    let made_anew = |row: &String| row.starts_with("document ") || row.starts_with("link_");
    let without_documents = |rows: Vec<String>| -> Vec<String> {
        rows.into_iter().filter(|row| !made_anew(row)).collect()
    };
    let untouched = without_documents(rows_of(&old.database));
    assert_eq!(untouched, without_documents(before.clone()));
    identity::refresh_evidence(&upgraded, now()).unwrap();
    let counts = runtime().block_on(rederive(&upgraded, &Stop::new(), |_| {})).unwrap();
    assert_eq!((counts.total, counts.done, counts.damaged), (8, 8, 0));
    let all_but_the_mark = || -> Vec<String> {
        let rows = rows_of(&old.database).into_iter();
        rows.filter(|row| !row.contains("linkage_evidence_version")).collect()
    };
    assert_eq!(all_but_the_mark(), before, "as if this program had written it");
    assert_eq!(schema_of(&old.database), schema_of(&fresh.config().database));
    let ids: Vec<String> = (1..=9).map(oid).collect();
    let rows = found(&upgraded, &ids);
    assert_eq!((rows[&oid(1)].state, rows[&oid(2)].state), (Deprecated, Current));
    assert_eq!((rows[&oid(2)].facts.len(), rows[&oid(3)].state), (2, Deleted));
    assert_eq!(rows[&oid(2)].replaces, [oid(1)]);
    // Everything again: nothing new, not a row changed.
    assert!(submit_all(&upgraded).iter().all(|outcome| *outcome == Outcome::AlreadyThere));
    assert_eq!(all_but_the_mark(), before);
    for number in [1, 6, 8] {
        let given = runtime().block_on(repository::retrieve(&upgraded, &oid(number))).unwrap();
        let sent = submissions().into_iter().flat_map(|one| one.documents);
        let (_, bytes) =
            sent.into_iter().find(|(entry, _)| entry.unique_id == oid(number)).unwrap();
        assert_eq!(given.bytes, bytes);
    }
    // New rows find their numbers.
    let next = Submission {
        set: set(20),
        documents: vec![(entry(20, HANAKO, b"new"), (&b"new"[..]).into())],
        folders: Vec::new(),
        associations: Vec::new(),
    };
    let sink = CentralSink::new(upgraded.clone(), clock());
    let answer = runtime().block_on(sink.submit(vec![next])).remove(0).unwrap();
    assert_eq!(answer.outcome, Outcome::Registered);
    drop(sink);
    search_keys(&upgraded, &old.database);
}

/// Keys that an earlier rule made are made anew when the upgraded state is opened.
fn search_keys(store: &Store, database: &Database) {
    let keys = || -> Vec<String> {
        let rows = rows_of(database).into_iter();
        rows.filter(|row| row.starts_with("identity_token ")).collect()
    };
    let right = keys();
    assert!(!right.is_empty());
    let identity =
        store.read_blocking(|tx| person::identity_by_local_id(tx, DOMAIN_ONE, TARO)).unwrap();
    let id = identity.unwrap().id;
    store
        .write_blocking(move |tx| store::person_search::set_tokens(tx, id, &["old".to_owned()]))
        .unwrap();
    assert_ne!(keys(), right);
    identity::refresh_search_keys(store).unwrap();
    assert_eq!(keys(), right);
}

#[test]
fn a_filled_sqlite_of_the_first_release_is_upgraded() {
    upgrades(&TestStore::sqlite(), &TestStore::sqlite());
}

#[test]
fn a_filled_postgresql_of_the_first_release_is_upgraded() {
    let filled = TestStore::postgres();
    assert_eq!(filled.engine(), Engine::Postgres);
    upgrades(&filled, &TestStore::postgres());
}
