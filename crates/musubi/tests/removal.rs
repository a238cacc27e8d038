//! What leaves for good (ITI-62, ITI-86) on both engines: each document by itself, objects that
//! race with new submissions, who may remove, and what is on record.

use crate::registry_support::*;
use crate::support::desk::{Desk, REPOSITORY, failure, member, of_taro, peer, success};
use testkit::message::encoded;

use ebrim::{Part, PartContent, Status, Submission};
use model::document::DocumentEntry;
use musubi::central_sink::CentralSink;
use ports::{Caller, HeldBytes, Registrar, RegistrarError, Registration};
use repository::RepositoryError;
use std::sync::{Arc, mpsc};
use store::audit::{self, AuditEvent};
use store::document::{row, version};
use store::{ObjectKey, Store, StoreError};
use testkit::{ManualClock, for_each_engine};

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

/// A set with one document of Taro's.
fn submission(number: u64, bytes: &[u8]) -> Submission {
    let set = set(number);
    let entry = DocumentEntry { intake: None, ..entry(number, "theirs", bytes) };
    Submission {
        associations: vec![member(&set, entry.entry_uuid)],
        set: of_taro(set),
        documents: vec![of_taro(entry)],
        parts: vec![Part { document: 0, content: PartContent::Inline(encoded(bytes)) }],
        ..Submission::default()
    }
}

fn retrieved(store: &Store, number: u64) -> Option<Vec<u8>> {
    match runtime().block_on(repository::retrieve(store, &oid(number))) {
        Ok(found) => Some(found.bytes.to_vec()),
        Err(RepositoryError::Unknown { .. }) => None,
        Err(error) => panic!("{number}: {error}"),
    }
}

/// The first half of ITI-86: the row lets go of the bytes, nothing is swept.
fn let_go(store: &Store, number: u64) {
    store
        .write_blocking(move |tx| -> Result<(), StoreError> {
            let known = row::known(tx, &oid(number))?.unwrap();
            version::let_go(tx, known.id)
        })
        .unwrap();
}

fn sweep(store: &Store) -> usize {
    runtime().block_on(store::sweep::sweep(store)).unwrap()
}

/// What is on record, the oldest first: who, what, how it ended, of how many persons.
fn recorded(store: &Store) -> Vec<AuditEvent> {
    let mut rows = store.read_blocking(|tx| audit::recent(tx, i64::MAX, 100)).unwrap();
    rows.reverse();
    rows
}

#[test]
fn documents_are_removed_each_by_itself() {
    for_each_engine(|store| {
        settle(store);
        let desk = Desk::trusted(store);
        let large = vec![b'y'; 100_000];
        for (number, bytes) in [(1, &large[..]), (2, &large[..]), (3, b"small")] {
            assert_eq!(desk.provide(&submission(number, bytes)), success());
        }
        let some = desk.remove_documents(&[&oid(1), &oid(3), "1.9"]);
        assert_eq!(some, (Status::PartialSuccess, vec!["XDSDocumentUniqueIdError".to_owned()]));
        assert_eq!((retrieved(store, 1), retrieved(store, 3)), (None, None));
        assert_eq!(retrieved(store, 2).as_deref(), Some(&large[..]), "another has these bytes");
        assert_eq!(desk.remove_documents(&[&oid(2), &oid(2)]), success());
        assert_eq!(retrieved(store, 2), None);
        assert!(!store.objects().is_there(&key_of(&large)));
        assert_eq!(desk.remove_documents(&[&oid(2)]), failure("XDSDocumentUniqueIdError"));
        let elsewhere = desk.remove_documents_of("1.2.1.1.1", &[&oid(1)]);
        assert_eq!(elsewhere, failure("XDSUnknownRepositoryId"));
        // Metadata are the registry's; with them gone too the same bytes may come again.
        assert!(found(store, &[oid(1)])[&oid(1)].approved);
        assert_eq!(desk.provide(&submission(4, &large)), success());
        assert_eq!(retrieved(store, 4).as_deref(), Some(&large[..]));
    });
}

fn key_of(bytes: &[u8]) -> ObjectKey {
    use sha2::Digest as _;
    ObjectKey { sha256: sha2::Sha256::digest(bytes).into(), size: bytes.len() as u64 }
}

#[test]
fn a_submission_between_row_and_object_keeps_the_object() {
    for_each_engine(|store| {
        settle(store);
        let desk = Desk::trusted(store);
        let large = vec![b'z'; 100_000];
        assert_eq!(desk.provide(&submission(1, &large)), success());
        let_go(store, 1);
        assert_eq!(desk.provide(&submission(2, &large)), success());
        assert_eq!(sweep(store), 0, "a row names it again");
        assert_eq!(retrieved(store, 2).as_deref(), Some(&large[..]));
    });
}

#[test]
fn a_submission_whose_object_was_swept_is_told_to_send_again() {
    for_each_engine(|store| {
        settle(store);
        let desk = Desk::trusted(store);
        let large = vec![b'w'; 100_000];
        assert_eq!(desk.provide(&submission(1, &large)), success());
        let_go(store, 1);
        // The bytes of the next one have arrived, its transaction has not begun.
        let chunk = futures::stream::iter([Ok(bytes::Bytes::from(large.clone()))]);
        let arrived = runtime().block_on(repository::arrive(store, chunk)).unwrap();
        assert!(arrived.held.bytes.is_none());
        assert_eq!(sweep(store), 1);
        let clock = Arc::new(ManualClock::new(now()));
        let sink = CentralSink::new(store.store(), clock).with_affinity(AFFINITY);
        let mut sent = submission(2, &large);
        sent.parts.clear();
        sent.documents[0].object.repository_oid = REPOSITORY.to_owned();
        let held = HeldBytes { sha256: arrived.held.sha256, bytes: None };
        let registration = Registration {
            submission: sent,
            contents: vec![Some(held)],
            caller: Caller::Trusted,
            transaction: "ITI-41",
        };
        let answer = runtime().block_on(sink.register(registration));
        assert!(matches!(answer, Err(RegistrarError::Unavailable(_))), "{answer:?}");
        assert!(found(store, &[oid(2)]).is_empty(), "nothing names an object that is not there");
        assert_eq!(desk.provide(&submission(2, &large)), success());
        assert_eq!(retrieved(store, 2).as_deref(), Some(&large[..]));
    });
}

/// Submissions of the same bytes while these are being removed.
const ROUNDS: u64 = 12;
/// How often a submission is sent again where the repository is busy.
const TRIES: usize = 100;

#[test]
fn whoever_was_told_success_has_its_bytes_whatever_is_removed_meanwhile() {
    for_each_engine(|store| {
        settle(store);
        let large = vec![b'v'; 100_000];
        let (provided, to_remove) = mpsc::sync_channel::<u64>(2);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let desk = Desk::trusted(store);
                for number in to_remove {
                    assert_eq!(desk.remove_documents(&[&oid(number)]), success());
                }
            });
            let desk = Desk::trusted(store);
            for number in 1..=ROUNDS {
                let sent = submission(number, &large);
                let said = (0..TRIES).map(|_| desk.provide(&sent)).find(|said| {
                    let busy = *said == failure("XDSRepositoryBusy");
                    assert!(busy || *said == success(), "{said:?}");
                    !busy
                });
                assert!(said.is_some(), "{number} was told to try again {TRIES} times");
                // The one before it goes while the next one comes.
                if !number.is_multiple_of(3) {
                    provided.send(number).unwrap();
                }
            }
            drop(provided);
        });
        for number in 1..=ROUNDS {
            let expected = number.is_multiple_of(3).then_some(&large[..]);
            assert_eq!(retrieved(store, number).as_deref(), expected, "{number}");
        }
    });
}

#[test]
fn who_may_not_remove_or_submit_is_refused_and_on_record() {
    for_each_engine(|store| {
        settle(store);
        assert_eq!(Desk::trusted(store).provide(&submission(1, b"one")), success());
        let before = recorded(store).len();
        let submitter = Desk::of(store, peer(true, false));
        let removed = submitter.remove_documents(&[&oid(1)]);
        assert_eq!(removed, failure("XDSRemoveDocumentsError"));
        let removed = submitter.remove_metadata(&[uuid(1)]);
        assert_eq!(removed, failure("XDSRegistryError"));
        let reader = Desk::of(store, peer(false, false));
        assert_eq!(reader.provide(&submission(2, b"two")), failure("XDSRepositoryError"));
        let mut wrong = submission(3, b"three");
        wrong.documents[0].object.hash = sha1_hexadecimal(b"other");
        assert_eq!(submitter.provide(&wrong), failure("XDSRepositoryMetadataError"));
        assert_eq!(retrieved(store, 1).as_deref(), Some(&b"one"[..]));
        assert!(found(store, &[oid(2), oid(3)]).is_empty());
        let rows = recorded(store).split_off(before);
        let told: Vec<_> = rows
            .iter()
            .map(|row| {
                let detail: serde_json::Value = serde_json::from_str(&row.detail).unwrap();
                let text = |key: &str| detail[key].as_str().unwrap().to_owned();
                let code = detail["problems"][0].as_str().unwrap().to_owned();
                assert_eq!((row.actor.as_str(), row.person_id), ("west", None));
                (row.action.clone(), row.outcome, text("transaction"), code)
            })
            .collect();
        let failed = audit::Outcome::MinorFailure.indicator();
        let expected = [
            (audit::Action::Remove, "ITI-86", "XDSRemoveDocumentsError"),
            (audit::Action::Remove, "ITI-62", "XDSRegistryError"),
            (audit::Action::Submit, "ITI-41", "XDSRepositoryError"),
            (audit::Action::Submit, "ITI-41", "XDSRepositoryMetadataError"),
        ]
        .map(|(action, name, code)| {
            (action.name().to_owned(), failed, name.to_owned(), code.to_owned())
        });
        assert_eq!(told, expected);
        assert_eq!(Desk::trusted(store).remove_documents(&[&oid(1)]), success());
        let last = recorded(store).pop().unwrap();
        let taro = Some(person_of(store, TARO));
        assert_eq!((last.actor.as_str(), last.outcome, last.person_id), ("xds:loopback", 0, taro));
    });
}
