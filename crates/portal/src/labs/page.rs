//! `/p/{person}/labs`

use super::flowsheet::{self, Cell, Column, Section};
use super::groups::Group;
use super::notes::Notes;
use crate::call::{Call, query_text};
use crate::facts;
use crate::head::PatientHead;
use crate::patient::Patient;
use crate::reader::{Reader, Subject, render};
use crate::refusal::{Kind, Refusal};
use crate::state::PortalState;
use crate::timeline::page::{Choice, facility_choices};
use crate::timeline::panel_rows::status_word;
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use model::limits::FLOWSHEET_COLUMNS;
use page::{Frame, Texts, dates};
use std::collections::{BTreeSet, HashSet};
use store::document_query;
use store::fact_query::{self, FactColumn};
use store::{Disclosure, Tx};

/// The filters of the address.
#[derive(Debug, Clone, Default)]
struct Wanted {
    facilities: Vec<i64>,
    group: String,
    abnormal: bool,
    item: String,
    from_us: Option<i64>,
}

struct Record {
    columns: Vec<Column>,
    first: usize,
    total: usize,
    next: Option<i64>,
    before: Option<i64>,
    found: Vec<facts::Found>,
    rivals: HashSet<i64>,
    has_bacteriology: bool,
    has_physiology: bool,
}

struct Head {
    class: String,
    letter: String,
    name: String,
    day: String,
    clock: String,
    column: &'static str,
    /// Most marks of a cell: each needs room beside the value.
    marks: usize,
}

struct Line {
    key: String,
    name: String,
    unit: String,
    spark: Option<super::sparkline::Sparkline>,
    spark_class: &'static str,
    cells: Vec<Option<CellView>>,
    ranges: Vec<(String, String, String)>,
}

struct CellView {
    class: String,
    address: String,
    value: String,
    flag: String,
    flag_class: &'static str,
    /// What is not simply final: a letter, and its words.
    marks: Vec<(String, String)>,
    notes: String,
}

struct Part {
    title: String,
    lines: Vec<Line>,
}

#[derive(Template)]
#[template(path = "labs.html")]
struct LabsPage {
    frame: Frame,
    head: PatientHead,
    base: String,
    groups: Vec<Choice>,
    facilities: Vec<Choice>,
    abnormal: bool,
    item: String,
    columns: Vec<Head>,
    parts: Vec<Part>,
    shown: usize,
    rows: usize,
    first: usize,
    last: usize,
    total: usize,
    newer: Option<String>,
    older: Option<String>,
    legend: Vec<(String, String, String)>,
    notes: Vec<(String, String)>,
    has_bacteriology: bool,
    has_physiology: bool,
}

/// Answers `GET /p/{person}/labs`.
pub async fn get(
    State(state): State<PortalState>,
    Path(person_id): Path<i64>,
    call: Call,
) -> Result<Response, Refusal> {
    let reader = state.reader(&call).await?;
    let wanted = read_wanted(&call);
    let asked = wanted.clone();
    let (patient, record) = state
        .patient(&call, &reader, person_id, Subject::view("labs"), move |tx, _, patient| {
            read(tx, patient, &asked).map(Some)
        })
        .await?;
    render(&call, &page_of(&call, &reader, &patient, record, wanted))
}

fn read_wanted(call: &Call) -> Wanted {
    let facilities = call.query.iter().filter(|(name, _)| name == "f");
    Wanted {
        facilities: facilities.filter_map(|(_, value)| value.parse().ok()).collect(),
        group: call.value("g").unwrap_or("").to_owned(),
        abnormal: call.value("a").is_some(),
        item: call.value("item").unwrap_or("").trim().to_owned(),
        from_us: call.value("at").and_then(|value| value.parse().ok()),
    }
}

fn read(tx: &mut Tx, patient: &Patient, wanted: &Wanted) -> Result<Record, Kind> {
    let permits = |from: Disclosure, kind: &str| {
        patient.permits_fact(from, kind)
            && (wanted.facilities.is_empty()
                || crate::facility::of_source(&patient.facilities, from.source_id)
                    .is_some_and(|it| wanted.facilities.contains(&it.id)))
    };
    let identities = &patient.identities;
    let all = fact_query::columns(tx, identities, &["lab_result"], &permits)?;
    let all = distinct(&all, patient);
    let page = usize::try_from(FLOWSHEET_COLUMNS).unwrap_or(usize::MAX);
    let first = wanted.from_us.map_or(0, |from| {
        all.iter().position(|it| it.at.0 <= from).unwrap_or(all.len().saturating_sub(1))
    });
    let columns: Vec<Column> = all.iter().skip(first).take(page).copied().collect();
    let rows = match (columns.last(), columns.first()) {
        (Some(oldest), Some(newest)) => {
            let span = (oldest.at, newest.at);
            fact_query::between(tx, identities, &["lab_result"], span, &permits)?
        }
        _ => Vec::new(),
    };
    let found = facts::without_twins(tx, patient, rows)?;
    let documents: BTreeSet<i64> = found.iter().map(|it| it.document_id).collect();
    let documents: Vec<i64> = documents.into_iter().collect();
    Ok(Record {
        rivals: document_query::with_rival(tx, &documents)?.into_iter().collect(),
        found,
        next: all.get(first + page).map(|it| it.at.0),
        before: (first > 0).then(|| all[first.saturating_sub(page)].at.0),
        has_bacteriology: has_any(tx, patient, "bacteriology")?,
        has_physiology: has_any(tx, patient, "physiology_result")?,
        total: all.len(),
        first,
        columns,
    })
}

/// Whether there is a fact of a kind that may be seen.
pub fn has_any(tx: &mut Tx, patient: &Patient, kind: &str) -> Result<bool, Kind> {
    let permits = |source, kind: &str| patient.permits_fact(source, kind);
    Ok(!fact_query::columns(tx, &patient.identities, &[kind], &permits)?.is_empty())
}

fn distinct(all: &[FactColumn], patient: &Patient) -> Vec<Column> {
    let mut columns: Vec<Column> = all
        .iter()
        .filter_map(|it| {
            let id = crate::facility::of_source(&patient.facilities, it.source_id)?.id;
            let facility = patient.facilities.iter().position(|other| other.id == id)?;
            Some(Column { at: it.at?, facility })
        })
        .collect();
    columns.sort_unstable_by_key(|it| (std::cmp::Reverse(it.at), it.facility));
    columns.dedup();
    columns
}

fn page_of(
    call: &Call,
    reader: &Reader,
    patient: &Patient,
    record: Record,
    wanted: Wanted,
) -> LabsPage {
    let frame = reader.frame(call, "");
    let texts = frame.texts();
    let timed = flowsheet::timed_columns(&record.found, &patient.facilities);
    let sections =
        flowsheet::build(&record.found, &record.columns, &patient.facilities, &record.rivals);
    let rows = sections.iter().map(|section| section.rows.len()).sum();
    let mut notes = Notes::default();
    let parts = parts(&sections, &record.columns, patient, &wanted, texts, &mut notes);
    let base = format!("/p/{}/labs", patient.person_id);
    let address = |at: i64| labs_address(&base, &wanted, at);
    LabsPage {
        head: PatientHead::new(patient, reader, "labs", None),
        groups: group_choices(&sections, &wanted, texts),
        facilities: facility_choices(patient, &wanted.facilities),
        columns: heads(&record.columns, &parts, patient, &timed),
        shown: parts.iter().map(|part| part.lines.len()).sum(),
        rows,
        parts,
        first: if record.columns.is_empty() { 0 } else { record.first + 1 },
        last: record.first + record.columns.len(),
        total: record.total,
        newer: record.before.map(address),
        older: record.next.map(address),
        legend: legend(&record.columns, patient),
        notes: notes.listed(),
        has_bacteriology: record.has_bacteriology,
        has_physiology: record.has_physiology,
        abnormal: wanted.abnormal,
        item: wanted.item,
        base,
        frame,
    }
}

fn labs_address(base: &str, wanted: &Wanted, at: i64) -> String {
    let facilities: Vec<String> = wanted.facilities.iter().map(i64::to_string).collect();
    let at = at.to_string();
    let mut pairs: Vec<(&str, &str)> = facilities.iter().map(|it| ("f", it.as_str())).collect();
    pairs.push(("g", &wanted.group));
    pairs.push(("a", if wanted.abnormal { "1" } else { "" }));
    pairs.push(("item", &wanted.item));
    pairs.push(("at", &at));
    format!("{base}{}", query_text(pairs))
}

fn parts(
    sections: &[Section],
    columns: &[Column],
    patient: &Patient,
    wanted: &Wanted,
    texts: Texts,
    notes: &mut Notes,
) -> Vec<Part> {
    let item = text::key::name_key(&wanted.item);
    let mut parts = Vec::new();
    for section in sections {
        if !wanted.group.is_empty() && wanted.group != section.group.name() {
            continue;
        }
        let lines: Vec<Line> = section
            .rows
            .iter()
            .filter(|row| !wanted.abnormal || row.is_abnormal)
            .filter(|row| item.is_empty() || text::key::name_key(&row.name).contains(&item))
            .map(|row| line(row, columns, patient, texts, notes))
            .collect();
        if !lines.is_empty() {
            let title = texts.get(&format!("group-{}", section.group.name()));
            parts.push(Part { title, lines });
        }
    }
    parts
}

fn line(
    row: &flowsheet::Row,
    columns: &[Column],
    patient: &Patient,
    texts: Texts,
    notes: &mut Notes,
) -> Line {
    let classes = column_classes(columns);
    let mut cell = |(cell, column): (&Option<Cell>, &&'static str)| {
        cell.as_ref().map(|it| CellView {
            class: format!(
                "n {} {column}{}",
                it.class,
                if is_words(&it.value) { " txt" } else { "" }
            ),
            // What is not simply final leads to its versions: the earlier value is one step away.
            address: match (it.rival, it.status) {
                (None, None) => format!("/p/{}/e/{}", patient.person_id, it.document_id),
                (rival, _) => {
                    let document_id = rival.unwrap_or(it.document_id);
                    format!("/p/{}/docs/{document_id}#versions", patient.person_id)
                }
            },
            value: it.value.clone(),
            flag: it.flag.clone(),
            flag_class: it.flag_class,
            marks: marks(it, texts),
            notes: notes.mark(&it.comments),
        })
    };
    let one_range = row.ranges.len() == 1;
    Line {
        key: row.key.address(),
        name: row.name.clone(),
        unit: row.key.unit.clone(),
        spark: row.spark.clone(),
        spark_class: row.spark_class,
        cells: row.cells.iter().zip(&classes).map(&mut cell).collect(),
        ranges: row
            .ranges
            .iter()
            .map(|(place, range)| {
                let facility = &patient.facilities[*place];
                let mark = if one_range { String::new() } else { facility.class() };
                (mark, facility.letter(), range.clone())
            })
            .collect(),
    }
}

/// One letter for each remark, where a word has no room, and the words.
fn marks(cell: &Cell, texts: Texts) -> Vec<(String, String)> {
    let status = cell
        .status
        .map(|status| (texts.get(&format!("mark-{}", status.name())), status_word(status, texts)));
    let rival = cell.rival.map(|_| (texts.get("mark-two-current"), texts.get("two-current")));
    status.into_iter().chain(rival).collect()
}

/// Words and long values have no room for a column of digits.
fn is_words(value: &str) -> bool {
    value.chars().count() > 6
}

fn column_classes(columns: &[Column]) -> Vec<&'static str> {
    let mut month = 0;
    columns
        .iter()
        .map(|column| {
            let own = column.at.jst_day() / 100;
            let class = if own == month { "" } else { "mon" };
            month = own;
            class
        })
        .collect()
}

fn heads(
    columns: &[Column],
    parts: &[Part],
    patient: &Patient,
    timed: &HashSet<Column>,
) -> Vec<Head> {
    let mut year = 0;
    let marks = |place: usize| {
        let lines = parts.iter().flat_map(|part| &part.lines);
        lines.filter_map(|line| line.cells[place].as_ref()).map(|cell| cell.marks.len()).max()
    };
    let head = |(place, (column, class)): (usize, (&Column, &'static str))| {
        let facility = &patient.facilities[column.facility];
        let day = column.at.jst_day();
        let other_year = year != day / 10_000 && year != 0;
        year = day / 10_000;
        Head {
            class: facility.class(),
            letter: facility.letter(),
            name: facility.name.clone(),
            day: if other_year { dates::day(day)[2..].to_owned() } else { dates::month_day(day) },
            clock: if timed.contains(column) { dates::clock(column.at) } else { String::new() },
            column: class,
            marks: marks(place).unwrap_or(0),
        }
    };
    columns.iter().zip(column_classes(columns)).enumerate().map(head).collect()
}

fn legend(columns: &[Column], patient: &Patient) -> Vec<(String, String, String)> {
    let shown = |place: &usize| columns.iter().any(|column| column.facility == *place);
    (0..patient.facilities.len())
        .filter(shown)
        .map(|place| &patient.facilities[place])
        .map(|it| (it.class(), it.letter(), it.name.clone()))
        .collect()
}

fn group_choices(sections: &[Section], wanted: &Wanted, texts: Texts) -> Vec<Choice> {
    let present = |group: &Group| sections.iter().any(|section| section.group == *group);
    let mut choices = vec![Choice::new("", texts.get("all"), "", wanted.group.is_empty())];
    choices.extend(Group::ALL.iter().filter(|group| present(group)).map(|group| {
        let word = texts.get(&format!("group-{}", group.name()));
        Choice::new(group.name(), word, "", wanted.group == group.name())
    }));
    choices
}
