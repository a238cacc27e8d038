//! C-FIND, answered: matches one by one, until the peer cancels (PS3.4 C.4.1).

use crate::associate::AcceptedContext;
use crate::command::{Command, field};
use crate::inbound::Event;
use crate::link::Link;
use crate::status::Status;
use crate::{DimseError, identifier};
use dicomfile::DataSet;
use thiserror::Error;

/// Why nothing more need be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Stopped {
    /// The peer sent C-CANCEL.
    #[error("the peer cancelled the operation")]
    Cancelled,
    /// The association is over.
    #[error("the association is over")]
    Gone,
    /// The destination of C-MOVE cannot be reached, or not any more.
    #[error("the destination cannot be reached")]
    DestinationGone,
}

/// Where the matches of one C-FIND go.
pub struct FindAnswers<'a> {
    link: &'a mut Link,
    context: &'a AcceptedContext,
    command: &'a Command,
    is_cancelled: bool,
    failure: Option<DimseError>,
    sent: u64,
}

impl std::fmt::Debug for FindAnswers<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "FindAnswers({} sent)", self.sent)
    }
}

impl<'a> FindAnswers<'a> {
    pub(crate) fn new(
        link: &'a mut Link,
        context: &'a AcceptedContext,
        command: &'a Command,
    ) -> FindAnswers<'a> {
        FindAnswers { link, context, command, is_cancelled: false, failure: None, sent: 0 }
    }

    /// Sends one match. It waits for a peer that reads slowly.
    ///
    /// # Errors
    /// Nothing more need be sent.
    pub async fn send(&mut self, identifier: &DataSet) -> Result<(), Stopped> {
        self.check().await?;
        let sent = match identifier::write(identifier, &self.context.transfer_syntax) {
            Ok(bytes) => {
                let response = self.command.response(Status::PENDING.0);
                self.link.message(self.context.id, &response, Some(&bytes)).await
            }
            Err(error) => Err(error),
        };
        self.sent += 1;
        sent.map_err(|error| {
            self.failure = Some(error);
            Stopped::Gone
        })
    }

    /// Looks whether the peer has cancelled: of use where the next match takes long to find.
    ///
    /// # Errors
    /// Nothing more need be sent.
    pub async fn check(&mut self) -> Result<(), Stopped> {
        if self.failure.is_some() {
            return Err(Stopped::Gone);
        }
        if !self.is_cancelled {
            match is_cancelled(self.link, self.command).await {
                Ok(is_cancelled) => self.is_cancelled = is_cancelled,
                Err(error) => {
                    self.failure = Some(error);
                    return Err(Stopped::Gone);
                }
            }
        }
        if self.is_cancelled { Err(Stopped::Cancelled) } else { Ok(()) }
    }

    /// How many were sent.
    pub fn sent(&self) -> u64 {
        self.sent
    }
}

/// Sends the last response.
pub(crate) async fn finish(answers: FindAnswers<'_>, status: Status) -> Result<(), DimseError> {
    if let Some(failure) = answers.failure {
        return Err(failure);
    }
    let status = if answers.is_cancelled { Status::CANCELLED } else { status };
    answers.link.message(answers.context.id, &answers.command.response(status.0), None).await
}

/// Whether a C-CANCEL of this request has come. Nothing else may come while it is answered:
/// asynchronous operations are not negotiated (PS3.7 D.3.3.3).
pub(crate) async fn is_cancelled(link: &mut Link, command: &Command) -> Result<bool, DimseError> {
    match link.event_at_once().await? {
        None => Ok(false),
        Some(event) => cancels(event, command),
    }
}

/// Whether this is the C-CANCEL of a request; an error for anything else.
pub(crate) fn cancels(event: Event, command: &Command) -> Result<bool, DimseError> {
    match event {
        Event::Command { command: found, .. }
            if found.field == field::C_CANCEL && !found.has_data_set =>
        {
            Ok(found.responded_to == command.message_id)
        }
        other => Err(other.instead()),
    }
}
