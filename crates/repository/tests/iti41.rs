//! ITI-41 up to the registrar: hashes, sizes, places of bytes, and each rule by its code.

use axum::body::Body;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ebrim::{Part, PartContent, Submission, Submitted};
use futures::future::BoxFuture;
use http_body_util::BodyExt as _;
use model::PartialTime;
use model::document::{
    Association, AssociationDetails, AssociationType, DocumentEntry, SubmissionSet,
    SubmissionSetStatus, XdsCode,
};
use model::hl7::{AssigningAuthority, PatientId};
use ports::{Caller, Outcome, PeerCaller, Registrar, RegistrarError, Registration, StoredBytes};
use repository::{Reception, iti41};
use sha1::Digest as _;
use soap::{Endpoint, Fault, Peer, Request, Response, Service};
use std::sync::{Arc, Mutex};
use store::Store;
use testkit::{CountingIds, for_each_engine};
use uuid::Uuid;
use xml::Writer;

const REPOSITORY: &str = "1.2.392.99.8";

/// Keeps what it is given.
#[derive(Default)]
struct Kept(Mutex<Vec<Registration>>);

impl Registrar for Kept {
    fn register(
        &self,
        registration: Registration,
    ) -> BoxFuture<'_, Result<Outcome, RegistrarError>> {
        self.0.lock().unwrap().push(registration);
        Box::pin(async { Ok(Outcome::TwoCurrent) })
    }

    fn bytes_of(&self, _: String) -> BoxFuture<'_, Result<StoredBytes, RegistrarError>> {
        Box::pin(async { Err(RegistrarError::Unavailable("not asked for".to_owned())) })
    }
}

struct Desk {
    reception: Reception,
    caller: Caller,
}

impl Service for Desk {
    type Sender = ();

    fn actions(&self) -> &[&str] {
        &[iti41::ACTION]
    }

    async fn admit(&self, _: &Peer) -> Result<(), Fault> {
        Ok(())
    }

    async fn call(&self, (): (), request: Request<'_>) -> Result<Response, Fault> {
        self.reception.provide_and_register(&self.caller, request, model::Timestamp(1)).await
    }
}

fn code(code: &str) -> XdsCode {
    XdsCode { code: code.into(), display: String::new(), scheme: "1.2.3".into() }
}

fn patient() -> PatientId {
    let authority = AssigningAuthority { namespace: String::new(), oid: "1.2.3.4".into() };
    PatientId { id: "77".into(), authority }
}

fn submitted<T>(object: T) -> Submitted<T> {
    Submitted {
        object,
        id: String::new(),
        patient_id: Some(patient()),
        availability: None,
        size: None,
        last_update: None,
    }
}

fn entry(number: u128) -> DocumentEntry {
    DocumentEntry {
        entry_uuid: Uuid::from_u128(number),
        unique_id: format!("2.25.{number}"),
        mime_type: "text/plain".into(),
        class_code: code("class"),
        type_code: code("type"),
        format_code: code("format"),
        confidentiality: vec![code("N")],
        facility_type: code("facility"),
        practice_setting: code("practice"),
        language: "ja".into(),
        creation_time: PartialTime::japan("20260101").unwrap(),
        source_patient_id: patient(),
        ..DocumentEntry::default()
    }
}

fn submission(documents: Vec<(DocumentEntry, &[u8])>) -> Submission {
    let set_uuid = Uuid::from_u128(1_000);
    let details = AssociationDetails {
        submission_set_status: Some(SubmissionSetStatus::Original),
        ..AssociationDetails::default()
    };
    let associations = documents
        .iter()
        .enumerate()
        .map(|(place, (entry, _))| Association {
            entry_uuid: Uuid::from_u128(2_000 + place as u128),
            association_type: AssociationType::HasMember,
            source: set_uuid,
            target: entry.entry_uuid,
            details: details.clone().boxed(),
        })
        .collect();
    let set = SubmissionSet {
        entry_uuid: set_uuid,
        unique_id: "2.25.1000".into(),
        source_oid: "1.2.3.5".into(),
        content_type: code("content"),
        ..SubmissionSet::default()
    };
    let part = |(document, (_, bytes)): (usize, &(DocumentEntry, &[u8]))| Part {
        document,
        content: PartContent::Inline(STANDARD.encode(bytes)),
    };
    Submission {
        parts: documents.iter().enumerate().map(part).collect(),
        set: submitted(set),
        documents: documents.into_iter().map(|(entry, _)| submitted(entry)).collect(),
        associations,
        ..Submission::default()
    }
}

fn envelope(body: &[u8]) -> Vec<u8> {
    let mut text = format!(
        "<e:Envelope xmlns:e='http://www.w3.org/2003/05/soap-envelope' \
         xmlns:a='http://www.w3.org/2005/08/addressing'><e:Header><a:Action>{}</a:Action>\
         <a:MessageID>urn:uuid:1</a:MessageID></e:Header><e:Body>",
        iti41::ACTION
    )
    .into_bytes();
    text.extend_from_slice(body);
    text.extend_from_slice(b"</e:Body></e:Envelope>");
    text
}

fn gateway() -> Caller {
    Caller::Peer(PeerCaller {
        name: "west".into(),
        facility_id: 1,
        may_submit: true,
        may_remove: false,
        is_gateway: true,
        ..PeerCaller::default()
    })
}

fn posted(sent: &Submission) -> http::Request<Body> {
    let mut writer = Writer::new();
    ebrim::request::provide_and_register_request(&mut writer, sent, false);
    http::Request::post("/")
        .header("content-type", "application/soap+xml")
        .body(Body::from(envelope(&writer.finish())))
        .unwrap()
}

/// Sends a request; the codes of the answer and what was registered.
fn send(store: &Store, caller: Caller, sent: &Submission) -> (Vec<String>, Vec<Registration>) {
    answered(store, caller, posted(sent))
}

fn answered(
    store: &Store,
    caller: Caller,
    request: http::Request<Body>,
) -> (Vec<String>, Vec<Registration>) {
    let (text, kept) = answer_text(store, caller, request);
    let codes: Vec<String> = text
        .split("errorCode=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap().to_owned())
        .collect();
    assert_eq!(text.contains("ResponseStatusType:Success"), codes.is_empty(), "{text}");
    assert_eq!(kept.is_empty(), !codes.is_empty());
    (codes, kept)
}

fn answer_text(
    store: &Store,
    caller: Caller,
    request: http::Request<Body>,
) -> (String, Vec<Registration>) {
    let kept = Arc::new(Kept::default());
    let ids = Arc::new(CountingIds::new());
    let reception =
        Reception::new(store.clone(), kept.clone(), ids.clone(), None, REPOSITORY.into());
    let endpoint = Endpoint::new(Desk { reception, caller }, ids);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let answer = runtime.block_on(async {
        let answer = endpoint.handle(request).await;
        answer.into_body().collect().await.unwrap().to_bytes()
    });
    let kept = std::mem::take(&mut *kept.0.lock().unwrap());
    (String::from_utf8_lossy(&answer).into_owned(), kept)
}

fn sha1_of(bytes: &[u8]) -> String {
    sha1::Sha1::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn hash_size_and_place_are_filled_in() {
    for_each_engine(|store| {
        let elsewhere = DocumentEntry { repository_oid: "1.2.3.9".into(), ..entry(1) };
        let (codes, kept) =
            send(store, Caller::Trusted, &submission(vec![(elsewhere, b"abc"), (entry(2), b"")]));
        assert!(codes.is_empty(), "{codes:?}");
        let entries: Vec<_> = kept[0].submission.documents.iter().map(|one| &one.object).collect();
        assert_eq!((entries[0].hash.as_str(), entries[0].size), (sha1_of(b"abc").as_str(), 3));
        assert_eq!((entries[1].hash.as_str(), entries[1].size), (sha1_of(b"").as_str(), 0));
        assert!(entries.iter().all(|entry| entry.repository_oid == REPOSITORY));
        let held = kept[0].contents[0].as_ref().unwrap();
        assert_eq!(held.bytes.as_deref(), Some(&b"abc"[..]));
    });
}

#[test]
fn a_large_document_becomes_an_object_while_it_arrives() {
    for_each_engine(|store| {
        let large: Vec<u8> = (0..300_000_u32).map(|number| number.to_le_bytes()[0]).collect();
        let (codes, kept) =
            send(store, Caller::Trusted, &submission(vec![(entry(1), large.as_slice())]));
        assert!(codes.is_empty(), "{codes:?}");
        let held = kept[0].contents[0].as_ref().unwrap();
        assert!(held.bytes.is_none());
        let key = store::ObjectKey { sha256: held.sha256, size: large.len() as u64 };
        assert_eq!(store.objects().read_blocking(key).unwrap(), large);
        assert_eq!(kept[0].submission.documents[0].object.hash, sha1_of(&large));
    });
}

#[test]
fn wrong_hashes_and_sizes_are_told_apart_and_together() {
    for_each_engine(|store| {
        let wrong = "XDSRepositoryMetadataError";
        let hash = DocumentEntry { hash: sha1_of(b"other"), size: 3, ..entry(1) };
        let (codes, _) = send(store, Caller::Trusted, &submission(vec![(hash, b"abc")]));
        assert_eq!(codes, [wrong]);
        let size = DocumentEntry { hash: sha1_of(b"abc"), size: 4, ..entry(1) };
        let (codes, _) = send(store, Caller::Trusted, &submission(vec![(size, b"abc")]));
        assert_eq!(codes, [wrong]);
        let both = DocumentEntry { hash: sha1_of(b"other"), size: 4, ..entry(1) };
        let (codes, _) = send(store, Caller::Trusted, &submission(vec![(both, b"abc")]));
        assert_eq!(codes, [wrong, wrong]);
        let right = DocumentEntry { hash: sha1_of(b"abc").to_uppercase(), size: 3, ..entry(1) };
        let (codes, _) = send(store, Caller::Trusted, &submission(vec![(right, b"abc")]));
        assert!(codes.is_empty(), "{codes:?}");
    });
}

#[test]
fn documents_and_metadata_belong_together() {
    for_each_engine(|store| {
        let mut without = submission(vec![(entry(1), b"abc"), (entry(2), b"def")]);
        without.parts.pop();
        assert_eq!(send(store, Caller::Trusted, &without).0, ["XDSMissingDocument"]);
        let mut sent = submission(vec![(entry(1), b"abc"), (entry(2), b"def")]);
        let mut writer = Writer::new();
        sent.documents.truncate(2);
        ebrim::request::provide_and_register_request(&mut writer, &sent, false);
        let text = String::from_utf8(writer.finish()).unwrap();
        let own = format!("<xds:Document id=\"{}\"", Uuid::from_u128(2).urn());
        assert!(text.contains(&own));
        let other = text.replace(&own, "<xds:Document id=\"nobody\"");
        let request = http::Request::post("/")
            .header("content-type", "application/soap+xml")
            .body(Body::from(envelope(other.as_bytes())))
            .unwrap();
        let (codes, _) = answered(store, Caller::Trusted, request);
        assert_eq!(codes, ["XDSMissingDocumentMetadata", "XDSMissingDocument"]);
    });
}

#[test]
fn a_peer_that_may_not_submit_is_refused() {
    for_each_engine(|store| {
        let caller = Caller::Peer(PeerCaller {
            name: "reader".into(),
            facility_id: 1,
            may_submit: false,
            may_remove: false,
            is_gateway: false,
            ..PeerCaller::default()
        });
        let (codes, _) = send(store, caller, &submission(vec![(entry(1), b"abc")]));
        assert_eq!(codes, ["XDSRepositoryError"]);
    });
}

#[test]
fn what_a_submission_did_is_told_to_gateways_alone() {
    for_each_engine(|store| {
        let slot = "urn:musubi:outcome";
        for is_gateway in [true, false] {
            let caller = Caller::Peer(PeerCaller {
                name: "west".into(),
                facility_id: 1,
                may_submit: true,
                may_remove: false,
                is_gateway,
                ..PeerCaller::default()
            });
            let mut writer = Writer::new();
            let sent = submission(vec![(entry(1), b"abc")]);
            ebrim::request::provide_and_register_request(&mut writer, &sent, false);
            let request = http::Request::post("/")
                .header("content-type", "application/soap+xml")
                .body(Body::from(envelope(&writer.finish())))
                .unwrap();
            let (text, kept) = answer_text(store, caller, request);
            assert_eq!(kept.len(), 1, "{text}");
            assert_eq!(text.contains(slot), is_gateway, "{text}");
            let document = xml::Document::parse(&text).unwrap();
            let body = document.root().children().find(|one| one.name() == "Body").unwrap();
            let response = body.children().next().unwrap();
            let said = ebrim::response::response_slot(response, slot);
            assert_eq!(said.as_deref(), is_gateway.then_some("two-current"));
        }
    });
}

#[test]
fn a_disk_that_fails_makes_nobody_give_a_document_up() {
    for_each_engine(|store| {
        let large = vec![7_u8; 300_000];
        let sha256: [u8; 32] = sha2::Sha256::digest(&large).into();
        // A directory where the object belongs: the rename fails, as a broken disk's would.
        let in_the_way = store.objects().path(&sha256).join("in the way");
        std::fs::create_dir_all(in_the_way).unwrap();
        let sent = submission(vec![(entry(1), large.as_slice())]);
        for _ in 0..2 {
            let (codes, _) = send(store, gateway(), &sent);
            assert_eq!(codes, ["XDSRepositoryBusy"]);
        }
        assert!(store.check_writable().is_err());
        let (text, _) = answer_text(store, gateway(), posted(&sent));
        assert!(!text.contains(ebrim::names::OUTCOME), "{text}");
        let without = Submission { parts: Vec::new(), ..sent };
        let (text, _) = answer_text(store, gateway(), posted(&without));
        let document = xml::Document::parse(&text).unwrap();
        let body = document.root().children().find(|one| one.name() == "Body").unwrap();
        let response = body.children().next().unwrap();
        let said = ebrim::response::response_slot(response, ebrim::names::OUTCOME);
        assert_eq!(said.as_deref(), Some(ebrim::names::OUTCOME_REFUSED));
    });
}

#[test]
fn bytes_of_a_refused_message_do_not_stay() {
    for_each_engine(|store| {
        let large = vec![9_u8; 300_000];
        let key = store::ObjectKey { sha256: sha2::Sha256::digest(&large).into(), size: 300_000 };
        // The first document is right, and on disk before the second is known to be wrong.
        let wrong = DocumentEntry { hash: sha1_of(b"other"), size: 3, ..entry(2) };
        let sent = submission(vec![(entry(1), large.as_slice()), (wrong, b"abc")]);
        assert_eq!(send(store, gateway(), &sent).0, ["XDSRepositoryMetadataError"]);
        assert!(!store.objects().is_there(&key), "it had a wrong document beside it");
        let mut text = Writer::new();
        ebrim::request::provide_and_register_request(&mut text, &sent, false);
        let text = String::from_utf8(envelope(&text.finish())).unwrap();
        // Base64 that is none after the first document.
        let broken = text.replace(&STANDARD.encode(b"abc"), "*");
        assert_ne!(broken, text);
        let request = http::Request::post("/")
            .header("content-type", "application/soap+xml")
            .body(Body::from(broken))
            .unwrap();
        let (answer, kept) = answer_text(store, gateway(), request);
        assert!(answer.contains("Fault") && kept.is_empty(), "{answer}");
        assert!(!store.objects().is_there(&key), "the message broke off");
        let right = submission(vec![(entry(1), large.as_slice())]);
        assert!(send(store, gateway(), &right).0.is_empty());
        assert!(store.objects().is_there(&key));
    });
}
