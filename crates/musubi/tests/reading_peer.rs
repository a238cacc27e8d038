//! What leaves over the wire: what consent opens to a peer, nothing that is damaged, and nothing
//! more once the client is gone.

use crate::registry_support as support;

use axum::body::Body;
use bytes::Bytes;
use ebrim::Submitted;
use ebrim::query::{StoredQuery, query_request};
use ebrim::retrieve::{DocumentRequest, retrieve_request};
use futures::future::Either;
use http_body_util::BodyExt as _;
use model::document::{
    Association, AssociationDetails, AssociationType, DocumentEntry, DocumentKind,
    SubmissionSetStatus,
};
use model::entry::Category;
use model::item::VersionState::{Current, Deprecated};
use model::limits::{
    QUERY_ANSWER_BYTES, QUERY_PEER_ANSWERS, RETRIEVE_DOCUMENTS, SOAP_ANSWER_QUEUE,
};
use musubi::central_sink::CentralSink;
use ports::{
    Caller, DocumentSink, HeldBytes, PeerCaller, Registrar, Registration, StateChange, Submission,
};
use registry::{Derivations, Queries, iti18};
use repository::{Retrieval, iti43};
use soap::{Fault, Peer, Request, Response, Service};
use std::sync::Arc;
use store::consent::{self, NewConsent};
use store::source::{self, FacilityRow};
use store::{Store, StoreConfig, StoreError};
use support::ask::{find_of, patient_id};
use support::*;
use testkit::{ManualClock, for_each_engine};
use xml::Writer;

const REPOSITORY: &str = "1.2.392.99.6";

/// Both transactions, for one caller.
struct Desk {
    retrieval: Retrieval,
    queries: Queries,
    caller: Caller,
}

impl Service for Desk {
    type Sender = ();

    fn actions(&self) -> &[&str] {
        &[iti18::ACTION, iti43::ACTION]
    }

    async fn admit(&self, _: &Peer) -> Result<(), Fault> {
        Ok(())
    }

    async fn call(&self, (): (), request: Request<'_>) -> Result<Response, Fault> {
        match request.action.as_str() {
            iti18::ACTION => self.queries.stored_query(&self.caller, request).await,
            _ => self.retrieval.retrieve_document_set(&self.caller, request).await,
        }
    }
}

fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::new(now()))
}

fn queries(store: &Store) -> Queries {
    Queries::new(store.clone(), clock(), AFFINITY.into(), "1.2.392.99.9")
}

async fn answer(store: &Store, caller: Caller, action: &str, body: Vec<u8>) -> Body {
    let retrieval = Retrieval::new(store.clone(), clock(), REPOSITORY.into());
    let desk = Desk { retrieval, queries: queries(store), caller };
    testkit::message::begin(desk, action, &body).await
}

fn retrieval(unique_id: &str) -> Vec<u8> {
    let request = DocumentRequest {
        repository_oid: REPOSITORY.into(),
        unique_id: unique_id.into(),
        ..DocumentRequest::default()
    };
    let mut writer = Writer::new();
    retrieve_request(&mut writer, &[request]);
    writer.finish()
}

/// The whole answer to an ITI-43 of one document.
fn retrieved(store: &Store, caller: &Caller, unique_id: &str) -> Result<Bytes, axum::Error> {
    runtime().block_on(async {
        let body = answer(store, caller.clone(), iti43::ACTION, retrieval(unique_id)).await;
        body.collect().await.map(|whole| whole.to_bytes())
    })
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

fn keep(store: &Store, number: u64, entry: DocumentEntry, bytes: Vec<u8>) {
    let submission = Submission {
        set: set(number),
        documents: vec![(entry, bytes.into())],
        folders: Vec::new(),
        associations: Vec::new(),
    };
    let sink = CentralSink::new(store.clone(), clock());
    runtime().block_on(sink.submit(vec![submission])).remove(0).unwrap();
}

/// A peer that reads as a clinic to which Taro opened laboratory results of the first hospital.
fn clinic(store: &Store) -> Caller {
    let person_id = person_of(store, TARO);
    let added = store.write_blocking(move |tx| -> Result<i64, StoreError> {
        let hospital = source::facility_by_code(tx, "1310000001")?.unwrap();
        let row = FacilityRow { id: 0, code: "1310000009".into(), ..hospital.clone() };
        let clinic = source::insert_facility(tx, &row, 0)?.unwrap();
        let new = NewConsent {
            person_id,
            discloser_facility_id: Some(hospital.id),
            viewer_facility_id: clinic,
            categories: Some(&[Category::Laboratory]),
            permit: true,
            from: now(),
            until: None,
            basis: "test",
            actor: "test",
            now: now(),
        };
        consent::insert(tx, &new)?;
        Ok(clinic)
    });
    Caller::Peer(PeerCaller {
        name: "clinic".into(),
        facility_id: added.unwrap(),
        may_submit: true,
        may_remove: false,
        is_gateway: false,
        ..PeerCaller::default()
    })
}

fn lab(number: u64, patient: &str, data_type: &str, class: &str) -> (DocumentEntry, Vec<u8>) {
    let version = LabVersion {
        number,
        order_key: number.to_string(),
        sent: "20200101120000000".into(),
        state: Current,
        is_delete_message: false,
    };
    let bytes = lab_message(patient, &version.order_key, number);
    let mut entry = DocumentEntry {
        class_code: code(class),
        type_code: code(data_type),
        intake: version.entry().intake,
        ..entry(number, patient, &bytes)
    };
    let item = &mut entry.intake.as_mut().unwrap().item;
    (item.patient_id, item.data_type) = (patient.into(), data_type.into());
    (entry, bytes)
}

#[test]
fn a_peer_is_given_what_consent_opens_and_no_word_of_the_rest() {
    for_each_engine(|store| {
        settle(store);
        let caller = clinic(store);
        let documents = [
            (1, lab(1, TARO, "OML-11", "laboratory")),
            (2, lab(2, HANAKO, "OML-11", "laboratory")),
            (3, lab(3, TARO, "OMP-01", "prescription")),
            (4, (entry(4, TARO, b"unsourced"), b"unsourced".to_vec())),
        ];
        for (number, (entry, bytes)) in documents {
            keep(store, number, entry, bytes);
        }
        let text = |caller: &Caller, number: u64| {
            let whole = retrieved(store, caller, &oid(number)).unwrap();
            String::from_utf8(whole.to_vec()).unwrap()
        };
        assert!(text(&caller, 1).contains("ResponseStatusType:Success"));
        let unknown = text(&caller, 9);
        assert!(unknown.contains("XDSDocumentUniqueIdError"), "{unknown}");
        for number in [2, 3, 4] {
            assert!(text(&Caller::Trusted, number).contains("ResponseStatusType:Success"));
            let refused = text(&caller, number);
            assert_eq!(refused.replace(&oid(number), &oid(9)), unknown, "{number}");
        }
    });
}

#[test]
fn an_on_demand_document_is_its_last_approved_snapshot() {
    for_each_engine(|store| {
        settle(store);
        let on_demand = DocumentEntry {
            kind: DocumentKind::OnDemand,
            repository_oid: REPOSITORY.into(),
            hash: String::new(),
            size: 0,
            ..of_taro(1)
        };
        message(store, 1, on_demand, None, vec![]);
        let text = |number: u64| {
            let whole = retrieved(store, &Caller::Trusted, &oid(number)).unwrap();
            String::from_utf8(whole.to_vec()).unwrap()
        };
        assert!(text(1).contains("XDSDocumentUniqueIdError"), "nothing was kept of it yet");
        for number in [2, 3] {
            let snapshot = DocumentEntry { repository_oid: REPOSITORY.into(), ..of_taro(number) };
            let of = association(number, AssociationType::IsSnapshotOf, uuid(number), uuid(1));
            message(store, number, snapshot, Some(format!("snapshot {number}")), vec![of]);
        }
        let last = text(1);
        assert!(last.contains("c25hcHNob3QgMw=="), "{last}");
        assert!(last.contains(&format!("NewDocumentUniqueId>{}<", oid(3))), "{last}");
        assert!(last.contains(&format!("NewRepositoryUniqueId>{REPOSITORY}<")), "{last}");
        let plain = text(2);
        assert!(plain.contains("c25hcHNob3QgMg==") && !plain.contains("NewDocument"));
        let deprecated = StateChange { unique_id: oid(3), state: Deprecated };
        let changed = store.write_blocking(move |tx| {
            registry::change_states(
                tx,
                std::slice::from_ref(&deprecated),
                &Derivations::new(),
                now(),
            )
        });
        changed.unwrap().remove(0).unwrap();
        assert!(text(1).contains(&format!("NewDocumentUniqueId>{}<", oid(2))));
    });
}

fn of_taro(number: u64) -> DocumentEntry {
    DocumentEntry { intake: None, ..entry(number, "theirs", b"x") }
}

/// A message of one document, whose bytes are here where it has any.
fn message(
    store: &Store,
    number: u64,
    entry: DocumentEntry,
    bytes: Option<String>,
    mut associations: Vec<Association>,
) {
    fn submitted<T>(object: T) -> Submitted<T> {
        Submitted {
            object,
            id: String::new(),
            patient_id: Some(patient_id(1)),
            availability: None,
            size: None,
            last_update: None,
        }
    }
    let details = AssociationDetails {
        submission_set_status: Some(SubmissionSetStatus::Original),
        ..AssociationDetails::default()
    };
    associations.push(Association {
        details: details.boxed(),
        ..association(
            1_000 + number,
            AssociationType::HasMember,
            set(number).entry_uuid,
            entry.entry_uuid,
        )
    });
    let contents = bytes.map(|bytes| HeldBytes {
        sha256: sha2::Digest::finalize(sha2::Digest::chain_update(
            <sha2::Sha256 as sha2::Digest>::new(),
            &bytes,
        ))
        .into(),
        bytes: Some(bytes.into()),
    });
    let registration = Registration {
        submission: ebrim::Submission {
            set: submitted(set(number)),
            documents: vec![submitted(entry)],
            associations,
            ..ebrim::Submission::default()
        },
        contents: vec![contents],
        caller: Caller::Trusted,
        transaction: "test",
    };
    let sink = CentralSink::new(store.clone(), clock()).with_affinity(AFFINITY);
    runtime().block_on(sink.register(registration)).unwrap();
}

#[test]
fn a_retrieval_gives_each_document_once_and_not_any_number() {
    for_each_engine(|store| {
        settle(store);
        for number in 1..=3 {
            keep(store, number, entry(number, TARO, b"same"), b"same".to_vec());
        }
        let asked = |numbers: &mut dyn Iterator<Item = u64>| {
            let mut writer = Writer::new();
            let requests: Vec<DocumentRequest> = numbers
                .map(|number| DocumentRequest {
                    repository_oid: REPOSITORY.into(),
                    unique_id: oid(number),
                    ..DocumentRequest::default()
                })
                .collect();
            retrieve_request(&mut writer, &requests);
            let text = runtime().block_on(async {
                let body = answer(store, Caller::Trusted, iti43::ACTION, writer.finish()).await;
                body.collect().await.unwrap().to_bytes()
            });
            String::from_utf8(text.to_vec()).unwrap()
        };
        let text = asked(&mut [3, 1, 3, 2, 1, 3].into_iter());
        let places: Vec<_> =
            [3, 1, 2].map(|number| text.find(&format!(">{}<", oid(number)))).into();
        assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{places:?}");
        assert_eq!(text.matches("<xds:DocumentResponse>").count(), 3, "{text}");
        let same = asked(&mut std::iter::repeat_n(1, 2 * RETRIEVE_DOCUMENTS as usize));
        assert_eq!(same.matches("<xds:DocumentResponse>").count(), 1);
        let many = asked(&mut (1..=RETRIEVE_DOCUMENTS + 1));
        assert!(many.contains("ResponseStatusType:Failure") && many.contains("XDSRepositoryError"));
        assert!(!many.contains("<xds:DocumentResponse>"));
    });
}

#[test]
fn a_damaged_object_breaks_the_answer_off() {
    for_each_engine(|store| {
        settle(store);
        let bytes: Vec<u8> = (0..200_000_u32).flat_map(u32::to_le_bytes).collect();
        keep(store, 1, entry(1, TARO, &bytes), bytes.clone());
        let whole = retrieved(store, &Caller::Trusted, &oid(1)).unwrap();
        assert!(whole.ends_with(b">") && whole.len() > bytes.len());
        let path = store.objects().path(
            &sha2::Digest::finalize(sha2::Digest::chain_update(
                <sha2::Sha256 as sha2::Digest>::new(),
                &bytes,
            ))
            .into(),
        );
        for place in [0, bytes.len() / 2, bytes.len() - 1] {
            let mut damaged = bytes.clone();
            damaged[place] ^= 1;
            std::fs::write(&path, damaged).unwrap();
            let answer = retrieved(store, &Caller::Trusted, &oid(1));
            assert!(answer.is_err(), "an answer was completed with octet {place} damaged");
        }
        std::fs::write(&path, &bytes[..bytes.len() - 1]).unwrap();
        let cut = retrieved(store, &Caller::Trusted, &oid(1)).unwrap();
        let cut = String::from_utf8(cut.to_vec()).unwrap();
        assert!(cut.contains("ResponseStatusType:Failure") && cut.contains("XDSRepositoryError"));
    });
}

/// Far more of Taro's than what may wait between the query and a client that reads nothing.
fn keep_much(store: &Store) {
    const { assert!(300 * 8_000 > 2 * (SOAP_ANSWER_QUEUE + 2) * QUERY_ANSWER_BYTES) };
    let documents: Vec<_> = (1..=300)
        .map(|number| {
            let title = "x".repeat(8_000);
            let (entry, bytes) = lab(number, TARO, "OML-11", "laboratory");
            (DocumentEntry { title, ..entry }, bytes)
        })
        .collect();
    submit(store, prepare(set(1), documents, Vec::new())).unwrap();
}

/// ITI-18 for everything of Taro's.
fn everything() -> Vec<u8> {
    let mut writer = Writer::new();
    let query = StoredQuery::FindDocuments(Box::new(find_of(patient_id(1))));
    query_request(&mut writer, &support::ask::request(query));
    writer.finish()
}

#[test]
fn a_peer_that_reads_slowly_keeps_no_other_peers_query_waiting() {
    for_each_engine(|store| {
        settle(store);
        keep_much(store);
        let slow = clinic(store);
        let Caller::Peer(peer) = &slow else { unreachable!() };
        let other = Caller::Peer(PeerCaller { name: "other".into(), ..peer.clone() });
        // One thread more than a peer may hold.
        let streams = usize::try_from(QUERY_PEER_ANSWERS).unwrap() + 1;
        let few = StoreConfig { streams, ..store.config().clone() };
        let few = Store::open(&few).unwrap();
        let queries = queries(&few);
        let ask = |caller: &Caller| {
            let retrieval = Retrieval::new(few.clone(), clock(), REPOSITORY.into());
            let desk = Desk { retrieval, queries: queries.clone(), caller: caller.clone() };
            async move { testkit::message::begin(desk, iti18::ACTION, &everything()).await }
        };
        runtime().block_on(async {
            let mut unread = Vec::new();
            for _ in 0..QUERY_PEER_ANSWERS {
                unread.push(ask(&slow).await);
            }
            let more = Box::pin(ask(&slow));
            let within = std::time::Duration::from_millis(model::limits::QUERY_READER_MS / 3);
            let whole = Box::pin(async { ask(&other).await.collect().await.unwrap().to_bytes() });
            let first = tokio::time::timeout(within, futures::future::select(more, whole));
            let first = first.await.expect("a thread is free");
            let Either::Right((whole, more)) = first else { panic!("more than its share") };
            let text = String::from_utf8(whole.to_vec()).unwrap();
            assert_eq!(text.matches("ExtrinsicObject ").count(), 300, "{} bytes", text.len());
            // Its own next answer begins once it has read one.
            drop(unread.pop());
            let next = tokio::time::timeout(within, more).await.expect("its share is free");
            unread.push(next);
        });
    });
}

#[test]
fn a_client_that_goes_away_ends_its_query() {
    for_each_engine(|store| {
        settle(store);
        keep_much(store);
        // One thread for queries: while one runs, no other does.
        let one = StoreConfig { streams: 1, ..store.config().clone() };
        let one = Store::open(&one).unwrap();
        let asked = everything();
        runtime().block_on(async {
            for _ in 0..3 {
                let mut body = answer(&one, Caller::Trusted, iti18::ACTION, asked.clone()).await;
                let first = body.frame().await.unwrap().unwrap();
                assert!(first.data_ref().is_some_and(|piece| !piece.is_empty()));
                drop(body);
                // A query whose client only reads nothing would hold the thread for longer.
                let limit = std::time::Duration::from_millis(model::limits::QUERY_READER_MS / 3);
                let reading = one.read_streamed(|_| -> Result<(), StoreError> { Ok(()) });
                tokio::time::timeout(limit, reading).await.expect("the thread is free").unwrap();
            }
        });
    });
}
