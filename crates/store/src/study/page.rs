//! What the pages of images read beside studies and series.

use crate::dialect::int_list;
use crate::job;
use crate::study::set_wanted;
use crate::{StoreError, Tx};
use model::Timestamp;

/// The kind of a job that brings the images of a study; its key is the study's row, its payload
/// `{"study": row}`.
pub const FETCH_JOB: &str = "study-fetch";

crate::statements! {
    SERIES_HEADS = "study_page/series_heads",
    OTHERS = "study_page/others",
    OF_MANIFESTS = "study_page/of_manifests",
}

/// What is shown of a series' pictures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeriesHead {
    /// The series' row.
    pub series_id: i64,
    /// Instances that are images.
    pub images: i64,
    /// Their frames.
    pub frames: i64,
    /// SOP Instance UID of the image that stands for the series; empty where it has none.
    pub stands_for_it: String,
}

/// An instance without pictures: a report, a presentation state, a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherInstance {
    /// Series Instance UID.
    pub series_instance_uid: String,
    /// SOP Instance UID.
    pub sop_instance_uid: String,
    /// SOP Class UID.
    pub sop_class_uid: String,
    /// What it is for people: `report`, `presentation-state`, …
    pub kind: String,
    /// What it calls itself; empty where it says nothing.
    pub title: String,
    /// Series Description (0008,103E).
    pub series_description: String,
    /// Modality (0008,0060).
    pub modality: String,
}

/// The pictures of each series of a study, by row.
pub fn series_heads(tx: &mut Tx, study_id: i64) -> Result<Vec<SeriesHead>, StoreError> {
    tx.query(&SERIES_HEADS, params![study_id], |row| {
        Ok(SeriesHead {
            series_id: row.int(0)?,
            images: row.int(1)?,
            frames: row.int(2)?,
            stands_for_it: row.opt_text(3)?.unwrap_or_default(),
        })
    })
}

/// The first instances of a study that are no pictures.
pub fn other_instances(
    tx: &mut Tx,
    study_id: i64,
    most: u32,
) -> Result<Vec<OtherInstance>, StoreError> {
    tx.query(&OTHERS, params![study_id, most], |row| {
        Ok(OtherInstance {
            series_instance_uid: row.text(0)?,
            sop_instance_uid: row.text(1)?,
            sop_class_uid: row.text(2)?,
            kind: row.text(3)?,
            title: row.text(4)?,
            series_description: row.text(5)?,
            modality: row.text(6)?,
        })
    })
}

/// Documents that are manifests, each with the study's row.
pub fn studies_of_manifests(
    tx: &mut Tx,
    identities: &[i64],
) -> Result<Vec<(i64, i64)>, StoreError> {
    tx.query(&OF_MANIFESTS, params![&int_list(identities)], |row| Ok((row.int(0)?, row.int(1)?)))
}

/// Asks for the images of a study: whoever pulls from its source takes the job.
pub fn ask_for_images(tx: &mut Tx, study_id: i64, now: Timestamp) -> Result<(), StoreError> {
    set_wanted(tx, study_id, Some(now))?;
    let payload = format!("{{\"study\":{study_id}}}");
    job::enqueue(tx, FETCH_JOB, &study_id.to_string(), &payload, now)
}
