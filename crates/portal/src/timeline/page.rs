//! `/p/{person}`: the timeline.

use super::filter::{Filter, View};
use super::list::{self, List};
use super::matrix::{self, Matrix};
use super::shown::{Shown, fold};
use super::stays::{Stay, stays};
use super::studies::with_studies;
use crate::call::Call;
use crate::facility::of_source;
use crate::facts;
use crate::head::PatientHead;
use crate::patient::Patient;
use crate::reader::{Reader, Subject, render};
use crate::refusal::{Kind, Refusal};
use crate::state::PortalState;
use crate::view::{category_icon, category_word};
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use model::entry::Category;
use page::{Frame, Texts, dates};
use store::timeline_query::FreshnessRow;
use store::{Tx, fact_query, timeline_query};

/// What the page reads of the database.
pub struct Record {
    /// Every entry that may be seen, newest first.
    pub entries: Vec<Shown>,
    /// Admissions by facility.
    pub stays: Vec<Vec<Stay>>,
    /// The newest data of the sources.
    pub fresh: Vec<FreshnessRow>,
}

#[derive(Template)]
#[template(path = "timeline.html")]
struct TimelinePage {
    frame: Frame,
    head: PatientHead,
    filter: Filter,
    base: String,
    facilities: Vec<Choice>,
    categories: Vec<Choice>,
    departments: Vec<Choice>,
    in_out: Vec<Choice>,
    periods: Vec<Choice>,
    shown: usize,
    total: usize,
    matrix: Option<Matrix>,
    list: List,
    matrix_address: String,
    list_address: String,
    clear: Option<String>,
    landed: Option<String>,
    is_end: bool,
}

/// One thing to choose in a filter.
pub struct Choice {
    /// Its value in the address.
    pub value: String,
    /// Its word.
    pub word: String,
    /// Classes of a mark, or an icon's name.
    pub class: String,
    /// Whether it is chosen.
    pub is_on: bool,
}

impl Choice {
    /// A choice with a mark or icon.
    pub fn new(value: &str, word: String, class: &str, is_on: bool) -> Choice {
        Choice { value: value.to_owned(), word, class: class.to_owned(), is_on }
    }
}

/// Answers `GET /p/{person}`.
pub async fn get(
    State(state): State<PortalState>,
    Path(person_id): Path<i64>,
    call: Call,
) -> Result<Response, Refusal> {
    let reader = state.reader(&call).await?;
    let subject = Subject::view("timeline");
    let (patient, record) = state
        .patient(&call, &reader, person_id, subject, |tx, reader, patient| {
            read(tx, reader, patient).map(Some)
        })
        .await?;
    render(&call, &page_of(&call, &reader, &patient, record))
}

/// Reads every entry that may be seen in one pass, and the admissions.
pub fn read(tx: &mut Tx, reader: &Reader, patient: &Patient) -> Result<Record, Kind> {
    let permits = |source, category| patient.permits(source, category);
    let entries = timeline_query::entries(tx, &patient.identities, &permits)?;
    let permits_fact = |source, kind: &str| patient.permits_fact(source, kind);
    let rows = fact_query::admissions(tx, &patient.identities, &permits_fact)?;
    let mut by_facility = vec![Vec::new(); patient.facilities.len()];
    for found in facts::with_twins(rows)? {
        let facility = of_source(&patient.facilities, found.source_id).map(|it| it.id);
        let place = patient.facilities.iter().position(|it| Some(it.id) == facility);
        if let Some(place) = place {
            by_facility[place].push(found.fact);
        }
    }
    let texts = Texts { language: reader.language() };
    let entries = fold(entries, &patient.facilities);
    let entries = with_studies(tx, patient, entries, texts)?;
    let outpatient_days = |facility: usize| -> Vec<i64> {
        let own = entries.iter().filter(|it| {
            it.facility == facility
                && it.entry.category == Category::Visit
                && it.entry.inpatient == Some(false)
        });
        own.map(|it| it.entry.day).filter(|day| *day > 0).collect()
    };
    let stays = by_facility
        .iter()
        .enumerate()
        .map(|(place, facts)| stays(facts, &outpatient_days(place), reader.today()))
        .collect();
    let fresh = timeline_query::freshness(tx)?;
    Ok(Record { entries, stays, fresh })
}

fn page_of(call: &Call, reader: &Reader, patient: &Patient, record: Record) -> TimelinePage {
    let filter = Filter::read(&call.query);
    let frame = reader.frame(call, "");
    let texts = frame.texts();
    let today = reader.today();
    let base = format!("/p/{}", patient.person_id);
    let total = record.entries.len();
    let new = record.entries.iter().filter(|it| is_new(patient, it)).count();
    let departments = departments(&record.entries, &filter);
    let categories = category_choices(&record.entries, &filter, texts);
    let entries: Vec<Shown> = record
        .entries
        .into_iter()
        .filter(|it| filter.keeps(&it.entry, patient.facilities[it.facility].id, today))
        .collect();
    let landed = landed(&entries, &filter, texts);
    let matrix = (filter.view == View::Matrix).then(|| {
        let parts = matrix::Parts {
            patient,
            entries: &entries,
            stays: &record.stays,
            fresh: &record.fresh,
            filter: &filter,
            texts,
            today,
        };
        matrix::build(&parts)
    });
    // Under the matrix stands what its dates hold.
    let list = match &matrix {
        Some(matrix) => under_matrix(patient, &entries, matrix, texts),
        None => list::build(patient, &entries, &filter, texts),
    };
    TimelinePage {
        head: PatientHead::new(patient, reader, "timeline", Some(new)),
        facilities: facility_choices(patient, &filter.facilities),
        categories,
        departments,
        in_out: in_out_choices(&filter, texts),
        periods: period_choices(filter.period, texts),
        shown: entries.len(),
        total,
        matrix_address: filter.with_view(View::Matrix).address(&base, None, None),
        list_address: filter.with_view(View::List).address(&base, None, None),
        clear: filter
            .is_narrow()
            .then(|| Filter { view: filter.view, ..Filter::default() }.address(&base, None, None)),
        is_end: list.last >= list.total
            && matrix.as_ref().map_or(list.older.is_none(), |it| it.older.is_none()),
        matrix,
        list,
        landed,
        filter,
        base,
        frame,
    }
}

fn is_new(patient: &Patient, shown: &Shown) -> bool {
    patient.previous.is_some_and(|last| shown.entry.taken > last)
}

/// The entries of the dates that the matrix shows, at most one page of the list.
fn under_matrix(patient: &Patient, entries: &[Shown], matrix: &Matrix, texts: Texts) -> List {
    let mut days: Vec<i64> = entries.iter().map(|it| it.entry.day).filter(|day| *day > 0).collect();
    days.dedup();
    let shown = &days[matrix.first.saturating_sub(1).min(days.len())..matrix.last.min(days.len())];
    let (Some(newest), Some(oldest)) = (shown.first(), shown.last()) else {
        return List::default();
    };
    let limit = super::page::UNDER_MATRIX_ENTRIES;
    let within: Vec<Shown> =
        entries.iter().filter(|it| (*oldest..=*newest).contains(&it.entry.day)).cloned().collect();
    let undated: Vec<Shown> = entries.iter().filter(|it| it.entry.day == 0).cloned().collect();
    let with_undated = matrix.older.is_none();
    let total = within.len() + if with_undated { undated.len() } else { 0 };
    let mut first: Vec<Shown> = within.into_iter().take(limit).collect();
    if with_undated {
        first.extend(undated);
    }
    let last = first.len();
    List {
        months: list::months(patient, &first, texts),
        first: 1,
        last,
        total,
        newer: None,
        older: None,
    }
}

/// Entries listed under the matrix; the list itself shows more.
const UNDER_MATRIX_ENTRIES: usize = 60;

fn landed(entries: &[Shown], filter: &Filter, texts: Texts) -> Option<String> {
    if filter.jump_typed.is_empty() {
        return None;
    }
    let Some(jump) = filter.jump else {
        return Some(texts.with("jump-not-read", &[("typed", &filter.jump_typed)]));
    };
    let days: Vec<i64> = entries.iter().map(|it| it.entry.day).collect();
    match matrix::nearest(&days, jump) {
        Some(day) if day == jump => None,
        Some(day) => {
            let words = [("asked", &*dates::day(jump)), ("found", &*dates::day(day))];
            Some(texts.with("jump-nearest", &words))
        }
        None => Some(texts.with("jump-nothing", &[("asked", &dates::day(jump))])),
    }
}

/// The facilities to choose from.
pub fn facility_choices(patient: &Patient, chosen: &[i64]) -> Vec<Choice> {
    let choice = |facility: &crate::facility::Facility| {
        let is_on = chosen.is_empty() || chosen.contains(&facility.id);
        Choice::new(&facility.id.to_string(), facility.short.clone(), &facility.class(), is_on)
    };
    patient.facilities.iter().map(choice).collect()
}

/// The periods to choose from.
pub fn period_choices(chosen: crate::days::Period, texts: Texts) -> Vec<Choice> {
    let periods = crate::days::Period::ALL.into_iter();
    periods.map(|it| Choice::new(it.name(), texts.get(it.key()), "", it == chosen)).collect()
}

/// The kinds that this patient has records of.
fn category_choices(entries: &[Shown], filter: &Filter, texts: Texts) -> Vec<Choice> {
    let present = |category: &&Category| entries.iter().any(|it| it.entry.category == **category);
    let choice = |category: &Category| {
        let is_on = filter.categories.is_empty() || filter.categories.contains(category);
        let word = category_word(*category, texts);
        Choice::new(category.name(), word, category_icon(*category), is_on)
    };
    Category::ALL.iter().filter(present).map(choice).collect()
}

fn departments(entries: &[Shown], filter: &Filter) -> Vec<Choice> {
    let mut names: Vec<&str> = entries.iter().map(|it| it.entry.department.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let on = |name: &str| filter.department.as_deref() == Some(name);
    names
        .into_iter()
        .filter(|name| !name.is_empty())
        .map(|name| Choice::new(name, name.to_owned(), "", on(name)))
        .collect()
}

fn in_out_choices(filter: &Filter, texts: Texts) -> Vec<Choice> {
    vec![
        Choice::new("in", texts.get("inpatient"), "", filter.inpatient == Some(true)),
        Choice::new("out", texts.get("outpatient"), "", filter.inpatient == Some(false)),
    ]
}
