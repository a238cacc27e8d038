//! One row of the matrix: which entries and bars stand over which columns.

use super::Shown;
use super::stays::Stay;
use std::ops::RangeInclusive;

/// Something that stands in a row, over one or more columns (newest first).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block<'a> {
    /// The columns.
    pub columns: RangeInclusive<usize>,
    /// What it is.
    pub kind: BlockKind<'a>,
}

/// What stands there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BlockKind<'a> {
    /// The entries of one day.
    Entries(Vec<&'a Shown>),
    /// Prescriptions of one day, drawn over the days they were given for.
    Bar {
        /// The prescriptions.
        entries: Vec<&'a Shown>,
        /// The last day given.
        until: i64,
        /// It goes on beyond the newest column.
        is_open: bool,
        /// It began before the oldest column.
        is_past: bool,
    },
    /// An admission.
    Stay {
        /// The admission.
        stay: &'a Stay,
        /// Out-patient visits of its first and last day, which it covers.
        visits: usize,
    },
}

/// The columns of a page of dates.
#[derive(Debug, Clone, Copy)]
pub struct Columns<'a> {
    /// Days, newest first.
    pub days: &'a [i64],
    /// How many of the first columns are not fetched for the row's facility.
    pub not_fetched: usize,
}

/// Entries of a row by day.
pub fn plain<'a>(columns: Columns<'_>, entries: &[&'a Shown]) -> Vec<Block<'a>> {
    let by_column = by_column(columns, entries);
    by_column
        .into_iter()
        .enumerate()
        .filter(|(_, found)| !found.is_empty())
        .map(|(column, found)| Block { columns: column..=column, kind: BlockKind::Entries(found) })
        .collect()
}

/// Prescriptions as bars: from the column of their day towards the newer ones, up to their last
/// day or the next prescription. A newer one cuts an older one short: the label keeps its end.
pub fn bars<'a>(columns: Columns<'_>, entries: &[&'a Shown]) -> Vec<Block<'a>> {
    let mut blocks = Vec::new();
    let mut limit = columns.not_fetched;
    for (column, found) in by_column(columns, entries).into_iter().enumerate() {
        if found.is_empty() {
            continue;
        }
        let until = last_day(&found);
        let from = (limit..=column).find(|c| columns.days[*c] <= until).unwrap_or(column);
        blocks.push(bar(columns, from..=column, found, until, false));
        limit = column + 1;
    }
    blocks.extend(past_bar(columns, entries, limit));
    blocks
}

/// Admissions, and beside them the visits that are none: a band is cut where a visit within it is
/// not one of an in-patient, so that no entry hides beneath it.
pub fn visits<'a>(
    columns: Columns<'_>,
    entries: &[&'a Shown],
    stays: &'a [Stay],
) -> Vec<Block<'a>> {
    let by_column = by_column(columns, entries);
    let mut blocks: Vec<Block<'a>> = Vec::new();
    for (column, found) in by_column.into_iter().enumerate().skip(columns.not_fetched) {
        let day = columns.days[column];
        let others = found.iter().filter(|it| it.entry.inpatient != Some(true)).count();
        // Who is admitted was often seen the same day: the band tells of that visit.
        let covers = |stay: &&Stay| {
            let is_end = day == stay.from || Some(day) == stay.to;
            stay.contains(day) && (others == 0 || is_end)
        };
        match stays.iter().find(covers) {
            Some(stay) => match blocks.last_mut() {
                Some(Block { columns: over, kind: BlockKind::Stay { stay: same, visits } })
                    if *same == stay && *over.end() + 1 == column =>
                {
                    *over = *over.start()..=column;
                    *visits += outpatient(&found);
                }
                _ => {
                    let kind = BlockKind::Stay { stay, visits: outpatient(&found) };
                    blocks.push(Block { columns: column..=column, kind });
                }
            },
            None if found.is_empty() => {}
            None => {
                blocks.push(Block { columns: column..=column, kind: BlockKind::Entries(found) });
            }
        }
    }
    blocks
}

fn outpatient(entries: &[&Shown]) -> usize {
    entries.iter().filter(|it| it.entry.inpatient == Some(false)).count()
}

fn by_column<'a>(columns: Columns<'_>, entries: &[&'a Shown]) -> Vec<Vec<&'a Shown>> {
    let mut found: Vec<Vec<&'a Shown>> = vec![Vec::new(); columns.days.len()];
    for shown in entries {
        // Days run from new to old.
        if let Ok(column) = columns.days.binary_search_by(|day| shown.entry.day.cmp(day)) {
            found[column].push(shown);
        }
    }
    found
}

fn past_bar<'a>(columns: Columns<'_>, entries: &[&'a Shown], limit: usize) -> Option<Block<'a>> {
    let oldest = *columns.days.last()?;
    let before = entries.iter().filter(|it| it.entry.day < oldest && it.entry.day > 0);
    let day = before.clone().map(|it| it.entry.day).max()?;
    let found: Vec<&'a Shown> = before.filter(|it| it.entry.day == day).copied().collect();
    let until = last_day(&found);
    let last = columns.days.len() - 1;
    let from = (limit..=last).find(|column| columns.days[*column] <= until)?;
    Some(bar(columns, from..=last, found, until, true))
}

fn bar<'a>(
    columns: Columns<'_>,
    over: RangeInclusive<usize>,
    entries: Vec<&'a Shown>,
    until: i64,
    is_past: bool,
) -> Block<'a> {
    let reaches_left = *over.start() == columns.not_fetched;
    let is_open = reaches_left && until > columns.days[*over.start()];
    let has_days = entries.iter().any(|it| it.entry.until_day.is_some());
    let kind = if has_days {
        BlockKind::Bar { entries, until, is_open, is_past }
    } else {
        BlockKind::Entries(entries)
    };
    Block { columns: over, kind }
}

fn last_day(entries: &[&Shown]) -> i64 {
    entries.iter().map(|it| it.entry.until_day.unwrap_or(it.entry.day)).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::super::shown::tests::entry;
    use super::*;
    use model::entry::Category;
    use store::timeline_query::Entry;

    const DAYS: [i64; 6] = [20261118, 20261112, 20261031, 20261028, 20261010, 20260901];

    fn prescription(day: i64, until: i64) -> Shown {
        let entry = Entry { until_day: Some(until), ..entry(day, 1, day, Category::Prescription) };
        Shown { entry, facility: 0, also_from: Vec::new(), study: None }
    }

    fn spans(blocks: &[Block<'_>]) -> Vec<(usize, usize)> {
        blocks.iter().map(|it| (*it.columns.start(), *it.columns.end())).collect()
    }

    #[test]
    fn a_bar_runs_to_its_last_day_or_the_next_prescription() {
        let columns = Columns { days: &DAYS, not_fetched: 0 };
        let given = [
            prescription(20261118, 20261222),
            prescription(20261031, 20261120),
            prescription(20261010, 20261020),
        ];
        let entries: Vec<&Shown> = given.iter().collect();
        let blocks = bars(columns, &entries);
        assert_eq!(spans(&blocks), [(0, 0), (1, 2), (4, 4)]);
        assert!(matches!(blocks[0].kind, BlockKind::Bar { is_open: true, .. }));
        assert!(matches!(blocks[1].kind, BlockKind::Bar { is_open: false, is_past: false, .. }));
    }

    #[test]
    fn a_bar_from_before_the_page_comes_in_from_the_right() {
        let columns = Columns { days: &DAYS, not_fetched: 0 };
        let given = [prescription(20260801, 20261029)];
        let blocks = bars(columns, &[&given[0]]);
        assert_eq!(spans(&blocks), [(3, 5)]);
        assert!(matches!(blocks[0].kind, BlockKind::Bar { is_past: true, is_open: false, .. }));
    }

    #[test]
    fn nothing_is_drawn_where_nothing_was_fetched() {
        let columns = Columns { days: &DAYS, not_fetched: 2 };
        let given = [prescription(20261031, 20261231)];
        let blocks = bars(columns, &[&given[0]]);
        assert_eq!(spans(&blocks), [(2, 2)]);
        assert!(matches!(blocks[0].kind, BlockKind::Bar { is_open: true, .. }));
    }

    #[test]
    fn visits_outside_an_admission_stand_by_themselves() {
        let columns = Columns { days: &DAYS, not_fetched: 0 };
        let stays = [stay(20261028, 20261031)];
        let seen = [visit(20261112, false), visit(20261028, true), visit(20260901, false)];
        let entries: Vec<&Shown> = seen.iter().collect();
        assert_eq!(spans(&visits(columns, &entries, &stays)), [(1, 1), (2, 3), (5, 5)]);
    }

    #[test]
    fn a_visit_within_an_admission_is_not_hidden_beneath_it() {
        let columns = Columns { days: &DAYS, not_fetched: 0 };
        let stays = [stay(20261010, 20261118)];
        let seen = [visit(20261031, false), visit(20261010, true)];
        let entries: Vec<&Shown> = seen.iter().collect();
        let blocks = visits(columns, &entries, &stays);
        assert_eq!(spans(&blocks), [(0, 1), (2, 2), (3, 4)]);
        assert!(matches!(blocks[1].kind, BlockKind::Entries(_)));
        assert!(matches!(blocks[2].kind, BlockKind::Stay { visits: 0, .. }));
    }

    #[test]
    fn a_visit_on_the_day_of_admission_is_told_by_the_band() {
        let columns = Columns { days: &DAYS, not_fetched: 0 };
        let stays = [stay(20261031, 20261031)];
        let seen = [visit(20261031, false), visit(20261031, true)];
        let entries: Vec<&Shown> = seen.iter().collect();
        let blocks = visits(columns, &entries, &stays);
        assert_eq!(spans(&blocks), [(2, 2)]);
        assert!(matches!(blocks[0].kind, BlockKind::Stay { visits: 1, .. }));
    }

    fn stay(from: i64, to: i64) -> Stay {
        Stay { from, to: Some(to), is_discharged: true, label: "内科".into() }
    }

    fn visit(day: i64, inpatient: bool) -> Shown {
        let entry = entry(day, 1, day, Category::Visit);
        let entry = Entry { inpatient: Some(inpatient), ..entry };
        Shown { entry, facility: 0, also_from: Vec::new(), study: None }
    }
}
