//! C-GET and C-MOVE, asked (PS3.7 9.3.3, 9.3.4).

use crate::associate::AcceptedContext;
use crate::client::Client;
use crate::command::{Command, RESPONSE, field};
use crate::inbound::Event;
use crate::instance::{IncomingData, ReceivedInstance};
use crate::link::Wait;
use crate::status::Status;
use crate::{DimseError, identifier};
use dicom_dictionary_std::tags;
use dicomfile::DataSet;
use model::limits::DICOM_IDENTIFIER_BYTES;

/// The peer's own count of sub-operations. It is told, not proven: compare what came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SubOperations {
    /// Still to come; `None` where the peer does not say.
    pub remaining: Option<u16>,
    /// Done.
    pub completed: u16,
    /// Failed.
    pub failed: u16,
    /// Done with a warning.
    pub warning: u16,
}

/// How a C-GET or C-MOVE ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retrieved {
    /// The last status.
    pub status: Status,
    /// The last count.
    pub operations: SubOperations,
    /// (0008,0058): what the peer says it could not send.
    pub failed_instances: Vec<String>,
}

/// Takes the instances of a C-GET.
pub trait InstanceReceiver: Send + Sync {
    /// Takes one, and says what became of it. What it leaves unread is thrown away.
    fn receive(
        &self,
        instance: &ReceivedInstance,
        data: &mut IncomingData<'_>,
    ) -> impl Future<Output = Status> + Send;

    /// What the peer counts; `false` cancels the rest.
    fn goes_on(&self, operations: &SubOperations) -> bool {
        let _ = operations;
        true
    }
}

impl Client {
    /// C-GET: the instances come on this association, to `receiver`. The proposal must have named
    /// their SOP classes by [`crate::Proposal::receiving`].
    ///
    /// # Errors
    /// As of every operation.
    pub async fn get(
        &mut self,
        class: &str,
        keys: &DataSet,
        receiver: &impl InstanceReceiver,
    ) -> Result<Retrieved, DimseError> {
        let context = self.plain_context(class)?;
        let mut request = Command::request(field::C_GET, self.message_id(), class);
        let bytes = identifier::write(keys, &context.transfer_syntax)?;
        self.link.message(context.id, &request, Some(&bytes)).await?;
        request.has_data_set = true;
        let mut is_cancelled = false;
        loop {
            match self.link.event(Wait::Answer).await? {
                Event::Command { context: found, command } if command.field == field::C_STORE => {
                    self.receive(found, &command, receiver).await?;
                }
                Event::Command { command, .. } if command.field == field::C_GET | RESPONSE => {
                    let told = self.told(&context, &command).await?;
                    match told {
                        Told::Over(retrieved) => return Ok(retrieved),
                        Told::Pending(operations) => {
                            if !is_cancelled && !receiver.goes_on(&operations) {
                                self.cancel(&context, &request).await?;
                                is_cancelled = true;
                            }
                        }
                    }
                }
                other => return Err(other.instead()),
            }
        }
    }

    /// C-MOVE: the peer sends the instances to `destination`, an AE title that it knows. Where
    /// `goes_on` is `false` for what it counts, the rest is cancelled.
    ///
    /// # Errors
    /// As of every operation.
    pub async fn move_to(
        &mut self,
        class: &str,
        keys: &DataSet,
        destination: &str,
        mut goes_on: impl FnMut(&SubOperations) -> bool + Send,
    ) -> Result<Retrieved, DimseError> {
        let context = self.plain_context(class)?;
        let mut request = Command::request(field::C_MOVE, self.message_id(), class);
        request.move_destination = Some(crate::associate::checked_title(destination)?.to_owned());
        let bytes = identifier::write(keys, &context.transfer_syntax)?;
        self.link.message(context.id, &request, Some(&bytes)).await?;
        let mut is_cancelled = false;
        loop {
            match self.link.event(Wait::Answer).await? {
                Event::Command { command, .. } if command.field == field::C_MOVE | RESPONSE => {
                    match self.told(&context, &command).await? {
                        Told::Over(retrieved) => return Ok(retrieved),
                        Told::Pending(operations) => {
                            if !is_cancelled && !goes_on(&operations) {
                                self.cancel(&context, &request).await?;
                                is_cancelled = true;
                            }
                        }
                    }
                }
                other => return Err(other.instead()),
            }
        }
    }

    async fn receive(
        &mut self,
        context: u8,
        command: &Command,
        receiver: &impl InstanceReceiver,
    ) -> Result<(), DimseError> {
        let instance = ReceivedInstance {
            class: command.affected_class.clone().unwrap_or_default(),
            instance: command.affected_instance.clone().unwrap_or_default(),
            transfer_syntax: self.transfer_syntax(context),
            source_title: self.peer.called.clone(),
            receiving_title: self.peer.calling.clone(),
            move_originator: None,
            move_originator_message: None,
        };
        let mut data = IncomingData::new(&mut self.link, command.has_data_set);
        let status = match command.has_data_set {
            true => receiver.receive(&instance, &mut data).await,
            false => Status::DATA_SET_DOES_NOT_MATCH,
        };
        data.drain().await?;
        self.link.message(context, &command.response(status.0), None).await
    }

    async fn cancel(
        &mut self,
        context: &AcceptedContext,
        request: &Command,
    ) -> Result<(), DimseError> {
        let cancel = Command {
            field: field::C_CANCEL,
            responded_to: request.message_id,
            ..Command::default()
        };
        self.link.message(context.id, &cancel, None).await
    }

    async fn told(
        &mut self,
        context: &AcceptedContext,
        command: &Command,
    ) -> Result<Told, DimseError> {
        let mut data = IncomingData::new(&mut self.link, command.has_data_set);
        let bytes = data.collect("identifier", DICOM_IDENTIFIER_BYTES).await?;
        let operations = SubOperations {
            remaining: command.remaining,
            completed: command.completed.unwrap_or_default(),
            failed: command.failed.unwrap_or_default(),
            warning: command.warning.unwrap_or_default(),
        };
        let status = Status(command.status.unwrap_or(Status::PROCESSING_FAILURE.0));
        if status.is_pending() {
            return Ok(Told::Pending(operations));
        }
        // A list that cannot be read is none: what came is compared anyway.
        let list = identifier::read(&bytes, &context.transfer_syntax).unwrap_or_default();
        let failed = list.ascii_values(tags::FAILED_SOP_INSTANCE_UID_LIST);
        let failed_instances = failed.into_iter().map(str::to_owned).collect();
        Ok(Told::Over(Retrieved { status, operations, failed_instances }))
    }
}

enum Told {
    Pending(SubOperations),
    Over(Retrieved),
}
