//! What is registered, for our own use cases; other systems ask [`crate::stored_query`].
//!
//! The stored metadata of a document hold no patientId: it is written in here, from the person
//! whose identity the document hangs off now.

use crate::error::RegistryError;
use crate::names::association_uuid;
use model::document::{AssociationType, Availability, DocumentEntry, Folder};
use model::hl7::{AssigningAuthority, PatientId};
use model::item::VersionState;
use model::{CommunityId, Timestamp};
use store::document::{EndKind, EntryRow, association, entry, folder, row, set};
use store::{StoreError, Tx};
use uuid::Uuid;

/// An object as it is answered, with the patientId of today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer<T> {
    /// patientId: the community ID in the affinity domain.
    pub patient_id: PatientId,
    /// availabilityStatus
    pub availability: Availability,
    /// The object.
    pub object: T,
}

/// A document as it is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnsweredDocument {
    /// Its metadata as submitted.
    pub entry: DocumentEntry,
    /// What the version came to.
    pub state: VersionState,
    /// When it was deleted.
    pub deleted: Option<Timestamp>,
    /// The person whose it is now.
    pub person_id: i64,
}

/// An association as it is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnsweredAssociation {
    /// entryUUID
    pub entry_uuid: Uuid,
    /// Short name of its type ([`AssociationType::name`]).
    pub association_type: String,
    /// Whether it is a HasMember of SubmissionSetStatus Original.
    pub original: bool,
    /// sourceObject
    pub source: Uuid,
    /// targetObject
    pub target: Uuid,
}

/// The person of a community ID today: a merged ID resolves to its survivor.
pub fn person_of(tx: &mut Tx, id: &CommunityId) -> Result<Option<i64>, RegistryError> {
    let found = access::resolve(tx, id).map_err(|error| match error {
        access::AccessError::Store(error) => error,
        other => StoreError::Damaged(other.to_string()),
    })?;
    Ok(found.map(|person| person.id))
}

/// GetDocuments by uniqueId; unknown ones are left out.
pub fn documents_by_unique_id<S: AsRef<str>>(
    tx: &mut Tx,
    unique_ids: &[S],
    affinity_domain: &str,
) -> Result<Vec<Answer<AnsweredDocument>>, RegistryError> {
    let mut ids = Vec::with_capacity(unique_ids.len());
    for unique_id in unique_ids {
        ids.extend(row::ids_by_unique_id(tx, unique_id.as_ref())?);
    }
    documents(tx, &ids, affinity_domain)
}

/// GetAssociations of a document, folder or submission set.
pub fn associations_of(tx: &mut Tx, uuid: Uuid) -> Result<Vec<AnsweredAssociation>, RegistryError> {
    let Some(end) = association::end(tx, uuid)? else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    match end.kind {
        EndKind::Document => {
            if let Some(set) = set::uuid_of_bringer(tx, end.id)? {
                found.push(own_member(set, uuid));
            }
        }
        EndKind::SubmissionSet => {
            found.extend(row::uuids_of_set(tx, end.id)?.into_iter().map(|d| own_member(uuid, d)));
        }
        EndKind::Folder | EndKind::Association => {}
    }
    found.extend(association::of_object(tx, end.kind, end.id)?.into_iter().map(|row| {
        AnsweredAssociation {
            entry_uuid: row.entry_uuid,
            association_type: row.association_type,
            original: row.original,
            source: row.source,
            target: row.target,
        }
    }));
    Ok(found)
}

/// GetFoldersForDocument.
pub fn folders_of(
    tx: &mut Tx,
    document: Uuid,
    affinity_domain: &str,
) -> Result<Vec<Answer<(Folder, Timestamp)>>, RegistryError> {
    let Some(id) = row::id_by_uuid(tx, document)? else { return Ok(Vec::new()) };
    Ok(folder::of_document(tx, id)?
        .into_iter()
        .map(|row| Answer {
            patient_id: patient_id(row.community_id, affinity_domain),
            availability: row.availability,
            object: (row.folder, row.last_update),
        })
        .collect())
}

fn documents(
    tx: &mut Tx,
    ids: &[i64],
    affinity_domain: &str,
) -> Result<Vec<Answer<AnsweredDocument>>, RegistryError> {
    let rows = entry::of_ids(tx, ids)?;
    Ok(rows.into_iter().map(|row| answered(row, affinity_domain)).collect())
}

fn answered(row: EntryRow, affinity_domain: &str) -> Answer<AnsweredDocument> {
    Answer {
        patient_id: patient_id(row.community_id, affinity_domain),
        availability: row.availability,
        object: AnsweredDocument {
            entry: row.entry,
            state: row.state,
            deleted: row.deleted,
            person_id: row.person_id,
        },
    }
}

/// The HasMember from a set to a document that it brought, which has no row.
fn own_member(set: Uuid, document: Uuid) -> AnsweredAssociation {
    let kind = AssociationType::HasMember;
    AnsweredAssociation {
        entry_uuid: association_uuid(kind, set, document),
        association_type: kind.name().to_owned(),
        original: true,
        source: set,
        target: document,
    }
}

fn patient_id(community_id: String, affinity_domain: &str) -> PatientId {
    PatientId {
        id: community_id,
        authority: AssigningAuthority { namespace: String::new(), oid: affinity_domain.to_owned() },
    }
}
