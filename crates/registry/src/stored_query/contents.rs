//! GetSubmissionSetAndContents and GetFolderAndContents: the one object, its members, and those
//! associations of which both ends are in the answer.

use super::run::Run;
use super::selection::Selection;
use super::{QueryError, by_id};
use ebrim::query::Contents;
use model::document::AssociationType;
use std::collections::BTreeSet;
use store::document::EndKind;
use store::document::stored_query::{self as rows, Link};

/// GetSubmissionSetAndContents
pub(super) fn of_set(run: &mut Run<'_, '_>, query: &Contents) -> Result<Selection, QueryError> {
    let mut selection = Selection::default();
    let owners = run.sets(&query.of)?;
    selection.add_sets(&owners);
    let ids: Vec<i64> = owners.iter().map(|owner| owner.id).collect();
    let members = members(run, EndKind::SubmissionSet, &ids)?;
    add_documents(run, &mut selection, &members, query)?;
    let folders = run.folder_owners(&targets(&members, EndKind::Folder))?;
    selection.add_folders(&folders);
    // Associations that are members themselves, where their ends are in the answer.
    let inner = rows::links(run.tx, &targets(&members, EndKind::Association))?;
    let inner = run.those_open(inner)?;
    selection.add_links_within(inner);
    add_links_between(run, &mut selection)?;
    selection.add_links_within(members);
    Ok(selection)
}

/// GetFolderAndContents
pub(super) fn of_folder(run: &mut Run<'_, '_>, query: &Contents) -> Result<Selection, QueryError> {
    let mut selection = Selection::default();
    let owners = run.folders(&query.of)?;
    selection.add_folders(&owners);
    let ids: Vec<i64> = owners.iter().map(|owner| owner.id).collect();
    let members = members(run, EndKind::Folder, &ids)?;
    add_documents(run, &mut selection, &members, query)?;
    add_links_between(run, &mut selection)?;
    selection.add_links_within(members);
    Ok(selection)
}

fn members(run: &mut Run<'_, '_>, kind: EndKind, ids: &[i64]) -> Result<Vec<Link>, QueryError> {
    let mut links = run.links_at(kind, ids)?;
    links.retain(|link| {
        link.source.kind == kind && link.association_type == AssociationType::HasMember.name()
    });
    Ok(links)
}

fn add_documents(
    run: &mut Run<'_, '_>,
    selection: &mut Selection,
    members: &[Link],
    query: &Contents,
) -> Result<(), QueryError> {
    let wanted = by_id::wanted(run, &targets(members, EndKind::Document), &query.filter)?;
    let wanted: Vec<i64> = wanted.into_iter().collect();
    let heads = run.heads(&wanted)?;
    selection.add_documents(&heads);
    Ok(())
}

/// Relationships of documents and memberships of folders within the answer.
fn add_links_between(run: &mut Run<'_, '_>, selection: &mut Selection) -> Result<(), QueryError> {
    let documents: Vec<i64> = selection.documents.iter().copied().collect();
    let folders: Vec<i64> = selection.folders.iter().copied().collect();
    let mut links = Vec::new();
    for (kind, ids) in [(EndKind::Document, documents), (EndKind::Folder, folders)] {
        for ids in ids.chunks(super::run::CHUNK) {
            links.extend(rows::links_from(run.tx, kind, ids)?);
        }
    }
    links.retain(|link| selection.holds(&link.source) && selection.holds(&link.target));
    let links = run.those_open(links)?;
    selection.add_links(links);
    Ok(())
}

fn targets(links: &[Link], kind: EndKind) -> Vec<i64> {
    let ids: BTreeSet<i64> =
        links.iter().filter(|link| link.target.kind == kind).map(|link| link.target.id).collect();
    ids.into_iter().collect()
}
