//! Text into bytes of a character set; refuses what it cannot write, instead of `?`.

use crate::set::CharacterSet;
use crate::table::{place_in_jis0208, place_in_jis0212};
use encoding_rs::SHIFT_JIS;
use thiserror::Error;

/// A character that the set cannot carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{character:?} at byte {offset} has no code in {}: choose another set or another character", .set.name())]
pub struct Unmappable {
    /// The character.
    pub character: char,
    /// Its place in the text, in bytes of UTF-8.
    pub offset: usize,
    /// The set.
    pub set: CharacterSet,
}

/// Encodes text; ISO-2022-JP ends in ASCII. Decoding gives the same text back.
///
/// # Errors
/// The first character that the set cannot carry. `¥`, `‾` and `−` are refused where the set
/// could only write a neighbour of them.
pub fn encode(text: &str, set: CharacterSet) -> Result<Vec<u8>, Unmappable> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut state = Designated::Ascii;
    for (offset, character) in text.char_indices() {
        let refused = Unmappable { character, offset, set };
        if matches!(character, '\0' | '\u{1B}') {
            return Err(refused);
        }
        if character.is_ascii() {
            designate(&mut state, Designated::Ascii, set, &mut bytes);
            bytes.push(character as u8);
            continue;
        }
        match set {
            CharacterSet::Ascii => return Err(refused),
            CharacterSet::Utf8 => {
                bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            }
            CharacterSet::Cp932 => cp932(character, &mut bytes).ok_or(refused)?,
            CharacterSet::EucJp => euc_jp(character, &mut bytes).ok_or(refused)?,
            CharacterSet::Iso2022Jp => {
                let (wanted, code) = iso2022(character).ok_or(refused)?;
                designate(&mut state, wanted, set, &mut bytes);
                bytes.extend(code.into_iter().filter(|byte| *byte != 0));
            }
        }
    }
    designate(&mut state, Designated::Ascii, set, &mut bytes);
    Ok(bytes)
}

/// Whether the set can carry the character.
pub fn is_encodable(character: char, set: CharacterSet) -> bool {
    encode(character.encode_utf8(&mut [0; 4]), set).is_ok()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Designated {
    Ascii,
    Kana,
    Jis0208,
    Jis0212,
}

fn designate(state: &mut Designated, wanted: Designated, set: CharacterSet, bytes: &mut Vec<u8>) {
    if set == CharacterSet::Iso2022Jp && *state != wanted {
        bytes.extend_from_slice(match wanted {
            Designated::Ascii => b"\x1B(B",
            Designated::Kana => b"\x1B(I",
            Designated::Jis0208 => b"\x1B$B",
            Designated::Jis0212 => b"\x1B$(D",
        });
        *state = wanted;
    }
}

fn cp932(character: char, bytes: &mut Vec<u8>) -> Option<()> {
    if matches!(character, '¥' | '‾' | '\u{2212}' | '\u{80}' | '\u{E000}'..='\u{F8FF}') {
        return None;
    }
    let mut buffer = [0; 4];
    let (code, _, failed) = SHIFT_JIS.encode(character.encode_utf8(&mut buffer));
    if failed {
        return None;
    }
    bytes.extend_from_slice(&code);
    Some(())
}

fn euc_jp(character: char, bytes: &mut Vec<u8>) -> Option<()> {
    let (designated, [first, second]) = iso2022(character)?;
    match designated {
        Designated::Ascii => return None,
        Designated::Kana => bytes.extend_from_slice(&[0x8E, first | 0x80]),
        Designated::Jis0208 => bytes.extend_from_slice(&[first | 0x80, second | 0x80]),
        Designated::Jis0212 => bytes.extend_from_slice(&[0x8F, first | 0x80, second | 0x80]),
    }
    Some(())
}

fn iso2022(character: char) -> Option<(Designated, [u8; 2])> {
    let pair = |place: usize| [(place / 94) as u8 + 0x21, (place % 94) as u8 + 0x21];
    if let half @ '\u{FF61}'..='\u{FF9F}' = character {
        return Some((Designated::Kana, [(u32::from(half) - 0xFF61) as u8 + 0x21, 0]));
    }
    if let Some(place) = place_in_jis0208(character) {
        return Some((Designated::Jis0208, pair(place)));
    }
    place_in_jis0212(character).map(|place| (Designated::Jis0212, pair(place)))
}
