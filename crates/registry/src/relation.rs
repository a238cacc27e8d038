//! What a replacement does beyond its two documents (ITI TF-2 3.42.4.1.3): the replaced one's
//! appendices and transformations are deprecated, and the replacement joins its folders.

use crate::content::Derivations;
use crate::converge::join;
use crate::error::RegistryError;
use crate::item::{self, Member};
use crate::link::{self, Joined};
use model::Timestamp;
use model::document::AssociationType;
use model::item::VersionState;
use store::document::{EndKind, association, folder, row, set};
use store::{StoreError, Tx, fact, timeline};

/// Puts a replacement into each approved folder of the document that it replaces, with the
/// HasMember that ties this membership to the set that brings it.
pub(crate) fn join_folders(
    tx: &mut Tx,
    replaced_id: i64,
    replacement: Joined,
    submission_set_id: i64,
    now: Timestamp,
) -> Result<(), RegistryError> {
    for (id, uuid) in folder::approved_with_document(tx, replaced_id)? {
        let holder = Joined { kind: EndKind::Folder, id, uuid };
        put_into_folder(tx, holder, replacement, submission_set_id, now)?;
    }
    Ok(())
}

/// Puts a document into a folder: the FD-DE HasMember, the SS-HM HasMember, lastUpdateTime.
pub(crate) fn put_into_folder(
    tx: &mut Tx,
    holder: Joined,
    member: Joined,
    submission_set_id: i64,
    now: Timestamp,
) -> Result<(), RegistryError> {
    let kind = AssociationType::HasMember;
    if let Some(membership) = link::join(tx, kind, holder, member, false, submission_set_id)? {
        tie_to_set(tx, membership, submission_set_id)?;
    }
    folder::touch(tx, holder.id, now)?;
    Ok(())
}

/// The HasMember from a set to an object that it brings.
pub(crate) fn tie_to_set(
    tx: &mut Tx,
    object: Joined,
    submission_set_id: i64,
) -> Result<(), RegistryError> {
    let uuid = set::uuid_by_id(tx, submission_set_id)?
        .ok_or_else(|| StoreError::Damaged(format!("submission set row {submission_set_id}")))?;
    let set = Joined { kind: EndKind::SubmissionSet, id: submission_set_id, uuid };
    link::join(tx, AssociationType::HasMember, set, object, true, submission_set_id)?;
    Ok(())
}

/// Deprecates the approved documents that append to or transform a replaced one.
pub(crate) fn deprecate_additions(
    tx: &mut Tx,
    replaced_id: i64,
    derivations: &Derivations,
    now: Timestamp,
) -> Result<(), RegistryError> {
    for (id, item_id) in association::additions(tx, replaced_id)? {
        deprecate(tx, id, item_id, derivations, now)?;
    }
    Ok(())
}

/// Deprecates one document; as a version of an item it is told deprecated, and so are those
/// before it: whoever replaces a result replaces no older one that its storage forgot to rename.
pub(crate) fn deprecate(
    tx: &mut Tx,
    id: i64,
    item_id: Option<i64>,
    derivations: &Derivations,
    now: Timestamp,
) -> Result<(), RegistryError> {
    let Some(item_id) = item_id else {
        row::deprecate(tx, id)?;
        fact::delete_of_document(tx, id)?;
        timeline::delete_of_document(tx, id)?;
        return Ok(());
    };
    let before = item::members(tx, item_id)?;
    let mut members: Vec<Member> = before.clone();
    let is_it = |member: &Member| member.row.as_ref().is_some_and(|row| row.id == id);
    let until = members.iter().position(is_it).map_or(0, |place| place + 1);
    for member in &mut members[..until] {
        member.version.told = join(member.version.told, VersionState::Deprecated);
    }
    let settled = item::settle(&mut members);
    item::write(tx, &members, &settled, derivations, now)?;
    item::write_chain(tx, &before, &members)
}
