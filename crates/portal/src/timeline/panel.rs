//! `/p/{person}/e/{document}`: one record beside the timeline, and `/p/{person}/days`: the
//! records of some days. Both are a fragment for htmx and a page of their own.

use super::list::{self, Month};
use super::panel_rows::{self, Part};
use super::shown::{Shown, fold};
use super::studies::with_studies;
use crate::call::Call;
use crate::facility::of_source;
use crate::facts::{self, Found};
use crate::head::PatientHead;
use crate::patient::Patient;
use crate::reader::{Reader, Subject, render};
use crate::refusal::{Kind, Refusal};
use crate::state::PortalState;
use crate::view::category_word;
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use model::entry::Category;
use model::fact::FactBody;
use page::{Frame, Texts, dates};
use store::audit::Action;
use store::document_query::{self, DocumentRow};
use store::timeline_query::Entry;
use store::{Tx, fact_query, timeline_query};

struct Record {
    entry: Entry,
    document: DocumentRow,
    versions: usize,
    found: Vec<Found>,
    earlier: Vec<Found>,
}

/// What the panel shows.
pub struct Panel {
    person_id: i64,
    document_id: i64,
    class: String,
    facility: String,
    department: String,
    title: String,
    when: String,
    is_laboratory: bool,
    has_bacteriology: bool,
    parts: Vec<Part>,
    origin: Vec<(String, String)>,
    versions: usize,
}

#[derive(Template)]
#[template(path = "panel.html")]
struct PanelFragment {
    frame: Frame,
    panel: Panel,
}

#[derive(Template)]
#[template(path = "panel_page.html")]
struct PanelPage {
    frame: Frame,
    head: PatientHead,
    panel: Panel,
}

struct DayList {
    months: Vec<Month>,
}

#[derive(Template)]
#[template(path = "days.html")]
struct DaysFragment {
    frame: Frame,
    title: String,
    count: usize,
    list: DayList,
}

#[derive(Template)]
#[template(path = "days_page.html")]
struct DaysPage {
    frame: Frame,
    head: PatientHead,
    title: String,
    count: usize,
    list: DayList,
}

/// Answers `GET /p/{person}/e/{document}`.
pub async fn get(
    State(state): State<PortalState>,
    Path((person_id, document_id)): Path<(i64, i64)>,
    call: Call,
) -> Result<Response, Refusal> {
    let reader = state.reader(&call).await?;
    let subject = Subject::document(Action::View, "entry", document_id);
    let (patient, record) = state
        .patient(&call, &reader, person_id, subject, move |tx, _, patient| {
            read(tx, patient, document_id)
        })
        .await?;
    let frame = reader.frame(&call, "");
    let panel = panel_of(&patient, record, frame.texts());
    if call.fragment {
        render(&call, &PanelFragment { frame, panel })
    } else {
        let head = PatientHead::new(&patient, &reader, "timeline", None);
        render(&call, &PanelPage { frame, head, panel })
    }
}

/// Answers `GET /p/{person}/days?from=&to=&f=&c=`.
pub async fn days(
    State(state): State<PortalState>,
    Path(person_id): Path<i64>,
    call: Call,
) -> Result<Response, Refusal> {
    let reader = state.reader(&call).await?;
    let day = |name| call.value(name).and_then(|text| text.parse::<i64>().ok());
    let (Some(from), Some(to)) = (day("from"), day("to")) else {
        return Err(Refusal::new(&call, Kind::Bad));
    };
    let texts = Texts { language: reader.language() };
    let facility = call.value("f").and_then(|text| text.parse::<i64>().ok());
    let category = call.value("c").and_then(Category::from_name);
    let (patient, entries) = state
        .patient(&call, &reader, person_id, Subject::view("days"), move |tx, _, patient| {
            let permits = |source, kind| patient.permits(source, kind);
            let all = timeline_query::entries(tx, &patient.identities, &permits)?;
            let shown = fold(all, &patient.facilities);
            let mut shown = with_studies(tx, patient, shown, texts)?;
            shown.retain(|it| {
                (from..=to).contains(&it.entry.day)
                    && category.is_none_or(|wanted| it.entry.category == wanted)
                    && facility.is_none_or(|wanted| patient.facilities[it.facility].id == wanted)
            });
            Ok(Some(shown))
        })
        .await?;
    answer_days(&call, &reader, &patient, &entries, (from, to))
}

fn answer_days(
    call: &Call,
    reader: &Reader,
    patient: &Patient,
    entries: &[Shown],
    (from, to): (i64, i64),
) -> Result<Response, Refusal> {
    let frame = reader.frame(call, "");
    let texts = frame.texts();
    let weekday = dates::weekday(from, texts.language);
    let title = if from == to {
        format!("{} ({weekday})", dates::day(from))
    } else {
        format!("{} – {}", dates::day(from), dates::day(to))
    };
    let list = DayList { months: list::months(patient, entries, texts) };
    let count = entries.len();
    if call.fragment {
        render(call, &DaysFragment { frame, title, count, list })
    } else {
        let head = PatientHead::new(patient, reader, "timeline", None);
        render(call, &DaysPage { frame, head, title, count, list })
    }
}

fn read(tx: &mut Tx, patient: &Patient, document_id: i64) -> Result<Option<Record>, Kind> {
    let permits = |source, category| patient.permits(source, category);
    let Some(entry) = timeline_query::entry_of_document(tx, document_id, &permits)? else {
        return Ok(None);
    };
    if !patient.identities.contains(&entry.identity_id) {
        return Ok(None);
    }
    let Some(document) = document_query::by_id(tx, document_id)? else { return Ok(None) };
    let versions = match document.item_id {
        Some(item_id) => document_query::versions(tx, item_id)?.len(),
        None => 1,
    };
    let found = facts::of_document(tx, patient, document_id)?;
    let earlier = earlier_results(tx, patient, &entry, &found)?;
    Ok(Some(Record { entry, document, versions, found, earlier }))
}

/// Results of the same rows of the flow-sheet before this record, for "last time".
fn earlier_results(
    tx: &mut Tx,
    patient: &Patient,
    entry: &Entry,
    found: &[Found],
) -> Result<Vec<Found>, Kind> {
    let keys: Vec<&str> = found
        .iter()
        .filter(|it| matches!(it.fact.body, FactBody::LabResult(_)))
        .map(|it| it.chart_key.as_str())
        .filter(|key| !key.is_empty())
        .collect();
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let permits = |source, kind: &str| patient.permits_fact(source, kind);
    let mut rows = fact_query::of_keys(tx, &patient.identities, &["lab_result"], &keys, &permits)?;
    rows.retain(|row| row.document_id != entry.document_id);
    facts::without_twins(tx, patient, rows)
}

fn panel_of(patient: &Patient, record: Record, texts: Texts) -> Panel {
    let Record { entry, document, versions, found, earlier } = record;
    let facility = of_source(&patient.facilities, entry.source_id);
    let place = facility
        .and_then(|it| patient.facilities.iter().position(|other| other.id == it.id))
        .unwrap_or(0);
    let source = facility
        .and_then(|it| it.sources.iter().find(|source| Some(source.id) == entry.source_id))
        .map(|source| source.name.clone())
        .unwrap_or_default();
    let shown = Shown { entry, facility: place, also_from: Vec::new(), study: None };
    let mut origin = vec![
        (texts.get("taken"), format!("{}（{source}）", dates::minute(document.taken))),
        (texts.get("data-type"), document.data_type.clone()),
        (texts.get("order-number"), document.order_key.clone()),
    ];
    if shown.entry.category == Category::Laboratory {
        origin.push((texts.get("flags"), texts.get("flags-as-sent")));
    }
    if crate::documents::attachments::has_rival(&document) {
        origin.push((texts.get("state"), texts.get("two-current")));
    }
    if crate::documents::attachments::is_unreadable(&document) {
        origin.push((texts.get("state"), texts.get("bytes-damaged")));
    }
    origin.retain(|(_, value)| !value.is_empty() && value != "-");
    Panel {
        person_id: patient.person_id,
        document_id: document.id,
        class: facility.map(crate::facility::Facility::class).unwrap_or_default(),
        facility: facility.map(|it| it.name.clone()).unwrap_or_default(),
        department: shown.entry.department.clone(),
        title: title(&shown, texts),
        when: when(&shown, &found, texts),
        is_laboratory: shown.entry.category == Category::Laboratory,
        has_bacteriology: found.iter().any(|it| matches!(it.fact.body, FactBody::Bacteriology(_))),
        parts: panel_rows::parts(&found, &earlier, texts),
        origin,
        versions,
    }
}

fn title(shown: &Shown, texts: Texts) -> String {
    let title = list::title(shown, texts);
    if title.is_empty() { category_word(shown.entry.category, texts) } else { title }
}

fn when(shown: &Shown, found: &[Found], texts: Texts) -> String {
    let result = found.iter().find_map(|it| match &it.fact.body {
        FactBody::LabResult(result) => Some(result),
        _ => None,
    });
    let collected = result.and_then(|it| it.collected.as_ref());
    let reported = result.and_then(|it| it.reported.as_ref());
    let mut parts = Vec::new();
    if let Some(at) = collected {
        parts.push(texts.with("collected-at", &[("at", &dates::received(at))]));
    }
    if let Some(at) = reported {
        parts.push(texts.with("reported-at", &[("at", &dates::received(at))]));
    }
    if parts.is_empty() {
        let day = shown.entry.day;
        return match day {
            0 => texts.get("no-date"),
            _ => format!("{} ({})", dates::day(day), dates::weekday(day, texts.language)),
        };
    }
    parts.join("　")
}
