//! What a study needs once it is quiet: the metadata of its series in parts, an instance that
//! stands for each series, its manifest. A job, so that any node may do it, and that it is done
//! though a node dies.

use crate::archive::Archive;
use crate::error::ImagingError;
use crate::fold;
use crate::manifest::{self, ManifestCodes};
use crate::tie;
use model::Timestamp;
use model::limits::{IMAGING_QUIET_MS, IMAGING_SETTLE_INTERVAL_MS, IMAGING_SETTLE_JOBS, LEASE_MS};
use ports::DocumentSink;
use std::sync::Arc;
use std::time::Duration;
use store::job::{self, Job};
use store::study::{self, StudyRow};
use store::{StoreError, Tx};

/// The kind of the job, whose key is the row of the study.
pub const JOB: &str = "imaging-study";
/// The kind of the job that makes thumbnails of a study; its key is the row of the study.
pub const THUMBNAIL_JOB: &str = "imaging-thumbnails";

const QUIET: &str = "quiet";
const DONE: &str = "done";

/// Settles studies.
#[derive(Clone)]
pub struct Settler {
    archive: Archive,
    sink: Arc<dyn DocumentSink>,
    codes: Arc<ManifestCodes>,
}

impl Settler {
    /// A settler that registers manifests in `sink`.
    pub fn new(archive: Archive, sink: Arc<dyn DocumentSink>, codes: ManifestCodes) -> Settler {
        Settler { archive, sink, codes: Arc::new(codes) }
    }

    /// Settles until `stop` is ready.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let mut stop = std::pin::pin!(stop);
        let interval = Duration::from_millis(IMAGING_SETTLE_INTERVAL_MS);
        loop {
            let done = self.settle_due().await;
            if let Err(error) = &done {
                tracing::error!(%error, "studies cannot be settled now");
            }
            let wait = match done {
                Ok(1..) => Duration::ZERO,
                _ => interval,
            };
            tokio::select! {
                () = &mut stop => return,
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    /// Settles the studies that are due, at most [`IMAGING_SETTLE_JOBS`] of them; how many.
    ///
    /// # Errors
    /// The queue cannot be read or written. What fails with one study is that job's failure: it
    /// is tried again later.
    pub async fn settle_due(&self) -> Result<usize, ImagingError> {
        let now = self.archive.clock().now();
        let until = now.plus_us(1_000 * i64::try_from(LEASE_MS).unwrap_or(i64::MAX));
        let most = u32::try_from(IMAGING_SETTLE_JOBS).unwrap_or(u32::MAX);
        let store = self.archive.store();
        let jobs = store.write(move |tx| job::claim(tx, JOB, now, until, most)).await?;
        let count = jobs.len();
        for job in jobs {
            if let Err(error) = self.settle(&job).await {
                tracing::warn!(study = job.key, %error, "a study could not be settled");
                let (failed, words) = (job.clone(), error.to_string());
                let told = store.write(move |tx| job::fail(tx, &failed, &words, now)).await;
                match told {
                    Ok(()) | Err(StoreError::Fenced { .. }) => {}
                    Err(error) => return Err(error.into()),
                }
            }
        }
        Ok(count)
    }

    async fn settle(&self, job: &Job) -> Result<(), ImagingError> {
        let store = self.archive.store();
        let key: i64 = job.key.parse().map_err(|_| ImagingError::Damaged {
            what: "the key of a job".to_owned(),
            detail: job.key.clone(),
        })?;
        let now = self.archive.clock().now();
        let found = store.read(move |tx| study::study_by_id(tx, key)).await?;
        let (finished, is_done) = (job.clone(), job.payload == DONE);
        let Some(row) = found else {
            return Ok(store.write(move |tx| job::finish(tx, &finished)).await?);
        };
        let quiet_at = row.updated.plus_us(quiet_us());
        if !is_done && quiet_at > now {
            return Ok(store.write(move |tx| job::postpone(tx, &finished, quiet_at)).await?);
        }
        fold::fold(store, key).await?;
        // A gateway knows of a study before the first instance says where it was made.
        let (id, uid) = (row.id, row.study_instance_uid.clone());
        store.write(move |tx| tie::tie(tx, id, &uid)).await?;
        choose_thumbnails(&self.archive, key, now).await?;
        if row.revision != row.manifest_revision {
            self.register(&row).await?;
        }
        Ok(store.write(move |tx| job::finish(tx, &finished)).await?)
    }

    /// Registers the manifest of what is shown of a study now, or takes it away where nothing is.
    async fn register(&self, row: &StudyRow) -> Result<(), ImagingError> {
        let now = self.archive.clock().now();
        let unique_id = if row.hidden.is_some() || row.instance_count == 0 {
            manifest::withdraw(self.sink.as_ref(), row).await?;
            row.manifest_unique_id.clone()
        } else {
            let store = self.archive.store();
            manifest::submit(store, self.sink.as_ref(), &self.codes, row, now).await?
        };
        let (study_id, revision) = (row.id, row.revision);
        let told = self
            .archive
            .store()
            .write(move |tx| study::set_manifest(tx, study_id, &unique_id, revision));
        Ok(told.await?)
    }
}

impl std::fmt::Debug for Settler {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Settler").finish_non_exhaustive()
    }
}

/// A study grew or changed: it is settled once it has been quiet.
pub(crate) fn enqueue(tx: &mut Tx, study_id: i64, now: Timestamp) -> Result<(), StoreError> {
    job::enqueue(tx, JOB, &study_id.to_string(), QUIET, now.plus_us(quiet_us()))
}

/// Whoever brings a study says that it is complete: it is settled at once.
pub(crate) fn enqueue_done(tx: &mut Tx, study_id: i64, now: Timestamp) -> Result<(), StoreError> {
    job::enqueue(tx, JOB, &study_id.to_string(), DONE, now)
}

/// Says which instance stands for each series that has none yet, and asks for their thumbnails.
async fn choose_thumbnails(
    archive: &Archive,
    study_id: i64,
    now: Timestamp,
) -> Result<(), ImagingError> {
    let chosen = archive.store().write(move |tx| -> Result<(), StoreError> {
        let mut is_any = false;
        for wanting in study::wanting_thumbnails(tx, study_id)? {
            let (series, count) = (wanting.series_id, wanting.instance_count);
            if let Some(instance) = study::middle_of_series(tx, series, count)? {
                study::set_series_thumbnail(tx, series, instance)?;
                is_any = true;
            }
        }
        if is_any {
            job::enqueue(tx, THUMBNAIL_JOB, &study_id.to_string(), "", now)?;
        }
        Ok(())
    });
    Ok(chosen.await?)
}

fn quiet_us() -> i64 {
    1_000 * i64::try_from(IMAGING_QUIET_MS).unwrap_or(i64::MAX)
}
