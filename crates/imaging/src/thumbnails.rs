//! Thumbnails of what came: one for each series, made by a child process after the study is settled.

use crate::archive::Archive;
use crate::error::ImagingError;
use crate::settle::THUMBNAIL_JOB;
use model::limits::{IMAGING_SETTLE_INTERVAL_MS, IMAGING_SETTLE_JOBS, LEASE_MS, THUMBNAIL_PIXELS};
use rendering::{Object, RenderError, Renderer};
use std::sync::Arc;
use std::time::Duration;
use store::StoreError;
use store::job::{self, Job};
use store::study::{self, Thumbnail};

/// The version of the rules by which thumbnails are made.
const RULES_VERSION: i64 = 1;

/// Makes thumbnails.
#[derive(Clone)]
pub struct Thumbnails {
    archive: Archive,
    renderer: Arc<Renderer>,
}

impl std::fmt::Debug for Thumbnails {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Thumbnails").finish_non_exhaustive()
    }
}

impl Thumbnails {
    /// Thumbnails of an archive's images.
    pub fn new(archive: Archive, renderer: Arc<Renderer>) -> Thumbnails {
        Thumbnails { archive, renderer }
    }

    /// Makes what is asked for until `stop` is ready.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let mut stop = std::pin::pin!(stop);
        let interval = Duration::from_millis(IMAGING_SETTLE_INTERVAL_MS);
        loop {
            let done = self.make_due().await;
            if let Err(error) = &done {
                tracing::error!(%error, "thumbnails cannot be made now");
            }
            let wait = if matches!(done, Ok(1..)) { Duration::ZERO } else { interval };
            tokio::select! {
                () = &mut stop => return,
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    /// Makes the thumbnails of the studies that are due, at most [`IMAGING_SETTLE_JOBS`] of them;
    /// how many studies.
    ///
    /// # Errors
    /// The queue cannot be read or written. What fails with one study is that job's failure: it
    /// is tried again later.
    pub async fn make_due(&self) -> Result<usize, ImagingError> {
        let now = self.archive.clock().now();
        let until = now.plus_us(1_000 * i64::try_from(LEASE_MS).unwrap_or(i64::MAX));
        let most = u32::try_from(IMAGING_SETTLE_JOBS).unwrap_or(u32::MAX);
        let store = self.archive.store();
        let jobs = store.write(move |tx| job::claim(tx, THUMBNAIL_JOB, now, until, most)).await?;
        let count = jobs.len();
        for job in jobs {
            let made = self.make(&job).await;
            let ended = store.write(move |tx| match &made {
                Ok(()) => job::finish(tx, &job),
                Err(error) => job::fail(tx, &job, &error.to_string(), now),
            });
            match ended.await {
                Ok(()) | Err(StoreError::Fenced { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(count)
    }

    async fn make(&self, job: &Job) -> Result<(), ImagingError> {
        let study_id: i64 = job.key.parse().map_err(|_| ImagingError::Damaged {
            what: "the key of a job".to_owned(),
            detail: job.key.clone(),
        })?;
        let store = self.archive.store();
        let wanting = store.read(move |tx| study::wanting_thumbnails(tx, study_id)).await?;
        for series in wanting {
            let Some(instance_id) = series.instance_id else { continue };
            let found = store.read(move |tx| study::instance_by_id(tx, instance_id)).await?;
            let Some(instance) = found else { continue };
            let path = store.objects().path(&instance.object()?.sha256);
            let side = u32::try_from(THUMBNAIL_PIXELS).unwrap_or(u32::MAX);
            let thumbnail = match self.renderer.thumbnail(Object::Path(path), side).await {
                Ok(made) => Thumbnail {
                    instance_id,
                    failure: made.placeholder.map(|why| why.to_string()).unwrap_or_default(),
                    jpeg: Some(made.bytes),
                },
                // A busy renderer, or one that cannot be started now: later.
                Err(error @ RenderError::Worker(_)) => {
                    return Err(ImagingError::Rendering(error.to_string()));
                }
                Err(error) => Thumbnail { instance_id, jpeg: None, failure: error.to_string() },
            };
            let series_id = series.series_id;
            let kept = store
                .write(move |tx| study::put_thumbnail(tx, series_id, &thumbnail, RULES_VERSION));
            kept.await?;
        }
        Ok(())
    }
}
