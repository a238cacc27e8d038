//! Registering one document of a submission.

use crate::content::Derivations;
use crate::converge::{self, Version};
use crate::error::{ErrorCode, RegistryError, Violation};
use crate::item::{self, Member, Owner};
use crate::prepare::PreparedDocument;
use crate::rule_state as rule;
use model::Timestamp;
use model::document::IntakeOrigin;
use model::item::VersionState;
use store::Tx;
use store::document::{KnownDocument, NewDocument, Patient, Settlement, VersionRow, row};

/// What became of one document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Registered {
    /// Its row.
    pub id: i64,
    /// Whether this submission brought it.
    pub is_new: bool,
    /// Whether its version state changed, for one that was known.
    pub state_changed: bool,
    /// What it came to.
    pub state: VersionState,
    /// Its item.
    pub item_id: Option<i64>,
}

/// Where a document is registered.
#[derive(Clone, Copy)]
pub(crate) struct Desk<'a> {
    pub patient: &'a Patient,
    pub submission_set_id: i64,
    pub derivations: &'a Derivations,
    pub now: Timestamp,
}

/// Registers a document, or finds it registered with the same bytes.
pub(crate) fn register(
    tx: &mut Tx,
    document: &PreparedDocument,
    desk: &Desk<'_>,
) -> Result<Registered, RegistryError> {
    match (&document.entry.intake, desk.patient.source_id) {
        (Some(intake), Some(source_id)) => version(tx, document, intake, source_id, desk),
        _ => foreign(tx, document, desk),
    }
}

/// Compares a document with the one that is registered under its uniqueId and takes over what
/// the source says of its state now.
pub(crate) fn repeat(
    tx: &mut Tx,
    document: &PreparedDocument,
    known: &KnownDocument,
    desk: &Desk<'_>,
) -> Result<Registered, RegistryError> {
    rule::bytes_are_identical(known, &document.entry, &document.sha256)?;
    rule::known_patient_is_the_same(known, desk.patient, &document.entry)?;
    let told = document.entry.intake.as_ref().map_or(known.told, |intake| intake.state);
    let joined = converge::join(known.told, told);
    let mut registered = Registered {
        id: known.id,
        is_new: false,
        state_changed: false,
        state: if known.availability == model::document::Availability::Approved {
            VersionState::Current
        } else {
            VersionState::Deprecated
        },
        item_id: known.item_id,
    };
    if let (Some(item_id), true) = (known.item_id, joined != known.told) {
        let changes = [(known.id, joined)];
        item::change(tx, item_id, &changes, desk.derivations, desk.now)?;
        registered.state_changed = true;
    }
    Ok(registered)
}

/// A document that is no version of an item: Approved until it is replaced or deprecated.
fn foreign(
    tx: &mut Tx,
    document: &PreparedDocument,
    desk: &Desk<'_>,
) -> Result<Registered, RegistryError> {
    let flags = flag_codes(document);
    let settled =
        converge::Settled { state: VersionState::Current, deletion: None, two_current: false };
    let settlement = item::settlement(&settled, &flags, None, desk.now)?;
    let new = row_of(document, desk, None, VersionState::Current, &settlement);
    match row::insert(tx, &new)? {
        Some(id) => {
            item::show(tx, &owner(document, desk, None, id), &document.content)?;
            Ok(Registered {
                id,
                is_new: true,
                state_changed: false,
                state: VersionState::Current,
                item_id: None,
            })
        }
        None => collision(tx, document, desk),
    }
}

/// A version of a logical item: it and its siblings come to what [`converge`] says.
fn version(
    tx: &mut Tx,
    document: &PreparedDocument,
    intake: &IntakeOrigin,
    source_id: i64,
    desk: &Desk<'_>,
) -> Result<Registered, RegistryError> {
    let identity_id = desk.patient.identity_id;
    let (item_id, item_is_new) =
        store::document::item::upsert(tx, source_id, &intake.item, identity_id)?;
    let before = if item_is_new { Vec::new() } else { item::members(tx, item_id)? };
    let entry = &document.entry;
    if before.iter().any(|member| member.version.unique_id == entry.unique_id) {
        return collision(tx, document, desk);
    }
    let mut members = before.clone();
    members.push(Member {
        version: Version {
            unique_id: entry.unique_id.clone(),
            sent: intake.sent.clone(),
            told: intake.state,
            is_delete_message: intake.is_delete_message,
        },
        entry_uuid: entry.entry_uuid,
        row: None,
    });
    let settled = item::settle(&mut members);
    let place = members.iter().position(|member| member.row.is_none()).unwrap_or(0);
    let settlement = item::settlement(&settled[place], &flag_codes(document), None, desk.now)?;
    let new = row_of(document, desk, Some((source_id, item_id)), intake.state, &settlement);
    let Some(id) = row::insert(tx, &new)? else {
        return Err(elsewhere(tx, document, desk)?);
    };
    if settlement.state == VersionState::Current {
        item::show(tx, &owner(document, desk, Some(source_id), id), &document.content)?;
    }
    if !before.is_empty() {
        item::write(tx, &members, &settled, desk.derivations, desk.now)?;
        members[place].row = Some(version_row(document, intake, source_id, desk, id, &settlement));
        item::write_chain(tx, &before, &members)?;
        item::inherit(tx, &before, &members, &settled, desk.derivations, desk.now)?;
    }
    Ok(Registered {
        id,
        is_new: true,
        state_changed: false,
        state: settlement.state,
        item_id: Some(item_id),
    })
}

/// The uniqueId or the entryUUID of a new document is taken.
fn collision(
    tx: &mut Tx,
    document: &PreparedDocument,
    desk: &Desk<'_>,
) -> Result<Registered, RegistryError> {
    match row::known(tx, &document.entry.unique_id)? {
        Some(known) => repeat(tx, document, &known, desk),
        None => {
            rule::uuid_is_new("DocumentEntry", document.entry.entry_uuid, false)?;
            Err(refused("no row took its place", document))
        }
    }
}

/// A version whose uniqueId is registered outside of its item, or whose entryUUID is taken.
fn elsewhere(
    tx: &mut Tx,
    document: &PreparedDocument,
    desk: &Desk<'_>,
) -> Result<RegistryError, RegistryError> {
    let entry = &document.entry;
    let Some(known) = row::known(tx, &entry.unique_id)? else {
        rule::uuid_is_new("DocumentEntry", entry.entry_uuid, false)?;
        return Ok(refused("no row took its place", document));
    };
    rule::bytes_are_identical(&known, entry, &document.sha256)?;
    rule::known_patient_is_the_same(&known, desk.patient, entry)?;
    Ok(refused("it is registered as a version of another item", document))
}

fn refused(reason: &str, document: &PreparedDocument) -> RegistryError {
    RegistryError::Refused(Violation {
        code: ErrorCode::XdsRegistryMetadataError,
        section: "ITI TF-2 3.42.4.1.3",
        context: format!("DocumentEntry {}: {reason}", document.entry.unique_id),
    })
}

fn row_of<'a>(
    document: &'a PreparedDocument,
    desk: &Desk<'_>,
    origin: Option<(i64, i64)>,
    told: VersionState,
    settlement: &'a Settlement,
) -> NewDocument<'a> {
    NewDocument {
        entry: &document.entry,
        metadata: &document.metadata,
        identity_id: desk.patient.identity_id,
        source_id: origin.map(|(source_id, _)| source_id),
        item_id: origin.map(|(_, item_id)| item_id),
        submission_set_id: desk.submission_set_id,
        told,
        settlement,
        category: document.content.line.category.name(),
        sha256: &document.sha256,
        in_objects: document.in_objects,
        text_verdict: &document.content.text_verdict,
        created: desk.now,
    }
}

fn owner<'a>(
    document: &'a PreparedDocument,
    desk: &Desk<'_>,
    source_id: Option<i64>,
    id: i64,
) -> Owner<'a> {
    Owner {
        identity_id: desk.patient.identity_id,
        document_id: id,
        source_id,
        sha256: &document.sha256,
        taken: desk.now,
    }
}

fn version_row(
    document: &PreparedDocument,
    intake: &IntakeOrigin,
    source_id: i64,
    desk: &Desk<'_>,
    id: i64,
    settlement: &Settlement,
) -> VersionRow {
    VersionRow {
        id,
        entry_uuid: document.entry.entry_uuid,
        unique_id: document.entry.unique_id.clone(),
        identity_id: desk.patient.identity_id,
        source_id: Some(source_id),
        submission_set_id: desk.submission_set_id,
        sent: intake.sent.clone(),
        told: intake.state,
        is_delete_message: intake.is_delete_message,
        state: settlement.state,
        deleted: settlement.deletion.map(|(at, _)| at),
        deletion_known_from: settlement.deletion.map(|(_, from)| from.to_owned()),
        flags: settlement.flags.clone(),
        created: desk.now,
        sha256: document.sha256.to_vec(),
    }
}

fn flag_codes(document: &PreparedDocument) -> Vec<String> {
    document.flags.iter().map(|flag| flag.code().to_owned()).collect()
}
