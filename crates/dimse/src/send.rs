//! One C-STORE that we ask for, as client or as sub-operation (PS3.7 9.3.1).

use crate::DimseError;
use crate::command::{Command, RESPONSE, field};
use crate::find::cancels;
use crate::inbound::Event;
use crate::instance::{Body, IncomingData, OutgoingInstance};
use crate::link::{Link, Wait};
use crate::status::Status;
use bytes::Bytes;
use futures::StreamExt;

/// On whose behalf an instance is sent.
#[derive(Debug, Clone, Default)]
pub(crate) struct Origin<'a> {
    /// AE title and message ID of the C-MOVE.
    pub(crate) moved_by: Option<(&'a str, u16)>,
    /// The C-GET on the same association, which may be cancelled meanwhile.
    pub(crate) within: Option<&'a Command>,
}

/// What became of it.
pub(crate) struct Sent {
    pub(crate) status: Status,
    /// The C-GET was cancelled meanwhile.
    pub(crate) is_cancelled: bool,
}

/// Sends an instance, and waits for its answer. A body that fails before its first piece leaves the
/// association as it was: [`DimseError::Source`]. One that fails later ends it.
pub(crate) async fn instance(
    link: &mut Link,
    context: u8,
    message_id: u16,
    instance: &OutgoingInstance,
    mut body: Body,
    origin: Origin<'_>,
) -> Result<Sent, DimseError> {
    let mut piece = match body.next().await {
        Some(first) => first.map_err(DimseError::Source)?,
        None => Bytes::new(),
    };
    let mut command = Command::request(field::C_STORE, message_id, &instance.class);
    command.affected_instance = Some(instance.instance.clone());
    if let Some((title, message)) = origin.moved_by {
        command.move_originator = Some(title.to_owned());
        command.move_originator_message = Some(message);
    }
    link.begin(context, &command).await?;
    let mut left = Bytes::new();
    loop {
        match body.next().await {
            Some(Ok(next)) => {
                left = link.data(context, left, std::mem::replace(&mut piece, next), false).await?;
            }
            None => {
                link.data(context, left, piece, true).await?;
                break;
            }
            Some(Err(error)) => {
                link.abort().await;
                return Err(DimseError::Broken(error));
            }
        }
    }
    let mut is_cancelled = false;
    loop {
        match (link.event(Wait::Answer).await?, origin.within) {
            (Event::Command { command: answer, .. }, _)
                if answer.field == field::C_STORE | RESPONSE =>
            {
                IncomingData::new(link, answer.has_data_set).drain().await?;
                let status = Status(answer.status.unwrap_or(Status::PROCESSING_FAILURE.0));
                return Ok(Sent { status, is_cancelled });
            }
            (event, Some(within)) => is_cancelled |= cancels(event, within)?,
            (event, None) => return Err(event.instead()),
        }
    }
}
