//! RAD-68: the manifest of a study, a key object selection document that is registered as a
//! document of the study's identity (IHE RAD TF-2 4.68). Each revision of a study replaces the
//! manifest of the one before.

mod entry;
mod key_objects;

pub use entry::ManifestCodes;

use crate::error::ImagingError;
use bytes::Bytes;
use dicomfile::{TransferSyntax, write_file};
use key_objects::Referenced;
use model::Timestamp;
use model::item::VersionState;
use model::limits::IMAGING_PAGE_ROWS;
use ports::{DocumentSink, SinkError, StateChange};
use store::source::SourceRow;
use store::study::{self, InstanceRow, SeriesRow, StudyRow};
use store::{Store, StoreError, person, source};

/// What a manifest is made of, beside its instances.
pub(crate) struct Subject<'a> {
    pub study: &'a StudyRow,
    pub source: SourceRow,
    /// ID of the patient in the source's domain.
    pub local_id: String,
    pub series: Vec<SeriesRow>,
}

/// Makes and registers the manifest of a study; its uniqueId.
pub(crate) async fn submit(
    store: &Store,
    sink: &dyn DocumentSink,
    codes: &ManifestCodes,
    row: &StudyRow,
    now: Timestamp,
) -> Result<String, ImagingError> {
    let subject = subject(store, row).await?;
    let instances = instances(store, row.id).await?;
    let referenced = Referenced::of(&subject, &instances);
    let document = key_objects::document(&subject, &referenced, now);
    let bytes = write_file(&document, &TransferSyntax::EXPLICIT_LITTLE);
    let bytes = Bytes::from(bytes.map_err(|error| damaged(&error))?);
    let submission = entry::submission(&subject, &referenced, codes, bytes, now);
    let unique_id = key_objects::unique_id(&subject);
    let mut answers = sink.submit(vec![submission]).await;
    match answers.pop() {
        Some(Ok(_)) => Ok(unique_id),
        Some(Err(error)) => Err(refused(&error)),
        None => Err(ImagingError::Manifest("no answer".to_owned())),
    }
}

/// Says that the manifest of a study of which nothing is shown any more holds no longer.
pub(crate) async fn withdraw(sink: &dyn DocumentSink, row: &StudyRow) -> Result<(), ImagingError> {
    if row.manifest_unique_id.is_empty() {
        return Ok(());
    }
    let change =
        StateChange { unique_id: row.manifest_unique_id.clone(), state: VersionState::Deleted };
    match sink.change_states(vec![change]).await.pop() {
        Some(Err(error)) => Err(refused(&error)),
        _ => Ok(()),
    }
}

async fn subject<'a>(store: &Store, row: &'a StudyRow) -> Result<Subject<'a>, ImagingError> {
    let (study_id, identity_id, source_id) = (row.id, row.identity_id, row.source_id);
    let found = store.read(move |tx| -> Result<_, StoreError> {
        let identity = person::identity_by_id(tx, identity_id)?;
        let of_id = source::sources(tx)?.into_iter().find(|source| source.id == source_id);
        let series = study::series_of_studies(tx, &[study_id])?;
        Ok((identity, of_id, series))
    });
    match found.await? {
        (Some(identity), Some(source), series) => {
            Ok(Subject { study: row, source, local_id: identity.local_id, series })
        }
        _ => Err(damaged(&"its identity or its source is gone")),
    }
}

async fn instances(store: &Store, study_id: i64) -> Result<Vec<InstanceRow>, ImagingError> {
    let page_rows = u32::try_from(IMAGING_PAGE_ROWS).unwrap_or(u32::MAX);
    let mut all: Vec<InstanceRow> = Vec::new();
    loop {
        let after = all.last().map_or(i64::MIN, |last| last.id);
        let read =
            move |tx: &mut store::Tx| study::instances_of_study(tx, study_id, after, page_rows);
        let page = store.read(read).await?;
        if page.is_empty() {
            return Ok(all);
        }
        all.extend(page);
    }
}

fn refused(error: &SinkError) -> ImagingError {
    ImagingError::Manifest(error.to_string())
}

fn damaged(detail: &dyn std::fmt::Display) -> ImagingError {
    ImagingError::Damaged { what: "a manifest".to_owned(), detail: detail.to_string() }
}
