//! The readings that a value without escape sequences may have.

use super::belief::{Belief, belief};
use super::declared::SpecificCharacterSet;
use super::evidence::family;
use super::{Coding, strict};

/// What is tried whatever is declared. Thai is not: nearly all half-width katakana are Thai
/// consonants, and no device of this country writes it unasked.
const TRIED: [Coding; 10] = [
    Coding::Utf8,
    Coding::Cp932,
    Coding::EucJp,
    Coding::Latin1,
    Coding::Cyrillic,
    Coding::Greek,
    Coding::Hebrew,
    Coding::Arabic,
    Coding::EucKr,
    Coding::Gb2312,
];

/// One reading.
#[derive(Debug, Clone)]
pub(crate) struct Candidate {
    pub(crate) coding: Coding,
    pub(crate) text: String,
    pub(crate) belief: Belief,
    pub(crate) is_declared: bool,
}

impl Candidate {
    /// Whether it may be taken for itself, as the only believable one. An undeclared foreign
    /// coding may not, nor EUC-JP without kana: too much else reads so.
    pub(crate) fn stands_alone(&self) -> bool {
        let is_usual = matches!(self.coding, Coding::Utf8 | Coding::Cp932 | Coding::Latin1);
        let is_strong_euc = self.coding == Coding::EucJp && self.belief == Belief::Strong;
        self.is_declared || is_usual || is_strong_euc
    }
}

/// Every reading in which each byte is a character, the declared ones first.
pub(crate) fn candidates(
    raw: &[u8],
    declared: &SpecificCharacterSet,
    is_name: bool,
) -> Vec<Candidate> {
    let mut found: Vec<Candidate> = Vec::new();
    let codings = declared.codings();
    let is_latin_declared = codings.iter().any(|coding| family(*coding) == Coding::Latin1);
    for coding in codings.iter().chain(&TRIED) {
        let is_declared = codings.contains(coding);
        let is_second_latin = *coding == Coding::Latin1 && !is_declared && is_latin_declared;
        if is_second_latin || found.iter().any(|one| one.coding == *coding) {
            continue;
        }
        let Some(text) = strict::decode(raw, *coding) else { continue };
        if let Some(same) = found.iter_mut().find(|one| one.text == text) {
            same.belief = same.belief.max(belief(*coding, raw, &text, is_name));
            continue;
        }
        let belief = belief(*coding, raw, &text, is_name);
        found.push(Candidate { coding: *coding, text, belief, is_declared });
    }
    found
}
