//! Queries by ids: first the rows are chosen, then they go out.

use super::run::Run;
use super::selection::Selection;
use super::{QueryError, accept};
use ebrim::query::{ContentFilter, ObjectIds, RelatedDocuments};
use model::document::{AssociationType, DocumentKind};
use std::collections::BTreeSet;
use store::document::stored_query::{self as rows, Link};
use store::document::{EndKind, association, entry};
use uuid::Uuid;

/// GetDocuments, and GetDocumentsAndAssociations.
pub(super) fn documents(
    run: &mut Run<'_, '_>,
    ids: &ObjectIds,
    with_associations: bool,
) -> Result<Selection, QueryError> {
    let mut selection = Selection::default();
    selection.add_documents(&run.documents(ids)?);
    if with_associations {
        let documents: Vec<i64> = selection.documents.iter().copied().collect();
        selection.add_links(run.links_at(EndKind::Document, &documents)?);
    }
    Ok(selection)
}

/// GetFolders
pub(super) fn folders(run: &mut Run<'_, '_>, ids: &ObjectIds) -> Result<Selection, QueryError> {
    let mut selection = Selection::default();
    selection.add_folders(&run.folders(ids)?);
    Ok(selection)
}

/// GetAssociations
pub(super) fn associations(run: &mut Run<'_, '_>, uuids: &[Uuid]) -> Result<Selection, QueryError> {
    let mut selection = Selection::default();
    for uuid in uuids {
        let Some((kind, id, persons)) = object(run, *uuid)? else { continue };
        selection.persons.extend(persons);
        selection.add_links(run.links_at(kind, &[id])?);
    }
    Ok(selection)
}

/// GetSubmissionSets: those that have the objects as members, with these HasMembers.
pub(super) fn submission_sets(
    run: &mut Run<'_, '_>,
    uuids: &[Uuid],
) -> Result<Selection, QueryError> {
    let mut selection = Selection::default();
    for uuid in uuids {
        let Some((kind, id, _)) = object(run, *uuid)? else { continue };
        let is_member = |link: &Link| {
            link.source.kind == EndKind::SubmissionSet
                && link.target.id == id
                && link.target.kind == kind
                && link.association_type == AssociationType::HasMember.name()
        };
        let mut links = run.links_at(kind, &[id])?;
        links.retain(is_member);
        let sets: BTreeSet<i64> = links.iter().map(|link| link.source.id).collect();
        let sets: Vec<i64> = sets.into_iter().collect();
        selection.add_sets(&run.set_owners(&sets)?);
        selection.add_links(links);
    }
    Ok(selection)
}

/// GetFoldersForDocument
pub(super) fn folders_of(run: &mut Run<'_, '_>, ids: &ObjectIds) -> Result<Selection, QueryError> {
    let mut selection = Selection::default();
    let documents: Vec<i64> = run.documents(ids)?.iter().map(|head| head.id).collect();
    let links = rows::links_to(run.tx, EndKind::Document, &documents)?;
    let folders: BTreeSet<i64> = run
        .those_open(links)?
        .iter()
        .filter(|link| link.source.kind == EndKind::Folder)
        .map(|link| link.source.id)
        .collect();
    let folders: Vec<i64> = folders.into_iter().collect();
    selection.add_folders(&run.folder_owners(&folders)?);
    Ok(selection)
}

/// GetRelatedDocuments: the relationships of the types, and the documents at their ends, the
/// one asked for among them; nothing where it has none.
pub(super) fn related(
    run: &mut Run<'_, '_>,
    query: &RelatedDocuments,
) -> Result<Selection, QueryError> {
    let mut selection = Selection::default();
    let documents: Vec<i64> = run.documents(&query.of)?.iter().map(|head| head.id).collect();
    let is_asked = |link: &Link| {
        let kinds = [link.source.kind, link.target.kind];
        kinds == [EndKind::Document, EndKind::Document]
            && query.association_types.iter().any(|one| one.name() == link.association_type)
    };
    let mut links = run.links_at(EndKind::Document, &documents)?;
    links.retain(is_asked);
    let ends: BTreeSet<i64> =
        links.iter().flat_map(|link| [link.source.id, link.target.id]).collect();
    let ends: Vec<i64> = ends.into_iter().collect();
    let wanted = of_kinds(run, &ends, &query.kinds, &documents)?;
    links.retain(|link| wanted.contains(&link.source.id) && wanted.contains(&link.target.id));
    let ends: BTreeSet<i64> =
        links.iter().flat_map(|link| [link.source.id, link.target.id]).collect();
    let ends: Vec<i64> = ends.into_iter().collect();
    selection.add_documents(&run.heads(&ends)?);
    selection.add_links(links);
    Ok(selection)
}

/// Those documents that a filter wants.
pub(super) fn wanted(
    run: &mut Run<'_, '_>,
    ids: &[i64],
    filter: &ContentFilter,
) -> Result<BTreeSet<i64>, QueryError> {
    let mut wanted = BTreeSet::new();
    for ids in ids.chunks(super::run::CHUNK) {
        let fitting = entry::of_ids(run.tx, ids)?;
        let fitting = fitting.iter().filter(|row| accept::content(filter, &row.entry));
        wanted.extend(fitting.map(|row| row.id));
    }
    Ok(wanted)
}

/// Those documents of the kinds, and those that were asked for, whatever they are.
fn of_kinds(
    run: &mut Run<'_, '_>,
    ids: &[i64],
    kinds: &[DocumentKind],
    asked: &[i64],
) -> Result<BTreeSet<i64>, QueryError> {
    let filter = ContentFilter { kinds: kinds.to_vec(), ..ContentFilter::default() };
    let mut found = wanted(run, ids, &filter)?;
    found.extend(asked);
    Ok(found)
}

/// The object of an entryUUID, if it may be seen: kind, row, persons.
fn object(
    run: &mut Run<'_, '_>,
    uuid: Uuid,
) -> Result<Option<(EndKind, i64, Vec<i64>)>, QueryError> {
    if let Some(end) = association::end(run.tx, uuid)? {
        let (kind, ids) = (end.kind, [end.id]);
        let persons: Vec<i64> = match kind {
            EndKind::Document => run.heads(&ids)?.iter().map(|head| head.person_id).collect(),
            EndKind::Folder => run.folder_owners(&ids)?.iter().map(|o| o.person_id).collect(),
            _ => run.set_owners(&ids)?.iter().map(|owner| owner.person_id).collect(),
        };
        return Ok((!persons.is_empty()).then_some((kind, end.id, persons)));
    }
    let Some(id) = rows::link_by_uuid(run.tx, uuid)? else { return Ok(None) };
    let links = rows::links(run.tx, &[id])?;
    let is_open = !run.those_open(links)?.is_empty();
    Ok(is_open.then_some((EndKind::Association, id, Vec::new())))
}
