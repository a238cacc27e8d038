//! Row locks that use cases take before they read what they will change.
//!
//! On SQLite they are nothing, because there is one writer. On PostgreSQL they make those who
//! would collide wait for each other instead of repeating their work.

use crate::dialect::int_list;
use crate::{StoreError, Tx};

statements! {
    PERSONS = "lock/persons",
}

/// Locks persons, in the order of their ids (so that no two use cases wait for each other in
/// a circle): a submission locks one, a link or merge both. Answers the ids that exist.
pub fn persons(tx: &mut Tx, ids: &[i64]) -> Result<Vec<i64>, StoreError> {
    tx.query(&PERSONS, params![&int_list(ids)], |row| row.int(0))
}
