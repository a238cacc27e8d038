//! Which character set the bytes of one item are in: evidence in the bytes alone.

use crate::iso2022;
use crate::multibyte::{Unit, cp932_unit, euc_jp_unit, is_user_defined};
use crate::set::CharacterSet;

/// The character set of an item, from its bytes.
///
/// An escape sequence of ISO 2022 decides; then valid UTF-8; then whichever of CP932, EUC-JP and
/// damaged UTF-8 reads with the least unlikely characters, CP932 where they tie.
pub fn detect(bytes: &[u8]) -> CharacterSet {
    if iso2022::has_escape(bytes) {
        return CharacterSet::Iso2022Jp;
    }
    if bytes.is_ascii() {
        return CharacterSet::Ascii;
    }
    if std::str::from_utf8(bytes).is_ok() || bytes.starts_with(b"\xEF\xBB\xBF") {
        return CharacterSet::Utf8;
    }
    let cp932 = cost(bytes, cp932_unit);
    let euc_jp = cost(bytes, euc_jp_unit);
    let utf8 = utf8_cost(bytes);
    if utf8 < cp932.min(euc_jp) {
        CharacterSet::Utf8
    } else if euc_jp < cp932 {
        CharacterSet::EucJp
    } else {
        CharacterSet::Cp932
    }
}

const FAULT: u64 = 40;
const UNASSIGNED: u64 = 30;
const USER_DEFINED: u64 = 10;
const RARE: u64 = 8;
const COMMON_KANJI: u64 = 2;

fn cost(bytes: &[u8], unit_of: fn(&[u8]) -> Unit) -> u64 {
    let mut total = 0;
    let mut at = 0;
    while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
        let unit = unit_of(rest);
        total += match unit {
            Unit::Character { character, .. } => character_cost(character),
            Unit::Supplement { .. } => RARE + COMMON_KANJI,
            Unit::Gaiji { .. } if rest.first().copied().is_some_and(is_user_defined) => {
                USER_DEFINED
            }
            Unit::Gaiji { .. } => UNASSIGNED,
            Unit::Fault { .. } => FAULT,
            Unit::Cut { .. } => 0,
        };
        at += unit.length();
    }
    total
}

/// How unlikely a character is in a Japanese medical record. Half-width kana cost half of a
/// common kanji, so that two of them never lose against one kanji read out of the same bytes.
fn character_cost(character: char) -> u64 {
    match character {
        '\0'..='\x7F' | '\u{3000}'..='\u{30FF}' | '\u{FF01}'..='\u{FF5E}' => 0,
        '①'..='⑳' | 'Ⅰ'..='Ⅻ' | '×' | '℃' | '±' | '→' | '○' | '■' | '※' => {
            COMMON_KANJI
        }
        '\u{FF61}'..='\u{FF9F}' => COMMON_KANJI / 2,
        '\u{4E00}'..='\u{9FFF}' if is_common(character) => COMMON_KANJI,
        _ => RARE,
    }
}

fn is_common(character: char) -> bool {
    const LEVEL_1: std::ops::Range<usize> = 15 * 94..47 * 94;
    crate::table::place_in_jis0208(character).is_some_and(|place| LEVEL_1.contains(&place))
}

fn utf8_cost(bytes: &[u8]) -> u64 {
    let mut total = 0;
    for chunk in bytes.utf8_chunks() {
        total += chunk.valid().chars().map(character_cost).sum::<u64>();
        total += if chunk.invalid().is_empty() { 0 } else { FAULT };
    }
    total
}
