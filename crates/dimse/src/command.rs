//! Command sets: group 0000 in implicit VR little endian (PS3.7 6.3.1, E.1).

use crate::Violation;
use bytes::{Buf, BufMut, Bytes, BytesMut};

/// Command fields of requests (PS3.7 E.1-1); a response has [`RESPONSE`] beside.
pub mod field {
    /// C-STORE-RQ.
    pub const C_STORE: u16 = 0x0001;
    /// C-GET-RQ.
    pub const C_GET: u16 = 0x0010;
    /// C-FIND-RQ.
    pub const C_FIND: u16 = 0x0020;
    /// C-MOVE-RQ.
    pub const C_MOVE: u16 = 0x0021;
    /// C-ECHO-RQ.
    pub const C_ECHO: u16 = 0x0030;
    /// N-EVENT-REPORT-RQ.
    pub const N_EVENT_REPORT: u16 = 0x0100;
    /// N-ACTION-RQ.
    pub const N_ACTION: u16 = 0x0130;
    /// C-CANCEL-RQ, which has no response.
    pub const C_CANCEL: u16 = 0x0FFF;
    /// The bit of a response.
    pub const RESPONSE: u16 = 0x8000;
}

pub use field::RESPONSE;

/// (0000,0800) of a message without a data set.
const NO_DATA_SET: u16 = 0x0101;
/// (0000,0700) MEDIUM, the priority of all that we ask.
const PRIORITY_MEDIUM: u16 = 0x0000;

/// A command set; a field that is absent is `None`. Elements of other names are passed over.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Command {
    /// (0000,0100) Command Field.
    pub field: u16,
    /// (0000,0110) Message ID of a request.
    pub message_id: Option<u16>,
    /// (0000,0120) Message ID Being Responded To, also of C-CANCEL.
    pub responded_to: Option<u16>,
    /// (0000,0002) Affected SOP Class UID.
    pub affected_class: Option<String>,
    /// (0000,0003) Requested SOP Class UID.
    pub requested_class: Option<String>,
    /// (0000,1000) Affected SOP Instance UID.
    pub affected_instance: Option<String>,
    /// (0000,1001) Requested SOP Instance UID.
    pub requested_instance: Option<String>,
    /// (0000,0600) Move Destination, an AE title.
    pub move_destination: Option<String>,
    /// (0000,1030) Move Originator Application Entity Title.
    pub move_originator: Option<String>,
    /// (0000,1031) Move Originator Message ID.
    pub move_originator_message: Option<u16>,
    /// (0000,0800) Command Data Set Type: whether a data set follows.
    pub has_data_set: bool,
    /// (0000,0900) Status of a response.
    pub status: Option<u16>,
    /// (0000,0902) Error Comment.
    pub error_comment: Option<String>,
    /// (0000,1002) Event Type ID.
    pub event_type: Option<u16>,
    /// (0000,1008) Action Type ID.
    pub action_type: Option<u16>,
    /// (0000,1020) Number of Remaining Sub-operations.
    pub remaining: Option<u16>,
    /// (0000,1021) Number of Completed Sub-operations.
    pub completed: Option<u16>,
    /// (0000,1022) Number of Failed Sub-operations.
    pub failed: Option<u16>,
    /// (0000,1023) Number of Warning Sub-operations.
    pub warning: Option<u16>,
}

impl Command {
    /// A request of this SOP class.
    pub fn request(field: u16, message_id: u16, class: &str) -> Command {
        let affected_class = Some(class.to_owned());
        Command { field, message_id: Some(message_id), affected_class, ..Command::default() }
    }

    /// The response to this request, with what a response repeats of it (PS3.7 9.3, 10.3).
    pub fn response(&self, status: u16) -> Command {
        Command {
            field: self.field | RESPONSE,
            responded_to: self.message_id,
            affected_class: self.affected_class.clone().or(self.requested_class.clone()),
            affected_instance: self.affected_instance.clone().or(self.requested_instance.clone()),
            event_type: self.event_type,
            action_type: self.action_type,
            status: Some(status),
            ..Command::default()
        }
    }

    /// Whether it answers something.
    pub fn is_response(&self) -> bool {
        self.field & RESPONSE != 0
    }

    /// Reads a command set.
    ///
    /// # Errors
    /// [`Violation::BadCommand`] for lengths that lie, elements of another group, or a set that
    /// says neither what it is nor which message.
    pub fn read(mut bytes: &[u8]) -> Result<Command, Violation> {
        let mut command = Command::default();
        let mut data_set_type = None;
        while !bytes.is_empty() {
            if bytes.len() < 8 {
                return Err(Violation::BadCommand("it ends within an element"));
            }
            let (group, element) = (bytes.get_u16_le(), bytes.get_u16_le());
            let length = usize::try_from(bytes.get_u32_le()).unwrap_or(usize::MAX);
            if group != 0 {
                return Err(Violation::BadCommand("an element of another group"));
            }
            let Some((value, rest)) = bytes.split_at_checked(length) else {
                return Err(Violation::BadCommand("an element is longer than the set"));
            };
            bytes = rest;
            match element {
                0x0800 => data_set_type = number(value),
                _ => command.take(element, value),
            }
        }
        let kind = data_set_type.ok_or(Violation::BadCommand("(0000,0800) is missing"))?;
        command.has_data_set = kind != NO_DATA_SET;
        match (command.field, command.message_id, command.responded_to) {
            (0, ..) => Err(Violation::BadCommand("(0000,0100) is missing")),
            (field, None, _) if field & RESPONSE == 0 && field != field::C_CANCEL => {
                Err(Violation::BadCommand("(0000,0110) is missing"))
            }
            _ => Ok(command),
        }
    }

    /// As bytes, with its group length.
    pub fn write(&self) -> Bytes {
        let mut set = BytesMut::with_capacity(256);
        text(&mut set, 0x0002, self.affected_class.as_deref(), 0);
        text(&mut set, 0x0003, self.requested_class.as_deref(), 0);
        short(&mut set, 0x0100, Some(self.field));
        short(&mut set, 0x0110, self.message_id);
        short(&mut set, 0x0120, self.responded_to);
        text(&mut set, 0x0600, self.move_destination.as_deref(), b' ');
        let has_priority =
            matches!(self.field, field::C_STORE | field::C_FIND | field::C_GET | field::C_MOVE);
        short(&mut set, 0x0700, has_priority.then_some(PRIORITY_MEDIUM));
        short(&mut set, 0x0800, Some(if self.has_data_set { 1 } else { NO_DATA_SET }));
        short(&mut set, 0x0900, self.status);
        text(&mut set, 0x0902, self.error_comment.as_deref(), b' ');
        text(&mut set, 0x1000, self.affected_instance.as_deref(), 0);
        text(&mut set, 0x1001, self.requested_instance.as_deref(), 0);
        short(&mut set, 0x1002, self.event_type);
        short(&mut set, 0x1008, self.action_type);
        short(&mut set, 0x1020, self.remaining);
        short(&mut set, 0x1021, self.completed);
        short(&mut set, 0x1022, self.failed);
        short(&mut set, 0x1023, self.warning);
        text(&mut set, 0x1030, self.move_originator.as_deref(), b' ');
        short(&mut set, 0x1031, self.move_originator_message);
        let mut whole = BytesMut::with_capacity(set.len() + 12);
        whole.put_slice(&[0, 0, 0, 0, 4, 0, 0, 0]);
        whole.put_u32_le(u32::try_from(set.len()).unwrap_or(u32::MAX));
        whole.unsplit(set);
        whole.freeze()
    }

    fn take(&mut self, element: u16, value: &[u8]) {
        match element {
            0x0002 => self.affected_class = string(value),
            0x0003 => self.requested_class = string(value),
            0x0100 => self.field = number(value).unwrap_or_default(),
            0x0110 => self.message_id = number(value),
            0x0120 => self.responded_to = number(value),
            0x0600 => self.move_destination = string(value),
            0x0900 => self.status = number(value),
            0x0902 => self.error_comment = string(value),
            0x1000 => self.affected_instance = string(value),
            0x1001 => self.requested_instance = string(value),
            0x1002 => self.event_type = number(value),
            0x1008 => self.action_type = number(value),
            0x1020 => self.remaining = number(value),
            0x1021 => self.completed = number(value),
            0x1022 => self.failed = number(value),
            0x1023 => self.warning = number(value),
            0x1030 => self.move_originator = string(value),
            0x1031 => self.move_originator_message = number(value),
            _ => {}
        }
    }
}

fn number(value: &[u8]) -> Option<u16> {
    Some(u16::from_le_bytes(value.first_chunk::<2>().copied()?))
}

/// UIDs and AE titles: of no meaning at their ends are spaces and the padding NUL (PS3.5 6.2).
fn string(value: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(value);
    Some(text.trim_matches(|letter: char| letter == '\0' || letter == ' ').to_owned())
}

fn short(set: &mut BytesMut, element: u16, value: Option<u16>) {
    if let Some(value) = value {
        set.put_u16_le(0);
        set.put_u16_le(element);
        set.put_u32_le(2);
        set.put_u16_le(value);
    }
}

fn text(set: &mut BytesMut, element: u16, value: Option<&str>, padding: u8) {
    if let Some(value) = value {
        let odd = value.len() % 2;
        set.put_u16_le(0);
        set.put_u16_le(element);
        set.put_u32_le(u32::try_from(value.len() + odd).unwrap_or(u32::MAX));
        set.put_slice(value.as_bytes());
        set.put_bytes(padding, odd);
    }
}
