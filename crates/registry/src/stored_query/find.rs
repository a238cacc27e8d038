//! Queries by patient: documents leave one at a time as their rows are read.

use super::run::{CHUNK, Run, implied_member};
use super::{Object, QueryError, accept};
use ebrim::query::{FindDocuments, FindFolders, FindSubmissionSets, GetAll};
use model::Timestamp;
use model::document::Availability;
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use store::document::stored_query::{self as rows, Owner};
use store::document::{EndKind, EntryRow, entry, set};
use uuid::Uuid;

/// Always, for a time.
const ANY_TIME: (Timestamp, Timestamp) = (Timestamp(i64::MIN), Timestamp(i64::MAX));

/// Gives the documents of a person; `also` hears of each before it goes.
pub(super) fn documents(
    run: &mut Run<'_, '_>,
    person: i64,
    query: &FindDocuments,
    also: &mut dyn FnMut(&EntryRow),
) -> Result<(), QueryError> {
    let identities = run.sight.identities(run.tx, person)?;
    if identities.is_empty() || query.availability.is_empty() || query.kinds.is_empty() {
        return Ok(());
    }
    let Run { tx, sight, is_wanted, visit, is_over, .. } = run;
    entry::of_identities(tx, &identities, &accept::columns(query), |row| {
        if !is_wanted() {
            *is_over = true;
            return ControlFlow::Break(());
        }
        if !sight.permits_row(&row) || !accept::document(query, &row.entry) {
            return ControlFlow::Continue(());
        }
        also(&row);
        let flow = visit(Object::Document(&row));
        *is_over = flow.is_break();
        flow
    })?;
    Ok(())
}

/// Gives the folders of a person.
pub(super) fn folders(
    run: &mut Run<'_, '_>,
    person: i64,
    query: &FindFolders,
) -> Result<(), QueryError> {
    let identities = run.sight.identities(run.tx, person)?;
    if identities.is_empty() {
        return Ok(());
    }
    let (from, to) = accept::ends(query.last_update);
    let ids = rows::folders_of_identities(run.tx, &identities, &query.availability, from, to)?;
    for folders in run.folder_owners(&ids)?.chunks(CHUNK) {
        if run.is_over() {
            break;
        }
        for (folder, _) in rows::folders(run.tx, &numbers(folders))? {
            if accept::folder(&query.codes, &folder.folder) {
                run.give(Object::Folder(&folder));
            }
        }
    }
    Ok(())
}

/// Gives the submission sets of a person.
pub(super) fn submission_sets(
    run: &mut Run<'_, '_>,
    query: &FindSubmissionSets,
) -> Result<(), QueryError> {
    let Some(person) = run.person(&query.patient)? else { return Ok(()) };
    run.persons.insert(person);
    if !query.availability.contains(&Availability::Approved) {
        return Ok(());
    }
    for sets in sets_of(run, person, accept::ends(query.submitted))?.chunks(CHUNK) {
        if run.is_over() {
            break;
        }
        for set in set::of_ids(run.tx, &numbers(sets))? {
            if accept::set(query, &set.set) {
                run.give(Object::Set(&set));
            }
        }
    }
    Ok(())
}

/// Gives everything of a patient: documents, sets, folders, and the associations between them.
pub(super) fn all(run: &mut Run<'_, '_>, query: &GetAll) -> Result<(), QueryError> {
    let Some(person) = run.person(&query.patient)? else { return Ok(()) };
    run.persons.insert(person);
    let wanted = FindDocuments {
        availability: query.document_availability.clone(),
        format_codes: query.filter.format_codes.clone(),
        confidentiality: query.filter.confidentiality.clone(),
        kinds: query.filter.kinds.clone(),
        ..FindDocuments::default()
    };
    let (mut given, mut brought) = (Given::default(), Vec::new());
    documents(run, person, &wanted, &mut |row| {
        given.documents.insert(row.id, row.entry.entry_uuid);
        if row.member_implied {
            brought.push((row.submission_set_id, row.id));
        }
    })?;
    if query.set_availability.contains(&Availability::Approved) {
        for sets in sets_of(run, person, ANY_TIME)?.chunks(CHUNK) {
            if run.is_over() {
                break;
            }
            given.sets.extend(sets.iter().map(|owner| (owner.id, owner.entry_uuid)));
            for set in set::of_ids(run.tx, &numbers(sets))? {
                run.give(Object::Set(&set));
            }
        }
    }
    let identities = run.sight.identities(run.tx, person)?;
    let statuses = &query.folder_availability;
    let (from, to) = ANY_TIME;
    let ids = rows::folders_of_identities(run.tx, &identities, statuses, from, to)?;
    for folders in run.folder_owners(&ids)?.chunks(CHUNK) {
        if run.is_over() {
            break;
        }
        given.folders.extend(folders.iter().map(|owner| (owner.id, owner.entry_uuid)));
        for (folder, _) in rows::folders(run.tx, &numbers(folders))? {
            run.give(Object::Folder(&folder));
        }
    }
    for (set, document) in brought {
        if let (Some(of), Some(uuid)) = (given.sets.get(&set), given.documents.get(&document)) {
            run.give(Object::Association(&implied_member(set, *of, document, *uuid)));
        }
    }
    links_among(run, given)
}

/// What was given out, by row.
#[derive(Default)]
struct Given {
    documents: BTreeMap<i64, Uuid>,
    sets: BTreeMap<i64, Uuid>,
    folders: BTreeMap<i64, Uuid>,
    links: BTreeMap<i64, Uuid>,
}

impl Given {
    fn of(&self, kind: EndKind) -> &BTreeMap<i64, Uuid> {
        match kind {
            EndKind::Document => &self.documents,
            EndKind::SubmissionSet => &self.sets,
            EndKind::Folder => &self.folders,
            EndKind::Association => &self.links,
        }
    }
}

/// The associations of which both ends were given: sets last, as they may have associations
/// between the others as members.
fn links_among(run: &mut Run<'_, '_>, mut given: Given) -> Result<(), QueryError> {
    for kind in [EndKind::Document, EndKind::Folder, EndKind::SubmissionSet] {
        let ids: Vec<i64> = given.of(kind).keys().copied().collect();
        for ids in ids.chunks(CHUNK) {
            let links = rows::links_from(run.tx, kind, ids)?;
            for link in run.those_open(links)? {
                if given.of(link.target.kind).contains_key(&link.target.id) {
                    given.links.insert(link.id, link.entry_uuid);
                    run.give(Object::Association(&link));
                }
            }
            if run.is_over() {
                return Ok(());
            }
        }
    }
    Ok(())
}

fn sets_of(
    run: &mut Run<'_, '_>,
    person: i64,
    (from, to): (Timestamp, Timestamp),
) -> Result<Vec<Owner>, QueryError> {
    let identities = run.sight.identities(run.tx, person)?;
    if identities.is_empty() {
        return Ok(Vec::new());
    }
    let ids = rows::sets_of_identities(run.tx, &identities, from, to)?;
    run.set_owners(&ids)
}

fn numbers(owners: &[Owner]) -> Vec<i64> {
    owners.iter().map(|owner| owner.id).collect()
}
