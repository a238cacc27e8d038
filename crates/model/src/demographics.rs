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

    /// Whether both parts are written in kana alone.
    pub fn is_kana(&self) -> bool {
        let all = |text: &str| {
            text.chars().all(|c| {
                matches!(c, '\u{3040}'..='\u{30FF}' | '\u{FF65}'..='\u{FF9F}' | ' ' | '\u{3000}')
            })
        };
        all(&self.family) && all(&self.given)
    }
}

/// In what letters a sender says that a name is written (XPN.8 of HL7 v2, `use` of v3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Representation {
    /// `I`, `IDE`.
    Ideographic,
    /// `P`, `SYL`.
    Phonetic,
    /// `A`, `ABC`.
    Alphabetic,
}

/// The ideographic name (or the only one sent) and the reading, of the names that a sender gives:
/// told apart by what it says of each, else by script. Of several of a kind the first stands.
pub fn names_by_representation(
    names: impl Iterator<Item = (PersonName, Option<Representation>)>,
) -> (PersonName, PersonName) {
    let mut ideographic = PersonName::default();
    let mut phonetic = PersonName::default();
    let mut alphabetic = PersonName::default();
    for (name, representation) in names.filter(|(name, _)| !name.is_empty()) {
        let slot = match representation {
            Some(Representation::Phonetic) => &mut phonetic,
            Some(Representation::Alphabetic) => &mut alphabetic,
            Some(Representation::Ideographic) => &mut ideographic,
            None if name.is_kana() => &mut phonetic,
            None => &mut ideographic,
        };
        if slot.is_empty() {
            *slot = name;
        }
    }
    if ideographic.is_empty() {
        let other = if alphabetic.is_empty() { &phonetic } else { &alphabetic };
        ideographic = other.clone();
    }
    (ideographic, phonetic)
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
