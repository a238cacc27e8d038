//! What a gateway elsewhere submits by ITI-41: it speaks for the sources of its own facility
//! alone, and learns what its submission did.

use crate::registry_support as support;

use ebrim::{ErrorCode, Submitted};
use model::document::{
    Association, AssociationDetails, AssociationType, DocumentEntry, SubmissionSetStatus,
};
use model::item::VersionState::{self, Current, Deleted};
use musubi::central_sink::CentralSink;
use ports::{Caller, HeldBytes, Outcome, PeerCaller, Registrar, RegistrarError, Registration};
use sha2::Digest as _;
use std::sync::Arc;
use store::audit::{self, AuditEvent};
use store::source::{self, FacilityRow, SourceRow};
use store::{Store, StoreError, person};
use support::*;
use testkit::{ManualClock, for_each_engine};
use uuid::Uuid;

/// The source of the other facility, which numbers patients as the first one does.
const SOURCE_THREE: &str = "three";
const DOMAIN_THREE: &str = "1.2.392.99.4";

/// Registers what a gateway of a facility sends.
fn send(
    store: &Store,
    facility_id: i64,
    number: u64,
    documents: Vec<(DocumentEntry, Vec<u8>)>,
) -> Result<Outcome, RegistrarError> {
    let clock = Arc::new(ManualClock::new(now()));
    let sink = CentralSink::new(store.clone(), clock).with_affinity(AFFINITY);
    let caller = Caller::Peer(PeerCaller {
        name: "west".into(),
        facility_id,
        may_submit: true,
        may_remove: false,
        is_gateway: true,
        ..PeerCaller::default()
    });
    let set = set(number);
    let associations = documents.iter().map(|(entry, _)| member(set.entry_uuid, entry)).collect();
    let contents = documents.iter().map(|(_, bytes)| {
        Some(HeldBytes {
            sha256: sha2::Sha256::digest(bytes).into(),
            bytes: Some(bytes.clone().into()),
        })
    });
    let registration = Registration {
        contents: contents.collect(),
        submission: ebrim::Submission {
            set: submitted(set),
            documents: documents.iter().map(|(entry, _)| submitted(entry.clone())).collect(),
            associations,
            ..ebrim::Submission::default()
        },
        caller,
        transaction: "ITI-41",
    };
    runtime().block_on(sink.register(registration))
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

fn member(set: Uuid, entry: &DocumentEntry) -> Association {
    let details = AssociationDetails {
        submission_set_status: Some(SubmissionSetStatus::Original),
        ..AssociationDetails::default()
    };
    Association {
        entry_uuid: Uuid::new_v5(&set, entry.entry_uuid.as_bytes()),
        association_type: AssociationType::HasMember,
        source: set,
        target: entry.entry_uuid,
        details: details.boxed(),
    }
}

fn submitted<T>(object: T) -> Submitted<T> {
    Submitted {
        object,
        id: String::new(),
        patient_id: None,
        availability: None,
        size: None,
        last_update: None,
    }
}

fn lab(number: u64, minute: u64, state: VersionState) -> LabVersion {
    LabVersion {
        number,
        order_key: "77".into(),
        sent: format!("2020010112{minute:02}00000"),
        state,
        is_delete_message: false,
    }
}

fn of(version: &LabVersion) -> (DocumentEntry, Vec<u8>) {
    (version.entry(), version.bytes())
}

/// The same, said to come from another source.
fn from(source: &str, domain: &str, version: &LabVersion) -> (DocumentEntry, Vec<u8>) {
    let (mut entry, bytes) = of(version);
    entry.intake.as_mut().unwrap().source = source.into();
    entry.source_patient_id.authority.oid = domain.into();
    (entry, bytes)
}

/// A second facility with a source of its own, in a domain of its own and in the first one's.
/// Gives both facilities.
fn settle_two(store: &Store) -> (i64, i64) {
    settle(store);
    let person_id = person_of(store, TARO);
    store
        .write_blocking(move |tx| -> Result<(i64, i64), StoreError> {
            let first = source::facility_by_code(tx, "1310000001")?.unwrap();
            let row = FacilityRow { id: 0, code: "1310000002".into(), ..first.clone() };
            let second = source::insert_facility(tx, &row, 0)?.unwrap();
            for (name, oid) in [(SOURCE_THREE, DOMAIN_THREE), ("shared", DOMAIN_ONE)] {
                let row = SourceRow {
                    id: 0,
                    name: name.into(),
                    kind: "ssmix2".into(),
                    oid: format!("1.2.392.99.44.{}", name.len()),
                    settings: "{}".into(),
                    paused: false,
                    facility: FacilityRow { id: second, ..row.clone() },
                    domain: source::ensure_domain(tx, oid, name)?,
                };
                source::insert_source(tx, &row, &[], 0)?.unwrap();
            }
            let domain = person::domain_by_oid(tx, DOMAIN_THREE)?.unwrap();
            let identity = person::insert_identity(tx, domain, TARO, person_id, now())?.unwrap();
            person::put_enrolment(tx, identity, now(), "test")?;
            Ok((first.id, second))
        })
        .unwrap()
}

fn audited(store: &Store) -> Vec<AuditEvent> {
    store.read_blocking(|tx| audit::recent(tx, i64::MAX, 100)).unwrap()
}

/// The codes and texts of a refusal.
fn refusal(answer: Result<Outcome, RegistrarError>) -> Vec<(ErrorCode, String)> {
    match answer {
        Err(RegistrarError::Refused(problems)) => {
            problems.into_iter().map(|problem| (problem.code, problem.context)).collect()
        }
        other => panic!("not refused: {other:?}"),
    }
}

#[test]
fn a_gateway_learns_what_its_submission_did() {
    for_each_engine(|store| {
        let (first, _) = settle_two(store);
        let (one, rival) = (lab(1, 1, Current), lab(2, 1, Current));
        assert_eq!(send(store, first, 1, vec![of(&one)]), Ok(Outcome::Registered));
        assert_eq!(send(store, first, 1, vec![of(&one)]), Ok(Outcome::AlreadyThere));
        assert_eq!(send(store, first, 2, vec![of(&rival)]), Ok(Outcome::TwoCurrent));
        assert_eq!(send(store, first, 2, vec![of(&rival)]), Ok(Outcome::TwoCurrent));
        let gone = LabVersion { state: Deleted, ..rival };
        assert_eq!(send(store, first, 2, vec![of(&gone)]), Ok(Outcome::StateChanged));
    });
}

#[test]
fn a_gateway_speaks_for_its_own_facility_alone() {
    for_each_engine(|store| {
        let (first, second) = settle_two(store);
        let foreign = lab(1, 1, Current);
        let own = |number: u64| from(SOURCE_THREE, DOMAIN_THREE, &lab(number, 1, Current));
        let code = ErrorCode::XdsRegistryMetadataError;
        let denied = refusal(send(store, second, 1, vec![of(&foreign)]));
        // Another facility's source is answered like one that is not there.
        let nobodys = from("nobody", DOMAIN_ONE, &foreign);
        let unknown = refusal(send(store, second, 1, vec![nobodys]));
        assert_eq!(denied[0].0, code);
        assert_eq!(denied[0].1.replace(SOURCE_ONE, "nobody"), unknown[0].1);
        // Nor does the answer tell who is known elsewhere.
        let mut stranger = of(&foreign);
        stranger.0.source_patient_id.id = "nobody".into();
        assert_eq!(refusal(send(store, second, 1, vec![stranger])), denied);
        for documents in [vec![own(2), of(&foreign)], vec![of(&foreign), own(2)]] {
            assert_eq!(refusal(send(store, second, 2, documents)), denied);
        }
        // A document beside it hangs off no identity of another domain either.
        let beside = (entry(3, TARO, b"picture"), b"picture".to_vec());
        assert_eq!(refusal(send(store, second, 3, vec![own(2), beside]))[0].0, code);
        let ids: Vec<String> = (1..=3).map(oid).collect();
        assert!(found(store, &ids).is_empty(), "nothing is stored");
        let sets = (1..=3).map(|number| set(number).unique_id);
        for unique_id in sets {
            let used = store
                .read_blocking(move |tx| store::document::row::is_unique_id_used(tx, &unique_id));
            assert!(!used.unwrap());
        }
        let rows = audited(store);
        assert_eq!(rows.len(), 6);
        for row in rows {
            assert_eq!((row.actor.as_str(), row.action.as_str()), ("west", "submit"));
            assert_ne!(row.outcome, 0);
            assert!(row.detail.contains("ITI-41") && row.detail.contains(code.name()));
        }
        assert_eq!(send(store, second, 4, vec![own(4)]), Ok(Outcome::Registered));
        assert_eq!(send(store, first, 1, vec![of(&foreign)]), Ok(Outcome::Registered));
    });
}

#[test]
fn a_gateway_changes_no_state_of_what_another_facility_brought() {
    for_each_engine(|store| {
        let (first, second) = settle_two(store);
        let version = lab(1, 1, Current);
        assert_eq!(send(store, first, 1, vec![of(&version)]), Ok(Outcome::Registered));
        // The other facility's source shares the patients' domain: set, document and bytes are
        // those of the first, deleted.
        let gone = LabVersion { state: Deleted, ..version };
        for number in [1, 9] {
            let sent = from("shared", DOMAIN_ONE, &gone);
            let refused = refusal(send(store, second, number, vec![sent]));
            assert_eq!(refused[0].0, ErrorCode::XdsRegistryMetadataError);
        }
        assert_eq!(found(store, &[oid(1)])[&oid(1)].state, Current);
    });
}
