//! Whether a feed enrols: what becomes of a patient of whom a source tells first. Whoever has been
//! enrolled once stays as people have left it: no feed opens again what was ended or suspended.

use crate::domain::audit_setting;
use crate::enrol::{EnrolRequest, enrol, introduce};
use crate::error::IdentityError;
use crate::suspension::{SuspensionRequest, suspend};
use model::{IdSource, Timestamp};
use ports::Introduced;
use serde_json::json;
use std::collections::BTreeSet;
use std::str::FromStr;
use store::person::Identity;
use store::{StoreError, Tx, domain, person, source};

/// What becomes of a patient of whom a feed tells first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FeedEnrolment {
    /// Known by its ID and demographics, and not enrolled.
    Keeps,
    /// Enrolled and suspended: nothing is taken or shown until a person resumes it.
    Suspends,
    /// Enrolled. Who may see is consent's to say.
    Enrols,
}

impl FeedEnrolment {
    /// The stable name in the database and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            FeedEnrolment::Keeps => "keeps",
            FeedEnrolment::Suspends => "suspends",
            FeedEnrolment::Enrols => "enrols",
        }
    }
}

impl FromStr for FeedEnrolment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let all = [FeedEnrolment::Keeps, FeedEnrolment::Suspends, FeedEnrolment::Enrols];
        let found = all.into_iter().find(|one| one.name() == text);
        found.ok_or_else(|| format!("`{text}`: a feed keeps, enrols or suspends"))
    }
}

/// A patient of whom a feed tells.
#[derive(Debug, Clone)]
pub(crate) struct Newcomer<'a> {
    /// OID of the patient-ID domain.
    pub domain_oid: &'a str,
    /// ID in the domain, as [`crate::read_number`] read it.
    pub local_id: &'a str,
    /// What holds where no source of the domain says anything: the feeding system's own setting.
    pub otherwise: FeedEnrolment,
    /// Who tells.
    pub actor: &'a str,
    /// When.
    pub now: Timestamp,
}

/// Says for a source what becomes of newcomers, with its audit record; `None` leaves it to the
/// feeding systems' own settings.
///
/// # Errors
/// No such source.
pub fn set_feed_enrolment(
    tx: &mut Tx,
    source_name: &str,
    said: Option<FeedEnrolment>,
    (actor, now): (&str, Timestamp),
) -> Result<(), IdentityError> {
    let found = source::source_by_name(tx, source_name)?;
    let found = found.ok_or_else(|| IdentityError::NoSuchSource(source_name.to_owned()))?;
    let word = said.map_or("", FeedEnrolment::name);
    source::update_feed_enrolment(tx, found.id, word)?;
    audit_setting(tx, actor, now, &json!({ "source": source_name, "feed_enrolment": word }))
}

/// The identity of a newcomer, made where it is new, and enrolled as its sources say.
pub(crate) fn known_or_new(
    tx: &mut Tx,
    ids: &dyn IdSource,
    newcomer: &Newcomer<'_>,
) -> Result<Identity, IdentityError> {
    let known = person::identity_by_local_id(tx, newcomer.domain_oid, newcomer.local_id)?;
    let policy = match &known {
        Some(known) if known.enrolled_at.is_some() => return Ok(known.clone()),
        _ => policy(tx, newcomer)?,
    };
    if policy == FeedEnrolment::Keeps
        && let Some(known) = known
    {
        return Ok(known);
    }
    let enrolment = EnrolRequest {
        domain_oid: newcomer.domain_oid.to_owned(),
        local_id: newcomer.local_id.to_owned(),
        same_as: None,
        viewers: Vec::new(),
        actor: newcomer.actor.to_owned(),
        now: newcomer.now,
        basis: format!("patient identity feed of {}", newcomer.actor),
    };
    let identity_id = match policy {
        FeedEnrolment::Keeps => introduce(tx, ids, None, &enrolment)?.0,
        FeedEnrolment::Enrols | FeedEnrolment::Suspends => enrol(tx, ids, &enrolment)?.identity_id,
    };
    if policy == FeedEnrolment::Suspends {
        let request = SuspensionRequest {
            domain_oid: enrolment.domain_oid,
            local_id: enrolment.local_id,
            actor: enrolment.actor,
            now: enrolment.now,
            basis: enrolment.basis,
        };
        suspend(tx, &request)?;
    }
    let made = person::identity_by_id(tx, identity_id)?;
    made.ok_or(IdentityError::NoSuchIdentity(identity_id))
}

/// A storage that tells of patients by the names of their folders.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Told<'a> {
    /// OID of its patient-ID domain.
    pub domain_oid: &'a str,
    /// Who tells.
    pub actor: &'a str,
    /// When.
    pub now: Timestamp,
}

/// Enrols those patients of a storage who never were, where its domain's sources say so. A folder
/// is looked for by the name it has, so a name that would have to be padded is none of the domain.
pub(crate) fn introduce_all(
    tx: &mut Tx,
    ids: &dyn IdSource,
    told: &Told<'_>,
    local_ids: &[String],
) -> Result<Introduced, IdentityError> {
    let Told { domain_oid, actor, now } = *told;
    let mut done = Introduced::default();
    let otherwise = FeedEnrolment::Keeps;
    let Some(domain) = domain::by_oid(tx, domain_oid)? else { return Ok(done) };
    if said(tx, domain_oid)?.unwrap_or(otherwise) == FeedEnrolment::Keeps {
        return Ok(done);
    }
    let known = person::identities_by_local_ids(tx, domain.id, local_ids)?;
    let known = known.into_iter().filter(|identity| identity.enrolled_at.is_some());
    let known: BTreeSet<String> = known.map(|identity| identity.local_id).collect();
    for local_id in local_ids.iter().filter(|local_id| !known.contains(*local_id)) {
        if !domain.format.fits(local_id) {
            done.misfits += 1;
            continue;
        }
        known_or_new(tx, ids, &Newcomer { domain_oid, local_id, otherwise, actor, now })?;
        done.enrolled += 1;
    }
    Ok(done)
}

fn policy(tx: &mut Tx, newcomer: &Newcomer<'_>) -> Result<FeedEnrolment, StoreError> {
    Ok(said(tx, newcomer.domain_oid)?.unwrap_or(newcomer.otherwise))
}

/// What the domain's sources say; of several the most careful.
fn said(tx: &mut Tx, domain_oid: &str) -> Result<Option<FeedEnrolment>, StoreError> {
    let said = source::feeds_of_domain(tx, domain_oid)?;
    let read: Result<Vec<FeedEnrolment>, String> = said.iter().map(|word| word.parse()).collect();
    Ok(read.map_err(StoreError::Damaged)?.into_iter().min())
}
