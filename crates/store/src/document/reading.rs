//! By which rules documents were read, and what of their rows a newer reading replaces.

use crate::{StoreError, Tx};
use model::Timestamp;

/// What stands in the row of a document because somebody read its bytes, with what a new reading
/// needs beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// The identity that it hangs off.
    pub identity_id: i64,
    /// Its source.
    pub source_id: Option<i64>,
    /// Its logical item, for intake.
    pub item_id: Option<i64>,
    /// SHA-256 of its bytes.
    pub sha256: Vec<u8>,
    /// Its remarks as a JSON array of codes.
    pub flags: String,
    /// Name of its category.
    pub category: String,
    /// The rules by which it was read; 0 where that was not kept.
    pub rules_version: u32,
    /// When its line says that it was taken; `None` where it has no line.
    pub line_taken: Option<Timestamp>,
}

/// A new reading, beside facts and line.
#[derive(Debug, Clone, Copy)]
pub struct NewReading<'a> {
    /// Name of its category.
    pub category: &'a str,
    /// Its remarks as a JSON array of codes.
    pub flags: &'a str,
    /// Verdict about its text, empty for none.
    pub text_verdict: &'a str,
    /// The rules by which it was read.
    pub rules_version: u32,
}

/// The number of documents whose bytes are here and were read by older rules.
pub fn count_older(tx: &mut Tx, rules_version: u32) -> Result<u64, StoreError> {
    let counted = tx.query_opt(&COUNT_OLDER, params![rules_version], |row| row.int(0))?;
    Ok(counted.unwrap_or(0).unsigned_abs())
}

/// The first `limit` rows after `after` whose bytes are here and were read by older rules.
pub fn older(
    tx: &mut Tx,
    rules_version: u32,
    after: i64,
    limit: u64,
) -> Result<Vec<i64>, StoreError> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    tx.query(&OLDER, params![rules_version, after, limit], |row| row.int(0))
}

/// How a document was read; `None` where it is gone, or its bytes are.
pub fn of_document(tx: &mut Tx, id: i64) -> Result<Option<Reading>, StoreError> {
    tx.query_opt(&OF_DOCUMENT, params![id], |row| {
        Ok(Reading {
            identity_id: row.int(0)?,
            source_id: row.opt_int(1)?,
            item_id: row.opt_int(2)?,
            sha256: row.bytes(3)?,
            flags: row.text(4)?,
            category: row.text(5)?,
            rules_version: u32::try_from(row.int(6)?).unwrap_or(0),
            line_taken: row.opt_int(7)?.map(Timestamp),
        })
    })
}

/// Writes a new reading.
pub fn set(tx: &mut Tx, id: i64, new: &NewReading<'_>) -> Result<(), StoreError> {
    let NewReading { category, flags, text_verdict, rules_version } = *new;
    tx.execute(&SET, params![id, category, flags, text_verdict, rules_version]).map(drop)
}

crate::statements! {
    COUNT_OLDER = "document/count_older_rules",
    OLDER = "document/older_rules",
    OF_DOCUMENT = "document/reading",
    SET = "document/set_reading",
}
