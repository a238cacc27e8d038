//! The centre's sink: repository and registry in one transaction.

use crate::registry_support as support;

use bytes::Bytes;
use model::document::DocumentEntry;
use model::item::VersionState::{self, Current, Deleted, Deprecated};
use musubi::central_sink::CentralSink;
use ports::{DocumentSink, Outcome, Receipt, SinkError, StateChange, Submission};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use store::{Engine, ObjectKey, Store};
use support::*;
use testkit::{ManualClock, for_each_engine};

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

fn sink(store: &Store) -> CentralSink {
    CentralSink::new(store.clone(), Arc::new(ManualClock::new(now())))
}

fn submission(entry: DocumentEntry, number: u64, bytes: Vec<u8>) -> Submission {
    Submission {
        set: set(number),
        documents: vec![(entry, Bytes::from(bytes))],
        folders: Vec::new(),
        associations: Vec::new(),
    }
}

fn of_version(version: &LabVersion) -> Submission {
    submission(version.entry(), version.number, version.bytes())
}

fn lab(number: u64, order_key: &str, minute: u64, state: VersionState) -> LabVersion {
    LabVersion {
        number,
        order_key: order_key.into(),
        sent: format!("2020010112{minute:02}00000"),
        state,
        is_delete_message: false,
    }
}

fn code(answer: &Result<Receipt, SinkError>) -> &'static str {
    match answer {
        Err(SinkError::Refused { code, .. }) => code,
        other => panic!("not refused: {other:?}"),
    }
}

fn outcomes(answers: Vec<Result<Receipt, SinkError>>) -> Vec<Outcome> {
    answers.into_iter().map(|answer| answer.unwrap().outcome).collect()
}

#[test]
fn answers_come_in_order_and_one_that_fails_leaves_its_neighbours_alone() {
    for_each_engine(|store| {
        settle(store);
        let runtime = runtime();
        let mut submissions = Vec::new();
        for number in 1..=300_u64 {
            let patient = match number % 5 {
                0 => JIRO,
                1 | 2 => TARO,
                3 => TARO_TOO,
                _ => HANAKO,
            };
            let bytes = format!("document {number}").into_bytes();
            let mut entry = entry(number, patient, &bytes);
            if number % 7 == 0 {
                entry.hash = "0".repeat(40);
            }
            submissions.push(submission(entry, number, bytes));
        }
        let answers = runtime.block_on(sink(store).submit(submissions));
        assert_eq!(answers.len(), 300);
        for (number, answer) in (1..=300_u64).zip(&answers) {
            let stored = runtime.block_on(repository::retrieve(store, &oid(number)));
            if number % 7 == 0 {
                assert_eq!(code(answer), "XDSRepositoryMetadataError");
                assert!(stored.is_err());
            } else if number % 5 == 0 {
                assert_eq!(code(answer), "XDSUnknownPatientId");
                assert!(stored.is_err());
            } else {
                assert_eq!(answer, &Ok(Receipt { outcome: Outcome::Registered }));
                assert_eq!(stored.unwrap().bytes, format!("document {number}"));
            }
        }
    });
}

#[test]
fn a_large_document_becomes_an_object_and_damage_is_never_given_out() {
    for_each_engine(|store| {
        settle(store);
        let runtime = runtime();
        let bytes: Vec<u8> = (0..200_000_u32).flat_map(|n| n.to_le_bytes()).collect();
        let large = || submission(entry(1, TARO, &bytes), 1, bytes.clone());
        let answers = runtime.block_on(sink(store).submit(vec![large()]));
        assert_eq!(outcomes(answers), [Outcome::Registered]);
        let retrieved = runtime.block_on(repository::retrieve(store, &oid(1))).unwrap();
        assert_eq!(retrieved.bytes, bytes);
        let path = store.objects().path(&retrieved.sha256);
        assert_eq!(std::fs::read(&path).unwrap(), bytes);
        let streamed = runtime.block_on(async {
            use futures::TryStreamExt;
            let (_, chunks) = repository::retrieve_stream(store, &oid(1)).await.unwrap();
            chunks
                .try_fold(Vec::new(), |mut all, chunk| async move {
                    all.extend_from_slice(&chunk);
                    Ok(all)
                })
                .await
        });
        assert_eq!(streamed.unwrap(), bytes);
        assert_eq!(
            outcomes(runtime.block_on(sink(store).submit(vec![large()]))),
            [Outcome::AlreadyThere]
        );
        let mut damaged = bytes.clone();
        damaged[100_000] ^= 1;
        std::fs::write(&path, damaged).unwrap();
        let refused = runtime.block_on(repository::retrieve(store, &oid(1))).unwrap_err();
        assert!(matches!(refused, repository::RepositoryError::Damaged { .. }), "{refused}");
        let refused = runtime.block_on(repository::retrieve_stream(store, &oid(1)));
        assert!(matches!(refused, Err(repository::RepositoryError::Damaged { .. })));
        std::fs::remove_file(&path).unwrap();
        let refused = runtime.block_on(repository::retrieve(store, &oid(1))).unwrap_err();
        assert_eq!(refused.code(), "XDSRepositoryError");
        let unknown = runtime.block_on(repository::retrieve(store, &oid(2))).unwrap_err();
        assert_eq!(unknown.code(), "XDSDocumentUniqueIdError");
    });
}

#[test]
fn an_object_stays_only_with_a_row_that_names_it() {
    for_each_engine(|store| {
        settle(store);
        let runtime = runtime();
        let bytes = |salt: u32| -> Vec<u8> {
            (0..50_000_u32).flat_map(|number| (number ^ salt).to_le_bytes()).collect()
        };
        let key = |bytes: &[u8]| ObjectKey {
            sha256: Sha256::digest(bytes).into(),
            size: bytes.len() as u64,
        };
        let give = |number: u64, patient: &str, bytes: &[u8]| {
            let given = submission(entry(number, patient, bytes), number, bytes.to_vec());
            runtime.block_on(sink(store).submit(vec![given])).remove(0)
        };
        let (unknown, known) = (bytes(1), bytes(2));
        assert_eq!(code(&give(1, JIRO, &unknown)), "XDSUnknownPatientId");
        assert!(!store.objects().is_there(&key(&unknown)));
        give(2, TARO, &known).unwrap();
        // Sent again, and refused for somebody else: the row that names it keeps it.
        give(2, TARO, &known).unwrap();
        assert_eq!(code(&give(3, JIRO, &known)), "XDSUnknownPatientId");
        assert!(store.objects().is_there(&key(&known)));
    });
}

#[test]
fn bytes_in_the_database_that_have_another_hash_are_never_given_out() {
    for_each_engine(|store| {
        settle(store);
        let mut entry = entry(1, TARO, b"abc");
        let mut received = repository::receive(&mut entry, Bytes::from_static(b"abc")).unwrap();
        let prepared = prepare(set(1), vec![(entry, received.bytes.to_vec())], Vec::new());
        received.bytes = Bytes::from_static(b"abd");
        let objects = store.objects().clone();
        store
            .write_blocking(move |tx| -> Result<(), registry::RegistryError> {
                let none = registry::Derivations::new();
                let done = registry::submit(tx, &prepared, &none, now())?;
                repository::keep(tx, &objects, done.documents[0].1, &received)?;
                Ok(())
            })
            .unwrap();
        let refused = runtime().block_on(repository::retrieve(store, &oid(1))).unwrap_err();
        assert!(matches!(refused, repository::RepositoryError::Damaged { .. }), "{refused}");
    });
}

#[test]
fn a_hash_that_is_not_sent_is_filled_in() {
    for_each_engine(|store| {
        settle(store);
        let mut unhashed = entry(1, TARO, b"abc");
        unhashed.hash = String::new();
        unhashed.size = 0;
        let runtime = runtime();
        let answers =
            runtime.block_on(sink(store).submit(vec![submission(unhashed, 1, b"abc".to_vec())]));
        assert_eq!(outcomes(answers), [Outcome::Registered]);
        let found =
            read(store, |tx| registry::query::documents_by_unique_id(tx, &[oid(1)], AFFINITY));
        assert_eq!(found[0].object.entry.hash, sha1_hexadecimal(b"abc"));
        assert_eq!(found[0].object.entry.size, 3);
    });
}

#[test]
fn an_earlier_version_that_becomes_current_again_gets_its_facts_from_its_bytes() {
    for_each_engine(|store| {
        settle(store);
        let runtime = runtime();
        let (early, late) = (lab(1, "77", 1, Current), lab(2, "77", 2, Current));
        let both = vec![of_version(&early), of_version(&late)];
        runtime.block_on(sink(store).submit(both));
        let before = found(store, &[oid(1), oid(2)]);
        assert_eq!((before[&oid(1)].state, before[&oid(2)].state), (Deprecated, Current));
        let change = StateChange { unique_id: oid(2), state: Deleted };
        let answers = runtime.block_on(sink(store).change_states(vec![change.clone(), change]));
        assert_eq!(outcomes(answers), [Outcome::StateChanged, Outcome::StateChanged]);
        let after = found(store, &[oid(1), oid(2)]);
        assert_eq!((after[&oid(1)].state, after[&oid(2)].state), (Current, Deleted));
        assert_eq!(after[&oid(1)].facts.len(), 2);
        assert!(after[&oid(1)].facts[0].contains("\"1\""), "{:?}", after[&oid(1)].facts);
        assert!(after[&oid(1)].on_timeline && !after[&oid(2)].on_timeline);
        let unknown = StateChange { unique_id: oid(404), state: Deleted };
        let back = StateChange { unique_id: oid(2), state: Current };
        let again = StateChange { unique_id: oid(2), state: Deleted };
        let answers = runtime.block_on(sink(store).change_states(vec![unknown, again, back]));
        assert_eq!(code(&answers[0]), "XDSDocumentUniqueIdError");
        assert_eq!(answers[1], Ok(Receipt { outcome: Outcome::AlreadyThere }));
        assert_eq!(code(&answers[2]), "XDSMetadataUpdateError");
    });
}

#[test]
fn versions_that_arrive_together_converge() {
    for_each_engine(|store| {
        settle(store);
        let runtime = runtime();
        // Forty items of one patient, six versions each, all under way at once; every item's
        // versions come in another order.
        let versions = |item: u64| -> Vec<LabVersion> {
            let key = format!("{item:015}");
            let mut all: Vec<LabVersion> = (0..6)
                .map(|at| {
                    let state = if at == 5 { Current } else { Deprecated };
                    lab(item * 10 + at, &key, at, state)
                })
                .collect();
            all[2].state = Deleted;
            all[2].is_delete_message = true;
            all.rotate_left((item % 6) as usize);
            if item.is_multiple_of(2) {
                all.reverse();
            }
            all
        };
        let submissions: Vec<Submission> = (1..=40)
            .flat_map(|item| versions(item).iter().map(of_version).collect::<Vec<_>>())
            .collect();
        let answers = runtime.block_on(sink(store).submit(submissions.clone()));
        assert!(outcomes(answers).iter().all(|outcome| *outcome == Outcome::Registered));
        let answers = runtime.block_on(sink(store).submit(submissions));
        assert!(outcomes(answers).iter().all(|outcome| *outcome == Outcome::AlreadyThere));
        for item in 1..=40_u64 {
            let ids: Vec<String> = (0..6).map(|at| oid(item * 10 + at)).collect();
            let rows = found(store, &ids);
            let states: Vec<VersionState> = ids.iter().map(|id| rows[id].state).collect();
            let expected = [Deleted, Deleted, Deleted, Deprecated, Deprecated, Current];
            assert_eq!(states, expected, "item {item} on {:?}", store.engine());
            let replaced: Vec<&[String]> =
                ids.iter().map(|id| rows[id].replaces.as_slice()).collect();
            assert_eq!(replaced[1], [oid(item * 10)]);
            assert_eq!(replaced[3], [oid(item * 10 + 1)]);
            assert_eq!(replaced[5], [oid(item * 10 + 4)]);
            assert!(replaced[0].is_empty() && replaced[2].is_empty());
            assert_eq!(rows[&ids[5]].facts.len(), 2);
        }
    });
}

/// Registers a document beside which other bytes are kept, or none.
pub fn keep_other_bytes(
    store: &Store,
    number: u64,
    (mut entry, bytes): (DocumentEntry, Vec<u8>),
    other: Option<&'static [u8]>,
) {
    let prepared = prepare(set(number), vec![(entry.clone(), bytes.clone())], Vec::new());
    let mut received = repository::receive(&mut entry, Bytes::from(bytes)).unwrap();
    let objects = store.objects().clone();
    store
        .write_blocking(move |tx| -> Result<(), registry::RegistryError> {
            let done = registry::submit(tx, &prepared, &registry::Derivations::new(), now())?;
            if let Some(other) = other {
                received.bytes = Bytes::from_static(other);
                repository::keep(tx, &objects, done.documents[0].1, &received)?;
            }
            Ok(())
        })
        .unwrap();
}

fn of_lab(version: &LabVersion) -> (DocumentEntry, Vec<u8>) {
    (version.entry(), version.bytes())
}

#[test]
fn a_deletion_never_waits_for_damaged_bytes() {
    for_each_engine(|store| {
        settle(store);
        let runtime = runtime();
        // Two versions of each of nine items; the later one of each is then deleted, so that the
        // earlier one has to be read again. That of item 5 is damaged, that of item 7 lost.
        let pair = |item: u64| {
            let key = format!("{item:015}");
            [lab(item * 10, &key, 1, Current), lab(item * 10 + 1, &key, 2, Current)]
        };
        let mut submissions: Vec<Submission> = Vec::new();
        for item in 1..=9 {
            let [early, late] = pair(item);
            match item {
                5 => {
                    let other: &[u8] = b"not what was registered";
                    keep_other_bytes(store, early.number, of_lab(&early), Some(other));
                }
                7 => keep_other_bytes(store, early.number, of_lab(&early), None),
                _ => submissions.push(of_version(&early)),
            }
            submissions.push(of_version(&late));
        }
        outcomes(runtime.block_on(sink(store).submit(submissions)));
        let deleted = |item: u64| StateChange { unique_id: oid(item * 10 + 1), state: Deleted };
        let answers = runtime.block_on(sink(store).change_states((1..=9).map(deleted).collect()));
        assert!(outcomes(answers).iter().all(|one| *one == Outcome::StateChanged));
        for item in 1..=9 {
            let rows = found(store, &[oid(item * 10), oid(item * 10 + 1)]);
            let (early, late) = (&rows[&oid(item * 10)], &rows[&oid(item * 10 + 1)]);
            assert_eq!((early.state, late.state), (Current, Deleted), "{item}");
            assert!(early.on_timeline && !late.on_timeline && late.facts.is_empty());
            let is_damaged = item == 5 || item == 7;
            assert_eq!(early.flags.contains("\"bytes-damaged\""), is_damaged, "{item}");
            assert_eq!(early.facts.is_empty(), is_damaged, "{item}");
        }
        // The remark goes with the damage: deprecated by a new version, its bytes restored, valid
        // again because that one is deleted in turn.
        let third = lab(72, &format!("{:015}", 7), 3, Current);
        outcomes(runtime.block_on(sink(store).submit(vec![of_version(&third)])));
        restore_bytes(store, 70, pair(7)[0].bytes());
        let deleted = StateChange { unique_id: oid(72), state: Deleted };
        outcomes(runtime.block_on(sink(store).change_states(vec![deleted])));
        let row = &found(store, &[oid(70)])[&oid(70)];
        assert_eq!((row.state, row.facts.len()), (Current, 2));
        assert!(!row.flags.contains("bytes-damaged"), "{}", row.flags);
    });
}

#[test]
fn a_submission_that_deletes_does_not_wait_for_damaged_bytes() {
    for_each_engine(|store| {
        settle(store);
        let runtime = runtime();
        let [early, late] = [lab(1, "77", 1, Current), lab(2, "77", 2, Current)];
        keep_other_bytes(store, 1, of_lab(&early), Some(b"not what was registered"));
        outcomes(runtime.block_on(sink(store).submit(vec![of_version(&late)])));
        let gone = LabVersion { state: Deleted, ..late };
        let other = lab(200, "200", 1, Current);
        let both = vec![of_version(&gone), of_version(&other)];
        let answers = runtime.block_on(sink(store).submit(both.clone()));
        assert_eq!(outcomes(answers), [Outcome::StateChanged, Outcome::Registered]);
        let rows = found(store, &[oid(1), oid(2)]);
        assert_eq!((rows[&oid(1)].state, rows[&oid(2)].state), (Current, Deleted));
        assert!(rows[&oid(1)].flags.contains("\"bytes-damaged\""));
        let answers = runtime.block_on(sink(store).submit(both));
        assert_eq!(outcomes(answers), [Outcome::AlreadyThere, Outcome::AlreadyThere]);
    });
}

/// What an operator does with a backup: the registered bytes stand there again.
pub fn restore_bytes(store: &Store, number: u64, bytes: Vec<u8>) {
    let unique_id = oid(number);
    store
        .write_blocking(move |tx| -> Result<(), store::StoreError> {
            let known = store::document::row::known(tx, &unique_id)?.unwrap();
            store::document::bytes::insert(tx, known.id, &bytes)
        })
        .unwrap();
}

#[test]
fn both_engines_were_tested() {
    let engines = std::sync::Mutex::new(Vec::new());
    for_each_engine(|store| engines.lock().unwrap().push(store.engine()));
    assert_eq!(*engines.lock().unwrap(), [Engine::Sqlite, Engine::Postgres]);
}
