//! What makes a message unusable.

/// Something that is missing, or there too often.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// HL7 table 0357.
    pub code: &'static str,
    /// The place, as XPath without prefixes; every name is of [`NAMESPACE`](crate::NAMESPACE).
    pub location: &'static str,
    /// What is wrong.
    pub text: &'static str,
}

impl Problem {
    /// A class of the message is missing.
    pub(crate) fn no_class(location: &'static str, text: &'static str) -> Problem {
        Problem { code: "100", location, text }
    }

    /// A value is missing.
    pub(crate) fn no_value(location: &'static str, text: &'static str) -> Problem {
        Problem { code: "101", location, text }
    }

    /// A value cannot be.
    pub(crate) fn no_such_value(location: &'static str, text: &'static str) -> Problem {
        Problem { code: "102", location, text }
    }
}
