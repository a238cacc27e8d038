//! Code tables, read once out of `encoding_rs`: JIS X 0208 with NEC and IBM rows, JIS X 0212.

use encoding_rs::{EUC_JP, Encoding, SHIFT_JIS};
use std::sync::OnceLock;

/// Places of one 94 × 94 set.
pub(crate) const PLANE: usize = 94 * 94;
/// First place after the user-defined range of CP932 (`F040`–`F9FC`); IBM's rows begin here.
pub(crate) const AFTER_USER_DEFINED: usize = 10_716;

const CP932_PLACES: usize = 60 * 188;

/// The character at a place of CP932; places below [`PLANE`] are JIS X 0208's, row by row.
/// User-defined and unassigned places have none.
pub(crate) fn cp932(place: usize) -> Option<char> {
    static TABLE: OnceLock<Vec<u16>> = OnceLock::new();
    lookup(TABLE.get_or_init(read_cp932), place)
}

/// The character at a place of JIS X 0212.
pub(crate) fn jis0212(place: usize) -> Option<char> {
    lookup(jis0212_table(), place)
}

/// The place of a character in JIS X 0208 with NEC's row 13.
pub(crate) fn place_in_jis0208(character: char) -> Option<usize> {
    static TABLE: OnceLock<Vec<(u16, u16)>> = OnceLock::new();
    reverse(
        TABLE.get_or_init(|| inverted((0..PLANE).map(|place| cp932(place).unwrap_or('\0')))),
        character,
    )
}

/// The place of a character in JIS X 0212.
pub(crate) fn place_in_jis0212(character: char) -> Option<usize> {
    static TABLE: OnceLock<Vec<(u16, u16)>> = OnceLock::new();
    reverse(
        TABLE.get_or_init(|| inverted((0..PLANE).map(|place| jis0212(place).unwrap_or('\0')))),
        character,
    )
}

/// The place of two seven-bit bytes of a 94 × 94 set, if both lie in it.
pub(crate) fn place_of_pair(first: u8, second: u8) -> Option<usize> {
    let inside = |byte: u8| (0x21..=0x7E).contains(&byte);
    (inside(first) && inside(second))
        .then(|| usize::from(first - 0x21) * 94 + usize::from(second - 0x21))
}

/// The half-width katakana of a byte `A1`–`DF` (JIS X 0201).
pub(crate) fn half_width_kana(byte: u8) -> Option<char> {
    (0xA1..=0xDF).contains(&byte).then(|| char::from_u32(0xFF61 + u32::from(byte - 0xA1))).flatten()
}

fn jis0212_table() -> &'static [u16] {
    static TABLE: OnceLock<Vec<u16>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let seven_bit = |value: usize| value as u8 + 0xA1;
        (0..PLANE)
            .map(|place| unit(EUC_JP, &[0x8F, seven_bit(place / 94), seven_bit(place % 94)]))
            .collect()
    })
}

fn read_cp932() -> Vec<u16> {
    (0..CP932_PLACES)
        .map(|place| {
            if (PLANE..AFTER_USER_DEFINED).contains(&place) {
                return 0;
            }
            let (lead, trail) = ((place / 188) as u8, (place % 188) as u8);
            let lead = lead + if lead < 0x1F { 0x81 } else { 0xC1 };
            let trail = trail + if trail < 0x3F { 0x40 } else { 0x41 };
            unit(SHIFT_JIS, &[lead, trail])
        })
        .collect()
}

fn unit(encoding: &'static Encoding, bytes: &[u8]) -> u16 {
    let Some(text) = encoding.decode_without_bom_handling_and_without_replacement(bytes) else {
        return 0;
    };
    let mut characters = text.chars();
    match (characters.next(), characters.next()) {
        (Some(character), None) => u16::try_from(u32::from(character)).unwrap_or(0),
        _ => 0,
    }
}

fn lookup(table: &[u16], place: usize) -> Option<char> {
    table.get(place).filter(|unit| **unit != 0).and_then(|unit| char::from_u32((*unit).into()))
}

fn inverted(characters: impl Iterator<Item = char>) -> Vec<(u16, u16)> {
    let mut pairs: Vec<(u16, u16)> = characters
        .enumerate()
        .filter(|(_, character)| *character != '\0')
        .map(|(place, character)| (u32::from(character) as u16, place as u16))
        .collect();
    pairs.sort_unstable();
    pairs.dedup_by_key(|pair| pair.0);
    pairs
}

fn reverse(table: &[(u16, u16)], character: char) -> Option<usize> {
    let unit = u16::try_from(u32::from(character)).ok()?;
    let at = table.binary_search_by_key(&unit, |pair| pair.0).ok()?;
    table.get(at).map(|pair| usize::from(pair.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_hold_the_rows_that_hospitals_use() {
        assert_eq!(cp932(place_of_pair(0x30, 0x21).unwrap()), Some('亜'));
        assert_eq!(cp932(place_of_pair(0x2D, 0x21).unwrap()), Some('①'), "NEC row 13");
        assert_eq!(cp932(place_of_pair(0x7C, 0x7E).unwrap()), Some('＂'), "NEC selected IBM");
        assert_eq!(cp932(AFTER_USER_DEFINED + 10), Some('Ⅰ'), "IBM extension FA4A");
        assert_eq!(cp932(place_of_pair(0x29, 0x21).unwrap()), None);
        assert_eq!(jis0212(place_of_pair(0x30, 0x21).unwrap()), Some('丂'));
        assert_eq!(place_in_jis0208('亜'), place_of_pair(0x30, 0x21));
        assert_eq!(place_in_jis0208('🍣'), None);
    }
}
