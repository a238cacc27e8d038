//! C-FIND, asked (PS3.7 9.3.2).

use crate::client::Client;
use crate::command::{Command, RESPONSE, field};
use crate::inbound::Event;
use crate::instance::IncomingData;
use crate::link::Wait;
use crate::status::Status;
use crate::{DimseError, identifier};
use dicomfile::DataSet;
use model::limits::DICOM_IDENTIFIER_BYTES;

/// The matches of one C-FIND, as they come.
#[derive(Debug)]
pub struct Matches<'a> {
    client: &'a mut Client,
    context: u8,
    message_id: u16,
    status: Option<Status>,
}

impl Client {
    /// C-FIND: `class` is the information model, `keys` what is asked and to be told.
    ///
    /// # Errors
    /// As of every operation.
    pub async fn find(&mut self, class: &str, keys: &DataSet) -> Result<Matches<'_>, DimseError> {
        let context = self.plain_context(class)?;
        let message_id = self.message_id();
        let request = Command::request(field::C_FIND, message_id, class);
        let bytes = identifier::write(keys, &context.transfer_syntax)?;
        self.link.message(context.id, &request, Some(&bytes)).await?;
        Ok(Matches { client: self, context: context.id, message_id, status: None })
    }
}

impl Matches<'_> {
    /// The next match; `None` after the last one, and then [`Matches::status`] is known. Matches
    /// that are not taken to the end leave the association unusable, unless they are cancelled.
    ///
    /// # Errors
    /// As of every operation.
    pub async fn next(&mut self) -> Result<Option<DataSet>, DimseError> {
        while self.status.is_none() {
            let (context, command) = match self.client.link.event(Wait::Answer).await? {
                Event::Command { context, command }
                    if command.field == field::C_FIND | RESPONSE =>
                {
                    (context, command)
                }
                other => return Err(other.instead()),
            };
            let mut data = IncomingData::new(&mut self.client.link, command.has_data_set);
            let bytes = data.collect("identifier", DICOM_IDENTIFIER_BYTES).await?;
            let status = Status(command.status.unwrap_or(Status::PROCESSING_FAILURE.0));
            if !status.is_pending() {
                self.status = Some(status);
            } else if command.has_data_set {
                let syntax = self.client.transfer_syntax(context);
                return identifier::read(&bytes, &syntax).map(Some);
            }
        }
        Ok(None)
    }

    /// Sends C-CANCEL, and waits for the end; matches that were on their way are lost.
    ///
    /// # Errors
    /// As of every operation.
    pub async fn cancel(mut self) -> Result<Status, DimseError> {
        let request = Command {
            field: field::C_CANCEL,
            responded_to: Some(self.message_id),
            ..Command::default()
        };
        if self.status.is_none() {
            self.client.link.message(self.context, &request, None).await?;
        }
        while self.next().await?.is_some() {}
        Ok(self.status.unwrap_or(Status::CANCELLED))
    }

    /// The last status, once the last match was given.
    pub fn status(&self) -> Option<Status> {
        self.status
    }
}
