//! Telling consumers by HL7 v2: one connection for each turn.

use super::message::notification;
use crate::error::IdentityError;
use crate::notification::{self, Channel, Failure, Queue, Told, Way};
use crate::v2::Settings;
use crate::v2::answer::Sending;
use hl7v2::Message;
use mllp::Client;
use model::hl7::PatientId;
use model::limits::NOTIFICATION_ANSWER_MS;
use model::{Clock, IdSource};
use net::Dialer;
use std::future::Future;
use std::sync::Arc;
use store::Store;

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
    queue: Queue,
    ids: Arc<dyn IdSource>,
    consumers: Vec<Consumer>,
}

impl Notifier {
    /// A notifier of these consumers.
    pub fn new(
        store: Store,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdSource>,
        settings: Arc<Settings>,
        consumers: Vec<Consumer>,
    ) -> Notifier {
        Notifier { queue: Queue { store, clock, settings }, ids, consumers }
    }

    /// Tells all consumers until `shutdown` is ready; what is being sent is sent.
    pub async fn run(&self, shutdown: impl Future<Output = ()>) {
        notification::run(&self.consumers, |consumer| self.turn(consumer), shutdown).await;
    }

    /// Takes what is due for a consumer and tells it; gives how many messages it acknowledged.
    ///
    /// # Errors
    /// The database. A consumer that cannot be told is none: its jobs wait.
    pub async fn turn(&self, consumer: &Consumer) -> Result<usize, IdentityError> {
        let told = Told { way: Way::Iti10, name: &consumer.name, domains: &consumer.domains };
        let mut channel = Connection { notifier: self, consumer, client: None };
        self.queue.turn(told, &mut channel).await
    }
}

/// A connection that is made when there is something to tell, and anew after a failure.
struct Connection<'a> {
    notifier: &'a Notifier,
    consumer: &'a Consumer,
    client: Option<Client>,
}

impl Channel for Connection<'_> {
    async fn tell(&mut self, list: &[PatientId]) -> Result<(), Failure> {
        let told = self.send(list).await;
        if told.is_err() {
            self.client = None;
        }
        told
    }
}

impl Connection<'_> {
    async fn send(&mut self, list: &[PatientId]) -> Result<(), Failure> {
        let consumer = self.consumer;
        let client = match &mut self.client {
            Some(client) => client,
            none => {
                let connected = Client::connect(&consumer.dialer, &consumer.address).await;
                none.insert(connected.map_err(|error| Failure::unreachable(&error))?)
            }
        };
        let Queue { clock, settings, .. } = &self.notifier.queue;
        let ids = self.notifier.ids.as_ref();
        let sending = Sending { settings, ids, now: clock.now() };
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
}
