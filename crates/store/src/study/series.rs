//! Series as stored.

use crate::dialect::int_list;
use crate::study::SeriesDescription;
use crate::{Row, StoreError, Tx};
use model::Timestamp;

crate::statements! {
    LOCK = "series/lock",
    BY_ID = "series/by_id",
    OF_STUDIES = "series/of_studies",
}

/// A series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeriesRow {
    /// Row.
    pub id: i64,
    /// Its study.
    pub study_id: i64,
    /// Series Instance UID (0020,000E).
    pub series_instance_uid: String,
    /// What is said of it.
    pub said: SeriesDescription,
    /// Instances that are here and shown.
    pub instance_count: i64,
    /// Their bytes.
    pub total_bytes: i64,
    /// Number of Series Related Instances (0020,1209) as its source told.
    pub told_instances: Option<i64>,
    /// The instance whose thumbnail stands for it.
    pub thumbnail_instance_id: Option<i64>,
    /// When the centre learned of it.
    pub created: Timestamp,
    /// When it last changed here.
    pub updated: Timestamp,
}

/// The series of a study and a UID, locked until the transaction ends.
pub fn lock_series(
    tx: &mut Tx,
    study_id: i64,
    series_instance_uid: &str,
) -> Result<Option<SeriesRow>, StoreError> {
    tx.query_opt(&LOCK, params![study_id, series_instance_uid], read)
}

/// The series of a row.
pub fn series_by_id(tx: &mut Tx, id: i64) -> Result<Option<SeriesRow>, StoreError> {
    tx.query_opt(&BY_ID, params![id], read)
}

/// The series of some studies, by study, then by their numbers.
pub fn series_of_studies(tx: &mut Tx, studies: &[i64]) -> Result<Vec<SeriesRow>, StoreError> {
    tx.query(&OF_STUDIES, params![&int_list(studies)], read)
}

fn read(row: &Row<'_>) -> Result<SeriesRow, StoreError> {
    Ok(SeriesRow {
        id: row.int(0)?,
        study_id: row.int(1)?,
        series_instance_uid: row.text(2)?,
        said: SeriesDescription {
            series_number: row.opt_int(3)?,
            modality: row.text(4)?,
            description: row.text(5)?,
            body_part: row.text(6)?,
            laterality: row.text(7)?,
            protocol: row.text(8)?,
            series_date: row.text(9)?,
            series_time: row.text(10)?,
            institution: row.text(11)?,
            station: row.text(12)?,
            manufacturer: row.text(13)?,
            device_model: row.text(14)?,
            frame_of_reference_uid: row.text(15)?,
            character_set: row.text(16)?,
            text_verdict: row.text(17)?,
        },
        instance_count: row.int(18)?,
        total_bytes: row.int(19)?,
        told_instances: row.opt_int(20)?,
        thumbnail_instance_id: row.opt_int(21)?,
        created: Timestamp(row.int(22)?),
        updated: Timestamp(row.int(23)?),
    })
}
