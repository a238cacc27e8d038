//! What else is known about a value: the study's other text, the source's past, the patient.

use super::{Coding, Text, Verdict};
use std::collections::BTreeMap;
use text::key::{fold_variants, kana_key};

/// How often text that was certain came in which coding: of one study, or of one source.
///
/// Of a source, that is of a sending AE title, a manufacturer, model and software version, or the
/// institution on a CD, it is what earlier studies gave.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Votes(BTreeMap<Coding, u64>);

impl Votes {
    /// Counts a text, if it is certain and says something about its coding.
    pub fn count(&mut self, text: &Text) {
        let is_certain = matches!(text.verdict, Verdict::Declared | Verdict::Repaired);
        let is_telling = !matches!(text.used, Coding::Ascii | Coding::Iso2022);
        if is_certain && is_telling {
            self.add(text.used, 1);
        }
    }

    /// Adds votes that were kept.
    pub fn add(&mut self, coding: Coding, count: u64) {
        let votes = self.0.entry(family(coding)).or_default();
        *votes = votes.saturating_add(count);
    }

    /// The votes, by coding, to be kept.
    pub fn iter(&self) -> impl Iterator<Item = (Coding, u64)> + '_ {
        self.0.iter().map(|(coding, count)| (*coding, *count))
    }

    /// The coding among `candidates` that has `at_least` votes and most of them by far.
    pub(crate) fn winner(&self, candidates: &[Coding], at_least: u64) -> Option<Coding> {
        let votes = |coding: &Coding| self.0.get(&family(*coding)).copied().unwrap_or(0);
        let best = candidates.iter().copied().max_by_key(votes)?;
        let most = votes(&best);
        let is_clear = candidates
            .iter()
            .filter(|coding| family(**coding) != family(best))
            .all(|coding| votes(coding).saturating_mul(MAJORITY) <= most);
        (most >= at_least && is_clear).then_some(best)
    }
}

/// A majority is so many times the runner-up.
const MAJORITY: u64 = 3;

/// Everything that is known about a value beside its bytes and its declaration.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Evidence {
    /// Other text of the study.
    pub study: Votes,
    /// Earlier text of the source.
    pub source: Votes,
    names: Vec<String>,
}

impl Evidence {
    /// The votes of a study and of its source, without any name.
    pub fn of(study: Votes, source: Votes) -> Evidence {
        Evidence { study, source, names: Vec::new() }
    }

    /// Adds a name by which the patient of this ID is known (PIX, PDQ, a feed): kanji, kana or
    /// letters, family name first, with or without separators.
    pub fn know(&mut self, name: &str) {
        let key = key(name);
        if !key.is_empty() && !self.names.contains(&key) {
            self.names.push(key);
        }
    }

    /// Whether a component group of a person name is a known one.
    pub(crate) fn knows(&self, name: &str) -> bool {
        name.split(['=', '\\'])
            .filter(|group| !group.is_ascii())
            .any(|group| self.names.contains(&key(group)))
    }
}

/// Codings that are one in what they say about others: half-width katakana are CP932's, the Latin
/// sets are each other's, and so are the Chinese ones.
pub(crate) fn family(coding: Coding) -> Coding {
    match coding {
        Coding::Katakana => Coding::Cp932,
        Coding::Latin2 | Coding::Latin3 | Coding::Latin4 | Coding::Latin5 | Coding::Latin9 => {
            Coding::Latin1
        }
        Coding::Gbk | Coding::Gb18030 => Coding::Gb2312,
        other => other,
    }
}

fn key(name: &str) -> String {
    fold_variants(&kana_key(&name.replace(['^', ','], " ")))
}
