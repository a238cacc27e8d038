//! A facility in the matrix: its state, its kinds, their cells, what was not fetched.

use super::Parts;
use super::mark::{self, Mark};
use crate::facility::{Facility, Liveness};
use crate::timeline::cells::{self, Block, Columns};
use crate::timeline::shown::Shown;
use crate::view::{category_icon, category_word, recent};
use model::entry::Category;
use page::{Texts, dates};
use store::Disclosure;

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

pub(super) fn bands(
    days: &[i64],
    classes: &[&'static str],
    parts: &Parts<'_>,
) -> Vec<FacilityBand> {
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
        read: read_words(facility, parts, &shown),
        newest: newest
            .map(|at| parts.texts.with("band-newest", &[("at", &shown(at))]))
            .unwrap_or_default(),
        rows,
    }
}

/// Up to when the facility was read; of one that is not read, when it gave last.
fn read_words(
    facility: &Facility,
    parts: &Parts<'_>,
    shown: &dyn Fn(model::Timestamp) -> String,
) -> String {
    let texts = parts.texts;
    if facility.is_suspended() {
        return texts.get("band-suspended");
    }
    match (facility.read_until(), facility.last_given()) {
        (Some(at), _) => texts.with("band-read", &[("at", &shown(at))]),
        (None, Some(at)) => texts.with("band-given", &[("at", &shown(at))]),
        (None, None) => texts.get("band-never"),
    }
}

/// The leading columns that lie after what was fetched of a facility. Where records of one of
/// its sources stand there all the same, nothing is hatched: its head says what is missing.
fn not_fetched(days: &[i64], facility: &Facility, own: &[&Shown]) -> usize {
    if !facility.is_missing_newer() {
        return 0;
    }
    let is_partly_read = facility.is_suspended()
        || matches!(facility.liveness(), Liveness::NotYet | Liveness::Unreadable);
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
        _ if facility.is_suspended() => texts.get("nf-suspended"),
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
        let mark = Some(mark::of_block(block, parts, facility, category));
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
