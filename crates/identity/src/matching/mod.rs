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
pub(crate) use settling::rematch;
