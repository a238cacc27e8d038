//! ISO 2022 as Japanese systems write it: JIS X 0201, 0208 and 0212, in seven bits.
//!
//! The guideline allows ASCII and JIS X 0208 only; what else stands in real storages is read as
//! far as it can be. A piece begins in ASCII whatever the piece before it ended in.

use crate::findings::{DamageKind, Findings};
use crate::table;

const ESC: u8 = 0x1B;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// One byte a character. JIS X 0201 Roman is read as ASCII: its `5C` and `7E` are HL7's
    /// escape and repetition characters, and many systems leave a segment in Roman.
    OneByte,
    /// Half-width katakana in the lower half.
    Kana,
    /// JIS X 0208 with NEC's and IBM's rows.
    Jis0208,
    /// JIS X 0213 plane 1: as JIS X 0208 where both agree.
    Jis0213,
    /// JIS X 0212.
    Jis0212,
    /// Another set of two bytes a character.
    Unknown,
}

pub(crate) fn decode(bytes: &[u8], offset: usize, out: &mut String, findings: &mut Findings) {
    let mut state = State::OneByte;
    let mut kana_above = false;
    let mut at = 0;
    while let Some(byte) = bytes.get(at).copied() {
        let place = offset + at;
        if byte == ESC {
            let (length, meaning) = escape(bytes.get(at..).unwrap_or_default());
            match meaning {
                Meaning::Lower(next) => state = next,
                Meaning::KanaAbove => kana_above = true,
                Meaning::Unknown(next) => {
                    let received = bytes.get(at..at + length).unwrap_or_default();
                    findings.damage(out, place, received, DamageKind::Escape);
                    state = next.unwrap_or(state);
                }
            }
            at += length;
            continue;
        }
        let two_bytes = !matches!(state, State::OneByte | State::Kana);
        match byte {
            0 => findings.damage(out, place, &[0], DamageKind::Nul),
            0xA1..=0xDF if kana_above => out.extend(table::half_width_kana(byte)),
            0x0E | 0x0F | 0x7F.. => findings.damage(out, place, &[byte], DamageKind::Bytes),
            _ if byte <= 0x20 => out.push(char::from(byte)),
            _ if two_bytes => {
                at += pair(state, bytes.get(at..).unwrap_or_default(), place, out, findings);
                continue;
            }
            _ if state == State::Kana => kana(byte, place, out, findings),
            _ => {
                at += plain_run(bytes.get(at..).unwrap_or_default(), out);
                continue;
            }
        }
        at += 1;
    }
    if !matches!(state, State::OneByte | State::Kana) {
        findings.damage(out, offset + bytes.len(), &[], DamageKind::Unterminated);
    }
}

/// Whether an escape sequence of ISO 2022 that Japanese systems use stands anywhere.
pub(crate) fn has_escape(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    while let Some(at) = rest.iter().position(|byte| *byte == ESC) {
        rest = rest.get(at..).unwrap_or_default();
        let (length, meaning) = escape(rest);
        if !matches!(meaning, Meaning::Unknown(None)) {
            return true;
        }
        rest = rest.get(length..).unwrap_or_default();
    }
    false
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meaning {
    Lower(State),
    KanaAbove,
    Unknown(Option<State>),
}

/// Length and meaning of the escape sequence that `bytes` begins with.
fn escape(bytes: &[u8]) -> (usize, Meaning) {
    let known = |rest: &[u8]| -> Option<(usize, Meaning)> {
        Some(match (rest.get(1)?, rest.get(2)?, rest.get(3)) {
            (b'(', b'B' | b'J' | b'H', _) => (3, Meaning::Lower(State::OneByte)),
            (b'(', b'I', _) => (3, Meaning::Lower(State::Kana)),
            (b')', b'I', _) => (3, Meaning::KanaAbove),
            (b'$', b'B' | b'@', _) => (3, Meaning::Lower(State::Jis0208)),
            (b'$', b'(', Some(b'B' | b'@')) => (4, Meaning::Lower(State::Jis0208)),
            (b'$', b'(', Some(b'D')) => (4, Meaning::Lower(State::Jis0212)),
            (b'$', b'(', Some(b'O' | b'Q')) => (4, Meaning::Lower(State::Jis0213)),
            _ => return None,
        })
    };
    if let Some(found) = known(bytes) {
        return found;
    }
    let intermediates =
        bytes.iter().skip(1).take_while(|byte| (0x20..=0x2F).contains(*byte)).count();
    let has_final = bytes.get(1 + intermediates).is_some_and(|b| (0x30..=0x7E).contains(b));
    let next = match bytes.get(1) {
        Some(b'$') if has_final => Some(State::Unknown),
        Some(b'(') if has_final => Some(State::OneByte),
        _ => None,
    };
    match next {
        Some(_) => (2 + intermediates, Meaning::Unknown(next)),
        None => (1, Meaning::Unknown(None)),
    }
}

/// Appends the printable ASCII that `rest` begins with; returns how much.
fn plain_run(rest: &[u8], out: &mut String) -> usize {
    let length = rest.iter().take_while(|byte| (0x20..0x7F).contains(*byte)).count();
    let run = rest.get(..length).and_then(|run| std::str::from_utf8(run).ok());
    out.push_str(run.unwrap_or_default());
    length.max(1)
}

fn kana(byte: u8, place: usize, out: &mut String, findings: &mut Findings) {
    match table::half_width_kana(byte | 0x80) {
        Some(character) => out.push(character),
        None => findings.damage(out, place, &[byte], DamageKind::Bytes),
    }
}

fn pair(
    state: State,
    rest: &[u8],
    place: usize,
    out: &mut String,
    findings: &mut Findings,
) -> usize {
    let Some(received) = rest.get(..2) else {
        findings.damage(out, place, rest, DamageKind::Unterminated);
        return 1;
    };
    let &[first, second] = received else { return 1 };
    let Some(code) = table::place_of_pair(first, second) else {
        findings.damage(out, place, &[first], DamageKind::Bytes);
        return 1;
    };
    match state {
        State::Jis0212 => findings.gaiji(out, place, received, table::jis0212(code)),
        State::Jis0208 => shown(table::cp932(code), received, place, out, findings),
        State::Jis0213 if matches!(first, 0x21..=0x28 | 0x30..=0x74) => {
            shown(table::cp932(code), received, place, out, findings);
        }
        _ => findings.gaiji(out, place, received, None),
    }
    2
}

fn shown(
    character: Option<char>,
    received: &[u8],
    place: usize,
    out: &mut String,
    findings: &mut Findings,
) {
    match character {
        Some(character) => out.push(character),
        None => findings.gaiji(out, place, received, None),
    }
}
