//! Registering one document of a submission.

use crate::content::Derivations;
use crate::converge::{self, Version};
use crate::error::{ErrorCode, Problem, RegistryError};
use crate::item::{self, Member, Owner};
use crate::prepare::PreparedDocument;
use crate::rule_state as rule;
use crate::state_change;
use model::Timestamp;
use model::document::IntakeOrigin;
use model::item::VersionState;
use ports::StateChange;
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
    /// Whether another version, sent at the same time, is shown as current beside it.
    pub two_current: bool,
}

/// The document of a storage's item to which another one of its submission is attached.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Parent<'a> {
    /// Its source: whoever may see the one may see the other.
    pub source_id: i64,
    /// Its category, likewise.
    pub category: &'a str,
    /// Whether its facility shows it to its own people only, likewise.
    pub is_restricted: bool,
}

/// Where a document is registered.
#[derive(Clone, Copy)]
pub(crate) struct Desk<'a> {
    pub patient: &'a Patient,
    /// Whom the document is attached to, if it is.
    pub parent: Option<Parent<'a>>,
    pub submission_set_id: i64,
    /// Whether a gateway of ours submits.
    pub is_intake: bool,
    pub derivations: &'a Derivations,
    pub now: Timestamp,
}

impl Desk<'_> {
    /// The source of a peer's documents: that of the set's sourceId.
    fn peer_source(&self) -> Option<i64> {
        self.patient.source_id.filter(|_| !self.is_intake)
    }
}

/// Registers a document, or finds it registered with the same bytes.
pub(crate) fn register(
    tx: &mut Tx,
    document: &PreparedDocument,
    desk: &Desk<'_>,
) -> Result<Registered, RegistryError> {
    let others = row::entries_of_unique_id(tx, &document.entry.unique_id)?;
    rule::one_unique_id_has_one_content(document, &others, None)?;
    if !desk.is_intake {
        return of_peer(tx, document, desk);
    }
    match (&document.entry.intake, desk.patient.source_id) {
        (Some(intake), Some(source_id)) => version(tx, document, intake, source_id, desk),
        _ => foreign(tx, document, desk),
    }
}

/// Compares a document with the one that is registered under its uniqueId and takes over what
/// the source says of its state now. A state that would bring back what was deleted or replaced
/// is refused: storages never go back by themselves (SS-MIX2 guideline, update and delete), so
/// somebody has to look.
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
        two_current: false,
    };
    let Some(item_id) = known.item_id else { return Ok(registered) };
    if joined != known.told {
        let changes = [(known.id, joined)];
        item::change(tx, item_id, &changes, desk.derivations, desk.now)?;
        registered.state_changed = true;
    } else if joined != told {
        let shown = StateChange { unique_id: document.entry.unique_id.clone(), state: told };
        if state_change::brings_back(&item::members(tx, item_id)?, &shown) {
            return Err(state_change::brought_back(&shown).into());
        }
    } else if told == VersionState::Current {
        registered.two_current = store::document::item::has_rival(tx, known.id)?;
    }
    Ok(registered)
}

/// A peer's document. Its uniqueId may be registered already, with the same bytes; its entryUUID
/// may not.
fn of_peer(
    tx: &mut Tx,
    document: &PreparedDocument,
    desk: &Desk<'_>,
) -> Result<Registered, RegistryError> {
    let entry = &document.entry;
    let is_new = !row::is_uuid_used(tx, entry.entry_uuid)?;
    rule::uuid_is_new("DocumentEntry", entry.entry_uuid, is_new)?;
    foreign(tx, document, desk)
}

/// A document that is no version of an item: Approved until it is replaced or deprecated. One
/// that is attached to a storage's document has no line of its own: it stands on that one's page.
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
            if desk.parent.is_none() {
                let source_id = desk.peer_source();
                item::show(tx, &owner(document, desk, source_id, id), &document.content)?;
            }
            Ok(Registered {
                id,
                is_new: true,
                state_changed: false,
                state: VersionState::Current,
                item_id: None,
                two_current: false,
            })
        }
        None if desk.is_intake => collision(tx, document, desk),
        None => {
            rule::uuid_is_new("DocumentEntry", document.entry.entry_uuid, false)?;
            Err(refused("no row took its place", document))
        }
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
    let two_current = item::has_rival(&members, &settled, place);
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
        two_current,
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
    let context = format!("DocumentEntry {}: {reason}", document.entry.unique_id);
    Problem::new(ErrorCode::XdsRegistryMetadataError, "ITI TF-2 3.42.4.1.3", context).into()
}

fn row_of<'a>(
    document: &'a PreparedDocument,
    desk: &Desk<'a>,
    origin: Option<(i64, i64)>,
    told: VersionState,
    settlement: &'a Settlement,
) -> NewDocument<'a> {
    NewDocument {
        entry: &document.entry,
        metadata: &document.metadata,
        identity_id: desk.patient.identity_id,
        source_id: origin
            .map(|(source_id, _)| source_id)
            .or(desk.parent.map(|parent| parent.source_id))
            .or(desk.peer_source()),
        item_id: origin.map(|(_, item_id)| item_id),
        submission_set_id: desk.submission_set_id,
        told,
        settlement,
        category: desk
            .parent
            .map_or(document.content.line.category.name(), |parent| parent.category),
        sha256: if document.held { &document.sha256 } else { &[] },
        in_objects: document.in_objects,
        text_verdict: &document.content.text_verdict,
        created: desk.now,
        held: document.held,
        member_implied: desk.is_intake,
        is_restricted: document.entry.is_restricted()
            || desk.parent.is_some_and(|parent| parent.is_restricted),
        rules_version: ssmix2::RULES_VERSION,
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
        // The same bytes twice are one line; where there are none, each document is its own.
        sha256: if document.held { &document.sha256 } else { document.entry.entry_uuid.as_bytes() },
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
