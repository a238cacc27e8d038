//! How far the images of a source are here: what it says it has, what is held, of whom something
//! is missing.

use crate::intake::COMPLETED_MARK;
use crate::{StoreError, Tx};

crate::statements! {
    CLEAR_FETCHING = "study/clear_fetching",
    ESTIMATE = "study/estimate",
    UNLISTED_PATIENTS = "study/unlisted_patients",
    MISSING_PATIENTS = "study/missing_patients",
}

/// How far the images of a source's enrolled patients are here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SourceEstimate {
    /// Studies that it told of.
    pub studies: i64,
    /// Instances that it says it has of them.
    pub told_instances: i64,
    /// Instances of them that are here.
    pub held_instances: i64,
    /// Studies of which something is missing.
    pub missing_studies: i64,
    /// Instances that are missing.
    pub missing_instances: i64,
    /// Enrolled patients whose studies it was never asked for.
    pub unlisted_patients: i64,
}

/// A patient of whom images are missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingPatient {
    /// Number in the source's domain.
    pub local_id: String,
    /// Whether the studies were listed at least once.
    pub is_listed: bool,
    /// Studies of which something is missing.
    pub studies: i64,
    /// Instances that are missing, as far as the source tells.
    pub instances: i64,
}

/// Says that no pull is at any study of a source.
pub fn clear_fetching(tx: &mut Tx, source_id: i64) -> Result<(), StoreError> {
    tx.execute(&CLEAR_FETCHING, params![source_id]).map(drop)
}

/// How far the images of a source are here, of the enrolled patients of its domain.
pub fn estimate(tx: &mut Tx, source_id: i64, domain_id: i64) -> Result<SourceEstimate, StoreError> {
    let unlisted =
        tx.query_opt(&UNLISTED_PATIENTS, params![source_id, domain_id, COMPLETED_MARK], |row| {
            row.int(0)
        })?;
    let found = tx.query_opt(&ESTIMATE, params![source_id, domain_id], |row| {
        Ok(SourceEstimate {
            studies: row.int(0)?,
            told_instances: row.int(1)?,
            held_instances: row.int(2)?,
            missing_studies: row.int(3)?,
            missing_instances: row.int(4)?,
            unlisted_patients: unlisted.unwrap_or(0),
        })
    })?;
    Ok(found.unwrap_or_default())
}

/// A page of the enrolled patients of a domain of whom images of a source are missing, by number,
/// after `after`.
pub fn missing_patients(
    tx: &mut Tx,
    (source_id, domain_id): (i64, i64),
    after: &str,
    page_rows: u32,
) -> Result<Vec<MissingPatient>, StoreError> {
    let values = params![source_id, domain_id, COMPLETED_MARK, after, page_rows];
    tx.query(&MISSING_PATIENTS, values, |row| {
        Ok(MissingPatient {
            local_id: row.text(0)?,
            is_listed: row.flag(1)?,
            studies: row.int(2)?,
            instances: row.int(3)?,
        })
    })
}
