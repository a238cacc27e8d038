//! Codes as received: every triple with its system's name, whichever layout was used.

use serde::{Deserialize, Serialize};

/// Slot of a document's metadata that names departments which its message knows by their codes
/// alone: one value a code, `code^name^scheme`. The name is that of the region's code list.
pub const DEPARTMENT_NAMES_SLOT: &str = "urn:musubi:department-names";

/// One code, its text and the name of its system, as received (HL7 v2 CWE 1–3 or 4–6).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Code {
    /// The code; may be empty where only text was sent.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub code: String,
    /// The text.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// The name of the system, such as `JC10`, `HOT9`, `99Z01`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub system: String,
}

/// A coded element: every triple that was sent, in the order sent (one or two, rarely none).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Coded {
    /// The triples as received.
    pub codes: Vec<Code>,
}

impl Coded {
    /// A coded element of a single triple.
    pub fn single(code: &str, text: &str, system: &str) -> Coded {
        Coded {
            codes: vec![Code {
                code: code.to_owned(),
                text: text.to_owned(),
                system: system.to_owned(),
            }],
        }
    }

    /// True when nothing was sent.
    pub fn is_empty(&self) -> bool {
        self.codes.iter().all(|c| c.code.is_empty() && c.text.is_empty())
    }

    /// The triple of a system, compared by the system's name without regard to ASCII case.
    pub fn in_system(&self, system: &str) -> Option<&Code> {
        self.codes.iter().find(|c| c.system.eq_ignore_ascii_case(system))
    }

    /// The text to show: the first text that was sent, else the first code.
    pub fn display(&self) -> &str {
        self.codes
            .iter()
            .map(|c| c.text.as_str())
            .find(|t| !t.is_empty())
            .or_else(|| self.codes.iter().map(|c| c.code.as_str()).find(|c| !c.is_empty()))
            .unwrap_or("")
    }
}

/// A system whose codes are local to a hospital (`99…`, or none named).
pub fn is_local_system(system: &str) -> bool {
    system.is_empty() || system.starts_with("99") || system == "L"
}
