//! Patient IDs that their own source merged into another ID of the same domain.

use crate::dialect::int_list;
use crate::{StoreError, Tx};
use model::Timestamp;

statements! {
    INSERT = "merged_identity/insert",
    OF_IDENTITIES = "merged_identity/of_identities",
    DELETE = "merged_identity/delete",
    DELETE_BY_LINK = "merged_identity/delete_by_link",
}

/// A merge that stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merged {
    /// The identity whose ID names nobody any more.
    pub identity_id: i64,
    /// The identity into which it was merged.
    pub into_identity_id: i64,
    /// That one's ID in their domain.
    pub into_local_id: String,
    /// Time of the message that merged them, as digits of Japan's time.
    pub sent: String,
    /// The event of the merge.
    pub event_id: i64,
    /// The event that moved the identity to the survivor's person, where it was another's.
    pub link_event_id: Option<i64>,
}

/// Writes a merge.
pub fn insert(tx: &mut Tx, merged: &Merged, now: Timestamp) -> Result<(), StoreError> {
    let values = params![
        merged.identity_id,
        merged.into_identity_id,
        &merged.sent,
        merged.event_id,
        merged.link_event_id,
        now
    ];
    tx.execute(&INSERT, values).map(drop)
}

/// Those of some identities that were merged, in the order of their keys.
pub fn of_identities(tx: &mut Tx, identities: &[i64]) -> Result<Vec<Merged>, StoreError> {
    tx.query(&OF_IDENTITIES, params![&int_list(identities)], |row| {
        Ok(Merged {
            identity_id: row.int(0)?,
            into_identity_id: row.int(1)?,
            into_local_id: row.text(2)?,
            sent: row.text(3)?,
            event_id: row.int(4)?,
            link_event_id: row.opt_int(5)?,
        })
    })
}

/// The merge is taken back.
pub fn delete(tx: &mut Tx, identity_id: i64) -> Result<(), StoreError> {
    tx.execute(&DELETE, params![identity_id]).map(drop)
}

/// The merge that a link came of is taken back with it.
pub fn delete_by_link(tx: &mut Tx, link_event_id: i64) -> Result<(), StoreError> {
    tx.execute(&DELETE_BY_LINK, params![link_event_id]).map(drop)
}
