//! Whole values by one coding, or not at all: every byte must be a character.

use super::Coding;
use super::kana::half_width;
use encoding_rs::{EUC_KR, Encoding, GB18030, GBK};
use encoding_rs::{ISO_8859_2, ISO_8859_3, ISO_8859_4, ISO_8859_5, ISO_8859_6, ISO_8859_7};
use encoding_rs::{ISO_8859_8, ISO_8859_15, WINDOWS_874, WINDOWS_1254};
use text::{CharacterSet, GAIJI_MARK};

/// The text of bytes without escape sequences, if each of them is a character of the coding.
pub(crate) fn decode(bytes: &[u8], coding: Coding) -> Option<String> {
    match coding {
        Coding::Ascii | Coding::Iso2022 => {
            bytes.is_ascii().then(|| String::from_utf8_lossy(bytes).into_owned())
        }
        Coding::Latin1 => one_byte_each(bytes, |byte| Some(char::from(byte))),
        Coding::Katakana => one_byte_each(bytes, half_width),
        Coding::Latin2 => by_table(bytes, ISO_8859_2),
        Coding::Latin3 => by_table(bytes, ISO_8859_3),
        Coding::Latin4 => by_table(bytes, ISO_8859_4),
        Coding::Cyrillic => by_table(bytes, ISO_8859_5),
        Coding::Arabic => by_table(bytes, ISO_8859_6),
        Coding::Greek => by_table(bytes, ISO_8859_7),
        Coding::Hebrew => by_table(bytes, ISO_8859_8),
        Coding::Latin5 => by_table(bytes, WINDOWS_1254),
        Coding::Latin9 => by_table(bytes, ISO_8859_15),
        Coding::Thai => by_table(bytes, WINDOWS_874),
        Coding::EucKr => pairs_above(bytes).then(|| whole(bytes, EUC_KR))?,
        Coding::Gb2312 => pairs_above(bytes).then(|| whole(bytes, GBK))?,
        Coding::Gbk => whole(bytes, GBK),
        Coding::Gb18030 => whole(bytes, GB18030),
        Coding::Utf8 => std::str::from_utf8(bytes).ok().map(str::to_owned),
        Coding::Cp932 => japanese(bytes, CharacterSet::Cp932),
        Coding::EucJp => japanese(bytes, CharacterSet::EucJp),
    }
    .filter(|text| !text.chars().any(is_nothing))
}

/// The text with damage marked where bytes are no characters of the coding.
pub(crate) fn decode_marking(bytes: &[u8], coding: Coding) -> String {
    let set = match coding {
        Coding::Utf8 => CharacterSet::Utf8,
        Coding::EucJp => CharacterSet::EucJp,
        Coding::Cp932 | Coding::Katakana => CharacterSet::Cp932,
        _ => CharacterSet::Ascii,
    };
    text::decode(bytes, set).text
}

/// The character of one pair of KS X 1001 or GB 2312, both bytes above ASCII.
pub(crate) fn pair(first: u8, second: u8, coding: Coding) -> Option<char> {
    let text = decode(&[first, second], coding)?;
    let mut characters = text.chars();
    characters.next().filter(|_| characters.next().is_none())
}

/// One character of JIS X 0208, or of JIS X 0212, from its seven-bit pair.
pub(crate) fn jis(first: u8, second: u8, is_supplement: bool) -> Option<char> {
    let bytes = [0x8F, first | 0x80, second | 0x80];
    let bytes = if is_supplement { &bytes[..] } else { bytes.get(1..).unwrap_or_default() };
    let decoded = text::decode(bytes, CharacterSet::EucJp);
    decoded.text.chars().next().filter(|c| decoded.damage_count == 0 && *c != GAIJI_MARK)
}

fn japanese(bytes: &[u8], set: CharacterSet) -> Option<String> {
    let decoded = text::decode(bytes, set);
    let marks = decoded.text.chars().filter(|character| *character == GAIJI_MARK).count();
    (decoded.damage_count == 0 && marks == 0).then_some(decoded.text)
}

fn one_byte_each(bytes: &[u8], above: impl Fn(u8) -> Option<char>) -> Option<String> {
    let character = |byte: &u8| match byte {
        0..=0x7F => Some(char::from(*byte)),
        0x80..=0xA0 => None,
        _ => above(*byte),
    };
    bytes.iter().map(character).collect()
}

/// A set of ISO 8859: the places `80`–`9F` are control characters, never text.
fn by_table(bytes: &[u8], table: &'static Encoding) -> Option<String> {
    if bytes.iter().any(|byte| (0x80..=0xA0).contains(byte)) {
        return None;
    }
    whole(bytes, table)
}

fn whole(bytes: &[u8], table: &'static Encoding) -> Option<String> {
    table.decode_without_bom_handling_and_without_replacement(bytes).map(|text| text.into_owned())
}

/// Whether all bytes above ASCII come in pairs of `A1`–`FE`: the sets without later extensions.
fn pairs_above(bytes: &[u8]) -> bool {
    let mut rest = bytes.iter();
    let is_high = |byte: &u8| (0xA1..=0xFE).contains(byte);
    while let Some(byte) = rest.next() {
        let is_pair = !byte.is_ascii() && is_high(byte) && rest.next().is_some_and(is_high);
        if !byte.is_ascii() && !is_pair {
            return false;
        }
    }
    true
}

/// Private and control characters: no text has them.
fn is_nothing(character: char) -> bool {
    matches!(character, '\u{80}'..='\u{9F}' | '\u{E000}'..='\u{F8FF}' | '\u{FFFD}' | '\u{F0000}'..)
}
