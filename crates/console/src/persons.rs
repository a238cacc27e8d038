//! `/ops/persons`: persons and their records, found to be looked at, or to be tied to another one.

use crate::call::Call;
use crate::reader::render;
use crate::record::{RecordLine, record_line};
use crate::refusal::{Kind, Refusal};
use crate::state::{ConsoleState, refused};
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use model::CommunityId;
use page::{Frame, Texts, dates};
use ports::{DeskError, DeskHit, DeskSearch, Places, Reading, SearchError};

/// A person that was found.
struct Hit {
    person_id: i64,
    name: String,
    kana: String,
    community_id: String,
    birth_fits: bool,
    records: Vec<RecordLine>,
}

#[derive(Template)]
#[template(path = "persons.html")]
struct Page {
    frame: Frame,
    typed: String,
    /// The person to whom a record is to be tied: key and name.
    tied_to: Option<(i64, String)>,
    read_as: String,
    hits: Vec<Hit>,
    found: usize,
    next: Option<String>,
    is_too_many: bool,
    is_searched: bool,
}

/// Answers `GET /ops/persons?q=&to=`; `to` is the person to whom one of the records found is to
/// be tied.
pub async fn get(State(state): State<ConsoleState>, call: Call) -> Result<Response, Refusal> {
    let (reader, clerk) = state.clerk(&call).await?;
    let typed = call.value("q").unwrap_or("").trim().to_owned();
    let tied_to = match call.value("to").map(str::parse::<i64>) {
        None => None,
        Some(Err(_)) => return Err(Refusal::new(&call, Kind::NotFound)),
        Some(Ok(person_id)) => {
            let file = state.desk.person(clerk.clone(), person_id).await;
            let file = file.map_err(|error| refused(&call, error))?;
            let shown = access::shown_demographics(&file.records);
            let name = shown.map(|record| record.demographics.name.full()).unwrap_or_default();
            Some((file.person.id, format!("{name} {}", file.person.community_id)))
        }
    };
    let after = call.value("after").and_then(|digits| digits.parse::<CommunityId>().ok());
    let found = match state.desk.find(clerk, typed.clone(), after).await {
        Ok(found) => Some(found),
        Err(DeskError::Search(SearchError::Empty)) => None,
        Err(error) => return Err(refused(&call, error)),
    };
    let frame = reader.frame(&call, "persons");
    let page = page(frame, typed, tied_to, found);
    render(&call, &page)
}

fn page(
    frame: Frame,
    typed: String,
    tied_to: Option<(i64, String)>,
    found: Option<DeskSearch>,
) -> Page {
    let texts = frame.texts();
    let is_searched = found.is_some();
    let found = found.unwrap_or_default();
    // Its own records are nothing to tie to it.
    let others = found
        .hits
        .iter()
        .filter(|hit| tied_to.as_ref().is_none_or(|(person_id, _)| hit.person.id != *person_id));
    Page {
        read_as: read_as(&found.readings, texts),
        hits: others.map(|it| hit(it, &found.places, texts)).collect(),
        found: found.found_count,
        next: found.next.as_ref().map(|next| next.digits().to_owned()),
        is_too_many: found.is_too_many,
        is_searched,
        typed,
        tied_to,
        frame,
    }
}

fn hit(found: &DeskHit, places: &Places, texts: Texts) -> Hit {
    let shown = access::shown_demographics(&found.records).or(found.records.first());
    let said = shown.map(|record| record.demographics.clone()).unwrap_or_default();
    let lines = found.records.iter().map(|it| record_line(it, &found.records, 0, places, texts));
    Hit {
        person_id: found.person.id,
        name: said.name.full(),
        kana: said.kana.full(),
        community_id: found.person.community_id.to_string(),
        birth_fits: found.birth_fits,
        records: lines.collect(),
    }
}

fn read_as(readings: &[Reading], texts: Texts) -> String {
    let part = |reading: &Reading| match reading {
        Reading::Name { typed, key } => texts.with("read-name", &[("name", typed), ("kana", key)]),
        Reading::Birth { first_day, last_day, .. } => {
            let (first, last) = (dates::day(*first_day), dates::day(*last_day));
            let era = dates::era_year(*last_day, texts.language).unwrap_or_default();
            let words = if first_day == last_day { first } else { format!("{first}–{last}") };
            texts.with("read-birth", &[("birth", &words), ("era", &era)])
        }
        Reading::Community(id) => texts.with("read-community-id", &[("id", &id.to_string())]),
        Reading::LocalId(id) => texts.with("read-local-id", &[("id", id)]),
    };
    readings.iter().map(part).collect::<Vec<_>>().join(" ・ ")
}
