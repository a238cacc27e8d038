//! The use case of ITI-62: objects are removed together with everything that refers to them,
//! whole or not at all.

use crate::error::{ErrorCode, Problem, RegistryError};
use crate::names::association_uuid;
use model::document::AssociationType;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use store::document::stored_query::{self, Link};
use store::document::version;
use store::document::{EndKind, association, set};
use store::{Tx, fact, lock, timeline};
use uuid::Uuid;

const REMOVE: &str = "ITI TF-2 3.62.4.1.3";

/// What is to be removed, by kind.
#[derive(Default)]
struct Named {
    documents: BTreeMap<i64, Uuid>,
    sets: BTreeMap<i64, Uuid>,
    folders: BTreeMap<i64, Uuid>,
    links: Vec<Link>,
    persons: BTreeSet<i64>,
    unknown: HashSet<Uuid>,
}

/// Removes objects by their entryUUIDs; the persons whose they were.
pub fn remove(tx: &mut Tx, uuids: &[Uuid]) -> Result<BTreeSet<i64>, RegistryError> {
    let asked: HashSet<Uuid> = uuids.iter().copied().collect();
    let mut named = named(tx, &asked)?;
    let persons: Vec<i64> = named.persons.iter().copied().collect();
    lock::persons(tx, &persons)?;
    let around = around(tx, &named)?;
    // A HasMember that has no row is there all the same.
    for link in &around {
        named.unknown.remove(&link.entry_uuid);
    }
    let mut problems: Vec<Problem> = Vec::new();
    problems.extend(named.unknown.iter().map(|uuid| is_registered(*uuid)));
    problems.extend(around.iter().filter_map(|link| nothing_refers(link, &asked)));
    for link in named.links.iter().chain(&around).filter(|link| asked.contains(&link.entry_uuid)) {
        problems.extend(member_keeps_its_set(link, &asked));
    }
    if !problems.is_empty() {
        problems.sort_by(|one, other| one.context.cmp(&other.context));
        problems.dedup();
        return Err(RegistryError::Refused(problems));
    }
    delete(tx, &named)?;
    Ok(named.persons)
}

fn named(tx: &mut Tx, asked: &HashSet<Uuid>) -> Result<Named, RegistryError> {
    let mut named = Named::default();
    for uuid in asked {
        if let Some(end) = association::end(tx, *uuid)? {
            named.persons.insert(end.person_id);
            match end.kind {
                EndKind::Document => named.documents.insert(end.id, *uuid),
                EndKind::SubmissionSet => named.sets.insert(end.id, *uuid),
                EndKind::Folder => named.folders.insert(end.id, *uuid),
                EndKind::Association => None,
            };
        } else if let Some(id) = stored_query::link_by_uuid(tx, *uuid)? {
            for link in stored_query::links(tx, &[id])? {
                for end in [link.source.uuid, link.target.uuid] {
                    named.persons.extend(association::end(tx, end)?.map(|end| end.person_id));
                }
                named.links.push(link);
            }
        } else {
            named.unknown.insert(*uuid);
        }
    }
    Ok(named)
}

/// Every association at the objects, those without a row included.
fn around(tx: &mut Tx, named: &Named) -> Result<Vec<Link>, RegistryError> {
    let kinds = [
        (EndKind::Document, named.documents.keys().copied().collect::<Vec<i64>>()),
        (EndKind::SubmissionSet, named.sets.keys().copied().collect()),
        (EndKind::Folder, named.folders.keys().copied().collect()),
        (EndKind::Association, named.links.iter().map(|link| link.id).collect()),
    ];
    let mut found = Vec::new();
    for (kind, ids) in kinds {
        found.extend(stored_query::links_from(tx, kind, &ids)?);
        found.extend(stored_query::links_to(tx, kind, &ids)?);
    }
    let sets: Vec<i64> = named.sets.keys().copied().collect();
    let mut documents: Vec<i64> = named.documents.keys().copied().collect();
    let of_sets = stored_query::documents_of_sets(tx, &sets)?;
    documents.extend(of_sets.into_iter().map(|(_, document)| document));
    documents.sort_unstable();
    documents.dedup();
    for head in stored_query::heads(tx, &documents)? {
        if !head.member_implied {
            continue;
        }
        let Some(set) = set::uuid_by_id(tx, head.submission_set_id)? else { continue };
        let kind = AssociationType::HasMember;
        found.push(Link {
            id: 0,
            entry_uuid: association_uuid(kind, set, head.entry_uuid),
            association_type: kind.name().to_owned(),
            original: true,
            availability: model::document::Availability::Approved,
            details: String::new(),
            source: stored_query::LinkEnd {
                kind: EndKind::SubmissionSet,
                id: head.submission_set_id,
                uuid: set,
            },
            target: stored_query::LinkEnd {
                kind: EndKind::Document,
                id: head.id,
                uuid: head.entry_uuid,
            },
        });
    }
    Ok(found)
}

/// Every object that is to be removed is registered.
fn is_registered(uuid: Uuid) -> Problem {
    let context = format!("{} is not registered", uuid.urn());
    Problem::new(ErrorCode::UnresolvedReferenceException, REMOVE, context)
}

/// An association at a removed object is removed with it.
fn nothing_refers(link: &Link, asked: &HashSet<Uuid>) -> Option<Problem> {
    (!asked.contains(&link.entry_uuid)).then(|| {
        let context = format!(
            "{} {} from {} to {} still refers to what is to be removed",
            link.association_type,
            link.entry_uuid.urn(),
            link.source.uuid.urn(),
            link.target.uuid.urn()
        );
        Problem::new(ErrorCode::ReferencesExistException, REMOVE, context)
    })
}

/// A document, folder or association does not stay behind without the set that brought it.
fn member_keeps_its_set(link: &Link, asked: &HashSet<Uuid>) -> Option<Problem> {
    let is_bringing = link.source.kind == EndKind::SubmissionSet && link.original;
    (is_bringing && !asked.contains(&link.target.uuid)).then(|| {
        let context = format!(
            "{} would stay behind without its submission set: remove it too",
            link.target.uuid.urn()
        );
        Problem::new(ErrorCode::XdsUnreferencedObjectException, REMOVE, context)
    })
}

fn delete(tx: &mut Tx, named: &Named) -> Result<(), RegistryError> {
    for link in named.links.iter() {
        association::delete(tx, link.entry_uuid)?;
    }
    for id in named.documents.keys() {
        fact::delete_of_document(tx, *id)?;
        timeline::delete_of_document(tx, *id)?;
        version::delete_document(tx, *id)?;
    }
    for id in named.folders.keys() {
        version::delete_folder(tx, *id)?;
    }
    for id in named.sets.keys() {
        set::delete(tx, *id)?;
    }
    Ok(())
}
