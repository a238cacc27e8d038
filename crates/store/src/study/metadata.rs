//! Metadata of series as DICOM JSON (PS3.18 F), made when instances come, so that no object is
//! opened to answer for it.
//!
//! A header waits by itself until its series is quiet, then becomes part of a part. Parts are
//! gzip members of objects with commas between them: an answer is `[`, the members with a comma
//! between each two, `]`, whatever waits last.

use crate::dialect::int_list;
use crate::{StoreError, Tx};

crate::statements! {
    INSERT_HEADER = "series_metadata/insert_header",
    HEADERS = "series_metadata/headers",
    COUNT_HEADERS = "series_metadata/count_headers",
    DELETE_HEADERS = "series_metadata/delete_headers",
    PARTS = "series_metadata/parts",
    LAST_PART = "series_metadata/last_part",
    INSERT_PART = "series_metadata/insert_part",
    UPDATE_PART = "series_metadata/update_part",
}

/// A part of a series' metadata.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its number in its series.
    pub part: i64,
    /// How many instances it tells of.
    pub instance_count: i64,
    /// Objects with commas between them, as one gzip member.
    pub json: Vec<u8>,
}

/// A series with headers that wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// The series.
    pub series_id: i64,
    /// How many.
    pub headers: i64,
}

/// Keeps the header of a new instance: a JSON object, compressed by gzip.
pub fn insert_header(
    tx: &mut Tx,
    series_id: i64,
    instance_id: i64,
    json: &[u8],
) -> Result<(), StoreError> {
    tx.execute(&INSERT_HEADER, params![series_id, instance_id, json]).map(drop)
}

/// A page of the headers of a series that no part holds yet, by instance.
pub fn headers(
    tx: &mut Tx,
    series_id: i64,
    after_instance_id: i64,
    page_rows: u32,
) -> Result<Vec<(i64, Vec<u8>)>, StoreError> {
    let values = params![series_id, after_instance_id, page_rows];
    tx.query(&HEADERS, values, |row| Ok((row.int(0)?, row.bytes(1)?)))
}

/// The series of a study whose headers wait.
pub fn waiting_headers(tx: &mut Tx, study_id: i64) -> Result<Vec<Waiting>, StoreError> {
    tx.query(&COUNT_HEADERS, params![study_id], |row| {
        Ok(Waiting { series_id: row.int(0)?, headers: row.int(1)? })
    })
}

/// Removes headers that a part holds now; how many were there.
pub fn delete_headers(tx: &mut Tx, series_id: i64, instances: &[i64]) -> Result<u64, StoreError> {
    tx.execute(&DELETE_HEADERS, params![series_id, &int_list(instances)])
}

/// The parts of a series' metadata.
pub fn parts(tx: &mut Tx, series_id: i64) -> Result<Vec<Part>, StoreError> {
    tx.query(&PARTS, params![series_id], |row| {
        Ok(Part { part: row.int(0)?, instance_count: row.int(1)?, json: row.bytes(2)? })
    })
}

/// Adds a part behind the others.
pub fn insert_part(
    tx: &mut Tx,
    series_id: i64,
    instance_count: i64,
    json: &[u8],
) -> Result<(), StoreError> {
    let last = tx.query_opt(&LAST_PART, params![series_id], |row| row.int(0))?;
    let part = last.map_or(0, |last| last + 1);
    tx.execute(&INSERT_PART, params![series_id, part, instance_count, json]).map(drop)
}

/// Writes a part anew, after instances were hidden.
pub fn rewrite_part(tx: &mut Tx, series_id: i64, part: &Part) -> Result<(), StoreError> {
    let values = params![series_id, part.part, part.instance_count, &part.json];
    tx.execute(&UPDATE_PART, values).map(drop)
}
