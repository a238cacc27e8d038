//! What happens to a study beside its growth: what its source tells, pulls, rejection, hiding,
//! manifests.

use crate::dialect::text_list;
use crate::study::StudyDescription;
use crate::study::keep::ensure_study;
use crate::study::study_row::{StudyRow, Told, lock_by_id};
use crate::{StoreError, Tx};
use model::Timestamp;

crate::statements! {
    SET_TOLD = "study/set_told",
    SET_SERIES_TOLD = "series/set_told",
    SET_WANTED = "study/set_wanted",
    SET_FETCHING = "study/set_fetching",
    SET_DISAPPEARED = "study/set_disappeared",
    SET_COPY_OF = "study/set_copy_of",
    SET_LEFT_OUT_BY = "study/set_left_out_by",
    SET_RESTRICTED = "study/set_restricted",
    SET_HIDDEN = "study/set_hidden",
    SET_MANIFEST = "study/set_manifest",
    RECOUNT = "study/recount",
    RECOUNT_SERIES = "series/recount",
    HIDE = "instance/hide",
    SHOW_AGAIN = "instance/show_again",
}

/// Keeps what a source's C-FIND says of a study of an identity. What is known from instances is
/// not overwritten.
pub fn know(
    tx: &mut Tx,
    (identity_id, source_id): (i64, i64),
    study_instance_uid: &str,
    said: &StudyDescription,
    told: Told,
    (rules_version, now): (i64, Timestamp),
) -> Result<StudyRow, StoreError> {
    let owner = (identity_id, source_id);
    let (known, _) = ensure_study(tx, owner, study_instance_uid, said, (rules_version, now))?;
    set_told(tx, known.id, told, now)?;
    lock_by_id(tx, known.id)?
        .ok_or_else(|| StoreError::Damaged("the row of a study was not kept".to_owned()))
}

/// Keeps what a source says it has of a study.
pub fn set_told(tx: &mut Tx, study_id: i64, told: Told, now: Timestamp) -> Result<(), StoreError> {
    tx.execute(&SET_TOLD, params![study_id, told.series, told.instances, now]).map(drop)
}

/// Keeps what a source says it has of a series that is known.
pub fn set_series_told(
    tx: &mut Tx,
    study_id: i64,
    series_instance_uid: &str,
    instances: i64,
) -> Result<(), StoreError> {
    tx.execute(&SET_SERIES_TOLD, params![study_id, series_instance_uid, instances]).map(drop)
}

/// Says since when somebody waits for the images of a study; `None` for nobody.
pub fn set_wanted(tx: &mut Tx, study_id: i64, at: Option<Timestamp>) -> Result<(), StoreError> {
    tx.execute(&SET_WANTED, params![study_id, at]).map(drop)
}

/// Says since when a pull is at a study; `None` when it has ended.
pub fn set_fetching(tx: &mut Tx, study_id: i64, at: Option<Timestamp>) -> Result<(), StoreError> {
    tx.execute(&SET_FETCHING, params![study_id, at]).map(drop)
}

/// Flags a study that its source does not show any more; it stays as it is.
pub fn set_disappeared(
    tx: &mut Tx,
    study_id: i64,
    at: Option<Timestamp>,
) -> Result<(), StoreError> {
    tx.execute(&SET_DISAPPEARED, params![study_id, at]).map(drop)
}

/// Ties an imported copy to its original.
pub fn set_copy_of(tx: &mut Tx, study_id: i64, original: Option<i64>) -> Result<(), StoreError> {
    tx.execute(&SET_COPY_OF, params![study_id, original]).map(drop)
}

/// Names the rule by which pulls leave a study out; empty for none.
pub fn set_left_out(tx: &mut Tx, study_id: i64, rule: &str) -> Result<(), StoreError> {
    tx.execute(&SET_LEFT_OUT_BY, params![study_id, rule]).map(drop)
}

/// Says whether a facility shows a study to its own people only.
pub fn set_restricted(tx: &mut Tx, study_id: i64, is_restricted: bool) -> Result<(), StoreError> {
    tx.execute(&SET_RESTRICTED, params![study_id, is_restricted]).map(drop)
}

/// Hides a study, with the code of the reason, or shows it again (`None`).
pub fn set_hidden(
    tx: &mut Tx,
    study_id: i64,
    hidden: Option<&str>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let at = hidden.map(|_| now);
    tx.execute(&SET_HIDDEN, params![study_id, at, hidden.unwrap_or_default(), now]).map(drop)
}

/// Says which document is the manifest of a study, and of which revision it tells.
pub fn set_manifest(
    tx: &mut Tx,
    study_id: i64,
    unique_id: &str,
    revision: i64,
) -> Result<(), StoreError> {
    tx.execute(&SET_MANIFEST, params![study_id, unique_id, revision]).map(drop)
}

/// Counts anew what is shown of a study and its series.
pub fn recount(tx: &mut Tx, study_id: i64, now: Timestamp) -> Result<(), StoreError> {
    tx.execute(&RECOUNT, params![study_id, now])?;
    tx.execute(&RECOUNT_SERIES, params![study_id]).map(drop)
}

/// Hides instances of an identity at a source, with the code of the reason. Gives the rows of the
/// studies and series that they are of; counts are the caller's to bring up to date ([`recount`]).
pub fn hide_instances(
    tx: &mut Tx,
    (identity_id, source_id): (i64, i64),
    sop_instance_uids: &[String],
    reason: &str,
    now: Timestamp,
) -> Result<Vec<(i64, i64)>, StoreError> {
    let uids = text_list(sop_instance_uids);
    let values = params![identity_id, source_id, &uids, now, reason];
    let mut found = tx.query(&HIDE, values, |row| Ok((row.int(0)?, row.int(1)?)))?;
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// Shows hidden instances of a study again; how many. Counts are the caller's to bring up to date.
pub fn show_instances(
    tx: &mut Tx,
    study_id: i64,
    sop_instance_uids: &[String],
) -> Result<usize, StoreError> {
    let uids = text_list(sop_instance_uids);
    Ok(tx.query(&SHOW_AGAIN, params![study_id, &uids], |row| row.int(0))?.len())
}
