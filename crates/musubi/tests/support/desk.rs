//! Registry and repository of a store, spoken to in messages as a peer does, without a server.

use crate::registry_support::{AFFINITY, community_id, now};
use ebrim::response::read_outcome;
use ebrim::{Status, Submission, Submitted};
use model::document::{
    Association, AssociationDetails, AssociationType, SubmissionSet, SubmissionSetStatus,
};
use model::hl7::{AssigningAuthority, PatientId};
use musubi::central_sink::CentralSink;
use ports::{Caller, PeerCaller};
use registry::{Changes, iti57, iti62};
use repository::{Reception, Retrieval, iti41, iti43, iti86};
use soap::{Fault, Peer, Request, Response, Service};
use std::sync::Arc;
use store::Store;
use testkit::{CountingIds, ManualClock, message};
use uuid::Uuid;
use xml::{Document, Writer};

/// repositoryUniqueId of the desk.
pub const REPOSITORY: &str = "1.2.392.99.8";

/// status and error codes of an answer.
pub type Said = (Status, Vec<String>);

/// Who speaks, and to which store.
pub struct Desk {
    store: Store,
    caller: Caller,
}

pub fn success() -> Said {
    (Status::Success, Vec::new())
}

pub fn failure(code: &str) -> Said {
    (Status::Failure, vec![code.to_owned()])
}

/// A peer of the first facility.
pub fn peer(may_submit: bool, may_remove: bool) -> Caller {
    let name = "west".to_owned();
    Caller::Peer(PeerCaller {
        name,
        facility_id: 1,
        may_submit,
        may_remove,
        ..PeerCaller::default()
    })
}

/// An object of Taro's.
pub fn of_taro<T>(object: T) -> Submitted<T> {
    let authority = AssigningAuthority { namespace: String::new(), oid: AFFINITY.into() };
    Submitted {
        object,
        id: String::new(),
        patient_id: Some(PatientId { id: community_id(1).digits().to_owned(), authority }),
        availability: None,
        size: None,
        last_update: None,
    }
}

/// The set's HasMember to an object that it brings.
pub fn member(set: &SubmissionSet, target: Uuid) -> Association {
    let details = AssociationDetails {
        submission_set_status: Some(SubmissionSetStatus::Original),
        ..AssociationDetails::default()
    };
    Association {
        entry_uuid: Uuid::new_v5(&set.entry_uuid, target.as_bytes()),
        association_type: AssociationType::HasMember,
        source: set.entry_uuid,
        target,
        details: details.boxed(),
    }
}

impl Desk {
    /// One who may do everything.
    pub fn trusted(store: &Store) -> Desk {
        Desk::of(store, Caller::Trusted)
    }

    /// One who may do what the caller may.
    pub fn of(store: &Store, caller: Caller) -> Desk {
        Desk { store: store.clone(), caller }
    }

    /// ITI-41.
    pub fn provide(&self, submission: &Submission) -> Said {
        let mut writer = Writer::new();
        ebrim::request::provide_and_register_request(&mut writer, submission, false);
        self.send(iti41::ACTION, &writer.finish())
    }

    /// ITI-57.
    pub fn update(&self, submission: &Submission) -> Said {
        let mut writer = Writer::new();
        ebrim::request::submit_objects_request(&mut writer, submission, false);
        self.send(iti57::ACTION, &writer.finish())
    }

    /// ITI-62.
    pub fn remove_metadata(&self, uuids: &[Uuid]) -> Said {
        let references: String =
            uuids.iter().map(|uuid| format!("<m:ObjectRef id=\"{}\"/>", uuid.urn())).collect();
        let body = format!(
            "<l:RemoveObjectsRequest xmlns:l=\"urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0\" \
             xmlns:m=\"urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0\"><m:ObjectRefList>\
             {references}</m:ObjectRefList></l:RemoveObjectsRequest>"
        );
        self.send(iti62::ACTION, body.as_bytes())
    }

    /// ITI-86 of documents of this repository.
    pub fn remove_documents(&self, unique_ids: &[&str]) -> Said {
        self.remove_documents_of(REPOSITORY, unique_ids)
    }

    /// ITI-86 of documents of a repository.
    pub fn remove_documents_of(&self, repository: &str, unique_ids: &[&str]) -> Said {
        let requests: String = unique_ids
            .iter()
            .map(|unique_id| {
                format!(
                    "<x:DocumentRequest><x:RepositoryUniqueId>{repository}</x:RepositoryUniqueId>\
                     <x:DocumentUniqueId>{unique_id}</x:DocumentUniqueId></x:DocumentRequest>"
                )
            })
            .collect();
        let body = format!(
            "<r:RemoveDocumentsRequest xmlns:r=\"urn:ihe:iti:rmd:2017\" \
             xmlns:x=\"urn:ihe:iti:xds-b:2007\">{requests}</r:RemoveDocumentsRequest>"
        );
        self.send(iti86::ACTION, body.as_bytes())
    }

    /// A message's answer.
    pub fn send(&self, action: &str, body: &[u8]) -> Said {
        let text = message::ask(self.roles(), action, body);
        let document = Document::parse(&text).unwrap();
        let outcome = read_outcome(message::content(&document)).unwrap();
        (outcome.status, outcome.errors.into_iter().map(|error| error.code).collect())
    }

    fn roles(&self) -> Roles {
        let clock = Arc::new(ManualClock::new(now()));
        let ids = Arc::new(CountingIds::new());
        let store = || self.store.clone();
        let sink = Arc::new(CentralSink::new(store(), clock.clone()).with_affinity(AFFINITY));
        let affinity_oid = AFFINITY.to_owned();
        Roles {
            caller: self.caller.clone(),
            changes: Changes::new(
                store(),
                clock.clone(),
                ids.clone(),
                sink.clone(),
                None,
                affinity_oid,
            ),
            reception: Reception::new(store(), sink, ids, None, REPOSITORY.to_owned()),
            retrieval: Retrieval::new(store(), clock, REPOSITORY.to_owned()),
        }
    }
}

struct Roles {
    caller: Caller,
    changes: Changes,
    reception: Reception,
    retrieval: Retrieval,
}

impl Service for Roles {
    type Sender = ();

    fn actions(&self) -> &[&str] {
        &[iti41::ACTION, iti43::ACTION, iti57::ACTION, iti62::ACTION, iti86::ACTION]
    }

    async fn admit(&self, _: &Peer) -> Result<(), Fault> {
        Ok(())
    }

    async fn call(&self, _: (), request: Request<'_>) -> Result<Response, Fault> {
        let caller = &self.caller;
        match request.action.as_str() {
            iti41::ACTION => self.reception.provide_and_register(caller, request, now()).await,
            iti57::ACTION => self.changes.update_document_set(caller, request).await,
            iti62::ACTION => self.changes.remove_metadata(caller, request).await,
            iti86::ACTION => self.reception.remove_documents(caller, request, now()).await,
            _ => self.retrieval.retrieve_document_set(caller, request).await,
        }
    }
}
