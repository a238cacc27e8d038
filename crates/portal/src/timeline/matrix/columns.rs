//! The dates across: months, days, where a page of them begins.

use super::Parts;
use crate::patient::Patient;
use crate::timeline::filter::Filter;
use page::{Language, dates};

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

/// The day nearest to the one that was jumped to.
pub fn nearest(days: &[i64], wanted: i64) -> Option<i64> {
    days.iter()
        .copied()
        .filter(|day| *day > 0)
        .min_by_key(|day| dates::days_between(*day, wanted).abs())
}

pub(super) fn start_of_page(days: &[i64], filter: &Filter) -> usize {
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

pub(super) fn classes(days: &[i64], patient: &Patient) -> Vec<&'static str> {
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

pub(super) fn months(days: &[i64], classes: &[&'static str], language: Language) -> Vec<MonthHead> {
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

pub(super) fn day_heads(
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
