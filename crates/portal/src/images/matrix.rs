//! Studies by date and modality: a row for each modality, the newest date left.

use super::card::Card;
use super::filter::Filter;
use model::limits::IMAGE_DATES;
use page::{Texts, dates};

/// The order of the rows that everybody knows; others follow by their names.
const ORDER: [&str; 10] = ["CT", "MR", "CR", "DX", "US", "XA", "NM", "PT", "MG", "ES"];

/// Modalities (PS3.3 C.7.3.1.1.1) that have a word of ours.
const WORDS: [&str; 13] =
    ["CT", "MR", "CR", "DX", "US", "XA", "RF", "NM", "PT", "MG", "ES", "ECG", "OT"];

/// A page of dates.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Matrix {
    /// Dates, newest first; 0 stands for "no date".
    pub days: Vec<Day>,
    /// Rows.
    pub rows: Vec<Row>,
    /// Number of the first date shown, from 1.
    pub first: usize,
    /// Number of the last date shown.
    pub last: usize,
    /// Dates in all.
    pub total: usize,
    /// The address of the newer page.
    pub newer: Option<String>,
    /// The address of the older page.
    pub older: Option<String>,
}

/// The head of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day {
    /// `2026/10/31`
    pub date: String,
    /// `土`
    pub weekday: &'static str,
}

/// A modality.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// `CT`
    pub modality: String,
    /// What that is, in words; empty where we have none.
    pub word: String,
    /// Studies in all, on whatever page.
    pub count: usize,
    /// Its studies on each date.
    pub cells: Vec<Vec<Card>>,
}

/// Arranges studies, which are sorted newest first.
pub fn build(cards: &[Card], filter: &Filter, base: &str, texts: Texts) -> Matrix {
    let mut days: Vec<i64> = cards.iter().map(|card| card.day).collect();
    days.sort_unstable_by(|a, b| b.cmp(a));
    days.dedup();
    let page = usize::try_from(IMAGE_DATES).unwrap_or(usize::MAX);
    let start =
        filter.from_day.and_then(|from| days.iter().position(|day| *day <= from)).unwrap_or(0);
    let end = days.len().min(start + page);
    let shown = &days[start..end];
    let rows = modalities(cards)
        .into_iter()
        .map(|modality| row(cards, shown, modality, texts))
        .filter(|row| row.cells.iter().any(|cell| !cell.is_empty()))
        .collect();
    let head = |day: &i64| Day {
        date: if *day > 0 { dates::day(*day) } else { texts.get("no-date") },
        weekday: if *day > 0 { dates::weekday(*day, texts.language) } else { "" },
    };
    let at = |place: usize| filter.address(base, days.get(place).copied());
    Matrix {
        days: shown.iter().map(head).collect(),
        rows,
        first: if days.is_empty() { 0 } else { start + 1 },
        last: end,
        total: days.len(),
        newer: (start > 0).then(|| at(start.saturating_sub(page))),
        older: (end < days.len()).then(|| at(end)),
    }
}

/// The modalities of studies in the order of the rows.
pub fn modalities(cards: &[Card]) -> Vec<&str> {
    let mut all: Vec<&str> = cards.iter().map(|card| card.modality.as_str()).collect();
    let place = |it: &str| ORDER.iter().position(|known| *known == it).unwrap_or(ORDER.len());
    all.sort_by(|a, b| (place(a), *a).cmp(&(place(b), *b)));
    all.dedup();
    all
}

fn row(cards: &[Card], days: &[i64], modality: &str, texts: Texts) -> Row {
    let own: Vec<&Card> = cards.iter().filter(|card| card.modality == modality).collect();
    let of_day = |day: &i64| -> Vec<Card> {
        own.iter().filter(|card| card.day == *day).map(|card| (*card).clone()).collect()
    };
    Row {
        modality: modality.to_owned(),
        word: if WORDS.contains(&modality) {
            texts.get(&format!("modality-{modality}"))
        } else {
            String::new()
        },
        count: own.len(),
        cells: days.iter().map(of_day).collect(),
    }
}
