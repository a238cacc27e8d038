//! Persons: made with a community ID, shown by their newest demographics.

use crate::error::IdentityError;
use model::demographics::Demographics;
use model::limits::COMMUNITY_ID_ATTEMPTS;
use model::{CommunityId, IdSource, Timestamp};
use store::audit::{Action, NewAuditEvent, Outcome};
use store::person::Person;
use store::{Tx, audit, person};

/// What a person is recognised by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Banner {
    /// 統合ID.
    pub community_id: CommunityId,
    /// The newest authoritative demographics among the identities, else the newest others.
    pub demographics: Demographics,
}

/// What a person is recognised by, from all enrolled and former identities: for operators'
/// commands. Pages use `access::open_person`, which looks only at what the viewer may see.
pub fn shown_demographics(tx: &mut Tx, person_id: i64) -> Result<Option<Banner>, IdentityError> {
    let Some(found) = person::by_id(tx, person_id)? else { return Ok(None) };
    let identities = person::identities_of_person(tx, person_id)?;
    let demographics = access::shown_demographics(&identities)
        .map(|identity| identity.demographics.clone())
        .unwrap_or_default();
    Ok(Some(Banner { community_id: found.community_id, demographics }))
}

/// A new person. The serial is drawn at random, so that a community ID tells nothing about when
/// or where somebody was enrolled; a drawn one that is taken is drawn again.
pub(crate) fn create(
    tx: &mut Tx,
    ids: &dyn IdSource,
    now: Timestamp,
) -> Result<Person, IdentityError> {
    for _ in 0..COMMUNITY_ID_ATTEMPTS {
        let mut serial = [0_u8; 8];
        ids.fill(&mut serial);
        let community_id = CommunityId::from_serial(u64::from_be_bytes(serial));
        if let Some(id) = person::insert_person(tx, &community_id, now)? {
            return Ok(Person { id, community_id, merged_into: None, created: now });
        }
    }
    Err(IdentityError::NoFreeCommunityId)
}

/// The person of a community ID, followed to where it was merged into.
pub(crate) fn resolve(tx: &mut Tx, id: &CommunityId) -> Result<Person, IdentityError> {
    access::resolve(tx, id)?.ok_or_else(|| IdentityError::NoSuchPerson(id.to_string()))
}

/// Writes the audit record of a change, in its transaction.
pub(crate) fn audit_change(
    tx: &mut Tx,
    action: Action,
    person_id: i64,
    actor: &str,
    now: Timestamp,
    detail: &serde_json::Value,
) -> Result<(), IdentityError> {
    let event = NewAuditEvent {
        at: now,
        actor,
        account_id: None,
        action,
        outcome: Outcome::Success,
        person_id: Some(person_id),
        detail: &detail.to_string(),
    };
    Ok(audit::insert(tx, &event)?)
}
