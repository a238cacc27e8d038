//! Convergence of a logical item: the pure result of [`crate::converge`] written as rows.

use crate::content::{Content, Derivations};
use crate::converge::{self, Deletion, Settled, Version};
use crate::error::RegistryError;
use crate::link::{self, Joined};
use crate::names::association_uuid;
use crate::relation;
use model::Timestamp;
use model::document::AssociationType;
use model::item::VersionState;
use model::reason::Flag;
use std::collections::HashSet;
use store::document::{EndKind, Settlement, VersionRow, association, metadata, row};
use store::timeline::Line;
use store::{StoreError, Tx, fact, timeline};
use uuid::Uuid;

/// A version as the source tells of it, with the place of its row.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    /// What the source says.
    pub version: Version,
    /// entryUUID
    pub entry_uuid: Uuid,
    /// Its row; absent while it is being registered.
    pub row: Option<VersionRow>,
}

impl Member {
    /// A registered version.
    pub fn registered(row: VersionRow) -> Member {
        Member {
            version: Version {
                unique_id: row.unique_id.clone(),
                sent: row.sent.clone(),
                told: row.told,
                is_delete_message: row.is_delete_message,
            },
            entry_uuid: row.entry_uuid,
            row: Some(row),
        }
    }

    fn is_current(&self) -> bool {
        self.row.as_ref().is_some_and(|row| row.state == VersionState::Current)
    }
}

/// The registered versions of an item, in their order.
pub(crate) fn members(tx: &mut Tx, item_id: i64) -> Result<Vec<Member>, StoreError> {
    let rows = store::document::item::versions(tx, item_id)?;
    let mut members: Vec<Member> = rows.into_iter().map(Member::registered).collect();
    members.sort_by(|one, other| one.version.order(&other.version));
    Ok(members)
}

/// Sorts the versions of an item and says what each comes to.
pub(crate) fn settle(members: &mut [Member]) -> Vec<Settled> {
    members.sort_by(|one, other| one.version.order(&other.version));
    converge::settle(&versions(members))
}

/// The row values of what a version comes to. The time at which a deletion was first observed
/// stays; remarks are those of the document and, where two were current, that one.
pub(crate) fn settlement(
    settled: &Settled,
    flags: &[String],
    observed: Option<Timestamp>,
    now: Timestamp,
) -> Result<Settlement, StoreError> {
    let mut flags = flags.to_vec();
    let two_current = Flag::TwoCurrent.code();
    if settled.two_current && !flags.iter().any(|flag| flag == two_current) {
        flags.push(two_current.to_owned());
    }
    let flags = serde_json::to_string(&flags)
        .map_err(|error| StoreError::Damaged(format!("flags: {error}")))?;
    let deletion = settled.deletion.map(|deletion| match deletion {
        Deletion::Message(at) => (at, "message"),
        Deletion::Observed => (observed.unwrap_or(now), "observed"),
    });
    Ok(Settlement { state: settled.state, deletion, flags })
}

/// Writes what the registered versions among `members` come to where it differs from their
/// rows, and the replacements among all of them. `settled` is that of [`settle`].
pub(crate) fn write(
    tx: &mut Tx,
    members: &[Member],
    settled: &[Settled],
    derivations: &Derivations,
    now: Timestamp,
) -> Result<(), RegistryError> {
    for (member, settled) in members.iter().zip(settled) {
        let Some(known) = &member.row else { continue };
        let observed =
            known.deleted.filter(|_| known.deletion_known_from.as_deref() == Some("observed"));
        let returns =
            known.state != VersionState::Current && settled.state == VersionState::Current;
        let content = match returns {
            true => Some(derivations.get(&known.unique_id).ok_or_else(|| {
                RegistryError::NeedsContent { unique_id: known.unique_id.clone() }
            })?),
            false => None,
        };
        let mut flags = own_flags(tx, known, settled.two_current)?;
        if let Some(content) = content {
            remark_damage(&mut flags, content);
        }
        let new = settlement(settled, &flags, observed, now)?;
        let unchanged = member.version.told == known.told
            && new.state == known.state
            && new.flags == known.flags
            && new.deletion.map(|(at, _)| at) == known.deleted
            && new.deletion.map(|(_, from)| from) == known.deletion_known_from.as_deref();
        if !unchanged {
            row::settle(tx, known.id, member.version.told, &new)?;
            row::follow(tx, known.id)?;
        }
        if known.state == VersionState::Current && new.state != VersionState::Current {
            fact::delete_of_document(tx, known.id)?;
            timeline::delete_of_document(tx, known.id)?;
        }
        if let Some(content) = content {
            let owner = Owner {
                identity_id: known.identity_id,
                document_id: known.id,
                source_id: known.source_id,
                sha256: &known.sha256,
                taken: known.created,
            };
            show(tx, &owner, content)?;
        }
    }
    Ok(())
}

/// Brings the replacements among the versions up to date: those of `before` that no longer hold
/// are removed, new ones are added. Every member has its row here.
pub(crate) fn write_chain(
    tx: &mut Tx,
    before: &[Member],
    members: &[Member],
) -> Result<(), RegistryError> {
    let pairs = |members: &[Member]| -> Vec<(usize, usize)> { converge::chain(&versions(members)) };
    let ends = |members: &[Member], (newer, older): (usize, usize)| {
        (members[newer].entry_uuid, members[older].entry_uuid)
    };
    let old: HashSet<(Uuid, Uuid)> =
        pairs(before).into_iter().map(|pair| ends(before, pair)).collect();
    let new = pairs(members);
    let kept: HashSet<(Uuid, Uuid)> = new.iter().map(|pair| ends(members, *pair)).collect();
    let mut gone: Vec<_> = old.difference(&kept).collect();
    gone.sort_unstable();
    for (newer, older) in gone {
        let uuid = association_uuid(AssociationType::Replaces, *newer, *older);
        association::delete(tx, uuid)?;
    }
    for (newer, older) in new {
        if old.contains(&ends(members, (newer, older))) {
            continue;
        }
        let (Some(source), Some(target)) = (&members[newer].row, &members[older].row) else {
            continue;
        };
        link::join(
            tx,
            AssociationType::Replaces,
            Joined { kind: EndKind::Document, id: source.id, uuid: source.entry_uuid },
            Joined { kind: EndKind::Document, id: target.id, uuid: target.entry_uuid },
            false,
            source.submission_set_id,
        )?;
    }
    Ok(())
}

/// What a replacement within the item means beyond it: the new current version joins the
/// folders of the earlier one, whose additions are deprecated.
pub(crate) fn inherit(
    tx: &mut Tx,
    before: &[Member],
    members: &[Member],
    settled: &[Settled],
    derivations: &Derivations,
    now: Timestamp,
) -> Result<(), RegistryError> {
    let Some(earlier) = before.iter().find(|m| m.is_current()).and_then(|m| m.row.as_ref()) else {
        return Ok(());
    };
    // Not only among those that were sent later: a file that is rewritten in place keeps its
    // sending time, and a deletion may bring an earlier version back.
    let later = members
        .iter()
        .zip(settled)
        .filter(|(member, _)| member.entry_uuid != earlier.entry_uuid)
        .find(|(_, settled)| settled.state == VersionState::Current)
        .and_then(|(member, _)| member.row.as_ref());
    let Some(later) = later else { return Ok(()) };
    let replacement = Joined { kind: EndKind::Document, id: later.id, uuid: later.entry_uuid };
    relation::join_folders(tx, earlier.id, replacement, later.submission_set_id, now)?;
    relation::deprecate_additions(tx, earlier.id, derivations, now)
}

/// Changes what the source says of registered versions (row, state) and lets the item converge.
pub(crate) fn change(
    tx: &mut Tx,
    item_id: i64,
    changes: &[(i64, VersionState)],
    derivations: &Derivations,
    now: Timestamp,
) -> Result<(), RegistryError> {
    let before = members(tx, item_id)?;
    let mut after = before.clone();
    for member in &mut after {
        let Some(id) = member.row.as_ref().map(|row| row.id) else { continue };
        for (_, state) in changes.iter().filter(|(changed, _)| *changed == id) {
            member.version.told = converge::join(member.version.told, *state);
        }
    }
    let settled = settle(&mut after);
    write(tx, &after, &settled, derivations, now)?;
    write_chain(tx, &before, &after)?;
    inherit(tx, &before, &after, &settled, derivations, now)
}

/// Whether the source shows another version, sent when that of `place` was, as current too.
pub(crate) fn has_rival(members: &[Member], settled: &[Settled], place: usize) -> bool {
    let is_shown = |place: usize| {
        members[place].version.told == VersionState::Current
            && settled[place].state != VersionState::Deleted
    };
    let sent = &members[place].version.sent;
    is_shown(place)
        && (0..members.len())
            .any(|other| other != place && is_shown(other) && members[other].version.sent == *sent)
}

/// Whose and which document facts and a line belong to.
pub(crate) struct Owner<'a> {
    pub identity_id: i64,
    pub document_id: i64,
    pub source_id: Option<i64>,
    pub sha256: &'a [u8],
    pub taken: Timestamp,
}

/// Writes the facts and the line of a document that is current now.
pub(crate) fn show(tx: &mut Tx, owner: &Owner<'_>, content: &Content) -> Result<(), StoreError> {
    fact::insert(tx, owner.identity_id, owner.document_id, owner.source_id, &content.facts)?;
    timeline::insert(
        tx,
        &Line {
            identity_id: owner.identity_id,
            document_id: owner.document_id,
            source_id: owner.source_id,
            at: content.at.as_ref(),
            entry: &content.line,
            sha256: owner.sha256,
            taken: owner.taken,
        },
    )
}

/// The remarks that a version has of its own. The remark that two were current is its own only
/// where intake made it, which its metadata tell.
fn own_flags(tx: &mut Tx, known: &VersionRow, stays: bool) -> Result<Vec<String>, RegistryError> {
    let damaged = |reason: serde_json::Error| RegistryError::Damaged {
        unique_id: known.unique_id.clone(),
        reason: reason.to_string(),
    };
    let mut flags: Vec<String> = serde_json::from_str(&known.flags).map_err(damaged)?;
    let two_current = Flag::TwoCurrent.code();
    if !stays && flags.iter().any(|flag| flag == two_current) {
        let text = row::metadata_text(tx, known.id)?.unwrap_or_default();
        let of_intake = metadata::intake_flags(&text).map_err(damaged)?;
        if !of_intake.contains(&Flag::TwoCurrent) {
            flags.retain(|flag| flag != two_current);
        }
    }
    Ok(flags)
}

/// A version that is shown again says whether its bytes can be read.
fn remark_damage(flags: &mut Vec<String>, content: &Content) {
    let damaged = Flag::BytesDamaged.code();
    flags.retain(|flag| flag != damaged);
    if content.flags.contains(&Flag::BytesDamaged) {
        flags.push(damaged.to_owned());
    }
}

/// The remarks of a document that is no version of an item and is shown again, as its row keeps
/// them.
pub(crate) fn flags_of(
    unique_id: &str,
    before: &str,
    content: &Content,
) -> Result<String, RegistryError> {
    let damaged = |reason: serde_json::Error| RegistryError::Damaged {
        unique_id: unique_id.to_owned(),
        reason: reason.to_string(),
    };
    let mut flags: Vec<String> = serde_json::from_str(before).map_err(damaged)?;
    remark_damage(&mut flags, content);
    serde_json::to_string(&flags).map_err(damaged)
}

fn versions(members: &[Member]) -> Vec<Version> {
    members.iter().map(|member| member.version.clone()).collect()
}
