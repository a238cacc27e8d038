//! Asking the registry as another system does.

use super::{AFFINITY, community_id, now};
use access::Viewer;
use ebrim::query::{FindDocuments, QueryRequest, StoredQuery};
use model::document::{Availability, DocumentKind};
use model::hl7::{AssigningAuthority, PatientId};
use registry::stored_query::{self, Asker, Object, QueryError};
use std::collections::BTreeSet;
use std::ops::ControlFlow;
use store::Store;
use uuid::Uuid;

/// What an answer holds: uniqueIds, and associations as (type, source, target).
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Answered {
    pub documents: BTreeSet<String>,
    pub sets: BTreeSet<String>,
    pub folders: BTreeSet<String>,
    pub associations: BTreeSet<(String, Uuid, Uuid)>,
}

/// The patientId of a serial number.
pub fn patient_id(serial: u64) -> PatientId {
    let authority = AssigningAuthority { namespace: String::new(), oid: AFFINITY.into() };
    PatientId { id: community_id(serial).digits().to_string(), authority }
}

/// Every approved stable document of a patient.
pub fn find_of(patient: PatientId) -> FindDocuments {
    FindDocuments {
        patients: vec![patient],
        availability: vec![Availability::Approved],
        kinds: vec![DocumentKind::Stable],
        ..FindDocuments::default()
    }
}

pub fn asker(viewer: Option<Viewer>) -> Asker {
    Asker { viewer, affinity_domain: AFFINITY.into(), now: now() }
}

pub fn request(query: StoredQuery) -> QueryRequest {
    QueryRequest::new(query)
}

/// The answer to whoever sees everything.
pub fn ask(store: &Store, query: StoredQuery) -> Result<Answered, &'static str> {
    ask_as(store, None, query)
}

/// The answer, or the code of its error.
pub fn ask_as(
    store: &Store,
    viewer: Option<Viewer>,
    query: StoredQuery,
) -> Result<Answered, &'static str> {
    let request = request(query);
    let found = store.read_blocking(move |tx| {
        let mut found = Answered::default();
        let mut twice = Vec::new();
        stored_query::run(tx, &request, &asker(viewer), &mut |object| {
            let is_new = match object {
                Object::Document(row) => found.documents.insert(row.entry.unique_id.clone()),
                Object::Set(row) => found.sets.insert(row.set.unique_id.clone()),
                Object::Folder(row) => found.folders.insert(row.folder.unique_id.clone()),
                Object::Association(link) => found.associations.insert((
                    link.association_type.clone(),
                    link.source.uuid,
                    link.target.uuid,
                )),
            };
            if !is_new {
                twice.push(format!("{object:?}"));
            }
            ControlFlow::Continue(())
        })?;
        assert!(twice.is_empty(), "answered twice: {twice:?}");
        Ok::<_, QueryError>(found)
    });
    found.map_err(|error| match error {
        QueryError::Refused(problem) => problem.code.name(),
        other => panic!("{other}"),
    })
}
