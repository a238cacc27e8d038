//! A centre with every transaction of XDS, answered for whichever caller: requests are messages,
//! answers are their whole text.

use crate::registry_support as support;

use axum::body::Body;
use ebrim::query::{StoredQuery, query_request};
use ebrim::request::{provide_and_register_request, submit_objects_request};
use ebrim::retrieve::{DocumentRequest, retrieve_request};
use ebrim::{Part, PartContent, Submission, Submitted};
use model::document::{
    Association, AssociationDetails, AssociationType, DocumentEntry, SubmissionSetStatus,
};
use model::entry::Category;
use musubi::central_sink::CentralSink;
use ports::Caller;
use registry::{Changes, Queries, iti18, iti42, iti51, iti57, iti61, iti62};
use repository::{Reception, Retrieval, iti41, iti43, iti86};
use soap::{Fault, Peer, Request, Response, Service};
use std::sync::Arc;
use store::consent::{self, NewConsent};
use store::source::{self, FacilityRow};
use store::{Store, StoreError};
use support::ask::patient_id;
use support::*;
use testkit::{CountingIds, ManualClock, message};
use uuid::Uuid;
use xml::Writer;

/// repositoryUniqueId of the centre.
pub const REPOSITORY: &str = "1.2.392.99.6";
/// The hospital whose storage the region has.
pub const HOSPITAL: &str = "1310000001";

/// Every transaction, for one caller.
struct Desk {
    queries: Queries,
    changes: Changes,
    reception: Reception,
    retrieval: Retrieval,
    caller: Caller,
}

impl Service for Desk {
    type Sender = ();

    fn actions(&self) -> &[&str] {
        &[
            iti18::ACTION,
            iti51::ACTION,
            iti42::ACTION,
            iti57::ACTION,
            iti57::RESTRICTED_ACTION,
            iti61::ACTION,
            iti62::ACTION,
            iti41::ACTION,
            iti43::ACTION,
            iti86::ACTION,
        ]
    }

    async fn admit(&self, _: &Peer) -> Result<(), Fault> {
        Ok(())
    }

    async fn call(&self, _: (), request: Request<'_>) -> Result<Response, Fault> {
        let caller = &self.caller;
        match request.action.as_str() {
            iti18::ACTION => self.queries.stored_query(caller, request).await,
            iti51::ACTION => self.queries.multi_patient_query(caller, request).await,
            iti42::ACTION => self.changes.register_document_set(caller, request).await,
            iti57::ACTION => self.changes.update_document_set(caller, request).await,
            iti57::RESTRICTED_ACTION => self.changes.restricted_update(caller, request).await,
            iti61::ACTION => self.changes.register_on_demand(caller, request).await,
            iti62::ACTION => self.changes.remove_metadata(caller, request).await,
            iti41::ACTION => self.reception.provide_and_register(caller, request, now()).await,
            iti86::ACTION => self.reception.remove_documents(caller, request, now()).await,
            _ => self.retrieval.retrieve_document_set(caller, request).await,
        }
    }
}

pub fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::new(now()))
}

pub fn sink(store: &Store) -> CentralSink {
    CentralSink::new(store.clone(), clock()).with_affinity(AFFINITY)
}

pub fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

fn desk(store: &Store, caller: &Caller) -> Desk {
    let sink = Arc::new(sink(store));
    let ids = || Arc::new(CountingIds::new());
    Desk {
        queries: Queries::new(store.clone(), clock(), AFFINITY.into(), "1.2.392.99.9"),
        changes: Changes::new(
            store.clone(),
            clock(),
            ids(),
            sink.clone(),
            None,
            AFFINITY.to_owned(),
        ),
        reception: Reception::new(store.clone(), sink, ids(), None, REPOSITORY.into()),
        retrieval: Retrieval::new(store.clone(), clock(), REPOSITORY.into()),
        caller: caller.clone(),
    }
}

/// The answer to a message, not yet read.
pub async fn begin(store: &Store, caller: &Caller, action: &str, body: Vec<u8>) -> Body {
    message::begin(desk(store, caller), action, &body).await
}

/// The whole answer to a message.
pub fn call(store: &Store, caller: &Caller, action: &str, body: Vec<u8>) -> String {
    message::ask(desk(store, caller), action, &body)
}

pub fn is_success(answer: &str) -> bool {
    answer.contains("ResponseStatusType:Success")
}

/// ITI-43 of one uniqueId.
pub fn retrieve(store: &Store, caller: &Caller, unique_id: &str) -> String {
    retrieve_all(store, caller, &[unique_id.to_owned()])
}

/// ITI-43 of several.
pub fn retrieve_all(store: &Store, caller: &Caller, unique_ids: &[String]) -> String {
    let request = |unique_id: &String| DocumentRequest {
        repository_oid: REPOSITORY.into(),
        unique_id: unique_id.clone(),
        ..DocumentRequest::default()
    };
    let requests: Vec<DocumentRequest> = unique_ids.iter().map(request).collect();
    let mut writer = Writer::new();
    retrieve_request(&mut writer, &requests);
    call(store, caller, iti43::ACTION, writer.finish())
}

/// ITI-86 of one uniqueId.
pub fn remove_document(store: &Store, caller: &Caller, unique_id: &str) -> String {
    let body = format!(
        "<r:RemoveDocumentsRequest xmlns:r='urn:ihe:iti:rmd:2017' \
         xmlns:x='urn:ihe:iti:xds-b:2007'><x:DocumentRequest>\
         <x:RepositoryUniqueId>{REPOSITORY}</x:RepositoryUniqueId>\
         <x:DocumentUniqueId>{unique_id}</x:DocumentUniqueId></x:DocumentRequest>\
         </r:RemoveDocumentsRequest>"
    );
    call(store, caller, iti86::ACTION, body.into_bytes())
}

/// ITI-62 of objects.
pub fn remove_metadata(store: &Store, caller: &Caller, uuids: &[Uuid]) -> String {
    let references: String =
        uuids.iter().map(|uuid| format!("<m:ObjectRef id='{}'/>", uuid.urn())).collect();
    let body = format!(
        "<l:RemoveObjectsRequest xmlns:l='urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0' \
         xmlns:m='urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0'><m:ObjectRefList>{references}\
         </m:ObjectRefList></l:RemoveObjectsRequest>"
    );
    call(store, caller, iti62::ACTION, body.into_bytes())
}

/// ITI-18.
pub fn query(store: &Store, caller: &Caller, query: StoredQuery) -> String {
    let mut writer = Writer::new();
    query_request(&mut writer, &support::ask::request(query));
    call(store, caller, iti18::ACTION, writer.finish())
}

/// ITI-42, 57, 92 or 61.
pub fn send(store: &Store, caller: &Caller, action: &str, sent: &Submission) -> String {
    let mut writer = Writer::new();
    submit_objects_request(&mut writer, sent, false);
    call(store, caller, action, writer.finish())
}

/// ITI-41 of a submission with one document.
pub fn provide(store: &Store, caller: &Caller, mut sent: Submission, bytes: &[u8]) -> String {
    let content = PartContent::Inline(testkit::message::encoded(bytes));
    sent.parts = vec![Part { document: 0, content }];
    let mut writer = Writer::new();
    provide_and_register_request(&mut writer, &sent, false);
    call(store, caller, iti41::ACTION, writer.finish())
}

/// A document of Taro that no storage brought.
pub fn document(number: u64, class: &str, bytes: &[u8]) -> DocumentEntry {
    DocumentEntry { class_code: code(class), ..entry(number, TARO, bytes) }
}

/// Set `number` of Taro with a document, or with none, and further associations.
pub fn message(
    number: u64,
    entry: Option<DocumentEntry>,
    associations: Vec<Association>,
) -> Submission {
    let members = entry.iter().map(|entry| from_set(number, entry.entry_uuid, original()));
    Submission {
        set: of_taro(set(number)),
        associations: members.chain(associations).collect(),
        documents: entry.into_iter().map(of_taro).collect(),
        ..Submission::default()
    }
}

/// The HasMember of set `number`.
pub fn from_set(number: u64, target: Uuid, details: AssociationDetails) -> Association {
    Association {
        entry_uuid: Uuid::new_v5(&set(number).entry_uuid, target.as_bytes()),
        association_type: AssociationType::HasMember,
        source: set(number).entry_uuid,
        target,
        details: details.boxed(),
    }
}

pub fn original() -> AssociationDetails {
    AssociationDetails {
        submission_set_status: Some(SubmissionSetStatus::Original),
        ..AssociationDetails::default()
    }
}

/// ITI-57: the version after `previous` of the entry whose first version is `first`.
pub fn version(number: u64, first: &DocumentEntry, previous: u32, class: &str) -> Submission {
    let next = DocumentEntry {
        entry_uuid: uuid(number),
        logical_id: Some(first.entry_uuid),
        class_code: code(class),
        title: format!("version {number}"),
        intake: None,
        ..first.clone()
    };
    let details = AssociationDetails { previous_version: Some(previous), ..original() };
    let mut sent = message(number, Some(next), Vec::new());
    sent.associations[0].details = details.boxed();
    sent
}

pub fn of_taro<T>(object: T) -> Submitted<T> {
    Submitted {
        object,
        id: String::new(),
        patient_id: Some(patient_id(1)),
        availability: None,
        size: None,
        last_update: None,
    }
}

/// Keeps what the hospital's storage holds, in this process.
pub fn keep(store: &Store, number: u64, entry: DocumentEntry, bytes: &[u8]) {
    let submission = ports::Submission {
        set: set(number),
        documents: vec![(entry, bytes.to_vec().into())],
        folders: Vec::new(),
        associations: Vec::new(),
    };
    let sink = sink(store);
    runtime().block_on(ports::DocumentSink::submit(&sink, vec![submission])).remove(0).unwrap();
}

/// A document of the hospital's storage.
pub fn stored(number: u64, data_type: &str, class: &str) -> (DocumentEntry, Vec<u8>) {
    let version = LabVersion {
        number,
        order_key: number.to_string(),
        sent: "20200101120000000".into(),
        state: model::item::VersionState::Current,
        is_delete_message: false,
    };
    let mut entry =
        DocumentEntry { class_code: code(class), type_code: code(data_type), ..version.entry() };
    entry.intake.as_mut().unwrap().item.data_type = data_type.into();
    (entry, version.bytes())
}

/// The facility of a code, made where it is not there.
pub fn facility(store: &Store, code: &str) -> i64 {
    let code = code.to_owned();
    let found = store.write_blocking(move |tx| -> Result<i64, StoreError> {
        if let Some(known) = source::facility_by_code(tx, &code)? {
            return Ok(known.id);
        }
        let hospital = source::facility_by_code(tx, HOSPITAL)?.unwrap();
        let row = FacilityRow { id: 0, code: code.clone(), ..hospital };
        Ok(source::insert_facility(tx, &row, 0)?.unwrap())
    });
    found.unwrap()
}

/// Taro opens kinds of data of a facility, or of every one, to another.
pub fn consent(store: &Store, from: Option<i64>, to: i64, kinds: &'static [Category]) {
    let person_id = person_of(store, TARO);
    let added = store.write_blocking(move |tx| -> Result<(), StoreError> {
        let new = NewConsent {
            person_id,
            discloser_facility_id: from,
            viewer_facility_id: to,
            categories: Some(kinds),
            permit: true,
            from: now(),
            until: None,
            basis: "test",
            actor: "test",
            now: now(),
        };
        consent::insert(tx, &new)?;
        Ok(())
    });
    added.unwrap();
}

/// Whether a caller's query finds a uniqueId, in whatever version.
pub fn sees(store: &Store, caller: &Caller, unique_id: &str) -> bool {
    let ids = ebrim::query::ObjectIds::UniqueIds(vec![unique_id.to_owned()]);
    let answer = query(store, caller, StoredQuery::GetDocuments(ids));
    assert!(is_success(&answer), "{answer}");
    answer.contains(unique_id)
}
