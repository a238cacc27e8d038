//! The number of one server gives that of another: the EHR and the PACS of a hospital. Where such
//! a rule is configured and both patients are known, their demographics decide; the number alone
//! links nobody.

use crate::error::IdentityError;
use crate::link::{LinkRequest, Voice, link_as};
use crate::linkage::{
    Comparison, ConditionName, Evidence, Record, RecordKey, compare, gate, vetoes,
};
use model::Timestamp;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use store::link::{TieKind, ties_among};
use store::person::{EventKind, Identity, Person};
use store::{Tx, domain, merged_identity, person};

/// The rule and its version, the actor of the event.
const RULE: &str = "number-rule/1";

/// A person whom an identity is the same as, and on what that rests.
struct Match {
    owner: Person,
    evidence: Value,
}

/// Links an identity that came or changed to whom a number says it is the same as, if that is
/// certain.
pub(crate) fn link_by_number(
    tx: &mut Tx,
    identity_id: i64,
    now: Timestamp,
) -> Result<(), IdentityError> {
    let Some(Match { owner, evidence }) = certain(tx, identity_id)? else { return Ok(()) };
    let members = person::identities_of_person(tx, owner.id)?;
    let concerned: Vec<i64> = members.iter().map(|member| member.id).chain([identity_id]).collect();
    let is_apart = |one: i64, other: i64| one == identity_id || other == identity_id;
    let said = ties_among(tx, &concerned)?;
    if said.iter().any(|tie| tie.kind == TieKind::Apart && is_apart(tie.one, tie.other)) {
        return Ok(());
    }
    let request = LinkRequest {
        identity_id,
        person: owner.community_id,
        actor: RULE.to_owned(),
        now,
        evidence,
    };
    link_as(tx, &request, Voice::Silent).map(drop)
}

/// The person whom an identity is the same as by the number that a configured rule gives, if name,
/// birth date and sex bear it out.
fn certain(tx: &mut Tx, identity_id: i64) -> Result<Option<Match>, IdentityError> {
    let Some(identity) = person::identity_by_id(tx, identity_id)? else { return Ok(None) };
    let mut found: BTreeMap<i64, (Identity, String)> = BTreeMap::new();
    for one in domain::rules_of_domain(tx, identity.domain_id)? {
        let (other_domain, numbers) = match one.from_domain_id == identity.domain_id {
            true => (one.to_domain_id, one.rule.apply(&identity.local_id).into_iter().collect()),
            false => (one.from_domain_id, one.rule.origins(&identity.local_id)),
        };
        let known: Vec<Identity> = match numbers.is_empty() {
            true => Vec::new(),
            false => person::identities_by_local_ids(tx, other_domain, &numbers)?,
        };
        let rule = format!("{} {} {}", one.from_oid, one.rule, one.to_oid);
        found.extend(known.into_iter().map(|other| (other.id, (other, rule.clone()))));
    }
    found.retain(|_, (other, _)| other.person_id != identity.person_id);
    // Two that fit are a question for people, whatever the demographics say.
    let mut persons: Vec<i64> = found.values().map(|(other, _)| other.person_id).collect();
    persons.dedup();
    let [_] = persons.as_slice() else { return Ok(None) };
    let Some((other, rule)) = found.into_values().next() else { return Ok(None) };
    if !may_be_joined(tx, &identity, &other)? {
        return Ok(None);
    }
    let Some(owner) = person::by_id(tx, other.person_id)? else { return Ok(None) };
    let evidence = json!({
        "rule": RULE, "numbers": rule, "other_domain": other.domain_oid, "other_id": other.local_id,
        "demographics": "given name, family name, birth date and sex agree",
    });
    Ok(Some(Match { owner, evidence }))
}

/// Whether nothing speaks against it: demographics agree with every record of the person, no ID
/// was merged away or parted from somebody before, and the person has no other ID of this domain.
fn may_be_joined(
    tx: &mut Tx,
    identity: &Identity,
    other: &Identity,
) -> Result<bool, IdentityError> {
    if !merged_identity::of_identities(tx, &[identity.id, other.id])?.is_empty() {
        return Ok(false);
    }
    for one in [identity, other] {
        let events = person::events_of_identity(tx, one.id)?;
        if events.iter().any(|event| event.kind == EventKind::Unlinked) {
            return Ok(false);
        }
    }
    let members = person::identities_of_person(tx, other.person_id)?;
    let mut members = members.iter().filter(|member| !member.is_affinity);
    Ok(agree(identity, other)
        && members.all(|member| {
            member.domain_id != identity.domain_id
                && (member.sent.is_empty() || !contradict(identity, member))
        }))
}

fn agree(one: &Identity, other: &Identity) -> bool {
    let (one, other) = (record(one), record(other));
    let comparison = compare(&one, &other);
    let needed = [
        ConditionName::GivenName,
        ConditionName::FamilyName,
        ConditionName::BirthDate,
        ConditionName::Sex,
    ];
    holds(&comparison, &needed) && vetoes(&one, &other, &comparison).is_empty()
}

fn contradict(one: &Identity, other: &Identity) -> bool {
    let (one, other) = (record(one), record(other));
    let comparison = compare(&one, &other);
    !holds(&comparison, &[ConditionName::Sex, ConditionName::BirthDate])
}

fn holds(comparison: &Comparison, needed: &[ConditionName]) -> bool {
    let gate = gate(comparison);
    gate.conditions.iter().filter(|one| needed.contains(&one.name)).all(|one| one.holds)
}

fn record(identity: &Identity) -> Record {
    let key = RecordKey { domain: identity.domain_id, identity: identity.id };
    let demographics = identity.demographics.clone();
    Record::new(key, &Evidence { demographics, ..Evidence::default() })
}
