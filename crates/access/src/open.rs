//! The way into a person's record: resolve, decide, and give nothing where nothing is open.

use crate::decision::{Decision, Visibility, decide};
use crate::error::AccessError;
use crate::role::{Role, Viewer};
use model::demographics::Demographics;
use model::entry::Category;
use model::limits::MERGE_STEPS;
use model::{CommunityId, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use store::person::{Identity, Person};
use store::{Tx, account, consent, person};

/// What came of asking for a person.
#[derive(Debug, Clone)]
pub enum Opened {
    /// Something may be seen.
    Open(Box<OpenPerson>),
    /// Nothing may be seen, or there is no such person: pages show the same for both. The audit
    /// record knows the difference.
    Closed {
        /// The person, where there is one.
        person_id: Option<i64>,
        /// Detail of the audit record, a JSON object.
        audit_detail: String,
    },
}

/// A person of whom something may be seen.
#[derive(Debug, Clone)]
pub struct OpenPerson {
    /// The person.
    pub person_id: i64,
    /// 統合ID. Another one than was asked for, where that one was merged.
    pub community_id: CommunityId,
    /// What may be seen, and what must be audited.
    pub decision: Decision,
    /// Who the person is: the banner of every page.
    pub demographics: Demographics,
    /// The enrolled identities whose facilities disclose something to this viewer.
    pub identities: Vec<Identity>,
    /// The facilities of those identities, in the order of their keys.
    pub facilities: Vec<i64>,
    /// Keys of the domains of the person's suspended identities whose facilities would disclose
    /// something: that they are not shown is shown.
    pub suspended_domains: Vec<i64>,
}

/// A person that the viewer saw before and may still see.
#[derive(Debug, Clone)]
pub struct RecentPerson {
    /// The person.
    pub person: OpenPerson,
    /// The last time.
    pub seen: Timestamp,
    /// The visit before that: what came since is new.
    pub previous: Option<Timestamp>,
}

/// Opens the record of a community ID for a viewer. Every page of a patient begins here.
pub fn open_person(
    tx: &mut Tx,
    viewer: &Viewer,
    community_id: &CommunityId,
    now: Timestamp,
) -> Result<Opened, AccessError> {
    let Some(found) = resolve(tx, community_id)? else {
        let audit_detail = serde_json::json!({ "decision": "unknown-person" }).to_string();
        return Ok(Opened::Closed { person_id: None, audit_detail });
    };
    let identities = person::identities_of_person(tx, found.id)?;
    let consents = consent::of_person_for_viewer(tx, viewer.facility_id, found.id)?;
    let decision = decide(viewer, found.id, &enrolled(&identities), &consents, now);
    if decision.visibility.is_empty() {
        let audit_detail = decision.audit_detail();
        return Ok(Opened::Closed { person_id: Some(found.id), audit_detail });
    }
    let numbering = Numbering::load(tx)?;
    Ok(Opened::Open(Box::new(opened(found, decision, identities, &numbering))))
}

/// Opens several persons at once, in the order of their keys; those of whom nothing may be seen
/// are left out.
pub fn open_persons(
    tx: &mut Tx,
    viewer: &Viewer,
    person_ids: &[i64],
    now: Timestamp,
) -> Result<Vec<OpenPerson>, AccessError> {
    let mut identities: BTreeMap<i64, Vec<Identity>> = BTreeMap::new();
    for identity in person::identities_of_persons(tx, person_ids)? {
        identities.entry(identity.person_id).or_default().push(identity);
    }
    let mut consents: BTreeMap<i64, Vec<consent::Consent>> = BTreeMap::new();
    for row in consent::of_persons_for_viewer(tx, viewer.facility_id, person_ids)? {
        consents.entry(row.person_id).or_default().push(row);
    }
    let numbering = Numbering::load(tx)?;
    let mut open = Vec::new();
    for found in person::by_ids(tx, person_ids)? {
        let own = identities.remove(&found.id).unwrap_or_default();
        let said = consents.remove(&found.id).unwrap_or_default();
        let decision = decide(viewer, found.id, &enrolled(&own), &said, now);
        if !decision.visibility.is_empty() {
            open.push(opened(found, decision, own, &numbering));
        }
    }
    Ok(open)
}

/// The decision about a person of a known key, with what must be audited.
pub fn decision(
    tx: &mut Tx,
    viewer: &Viewer,
    person_id: i64,
    now: Timestamp,
) -> Result<Decision, AccessError> {
    let identities = person::identities_of_person(tx, person_id)?;
    let consents = consent::of_person_for_viewer(tx, viewer.facility_id, person_id)?;
    Ok(decide(viewer, person_id, &enrolled(&identities), &consents, now))
}

/// What a viewer may see of a person of a known key.
pub fn visibility(
    tx: &mut Tx,
    viewer: &Viewer,
    person_id: i64,
    now: Timestamp,
) -> Result<Visibility, AccessError> {
    Ok(decision(tx, viewer, person_id, now)?.visibility)
}

/// Whether somebody would see a person's data of one facility if they were of the kind `to` who
/// does not see them while they are of the kind `from`, by what the person has said until now.
pub fn widens(
    tx: &mut Tx,
    (person_id, facility_id): (i64, Option<i64>),
    (from, to): (Category, Category),
    now: Timestamp,
) -> Result<bool, AccessError> {
    let identities = enrolled(&person::identities_of_person(tx, person_id)?);
    let consents = consent::of_person(tx, person_id)?;
    let viewers: BTreeSet<i64> = consents.iter().map(|one| one.viewer_facility_id).collect();
    Ok(viewers.into_iter().any(|facility| {
        let viewer = Viewer { account_id: 0, facility_id: facility, role: Role::Doctor };
        let seen = decide(&viewer, person_id, &identities, &consents, now).visibility;
        seen.permits_from(facility_id, to, false) && !seen.permits_from(facility_id, from, false)
    }))
}

/// The person that a community ID leads to today: an ID on an old card leads to the person into
/// whom its own was merged.
pub fn resolve(tx: &mut Tx, community_id: &CommunityId) -> Result<Option<Person>, AccessError> {
    let mut found = person::by_community_id(tx, community_id)?;
    for _ in 0..MERGE_STEPS {
        match found.as_ref().and_then(|person| person.merged_into) {
            Some(next) => found = person::by_id(tx, next)?,
            None => return Ok(found),
        }
    }
    Ok(None)
}

/// The persons that the viewer saw last and may still see, the newest first.
pub fn recent_persons(
    tx: &mut Tx,
    viewer: &Viewer,
    limit: i64,
    now: Timestamp,
) -> Result<Vec<RecentPerson>, AccessError> {
    let views = account::recent_views(tx, viewer.account_id, limit)?;
    let ids: Vec<i64> = views.iter().map(|view| view.person_id).collect();
    let mut open: BTreeMap<i64, OpenPerson> =
        open_persons(tx, viewer, &ids, now)?.into_iter().map(|p| (p.person_id, p)).collect();
    let recent = views.into_iter().filter_map(|view| {
        let person = open.remove(&view.person_id)?;
        Some(RecentPerson { person, seen: view.seen, previous: view.previous })
    });
    Ok(recent.collect())
}

/// Whose demographics stand for a person: the newest authoritative ones among the identities,
/// else the newest others; `None` while no source has said anything.
pub fn shown_demographics(identities: &[Identity]) -> Option<&Identity> {
    identities.iter().filter(|identity| !identity.sent.is_empty()).max_by(|a, b| {
        let rank = |i: &Identity| (i.authoritative, i.sent.clone(), i.id);
        rank(a).cmp(&rank(b))
    })
}

/// Which facilities number their patients in which domain.
pub(crate) struct Numbering(BTreeMap<i64, Vec<i64>>);

impl Numbering {
    pub(crate) fn load(tx: &mut Tx) -> Result<Numbering, AccessError> {
        let mut facilities: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
        for (domain_id, facility_id) in person::domain_facilities(tx)? {
            facilities.entry(domain_id).or_default().push(facility_id);
        }
        Ok(Numbering(facilities))
    }

    pub(crate) fn facilities(&self, domain_id: i64) -> &[i64] {
        self.0.get(&domain_id).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn domains_of(&self, facility_id: i64) -> Vec<i64> {
        let own = self.0.iter().filter(|(_, facilities)| facilities.contains(&facility_id));
        own.map(|(domain_id, _)| *domain_id).collect()
    }

    fn opens(&self, visibility: &Visibility, domain_id: i64) -> bool {
        match self.facilities(domain_id) {
            [] => visibility.opens(None),
            facilities => facilities.iter().any(|facility| visibility.opens(Some(*facility))),
        }
    }
}

/// The identities that take part. That of the community ID is never enrolled by itself: it takes
/// part while another one does.
fn enrolled(identities: &[Identity]) -> Vec<i64> {
    let takes_part = identities.iter().any(|identity| identity.enrolled);
    identities
        .iter()
        .filter(|identity| identity.enrolled || (takes_part && identity.is_affinity))
        .map(|identity| identity.id)
        .collect()
}

fn opened(
    found: Person,
    decision: Decision,
    identities: Vec<Identity>,
    numbering: &Numbering,
) -> OpenPerson {
    let visibility = &decision.visibility;
    let rests = |identity: &&Identity| {
        identity.suspended_at.is_some() && numbering.opens(visibility, identity.domain_id)
    };
    let suspended_domains =
        identities.iter().filter(rests).map(|identity| identity.domain_id).collect();
    let identities: Vec<Identity> = identities
        .into_iter()
        .filter(|identity| identity.enrolled && numbering.opens(visibility, identity.domain_id))
        .collect();
    let mut facilities: Vec<i64> = identities
        .iter()
        .flat_map(|identity| numbering.facilities(identity.domain_id))
        .copied()
        .filter(|facility| visibility.opens(Some(*facility)))
        .collect();
    facilities.sort_unstable();
    facilities.dedup();
    let demographics =
        shown_demographics(&identities).map(|shown| shown.demographics.clone()).unwrap_or_default();
    OpenPerson {
        person_id: found.id,
        community_id: found.community_id,
        demographics,
        identities,
        facilities,
        suspended_domains,
        decision,
    }
}
