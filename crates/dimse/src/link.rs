//! An association's two directions over a stream, with the times of both.

use crate::command::Command;
use crate::inbound::{Event, Inbound};
use crate::{DimseError, Violation};
use bytes::{Buf, BufMut, Bytes, BytesMut};
use futures::FutureExt;
use model::limits::{
    DICOM_ANSWER_MS, DICOM_ASSOCIATE_MS, DICOM_DATA_MS, DICOM_IDLE_MS, DICOM_PDU_BYTES,
    DICOM_WRITE_MS,
};
use net::Duplex;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// Header of a P-DATA-TF with one value, and of that value (PS3.8 9.3.5).
const VALUE_HEADER_BYTES: usize = 12;
/// A command set in one fragment, in every PDU that a peer may take (PS3.8 D.1.1).
const LEAST_PDU_BYTES: usize = 1_024;

/// How long the peer may keep us waiting, in milliseconds; the defaults are those of
/// [`model::limits`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    /// For the request to associate, or for its answer (ARTIM, PS3.8 9.1.5).
    pub associate_ms: u64,
    /// For the next request on an association.
    pub idle_ms: u64,
    /// For the next piece of a message that has begun.
    pub data_ms: u64,
    /// For the answer to a request, and for each further answer.
    pub answer_ms: u64,
}

impl Default for Times {
    fn default() -> Times {
        Times {
            associate_ms: DICOM_ASSOCIATE_MS,
            idle_ms: DICOM_IDLE_MS,
            data_ms: DICOM_DATA_MS,
            answer_ms: DICOM_ANSWER_MS,
        }
    }
}

/// What is waited for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Wait {
    Associate,
    Request,
    Answer,
}

/// A stream on which DICOM is spoken.
pub(crate) struct Link {
    stream: Box<dyn Duplex>,
    inbound: Inbound,
    times: Times,
    /// The longest value that the peer takes, in bytes.
    value_bytes: usize,
}

impl Link {
    pub(crate) fn new(stream: Box<dyn Duplex>, inbound: Inbound, times: Times) -> Link {
        Link { stream, inbound, times, value_bytes: LEAST_PDU_BYTES }
    }

    /// Messages may go both ways; the peer takes PDUs of `max_pdu_bytes`, 0 for any.
    pub(crate) fn establish(&mut self, contexts: impl Iterator<Item = u8>, max_pdu_bytes: u32) {
        self.inbound.establish(contexts);
        let ours = usize::try_from(DICOM_PDU_BYTES).unwrap_or(usize::MAX);
        let theirs = match usize::try_from(max_pdu_bytes).unwrap_or(usize::MAX) {
            0 => ours,
            length => length.max(LEAST_PDU_BYTES),
        };
        // Even, as the data sets that are cut by it (PS3.8 9.3.5.1).
        self.value_bytes = (ours.min(theirs) - 6) & !1;
    }

    /// The next event. A breach of the protocol is answered by A-ABORT. Cancelling it loses
    /// nothing.
    pub(crate) async fn event(&mut self, wait: Wait) -> Result<Event, DimseError> {
        loop {
            if let Some(event) = self.ready().await? {
                return Ok(event);
            }
            let (what, timeout_ms) = match wait {
                Wait::Associate => ("associating", self.times.associate_ms),
                _ if self.inbound.is_within_message() => {
                    ("the next piece of a message", self.times.data_ms)
                }
                Wait::Request => ("the next request", self.times.idle_ms),
                Wait::Answer => ("the answer", self.times.answer_ms),
            };
            let mut room = self.inbound.room();
            let read = self.stream.read_buf(&mut room);
            match tokio::time::timeout(Duration::from_millis(timeout_ms), read).await {
                Ok(Ok(0)) => return Err(DimseError::Closed),
                Ok(Ok(_)) => {}
                Ok(Err(error)) => return Err(DimseError::Broken(error)),
                Err(_) => return Err(DimseError::Timeout { what, timeout_ms }),
            }
        }
    }

    /// An event that is there without waiting.
    pub(crate) async fn event_at_once(&mut self) -> Result<Option<Event>, DimseError> {
        loop {
            if let Some(event) = self.ready().await? {
                return Ok(Some(event));
            }
            let read = self.stream.read_buf(&mut self.inbound.room()).now_or_never();
            match read {
                None => return Ok(None),
                Some(Ok(0)) => return Err(DimseError::Closed),
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(DimseError::Broken(error)),
            }
        }
    }

    /// Gives memory back before a wait.
    pub(crate) fn shrink(&mut self) {
        self.inbound.shrink();
    }

    /// Sends a PDU that is no P-DATA-TF.
    pub(crate) async fn send(&mut self, pdu: &[u8]) -> Result<(), DimseError> {
        self.write(pdu).await
    }

    /// Sends a command set, and its data set where it has one.
    pub(crate) async fn message(
        &mut self,
        context: u8,
        command: &Command,
        data_set: Option<&[u8]>,
    ) -> Result<(), DimseError> {
        let mut command = command.clone();
        command.has_data_set = data_set.is_some();
        let set = command.write();
        let expected = set.len() + data_set.map_or(0, <[u8]>::len) + 64;
        let mut out = BytesMut::with_capacity(expected.min(2 * self.value_bytes));
        for (bytes, is_command) in [(Some(&set[..]), true), (data_set, false)] {
            let Some(mut rest) = bytes else { continue };
            loop {
                let (piece, after) = rest.split_at(rest.len().min(self.value_bytes));
                out.put_slice(&value_header(context, piece.len(), is_command, after.is_empty()));
                out.put_slice(piece);
                rest = after;
                if rest.is_empty() {
                    break;
                }
                self.write(&out).await?;
                out.clear();
            }
        }
        self.write(&out).await
    }

    /// Sends the command set of a message whose data set follows by [`Link::data`].
    pub(crate) async fn begin(&mut self, context: u8, command: &Command) -> Result<(), DimseError> {
        let mut command = command.clone();
        command.has_data_set = true;
        let set = command.write();
        let mut out = BytesMut::with_capacity(set.len() + VALUE_HEADER_BYTES);
        out.put_slice(&value_header(context, set.len(), true, true));
        out.put_slice(&set);
        self.write(&out).await
    }

    /// Sends a piece of a data set, without copying it. What it gives back goes before the next
    /// piece: fragments have even lengths (PS3.8 E.2), pieces need not.
    pub(crate) async fn data(
        &mut self,
        context: u8,
        mut before: Bytes,
        mut bytes: Bytes,
        is_last: bool,
    ) -> Result<Bytes, DimseError> {
        loop {
            let length = before.len() + bytes.len();
            let ends = length <= self.value_bytes;
            let length = if ends && !is_last { length & !1 } else { length.min(self.value_bytes) };
            if length == 0 && !is_last {
                return Ok(if before.is_empty() { bytes } else { before });
            }
            let piece = bytes.split_to(length - before.len());
            let header = value_header(context, length, false, is_last && ends);
            let mut whole = Buf::chain(Buf::chain(&header[..], before), piece);
            let write = self.stream.write_all_buf(&mut whole);
            within(DICOM_WRITE_MS, "the peer's taking of what is sent", write).await?;
            before = Bytes::new();
            if ends && is_last {
                self.flush().await?;
                return Ok(Bytes::new());
            }
        }
    }

    /// Sends A-ABORT of our application.
    pub(crate) async fn abort(&mut self) {
        let _ = self.write(&abort_pdu(0, 0)).await;
        let _ = self.close().await;
    }

    /// Ends an association after this error, in the way that fits it.
    pub(crate) async fn give_up(&mut self, error: &DimseError) {
        match error {
            // Nobody is there any more, or was told already.
            DimseError::Closed
            | DimseError::Broken(_)
            | DimseError::Aborted { .. }
            | DimseError::Violation(_) => {}
            _ => self.abort().await,
        }
    }

    /// Ends the stream, so that a TLS peer learns that this was the end.
    pub(crate) async fn close(&mut self) -> Result<(), DimseError> {
        within(DICOM_WRITE_MS, "closing", self.stream.shutdown()).await
    }

    async fn ready(&mut self) -> Result<Option<Event>, DimseError> {
        match self.inbound.next_event() {
            Ok(event) => Ok(event),
            Err(violation) => Err(self.violated(violation).await),
        }
    }

    async fn violated(&mut self, violation: Violation) -> DimseError {
        // Source 2: our upper layer (PS3.8 Table 9-26).
        let _ = self.write(&abort_pdu(2, violation.abort_reason())).await;
        let _ = self.close().await;
        DimseError::Violation(violation)
    }

    async fn write(&mut self, bytes: &[u8]) -> Result<(), DimseError> {
        let write = self.stream.write_all(bytes);
        within(DICOM_WRITE_MS, "the peer's taking of what is sent", write).await?;
        self.flush().await
    }

    async fn flush(&mut self) -> Result<(), DimseError> {
        let flush = self.stream.flush();
        within(DICOM_WRITE_MS, "the peer's taking of what is sent", flush).await
    }
}

/// A-RELEASE-RQ (PS3.8 9.3.6).
pub(crate) const RELEASE_RQ: [u8; 10] = [0x05, 0, 0, 0, 0, 4, 0, 0, 0, 0];
/// A-RELEASE-RP (PS3.8 9.3.7).
pub(crate) const RELEASE_RP: [u8; 10] = [0x06, 0, 0, 0, 0, 4, 0, 0, 0, 0];

fn abort_pdu(source: u8, reason: u8) -> [u8; 10] {
    [0x07, 0, 0, 0, 0, 4, 0, 0, source, reason]
}

fn value_header(
    context: u8,
    length: usize,
    is_command: bool,
    is_last: bool,
) -> [u8; VALUE_HEADER_BYTES] {
    let length = u32::try_from(length).unwrap_or(u32::MAX);
    let mut header = [0; VALUE_HEADER_BYTES];
    let mut out = &mut header[..];
    out.put_slice(&[0x04, 0]);
    out.put_u32(length.saturating_add(6));
    out.put_u32(length.saturating_add(2));
    out.put_u8(context);
    out.put_u8(u8::from(is_command) | u8::from(is_last) << 1);
    header
}

async fn within(
    timeout_ms: u64,
    what: &'static str,
    work: impl Future<Output = std::io::Result<()>>,
) -> Result<(), DimseError> {
    match tokio::time::timeout(Duration::from_millis(timeout_ms), work).await {
        Ok(done) => done.map_err(DimseError::Broken),
        Err(_) => Err(DimseError::Timeout { what, timeout_ms }),
    }
}
