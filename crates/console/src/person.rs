//! `/ops/persons/{person}`: who a person is by every record, who may see it, what was done to it.

use crate::call::Call;
use crate::history::{StepLine, step_line};
use crate::reader::render;
use crate::record::{RecordLine, record_line};
use crate::refusal::{Kind, Refusal};
use crate::state::{ConsoleState, refused};
use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use model::{Contradiction, Timestamp};
use page::words::sex_word;
use page::{Frame, Texts, dates};
use ports::{PersonFile, Places};
use store::consent::{Consent, Kinds};

/// A consent as the table shows it.
struct ConsentLine {
    viewer: String,
    discloser: String,
    kinds: String,
    is_denial: bool,
    period: String,
    basis: String,
    state_class: &'static str,
    state: String,
}

/// What was just done, above the page.
struct Notice {
    words: String,
    /// The other person concerned.
    other: Option<i64>,
    /// The event to take it back by; `None` where nothing more can be taken back.
    undo: Option<i64>,
}

#[derive(Template)]
#[template(path = "person.html")]
struct Page {
    frame: Frame,
    person_id: i64,
    community_id: String,
    name: String,
    kana: String,
    birth: String,
    era: String,
    sex: String,
    contradiction: String,
    records: Vec<RecordLine>,
    enrolled: usize,
    entries: i64,
    consents: Vec<ConsentLine>,
    in_force: usize,
    history: Vec<StepLine>,
    notice: Option<Notice>,
}

/// Answers `GET /ops/persons/{person}`. A person that was merged leads to its survivor.
pub async fn get(
    State(state): State<ConsoleState>,
    Path(person): Path<String>,
    call: Call,
) -> Result<Response, Refusal> {
    let (reader, clerk) = state.clerk(&call).await?;
    let Ok(person_id) = person.parse::<i64>() else {
        return Err(Refusal::new(&call, Kind::NotFound));
    };
    let file = state.desk.person(clerk, person_id).await;
    let file = file.map_err(|error| refused(&call, error))?;
    if file.person.id != person_id {
        return Ok(Redirect::to(&format!("/ops/persons/{}", file.person.id)).into_response());
    }
    let frame = reader.frame(&call, "persons");
    let notice = notice(&call, &file, frame.texts());
    render(&call, &page(frame, file, notice, reader.now))
}

fn page(frame: Frame, file: PersonFile, notice: Option<Notice>, now: Timestamp) -> Page {
    let texts = frame.texts();
    let shown = access::shown_demographics(&file.records).or(file.records.first());
    let said = shown.map(|record| record.demographics.clone()).unwrap_or_default();
    let birth_day = said.birth.as_ref().map(model::PartialTime::jst_day);
    let count = |id: i64| file.entry_counts.get(&id).copied().unwrap_or(0);
    let lines = file
        .records
        .iter()
        .map(|it| record_line(it, &file.records, count(it.id), &file.places, texts));
    let consents: Vec<ConsentLine> =
        file.consents.iter().map(|it| consent_line(it, &file.places, now, texts)).collect();
    let history = file.history.iter().rev().map(|step| step_line(step, &file, texts));
    Page {
        person_id: file.person.id,
        community_id: file.person.community_id.to_string(),
        name: said.name.full(),
        kana: said.kana.full(),
        birth: said.birth.as_ref().map(dates::received).unwrap_or_default(),
        era: birth_day.and_then(|day| dates::era_year(day, texts.language)).unwrap_or_default(),
        sex: sex_word(&said.sex, texts),
        contradiction: contradiction_words(file.contradiction, texts),
        records: lines.collect(),
        enrolled: file.records.iter().filter(|record| record.enrolled).count(),
        entries: file.entry_counts.values().sum(),
        in_force: consents.iter().filter(|line| line.state_class == "ok").count(),
        consents,
        history: history.collect(),
        notice,
        frame,
    }
}

/// In what records contradict each other; empty where they do not.
pub fn contradiction_words(contradiction: Contradiction, texts: Texts) -> String {
    match (contradiction.birth, contradiction.sex) {
        (true, true) => texts.get("contradiction-both"),
        (true, false) => texts.get("contradiction-birth"),
        (false, true) => texts.get("contradiction-sex"),
        (false, false) => String::new(),
    }
}

fn consent_line(consent: &Consent, places: &Places, now: Timestamp, texts: Texts) -> ConsentLine {
    let facility = |id: i64| {
        places.facilities.get(&id).map_or_else(|| id.to_string(), |facility| facility.name.clone())
    };
    let kinds = match &consent.kinds {
        Kinds::All => texts.get("consent-all-kinds"),
        Kinds::Only(kinds) => {
            let words = kinds.iter().map(|kind| texts.get(&format!("category-{}", kind.name())));
            words.collect::<Vec<_>>().join("・")
        }
        Kinds::Unreadable => texts.get("consent-unreadable"),
    };
    let day = |at: Timestamp| dates::day(at.jst_day());
    let until = consent.until.map(day).unwrap_or_default();
    let is_over = consent.until.is_some_and(|until| until <= now);
    let (state_class, state) = match consent.withdrawn {
        Some(at) => ("none", texts.with("consent-withdrawn", &[("day", &day(at))])),
        None if is_over => ("none", texts.get("consent-over")),
        None if consent.from > now => ("none", texts.get("consent-not-yet")),
        None => ("ok", texts.get("consent-in-force")),
    };
    ConsentLine {
        viewer: facility(consent.viewer_facility_id),
        discloser: consent
            .discloser_facility_id
            .map_or_else(|| texts.get("consent-every-facility"), facility),
        kinds,
        is_denial: !consent.permit,
        period: format!("{} – {until}", day(consent.from)),
        basis: consent.basis.clone(),
        state_class,
        state,
    }
}

/// What the redirect after an act says; numbers only, and only of events that stand here.
fn notice(call: &Call, file: &PersonFile, texts: Texts) -> Option<Notice> {
    let key = match call.value("done")? {
        "split" => "done-split",
        "link" => "done-link",
        "undo" => "done-undo",
        _ => return None,
    };
    let event = call.value("event").and_then(|digits| digits.parse::<i64>().ok());
    let other = call.value("other").and_then(|digits| digits.parse::<i64>().ok());
    Some(Notice {
        words: texts.get(key),
        // Whoever has no record left leads back here.
        other: other.filter(|other| key != "done-link" && *other != file.person.id),
        undo: event.filter(|_| key != "done-undo"),
    })
}
