//! Studies that somebody asked for: fetched at once, at any hour, beside what a pull does.

use crate::dicom::fetch::{Fetched, fetch};
use crate::dicom::patient::{self, Known};
use crate::dicom::person::{Likeness, compare_all};
use crate::dicom::server::{Associations, Fault};
use crate::dicom::source::KIND_DICOM;
use crate::dicom::turn::{Fence, Turn};
use crate::error::GatewayError;
use crate::gateway::Gateway;
use crate::source::Source;
use crate::stop::Stop;
use model::limits::{DICOM_WANTED_ATTEMPTS, LEASE_MS};
use std::sync::Arc;
use store::StoreError;
use store::job::{self, Job};
use store::person::{self, Identity};
use store::study::{self, FETCH_JOB, StudyRow};

/// Jobs taken at one time.
const JOBS_AT_ONCE: u32 = 4;

impl Gateway {
    /// Fetches studies that somebody asked for and that are due; how many there were.
    ///
    /// # Errors
    /// The database fails. A study that cannot be fetched is tried again later.
    pub async fn fetch_wanted(&self, stop: &Stop) -> Result<usize, GatewayError> {
        if self.images().is_none() {
            return Ok(0);
        }
        let now = self.now();
        let until = now.plus_us(LEASE_MS as i64 * 1_000);
        let jobs = self
            .store()
            .write(move |tx| -> Result<Vec<Job>, StoreError> {
                job::claim(tx, FETCH_JOB, now, until, JOBS_AT_ONCE)
            })
            .await?;
        let count = jobs.len();
        futures::future::join_all(jobs.into_iter().map(|job| self.fetch_job(job, stop))).await;
        Ok(count)
    }

    async fn fetch_job(&self, job: Job, stop: &Stop) {
        let fetched = self.try_job(&job, stop).await;
        let (now, ended) = (self.now(), job.clone());
        let is_last = job.attempts >= i64::try_from(DICOM_WANTED_ATTEMPTS).unwrap_or(i64::MAX);
        let written = match fetched {
            Ok(None) => self.store().write(move |tx| job::finish(tx, &ended)).await,
            Ok(Some(_)) | Err(_) if is_last => {
                let study_id = job.key.parse().unwrap_or_default();
                self.store()
                    .write(move |tx| {
                        study::set_wanted(tx, study_id, None)?;
                        study::set_fetching(tx, study_id, None)?;
                        job::finish(tx, &ended)
                    })
                    .await
            }
            Ok(Some(missing)) => {
                let text = format!("{missing} instances did not come");
                self.store().write(move |tx| job::fail(tx, &ended, &text, now)).await
            }
            Err(error) => {
                tracing::warn!(%error, "a study that was asked for was not fetched");
                let text = error.to_string();
                self.store().write(move |tx| job::fail(tx, &ended, &text, now)).await
            }
        };
        if let Err(error) = written {
            tracing::warn!(%error, "what became of a study that was asked for was not kept");
        }
    }

    /// How many instances did not come; `None` where nothing is to be tried again.
    async fn try_job(&self, job: &Job, stop: &Stop) -> Result<Option<usize>, GatewayError> {
        let Some((row, source)) = self.wanted(job).await? else { return Ok(None) };
        let fence = Fence::Job(job.clone());
        let turn = Turn::new(self, Arc::new(source), fence, stop).await?;
        turn.keeping(fetch_row(&turn, &row)).await
    }

    async fn wanted(&self, job: &Job) -> Result<Option<(StudyRow, Source)>, GatewayError> {
        let Ok(study_id) = job.key.parse::<i64>() else { return Ok(None) };
        let read = self
            .store()
            .read(move |tx| -> Result<_, StoreError> { study::study_by_id(tx, study_id) });
        let Some(row) = read.await?.filter(|row| row.hidden.is_none()) else { return Ok(None) };
        let sources = self.sources().await?;
        let of_row = |one: &Source| one.id == row.source_id && one.kind == KIND_DICOM;
        let source = sources.into_iter().find(of_row).filter(|source| !source.paused);
        Ok(source.map(|source| (row, source)))
    }
}

/// Fetches one study, after its server has said again whose it is.
async fn fetch_row(turn: &Turn, row: &StudyRow) -> Result<Option<usize>, GatewayError> {
    let identity_id = row.identity_id;
    let read = turn.gateway.store().read(move |tx| -> Result<Option<Known>, StoreError> {
        let found = person::identity_by_id(tx, identity_id)?;
        let Some(identity) = found.filter(|one: &Identity| one.enrolled) else { return Ok(None) };
        let records = person::identities_of_person(tx, identity.person_id)?;
        Ok(Some(Known { identity, records }))
    });
    let Some(known) = read.await? else { return Ok(None) };
    let patient_id = known.identity.local_id.clone();
    let mut associations = Associations::new(&turn.server);
    let told = match associations.study(&row.study_instance_uid).await {
        Ok(told) => told,
        Err(fault @ (Fault::Broken(_) | Fault::Refused(_))) => return Err(turn.down(fault)),
    };
    let (own, _) = patient::own_answers(turn, &patient_id, told).await?;
    let records = || known.records.iter().map(|record| &record.demographics);
    let is_own =
        own.iter().any(|one| !matches!(compare_all(&one.person, records()), Likeness::Other(_)));
    if !is_own {
        // It moved or is gone: the next comparison says what became of it.
        let (id, now) = (row.id, turn.now());
        turn.write(move |tx| {
            study::set_wanted(tx, id, None)?;
            study::set_disappeared(tx, id, Some(now))
        })
        .await?;
        return Ok(None);
    }
    let fetched = fetch(turn, &mut associations, &patient_id, row).await?;
    associations.release().await;
    Ok(match fetched {
        Fetched::Partly(missing) => Some(missing),
        Fetched::Unchanged | Fetched::Whole => None,
    })
}
