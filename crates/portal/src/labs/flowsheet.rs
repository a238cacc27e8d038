//! The flow-sheet: items down, collection times across, each facility with its own ranges.
//!
//! A row is one chart key in one unit: values in two units never share a row, and nothing is
//! converted. Flags are those of the laboratory.

use super::groups::Group;
use super::range::number;
use super::sparkline::{Sparkline, draw};
use crate::facility::{Facility, of_source};
use crate::facts::Found;
use crate::view::{flag_letters, flag_words};
use model::Timestamp;
use model::date::Precision;
use model::entry::Abnormal;
use model::fact::{FactBody, LabResult, Status};
use std::collections::{BTreeMap, HashMap, HashSet};

/// A column: one collection time of one facility.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Column {
    /// When.
    pub at: Timestamp,
    /// Place of the facility on the page.
    pub facility: usize,
}

/// Which row a result stands on: chart key and unit as sent.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowKey {
    /// Chart key.
    pub chart_key: String,
    /// Unit as sent.
    pub unit: String,
}

impl RowKey {
    /// The row of a result.
    pub fn of(found: &Found, result: &LabResult) -> RowKey {
        let chart_key = if found.chart_key.is_empty() {
            format!("name:{}", result.item.display())
        } else {
            found.chart_key.clone()
        };
        RowKey { chart_key, unit: result.unit.display().to_owned() }
    }

    /// As it stands in addresses.
    pub fn address(&self) -> String {
        format!("{}|{}", self.chart_key, self.unit)
    }

    /// The row of an address.
    pub fn read(text: &str) -> Option<RowKey> {
        let (chart_key, unit) = text.rsplit_once('|')?;
        Some(RowKey { chart_key: chart_key.to_owned(), unit: unit.to_owned() })
    }
}

/// A cell: the results of one row in one column.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cell {
    /// The value as sent; several of one collection stand beside each other.
    pub value: String,
    /// Flag letters as sent.
    pub flag: String,
    /// Class of the flag.
    pub flag_class: &'static str,
    /// Classes of the cell.
    pub class: &'static str,
    /// The worst flag of the values that hold; `None` where all are cancelled.
    pub worst: Option<Abnormal>,
    /// Whether several values stand in it; then each that is cancelled stands in brackets.
    pub is_joined: bool,
    /// Not final: the key of the word.
    pub status: Option<Status>,
    /// The document.
    pub document_id: i64,
    /// Comments of the laboratory, in their order.
    pub comments: Vec<String>,
    /// The document among those of the cell beside which the hospital shows another one as valid.
    pub rival: Option<i64>,
}

/// A row.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Its key.
    pub key: RowKey,
    /// Item as the newest result names it.
    pub name: String,
    /// Cells by column.
    pub cells: Vec<Option<Cell>>,
    /// The line over time.
    pub spark: Option<Sparkline>,
    /// Class of the newest value's flag.
    pub spark_class: &'static str,
    /// Reference ranges as sent: facility and range, each once.
    pub ranges: Vec<(usize, String)>,
    /// Whether any of its values is flagged.
    pub is_abnormal: bool,
}

/// Rows under a head.
#[derive(Debug, Clone, PartialEq)]
pub struct Section {
    /// Group.
    pub group: Group,
    /// Rows.
    pub rows: Vec<Row>,
}

/// A result in its column.
type Placed<'a> = (usize, &'a Found, &'a LabResult);

/// Puts results into rows and columns; `rivals` are the documents that have a rival.
pub fn build(
    found: &[Found],
    columns: &[Column],
    facilities: &[Facility],
    rivals: &HashSet<i64>,
) -> Vec<Section> {
    let places: HashMap<Column, usize> =
        columns.iter().enumerate().map(|(place, column)| (*column, place)).collect();
    let mut rows: BTreeMap<(Group, RowKey), Vec<Placed<'_>>> = BTreeMap::new();
    for it in found {
        let FactBody::LabResult(result) = &it.fact.body else { continue };
        let Some(column) = column_of(it, facilities) else { continue };
        let Some(place) = places.get(&column) else { continue };
        let key = RowKey::of(it, result);
        rows.entry((Group::of(&key.chart_key), key)).or_default().push((*place, it, result));
    }
    let mut sections: Vec<Section> = Vec::new();
    for ((group, key), results) in rows {
        let row = row(key, results, columns, rivals);
        match sections.last_mut().filter(|section| section.group == group) {
            Some(section) => section.rows.push(row),
            None => sections.push(Section { group, rows: vec![row] }),
        }
    }
    sections
}

/// The column of a result: its collection time, which is the fact's own time, and its facility.
pub fn column_of(found: &Found, facilities: &[Facility]) -> Option<Column> {
    let at = found.fact.at.as_ref()?.first;
    let id = of_source(facilities, found.source_id)?.id;
    let facility = facilities.iter().position(|it| it.id == id)?;
    Some(Column { at, facility })
}

fn row(
    key: RowKey,
    mut results: Vec<Placed<'_>>,
    columns: &[Column],
    rivals: &HashSet<i64>,
) -> Row {
    // Columns run from new to old; within one the message's own order stays.
    results.sort_by_key(|(place, it, _)| (*place, it.document_id, it.fact.ordinal));
    let name = results.first().map(|(_, _, it)| it.item.display().to_owned()).unwrap_or_default();
    let mut cells: Vec<Option<Cell>> = vec![None; columns.len()];
    let mut ranges: Vec<(usize, String)> = Vec::new();
    let mut values = Vec::new();
    for (place, found, result) in &results {
        let cell = join(&mut cells[*place], found, result);
        if rivals.contains(&found.document_id) {
            cell.rival.get_or_insert(found.document_id);
        }
        let range = (columns[*place].facility, result.reference_range.clone());
        if !range.1.is_empty() && !ranges.contains(&range) {
            ranges.push(range);
        }
        let plotted = plotted(found, result).map(|value| (columns[*place].at, value));
        values.extend(plotted);
    }
    let from = columns.last().map_or(Timestamp(0), |it| it.at);
    let to = columns.first().map_or(Timestamp(1), |it| it.at);
    let newest = cells.iter().flatten().next();
    Row {
        spark: draw(&values, from, to),
        spark_class: newest.map_or("", |cell| cell.flag_class),
        is_abnormal: results.iter().any(|(_, _, it)| it.abnormal != Abnormal::None),
        key,
        name,
        cells,
        ranges,
    }
}

/// Several results of one row and column as one cell, in their order.
pub fn joined<'a>(results: impl Iterator<Item = (&'a Found, &'a LabResult)>) -> Option<Cell> {
    let mut cell = None;
    for (found, result) in results {
        join(&mut cell, found, result);
    }
    cell
}

/// The columns of which a time of day was sent: a date alone has none.
pub fn timed_columns(found: &[Found], facilities: &[Facility]) -> HashSet<Column> {
    let has_clock =
        |it: &&Found| it.fact.at.as_ref().is_some_and(|at| at.precision >= Precision::Hour);
    found.iter().filter(has_clock).filter_map(|it| column_of(it, facilities)).collect()
}

/// The number that a graph may show: none for cancelled results and for those with `<` or `>`.
pub fn plotted(found: &Found, result: &LabResult) -> Option<f64> {
    if found.fact.status == Status::Cancelled || !result.comparator.is_empty() {
        return None;
    }
    result.number.as_deref().and_then(number)
}

fn join<'a>(cell: &'a mut Option<Cell>, found: &Found, result: &LabResult) -> &'a mut Cell {
    let cancelled = found.fact.status == Status::Cancelled;
    let (_, flag_class) = flag_letters(result.abnormal);
    let worst = (!cancelled).then_some(result.abnormal);
    let class = match result.abnormal {
        _ if cancelled => "x1",
        Abnormal::None => "",
        Abnormal::Abnormal | Abnormal::High => "h",
        Abnormal::Low => "l",
        Abnormal::VeryHigh | Abnormal::VeryAbnormal => "h hh",
        Abnormal::VeryLow => "l hh",
    };
    let status = match found.fact.status {
        Status::Preliminary | Status::Corrected | Status::Cancelled => Some(found.fact.status),
        _ => None,
    };
    let flag = flag_words(&result.flags);
    let Some(cell) = cell else {
        return cell.insert(Cell {
            value: result.value.clone(),
            flag,
            flag_class,
            class,
            worst,
            is_joined: false,
            status,
            document_id: found.document_id,
            comments: result.comments.clone(),
            rival: None,
        });
    };
    let value = if cancelled { format!("({})", result.value) } else { result.value.clone() };
    let first = match !cell.is_joined && cell.worst.is_none() {
        true => format!("({})", cell.value),
        false => std::mem::take(&mut cell.value),
    };
    cell.value = format!("{first} / {value}");
    cell.is_joined = true;
    cell.comments.extend(result.comments.iter().cloned());
    cell.status = cell.status.or(status);
    // The worst of what holds speaks for the cell; a cancelled value never does beside it.
    if worst > cell.worst {
        (cell.flag, cell.flag_class, cell.class) = (flag, flag_class, class);
        cell.worst = worst;
    }
    cell
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facility::group;
    use crate::facility::tests::source;
    use model::fact::{Fact, Place};
    use model::{Coded, PartialTime};

    fn result(document: i64, source: i64, at: &str, value: &str, unit: &str, flag: &str) -> Found {
        let abnormal = match flag {
            "H" => Abnormal::High,
            "L" => Abnormal::Low,
            _ => Abnormal::None,
        };
        let body = LabResult {
            item: Coded::single("5C070", "CRP", "JC10"),
            value: value.into(),
            number: Some(value.into()),
            unit: Coded::single("", unit, ""),
            reference_range: "0-0.14".into(),
            flags: if flag.is_empty() { vec![] } else { vec![flag.into()] },
            abnormal,
            ..LabResult::default()
        };
        Found {
            document_id: document,
            source_id: Some(source),
            chart_key: "JC10:5C070-000-023".into(),
            fact: Fact {
                ordinal: 0,
                place: Place { segment: "OBX".into(), index: 5 },
                at: Some(PartialTime::japan(at).unwrap()),
                status: Status::Final,
                body: FactBody::LabResult(body),
            },
        }
    }

    #[test]
    fn two_units_are_two_rows_and_facilities_keep_their_columns() {
        let facilities = group(vec![source(1, 1, "up", None), source(2, 2, "up", None)]);
        let found = vec![
            result(1, 1, "202610310630", "0.15", "mg/dL", "H"),
            result(2, 2, "202610310630", "1.5", "mg/L", "H"),
            result(3, 1, "202610280630", "0.05", "mg/dL", ""),
        ];
        let mut columns: Vec<Column> =
            found.iter().filter_map(|it| column_of(it, &facilities)).collect();
        columns.sort_by_key(|it| (std::cmp::Reverse(it.at), it.facility));
        assert_eq!(columns.len(), 3, "the same instant at two facilities is two columns");

        let sections = build(&found, &columns, &facilities, &HashSet::new());
        assert_eq!(sections.len(), 1);
        let rows = &sections[0].rows;
        assert_eq!(rows.len(), 2);
        let values = |row: &Row| -> Vec<Option<String>> {
            row.cells.iter().map(|cell| cell.as_ref().map(|it| it.value.clone())).collect()
        };
        assert_eq!(rows[0].key.unit, "mg/L");
        assert_eq!(values(&rows[0]), [None, Some("1.5".into()), None]);
        assert_eq!(values(&rows[1]), [Some("0.15".into()), None, Some("0.05".into())]);
        assert_eq!(rows[1].cells[0].as_ref().unwrap().flag, "H");
        assert_eq!(rows[1].ranges, [(0, "0-0.14".to_owned())]);
    }

    #[test]
    fn a_cancelled_result_is_marked_and_not_drawn() {
        let facilities = group(vec![source(1, 1, "up", None)]);
        let mut cancelled = result(1, 1, "20261031", "9.9", "mg/dL", "H");
        cancelled.fact.status = Status::Cancelled;
        let columns = [column_of(&cancelled, &facilities).unwrap()];
        let sections = build(&[cancelled], &columns, &facilities, &HashSet::new());
        let row = &sections[0].rows[0];
        assert_eq!(row.cells[0].as_ref().unwrap().status, Some(Status::Cancelled));
        assert_eq!(row.cells[0].as_ref().unwrap().class, "x1");
        assert_eq!(row.spark, None);
    }

    #[test]
    fn row_keys_survive_the_address() {
        let key = RowKey { chart_key: "3:L|x".into(), unit: "mg/dL".into() };
        assert_eq!(RowKey::read(&key.address()), Some(key));
    }

    fn joined(all: &[Found]) -> Cell {
        let facilities = group(vec![source(1, 1, "up", None)]);
        let columns = [column_of(&all[0], &facilities).unwrap()];
        let mut sections = build(all, &columns, &facilities, &HashSet::new());
        sections[0].rows[0].cells[0].take().unwrap()
    }

    fn with_status(mut found: Found, ordinal: u32, status: Status) -> Found {
        found.fact.ordinal = ordinal;
        found.fact.status = status;
        found
    }

    #[test]
    fn values_of_one_collection_stand_beside_each_other_under_the_worst_flag() {
        let of = |document, value, flag| result(document, 1, "202610310630", value, "mg/dL", flag);
        let cell = joined(&[of(2, "0.05", ""), of(1, "0.35", "H"), of(3, "0.06", "L")]);
        assert_eq!(cell.value, "0.35 / 0.05 / 0.06", "in the order of their documents");
        assert_eq!((cell.flag.as_str(), cell.class, cell.flag_class), ("H", "h", "h"));
        assert_eq!((cell.document_id, cell.status), (1, None));
    }

    #[test]
    fn a_cancelled_value_never_speaks_for_a_cell_in_which_another_holds() {
        let of = |value, flag| result(1, 1, "202610310630", value, "mg/dL", flag);
        let cancelled = |ordinal| with_status(of("9.9", "H"), ordinal, Status::Cancelled);
        let holds = |ordinal| with_status(of("0.05", ""), ordinal, Status::Final);
        for (all, value) in
            [([holds(0), cancelled(1)], "0.05 / (9.9)"), ([cancelled(0), holds(1)], "(9.9) / 0.05")]
        {
            let cell = joined(&all);
            assert_eq!(cell.value, value);
            assert_eq!((cell.flag.as_str(), cell.flag_class, cell.class), ("", "", ""), "{value}");
            assert_eq!(cell.worst, Some(Abnormal::None));
            assert_eq!(cell.status, Some(Status::Cancelled), "the mark stays");
        }
        let cell = joined(&[cancelled(0), cancelled(1)]);
        assert_eq!((cell.worst, cell.class), (None, "x1"));
    }

    #[test]
    fn what_is_not_final_in_a_joined_cell_is_marked() {
        let of = |value| result(1, 1, "202610310630", value, "mg/dL", "");
        let all = [of("1"), with_status(of("2"), 1, Status::Corrected)];
        assert_eq!(joined(&all).status, Some(Status::Corrected));
    }

    #[test]
    fn a_cell_tells_which_of_its_documents_has_a_rival() {
        let facilities = group(vec![source(1, 1, "up", None)]);
        let of = |document, at| result(document, 1, at, "1", "mg/dL", "");
        let all = [of(1, "20261031"), of(2, "20261031"), of(3, "20261030")];
        let mut columns: Vec<Column> =
            all.iter().filter_map(|it| column_of(it, &facilities)).collect();
        columns.dedup();
        let sections = build(&all, &columns, &facilities, &HashSet::from([2]));
        let rivals: Vec<Option<i64>> =
            sections[0].rows[0].cells.iter().flatten().map(|cell| cell.rival).collect();
        assert_eq!(rivals, [Some(2), None]);
    }
}
