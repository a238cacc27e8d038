//! Why a name does not follow the grammar.

use model::reason::Reason;
use thiserror::Error;

/// Why the name of a file or content folder does not follow the grammar of the storage.
///
/// The texts never repeat the name itself: a name holds a patient's ID, and the reader of the
/// message knows the place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NameError {
    /// Fewer parts than the grammar has.
    #[error("name has {found} parts between underscores, expected at least {expected}")]
    TooFewParts {
        /// Parts found.
        found: usize,
        /// Parts the grammar has.
        expected: usize,
    },
    /// A part is empty.
    #[error("name has an empty part: {0}")]
    EmptyPart(&'static str),
    /// The condition flag is not one digit.
    #[error("name does not end in a condition flag of one digit")]
    Flag,
    /// The care date is neither `-` nor eight digits of a day that exists.
    #[error("care date in the name is neither `-` nor a day of the calendar")]
    CareDate,
    /// The sending time is no time.
    #[error("sending time in the name is no time of the calendar")]
    Sent,
    /// The bytes of the name can be read in no known character set.
    #[error("name cannot be read as UTF-8 or CP932")]
    Undecodable,
    /// The patient ID holds characters that are no part of an ID.
    #[error("patient id in the name holds a path separator or a control character")]
    PatientId,
}

impl NameError {
    /// The reason under which such a name waits in quarantine.
    pub fn reason(self) -> Reason {
        match self {
            NameError::CareDate => Reason::CareDateImpossible,
            NameError::Sent => Reason::SentTimeImpossible,
            _ => Reason::NameMalformed,
        }
    }
}
