//! C-GET and C-MOVE, answered: instances one by one, counted, until the peer cancels
//! (PS3.4 C.4.2, C.4.3).

use crate::associate::AcceptedContext;
use crate::client::{Client, ContextProposal, Proposal};
use crate::command::Command;
use crate::find::{Stopped, is_cancelled};
use crate::instance::{Body, OutgoingInstance};
use crate::link::Link;
use crate::send::{self, Origin};
use crate::service::{Association, Destination};
use crate::status::Status;
use crate::{DimseError, identifier};
use dicom_dictionary_std::tags;
use dicomfile::DataSet;
use model::limits::DICOM_FAILED_NAMED;

/// Where the instances of one C-GET or C-MOVE go.
pub struct Retrieval<'a> {
    link: &'a mut Link,
    association: &'a Association,
    context: &'a AcceptedContext,
    command: &'a Command,
    destination: Option<Destination>,
    /// Associations with the destination of C-MOVE: several where one has too few contexts.
    clients: Vec<Client>,
    total: u64,
    counts: Counts,
    failed: Vec<String>,
    next_message: u16,
    stopped: Option<Stopped>,
    failure: Option<DimseError>,
}

#[derive(Debug, Default)]
struct Counts {
    completed: u64,
    failed: u64,
    warning: u64,
}

impl std::fmt::Debug for Retrieval<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Retrieval({:?} of {})", self.counts, self.total)
    }
}

impl<'a> Retrieval<'a> {
    pub(crate) fn new(
        link: &'a mut Link,
        association: &'a Association,
        context: &'a AcceptedContext,
        command: &'a Command,
        destination: Option<Destination>,
    ) -> Retrieval<'a> {
        Retrieval {
            link,
            association,
            context,
            command,
            destination,
            clients: Vec::new(),
            total: 0,
            counts: Counts::default(),
            failed: Vec::new(),
            next_message: 0,
            stopped: None,
            failure: None,
        }
    }

    /// How many instances there are, and in what they are encoded; before the first one. A C-MOVE
    /// connects to its destination.
    ///
    /// # Errors
    /// The destination is not there, or accepts none of `contexts`.
    pub async fn begin(&mut self, total: u64, contexts: &[ContextProposal]) -> Result<(), Stopped> {
        self.total = total;
        let Some(destination) = self.destination.as_ref().filter(|_| total > 0) else {
            return Ok(());
        };
        let proposal = Proposal { contexts: contexts.to_vec(), roles: Vec::new() };
        for proposal in proposal.split() {
            match Client::connect(&destination.dialer, &destination.peer, &proposal).await {
                Ok(client) => self.clients.push(client),
                Err(error) => {
                    let to = &destination.peer.address;
                    tracing::warn!(to, %error, "the destination of a C-MOVE is not there");
                    self.stopped = Some(Stopped::DestinationGone);
                    return Err(Stopped::DestinationGone);
                }
            }
        }
        Ok(())
    }

    /// Whether the receiver takes instances of this SOP class in this transfer syntax.
    pub fn accepts(&self, class: &str, transfer_syntax: &str) -> bool {
        match self.destination {
            Some(_) => {
                self.clients.iter().any(|client| client.context(class, transfer_syntax).is_some())
            }
            None => self.own_context(class, transfer_syntax).is_some(),
        }
    }

    /// Sends one instance, and tells the peer how many are left. One that the receiver does not
    /// accept, or that fails, is counted as failed.
    ///
    /// # Errors
    /// Nothing more need be sent.
    pub async fn send(
        &mut self,
        instance: &OutgoingInstance,
        body: Body,
    ) -> Result<Status, Stopped> {
        self.check().await?;
        let sent = match self.destination {
            Some(_) => self.send_there(instance, body).await,
            None => self.send_here(instance, body).await,
        };
        let status = match sent {
            Ok(status) => status,
            Err(error @ (DimseError::NoContext { .. } | DimseError::Source(_))) => {
                tracing::info!(instance = instance.instance, %error, "sub-operation failed");
                Status::PROCESSING_FAILURE
            }
            Err(error) if self.destination.is_some() => {
                tracing::warn!(%error, "the destination of a C-MOVE broke off");
                self.count(instance, Status::PROCESSING_FAILURE);
                self.stopped = Some(Stopped::DestinationGone);
                return Err(Stopped::DestinationGone);
            }
            Err(error) => return Err(self.fail(error)),
        };
        self.count(instance, status);
        self.tell().await?;
        Ok(status)
    }

    /// Counts an instance as failed that cannot be sent at all.
    ///
    /// # Errors
    /// Nothing more need be sent.
    pub async fn skip(&mut self, instance: &OutgoingInstance) -> Result<(), Stopped> {
        self.check().await?;
        self.count(instance, Status::PROCESSING_FAILURE);
        self.tell().await
    }

    /// Looks whether the peer has cancelled.
    ///
    /// # Errors
    /// Nothing more need be sent.
    pub async fn check(&mut self) -> Result<(), Stopped> {
        if self.stopped.is_none() {
            match is_cancelled(self.link, self.command).await {
                Ok(true) => self.stopped = Some(Stopped::Cancelled),
                Ok(false) => {}
                Err(error) => return Err(self.fail(error)),
            }
        }
        self.stopped.map_or(Ok(()), Err)
    }

    async fn send_here(
        &mut self,
        instance: &OutgoingInstance,
        body: Body,
    ) -> Result<Status, DimseError> {
        let context = self.own_context(&instance.class, &instance.transfer_syntax);
        let Some(context) = context else { return Err(no_context(instance)) };
        self.next_message = self.next_message.wrapping_add(1).max(1);
        let origin = Origin { within: Some(self.command), ..Origin::default() };
        let sent =
            send::instance(self.link, context, self.next_message, instance, body, origin).await?;
        if sent.is_cancelled {
            self.stopped = Some(Stopped::Cancelled);
        }
        Ok(sent.status)
    }

    async fn send_there(
        &mut self,
        instance: &OutgoingInstance,
        body: Body,
    ) -> Result<Status, DimseError> {
        let (class, syntax) = (&instance.class, &instance.transfer_syntax);
        let client = self.clients.iter_mut().find(|one| one.context(class, syntax).is_some());
        let Some(client) = client else { return Err(no_context(instance)) };
        let message = self.command.message_id.unwrap_or_default();
        client.store_for(instance, body, Some((&self.association.calling, message))).await
    }

    /// The context in which the peer of a C-GET takes it: it must have the role of an SCP there.
    fn own_context(&self, class: &str, transfer_syntax: &str) -> Option<u8> {
        let is_scp = self.association.roles.iter().any(|role| role.class == class && role.scp);
        let mut contexts = self.association.contexts.iter().filter(|_| is_scp);
        let found = contexts.find(|context| {
            context.abstract_syntax == class && context.transfer_syntax == transfer_syntax
        });
        found.map(|context| context.id)
    }

    fn count(&mut self, instance: &OutgoingInstance, status: Status) {
        match status {
            Status::SUCCESS => self.counts.completed += 1,
            status if status.is_warning() => self.counts.warning += 1,
            _ => {
                self.counts.failed += 1;
                if (self.failed.len() as u64) < DICOM_FAILED_NAMED {
                    self.failed.push(instance.instance.clone());
                }
            }
        }
    }

    fn fail(&mut self, error: DimseError) -> Stopped {
        self.failure = Some(error);
        self.stopped = Some(Stopped::Gone);
        Stopped::Gone
    }

    async fn tell(&mut self) -> Result<(), Stopped> {
        let pending = self.response(Status::PENDING);
        let told = self.link.message(self.context.id, &pending, None).await;
        told.map_err(|error| self.fail(error))
    }

    fn remaining(&self) -> u64 {
        let done = self.counts.completed + self.counts.failed + self.counts.warning;
        self.total.saturating_sub(done)
    }

    /// Beyond what 16 bits hold the counters stand still; nothing is left out.
    fn response(&self, status: Status) -> Command {
        let number = |count: u64| Some(u16::try_from(count).unwrap_or(u16::MAX));
        let goes_on = status.is_pending() || status == Status::CANCELLED;
        Command {
            remaining: number(self.remaining()).filter(|_| goes_on),
            completed: number(self.counts.completed),
            failed: number(self.counts.failed),
            warning: number(self.counts.warning),
            ..self.command.response(status.0)
        }
    }
}

/// Sends the last response, with the list of what failed (PS3.4 C.4.2.1.4.2).
pub(crate) async fn finish(mut retrieval: Retrieval<'_>, status: Status) -> Result<(), DimseError> {
    for client in std::mem::take(&mut retrieval.clients) {
        if let Err(error) = client.release().await {
            tracing::debug!(%error, "the destination of a C-MOVE did not release");
        }
    }
    if let Some(failure) = retrieval.failure.take() {
        return Err(failure);
    }
    if retrieval.stopped == Some(Stopped::DestinationGone) {
        retrieval.counts.failed += retrieval.remaining();
    }
    let counts = &retrieval.counts;
    let status = match (retrieval.stopped, status) {
        (Some(Stopped::Cancelled), _) => Status::CANCELLED,
        (_, status) if status != Status::SUCCESS => status,
        _ if counts.failed > 0 && counts.completed + counts.warning == 0 => {
            Status::CANNOT_PERFORM_SUB_OPERATIONS
        }
        _ if counts.failed + counts.warning > 0 => Status::SUB_OPERATIONS_FAILED,
        _ => Status::SUCCESS,
    };
    let response = retrieval.response(status);
    let list = match retrieval.failed.is_empty() {
        true => None,
        false => {
            let mut set = DataSet::new();
            set.put_str(tags::FAILED_SOP_INSTANCE_UID_LIST, &retrieval.failed.join("\\"));
            Some(identifier::write(&set, &retrieval.context.transfer_syntax)?)
        }
    };
    retrieval.link.message(retrieval.context.id, &response, list.as_deref()).await
}

fn no_context(instance: &OutgoingInstance) -> DimseError {
    DimseError::NoContext {
        abstract_syntax: instance.class.clone(),
        transfer_syntax: instance.transfer_syntax.clone(),
    }
}
