//! Words that pages of several roles show alike.

use crate::Texts;

/// The word of a sex as sent.
pub fn sex_word(sex: &str, texts: Texts) -> String {
    match sex {
        "M" => texts.get("sex-m"),
        "F" => texts.get("sex-f"),
        "O" => texts.get("sex-o"),
        _ => texts.get("sex-u"),
    }
}
