//! ITI-46, PIXV3 Update Notification: configured consumers are told of every change of
//! association by HL7 v3 (ITI TF-2 3.46). The queue is [`crate::notification`].

use crate::error::IdentityError;
use crate::notification::{self, Channel, Failure, Queue, Told, Way};
use crate::v2::Settings;
use crate::v3::sending::{Device, instance_ids};
use hl7v3::{Interaction, PatientRecord, read_outcome, record};
use model::hl7::PatientId;
use model::{Clock, IdSource};
use soap::{Answer, CallError, Client, Outgoing, Piece};
use std::future::Future;
use std::sync::Arc;
use store::{Store, StoreError};
use xml::Document;

/// Who is told by HL7 v3.
#[derive(Debug, Clone)]
pub struct V3Consumer {
    /// Its name; the key of its queue.
    pub name: String,
    /// `https://…`
    pub url: String,
    /// The way there.
    pub client: Client,
    /// OID of its device.
    pub device: String,
    /// OIDs of the domains whose IDs it is told; none for all.
    pub domains: Vec<String>,
}

/// Tells consumers of changes of association.
pub struct V3Notifier {
    queue: Queue,
    ids: Arc<dyn IdSource>,
    device: String,
    consumers: Vec<V3Consumer>,
}

impl V3Notifier {
    /// A notifier of these consumers; `device` is our OID.
    pub fn new(
        (store, clock, ids): (Store, Arc<dyn Clock>, Arc<dyn IdSource>),
        settings: Arc<Settings>,
        device: String,
        consumers: Vec<V3Consumer>,
    ) -> V3Notifier {
        V3Notifier { queue: Queue { store, clock, settings }, ids, device, consumers }
    }

    /// Makes known who is told from now on.
    ///
    /// # Errors
    /// The database.
    pub async fn prepare(&self) -> Result<(), IdentityError> {
        let names: Vec<String> = self.consumers.iter().map(|one| one.name.clone()).collect();
        let prepared = self.queue.store.write(move |tx| -> Result<(), StoreError> {
            notification::set_consumers(tx, Way::Iti46, names.iter().map(String::as_str))
        });
        Ok(prepared.await?)
    }

    /// Tells all consumers until `shutdown` is ready; what is being sent is sent.
    pub async fn run(&self, shutdown: impl Future<Output = ()>) {
        notification::run(&self.consumers, |consumer| self.turn(consumer), shutdown).await;
    }

    /// Takes what is due for a consumer and tells it; gives how many messages it accepted.
    ///
    /// # Errors
    /// The database. A consumer that cannot be told is none: its jobs wait.
    pub async fn turn(&self, consumer: &V3Consumer) -> Result<usize, IdentityError> {
        let told = Told { way: Way::Iti46, name: &consumer.name, domains: &consumer.domains };
        self.queue.turn(told, &mut Calls { notifier: self, consumer }).await
    }
}

struct Calls<'a> {
    notifier: &'a V3Notifier,
    consumer: &'a V3Consumer,
}

impl Channel for Calls<'_> {
    async fn tell(&mut self, list: &[PatientId]) -> Result<(), Failure> {
        let (notifier, consumer) = (self.notifier, self.consumer);
        let device = Device { oid: &notifier.device, ids: notifier.ids.as_ref() };
        let outgoing = device.question(&consumer.device, notifier.queue.clock.now());
        let told = PatientRecord { ids: instance_ids(list), ..PatientRecord::default() };
        let revised = Interaction::RecordRevised;
        let message = record(&outgoing, revised, &told, &notifier.device);
        let asked = Outgoing {
            url: consumer.url.clone(),
            action: revised.action().to_owned(),
            pieces: vec![Piece::Bytes(message.into())],
            is_multipart: false,
        };
        let answer = consumer.client.call(asked).await.map_err(|error| failed(&error))?;
        let code = outcome(&answer).map_err(|error| failed(&error))?;
        match code.as_str() {
            "AA" | "CA" => Ok(()),
            "" => Err(Failure::refused("the consumer's answer is no acknowledgement".to_owned())),
            code => Err(Failure::refused(format!("the consumer answered {code}"))),
        }
    }
}

fn outcome(answer: &Answer) -> Result<String, CallError> {
    let document = Document::parse_bytes(answer.envelope())?;
    Ok(read_outcome(Answer::body(&document)?).code)
}

/// A consumer that answers with a fault was reached.
fn failed(error: &CallError) -> Failure {
    match error {
        CallError::Fault(fault) => Failure::refused(format!("the consumer answered {fault}")),
        other => Failure::unreachable(other),
    }
}
