//! What comes in on an association: bytes in, events out. Without I/O, for tests and fuzzing.

use crate::associate::{Answer, Rejection, Request};
use crate::command::Command;
use crate::{DimseError, Violation, items};
use bytes::{Buf, BufMut, Bytes, BytesMut};
use dicom_ul::Pdu;
use model::limits::{DICOM_ASSOCIATE_BYTES, DICOM_COMMAND_BYTES, DICOM_PDU_BYTES};

const HEADER_BYTES: usize = 6;
/// Read at once where no longer PDU has begun.
const READ_BYTES: usize = 64 * 1024;
/// Held by an association that says nothing.
const IDLE_BYTES: usize = 1024;

const ASSOCIATE_RQ: u8 = 0x01;
const ASSOCIATE_AC: u8 = 0x02;
const ASSOCIATE_RJ: u8 = 0x03;
const DATA_TF: u8 = 0x04;
const RELEASE_RQ: u8 = 0x05;
const RELEASE_RP: u8 = 0x06;
const ABORT: u8 = 0x07;

/// Something whole that came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A-ASSOCIATE-RQ.
    Request(Box<Request>),
    /// A-ASSOCIATE-AC.
    Accepted(Box<Answer>),
    /// A-ASSOCIATE-RJ.
    Rejected(Rejection),
    /// A command set. Where it says so, a data set follows in pieces.
    Command {
        /// Its presentation context.
        context: u8,
        /// The command set.
        command: Box<Command>,
    },
    /// A piece of the data set of the last command.
    Data {
        /// As received.
        bytes: Bytes,
        /// Nothing of it follows.
        is_last: bool,
    },
    /// A-RELEASE-RQ.
    ReleaseRequested,
    /// A-RELEASE-RP.
    Released,
    /// A-ABORT.
    Aborted {
        /// 0 the peer's application, 2 its upper layer.
        source_code: u8,
        /// By source.
        reason: u8,
    },
}

impl Event {
    /// The error of an event that came instead of what was due.
    pub(crate) fn instead(self) -> DimseError {
        match self {
            Event::Aborted { source_code, reason } => DimseError::Aborted { source_code, reason },
            Event::ReleaseRequested | Event::Released => DimseError::Released,
            Event::Command { command, .. } => {
                DimseError::UnexpectedAnswer { expected: 0, found: command.field }
            }
            _ => DimseError::Violation(Violation::Interleaved),
        }
    }
}

/// What may come next (PS3.8 9.2, the states in which something is awaited).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Sta2: an A-ASSOCIATE-RQ.
    Request,
    /// Sta5: its answer.
    Answer,
    /// Sta3: nothing before our own answer.
    Deciding,
    /// Sta6: messages.
    Established,
    /// Nothing any more.
    Over,
}

/// The receiving half of the state machine of an association.
#[derive(Debug)]
pub struct Inbound {
    phase: Phase,
    buffer: BytesMut,
    /// The presentation data values of the current P-DATA-TF that were not given out yet.
    values: Bytes,
    /// The accepted contexts: bit n for ID 2n+1.
    contexts: u128,
    command: BytesMut,
    command_context: Option<u8>,
    data_context: Option<u8>,
}

impl Inbound {
    /// Awaits a request to associate.
    pub fn acceptor() -> Inbound {
        Inbound::new(Phase::Request)
    }

    /// Awaits the answer to such a request.
    pub fn requestor() -> Inbound {
        Inbound::new(Phase::Answer)
    }

    /// From now on messages may come in these presentation contexts.
    pub fn establish(&mut self, contexts: impl Iterator<Item = u8>) {
        self.phase = Phase::Established;
        self.contexts = contexts.fold(0, |all, id| all | 1 << (id / 2));
    }

    /// The room in which the next bytes are put; never empty.
    pub fn room(&mut self) -> impl BufMut {
        let longest = DICOM_PDU_BYTES as usize + HEADER_BYTES;
        let missing = self.missing().min(longest);
        let wanted = match self.phase {
            Phase::Established => missing.max(READ_BYTES),
            // Whoever is not associated yet holds what it sent, and little more.
            _ => missing.clamp(IDLE_BYTES, READ_BYTES),
        };
        if self.buffer.capacity() - self.buffer.len() < wanted {
            // Room for a whole PDU at once: growing with it would copy what has come of it.
            let is_data = self.data_context.is_some();
            self.buffer.reserve(if is_data { longest + READ_BYTES } else { wanted });
        }
        (&mut self.buffer).limit(wanted)
    }

    /// Gives memory back while nothing is awaited soon.
    pub fn shrink(&mut self) {
        if self.buffer.is_empty() {
            self.buffer = BytesMut::new();
        }
    }

    /// Whether the pieces of a data set are still to come.
    pub fn is_within_message(&self) -> bool {
        self.data_context.is_some() || self.command_context.is_some()
    }

    /// The next event; `None` until more bytes come.
    ///
    /// # Errors
    /// What the peer may not send. Nothing comes after it.
    pub fn next_event(&mut self) -> Result<Option<Event>, Violation> {
        let found = self.advance();
        if found.is_err() {
            self.phase = Phase::Over;
            (self.buffer, self.values) = (BytesMut::new(), Bytes::new());
        }
        found
    }

    fn new(phase: Phase) -> Inbound {
        Inbound {
            phase,
            buffer: BytesMut::new(),
            values: Bytes::new(),
            contexts: 0,
            command: BytesMut::new(),
            command_context: None,
            data_context: None,
        }
    }

    /// Bytes that are missing of the PDU that has begun.
    fn missing(&self) -> usize {
        let whole = self.header().map_or(HEADER_BYTES, |(_, length)| HEADER_BYTES + length);
        whole.saturating_sub(self.buffer.len())
    }

    fn header(&self) -> Option<(u8, usize)> {
        let [kind, _, length @ ..] = *self.buffer.first_chunk::<HEADER_BYTES>()?;
        Some((kind, usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX)))
    }

    fn advance(&mut self) -> Result<Option<Event>, Violation> {
        loop {
            while !self.values.is_empty() {
                if let Some(event) = self.next_value()? {
                    return Ok(Some(event));
                }
            }
            if matches!(self.phase, Phase::Deciding | Phase::Over) {
                return Ok(None);
            }
            let Some((kind, length)) = self.header() else { return Ok(None) };
            self.check(kind, length)?;
            if self.buffer.len() < HEADER_BYTES + length {
                return Ok(None);
            }
            let mut pdu = self.buffer.split_to(HEADER_BYTES + length).freeze();
            if kind != DATA_TF {
                return self.control(&pdu).map(Some);
            }
            pdu.advance(HEADER_BYTES);
            self.values = pdu;
        }
    }

    /// Whether a PDU may come now, and be so long: known from its header.
    fn check(&self, kind: u8, length: usize) -> Result<(), Violation> {
        let (is_due, limit) = match kind {
            ASSOCIATE_RQ => (self.phase == Phase::Request, DICOM_ASSOCIATE_BYTES),
            ASSOCIATE_AC => (self.phase == Phase::Answer, DICOM_ASSOCIATE_BYTES),
            ASSOCIATE_RJ => (self.phase == Phase::Answer, 4),
            DATA_TF => (self.phase == Phase::Established, DICOM_PDU_BYTES),
            RELEASE_RQ | RELEASE_RP => (self.phase == Phase::Established, 4),
            ABORT => (true, 4),
            _ => return Err(Violation::UnknownPdu(kind)),
        };
        match (is_due, length as u64) {
            (false, _) => Err(Violation::UnexpectedPdu(kind)),
            (true, length) if length > limit => {
                Err(Violation::PduTooLong(u32::try_from(length).unwrap_or(u32::MAX)))
            }
            (true, 0) if kind == DATA_TF => Err(Violation::BadItems),
            (true, _) => Ok(()),
        }
    }

    /// An event of a PDU without data.
    fn control(&mut self, pdu: &[u8]) -> Result<Event, Violation> {
        let within = self.is_within_message();
        let (event, phase) = match pdu.first() {
            // Its codes are told as they came, whatever they are.
            Some(&ABORT) => {
                let (source_code, reason) = match pdu {
                    [.., source_code, reason] if pdu.len() == 10 => (*source_code, *reason),
                    _ => return Err(Violation::BadItems),
                };
                (Event::Aborted { source_code, reason }, Phase::Over)
            }
            Some(&kind) if within => return Err(Violation::UnexpectedPdu(kind)),
            _ => match items::read(pdu)? {
                Pdu::AssociationRQ(pdu) => {
                    (Event::Request(Box::new(Request::of(pdu)?)), Phase::Deciding)
                }
                Pdu::AssociationAC(pdu) => {
                    (Event::Accepted(Box::new(Answer::of(&pdu))), Phase::Deciding)
                }
                Pdu::AssociationRJ(pdu) => (Event::Rejected(Rejection::of(&pdu)), Phase::Over),
                Pdu::ReleaseRQ => (Event::ReleaseRequested, Phase::Over),
                Pdu::ReleaseRP => (Event::Released, Phase::Over),
                Pdu::PData { .. } | Pdu::AbortRQ { .. } | Pdu::Unknown { .. } => {
                    return Err(Violation::BadItems);
                }
            },
        };
        self.phase = phase;
        Ok(event)
    }

    /// Takes one presentation data value (PS3.8 9.3.5.1, E.2).
    fn next_value(&mut self) -> Result<Option<Event>, Violation> {
        let header = self.values.first_chunk::<6>().copied().ok_or(Violation::BadItems)?;
        let [a, b, c, d, context, control] = header;
        let length = usize::try_from(u32::from_be_bytes([a, b, c, d])).unwrap_or(usize::MAX);
        // The length counts context and control header too.
        if length < 2 || length > self.values.len() - 4 {
            return Err(Violation::BadItems);
        }
        self.values.advance(6);
        let bytes = self.values.split_to(length - 2);
        if context % 2 == 0 || self.contexts & (1 << (context / 2)) == 0 {
            return Err(Violation::ContextNotAccepted(context));
        }
        let (is_command, is_last) = (control & 1 != 0, control & 2 != 0);
        match (is_command, self.data_context) {
            (true, None) => self.command_fragment(context, bytes, is_last),
            (false, Some(expected)) if expected == context && self.command_context.is_none() => {
                if is_last {
                    self.data_context = None;
                }
                let is_nothing = bytes.is_empty() && !is_last;
                Ok((!is_nothing).then_some(Event::Data { bytes, is_last }))
            }
            _ => Err(Violation::Interleaved),
        }
    }

    fn command_fragment(
        &mut self,
        context: u8,
        bytes: Bytes,
        is_last: bool,
    ) -> Result<Option<Event>, Violation> {
        if self.command_context.is_some_and(|begun| begun != context) {
            return Err(Violation::Interleaved);
        }
        if (self.command.len() + bytes.len()) as u64 > DICOM_COMMAND_BYTES {
            return Err(Violation::CommandTooLong);
        }
        self.command_context = Some(context);
        if !is_last {
            self.command.extend_from_slice(&bytes);
            return Ok(None);
        }
        let command = match self.command.is_empty() {
            true => Command::read(&bytes)?,
            false => {
                self.command.extend_from_slice(&bytes);
                Command::read(&self.command)?
            }
        };
        self.command.clear();
        self.command_context = None;
        if command.has_data_set {
            self.data_context = Some(context);
        }
        Ok(Some(Event::Command { context, command: Box::new(command) }))
    }
}
