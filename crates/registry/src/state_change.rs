//! The use case of a state change: a source shows registered versions in another state.

use crate::content::Derivations;
use crate::converge::join;
use crate::error::{ErrorCode, Problem, RegistryError};
use crate::item;
use model::Timestamp;
use model::item::VersionState;
use ports::{Outcome, StateChange};
use std::collections::BTreeMap;
use store::Tx;
use store::document::{KnownDocument, Settlement, patient, row};
use store::{fact, timeline};

/// Changes states; the answers are in the order of the changes, and one that is refused leaves
/// the others alone. Changes of one item take effect together.
///
/// States only ever go from current to deprecated to deleted ([`join`]). A change that would
/// bring a version back is refused with `XDSMetadataUpdateError`, so that somebody sees it: a
/// storage brings back what it deleted by sending it again.
pub fn change_states(
    tx: &mut Tx,
    changes: &[StateChange],
    derivations: &Derivations,
    now: Timestamp,
) -> Result<Vec<Result<Outcome, Problem>>, RegistryError> {
    let mut known = Vec::with_capacity(changes.len());
    for change in changes {
        known.push(row::known(tx, &change.unique_id)?);
    }
    lock(tx, &known)?;
    let mut by_item: BTreeMap<i64, Vec<usize>> = BTreeMap::new();
    let mut answers = Vec::with_capacity(changes.len());
    for (place, (change, known)) in changes.iter().zip(&known).enumerate() {
        answers.push(match known {
            None => Err(unknown(change)),
            Some(document) => match document.item_id {
                Some(item_id) => {
                    by_item.entry(item_id).or_default().push(place);
                    Ok(Outcome::AlreadyThere)
                }
                None => change_foreign(tx, document, change, now)?,
            },
        });
    }
    for (item_id, places) in by_item {
        change_item(tx, item_id, &places, changes, derivations, now, &mut answers)?;
    }
    Ok(answers)
}

fn change_item(
    tx: &mut Tx,
    item_id: i64,
    places: &[usize],
    changes: &[StateChange],
    derivations: &Derivations,
    now: Timestamp,
    answers: &mut [Result<Outcome, Problem>],
) -> Result<(), RegistryError> {
    let members = item::members(tx, item_id)?;
    let mut told = Vec::with_capacity(places.len());
    for &place in places {
        let change = &changes[place];
        let Some(row) = members
            .iter()
            .filter_map(|member| member.row.as_ref())
            .find(|row| row.unique_id == change.unique_id)
        else {
            continue;
        };
        let joined = join(row.told, change.state);
        if joined != row.told {
            answers[place] = Ok(Outcome::StateChanged);
            told.push((row.id, joined));
        } else if joined != change.state && brings_back(&members, change) {
            answers[place] = Err(brought_back(change));
        }
    }
    if !told.is_empty() {
        item::change(tx, item_id, &told, derivations, now)?;
    }
    Ok(())
}

/// Whether a version would come to another state if the source's lower state were believed, or
/// the source contradicts itself: what was deleted is shown as valid, or what was replaced is
/// shown as valid beside one that was sent at the same time.
pub(crate) fn brings_back(members: &[item::Member], change: &StateChange) -> bool {
    let place = |members: &[item::Member]| {
        members.iter().position(|member| member.version.unique_id == change.unique_id)
    };
    let mut believed = members.to_vec();
    let before = item::settle(&mut believed);
    let Some(at) = place(&believed) else { return false };
    believed[at].version.told = change.state;
    let after = item::settle(&mut believed);
    if before[at].state != after[at].state {
        return true;
    }
    let shown = |member: &item::Member| member.version.unique_id == change.unique_id;
    let was_deleted = members.iter().any(|m| shown(m) && m.version.told == VersionState::Deleted);
    change.state == VersionState::Current && (was_deleted || item::has_rival(&believed, &after, at))
}

/// A document that is no version of an item: Approved, then deprecated or deleted.
fn change_foreign(
    tx: &mut Tx,
    document: &KnownDocument,
    change: &StateChange,
    now: Timestamp,
) -> Result<Result<Outcome, Problem>, RegistryError> {
    let joined = join(document.told, change.state);
    if joined == document.told {
        let lower = joined != change.state;
        return Ok(if lower { Err(brought_back(change)) } else { Ok(Outcome::AlreadyThere) });
    }
    let deletion = (joined == VersionState::Deleted).then_some((now, "observed"));
    let settlement = Settlement { state: joined, deletion, flags: "[]".to_owned() };
    row::settle(tx, document.id, joined, &settlement)?;
    fact::delete_of_document(tx, document.id)?;
    timeline::delete_of_document(tx, document.id)?;
    Ok(Ok(Outcome::StateChanged))
}

/// Locks the patients, in the order of their identities.
fn lock(tx: &mut Tx, known: &[Option<KnownDocument>]) -> Result<(), RegistryError> {
    let mut identities: Vec<i64> =
        known.iter().flatten().map(|document| document.identity_id).collect();
    identities.sort_unstable();
    identities.dedup();
    for identity_id in identities {
        patient::lock_identity(tx, identity_id)?;
    }
    Ok(())
}

fn unknown(change: &StateChange) -> Problem {
    Problem::new(
        ErrorCode::XdsDocumentUniqueIdError,
        "ITI TF-3 table 4.2.4.1-2",
        format!("uniqueId {} is not registered; submit it", change.unique_id),
    )
}

pub(crate) fn brought_back(change: &StateChange) -> Problem {
    let context = format!(
        "uniqueId {} was deleted or replaced before and is shown as valid again; send it again \
         with a new sending time",
        change.unique_id
    );
    Problem::new(ErrorCode::XdsMetadataUpdateError, "SS-MIX2 guideline, update and delete", context)
}
