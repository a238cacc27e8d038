//! UTF-8, CP932 and EUC-JP.

use crate::findings::{DamageKind, Findings};
use crate::table::{AFTER_USER_DEFINED, PLANE, cp932 as cp932_at, half_width_kana, jis0212};

/// What stands at the beginning of some bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    /// A character of one or more bytes.
    Character { character: char, length: usize },
    /// A character of JIS X 0212: readable, though outside of what may be exchanged.
    Supplement { character: char, length: usize },
    /// A well-formed code without a character.
    Gaiji { length: usize },
    /// No character of the set.
    Fault { length: usize },
    /// The bytes end inside a character.
    Cut { length: usize },
}

impl Unit {
    pub(crate) fn length(self) -> usize {
        match self {
            Unit::Character { length, .. }
            | Unit::Supplement { length, .. }
            | Unit::Gaiji { length }
            | Unit::Fault { length }
            | Unit::Cut { length } => length,
        }
    }
}

pub(crate) fn utf8(bytes: &[u8], offset: usize, out: &mut String, findings: &mut Findings) {
    let mut at = offset;
    for chunk in bytes.utf8_chunks() {
        for (place, character) in chunk.valid().char_indices() {
            let mut buffer = [0_u8; 4];
            let here = at + place;
            match character {
                '\0' => findings.damage(out, here, &[0], DamageKind::Nul),
                '\u{1B}' => findings.damage(out, here, &[0x1B], DamageKind::Escape),
                '\u{E000}'..='\u{F8FF}' | '\u{F0000}'.. => {
                    findings.gaiji(out, here, character.encode_utf8(&mut buffer).as_bytes(), None);
                }
                _ => out.push(character),
            }
        }
        at += chunk.valid().len();
        let invalid = chunk.invalid();
        if !invalid.is_empty() {
            let cut = at + invalid.len() == offset + bytes.len() && may_go_on(invalid);
            let kind = if cut { DamageKind::Unterminated } else { DamageKind::Bytes };
            findings.damage(out, at, invalid, kind);
            at += invalid.len();
        }
    }
}

pub(crate) fn cp932(bytes: &[u8], offset: usize, out: &mut String, findings: &mut Findings) {
    each(bytes, offset, out, findings, cp932_unit);
}

pub(crate) fn euc_jp(bytes: &[u8], offset: usize, out: &mut String, findings: &mut Findings) {
    each(bytes, offset, out, findings, euc_jp_unit);
}

/// The unit at the beginning of CP932 bytes; `bytes` is not empty.
pub(crate) fn cp932_unit(bytes: &[u8]) -> Unit {
    let lead = bytes.first().copied().unwrap_or(0);
    let base = match lead {
        0x00..=0x7F => return Unit::Character { character: char::from(lead), length: 1 },
        0xA1..=0xDF => return kana_unit(lead, 1),
        0x81..=0x9F => 0x81,
        0xE0..=0xFC => 0xC1,
        _ => return Unit::Fault { length: 1 },
    };
    let Some(trail) = bytes.get(1).copied() else { return Unit::Cut { length: 1 } };
    let column = match trail {
        0x40..=0x7E => trail - 0x40,
        0x80..=0xFC => trail - 0x41,
        _ => return Unit::Fault { length: 1 },
    };
    let place = usize::from(lead - base) * 188 + usize::from(column);
    match cp932_at(place) {
        Some(character) => Unit::Character { character, length: 2 },
        None => Unit::Gaiji { length: 2 },
    }
}

/// The unit at the beginning of EUC-JP bytes; `bytes` is not empty.
pub(crate) fn euc_jp_unit(bytes: &[u8]) -> Unit {
    let lead = bytes.first().copied().unwrap_or(0);
    let place = |first: u8, second: u8| {
        usize::from(first.wrapping_sub(0xA1)) * 94 + usize::from(second.wrapping_sub(0xA1))
    };
    let high = |byte: u8| (0xA1..=0xFE).contains(&byte);
    match (lead, bytes.get(1).copied(), bytes.get(2).copied()) {
        (0x00..=0x7F, ..) => Unit::Character { character: char::from(lead), length: 1 },
        (0x8E, Some(kana @ 0xA1..=0xDF), _) => kana_unit(kana, 2),
        (0x8F, Some(first), Some(second)) if high(first) && high(second) => {
            match jis0212(place(first, second)) {
                Some(character) => Unit::Supplement { character, length: 3 },
                None => Unit::Gaiji { length: 3 },
            }
        }
        (0x8F, Some(first), None) if high(first) => Unit::Cut { length: 2 },
        (0xA1..=0xFE, Some(second), _) if high(second) => match cp932_at(place(lead, second)) {
            Some(character) => Unit::Character { character, length: 2 },
            None => Unit::Gaiji { length: 2 },
        },
        (0x8E | 0x8F | 0xA1..=0xFE, None, _) => Unit::Cut { length: 1 },
        _ => Unit::Fault { length: 1 },
    }
}

/// Whether CP932 keeps the place for characters of the user.
pub(crate) fn is_user_defined(lead: u8) -> bool {
    let first = (usize::from(lead.wrapping_sub(0xC1))) * 188;
    (PLANE..AFTER_USER_DEFINED).contains(&first)
}

fn kana_unit(byte: u8, length: usize) -> Unit {
    match half_width_kana(byte) {
        Some(character) => Unit::Character { character, length },
        None => Unit::Fault { length: 1 },
    }
}

fn each(
    bytes: &[u8],
    offset: usize,
    out: &mut String,
    findings: &mut Findings,
    unit_of: fn(&[u8]) -> Unit,
) {
    let mut at = 0;
    while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
        let unit = unit_of(rest);
        let received = rest.get(..unit.length()).unwrap_or(rest);
        let place = offset + at;
        match unit {
            Unit::Character { character: '\0', .. } => {
                findings.damage(out, place, received, DamageKind::Nul);
            }
            Unit::Character { character: '\u{1B}', .. } => {
                findings.damage(out, place, received, DamageKind::Escape);
            }
            Unit::Character { character, .. } => out.push(character),
            Unit::Supplement { character, .. } => {
                findings.gaiji(out, place, received, Some(character));
            }
            Unit::Gaiji { .. } => findings.gaiji(out, place, received, None),
            Unit::Fault { .. } => findings.damage(out, place, received, DamageKind::Bytes),
            Unit::Cut { .. } => findings.damage(out, place, received, DamageKind::Unterminated),
        }
        at += unit.length();
    }
}

fn may_go_on(invalid: &[u8]) -> bool {
    let wanted = match invalid.first() {
        Some(0xC2..=0xDF) => 2,
        Some(0xE0..=0xEF) => 3,
        Some(0xF0..=0xF4) => 4,
        _ => 0,
    };
    invalid.len() < wanted
}
