//! Why a message was not applied: acknowledgement codes, error codes and locations.

use crate::error::IdentityError;
use access::AccessError;
use store::StoreError;

/// Where an error stands (ERL, HL7 v2.5 §2.A.28).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Location {
    pub segment: &'static str,
    /// Which of the segments of this name, from 1.
    pub sequence: u32,
    pub field: Option<u32>,
    pub repetition: Option<u32>,
    pub component: Option<u32>,
}

impl Location {
    pub(crate) fn new(segment: &'static str, sequence: u32) -> Location {
        Location { segment, sequence, field: None, repetition: None, component: None }
    }

    pub(crate) fn field(self, field: u32) -> Location {
        Location { field: Some(field), ..self }
    }

    pub(crate) fn repetition(self, repetition: u32) -> Location {
        Location { repetition: Some(repetition), ..self }
    }

    pub(crate) fn component(self, component: u32) -> Location {
        Location { component: Some(component), ..self }
    }

    /// Its components, those at the end left out that are not known.
    pub(crate) fn parts(&self) -> Vec<String> {
        let numbers = [self.field, self.repetition, self.component];
        let known = numbers.into_iter().map_while(|number| number).map(|n| n.to_string());
        [self.segment.to_owned(), self.sequence.to_string()].into_iter().chain(known).collect()
    }
}

/// One thing that is wrong (ERR).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mistake {
    /// HL7 table 0357.
    pub code: &'static str,
    pub location: Location,
    pub text: String,
}

/// A message that is not applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// `AE` (its content) or `AR` (not to be processed at all), HL7 table 0008.
    pub acknowledgement: &'static str,
    pub mistakes: Vec<Mistake>,
}

impl Refusal {
    /// AE: something in the content is wrong.
    pub(crate) fn error(
        code: &'static str,
        location: Location,
        text: impl Into<String>,
    ) -> Refusal {
        let mistakes = vec![Mistake { code, location, text: text.into() }];
        Refusal { acknowledgement: "AE", mistakes }
    }

    /// AR: the message is not one for us, or cannot be processed now.
    pub(crate) fn rejected(
        code: &'static str,
        location: Location,
        text: impl Into<String>,
    ) -> Refusal {
        Refusal { acknowledgement: "AR", ..Refusal::error(code, location, text) }
    }

    /// All that is wrong in one line.
    pub(crate) fn text(&self) -> String {
        let texts: Vec<&str> = self.mistakes.iter().map(|one| one.text.as_str()).collect();
        texts.join("; ")
    }
}

/// The name of an error code (HL7 table 0357).
pub(crate) fn error_name(code: &str) -> &'static str {
    match code {
        "100" => "Segment sequence error",
        "101" => "Required field missing",
        "102" => "Data type error",
        "103" => "Table value not found",
        "200" => "Unsupported message type",
        "201" => "Unsupported event code",
        "202" => "Unsupported processing id",
        "203" => "Unsupported version id",
        "204" => "Unknown key identifier",
        "205" => "Duplicate key identifier",
        "206" => "Application record locked",
        _ => "Application internal error",
    }
}

/// What ends a use case of a message.
#[derive(Debug)]
pub(crate) enum Fault {
    /// The message is wrong.
    Refused(Refusal),
    /// Something here is.
    Internal(IdentityError),
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Fault {
        Fault::Refused(refusal)
    }
}

impl From<IdentityError> for Fault {
    fn from(error: IdentityError) -> Fault {
        Fault::Internal(error)
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Fault {
        Fault::Internal(error.into())
    }
}

impl From<AccessError> for Fault {
    fn from(error: AccessError) -> Fault {
        Fault::Internal(error.into())
    }
}
