//! Search keys: what a text is found by. Never shown, never stored in place of the text.

pub use crate::kanji::{Kinship, fold_variants, kinship};

use unicode_normalization::UnicodeNormalization;

/// The version of the rules of this crate by which derived columns are made: a store whose columns
/// carry another one makes them anew.
pub const NORMALISATION_VERSION: u32 = 1;

/// The key of a name in kanji or letters: NFKC, one dash, no blanks, no variation selectors,
/// small kana as large ones, lower case. Kanji variants stay apart.
pub fn name_key(text: &str) -> String {
    folded(text, enlarge)
}

/// The key of a name in kana: as [`name_key`], and hiragana as katakana, middle dots dropped.
/// Half-width kana become full-width with their voice marks joined; `ー` stays.
pub fn kana_key(text: &str) -> String {
    let dotless: String = text
        .chars()
        .filter(|character| !matches!(character, '・' | '･' | '·' | '.' | '．'))
        .collect();
    folded(&dotless, |character| katakana(enlarge(character)))
}

/// A looser key of a name in kana, to find candidates by: spellings that sound alike fall
/// together (`オオノ`, `オウノ`, `オーノ`; `ヅ` and `ズ`, `ヂ` and `ジ`, `ヲ` and `オ`, `ヴァ` and `バ`).
pub fn kana_loose_key(text: &str) -> String {
    let mut key = String::with_capacity(text.len());
    let folded = kana_key(text);
    let mut characters = folded.chars().peekable();
    while let Some(character) = characters.next() {
        let next = match character {
            'ー' | '-' => continue,
            'ヴ' => {
                let voiced = characters.peek().copied().and_then(after_vu);
                if voiced.is_some() {
                    characters.next();
                }
                voiced.unwrap_or('ブ')
            }
            'ヅ' => 'ズ',
            'ヂ' => 'ジ',
            'ヲ' => 'オ',
            other => other,
        };
        let lengthens = match next {
            'ウ' => key
                .chars()
                .next_back()
                .is_some_and(|last| O_ROW.contains(last) || U_ROW.contains(last)),
            'オ' => key.chars().next_back().is_some_and(|last| O_ROW.contains(last)),
            _ => false,
        };
        if !lengthens {
            key.push(next);
        }
    }
    key
}

/// The key of running text: NFKC, one dash, one blank between words, no variation selectors,
/// lower case, hiragana and katakana apart.
pub fn search_text(text: &str) -> String {
    let mut key = String::with_capacity(text.len());
    for character in normalised(text.chars()) {
        if !character.is_whitespace() {
            push(&mut key, character);
        } else if !key.is_empty() && !key.ends_with(' ') {
            key.push(' ');
        }
    }
    if key.ends_with(' ') {
        key.pop();
    }
    key
}

const O_ROW: &str = "オコソトノホモヨロヲゴゾドボポ";
const U_ROW: &str = "ウクスツヌフムユルグズブプヅヴ";

/// A key without blanks. Composed once more at the end: dropping blanks and folding kana may
/// have brought a letter and a voice mark together.
fn folded(text: &str, fold: fn(char) -> char) -> String {
    let mut key = String::with_capacity(text.len());
    let dense = text.chars().filter(|character| !character.is_whitespace());
    for character in normalised(dense).filter(|character| !character.is_whitespace()) {
        push(&mut key, fold(character));
    }
    key.nfkc().collect()
}

/// NFKC with voice marks joined, selectors and marks without width dropped.
pub(crate) fn normalised(characters: impl Iterator<Item = char>) -> impl Iterator<Item = char> {
    characters
        .map(|character| match character {
            '\u{309B}' => '\u{3099}',
            '\u{309C}' => '\u{309A}',
            other => other,
        })
        .filter(|character| !is_dropped(*character))
        .nfkc()
}

/// Appends in lower case, with one dash: `ー` after kana, `-` elsewhere.
fn push(key: &mut String, character: char) {
    if is_dash(character) {
        key.push(if key.chars().next_back().is_some_and(is_kana) { 'ー' } else { '-' });
    } else {
        key.extend(character.to_lowercase());
    }
}

fn is_dropped(character: char) -> bool {
    matches!(character,
        '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}' | '\u{180B}'..='\u{180D}'
        | '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}' | '\u{AD}')
        || (character.is_control() && !character.is_whitespace())
}

fn is_dash(character: char) -> bool {
    matches!(
        character,
        '-' | '\u{2010}'
            ..='\u{2015}'
                | '\u{2212}'
                | '\u{2500}'
                | '\u{2501}'
                | '\u{FE58}'
                | '\u{FE63}'
                | '\u{FF0D}'
                | '\u{30FC}'
                | '\u{FF70}'
                | '\u{2043}'
                | '\u{207B}'
                | '\u{208B}'
    )
}

fn is_kana(character: char) -> bool {
    matches!(character, '\u{3041}'..='\u{309A}' | '\u{30A1}'..='\u{30FC}')
}

pub(crate) fn katakana(character: char) -> char {
    match character {
        '\u{3041}'..='\u{3096}' | '\u{309D}' | '\u{309E}' => {
            char::from_u32(u32::from(character) + 0x60).unwrap_or(character)
        }
        other => other,
    }
}

fn enlarge(character: char) -> char {
    const SMALL: &str =
        "ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶㇰㇱㇲㇳㇴㇵㇶㇷㇸㇹㇺㇻㇼㇽㇾㇿ";
    const LARGE: &str =
        "あいうえおつやゆよわかけアイウエオツヤユヨワカケクシストヌハヒフヘホムラリルレロ";
    if !matches!(character, '\u{3041}'..='\u{30FF}' | '\u{31F0}'..='\u{31FF}') {
        return character;
    }
    SMALL
        .chars()
        .zip(LARGE.chars())
        .find_map(|(small, large)| (small == character).then_some(large))
        .unwrap_or(character)
}

fn after_vu(vowel: char) -> Option<char> {
    Some(match vowel {
        'ア' => 'バ',
        'イ' => 'ビ',
        'エ' => 'ベ',
        'オ' => 'ボ',
        _ => return None,
    })
}
