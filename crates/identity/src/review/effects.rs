//! Which identities would stand under which person afterwards. What is shown before and what is
//! done then are decided here, once.

use super::case::{EffectPerson, Effects, ReviewSide};
use crate::error::IdentityError;
use std::collections::BTreeSet;
use store::link::{Member, ReviewRow, TieKind, TieRow, members_of_persons, ties_among};
use store::person::{Identity, identities_by_ids};
use store::{Tx, person};

/// Both sides of a review.
pub(super) fn sides(tx: &mut Tx, row: &ReviewRow) -> Result<[ReviewSide; 2], IdentityError> {
    Ok([side(tx, row.one)?, side(tx, row.other)?])
}

fn side(tx: &mut Tx, identity_id: i64) -> Result<ReviewSide, IdentityError> {
    let missing = || IdentityError::NoSuchIdentity(identity_id);
    let identity = identities_by_ids(tx, &[identity_id])?.pop().ok_or_else(missing)?;
    let mut others = person::identities_of_person(tx, identity.person_id)?;
    others.retain(|other| other.id != identity_id && !other.is_affinity);
    let owner = person::by_id(tx, identity.person_id)?;
    let owner = owner.ok_or_else(|| IdentityError::NoSuchPerson(identity.person_id.to_string()))?;
    Ok(ReviewSide { identity, community_id: owner.community_id, others })
}

/// What each answer would do.
pub(super) fn preview(
    tx: &mut Tx,
    one: &ReviewSide,
    other: &ReviewSide,
) -> Result<Effects, IdentityError> {
    if one.identity.person_id == other.identity.person_id {
        let unit = parted(tx, one, other)?;
        return within_one(tx, one, &unit);
    }
    let (stays, comes) = survivor(one, other);
    let joined = everybody(stays).chain(everybody(comes)).cloned().collect();
    let same = apart(tx, one, other)?.is_none().then(|| {
        vec![EffectPerson { community_id: Some(stays.community_id.clone()), identities: joined }]
    });
    let not_same = [one, other].map(|side| EffectPerson {
        community_id: Some(side.community_id.clone()),
        identities: everybody(side).cloned().collect(),
    });
    Ok(Effects { same, not_same: not_same.into() })
}

fn within_one(tx: &mut Tx, one: &ReviewSide, unit: &[Member]) -> Result<Effects, IdentityError> {
    let leaves: BTreeSet<i64> = unit.iter().map(|member| member.identity_id).collect();
    let event = unit.iter().find_map(|member| Some(member.automatic.as_ref()?.event_id));
    let event = match event {
        Some(event_id) => person::event_by_id(tx, event_id)?,
        None => None,
    };
    let before = match event.and_then(|event| event.person_before) {
        Some(person_id) => person::by_id(tx, person_id)?.map(|found| found.community_id),
        None => None,
    };
    let whole = EffectPerson {
        community_id: Some(one.community_id.clone()),
        identities: everybody(one).cloned().collect(),
    };
    let (gone, kept) = whole.identities.iter().cloned().partition(|it| leaves.contains(&it.id));
    let not_same = vec![
        EffectPerson { community_id: whole.community_id.clone(), identities: kept },
        EffectPerson { community_id: before, identities: gone },
    ];
    Ok(Effects { same: Some(vec![whole]), not_same })
}

/// Of two persons the one that stays: that of more identities, of the first made among equals; and
/// the one that comes to it.
pub(super) fn survivor<'a>(
    one: &'a ReviewSide,
    other: &'a ReviewSide,
) -> (&'a ReviewSide, &'a ReviewSide) {
    let rank = |side: &ReviewSide| (std::cmp::Reverse(side.others.len()), side.identity.person_id);
    if rank(one) <= rank(other) { (one, other) } else { (other, one) }
}

/// The identities of a side's person.
pub(super) fn everybody(side: &ReviewSide) -> impl Iterator<Item = &Identity> {
    std::iter::once(&side.identity).chain(&side.others)
}

/// Of a person whose records contradict each other those that go, if they are two: what a machine
/// has linked goes before what was there, and takes along what came with it.
pub(super) fn parted(
    tx: &mut Tx,
    one: &ReviewSide,
    other: &ReviewSide,
) -> Result<Vec<Member>, IdentityError> {
    let members = members_of_persons(tx, &[one.identity.id])?;
    let unit_of = |identity: i64| {
        let member = members.iter().find(|member| member.identity_id == identity);
        member.and_then(|member| member.automatic.as_ref()).map(|automatic| automatic.unit)
    };
    let (first, second) = (unit_of(one.identity.id), unit_of(other.identity.id));
    // Two of one unit were said to be one by a human before: the named one alone goes.
    let unit = if first == second { None } else { second.or(first) };
    let goes = |member: &Member| match unit {
        Some(unit) => member.automatic.as_ref().is_some_and(|it| it.unit == unit),
        None => member.identity_id == other.identity.id,
    };
    Ok(members.iter().filter(|member| goes(member)).cloned().collect())
}

/// What stands against saying that two persons are one.
pub(super) fn apart(
    tx: &mut Tx,
    one: &ReviewSide,
    other: &ReviewSide,
) -> Result<Option<TieRow>, IdentityError> {
    let ids: Vec<i64> =
        everybody(one).chain(everybody(other)).map(|identity| identity.id).collect();
    let said = ties_among(tx, &ids)?;
    // What this very pair is asked for may be said anew.
    let pair = (one.identity.id.min(other.identity.id), one.identity.id.max(other.identity.id));
    Ok(said.into_iter().find(|row| row.kind == TieKind::Apart && (row.one, row.other) != pair))
}
