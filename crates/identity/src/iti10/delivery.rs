//! Telling consumers: leased jobs, one connection for each turn, retries that wait longer.

use super::job_kind;
use super::message::notification;
use crate::associations::of_persons;
use crate::error::IdentityError;
use crate::v2::Settings;
use crate::v2::answer::Sending;
use hl7v2::Message;
use mllp::Client;
use model::hl7::PatientId;
use model::limits::{
    LEASE_MS, NOTIFICATION_ANSWER_MS, NOTIFICATION_ATTEMPTS, NOTIFICATION_CHUNK,
    NOTIFICATION_POLL_MS,
};
use model::{Clock, IdSource, Timestamp};
use net::Dialer;
use serde_json::json;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use store::audit::{self, Action, NewAuditEvent, Outcome};
use store::job::{self, Job};
use store::{Store, StoreError, Tx};

/// Who is told.
#[derive(Debug, Clone)]
pub struct Consumer {
    /// Its name; the key of its queue.
    pub name: String,
    /// `mllp://host:port` or `mllps://host:port`.
    pub address: String,
    /// The way there.
    pub dialer: Dialer,
    /// MSH-5.
    pub application: String,
    /// MSH-6.
    pub facility: String,
    /// OIDs of the domains whose IDs it is told; none for all.
    pub domains: Vec<String>,
}

/// Tells consumers of changes of association.
pub struct Notifier {
    store: Store,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
    settings: Arc<Settings>,
    consumers: Vec<Consumer>,
}

/// A job's message; `None` where the person has no ID that the consumer would be told.
type Told = Option<(i64, Vec<PatientId>)>;

impl Notifier {
    /// A notifier of these consumers.
    pub fn new(
        store: Store,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdSource>,
        settings: Arc<Settings>,
        consumers: Vec<Consumer>,
    ) -> Notifier {
        Notifier { store, clock, ids, settings, consumers }
    }

    /// Tells all consumers until `shutdown` is ready; what is being sent is sent.
    pub async fn run(&self, shutdown: impl Future<Output = ()>) {
        let (end, ended) = tokio::sync::watch::channel(false);
        let telling = self.consumers.iter().map(|consumer| self.tell(consumer, ended.clone()));
        let stopping = async move {
            shutdown.await;
            end.send_replace(true);
        };
        futures::future::join(stopping, futures::future::join_all(telling)).await;
    }

    async fn tell(&self, consumer: &Consumer, mut ended: tokio::sync::watch::Receiver<bool>) {
        while !*ended.borrow() {
            let told = self.turn(consumer).await.unwrap_or_else(|error| {
                tracing::error!(consumer = consumer.name, %error, "notifications wait");
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

    /// Takes what is due for a consumer and tells it; gives how many messages it acknowledged.
    ///
    /// # Errors
    /// The database. A consumer that cannot be told is none: its jobs wait.
    pub async fn turn(&self, consumer: &Consumer) -> Result<usize, IdentityError> {
        let now = self.clock.now();
        let until = now.plus_us(i64::try_from(LEASE_MS).unwrap_or(60_000) * 1_000);
        let kind = job_kind(&consumer.name);
        let limit = u32::try_from(NOTIFICATION_CHUNK).unwrap_or(u32::MAX);
        let claimed = self.store.write(move |tx| job::claim(tx, &kind, now, until, limit));
        let jobs: Vec<Job> = claimed.await?;
        let mut connection: Option<Client> = None;
        let mut told = 0;
        let mut waiting = jobs.into_iter();
        while let Some(job) = waiting.next() {
            match self.tell_one(consumer, &mut connection, &job).await? {
                Ok(()) => told += 1,
                Err(reason) => {
                    connection = None;
                    let is_down = reason.is_unreachable;
                    self.failed(consumer, vec![job], &reason.text).await?;
                    if is_down {
                        // The others would only wait for the same time-out.
                        self.failed(consumer, waiting.by_ref().collect(), &reason.text).await?;
                    }
                }
            }
        }
        Ok(told)
    }

    async fn tell_one(
        &self,
        consumer: &Consumer,
        connection: &mut Option<Client>,
        job: &Job,
    ) -> Result<Result<(), Failure>, IdentityError> {
        if let Some((person_id, list)) = self.told(consumer, job).await? {
            if let Err(failure) = self.send(consumer, connection, &list).await {
                return Ok(Err(failure));
            }
            self.finished(consumer, job, person_id, Outcome::Success).await?;
        } else {
            let done = job.clone();
            self.store.write(move |tx| job::finish(tx, &done)).await?;
        }
        Ok(Ok(()))
    }

    /// The list as it is now.
    async fn told(&self, consumer: &Consumer, job: &Job) -> Result<Told, IdentityError> {
        let Ok(person_id) = job.key.parse::<i64>() else { return Ok(None) };
        let (settings, domains) = (self.settings.clone(), consumer.domains.clone());
        let read = self.store.read(move |tx| -> Result<_, StoreError> {
            let found = of_persons(tx, &[person_id])?.pop();
            Ok(found.map(|found| found.ids(&settings, &domains)).unwrap_or_default())
        });
        let list = read.await?;
        Ok((!list.is_empty()).then_some((person_id, list)))
    }

    async fn send(
        &self,
        consumer: &Consumer,
        connection: &mut Option<Client>,
        list: &[PatientId],
    ) -> Result<(), Failure> {
        let client = match connection {
            Some(client) => client,
            None => {
                let connected = Client::connect(&consumer.dialer, &consumer.address).await;
                let connected = connected.map_err(|error| Failure::unreachable(&error))?;
                connection.insert(connected)
            }
        };
        let now = self.clock.now();
        let sending = Sending { settings: &self.settings, ids: self.ids.as_ref(), now };
        let receiver = (consumer.application.as_str(), consumer.facility.as_str());
        let message = notification(&sending, receiver, list);
        let answer = client.send(&message, NOTIFICATION_ANSWER_MS).await;
        let answer = answer.map_err(|error| Failure::unreachable(&error))?;
        let code = Message::parse(&answer).ok().and_then(|answer| {
            answer.segment("MSA").map(|outcome| outcome.field(1).text().into_owned())
        });
        match code.as_deref() {
            Some("AA" | "CA") => Ok(()),
            Some(code) => Err(Failure::refused(format!("the consumer answered {code}"))),
            None => Err(Failure::refused("the consumer's answer has no MSA".to_owned())),
        }
    }

    async fn failed(
        &self,
        consumer: &Consumer,
        jobs: Vec<Job>,
        reason: &str,
    ) -> Result<(), IdentityError> {
        for job in jobs {
            tracing::warn!(consumer = consumer.name, attempts = job.attempts, reason, "not told");
            if job.attempts as u64 >= NOTIFICATION_ATTEMPTS {
                let person_id = job.key.parse().unwrap_or_default();
                self.finished(consumer, &job, person_id, Outcome::SeriousFailure).await?;
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
        consumer: &Consumer,
        job: &Job,
        person_id: i64,
        outcome: Outcome,
    ) -> Result<(), IdentityError> {
        let (job, name, now) = (job.clone(), consumer.name.clone(), self.clock.now());
        let done = move |tx: &mut Tx| finish(tx, &job, &name, person_id, outcome, now);
        Ok(self.store.write(done).await?)
    }
}

/// Why a consumer was not told.
struct Failure {
    text: String,
    is_unreachable: bool,
}

impl Failure {
    fn unreachable(error: &mllp::MllpError) -> Failure {
        let cause = std::error::Error::source(error).map(|source| format!(": {source}"));
        let text = format!("{error}{}", cause.unwrap_or_default());
        Failure { text, is_unreachable: true }
    }

    fn refused(text: String) -> Failure {
        Failure { text, is_unreachable: false }
    }
}

fn finish(
    tx: &mut Tx,
    job: &Job,
    consumer: &str,
    person_id: i64,
    outcome: Outcome,
    now: Timestamp,
) -> Result<(), StoreError> {
    job::finish(tx, job)?;
    let detail = json!({ "transaction": "ITI-10", "consumer": consumer }).to_string();
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
}
