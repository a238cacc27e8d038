//! Writing what was received: studies and series that grow, instances that are there once.

use crate::study::series::{SeriesRow, lock_series};
use crate::study::study_row::{StudyRow, lock_study, stored_start};
use crate::study::{InstanceDescription, NO_INSTANCE_NUMBER, SeriesDescription, StudyDescription};
use crate::{StoreError, Tx};
use model::Timestamp;

crate::statements! {
    INSERT_STUDY = "study/insert",
    GROW_STUDY = "study/grow",
    INSERT_SERIES = "series/insert",
    GROW_SERIES = "series/grow",
    INSERT_INSTANCE = "instance/insert",
    SUPERSEDE = "instance/supersede",
}

/// What was added to a study or a series; negative where something was taken away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Added {
    /// Series; of no meaning for a series.
    pub series: i64,
    /// Instances that are shown.
    pub instances: i64,
    /// Those of them that are images.
    pub images: i64,
    /// Instances whose UID was here with other bytes.
    pub variants: i64,
    /// Bytes of the instances that are shown.
    pub bytes: i64,
}

/// An instance that is to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewInstance {
    /// What is said of it, and its bytes' place.
    pub said: InstanceDescription,
    /// Where it is hidden from the beginning: since when and why.
    pub hidden: Option<(Timestamp, String)>,
}

/// An instance whose place another one of the same UID has taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Superseded {
    /// Its series.
    pub series_id: i64,
    /// Bytes of its object.
    pub size: i64,
    /// What it is for people.
    pub kind: String,
    /// Whether people saw it.
    pub was_shown: bool,
}

/// The study of an identity at a source, made where it is not known yet; locked. The flag says
/// that it is new.
pub fn ensure_study(
    tx: &mut Tx,
    (identity_id, source_id): (i64, i64),
    study_instance_uid: &str,
    said: &StudyDescription,
    (rules_version, now): (i64, Timestamp),
) -> Result<(StudyRow, bool), StoreError> {
    if let Some(known) = lock_study(tx, identity_id, source_id, study_instance_uid)? {
        return Ok((known, false));
    }
    let [modalities, body_parts, sop_classes] = lists(said);
    let values = params![
        identity_id,
        source_id,
        study_instance_uid,
        &said.study_date,
        &said.study_time,
        stored_start(said.started_us),
        said.day,
        &said.description,
        &said.accession_number,
        &said.local_study_id,
        &said.referring_physician,
        &said.institution,
        &said.patient_id,
        &said.patient_name,
        &said.patient_birth_date,
        &said.patient_sex,
        &modalities,
        &body_parts,
        &sop_classes,
        &said.character_set,
        &said.text_verdict,
        rules_version,
        now
    ];
    let is_new = tx.insert(&INSERT_STUDY, values)?.is_some();
    let kept = lock_study(tx, identity_id, source_id, study_instance_uid)?;
    kept.map(|row| (row, is_new))
        .ok_or_else(|| StoreError::Damaged("the row of a study was not kept".to_owned()))
}

/// Writes what is said of a study now and what was added to it. What changes anything that a
/// manifest shows makes a new revision.
pub fn grow_study(
    tx: &mut Tx,
    study_id: i64,
    said: &StudyDescription,
    added: Added,
    now: Timestamp,
) -> Result<(), StoreError> {
    let [modalities, body_parts, sop_classes] = lists(said);
    let values = params![
        study_id,
        &said.study_date,
        &said.study_time,
        stored_start(said.started_us),
        said.day,
        &said.description,
        &said.accession_number,
        &said.local_study_id,
        &said.referring_physician,
        &said.institution,
        &said.patient_id,
        &said.patient_name,
        &said.patient_birth_date,
        &said.patient_sex,
        &modalities,
        &body_parts,
        &sop_classes,
        &said.character_set,
        &said.text_verdict,
        added.series,
        added.instances,
        added.images,
        added.variants,
        added.bytes,
        i64::from(added != Added::default()),
        now
    ];
    tx.execute(&GROW_STUDY, values).map(drop)
}

/// The series of a study, made where it is not known yet; locked. The flag says that it is new.
pub fn ensure_series(
    tx: &mut Tx,
    study_id: i64,
    series_instance_uid: &str,
    said: &SeriesDescription,
    now: Timestamp,
) -> Result<(SeriesRow, bool), StoreError> {
    if let Some(known) = lock_series(tx, study_id, series_instance_uid)? {
        return Ok((known, false));
    }
    let values = params![
        study_id,
        series_instance_uid,
        said.series_number,
        &said.modality,
        &said.description,
        &said.body_part,
        &said.laterality,
        &said.protocol,
        &said.series_date,
        &said.series_time,
        &said.institution,
        &said.station,
        &said.manufacturer,
        &said.device_model,
        &said.frame_of_reference_uid,
        &said.character_set,
        &said.text_verdict,
        now
    ];
    let is_new = tx.insert(&INSERT_SERIES, values)?.is_some();
    let kept = lock_series(tx, study_id, series_instance_uid)?;
    kept.map(|row| (row, is_new))
        .ok_or_else(|| StoreError::Damaged("the row of a series was not kept".to_owned()))
}

/// Writes what is said of a series now and what was added to it.
pub fn grow_series(
    tx: &mut Tx,
    series_id: i64,
    said: &SeriesDescription,
    added: Added,
    now: Timestamp,
) -> Result<(), StoreError> {
    let values = params![
        series_id,
        said.series_number,
        &said.modality,
        &said.description,
        &said.body_part,
        &said.laterality,
        &said.protocol,
        &said.series_date,
        &said.series_time,
        &said.institution,
        &said.station,
        &said.manufacturer,
        &said.device_model,
        &said.frame_of_reference_uid,
        &said.character_set,
        &said.text_verdict,
        added.instances,
        added.bytes,
        now
    ];
    tx.execute(&GROW_SERIES, values).map(drop)
}

/// Keeps an instance: its row, and those of the same UID in its study whose place it takes because
/// their bytes are others. `None` where the same bytes are there already.
pub fn insert_instance(
    tx: &mut Tx,
    (study_id, series_id): (i64, i64),
    new: &NewInstance,
    now: Timestamp,
) -> Result<Option<(i64, Vec<Superseded>)>, StoreError> {
    let said = &new.said;
    let (hidden_at, hidden_reason) = match &new.hidden {
        Some((at, reason)) => (Some(*at), reason.as_str()),
        None => (None, ""),
    };
    let values = params![
        study_id,
        series_id,
        &said.sop_instance_uid,
        &said.sop_class_uid,
        &said.transfer_syntax_uid,
        said.instance_number.unwrap_or(NO_INSTANCE_NUMBER),
        &said.kind,
        &said.title,
        said.pixel_rows,
        said.pixel_columns,
        said.frames,
        &said.sha256,
        said.size,
        said.data_set_offset,
        &said.data_set_sha256,
        said.pixel_offset,
        said.pixel_size,
        &said.text_verdict,
        hidden_at,
        hidden_reason,
        now
    ];
    let Some(id) = tx.insert(&INSERT_INSTANCE, values)? else { return Ok(None) };
    let values = params![study_id, &said.sop_instance_uid, id];
    let superseded = tx.query(&SUPERSEDE, values, |row| {
        Ok(Superseded {
            series_id: row.int(0)?,
            size: row.int(1)?,
            kind: row.text(2)?,
            was_shown: row.opt_int(3)?.is_none(),
        })
    })?;
    Ok(Some((id, superseded)))
}

fn lists(said: &StudyDescription) -> [String; 3] {
    [&said.modalities, &said.body_parts, &said.sop_classes]
        .map(|list| crate::dialect::text_list(list))
}
