//! `/patients`: who may be seen, found by name, reading, birth date or number.

use crate::call::Call;
use crate::facility::{Facility, group};
use crate::reader::{Reader, render};
use crate::refusal::{Kind, Refusal};
use crate::search_words::SearchWords;
use crate::state::PortalState;
use crate::view::sex_word;
use access::{OpenPerson, Opened};
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use model::limits::{SEARCH_CHARACTERS, SEARCH_RESULTS};
use page::{Frame, Texts, dates};
use std::collections::BTreeSet;
use store::audit::{Action, Outcome};
use store::person_search::{Candidate, Criterion, Scope, candidates};
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

struct Answer {
    hits: Vec<(OpenPerson, bool)>,
    more: bool,
    facilities: Vec<Facility>,
    consenting: i64,
}

#[derive(Template)]
#[template(path = "search.html")]
struct SearchPage {
    frame: Frame,
    typed: String,
    read_as: String,
    hits: Vec<Hit>,
    fitting: usize,
    beside: usize,
    more: bool,
    searched: bool,
    facility: String,
    consenting: usize,
}

/// Answers `GET /patients?q=`.
pub async fn get(State(state): State<PortalState>, call: Call) -> Result<Response, Refusal> {
    let reader = state.reader(&call).await?;
    let typed = call.value("q").unwrap_or("").trim().to_owned();
    let limit = usize::try_from(SEARCH_CHARACTERS).unwrap_or(usize::MAX);
    if typed.chars().count() > limit {
        return Err(Refusal::new(&call, Kind::Bad));
    }
    let words = SearchWords::read(&typed);
    let answer = {
        let (reader, words, typed) = (reader.clone(), words.clone(), typed.clone());
        state.use_case(&call, move |tx| find(tx, &reader, &words, &typed)).await?
    };
    let frame = reader.frame(&call, "patients");
    let texts = frame.texts();
    let hits: Vec<Hit> = answer
        .hits
        .iter()
        .map(|(person, beside)| Hit {
            is_beside: *beside,
            ..hit(person, &answer.facilities, reader.today(), texts)
        })
        .collect();
    let beside = hits.iter().filter(|hit| hit.is_beside).count();
    let page = SearchPage {
        read_as: read_as(&words, texts),
        searched: !words.is_empty(),
        fitting: hits.len() - beside,
        beside,
        hits,
        more: answer.more,
        facility: reader.session.facility_name.clone(),
        consenting: usize::try_from(answer.consenting).unwrap_or(0),
        typed,
        frame,
    };
    render(&call, &page)
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

fn find(tx: &mut Tx, reader: &Reader, words: &SearchWords, typed: &str) -> Result<Answer, Kind> {
    let viewer = reader.viewer();
    let consenting = consent::count_persons_for_viewer(tx, viewer.facility_id, reader.now)?;
    let facilities = group(timeline_query::sources(tx)?);
    if words.is_empty() {
        return Ok(Answer { hits: Vec::new(), more: false, facilities, consenting });
    }
    let limit = i64::try_from(SEARCH_RESULTS).unwrap_or(i64::MAX);
    let scope = Scope {
        viewer_facility_id: viewer.facility_id,
        now: reader.now,
        // Several identities may be one person, and those of another birth date go below.
        limit: limit.saturating_mul(4).saturating_add(1),
    };
    let found = matching(tx, &scope, words)?;
    let persons: BTreeSet<i64> = found.iter().map(|it| it.person_id).collect();
    let persons: Vec<i64> = persons.into_iter().collect();
    let mut hits: Vec<(OpenPerson, bool)> =
        access::open_persons(tx, &viewer, &persons, reader.now)?
            .into_iter()
            .filter(|person| is_by_open_identity(person, &found))
            .map(|person| {
                let beside = is_beside(&person, words, &found);
                (person, beside)
            })
            .collect();
    if let Some(id) = &words.community_id
        && let Opened::Open(person) = access::open_person(tx, &viewer, id, reader.now)?
        && !hits.iter().any(|(hit, _)| hit.person_id == person.person_id)
    {
        hits.push((*person, false));
    }
    hits.sort_by_cached_key(|(person, beside)| {
        (
            *beside,
            person.demographics.kana.full(),
            person.demographics.name.full(),
            person.person_id,
        )
    });
    let shown = usize::try_from(SEARCH_RESULTS).unwrap_or(usize::MAX);
    let more = hits.len() > shown || i64::try_from(found.len()).unwrap_or(i64::MAX) >= scope.limit;
    hits.truncate(shown);
    let detail = serde_json::json!({ "query": typed });
    reader.audit(tx, Action::Search, Outcome::Success, None, &detail)?;
    Ok(Answer { hits, more, facilities, consenting })
}

/// Identities that fit: by name where one was typed, else by number and birth date.
fn matching(tx: &mut Tx, scope: &Scope, words: &SearchWords) -> Result<Vec<Candidate>, Kind> {
    let mut criteria: Vec<Criterion> = Vec::new();
    criteria.extend(words.local_ids.iter().cloned().map(Criterion::LocalId));
    if words.names.is_empty() {
        let birth = words.birth.filter(|_| words.birth_is_ambiguous || criteria.is_empty());
        criteria.extend(birth.map(|birth| Criterion::BirthDay(birth.first, birth.last)));
    } else {
        criteria.extend(name_criteria(&words.names));
    }
    let mut found = Vec::new();
    for criterion in &criteria {
        found.extend(candidates(tx, scope, criterion)?);
    }
    Ok(found)
}

fn name_criteria(names: &[String]) -> Vec<Criterion> {
    let keys: [fn(&str) -> String; 2] = [text::key::name_key, text::key::kana_key];
    let mut criteria: Vec<Criterion> = Vec::new();
    for key in keys {
        let parts: Vec<String> =
            names.iter().map(|name| key(name)).filter(|key| !key.is_empty()).collect();
        let criterion = match parts.as_slice() {
            [] => continue,
            [one] => Criterion::Name(one.clone()),
            [first, rest @ ..] => Criterion::TwoNames {
                whole: parts.concat(),
                first: first.clone(),
                second: rest.concat(),
            },
        };
        if !criteria.contains(&criterion) {
            criteria.push(criterion);
        }
    }
    criteria
}

/// Found by what a facility says that discloses something to this viewer: a number or a name that
/// only a closed hospital knows must not lead to anybody.
fn is_by_open_identity(person: &OpenPerson, found: &[Candidate]) -> bool {
    let open = |id: i64| person.identities.iter().any(|identity| identity.id == id);
    found.iter().any(|it| it.person_id == person.person_id && open(it.identity_id))
}

/// Found by name, but born on another day than the one typed.
fn is_beside(person: &OpenPerson, words: &SearchWords, found: &[Candidate]) -> bool {
    let Some(birth) = words.birth else { return false };
    let own = found.iter().filter(|it| it.person_id == person.person_id);
    !words.names.is_empty() && !own.filter_map(|it| it.birth_day).any(|day| birth.contains(day))
}

fn read_as(words: &SearchWords, texts: Texts) -> String {
    let mut parts = Vec::new();
    if !words.names.is_empty() {
        let kana = text::key::kana_key(&words.names.concat());
        parts.push(texts.with("read-name", &[("name", &words.names.join(" ")), ("kana", &kana)]));
    }
    if let Some(birth) = words.birth {
        let (first, last) = (dates::day(birth.first), dates::day(birth.last));
        let era = dates::era_year(birth.last, texts.language).unwrap_or_default();
        let words = if birth.first == birth.last { first } else { format!("{first}–{last}") };
        parts.push(texts.with("read-birth", &[("birth", &words), ("era", &era)]));
    }
    if let Some(id) = &words.community_id {
        parts.push(texts.with("read-community-id", &[("id", &id.to_string())]));
    }
    for id in &words.local_ids {
        parts.push(texts.with("read-local-id", &[("id", id)]));
    }
    parts.join(" ・ ")
}
