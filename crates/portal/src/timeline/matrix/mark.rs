//! What stands in a cell: words, flag, where it leads, what is spoken.

use super::Parts;
use crate::facility::Facility;
use crate::timeline::cells::{Block, BlockKind};
use crate::timeline::shown::Shown;
use crate::view::{category_word, flag_letters};
use model::entry::{Abnormal, Category};
use page::{Texts, dates};

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Mark {
    /// Classes beside `e` and the facility's colour.
    pub class: &'static str,
    /// Where it leads.
    pub address: String,
    /// Words in bold.
    pub strong: String,
    /// Other words.
    pub text: String,
    /// Flag letters.
    pub flag: &'static str,
    /// Class of the flag.
    pub flag_class: &'static str,
    /// What a screen reader says; begins with what is seen.
    pub label: String,
    /// What abbreviations among the words stand for; part of the label and the tooltip.
    pub spoken: String,
    /// An admission.
    pub is_stay: bool,
    /// It leads to a page of its own, not to a panel beside this one.
    pub is_page: bool,
}

/// The mark of a block of cells.
pub(super) fn of_block(
    block: &Block<'_>,
    parts: &Parts<'_>,
    facility: usize,
    category: Category,
) -> Mark {
    let place = &parts.patient.facilities[facility];
    let base = format!("/p/{}", parts.patient.person_id);
    let word = category_word(category, parts.texts);
    match &block.kind {
        BlockKind::Stay { stay, visits } => {
            let to = stay.to.unwrap_or(parts.today);
            let end = stay.to.map(dates::month_day).unwrap_or_default();
            let span = format!("{}–{end}", dates::month_day(stay.from));
            let strong = parts.texts.get("stay");
            let mut text = format!("{}　{span}", stay.label);
            if stay.to.is_some() && !stay.is_discharged {
                text.push_str(&parts.texts.get("stay-no-discharge"));
            }
            if *visits > 0 {
                text.push_str(&parts.texts.with("stay-visits", &[("n", &visits.to_string())]));
            }
            let address = format!(
                "{base}/days?f={}&c={}&from={}&to={to}",
                place.id,
                category.name(),
                stay.from
            );
            let label = format!("{strong} {text} {}", place.name);
            Mark { class: "stay", address, strong, text, label, is_stay: true, ..Mark::default() }
        }
        BlockKind::Bar { entries, until, is_open, is_past } => {
            let mut mark = of_entries(entries, parts, place, category);
            // An order and its dispensing, or two of one day: the days to the last of them.
            let days = dates::days_between(entries[0].entry.day, *until) + 1;
            mark.strong = String::new();
            mark.text = parts.texts.with("days-n", &[("n", &days.to_string())]);
            if block.columns.end() > block.columns.start() {
                mark.text.push_str(&format!(" 〜{}", dates::month_day(*until)));
            }
            mark.class = match (is_open, is_past) {
                (true, _) => "bar open",
                (false, true) => "bar past",
                (false, false) => "bar",
            };
            labelled(mark, &word, place, entries[0].entry.day)
        }
        BlockKind::Entries(entries) => {
            let mark = of_entries(entries, parts, place, category);
            labelled(mark, &word, place, entries[0].entry.day)
        }
    }
}

fn of_entries(
    entries: &[&Shown],
    parts: &Parts<'_>,
    facility: &Facility,
    category: Category,
) -> Mark {
    let base = format!("/p/{}", parts.patient.person_id);
    let worst = entries.iter().map(|it| it.entry.abnormal).max().unwrap_or(Abnormal::None);
    let (flag, flag_class) = flag_letters(worst);
    let is_laboratory = category == Category::Laboratory;
    let items: usize = entries.iter().map(|it| it.entry.item_count).sum();
    let day = entries[0].entry.day;
    let mut mark = Mark { flag, flag_class, ..Mark::default() };
    mark.is_page = matches!(entries, [one] if one.study.is_some());
    mark.address = match entries {
        [Shown { study: Some(study), .. }] => study.address.clone(),
        [one] => format!("{base}/e/{}", one.entry.document_id),
        _ => format!("{base}/days?f={}&c={}&from={day}&to={day}", facility.id, category.name()),
    };
    let first = entries[0].entry.label.as_str();
    // An order and its performance say the same thing twice.
    let says_one_thing = entries.iter().all(|it| it.entry.label == first);
    match entries {
        _ if is_counted_apart(category, entries) => drugs(&mut mark, entries, parts.texts),
        _ if is_laboratory && items > 0 => mark.text = items.to_string(),
        [Shown { study: Some(study), .. }] => {
            mark.strong = first.chars().take(8).collect();
            mark.spoken = format!("{} {} {}", study.title, study.counts, study.state);
        }
        [_, _, ..] if says_one_thing && entries.iter().all(|it| it.study.is_some()) => {
            mark.strong = first.chars().take(8).collect();
            mark.text = format!(" {}", entries.len());
        }
        _ if says_one_thing => mark.strong = first.chars().take(8).collect(),
        [one, other]
            if one.entry.label.chars().count() + other.entry.label.chars().count() <= 4 =>
        {
            mark.strong = format!("{} {}", one.entry.label, other.entry.label);
        }
        _ => mark.text = entries.len().to_string(),
    }
    mark
}

/// Whether the entries say which drugs were ordered and which given: injections do, prescriptions
/// once they were read by the rules that tell these apart.
fn is_counted_apart(category: Category, entries: &[&Shown]) -> bool {
    let is_told = |it: &&Shown| {
        [ssmix2::ORDER_LABEL, ssmix2::PERFORMED_LABEL].contains(&it.entry.label.as_str())
    };
    match category {
        Category::Injection => true,
        Category::Prescription => entries.iter().all(is_told),
        _ => false,
    }
}

/// What was given and what was ordered are two numbers, never one.
fn drugs(mark: &mut Mark, entries: &[&Shown], texts: Texts) {
    let (ordered, given): (Vec<&Shown>, Vec<&Shown>) =
        entries.iter().partition(|it| it.entry.label == ssmix2::ORDER_LABEL);
    let count = |of: &[&Shown]| of.iter().map(|it| it.entry.item_count).sum::<usize>().to_string();
    let (count_given, count_ordered) = (count(&given), count(&ordered));
    let both = [("given", count_given.as_str()), ("ordered", count_ordered.as_str())];
    mark.text = match (given.is_empty(), ordered.is_empty()) {
        (_, true) => count_given.clone(),
        (true, false) => texts.with("drugs-ordered", &[("n", &count_ordered)]),
        (false, false) => texts.with("drugs-both", &both),
    };
    if !ordered.is_empty() {
        mark.spoken = texts.with("drugs-spoken", &both);
    }
}

/// The label begins with the words that are seen (WCAG 2.5.3).
fn labelled(mut mark: Mark, word: &str, facility: &Facility, day: i64) -> Mark {
    let seen = format!("{}{}", mark.strong, mark.text);
    let flag = if mark.flag.is_empty() { String::new() } else { format!(" {}", mark.flag) };
    mark.label = format!("{seen}{flag} {} {word} {}", facility.name, dates::month_day(day));
    if !mark.spoken.is_empty() {
        mark.label.push_str(&format!(" {}", mark.spoken));
    }
    mark
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timeline::shown::tests::entry;
    use page::Language;
    use store::timeline_query::Entry;

    fn injected(label: &str, item_count: usize) -> Shown {
        let entry = entry(1, 1, 20261026, Category::Injection);
        let entry = Entry { label: label.into(), item_count, ..entry };
        Shown { entry, facility: 0, also_from: Vec::new(), study: None }
    }

    #[test]
    fn ordered_and_given_injections_are_two_numbers() {
        let texts = Texts { language: Language::Japanese };
        let cell = |entries: &[Shown]| {
            let mut mark = Mark::default();
            drugs(&mut mark, &entries.iter().collect::<Vec<_>>(), texts);
            (mark.text, mark.spoken)
        };
        let (order, other_order) = (injected("オーダ", 2), injected("オーダ", 1));
        let (given, more) = (injected("3", 3), injected("4", 4));
        let both = [given.clone(), order.clone(), more.clone(), other_order.clone()];
        assert_eq!(cell(&both), ("実7 指3".to_owned(), "実施 7、オーダ 3".to_owned()));
        assert_eq!(cell(&[given, more]), ("7".to_owned(), String::new()));
        let ordered = cell(&[order, other_order]);
        assert_eq!(ordered, ("指3".to_owned(), "実施 0、オーダ 3".to_owned()));
    }

    #[test]
    fn prescriptions_read_by_older_rules_are_not_taken_for_given_ones() {
        let apart = |category, labels: &[&str]| {
            let entries: Vec<Shown> = labels.iter().map(|label| injected(label, 1)).collect();
            is_counted_apart(category, &entries.iter().collect::<Vec<_>>())
        };
        assert!(apart(Category::Prescription, &["オーダ", "実施"]));
        assert!(!apart(Category::Prescription, &["オーダ", "28日"]));
        assert!(apart(Category::Injection, &["3"]));
        assert!(!apart(Category::Laboratory, &["オーダ"]));
    }
}
