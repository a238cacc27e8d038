//! One value as text, with what was declared, what was used and how sure that is.

use super::Coding;
use crate::DataSet;
use dicom_core::Tag;
use dicom_dictionary_std::tags;
use serde::{Deserialize, Serialize};

/// The version of the rules by which text is decided; a higher one may read a value otherwise.
pub const RULES_VERSION: u32 = 1;

/// How far what was declared and what was used agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The bytes are what was declared, or plain ASCII.
    Declared,
    /// They are in another coding than the declared one, and nothing speaks for a third.
    Repaired,
    /// They can be read in several ways, and nothing decides; the text is the likeliest.
    Ambiguous,
    /// Some bytes are no characters of any coding; those places show U+FFFD.
    Undecodable,
}

/// A value of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// The text without its padding; several values are parted by `\`.
    pub value: String,
    /// The bytes as received.
    pub raw: Vec<u8>,
    /// The declared Specific Character Set, as received, values parted by `\`.
    pub declared: String,
    /// The coding that was used.
    pub used: Coding,
    /// How far both agree.
    pub verdict: Verdict,
}

impl Text {
    /// The values, without the spaces around them.
    pub fn values(&self) -> impl Iterator<Item = &str> {
        self.value.split('\\').map(|value| value.trim_matches(' '))
    }
}

impl DataSet {
    /// The text of a tag by this data set's own Specific Character Set and by its bytes alone.
    /// None if it is absent or not loaded.
    pub fn text(&self, tag: Tag) -> Option<Text> {
        let raw = self.bytes(tag)?;
        let declared =
            String::from_utf8_lossy(self.bytes(tags::SPECIFIC_CHARACTER_SET).unwrap_or_default());
        let used = match text::detect(raw) {
            text::CharacterSet::Ascii => Coding::Ascii,
            text::CharacterSet::Iso2022Jp => Coding::Iso2022,
            text::CharacterSet::Utf8 => Coding::Utf8,
            text::CharacterSet::Cp932 => Coding::Cp932,
            text::CharacterSet::EucJp => Coding::EucJp,
        };
        let decoded = text::decode(raw, text::detect(raw));
        let verdict = match (used, decoded.damage_count) {
            (_, 1..) => Verdict::Undecodable,
            (Coding::Ascii, _) => Verdict::Declared,
            _ => Verdict::Repaired,
        };
        Some(Text {
            value: decoded.text.trim_end_matches([' ', '\0']).to_owned(),
            raw: raw.to_vec(),
            declared: declared.trim_end_matches([' ', '\0']).to_owned(),
            used,
            verdict,
        })
    }
}
