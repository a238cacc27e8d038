//! Headers that wait become parts of their series' metadata. A part is written once: a series of
//! thousands of instances is never written anew because it grew.

use crate::error::ImagingError;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use model::limits::IMAGING_PART_INSTANCES;
use std::io::{Read, Write};
use store::{Store, study};

/// Folds the headers of a study that wait.
pub(crate) async fn fold(store: &Store, study_id: i64) -> Result<(), ImagingError> {
    let waiting = store.read(move |tx| study::waiting_headers(tx, study_id)).await?;
    for series in waiting {
        while fold_part(store, series.series_id).await? {}
    }
    Ok(())
}

/// Folds the first headers of a series that wait; whether there were any.
async fn fold_part(store: &Store, series_id: i64) -> Result<bool, ImagingError> {
    let most = u32::try_from(IMAGING_PART_INSTANCES).unwrap_or(u32::MAX);
    let headers = store.read(move |tx| study::headers(tx, series_id, i64::MIN, most)).await?;
    if headers.is_empty() {
        return Ok(false);
    }
    let ids: Vec<i64> = headers.iter().map(|(id, _)| *id).collect();
    let joined = tokio::task::spawn_blocking(move || join(&headers)).await;
    let json = joined.map_err(|error| damaged(&error))??;
    let written = store.write_bulk(move |tx| -> Result<bool, ImagingError> {
        // Another node may have folded them meanwhile; then nothing is left to write.
        let taken = study::delete_headers(tx, series_id, &ids)?;
        if taken != ids.len() as u64 {
            return Err(damaged(&"the headers of a series were folded by another node"));
        }
        study::insert_part(tx, series_id, i64::try_from(ids.len()).unwrap_or(i64::MAX), &json)?;
        Ok(true)
    });
    written.await
}

/// Objects with commas between them, as one gzip member.
fn join(headers: &[(i64, Vec<u8>)]) -> Result<Vec<u8>, ImagingError> {
    let mut part = GzEncoder::new(Vec::new(), Compression::default());
    for (place, (_, json)) in headers.iter().enumerate() {
        if place > 0 {
            part.write_all(b",").map_err(|error| damaged(&error))?;
        }
        let mut object = Vec::new();
        GzDecoder::new(json.as_slice()).read_to_end(&mut object).map_err(|e| damaged(&e))?;
        part.write_all(&object).map_err(|error| damaged(&error))?;
    }
    part.finish().map_err(|error| damaged(&error))
}

fn damaged(detail: &dyn std::fmt::Display) -> ImagingError {
    ImagingError::Damaged {
        what: "the metadata of a series".to_owned(),
        detail: detail.to_string(),
    }
}
