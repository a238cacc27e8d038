//! What a source says of a person (PID, and what else ADT-00 carries about the person).

use crate::date::PartialTime;
use crate::empty::Empty;
use serde::{Deserialize, Serialize};

/// A person's name in one representation (XPN): ideographic or phonetic.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct PersonName {
    /// Family name; holds the whole name where the sender used one component.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub family: String,
    /// Given name.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub given: String,
}

impl PersonName {
    /// Family and given name with one blank between, as shown on screen.
    pub fn full(&self) -> String {
        [self.family.as_str(), self.given.as_str()]
            .iter()
            .filter(|part| !part.is_empty())
            .copied()
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// True when neither part was sent.
    pub fn is_empty(&self) -> bool {
        self.family.is_empty() && self.given.is_empty()
    }
}

/// The demographics of one identity, as one message of its source has them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Demographics {
    /// PID-5, representation `I` (or the only one sent).
    pub name: PersonName,
    /// PID-5, representation `P`: the reading in kana.
    pub kana: PersonName,
    /// PID-7.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub birth: Option<PartialTime>,
    /// PID-8: `M`, `F`, `O`, `U`, or empty.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub sex: String,
    /// PID-11 postal code (XAD.5).
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub postal_code: String,
    /// PID-11 as one line (XAD.8, else the parts joined).
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub address: String,
    /// PID-13/14 (XTN.12, else XTN.1), as sent.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub phones: Vec<String>,
    /// PID-29, where the source sends it.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub death: Option<PartialTime>,
}
