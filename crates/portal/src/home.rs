//! `/`: the search, the patients seen last with what is new, and how fresh the facilities are.

use crate::call::Call;
use crate::facility::{Facility, Liveness, group};
use crate::reader::{Reader, render};
use crate::refusal::{Kind, Refusal};
use crate::search::{Hit, hit};
use crate::sign_in::see_other;
use crate::state::PortalState;
use crate::view::{category_word, recent};
use access::RecentPerson;
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use model::entry::Category;
use page::frame::Rooms;
use page::{Frame, Texts};
use store::audit::{Action, Outcome};
use store::{Tx, consent, timeline_query};

/// Patients on the first page.
const RECENT_PERSONS: i64 = 10;

struct Seen {
    recent: RecentPerson,
    new: Vec<Category>,
}

struct Home {
    seen: Vec<Seen>,
    facilities: Vec<Facility>,
    consenting: i64,
}

struct SeenLine {
    hit: Hit,
    new: usize,
    what: String,
    at: String,
}

struct FacilityLine {
    class: String,
    name: String,
    state_class: &'static str,
    state: String,
    read: String,
}

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage {
    frame: Frame,
    typed: String,
    facility: String,
    consenting: usize,
    seen: Vec<SeenLine>,
    facilities: Vec<FacilityLine>,
    down: Vec<FacilityLine>,
}

/// Answers `GET /`.
pub async fn get(State(state): State<PortalState>, call: Call) -> Result<Response, Refusal> {
    let reader = state.reader(&call).await?;
    if !Rooms::of(&reader.viewer()).patients {
        return Ok(see_other(page::frame::DESK, &[]));
    }
    let home = {
        let reader = reader.clone();
        state.use_case(&call, move |tx| read(tx, &reader)).await?
    };
    let frame = reader.frame(&call, "home");
    let (texts, today) = (frame.texts(), reader.today());
    let lines = |wanted: fn(&Facility) -> bool| -> Vec<FacilityLine> {
        home.facilities.iter().filter(|it| wanted(it)).map(|it| line(it, today, texts)).collect()
    };
    let page = HomePage {
        typed: String::new(),
        facility: reader.session.facility_name.clone(),
        consenting: usize::try_from(home.consenting).unwrap_or(0),
        seen: home.seen.iter().map(|it| seen_line(it, &home.facilities, today, texts)).collect(),
        facilities: lines(|_| true),
        down: lines(|it| it.liveness() == Liveness::Down),
        frame,
    };
    render(&call, &page)
}

fn read(tx: &mut Tx, reader: &Reader) -> Result<Home, Kind> {
    let viewer = reader.viewer();
    let facilities = group(timeline_query::sources(tx, reader.now)?);
    let consenting = consent::count_persons_for_viewer(tx, viewer.facility_id, reader.now)?;
    let mut seen = Vec::new();
    for recent in access::recent_persons(tx, &viewer, RECENT_PERSONS, reader.now)? {
        let visibility = &recent.person.decision.visibility;
        let permits =
            |from, category| crate::patient::permits(&facilities, visibility, from, category);
        let identities = visibility.identities();
        let new = timeline_query::taken_since(tx, identities, recent.seen, &permits)?;
        seen.push(Seen { new: new.into_iter().map(|it| it.category).collect(), recent });
    }
    seen.sort_by_key(|it| it.new.is_empty());
    let detail = serde_json::json!({ "query": "recent", "shown": seen.len() });
    reader.audit(tx, Action::Search, Outcome::Success, None, &detail)?;
    Ok(Home { seen, facilities, consenting })
}

fn seen_line(seen: &Seen, facilities: &[Facility], today: i64, texts: Texts) -> SeenLine {
    let counts = Category::ALL.iter().filter_map(|category| {
        let count = seen.new.iter().filter(|it| *it == category).count();
        (count > 0).then(|| format!("{}{count}", category_word(*category, texts)))
    });
    SeenLine {
        hit: hit(&seen.recent.person, facilities, today, texts),
        new: seen.new.len(),
        what: counts.collect::<Vec<_>>().join("　"),
        at: recent(seen.recent.seen, today, texts),
    }
}

fn line(facility: &Facility, today: i64, texts: Texts) -> FacilityLine {
    let liveness = facility.liveness();
    let read = facility.read_until().map(|at| recent(at, today, texts));
    FacilityLine {
        class: facility.class(),
        name: facility.name.clone(),
        state_class: liveness.class(),
        state: texts.get(liveness.key()),
        read: read.unwrap_or_else(|| "—".to_owned()),
    }
}
