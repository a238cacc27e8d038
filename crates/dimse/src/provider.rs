//! An accepted association: requests one after the other, each answered by the service.

use crate::associate::AcceptedContext;
use crate::command::{Command, field};
use crate::commitment;
use crate::find::{self, FindAnswers};
use crate::inbound::Event;
use crate::instance::{IncomingData, ReceivedInstance};
use crate::link::{Link, RELEASE_RP, Wait};
use crate::retrieve::{self, Retrieval};
use crate::server::is_closing;
use crate::service::{Association, FindRequest, RetrieveRequest, Service};
use crate::status::Status;
use crate::{DimseError, identifier};
use dicomfile::DataSet;
use model::limits::DICOM_IDENTIFIER_BYTES;
use tokio::sync::{Semaphore, watch};

/// Answers requests until the peer releases the association, or the server stops.
pub(crate) async fn serve<S: Service>(
    mut link: Link,
    service: &S,
    association: &Association,
    retrievals: &Semaphore,
    mut closing: watch::Receiver<bool>,
) -> Result<(), DimseError> {
    loop {
        link.shrink();
        let event = tokio::select! {
            biased;
            _ = is_closing(&mut closing) => {
                link.abort().await;
                return Ok(());
            }
            event = link.event(Wait::Request) => event,
        };
        let done = match event {
            Ok(Event::Command { context, command }) => {
                let context = association.contexts.iter().find(|one| one.id == context);
                match context {
                    Some(context) => {
                        let command = *command;
                        let asked = Exchange { link: &mut link, service, association, context };
                        asked.answer(&command, retrievals).await
                    }
                    None => Err(DimseError::Released),
                }
            }
            Ok(Event::ReleaseRequested) => {
                link.send(&RELEASE_RP).await?;
                return link.close().await;
            }
            Ok(Event::Aborted { source_code, reason }) => {
                tracing::debug!(address = %association.address, source_code, reason, "aborted");
                return Ok(());
            }
            Ok(other) => Err(other.instead()),
            Err(error) => Err(error),
        };
        if let Err(error) = done {
            link.give_up(&error).await;
            return Err(error);
        }
    }
}

/// One request and its answer.
struct Exchange<'a, S> {
    link: &'a mut Link,
    service: &'a S,
    association: &'a Association,
    context: &'a AcceptedContext,
}

impl<S: Service> Exchange<'_, S> {
    async fn answer(mut self, command: &Command, retrievals: &Semaphore) -> Result<(), DimseError> {
        match command.field {
            field::C_ECHO => {
                let status = self.service.echo(self.association).await;
                self.discard(command).await?;
                self.respond(command, status).await
            }
            field::C_STORE => self.store(command).await,
            field::C_FIND => self.find(command).await,
            field::C_GET | field::C_MOVE => {
                // Nobody closes it.
                let _place = retrievals.acquire().await;
                self.retrieve(command).await
            }
            field::N_ACTION => self.commit(command).await,
            field::N_EVENT_REPORT => self.report(command).await,
            // What it would cancel has ended already (PS3.7 9.3.2.3).
            field::C_CANCEL => self.discard(command).await,
            found if command.is_response() => {
                Err(DimseError::UnexpectedAnswer { expected: 0, found })
            }
            _ => {
                self.discard(command).await?;
                self.respond(command, Status::UNRECOGNIZED_OPERATION).await
            }
        }
    }

    async fn store(&mut self, command: &Command) -> Result<(), DimseError> {
        let class = command.affected_class.as_ref().unwrap_or(&self.context.abstract_syntax);
        let instance = ReceivedInstance {
            class: class.clone(),
            instance: command.affected_instance.clone().unwrap_or_default(),
            transfer_syntax: self.context.transfer_syntax.clone(),
            source_title: self.association.calling.clone(),
            receiving_title: self.association.called.clone(),
            move_originator: command.move_originator.clone(),
            move_originator_message: command.move_originator_message,
        };
        let mut data = IncomingData::new(self.link, command.has_data_set);
        let status = match instance.instance.is_empty() || !command.has_data_set {
            true => Status::DATA_SET_DOES_NOT_MATCH,
            false => self.service.store(self.association, &instance, &mut data).await,
        };
        data.drain().await?;
        self.respond(command, status).await
    }

    async fn find(&mut self, command: &Command) -> Result<(), DimseError> {
        let Some(identifier) = self.identifier(command).await? else {
            return self.respond(command, Status::DATA_SET_DOES_NOT_MATCH).await;
        };
        let class = self.context.abstract_syntax.clone();
        let mut answers = FindAnswers::new(self.link, self.context, command);
        let request = FindRequest { class, identifier };
        let status = self.service.find(self.association, &request, &mut answers).await;
        find::finish(answers, status).await
    }

    async fn retrieve(&mut self, command: &Command) -> Result<(), DimseError> {
        let Some(identifier) = self.identifier(command).await? else {
            return self.respond(command, Status::DATA_SET_DOES_NOT_MATCH).await;
        };
        let is_move = command.field == field::C_MOVE;
        let title = command.move_destination.clone().filter(|_| is_move);
        let destination = match &title {
            Some(title) => self.service.destination(self.association, title).await,
            None => None,
        };
        if is_move && destination.is_none() {
            return self.respond(command, Status::MOVE_DESTINATION_UNKNOWN).await;
        }
        let request = RetrieveRequest {
            class: self.context.abstract_syntax.clone(),
            identifier,
            destination: title,
        };
        let (link, association) = (&mut *self.link, self.association);
        let mut retrieval = Retrieval::new(link, association, self.context, command, destination);
        let status = self.service.retrieve(association, &request, &mut retrieval).await;
        retrieve::finish(retrieval, status).await
    }

    /// N-ACTION-RQ, its response, then N-EVENT-REPORT-RQ in the other direction.
    async fn commit(&mut self, command: &Command) -> Result<(), DimseError> {
        let request = match self.identifier(command).await? {
            Some(set) if command.action_type == Some(commitment::REQUEST_ACTION) => {
                commitment::CommitmentRequest::read(&set)
            }
            Some(_) => return self.respond(command, Status::NO_SUCH_ACTION).await,
            None => None,
        };
        let Some(request) = request else {
            return self.respond(command, Status::PROCESSING_FAILURE).await;
        };
        let report = match self.service.commit(self.association, &request).await {
            Ok(report) => report,
            Err(status) => return self.respond(command, status).await,
        };
        self.respond(command, Status::SUCCESS).await?;
        let told = commitment::tell(self.link, self.context, 1, &report).await;
        let was_taken = matches!(told, Ok(status) if status.is_done());
        self.service.commitment_told(self.association, &report, was_taken).await;
        match told {
            Ok(_) => Ok(()),
            // The peer may release at once, and be told on another association (PS3.4 J.3.3).
            Err(DimseError::Released) => self.link.send(&RELEASE_RP).await,
            Err(error) => Err(error),
        }
    }

    async fn report(&mut self, command: &Command) -> Result<(), DimseError> {
        let report = match self.identifier(command).await? {
            Some(set) => commitment::CommitmentReport::read(&set),
            None => None,
        };
        let status = match report {
            Some(report) => self.service.commitment_report(self.association, &report).await,
            None => Status::PROCESSING_FAILURE,
        };
        self.respond(command, status).await
    }

    /// The data set of a request; `None` where it has none, or none that can be read.
    async fn identifier(&mut self, command: &Command) -> Result<Option<DataSet>, DimseError> {
        if !command.has_data_set {
            return Ok(None);
        }
        let mut data = IncomingData::new(self.link, true);
        let bytes = data.collect("identifier", DICOM_IDENTIFIER_BYTES).await?;
        match identifier::read(&bytes, &self.context.transfer_syntax) {
            Ok(set) => Ok(Some(set)),
            Err(error) => {
                let address = self.association.address;
                tracing::warn!(%address, error = %error, "an identifier cannot be read");
                Ok(None)
            }
        }
    }

    async fn discard(&mut self, command: &Command) -> Result<(), DimseError> {
        IncomingData::new(self.link, command.has_data_set).drain().await
    }

    async fn respond(&mut self, command: &Command, status: Status) -> Result<(), DimseError> {
        self.link.message(self.context.id, &command.response(status.0), None).await
    }
}
