//! The use case of ITI-62: objects are removed together with everything that refers to them,
//! whole or not at all.

use crate::content::Derivations;
use crate::error::{ErrorCode, Problem, RegistryError};
use crate::item::{self, Member};
use crate::names::association_uuid;
use crate::reach::{self, Reach};
use access::Grip;
use model::Timestamp;
use model::document::AssociationType;
use ports::Caller;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use store::document::stored_query::{self, Link};
use store::document::{EndKind, association, set};
use store::document::{removal, version};
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
    foreign: Vec<Problem>,
}

/// Removes objects by their entryUUIDs; the persons whose they were. What the caller may not know
/// of is not registered for it; what another facility brought is not its to remove. The versions
/// that an item keeps settle anew. Bytes stay in the repository (ITI-86 removes them). What was
/// removed is remembered, so that a gateway that still reads it does not bring it back.
pub fn remove(
    tx: &mut Tx,
    uuids: &[Uuid],
    caller: &Caller,
    derivations: &Derivations,
    now: Timestamp,
) -> Result<BTreeSet<i64>, RegistryError> {
    let asked: HashSet<Uuid> = uuids.iter().copied().collect();
    let mut reach = Reach::new(caller, now);
    let mut named = named(tx, &asked, &mut reach)?;
    let persons: Vec<i64> = named.persons.iter().copied().collect();
    lock::persons(tx, &persons)?;
    let around = around(tx, &named)?;
    let (around, hidden) = known(tx, around, &mut reach)?;
    // A HasMember that has no row is there all the same.
    for link in &around {
        named.unknown.remove(&link.entry_uuid);
    }
    // What is not there is told alone: it says nothing of the rest.
    let mut problems: Vec<Problem> =
        named.unknown.iter().map(|uuid| is_registered(*uuid)).collect();
    if problems.is_empty() {
        problems.append(&mut named.foreign);
        problems.extend(foreign(tx, &around, &asked, &mut reach)?);
    }
    if problems.is_empty() {
        problems.extend(nothing_else_refers(hidden).err());
        problems.extend(broken(tx, &named, &around, &asked)?);
    }
    if !problems.is_empty() {
        problems.sort_by(|one, other| one.context.cmp(&other.context));
        problems.dedup();
        return Err(RegistryError::Refused(problems));
    }
    delete(tx, &named, derivations, now)?;
    Ok(named.persons)
}

/// What a removal would leave behind against the model (ITI TF-3 4.2.1).
fn broken(
    tx: &mut Tx,
    named: &Named,
    around: &[Link],
    asked: &HashSet<Uuid>,
) -> Result<Vec<Problem>, RegistryError> {
    let mut problems: Vec<Problem> = Vec::new();
    problems.extend(around.iter().filter_map(|link| nothing_refers(link, asked)));
    let removed = || named.links.iter().chain(around).filter(|one| asked.contains(&one.entry_uuid));
    let mut lessened: BTreeMap<i64, Uuid> = BTreeMap::new();
    for link in removed() {
        problems.extend(member_keeps_its_set(link, asked));
        if link.source.kind == EndKind::SubmissionSet && !asked.contains(&link.source.uuid) {
            lessened.insert(link.source.id, link.source.uuid);
        }
    }
    for (id, uuid) in lessened {
        let mut kept = stored_query::links_from(tx, EndKind::SubmissionSet, &[id])?;
        kept.extend(implied(tx, &[id])?);
        let is_empty = kept.iter().all(|link| asked.contains(&link.entry_uuid));
        problems.extend(set_keeps_a_member(is_empty, uuid).err());
    }
    Ok(problems)
}

fn named(tx: &mut Tx, asked: &HashSet<Uuid>, reach: &mut Reach) -> Result<Named, RegistryError> {
    let mut named = Named::default();
    for uuid in asked {
        if let Some((end, grip)) = reach.end(tx, *uuid)? {
            named.foreign.extend(reach::is_own(grip, *uuid).err());
            named.persons.insert(end.person_id);
            match end.kind {
                EndKind::Document => named.documents.insert(end.id, *uuid),
                EndKind::SubmissionSet => named.sets.insert(end.id, *uuid),
                EndKind::Folder => named.folders.insert(end.id, *uuid),
                EndKind::Association => None,
            };
        } else if let Some(id) = stored_query::link_by_uuid(tx, *uuid)? {
            for link in stored_query::links(tx, &[id])? {
                let grip = reach.link(tx, &link)?;
                if grip == Grip::Absent {
                    named.unknown.insert(*uuid);
                    continue;
                }
                named.foreign.extend(reach::is_own(grip, *uuid).err());
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

/// Those associations that the caller may know of, and whether there are others.
fn known(
    tx: &mut Tx,
    links: Vec<Link>,
    reach: &mut Reach,
) -> Result<(Vec<Link>, bool), RegistryError> {
    let (mut known, mut is_any_hidden) = (Vec::with_capacity(links.len()), false);
    for link in links {
        match reach.link(tx, &link)? {
            Grip::Absent => is_any_hidden = true,
            _ => known.push(link),
        }
    }
    Ok((known, is_any_hidden))
}

/// The associations without a row that are asked for and that others brought.
fn foreign(
    tx: &mut Tx,
    around: &[Link],
    asked: &HashSet<Uuid>,
    reach: &mut Reach,
) -> Result<Vec<Problem>, RegistryError> {
    let mut problems = Vec::new();
    for link in around.iter().filter(|link| link.id == 0 && asked.contains(&link.entry_uuid)) {
        problems.extend(reach::is_own(reach.link(tx, link)?, link.entry_uuid).err());
    }
    Ok(problems)
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
    found.extend(implied_of(tx, &documents)?);
    Ok(found)
}

/// The HasMembers without a row of sets.
fn implied(tx: &mut Tx, sets: &[i64]) -> Result<Vec<Link>, RegistryError> {
    let of_sets = stored_query::documents_of_sets(tx, sets)?;
    let documents: Vec<i64> = of_sets.into_iter().map(|(_, document)| document).collect();
    implied_of(tx, &documents)
}

/// The HasMembers without a row to documents.
fn implied_of(tx: &mut Tx, documents: &[i64]) -> Result<Vec<Link>, RegistryError> {
    let mut found = Vec::new();
    for head in stored_query::heads(tx, documents)? {
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

/// What the caller may not know of refers to nothing that it removes. What that is, is not told.
fn nothing_else_refers(is_any_hidden: bool) -> Result<(), Problem> {
    if !is_any_hidden {
        return Ok(());
    }
    let context = "objects of others still refer to what is to be removed";
    Err(Problem::new(ErrorCode::ReferencesExistException, REMOVE, context))
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

/// A submission set does not stay behind empty (NIST plans 30001, 30002, 30003).
fn set_keeps_a_member(is_empty: bool, set: Uuid) -> Result<(), Problem> {
    if !is_empty {
        return Ok(());
    }
    let context = format!("{} would stay behind without members: remove it too", set.urn());
    Err(Problem::new(ErrorCode::XdsUnreferencedObjectException, REMOVE, context))
}

fn delete(
    tx: &mut Tx,
    named: &Named,
    derivations: &Derivations,
    now: Timestamp,
) -> Result<(), RegistryError> {
    let mut items: BTreeMap<i64, Vec<Member>> = BTreeMap::new();
    for id in named.documents.keys() {
        if let Some(item_id) = version::columns(tx, *id)?.and_then(|columns| columns.item_id) {
            items.insert(item_id, item::members(tx, item_id)?);
        }
    }
    for link in named.links.iter() {
        association::delete(tx, link.entry_uuid)?;
    }
    for id in named.documents.keys() {
        fact::delete_of_document(tx, *id)?;
        timeline::delete_of_document(tx, *id)?;
        version::delete_document(tx, *id, now)?;
    }
    for (item_id, before) in items {
        let mut kept = item::members(tx, item_id)?;
        let settled = item::settle(&mut kept);
        item::write(tx, &kept, &settled, derivations, now)?;
        item::write_chain(tx, &before, &kept)?;
    }
    for id in named.folders.keys() {
        version::delete_folder(tx, *id)?;
    }
    for id in named.sets.keys() {
        set::delete(tx, *id)?;
    }
    let links = named.links.iter().map(|link| &link.entry_uuid);
    let objects = [&named.documents, &named.folders, &named.sets].into_iter();
    for uuid in objects.flat_map(BTreeMap::values).chain(links) {
        removal::remember(tx, *uuid, now)?;
    }
    Ok(())
}
