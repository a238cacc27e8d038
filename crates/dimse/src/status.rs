//! Status codes (PS3.7 C, PS3.4 B.2.3, C.4).

/// The status of a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Status(pub u16);

impl Status {
    /// Done.
    pub const SUCCESS: Status = Status(0x0000);
    /// More answers follow (C-FIND, C-GET, C-MOVE).
    pub const PENDING: Status = Status(0xFF00);
    /// More answers follow; some optional keys were not matched (C-FIND).
    pub const PENDING_KEYS_NOT_SUPPORTED: Status = Status(0xFF01);
    /// Ended by a C-CANCEL.
    pub const CANCELLED: Status = Status(0xFE00);
    /// Out of resources: cannot store (C-STORE), or cannot count the matches (C-FIND: 0xA700).
    pub const OUT_OF_RESOURCES: Status = Status(0xA700);
    /// Sub-operations cannot be performed (C-GET, C-MOVE).
    pub const CANNOT_PERFORM_SUB_OPERATIONS: Status = Status(0xA702);
    /// C-MOVE: the destination is not known.
    pub const MOVE_DESTINATION_UNKNOWN: Status = Status(0xA801);
    /// Data set or identifier does not match the SOP class.
    pub const DATA_SET_DOES_NOT_MATCH: Status = Status(0xA900);
    /// Some sub-operations failed, or gave a warning (C-GET, C-MOVE).
    pub const SUB_OPERATIONS_FAILED: Status = Status(0xB000);
    /// Cannot be understood (C-STORE), or cannot be processed (C-FIND, C-GET, C-MOVE).
    pub const CANNOT_UNDERSTAND: Status = Status(0xC000);
    /// Processing failure (PS3.7 C.5.12).
    pub const PROCESSING_FAILURE: Status = Status(0x0110);
    /// The SOP class is not supported (PS3.7 C.5.17).
    pub const CLASS_NOT_SUPPORTED: Status = Status(0x0122);
    /// Refused: not authorized (PS3.7 C.5.13).
    pub const NOT_AUTHORIZED: Status = Status(0x0124);
    /// The operation is not known (PS3.7 C.5.23).
    pub const UNRECOGNIZED_OPERATION: Status = Status(0x0211);
    /// No such action (PS3.7 C.5.14).
    pub const NO_SUCH_ACTION: Status = Status(0x0123);

    /// Whether more responses follow.
    pub fn is_pending(self) -> bool {
        matches!(self.0, 0xFF00 | 0xFF01)
    }

    /// Whether it was done, with a warning perhaps (PS3.7 C.2, C.3).
    pub fn is_done(self) -> bool {
        self == Status::SUCCESS || self.is_warning()
    }

    /// Done, with a warning.
    pub fn is_warning(self) -> bool {
        matches!(self.0, 0x0001 | 0x0107 | 0x0116) || self.0 & 0xF000 == 0xB000
    }
}

impl std::fmt::Display for Status {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{:04X}H", self.0)
    }
}
