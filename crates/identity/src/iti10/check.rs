//! Whether a consumer can be told: one message and its acknowledgement, of which nothing comes.

use super::Consumer;
use crate::v2::Settings;
use crate::v2::answer::Sending;
use hl7v2::Message;
use hl7v2::build::{MessageBuilder, SegmentBuilder, Terminator};
use hl7v2::{ReplySet, encode_reply};
use mllp::{Client, MllpError};
use model::limits::NOTIFICATION_ANSWER_MS;
use model::{IdSource, Timestamp};
use text::CharacterSet;
use thiserror::Error;

/// Why a consumer could not be told.
#[derive(Debug, Error)]
pub enum CheckError {
    /// No connection, or nothing in MLLP's frames came back on it.
    #[error(transparent)]
    Connection(MllpError),
    /// What came back is no acknowledgement of what was sent.
    #[error("{0}")]
    Acknowledgement(String),
}

impl Consumer {
    /// Asks for the clock of the consumer (NMQ^N01, HL7 v2.5 §14.3.2), which changes nothing
    /// there, and gives its acknowledgement. A consumer that does not know this message says so,
    /// and that is an answer too: it reads what we send, and we read what it says.
    ///
    /// # Errors
    /// The layer that failed.
    pub async fn check(
        &self,
        settings: &Settings,
        ids: &dyn IdSource,
        now: Timestamp,
    ) -> Result<String, CheckError> {
        let sending = Sending { settings, ids, now };
        let control_id = sending.control_id();
        let mut message = MessageBuilder::new();
        let header = sending.header(&["NMQ", "N01", "NMQ_N01"], "2.5").text(10, &control_id);
        message.push(header.text(5, &self.application).text(6, &self.facility));
        message.push(SegmentBuilder::new("NCK").text(1, &crate::v2::answer::time_stamp(now)));
        let message = message
            .to_bytes(CharacterSet::Ascii, Terminator::Cr)
            .unwrap_or_else(|_| encode_reply(message, &ReplySet::utf_8()));
        let connected = Client::connect(&self.dialer, &self.address).await;
        let mut client = connected.map_err(CheckError::Connection)?;
        let answer = client.send(&message, NOTIFICATION_ANSWER_MS).await;
        acknowledgement(&answer.map_err(CheckError::Connection)?, &control_id)
    }
}

fn acknowledgement(answer: &[u8], control_id: &str) -> Result<String, CheckError> {
    let wrong = |text: String| CheckError::Acknowledgement(text);
    let parsed = Message::parse(answer)
        .map_err(|error| wrong(format!("the answer is no message of HL7 v2: {error}")))?;
    let outcome = parsed.segment("MSA");
    let outcome = outcome.ok_or_else(|| wrong("the answer has no MSA".to_owned()))?;
    let code = outcome.field(1).text().into_owned();
    let answered = outcome.field(2).text().into_owned();
    if answered != control_id {
        return Err(wrong("the answer is to another message (MSA-2)".to_owned()));
    }
    match code.as_str() {
        "AA" | "AE" | "AR" | "CA" | "CE" | "CR" => Ok(code),
        _ => Err(wrong("MSA-1 is no code of an acknowledgement".to_owned())),
    }
}
