//! `/patients`: who may be seen, found by name, reading, birth date or number.

use crate::call::Call;
use crate::facility::{Facility, group};
use crate::reader::{Reader, render};
use crate::refusal::{Kind, Refusal};
use crate::state::PortalState;
use crate::view::sex_word;
use access::OpenPerson;
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use page::{Frame, Texts, dates};
use ports::{Reading, SearchError, SearchPage, SearchRequest};
use store::{Tx, consent, timeline_query};

/// A person that was found.
pub struct Hit {
    /// Where it leads.
    pub address: String,
    /// Name as received.
    pub name: String,
    /// Reading as received.
    pub kana: String,
    /// Birth day as shown.
    pub birth: String,
    /// `昭和23年　78歳`
    pub era_and_age: String,
    /// Word of the sex.
    pub sex: String,
    /// Community ID as shown.
    pub community_id: String,
    /// Address as sent; empty where it was not sent.
    pub home: String,
    /// Classes and short names of the facilities that hold something.
    pub facilities: Vec<(String, String)>,
    /// Consent, in words.
    pub consent: String,
    /// Whether consent ends.
    pub ends: bool,
    /// The birth date is another than the one searched for.
    pub is_beside: bool,
}

#[derive(Template)]
#[template(path = "search.html")]
struct Page {
    frame: Frame,
    typed: String,
    read_as: String,
    hits: Vec<Hit>,
    fitting: usize,
    beside: usize,
    found: usize,
    next: Option<String>,
    too_many: bool,
    searched: bool,
    facility: String,
    consenting: usize,
}

/// Answers `GET /patients?q=`.
pub async fn get(State(state): State<PortalState>, call: Call) -> Result<Response, Refusal> {
    let reader = state.reader(&call).await?;
    let typed = call.value("q").unwrap_or("").trim().to_owned();
    let found = search(&state, &call, &reader, &typed).await?;
    let (facilities, consenting) = {
        let (facility_id, now) = (reader.viewer().facility_id, reader.now);
        let read = move |tx: &mut Tx| -> Result<_, Kind> {
            let consenting = consent::count_persons_for_viewer(tx, facility_id, now)?;
            Ok((group(timeline_query::sources(tx, now)?), consenting))
        };
        state.use_case(&call, read).await?
    };
    let frame = reader.frame(&call, "patients");
    let texts = frame.texts();
    let searched = found.is_some();
    let found = found.unwrap_or_default();
    let hits = found.persons.iter().map(|found| Hit {
        is_beside: !found.birth_fits,
        ..hit(&found.person, &facilities, reader.today(), texts)
    });
    let page = Page {
        read_as: read_as(&found.readings, texts),
        searched,
        hits: hits.collect(),
        fitting: found.birth_fits_count,
        beside: found.found_count - found.birth_fits_count,
        found: found.found_count,
        next: found.next.as_ref().map(|next| next.digits().to_owned()),
        too_many: found.too_many,
        facility: reader.session.facility_name.clone(),
        consenting: usize::try_from(consenting).unwrap_or(0),
        typed,
        frame,
    };
    render(&call, &page)
}

/// Searches; nothing typed is no search. The search writes its own audit record.
async fn search(
    state: &PortalState,
    call: &Call,
    reader: &Reader,
    typed: &str,
) -> Result<Option<SearchPage>, Refusal> {
    let request = SearchRequest {
        viewer: reader.viewer(),
        actor: reader.session.login.clone(),
        text: typed.to_owned(),
        after: call.value("after").and_then(|after| after.parse().ok()),
    };
    match state.search.search(request).await {
        Ok(page) => Ok(Some(page)),
        Err(SearchError::Empty) => Ok(None),
        Err(SearchError::TooLong { .. }) => Err(Refusal::new(call, Kind::Bad)),
        Err(SearchError::Unavailable(reason)) => Err(Refusal::new(call, Kind::Search(reason))),
    }
}

/// How a person stands in a list.
pub fn hit(person: &OpenPerson, facilities: &[Facility], today: i64, texts: Texts) -> Hit {
    let shown = &person.demographics;
    let birth_day = shown.birth.as_ref().map(model::PartialTime::jst_day);
    let era = birth_day.and_then(|day| dates::era_year(day, texts.language)).unwrap_or_default();
    let age = birth_day
        .filter(|_| shown.death.is_none())
        .and_then(|day| dates::age(day, today))
        .map(|years| texts.with("years", &[("n", &years.to_string())]))
        .unwrap_or_default();
    let holding = facilities.iter().filter(|it| person.facilities.contains(&it.id));
    let period = person.decision.visibility.consent_period();
    let until = period.and_then(|(_, until)| until);
    let consent = match (period, until) {
        (_, Some(until)) => texts.with("consent-until", &[("day", &dates::day(until.jst_day()))]),
        (Some((from, None)), None) => {
            texts.with("consent-from", &[("day", &dates::day(from.jst_day()))])
        }
        _ => String::new(),
    };
    Hit {
        address: format!("/p/{}", person.person_id),
        name: shown.name.full(),
        kana: shown.kana.full(),
        birth: shown.birth.as_ref().map(dates::received).unwrap_or_default(),
        era_and_age: format!("{era}　{age}").trim().to_owned(),
        sex: sex_word(&shown.sex, texts),
        community_id: person.community_id.to_string(),
        home: shown.address.chars().take(24).collect(),
        facilities: holding.map(|it| (it.class(), it.short.clone())).collect(),
        consent,
        ends: until.is_some(),
        is_beside: false,
    }
}

fn read_as(readings: &[Reading], texts: Texts) -> String {
    let parts: Vec<String> = readings
        .iter()
        .map(|reading| match reading {
            Reading::Name { typed, .. } => {
                let kana = text::key::kana_key(typed);
                texts.with("read-name", &[("name", typed), ("kana", &kana)])
            }
            Reading::Birth { first_day, last_day, .. } => {
                let (first, last) = (dates::day(*first_day), dates::day(*last_day));
                let era = dates::era_year(*last_day, texts.language).unwrap_or_default();
                let words = if first_day == last_day { first } else { format!("{first}–{last}") };
                texts.with("read-birth", &[("birth", &words), ("era", &era)])
            }
            Reading::Community(id) => texts.with("read-community-id", &[("id", &id.to_string())]),
            Reading::LocalId(id) => texts.with("read-local-id", &[("id", id)]),
        })
        .collect();
    parts.join(" ・ ")
}
