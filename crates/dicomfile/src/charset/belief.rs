//! How believable a reading of a value is, by its characters alone.

use super::Coding;
use super::kana::{is_half_width, is_pronounceable};
use super::scripts::{is_latin, is_of_script, words_of};

/// How believable a reading is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Belief {
    /// Every byte is a character, but nobody writes so.
    Weak,
    /// It may be, and so may others.
    Possible,
    /// Bytes of another coding hardly ever read so.
    Strong,
}

/// How believable `text` is, read out of `raw` by `coding`.
pub(crate) fn belief(coding: Coding, raw: &[u8], text: &str, is_name: bool) -> Belief {
    let (best, is_believable) = match coding {
        Coding::Ascii | Coding::Iso2022 => (Belief::Strong, true),
        Coding::Latin1
        | Coding::Latin2
        | Coding::Latin3
        | Coding::Latin4
        | Coding::Latin5
        | Coding::Latin9 => (Belief::Strong, is_latin(text)),
        Coding::Cyrillic | Coding::Greek | Coding::Arabic | Coding::Hebrew | Coding::Thai => {
            (Belief::Possible, is_of_script(text, coding))
        }
        Coding::Katakana => (Belief::Possible, is_half_width_text(text)),
        Coding::EucKr | Coding::Gb2312 | Coding::Gbk | Coding::Gb18030 => {
            (Belief::Possible, is_apart_from_letters(text))
        }
        Coding::Utf8 => (Belief::Strong, is_utf8(text)),
        Coding::Cp932 => return cp932(raw, text, is_name),
        Coding::EucJp => return euc_jp(raw, text),
    };
    if is_believable { best } else { Belief::Weak }
}

/// Valid UTF-8 is believable if every character is of a script that writes so, and two-byte ones
/// form words: they alone are also half-width katakana.
fn is_utf8(text: &str) -> bool {
    let is_east_asian = |c: char| {
        matches!(c,
            '\u{0E00}'..='\u{0E7F}' | '\u{1100}'..='\u{11FF}' | '\u{1E00}'..='\u{1EFF}'
            | '\u{2010}'..='\u{2E7F}' | '\u{2E80}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7A3}'
            | '\u{F900}'..='\u{FAFF}' | '\u{FE30}'..='\u{FE4F}' | '\u{FF00}'..='\u{FFEF}'
            | '\u{20000}'..='\u{3FFFF}')
    };
    if text.chars().any(|character| character > '\u{7FF}') {
        return text.chars().all(|character| character < '\u{800}' || is_east_asian(character));
    }
    let is_between = |from: char, to: char| {
        text.chars().all(|character| character.is_ascii() || (from..=to).contains(&character))
    };
    is_between('\u{A0}', '\u{24F}') && is_latin(text)
        || is_between('\u{370}', '\u{3FF}') && is_of_script(text, Coding::Greek)
        || is_between('\u{400}', '\u{52F}') && is_of_script(text, Coding::Cyrillic)
        || is_between('\u{590}', '\u{6FF}') && is_of_script(text, Coding::Arabic)
}

/// A lead byte `81`–`9F` is no letter of any set of one byte and no lead byte of EUC, so it
/// decides; without one, half-width katakana alone are possible.
fn cp932(raw: &[u8], text: &str, is_name: bool) -> Belief {
    let are_words = words_of(text).all(|word| {
        let (half, other): (Vec<char>, Vec<char>) =
            word.chars().partition(|character| is_half_width(*character));
        let runs = word.split(|c| !is_half_width(c)).filter(|run| !run.is_empty());
        half.is_empty() || (!is_name || other.is_empty()) && runs.into_iter().all(is_pronounceable)
    });
    let has_lead = raw.iter().any(|byte| (0x81..=0x9F).contains(byte));
    if !are_words || is_euc_kana(raw) {
        return Belief::Weak;
    }
    if has_lead {
        return Belief::Strong;
    }
    if is_half_width_text(text) || is_apart_from_letters(text) {
        return Belief::Possible;
    }
    Belief::Weak
}

/// Kana stand in rows that other sets leave to signs; kanji alone are those of other sets too.
fn euc_jp(raw: &[u8], text: &str) -> Belief {
    if is_euc_kana(raw) {
        let are_words = words_of(text)
            .filter(|word| !word.is_ascii())
            .all(|word| word.chars().all(is_half_width) && is_pronounceable(word));
        return if are_words { Belief::Strong } else { Belief::Possible };
    }
    let has_half_width = text.chars().any(is_half_width);
    let is_kana = |c: char| matches!(c, 'ぁ'..='ん' | 'ァ'..='ヶ' | 'ー' | '々');
    let kana = text.chars().filter(|c| is_kana(*c)).count();
    match (has_half_width, kana) {
        (false, 2..) => Belief::Strong,
        (false, _) if is_apart_from_letters(text) || kana > 0 => Belief::Possible,
        _ => Belief::Weak,
    }
}

/// Whether everything above ASCII is `8E` before a half-width katakana, three times or more:
/// EUC-JP writes so, and CP932 has no such words.
fn is_euc_kana(raw: &[u8]) -> bool {
    let mut count = 0;
    let mut rest = raw.iter().filter(|byte| !byte.is_ascii());
    while let Some(byte) = rest.next() {
        let is_pair = *byte == 0x8E && rest.next().is_some_and(|b| (0xA1..=0xDF).contains(b));
        if !is_pair {
            return false;
        }
        count += 1;
    }
    count >= 3
}

fn is_half_width_text(text: &str) -> bool {
    words_of(text)
        .filter(|word| !word.is_ascii())
        .all(|word| word.chars().all(is_half_width) && is_pronounceable(word))
}

/// Whether no letter of ASCII stands beside one of another script in a word: bytes of a Latin
/// set that are read as pairs take the letter behind them along.
fn is_apart_from_letters(text: &str) -> bool {
    words_of(text).all(|word| {
        word.is_ascii() || !word.chars().any(|character| character.is_ascii_alphabetic())
    })
}
