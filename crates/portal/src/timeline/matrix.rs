//! The matrix: facilities and kinds down, dates across, newest on the left.

use super::cells::{self, Block, BlockKind, Columns};
use super::filter::Filter;
use super::shown::Shown;
use super::stays::Stay;
use crate::facility::{Facility, Liveness};
use crate::patient::Patient;
use crate::view::{category_icon, category_word, flag_letters, recent};
use model::entry::{Abnormal, Category};
use model::limits::MATRIX_DATES;
use page::{Language, Texts, dates};
use store::Disclosure;
use store::timeline_query::FreshnessRow;

/// What the template draws.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Matrix {
    /// Months over the dates.
    pub months: Vec<MonthHead>,
    /// Dates.
    pub days: Vec<DayHead>,
    /// Facilities.
    pub facilities: Vec<FacilityBand>,
    /// Number of the first date shown, from 1.
    pub first: usize,
    /// Number of the last date shown.
    pub last: usize,
    /// Dates in all.
    pub total: usize,
    /// Entries without a date, which stand at the end of the list.
    pub undated: usize,
    /// The address of the newer page of dates.
    pub newer: Option<String>,
    /// The address of the older page of dates.
    pub older: Option<String>,
}

/// A month over its dates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MonthHead {
    /// `2026年11月`
    pub label: String,
    /// Columns.
    pub span: usize,
    /// `seen`, where the last visit lies before it.
    pub class: &'static str,
}

/// The head of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayHead {
    /// Day of the month.
    pub number: i64,
    /// Day of the week.
    pub weekday: &'static str,
    /// Classes of the column: `mon` at a month's first, `seen` at the last visit.
    pub class: &'static str,
    /// The date in full.
    pub date: String,
    /// What this one day holds.
    pub address: String,
    /// The date that was jumped to.
    pub is_current: bool,
}

/// A facility with its rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FacilityBand {
    /// Classes of its mark.
    pub class: String,
    /// Short name.
    pub short: String,
    /// Name.
    pub name: String,
    /// Class of its state; empty while it answers.
    pub state_class: &'static str,
    /// Word of its state; empty while it answers.
    pub state: String,
    /// Up to when it was read.
    pub read: String,
    /// The sending time of its newest record, of whatever patient.
    pub newest: String,
    /// Its rows.
    pub rows: Vec<Row>,
    /// How many of the first columns are not fetched, and what stands there.
    pub not_fetched: Option<NotFetched>,
}

/// The hatched block over what was not fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotFetched {
    /// Columns.
    pub span: usize,
    /// What is missing.
    pub words: String,
}

/// One kind of one facility.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Icon.
    pub icon: &'static str,
    /// Word.
    pub word: String,
    /// Cells after the hatched block.
    pub cells: Vec<Cell>,
}

/// A cell.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cell {
    /// Columns.
    pub span: usize,
    /// Classes of the column.
    pub class: &'static str,
    /// What stands in it.
    pub mark: Option<Mark>,
}

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
}

/// What the matrix is made from.
pub struct Parts<'a> {
    /// The patient.
    pub patient: &'a Patient,
    /// Entries that pass the filters, newest first.
    pub entries: &'a [Shown],
    /// Admissions by facility.
    pub stays: &'a [Vec<Stay>],
    /// The newest data of the sources.
    pub fresh: &'a [FreshnessRow],
    /// The filters.
    pub filter: &'a Filter,
    /// The texts.
    pub texts: Texts,
    /// Today.
    pub today: i64,
}

/// Makes the matrix.
pub fn build(parts: &Parts<'_>) -> Matrix {
    let mut all_days: Vec<i64> = parts.entries.iter().map(|it| it.entry.day).collect();
    all_days.retain(|day| *day > 0);
    all_days.dedup();
    let start = start_of_page(&all_days, parts.filter);
    let page_dates = usize::try_from(MATRIX_DATES).unwrap_or(usize::MAX);
    let days = &all_days[start..all_days.len().min(start + page_dates)];
    let classes = column_classes(days, parts.patient);
    let base = format!("/p/{}", parts.patient.person_id);
    let address = |place: usize| parts.filter.address(&base, all_days.get(place).copied(), None);
    Matrix {
        months: months(days, &classes, parts.texts.language),
        days: day_heads(days, &classes, parts, &base),
        facilities: bands(days, &classes, parts),
        first: if days.is_empty() { 0 } else { start + 1 },
        last: start + days.len(),
        total: all_days.len(),
        undated: parts.entries.iter().filter(|it| it.entry.day == 0).count(),
        newer: (start > 0).then(|| address(start.saturating_sub(page_dates))),
        older: (start + days.len() < all_days.len()).then(|| address(start + days.len())),
    }
}

/// The day nearest to the one that was jumped to.
pub fn nearest(days: &[i64], wanted: i64) -> Option<i64> {
    days.iter()
        .copied()
        .filter(|day| *day > 0)
        .min_by_key(|day| dates::days_between(*day, wanted).abs())
}

fn start_of_page(days: &[i64], filter: &Filter) -> usize {
    let wanted = match (filter.jump, filter.from_day) {
        (Some(jump), _) => match nearest(days, jump) {
            // Some newer dates stay in view, so that one sees where one landed.
            Some(day) => {
                return days.iter().position(|it| *it == day).unwrap_or(0).saturating_sub(8);
            }
            None => return 0,
        },
        (None, Some(day)) => day,
        (None, None) => return 0,
    };
    days.iter().position(|day| *day <= wanted).unwrap_or(0)
}

fn column_classes(days: &[i64], patient: &Patient) -> Vec<&'static str> {
    let seen_day = patient.previous.map(model::Timestamp::jst_day);
    let mut before = None;
    let mut seen = false;
    days.iter()
        .map(|day| {
            let is_month = before.is_none_or(|it| it / 100 != day / 100);
            let is_seen = !seen && before.is_some() && seen_day.is_some_and(|last| *day <= last);
            seen |= is_seen || seen_day.is_some_and(|last| *day <= last);
            before = Some(*day);
            match (is_month, is_seen) {
                (true, true) => "mon seen",
                (true, false) => "mon",
                (false, true) => "seen",
                (false, false) => "",
            }
        })
        .collect()
}

fn months(days: &[i64], classes: &[&'static str], language: Language) -> Vec<MonthHead> {
    let mut heads: Vec<(i64, MonthHead)> = Vec::new();
    for (day, class) in days.iter().zip(classes) {
        match heads.last_mut() {
            Some((month, head)) if *month == day / 100 => head.span += 1,
            _ => {
                let class = if class.ends_with("seen") { "seen" } else { "" };
                let label = dates::month(*day, language);
                heads.push((day / 100, MonthHead { label, span: 1, class }));
            }
        }
    }
    heads.into_iter().map(|(_, head)| shorten(head, language)).collect()
}

/// One narrow column has no room for the year.
fn shorten(mut head: MonthHead, language: Language) -> MonthHead {
    if head.span == 1 {
        head.label = match language {
            Language::Japanese => head.label.split('年').next_back().unwrap_or("").to_owned(),
            Language::English => head.label.split(' ').next().unwrap_or("").to_owned(),
        };
    }
    head
}

fn day_heads(
    days: &[i64],
    classes: &[&'static str],
    parts: &Parts<'_>,
    base: &str,
) -> Vec<DayHead> {
    let current = parts.filter.jump.and_then(|jump| nearest(days, jump));
    let heads = days.iter().zip(classes).map(|(day, class)| DayHead {
        number: dates::parts(*day).2,
        weekday: dates::weekday(*day, parts.texts.language),
        class,
        date: dates::day(*day),
        address: format!("{base}/days?from={day}&to={day}"),
        is_current: current == Some(*day),
    });
    heads.collect()
}

fn bands(days: &[i64], classes: &[&'static str], parts: &Parts<'_>) -> Vec<FacilityBand> {
    let mut found = Vec::new();
    for (place, facility) in parts.patient.facilities.iter().enumerate() {
        if !parts.filter.facilities.is_empty() && !parts.filter.facilities.contains(&facility.id) {
            continue;
        }
        let dated = parts.entries.iter().filter(|it| it.facility == place && it.entry.day > 0);
        let own: Vec<&Shown> = dated.collect();
        let not_fetched = not_fetched(days, facility, &own);
        let columns = Columns { days, not_fetched };
        let rows = rows(columns, classes, parts, place, &own);
        found.push(band(facility, rows, not_fetched, parts));
    }
    found
}

fn band(
    facility: &Facility,
    rows: Vec<Row>,
    not_fetched: usize,
    parts: &Parts<'_>,
) -> FacilityBand {
    let liveness = facility.liveness();
    let stands = liveness != Liveness::Up;
    let shown = |at| recent(at, parts.today, parts.texts);
    let newest = parts
        .fresh
        .iter()
        .filter(|it| {
            let from = Disclosure::open(Some(it.source_id));
            facility.sources.iter().any(|source| source.id == it.source_id)
                && parts.patient.permits(from, it.category)
        })
        .map(|it| it.newest_sent)
        .max();
    FacilityBand {
        class: facility.class(),
        short: facility.short.clone(),
        name: facility.name.clone(),
        state_class: if stands { liveness.class() } else { "" },
        state: if stands { parts.texts.get(liveness.key()) } else { String::new() },
        not_fetched: (not_fetched > 0).then(|| NotFetched {
            span: not_fetched,
            words: not_fetched_words(facility, parts.texts),
        }),
        read: facility.read_until().map_or_else(
            || parts.texts.get("band-never"),
            |at| parts.texts.with("band-read", &[("at", &shown(at))]),
        ),
        newest: newest
            .map(|at| parts.texts.with("band-newest", &[("at", &shown(at))]))
            .unwrap_or_default(),
        rows,
    }
}

/// The leading columns that lie after what was fetched of a facility. Where records of one of
/// its sources stand there all the same, nothing is hatched: its head says what is missing.
fn not_fetched(days: &[i64], facility: &Facility, own: &[&Shown]) -> usize {
    if !facility.is_missing_newer() {
        return 0;
    }
    let is_partly_read = matches!(facility.liveness(), Liveness::NotYet | Liveness::Unreadable);
    if own.is_empty() && is_partly_read {
        return days.len();
    }
    let until = facility.read_until().map_or(0, model::Timestamp::jst_day);
    let columns = days.iter().take_while(|day| **day > until).count();
    let newest_record = own.iter().map(|it| it.entry.day).max().unwrap_or(0);
    let recorded = days.iter().take_while(|day| **day > newest_record).count();
    columns.min(recorded)
}

fn not_fetched_words(facility: &Facility, texts: Texts) -> String {
    match (facility.liveness(), facility.read_until()) {
        (Liveness::Unreadable, _) => texts.get("nf-unreadable"),
        (_, None) => texts.get("nf-never"),
        (_, Some(at)) => texts.with("nf-since", &[("at", &dates::minute(at))]),
    }
}

fn rows(
    columns: Columns<'_>,
    classes: &[&'static str],
    parts: &Parts<'_>,
    facility: usize,
    own: &[&Shown],
) -> Vec<Row> {
    let empty = Vec::new();
    let stays = parts.stays.get(facility).unwrap_or(&empty);
    let wanted = |category: &&Category| own.iter().any(|it| it.entry.category == **category);
    Category::ALL
        .iter()
        .filter(wanted)
        .map(|category| {
            let of_kind: Vec<&Shown> =
                own.iter().filter(|it| it.entry.category == *category).copied().collect();
            let blocks = match category {
                Category::Visit => cells::visits(columns, &of_kind, stays),
                Category::Prescription => cells::bars(columns, &of_kind),
                _ => cells::plain(columns, &of_kind),
            };
            Row {
                icon: category_icon(*category),
                word: category_word(*category, parts.texts),
                cells: fill(columns, classes, &blocks, parts, facility, *category),
            }
        })
        .collect()
}

fn fill(
    columns: Columns<'_>,
    classes: &[&'static str],
    blocks: &[Block<'_>],
    parts: &Parts<'_>,
    facility: usize,
    category: Category,
) -> Vec<Cell> {
    let mut filled = Vec::new();
    let mut column = columns.not_fetched;
    for block in blocks {
        while column < *block.columns.start() {
            filled.push(Cell { span: 1, class: classes[column], mark: None });
            column += 1;
        }
        if column > *block.columns.start() {
            continue;
        }
        let span = block.columns.end() + 1 - block.columns.start();
        let mark = Some(mark(block, parts, facility, category));
        filled.push(Cell { span, class: classes[column], mark });
        column += span;
    }
    filled.extend(classes[column.min(classes.len())..].iter().map(|class| Cell {
        span: 1,
        class,
        mark: None,
    }));
    filled
}

fn mark(block: &Block<'_>, parts: &Parts<'_>, facility: usize, category: Category) -> Mark {
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
    mark.address = match entries {
        [one] => format!("{base}/e/{}", one.entry.document_id),
        _ => format!("{base}/days?f={}&c={}&from={day}&to={day}", facility.id, category.name()),
    };
    let first = entries[0].entry.label.as_str();
    // An order and its performance say the same thing twice.
    let says_one_thing = entries.iter().all(|it| it.entry.label == first);
    match entries {
        _ if category == Category::Injection => injections(&mut mark, entries, parts.texts),
        _ if is_laboratory && items > 0 => mark.text = items.to_string(),
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

/// What was given and what was ordered are two numbers, never one.
fn injections(mark: &mut Mark, entries: &[&Shown], texts: Texts) {
    let (ordered, given): (Vec<&Shown>, Vec<&Shown>) =
        entries.iter().partition(|it| it.entry.label == ssmix2::ORDER_LABEL);
    let count = |of: &[&Shown]| of.iter().map(|it| it.entry.item_count).sum::<usize>().to_string();
    let (count_given, count_ordered) = (count(&given), count(&ordered));
    let both = [("given", count_given.as_str()), ("ordered", count_ordered.as_str())];
    mark.text = match (given.is_empty(), ordered.is_empty()) {
        (_, true) => count_given.clone(),
        (true, false) => texts.with("injections-ordered", &[("n", &count_ordered)]),
        (false, false) => texts.with("injections-both", &both),
    };
    if !ordered.is_empty() {
        mark.spoken = texts.with("injections-spoken", &both);
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
    use super::super::shown::tests::entry;
    use super::*;
    use store::timeline_query::Entry;

    fn injected(label: &str, item_count: usize) -> Shown {
        let entry = entry(1, 1, 20261026, Category::Injection);
        let entry = Entry { label: label.into(), item_count, ..entry };
        Shown { entry, facility: 0, also_from: Vec::new() }
    }

    #[test]
    fn ordered_and_given_injections_are_two_numbers() {
        let texts = Texts { language: Language::Japanese };
        let cell = |entries: &[Shown]| {
            let mut mark = Mark::default();
            injections(&mut mark, &entries.iter().collect::<Vec<_>>(), texts);
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
}
