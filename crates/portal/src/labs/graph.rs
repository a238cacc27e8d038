//! `/p/{person}/labs/graph?i=…`: chosen rows over all time, as a graph and as the same table.

use super::flowsheet::{Column, RowKey, column_of, joined, plotted, timed_columns};
use super::notes::Notes;
use super::range::{self, Range};
use crate::call::Call;
use crate::facility::Facility;
use crate::facts::{self, Found};
use crate::head::PatientHead;
use crate::patient::Patient;
use crate::reader::{Reader, Subject, render};
use crate::refusal::{Kind, Refusal};
use crate::state::PortalState;
use crate::timeline::panel_rows::status_word;
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use model::fact::{FactBody, LabResult};
use page::{Frame, Texts, dates};
use serde::Serialize;
use std::collections::HashSet;
use store::{Tx, fact_query};

/// Rows in one graph.
const GRAPH_ROWS: usize = 6;

#[derive(Serialize)]
struct GraphData {
    times: Vec<Time>,
    facilities: Vec<Mark>,
    charts: Vec<Chart>,
}

#[derive(Serialize)]
struct Time {
    t: i64,
    spoken: String,
}

#[derive(Serialize)]
struct Mark {
    colour: i64,
    shape: &'static str,
}

#[derive(Serialize)]
struct Chart {
    title: String,
    unit: String,
    values: Vec<Option<f64>>,
    by: Vec<usize>,
    ranges: Vec<Band>,
}

#[derive(Serialize)]
struct Band {
    by: usize,
    low: Option<f64>,
    high: Option<f64>,
}

struct Line {
    day: String,
    clock: String,
    class: String,
    facility: String,
    cells: Vec<Option<CellView>>,
}

struct CellView {
    address: String,
    value: String,
    flag: String,
    flag_class: &'static str,
    status: String,
    notes: String,
}

struct Item {
    title: String,
    unit: String,
    ranges: Vec<(String, String, String)>,
}

#[derive(Template)]
#[template(path = "graph.html")]
struct GraphPage {
    frame: Frame,
    head: PatientHead,
    base: String,
    items: Vec<Item>,
    lines: Vec<Line>,
    notes: Vec<(String, String)>,
    data: String,
    legend: Vec<(String, String)>,
    label: String,
}

/// Answers `GET /p/{person}/labs/graph`.
pub async fn get(
    State(state): State<PortalState>,
    Path(person_id): Path<i64>,
    call: Call,
) -> Result<Response, Refusal> {
    let reader = state.reader(&call).await?;
    let mut keys: Vec<RowKey> = call
        .query
        .iter()
        .filter(|(name, _)| name == "i")
        .filter_map(|(_, value)| RowKey::read(value))
        .collect();
    keys.truncate(GRAPH_ROWS);
    let asked = keys.clone();
    let (patient, found) = state
        .patient(&call, &reader, person_id, Subject::view("graph"), move |tx, _, patient| {
            read(tx, patient, &asked).map(Some)
        })
        .await?;
    let page = page_of(&call, &reader, &patient, &found, &keys)
        .map_err(|error| Refusal::new(&call, error))?;
    render(&call, &page)
}

fn read(tx: &mut Tx, patient: &Patient, keys: &[RowKey]) -> Result<Vec<Found>, Kind> {
    let chart_keys: Vec<&str> = keys.iter().map(|key| key.chart_key.as_str()).collect();
    if chart_keys.is_empty() {
        return Ok(Vec::new());
    }
    let permits = |source, kind: &str| patient.permits_fact(source, kind);
    let identities = &patient.identities;
    let rows = fact_query::of_keys(tx, identities, &["lab_result"], &chart_keys, &permits)?;
    facts::without_twins(tx, patient, rows)
}

fn page_of(
    call: &Call,
    reader: &Reader,
    patient: &Patient,
    found: &[Found],
    keys: &[RowKey],
) -> Result<GraphPage, Kind> {
    let frame = reader.frame(call, "");
    let texts = frame.texts();
    let results = results(found, keys, patient);
    let mut columns: Vec<Column> = results.iter().map(|it| it.column).collect();
    columns.sort_unstable_by_key(|it| (it.at, it.facility));
    columns.dedup();
    let timed = timed_columns(found, &patient.facilities);
    let items: Vec<Item> = (0..keys.len()).map(|row| item(row, &results, keys, patient)).collect();
    let data = GraphData {
        times: columns.iter().map(|it| time(*it, &results, &items, patient, &timed)).collect(),
        facilities: patient
            .facilities
            .iter()
            .map(|it| Mark { colour: it.colour(), shape: it.shape() })
            .collect(),
        charts: (0..keys.len()).map(|row| chart(row, &results, &columns, &items)).collect(),
    };
    let json = serde_json::to_string(&data).map_err(|error| Kind::Template(error.to_string()))?;
    let mut notes = Notes::default();
    let lines = columns
        .iter()
        .map(|it| line(*it, &results, keys.len(), patient, &timed, texts, &mut notes))
        .collect();
    let titles: Vec<&str> = items.iter().map(|item| item.title.as_str()).collect();
    Ok(GraphPage {
        head: PatientHead::new(patient, reader, "labs", None),
        base: format!("/p/{}/labs", patient.person_id),
        label: texts.with("graph-of", &[("items", &titles.join("、"))]),
        lines,
        notes: notes.listed(),
        legend: legend(&columns, &patient.facilities),
        items,
        // Inside a script element only "<" could end it.
        data: json.replace('<', "\\u003c"),
        frame,
    })
}

struct Point<'a> {
    row: usize,
    column: Column,
    found: &'a Found,
    result: &'a LabResult,
}

fn results<'a>(found: &'a [Found], keys: &[RowKey], patient: &Patient) -> Vec<Point<'a>> {
    let mut points: Vec<Point<'a>> = found
        .iter()
        .filter_map(|it| {
            let FactBody::LabResult(result) = &it.fact.body else { return None };
            let key = RowKey::of(it, result);
            let row = keys.iter().position(|wanted| *wanted == key)?;
            let column = column_of(it, &patient.facilities)?;
            Some(Point { row, column, found: it, result })
        })
        .collect();
    points.sort_by_key(|it| {
        (it.column.at, it.column.facility, it.found.document_id, it.found.fact.ordinal)
    });
    points
}

fn item(row: usize, results: &[Point<'_>], keys: &[RowKey], patient: &Patient) -> Item {
    let own: Vec<&Point<'_>> = results.iter().filter(|it| it.row == row).collect();
    let mut ranges: Vec<(String, String, String)> = Vec::new();
    for point in own.iter().rev() {
        let facility = &patient.facilities[point.column.facility];
        let sent = point.result.reference_range.clone();
        let range = (facility.class(), facility.short.clone(), sent);
        if !range.2.is_empty() && !ranges.contains(&range) {
            ranges.push(range);
        }
    }
    Item {
        title: own.last().map(|it| it.result.item.display().to_owned()).unwrap_or_default(),
        unit: keys[row].unit.clone(),
        ranges,
    }
}

fn chart(row: usize, results: &[Point<'_>], columns: &[Column], items: &[Item]) -> Chart {
    // Of several values of one collection the last that holds is the point.
    let own = |column: &Column| {
        let of_column = results.iter().filter(|it| it.row == row && it.column == *column);
        of_column.filter_map(|it| plotted(it.found, it.result)).next_back()
    };
    let mut ranges: Vec<Band> = Vec::new();
    let mut read: Vec<(usize, Range)> = Vec::new();
    for point in results.iter().rev().filter(|it| it.row == row) {
        let by = point.column.facility;
        let Some(range) = range::read(&point.result.reference_range) else { continue };
        if !read.iter().any(|(facility, other)| *facility == by || *other == range) {
            read.push((by, range));
            ranges.push(Band { by, low: range.low, high: range.high });
        }
    }
    Chart {
        title: items[row].title.clone(),
        unit: items[row].unit.clone(),
        values: columns.iter().map(own).collect(),
        by: columns.iter().map(|column| column.facility).collect(),
        ranges,
    }
}

/// What is spoken when the cursor stands on a time: date, facility and every value.
fn time(
    column: Column,
    results: &[Point<'_>],
    items: &[Item],
    patient: &Patient,
    timed: &HashSet<Column>,
) -> Time {
    let values: Vec<String> = results
        .iter()
        .filter(|it| it.column == column)
        .map(|it| {
            let flags = it.result.flags.join(" ");
            let item = &items[it.row];
            format!("{} {} {} {flags}", item.title, it.result.value, item.unit).trim().to_owned()
        })
        .collect();
    let facility = &patient.facilities[column.facility].name;
    let at = match timed.contains(&column) {
        true => dates::minute(column.at),
        false => dates::day(column.at.jst_day()),
    };
    let spoken = format!("{at} {facility} {}", values.join("、"));
    Time { t: column.at.0.div_euclid(model::Timestamp::SECOND_US), spoken }
}

fn line(
    column: Column,
    results: &[Point<'_>],
    rows: usize,
    patient: &Patient,
    timed: &HashSet<Column>,
    texts: Texts,
    notes: &mut Notes,
) -> Line {
    let facility = &patient.facilities[column.facility];
    let mut cell = |row| {
        let own = results.iter().filter(|it| it.row == row && it.column == column);
        let cell = joined(own.map(|it| (it.found, it.result)))?;
        Some(CellView {
            address: format!("/p/{}/e/{}", patient.person_id, cell.document_id),
            value: cell.value,
            flag: cell.flag,
            flag_class: cell.flag_class,
            status: cell.status.map(|status| status_word(status, texts)).unwrap_or_default(),
            notes: notes.mark(&cell.comments),
        })
    };
    Line {
        day: dates::day(column.at.jst_day()),
        clock: if timed.contains(&column) { dates::clock(column.at) } else { String::new() },
        class: facility.class(),
        facility: facility.short.clone(),
        cells: (0..rows).map(&mut cell).collect(),
    }
}

fn legend(columns: &[Column], facilities: &[Facility]) -> Vec<(String, String)> {
    let shown = |place: &usize| columns.iter().any(|column| column.facility == *place);
    let places = (0..facilities.len()).filter(shown);
    places.map(|place| (facilities[place].class(), facilities[place].short.clone())).collect()
}
