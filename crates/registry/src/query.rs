//! Queries: answers leave one at a time, and nothing is collected.
//!
//! The stored metadata of a document hold no patientId: it is written in here, from the person
//! whose identity the document hangs off now.

use crate::error::RegistryError;
use crate::names::association_uuid;
use model::document::{
    AssociationType, Availability, DocumentEntry, Folder, SubmissionSet, XdsCode,
};
use model::hl7::{AssigningAuthority, PatientId};
use model::item::VersionState;
use model::{CommunityId, Timestamp};
use std::ops::ControlFlow;
use store::document::{
    EndKind, EntryFilter, EntryRow, association, entry, folder, patient, row, set,
};
use store::{Tx, person};
use uuid::Uuid;

/// The longest chain of merged persons that is followed.
const MERGES: usize = 64;

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

/// A code asked for: code and scheme must both be equal, the display name never counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeAsked {
    /// The code.
    pub code: String,
    /// Its scheme.
    pub scheme: String,
}

/// FindDocuments (ITI TF-2 3.18.4.1.2.3.7.1): an empty list is no condition, times are
/// `from <= t < to`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindDocuments {
    /// The person; documents of all its identities are found.
    pub person_id: i64,
    /// Statuses asked for.
    pub availability: Vec<Availability>,
    /// classCode, any of these.
    pub class_codes: Vec<CodeAsked>,
    /// typeCode, any of these.
    pub type_codes: Vec<CodeAsked>,
    /// formatCode, any of these.
    pub format_codes: Vec<CodeAsked>,
    /// practiceSettingCode, any of these.
    pub practice_settings: Vec<CodeAsked>,
    /// healthcareFacilityTypeCode, any of these.
    pub facility_types: Vec<CodeAsked>,
    /// confidentialityCode: of every group, any.
    pub confidentiality: Vec<Vec<CodeAsked>>,
    /// eventCodeList: of every group, any.
    pub event_codes: Vec<Vec<CodeAsked>>,
    /// creationTime
    pub creation: Span,
    /// serviceStartTime; an entry without one always fits.
    pub service_start: Span,
    /// serviceStopTime; an entry without one always fits.
    pub service_stop: Span,
}

/// A span of time, `from <= t < to`; an absent end is open.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Span {
    /// The first instant within.
    pub from: Option<Timestamp>,
    /// The first instant beyond.
    pub to: Option<Timestamp>,
}

impl FindDocuments {
    /// Every approved document of a person.
    pub fn of_person(person_id: i64) -> FindDocuments {
        FindDocuments {
            person_id,
            availability: vec![Availability::Approved],
            class_codes: Vec::new(),
            type_codes: Vec::new(),
            format_codes: Vec::new(),
            practice_settings: Vec::new(),
            facility_types: Vec::new(),
            confidentiality: Vec::new(),
            event_codes: Vec::new(),
            creation: Span::default(),
            service_start: Span::default(),
            service_stop: Span::default(),
        }
    }

    fn columns(&self) -> EntryFilter {
        let codes = |asked: &[CodeAsked]| asked.iter().map(|code| code.code.clone()).collect();
        EntryFilter {
            availability: self.availability.clone(),
            class_codes: codes(&self.class_codes),
            type_codes: codes(&self.type_codes),
            format_codes: codes(&self.format_codes),
            creation: self.creation.ends(),
            service_start: self.service_start.ends(),
            service_stop: self.service_stop.ends(),
        }
    }

    fn accepts(&self, entry: &DocumentEntry) -> bool {
        is_any(&self.class_codes, std::slice::from_ref(&entry.class_code))
            && is_any(&self.type_codes, std::slice::from_ref(&entry.type_code))
            && is_any(&self.format_codes, std::slice::from_ref(&entry.format_code))
            && is_any(&self.practice_settings, std::slice::from_ref(&entry.practice_setting))
            && is_any(&self.facility_types, std::slice::from_ref(&entry.facility_type))
            && self.confidentiality.iter().all(|group| is_any(group, &entry.confidentiality))
            && self.event_codes.iter().all(|group| is_any(group, &entry.event_codes))
    }
}

impl Span {
    fn ends(self) -> (Timestamp, Timestamp) {
        (self.from.unwrap_or(Timestamp(i64::MIN)), self.to.unwrap_or(Timestamp(i64::MAX)))
    }
}

/// The person of a community ID today: a merged ID resolves to its survivor.
pub fn person_of(tx: &mut Tx, id: &CommunityId) -> Result<Option<i64>, RegistryError> {
    let Some(mut found) = person::by_community_id(tx, id)? else { return Ok(None) };
    for _ in 0..MERGES {
        let Some(survivor) = found.merged_into else { return Ok(Some(found.id)) };
        match person::by_id(tx, survivor)? {
            Some(next) => found = next,
            None => break,
        }
    }
    Ok(Some(found.id))
}

/// Gives each document that a query finds, in no order, until `visit` breaks.
pub fn find_documents(
    tx: &mut Tx,
    query: &FindDocuments,
    affinity_domain: &str,
    mut visit: impl FnMut(Answer<AnsweredDocument>) -> ControlFlow<()>,
) -> Result<(), RegistryError> {
    let identities = patient::identities_of_person(tx, query.person_id)?;
    if identities.is_empty() || query.availability.is_empty() {
        return Ok(());
    }
    entry::of_identities(tx, &identities, &query.columns(), |row| {
        if query.accepts(&row.entry) {
            visit(answered(row, affinity_domain))
        } else {
            ControlFlow::Continue(())
        }
    })?;
    Ok(())
}

/// GetDocuments by entryUUID; unknown ones are left out.
pub fn documents_by_uuid(
    tx: &mut Tx,
    uuids: &[Uuid],
    affinity_domain: &str,
) -> Result<Vec<Answer<AnsweredDocument>>, RegistryError> {
    let mut ids = Vec::with_capacity(uuids.len());
    for uuid in uuids {
        ids.extend(row::id_by_uuid(tx, *uuid)?);
    }
    documents(tx, &ids, affinity_domain)
}

/// GetDocuments by uniqueId; unknown ones are left out.
pub fn documents_by_unique_id<S: AsRef<str>>(
    tx: &mut Tx,
    unique_ids: &[S],
    affinity_domain: &str,
) -> Result<Vec<Answer<AnsweredDocument>>, RegistryError> {
    let mut ids = Vec::with_capacity(unique_ids.len());
    for unique_id in unique_ids {
        ids.extend(row::id_by_unique_id(tx, unique_id.as_ref())?);
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

/// GetSubmissionSets: those that brought a document or refer to it.
pub fn submission_sets_of(
    tx: &mut Tx,
    document: Uuid,
    affinity_domain: &str,
) -> Result<Vec<Answer<SubmissionSet>>, RegistryError> {
    let Some(id) = row::id_by_uuid(tx, document)? else { return Ok(Vec::new()) };
    let ids = set::ids_of_document(tx, id)?;
    Ok(set::of_ids(tx, &ids)?
        .into_iter()
        .map(|row| Answer {
            patient_id: patient_id(row.community_id, affinity_domain),
            availability: Availability::Approved,
            object: row.set,
        })
        .collect())
}

/// Gives each submission set of a person in a span of time, in no order.
pub fn find_submission_sets(
    tx: &mut Tx,
    person_id: i64,
    submitted: Span,
    affinity_domain: &str,
    mut visit: impl FnMut(Answer<SubmissionSet>) -> ControlFlow<()>,
) -> Result<(), RegistryError> {
    let identities = patient::identities_of_person(tx, person_id)?;
    let (from, to) = submitted.ends();
    set::of_identities(tx, &identities, from, to, |row| {
        visit(Answer {
            patient_id: patient_id(row.community_id, affinity_domain),
            availability: Availability::Approved,
            object: row.set,
        })
    })?;
    Ok(())
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

fn is_any(asked: &[CodeAsked], codes: &[XdsCode]) -> bool {
    asked.is_empty()
        || codes.iter().any(|code| {
            asked.iter().any(|asked| asked.code == code.code && asked.scheme == code.scheme)
        })
}
