//! Whom a new or changed identity is the same as. The one place where feeds ask; every feed
//! takes what it says, so that no feed has rules of its own.

use crate::error::IdentityError;
use crate::link::{LinkRequest, link};
use crate::number_evidence;
use model::{CommunityId, Timestamp};
use serde_json::Value;
use store::Tx;

/// A person whom an identity is the same as, and on what that rests.
#[derive(Debug, Clone)]
pub(crate) struct Match {
    /// The person.
    pub person: CommunityId,
    /// The rule with its version, the actor of the event.
    pub rule: String,
    /// What was compared.
    pub evidence: Value,
}

/// Links an identity that came or changed to whom it is the same as, if that is certain.
pub(crate) fn rematch(tx: &mut Tx, identity_id: i64, now: Timestamp) -> Result<(), IdentityError> {
    let Some(found) = certain(tx, identity_id)? else { return Ok(()) };
    let Match { person, rule, evidence } = found;
    link(tx, &LinkRequest { identity_id, person, actor: rule, now, evidence }).map(drop)
}

/// Nobody is certain by demographics alone, and nobody by a number alone: a number that a
/// configured rule gives is checked against them.
fn certain(tx: &mut Tx, identity_id: i64) -> Result<Option<Match>, IdentityError> {
    number_evidence::certain(tx, identity_id)
}
