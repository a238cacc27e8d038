//! Thumbnails, made once when images come.

use crate::{Row, StoreError, Tx};

crate::statements! {
    PUT = "thumbnail/put",
    OF_INSTANCE = "thumbnail/of_instance",
    OF_SERIES = "thumbnail/of_series",
    WANTING = "thumbnail/wanting",
    SET_OF_SERIES = "series/set_thumbnail",
}

/// A thumbnail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thumbnail {
    /// The instance that it shows.
    pub instance_id: i64,
    /// A JPEG; `None` where none could be made.
    pub jpeg: Option<Vec<u8>>,
    /// Why none could be made; empty where there is one.
    pub failure: String,
}

/// A series whose thumbnail is still to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WantingSeries {
    /// The series.
    pub series_id: i64,
    /// The instance that stands for it, where one was chosen.
    pub instance_id: Option<i64>,
    /// How many instances it has.
    pub instance_count: i64,
}

/// Keeps a thumbnail, in the place of an earlier one.
pub fn put_thumbnail(
    tx: &mut Tx,
    series_id: i64,
    thumbnail: &Thumbnail,
    rules_version: i64,
) -> Result<(), StoreError> {
    let Thumbnail { instance_id, jpeg, failure } = thumbnail;
    tx.execute(&PUT, params![*instance_id, series_id, jpeg, failure, rules_version]).map(drop)
}

/// The thumbnail of an instance.
pub fn thumbnail_of_instance(
    tx: &mut Tx,
    instance_id: i64,
) -> Result<Option<Thumbnail>, StoreError> {
    tx.query_opt(&OF_INSTANCE, params![instance_id], read)
}

/// The thumbnail that stands for a series.
pub fn thumbnail_of_series(tx: &mut Tx, series_id: i64) -> Result<Option<Thumbnail>, StoreError> {
    tx.query_opt(&OF_SERIES, params![series_id], read)
}

/// The series of a study that have no thumbnail yet.
pub fn wanting_thumbnails(tx: &mut Tx, study_id: i64) -> Result<Vec<WantingSeries>, StoreError> {
    tx.query(&WANTING, params![study_id], |row| {
        Ok(WantingSeries {
            series_id: row.int(0)?,
            instance_id: row.opt_int(1)?,
            instance_count: row.int(2)?,
        })
    })
}

/// Says which instance stands for a series.
pub fn set_series_thumbnail(
    tx: &mut Tx,
    series_id: i64,
    instance_id: i64,
) -> Result<(), StoreError> {
    tx.execute(&SET_OF_SERIES, params![series_id, instance_id]).map(drop)
}

fn read(row: &Row<'_>) -> Result<Thumbnail, StoreError> {
    Ok(Thumbnail { instance_id: row.int(0)?, jpeg: row.opt_bytes(1)?, failure: row.text(2)? })
}
