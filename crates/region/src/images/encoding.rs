//! How a server, or a device that imports from CDs, writes text (PS3.5 6.1 and annex H).

use super::romanize::{hiragana, romanized};
use crate::message::half_width;
use crate::plan::RegionError;
use serde::{Deserialize, Serialize};
use text::CharacterSet;

/// What is declared in Specific Character Set (0008,0005), and what is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TextEncoding {
    /// `\ISO 2022 IR 87`, as declared (PS3.5 H.3.1).
    Ir87,
    /// `ISO 2022 IR 13\ISO 2022 IR 87`, as declared (PS3.5 H.3.2).
    Ir13And87,
    /// `ISO_IR 192`, as declared.
    Utf8,
    /// Declares `ISO_IR 100` and writes Shift_JIS.
    ShiftJisAsLatin,
    /// Declares nothing and writes Shift_JIS.
    ShiftJisUndeclared,
    /// Declares `\ISO 2022 IR 87`, writes names so and everything else in Shift_JIS.
    Mixed,
}

/// A person's name with its reading in katakana; the given names may be empty.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Name<'a> {
    pub(crate) family: [&'a str; 2],
    pub(crate) given: [&'a str; 2],
}

impl TextEncoding {
    /// Specific Character Set, if it is written at all.
    pub fn declared(self) -> Option<&'static str> {
        match self {
            TextEncoding::Ir87 | TextEncoding::Mixed => Some("\\ISO 2022 IR 87"),
            TextEncoding::Ir13And87 => Some("ISO 2022 IR 13\\ISO 2022 IR 87"),
            TextEncoding::Utf8 => Some("ISO_IR 192"),
            TextEncoding::ShiftJisAsLatin => Some("ISO_IR 100"),
            TextEncoding::ShiftJisUndeclared => None,
        }
    }

    /// Whether what is declared is what is written.
    pub fn is_honest(self) -> bool {
        matches!(self, TextEncoding::Ir87 | TextEncoding::Ir13And87 | TextEncoding::Utf8)
    }

    /// A name as it should be read: single-byte, ideographic and phonetic group (PS3.5 6.2.1.2).
    pub(crate) fn name(self, name: Name<'_>) -> String {
        let join = |parts: [String; 2]| parts.join("^").trim_end_matches('^').to_owned();
        let each = |place: usize, change: &dyn Fn(&str) -> String| {
            join([change(name.family[place]), change(name.given[place])])
        };
        let kanji = each(0, &|part| self.writable(part));
        match self {
            TextEncoding::Ir87 | TextEncoding::Mixed => {
                format!("{}={kanji}={}", each(1, &romanized), each(1, &hiragana))
            }
            TextEncoding::Ir13And87 => {
                format!("{}={kanji}={}", each(1, &half_width), each(1, &hiragana))
            }
            TextEncoding::Utf8 => {
                format!("{}={kanji}={}", each(1, &romanized), each(1, &str::to_owned))
            }
            // Such devices know one group only.
            TextEncoding::ShiftJisAsLatin | TextEncoding::ShiftJisUndeclared => kanji,
        }
    }

    /// Bytes of a name: its delimiters stand outside of any escape (PS3.5 6.1.2.5.3).
    pub(crate) fn name_bytes(self, name: &str) -> Result<Vec<u8>, RegionError> {
        let encoding = if self == TextEncoding::Mixed { TextEncoding::Ir87 } else { self };
        let mut bytes = Vec::new();
        for (at, group) in name.split('=').enumerate() {
            bytes.extend(if at > 0 { &b"="[..] } else { b"" });
            for (at, part) in group.split('^').enumerate() {
                bytes.extend(if at > 0 { &b"^"[..] } else { b"" });
                bytes.extend(encoding.text_bytes(part)?);
            }
        }
        Ok(bytes)
    }

    /// Bytes of any other text.
    pub(crate) fn text_bytes(self, text: &str) -> Result<Vec<u8>, RegionError> {
        let text = self.writable(text);
        Ok(match self {
            TextEncoding::Ir87 => text::encode(&text, CharacterSet::Iso2022Jp)?,
            TextEncoding::Utf8 => text.into_bytes(),
            TextEncoding::ShiftJisAsLatin
            | TextEncoding::ShiftJisUndeclared
            | TextEncoding::Mixed => text::encode(&text, CharacterSet::Cp932)?,
            TextEncoding::Ir13And87 => with_half_width(&text)?,
        })
    }

    /// The text with common forms for variants that the set lacks.
    pub(crate) fn writable(self, text: &str) -> String {
        let lacks =
            matches!(self, TextEncoding::Ir87 | TextEncoding::Ir13And87 | TextEncoding::Mixed);
        let written = |character| match character {
            '髙' if lacks => '高',
            '﨑' if lacks => '崎',
            other => other,
        };
        text.chars().map(written).collect()
    }
}

/// Half-width kana of JIS X 0201 in the upper half, kanji by escapes that end in `ESC ( J`.
fn with_half_width(text: &str) -> Result<Vec<u8>, RegionError> {
    let is_half = |character: char| ('\u{FF61}'..='\u{FF9F}').contains(&character);
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let kind = is_half(first);
        let end = rest.find(|next| is_half(next) != kind).unwrap_or(rest.len());
        let (run, after) = rest.split_at(end);
        match kind {
            true => bytes.extend(text::encode(run, CharacterSet::Cp932)?),
            false => bytes.extend(to_roman(text::encode(run, CharacterSet::Iso2022Jp)?)),
        }
        rest = after;
    }
    Ok(bytes)
}

/// `ESC ( B` as `ESC ( J`: what JIS X 0201 returns to.
fn to_roman(mut bytes: Vec<u8>) -> Vec<u8> {
    let mut at = 0;
    while let Some(window) = bytes.get_mut(at..at + 3) {
        if window == b"\x1B(B" {
            window.copy_from_slice(b"\x1B(J");
        }
        at += 1;
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: Name<'_> = Name { family: ["山田", "ヤマダ"], given: ["太郎", "タロウ"] };

    fn bytes(encoding: TextEncoding) -> Vec<u8> {
        encoding.name_bytes(&encoding.name(NAME)).unwrap()
    }

    #[test]
    fn names_are_written_as_the_standards_examples() {
        // PS3.5 H.3.1 and H.3.2 give these bytes; ours is the capital form of the first group.
        assert_eq!(
            bytes(TextEncoding::Ir87),
            b"YAMADA^TAROU=\x1B$B;3ED\x1B(B^\x1B$BB@O:\x1B(B=\x1B$B$d$^$@\x1B(B^\x1B$B$?$m$&\x1B(B"
        );
        assert_eq!(
            bytes(TextEncoding::Ir13And87),
            b"\xD4\xCF\xC0\xDE^\xC0\xDB\xB3=\x1B$B;3ED\x1B(J^\x1B$BB@O:\x1B(J=\x1B$B$d$^$@\x1B(J^\x1B$B$?$m$&\x1B(J"
        );
    }

    #[test]
    fn a_liar_writes_what_it_does_not_declare() {
        let lying = TextEncoding::ShiftJisAsLatin;
        assert_eq!(lying.declared(), Some("ISO_IR 100"));
        assert_eq!(lying.text_bytes("表").unwrap(), [0x95, 0x5C], "a backslash within a kanji");
        assert_eq!(bytes(TextEncoding::ShiftJisUndeclared), b"\x8E\x52\x93\x63^\x91\xBE\x98\x59");
        assert!(!TextEncoding::Mixed.is_honest());
        assert_ne!(
            bytes(TextEncoding::Mixed),
            TextEncoding::Mixed.text_bytes("山田^太郎").unwrap()
        );
    }

    #[test]
    fn variants_become_the_common_form_where_the_set_lacks_them() {
        assert_eq!(TextEncoding::Ir87.writable("髙﨑"), "高崎");
        assert_eq!(TextEncoding::Utf8.writable("髙﨑"), "髙﨑");
    }
}
