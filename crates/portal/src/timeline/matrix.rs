//! The matrix: facilities and kinds down, dates across, newest on the left.

mod band;
mod columns;
mod mark;

use super::filter::Filter;
use super::shown::Shown;
use super::stays::Stay;
use crate::patient::Patient;
use band::FacilityBand;
use columns::{DayHead, MonthHead};
use model::limits::MATRIX_DATES;
use page::Texts;
use store::timeline_query::FreshnessRow;

pub use columns::nearest;

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

/// What the matrix is made from.
pub struct Parts<'a> {
    /// The patient.
    pub patient: &'a Patient,
    /// Entries that pass the filters, newest first.
    pub entries: &'a [Shown],
    /// Admissions by facility.
    pub stays: &'a [Vec<Stay>],
    /// The filters.
    pub filter: &'a Filter,
    /// The newest data of the sources.
    pub fresh: &'a [FreshnessRow],
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
    let start = columns::start_of_page(&all_days, parts.filter);
    let page_dates = usize::try_from(MATRIX_DATES).unwrap_or(usize::MAX);
    let days = &all_days[start..all_days.len().min(start + page_dates)];
    let classes = columns::classes(days, parts.patient);
    let base = format!("/p/{}", parts.patient.person_id);
    let address = |place: usize| parts.filter.address(&base, all_days.get(place).copied(), None);
    Matrix {
        months: columns::months(days, &classes, parts.texts.language),
        days: columns::day_heads(days, &classes, parts, &base),
        facilities: band::bands(days, &classes, parts),
        first: if days.is_empty() { 0 } else { start + 1 },
        last: start + days.len(),
        total: all_days.len(),
        undated: parts.entries.iter().filter(|it| it.entry.day == 0).count(),
        newer: (start > 0).then(|| address(start.saturating_sub(page_dates))),
        older: (start + days.len() < all_days.len()).then(|| address(start + days.len())),
    }
}
