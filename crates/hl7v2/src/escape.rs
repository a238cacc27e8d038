//! Escape sequences (HL7 v2.5 §2.7).

use crate::separators::Separators;
use std::borrow::Cow;
use text::CharacterSet;

/// Takes escape sequences apart: delimiters, `\.br\` as a line feed, `\Xdd..\` as bytes of the
/// message's character set, `\H\` and `\N\` dropped.
///
/// An escape character that begins no known sequence stays: in Japanese text it is a yen sign.
pub fn unescape<'a>(raw: &'a str, separators: &Separators, set: CharacterSet) -> Cow<'a, str> {
    let mark = separators.escape;
    if !raw.contains(mark) {
        return Cow::Borrowed(raw);
    }
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((before, after)) = rest.split_once(mark) {
        out.push_str(before);
        let sequence = after.split_once(mark);
        match sequence {
            Some((name, next)) if resolve(name, separators, set, &mut out) => rest = next,
            _ => {
                out.push(mark);
                rest = after;
            }
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Writes a value so that [`unescape`] gives it back.
pub fn escape<'a>(value: &'a str, separators: &Separators) -> Cow<'a, str> {
    let name_of = |character: char| -> Option<&'static str> {
        Some(match character {
            _ if character == separators.field => "F",
            _ if character == separators.component => "S",
            _ if character == separators.repetition => "R",
            _ if character == separators.subcomponent => "T",
            _ if character == separators.escape => "E",
            '\n' => ".br",
            '\r' => "X0D",
            '\u{0B}' => "X0B",
            '\u{1C}' => "X1C",
            _ => return None,
        })
    };
    if value == "\"\"" {
        return Cow::Owned(format!("{0}X22{0}\"", separators.escape));
    }
    if !value.chars().any(|character| name_of(character).is_some()) {
        return Cow::Borrowed(value);
    }
    let mut out = String::with_capacity(value.len() + 8);
    for character in value.chars() {
        match name_of(character) {
            Some(name) => {
                out.push(separators.escape);
                out.push_str(name);
                out.push(separators.escape);
            }
            None => out.push(character),
        }
    }
    Cow::Owned(out)
}

fn resolve(name: &str, separators: &Separators, set: CharacterSet, out: &mut String) -> bool {
    match name {
        "F" => out.push(separators.field),
        "S" => out.push(separators.component),
        "T" => out.push(separators.subcomponent),
        "R" => out.push(separators.repetition),
        "E" => out.push(separators.escape),
        ".br" | ".BR" => out.push('\n'),
        "H" | "N" => {}
        _ => match hexadecimal(name) {
            Some(bytes) => out.push_str(&text::decode(&bytes, set).text),
            None => return false,
        },
    }
    true
}

fn hexadecimal(name: &str) -> Option<Vec<u8>> {
    let digits = name.strip_prefix('X')?.as_bytes();
    if digits.is_empty() || digits.len() % 2 != 0 {
        return None;
    }
    let value = |digit: u8| char::from(digit).to_digit(16);
    digits
        .chunks_exact(2)
        .map(|pair| match pair {
            [high, low] => u8::try_from(value(*high)? * 16 + value(*low)?).ok(),
            _ => None,
        })
        .collect()
}
