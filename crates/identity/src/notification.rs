//! Telling consumers of changes of association, whatever they are told by (ITI-10, ITI-46):
//! leased jobs, one channel for each turn, retries that wait longer.
//!
//! What is to be told is queued in the transaction of the change, one job for each consumer and
//! person: changes that come faster than they are told become one message, which carries the
//! whole list as it is when it is sent.

use crate::associations::of_persons;
use crate::error::IdentityError;
use crate::v2::Settings;
use model::hl7::PatientId;
use model::limits::{LEASE_MS, NOTIFICATION_ATTEMPTS, NOTIFICATION_CHUNK, NOTIFICATION_POLL_MS};
use model::{Clock, Timestamp};
use serde_json::json;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use store::audit::{self, Action, NewAuditEvent, Outcome};
use store::job::{self, Job};
use store::{Store, StoreError, Tx, notification_consumer};
use tokio::sync::watch::{self, Receiver};

/// Which consumers a part of the program tells. Each part keeps its own names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// ITI-10, HL7 v2 over MLLP.
    Iti10,
    /// ITI-46, HL7 v3 over SOAP.
    Iti46,
}

/// What the names of ITI-46's consumers begin with in the queue.
const ITI_46_NAMES: &str = "v3:";

/// Whom a queue is for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Told<'a> {
    pub way: Way,
    /// The consumer's name, for audit rows and the log.
    pub name: &'a str,
    /// OIDs of the domains whose IDs it is told; none for all.
    pub domains: &'a [String],
}

/// The way to one consumer for the length of one turn.
pub(crate) trait Channel: Send {
    /// Tells it a person's list of IDs, and waits for it to accept.
    fn tell(&mut self, list: &[PatientId]) -> impl Future<Output = Result<(), Failure>> + Send;
}

/// Why a consumer was not told.
#[derive(Debug)]
pub(crate) struct Failure {
    pub text: String,
    /// The others would only wait for the same time-out.
    pub is_unreachable: bool,
}

impl Failure {
    /// It was not reached, or did not answer.
    pub(crate) fn unreachable(error: &dyn std::error::Error) -> Failure {
        let (mut text, mut source) = (error.to_string(), error.source());
        while let Some(inner) = source {
            text = format!("{text}: {inner}");
            source = inner.source();
        }
        Failure { text, is_unreachable: true }
    }

    /// It answered, and did not accept.
    pub(crate) fn refused(text: String) -> Failure {
        Failure { text, is_unreachable: false }
    }
}

/// The jobs of consumers.
#[derive(Clone)]
pub(crate) struct Queue {
    pub store: Store,
    pub clock: Arc<dyn Clock>,
    pub settings: Arc<Settings>,
}

/// A job's list; `None` where the person has no ID that the consumer would be told.
type List = Option<(i64, Vec<PatientId>)>;

/// The associations of these persons changed.
pub(crate) fn note(tx: &mut Tx, persons: &[i64], now: Timestamp) -> Result<(), StoreError> {
    for consumer in notification_consumer::names(tx)? {
        for person_id in persons {
            job::enqueue(tx, &job_kind(&consumer), &person_id.to_string(), "{}", now)?;
        }
    }
    Ok(())
}

/// These and no others are told this way from now on; those told another way stay.
pub(crate) fn set_consumers<'a>(
    tx: &mut Tx,
    way: Way,
    names: impl Iterator<Item = &'a str>,
) -> Result<(), StoreError> {
    let mut all: Vec<String> = names.map(|name| queue_name(way, name)).collect();
    let others = notification_consumer::names(tx)?;
    all.extend(others.into_iter().filter(|name| way_of(name) != way));
    notification_consumer::set(tx, &all)
}

fn way_of(queue_name: &str) -> Way {
    if queue_name.starts_with(ITI_46_NAMES) { Way::Iti46 } else { Way::Iti10 }
}

fn queue_name(way: Way, name: &str) -> String {
    match way {
        Way::Iti10 => name.to_owned(),
        Way::Iti46 => format!("{ITI_46_NAMES}{name}"),
    }
}

/// Kind of the jobs of a consumer, by its name in the queue.
fn job_kind(queue_name: &str) -> String {
    format!("iti-10:{queue_name}")
}

impl Way {
    fn transaction(self) -> &'static str {
        match self {
            Way::Iti10 => "ITI-10",
            Way::Iti46 => "ITI-46",
        }
    }
}

/// Takes turns for each consumer until `shutdown` is ready; what is being sent is sent.
pub(crate) async fn run<'a, C, F>(
    consumers: &'a [C],
    turn: impl Fn(&'a C) -> F,
    shutdown: impl Future<Output = ()>,
) where
    F: Future<Output = Result<usize, IdentityError>>,
{
    let (end, ended) = watch::channel(false);
    let telling = consumers.iter().map(|consumer| tell(|| turn(consumer), ended.clone()));
    let stopping = async move {
        shutdown.await;
        end.send_replace(true);
    };
    futures::future::join(stopping, futures::future::join_all(telling)).await;
}

async fn tell<F>(turn: impl Fn() -> F, mut ended: Receiver<bool>)
where
    F: Future<Output = Result<usize, IdentityError>>,
{
    while !*ended.borrow() {
        let told = turn().await.unwrap_or_else(|error| {
            tracing::error!(%error, "notifications wait");
            0
        });
        if told > 0 {
            continue;
        }
        let pause = Duration::from_millis(NOTIFICATION_POLL_MS);
        // Either way the loop looks whether it has ended.
        let _ = tokio::time::timeout(pause, ended.wait_for(|ended| *ended)).await;
    }
}

impl Queue {
    /// Takes what is due for a consumer and tells it; gives how many messages it acknowledged.
    ///
    /// # Errors
    /// The database. A consumer that cannot be told is none: its jobs wait.
    pub(crate) async fn turn(
        &self,
        told: Told<'_>,
        channel: &mut impl Channel,
    ) -> Result<usize, IdentityError> {
        let now = self.clock.now();
        let until = now.plus_us(i64::try_from(LEASE_MS).unwrap_or(60_000) * 1_000);
        let kind = job_kind(&queue_name(told.way, told.name));
        let limit = u32::try_from(NOTIFICATION_CHUNK).unwrap_or(u32::MAX);
        let claimed = self.store.write(move |tx| job::claim(tx, &kind, now, until, limit));
        let jobs: Vec<Job> = claimed.await?;
        let mut count = 0;
        let mut waiting = jobs.into_iter();
        while let Some(job) = waiting.next() {
            match self.tell_one(told, channel, &job).await? {
                Ok(()) => count += 1,
                Err(failure) => {
                    self.failed(told, vec![job], &failure.text).await?;
                    if failure.is_unreachable {
                        self.failed(told, waiting.by_ref().collect(), &failure.text).await?;
                    }
                }
            }
        }
        Ok(count)
    }

    async fn tell_one(
        &self,
        told: Told<'_>,
        channel: &mut impl Channel,
        job: &Job,
    ) -> Result<Result<(), Failure>, IdentityError> {
        if let Some((person_id, list)) = self.list(told, job).await? {
            if let Err(failure) = channel.tell(&list).await {
                return Ok(Err(failure));
            }
            self.finished(told, job, person_id, Outcome::Success).await?;
        } else {
            let done = job.clone();
            self.store.write(move |tx| job::finish(tx, &done)).await?;
        }
        Ok(Ok(()))
    }

    /// The list as it is now.
    async fn list(&self, told: Told<'_>, job: &Job) -> Result<List, IdentityError> {
        let Ok(person_id) = job.key.parse::<i64>() else { return Ok(None) };
        let (settings, domains) = (self.settings.clone(), told.domains.to_vec());
        let read = self.store.read(move |tx| -> Result<_, StoreError> {
            let found = of_persons(tx, &[person_id])?.pop();
            Ok(found.map(|found| found.ids(&settings, &domains)).unwrap_or_default())
        });
        let list = read.await?;
        Ok((!list.is_empty()).then_some((person_id, list)))
    }

    async fn failed(
        &self,
        told: Told<'_>,
        jobs: Vec<Job>,
        reason: &str,
    ) -> Result<(), IdentityError> {
        for job in jobs {
            tracing::warn!(consumer = told.name, attempts = job.attempts, reason, "not told");
            if job.attempts as u64 >= NOTIFICATION_ATTEMPTS {
                let person_id = job.key.parse().unwrap_or_default();
                self.finished(told, &job, person_id, Outcome::SeriousFailure).await?;
                continue;
            }
            let (now, reason) = (self.clock.now(), reason.to_owned());
            let failed = self.store.write(move |tx| job::fail(tx, &job, &reason, now));
            failed.await?;
        }
        Ok(())
    }

    /// The job leaves the queue, with an audit row that says how it ended.
    async fn finished(
        &self,
        told: Told<'_>,
        job: &Job,
        person_id: i64,
        outcome: Outcome,
    ) -> Result<(), IdentityError> {
        let (job, name, now) = (job.clone(), told.name.to_owned(), self.clock.now());
        let transaction = told.way.transaction();
        let done = move |tx: &mut Tx| -> Result<(), StoreError> {
            job::finish(tx, &job)?;
            let detail = json!({ "transaction": transaction, "consumer": name }).to_string();
            let event = NewAuditEvent {
                at: now,
                actor: "system",
                account_id: None,
                action: Action::PatientFeed,
                outcome,
                person_id: Some(person_id),
                detail: &detail,
            };
            audit::insert(tx, &event)
        };
        Ok(self.store.write(done).await?)
    }
}
