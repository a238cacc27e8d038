//! Whom a new or changed identity is the same as. The one place where feeds ask; every feed takes
//! what it says, so that no feed has rules of its own.
//!
//! An identity is settled together with everybody whom it could concern ([`crate::linkage`]), so
//! that the order in which records come does not matter. What comes out is written as events: a
//! link, or a link of a machine that a later record makes doubtful taken back. What the identity's
//! own new demographics contradict is never taken back: it stays, with an alarm, until a human has
//! looked.

pub(crate) mod evidence;
mod index;
mod persons;
pub(crate) mod questions;
mod settling;
pub(crate) mod weights;

pub(crate) use index::StoredIndex;

use crate::error::IdentityError;
use crate::number_evidence::link_by_number;
use model::Timestamp;
use store::Tx;

/// Settles an identity that came or changed: by the number that a configured rule gives, then with
/// everybody whom it could concern. Doing it again changes nothing.
pub(crate) fn rematch(tx: &mut Tx, identity_id: i64, now: Timestamp) -> Result<(), IdentityError> {
    link_by_number(tx, identity_id, now)?;
    settling::rematch(tx, identity_id, now)
}
