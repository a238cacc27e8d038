//! `/p/{person}/coverage`: which facility sends what, and up to when ("data as of").

use crate::call::Call;
use crate::facility::liveness;
use crate::head::PatientHead;
use crate::patient::Patient;
use crate::reader::{Reader, Subject, render};
use crate::refusal::Refusal;
use crate::state::PortalState;
use crate::view::{category_icon, category_word, recent};
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use model::entry::Category;
use page::{Frame, dates};
use store::Disclosure;
use store::timeline_query::{self, Entry, FreshnessRow};

struct SourceLine {
    class: String,
    facility: String,
    source: String,
    state_class: &'static str,
    state: String,
    since: String,
    read: String,
    local_ids: String,
    kinds: Vec<KindLine>,
}

struct KindLine {
    icon: &'static str,
    word: String,
    /// Records of this patient.
    count: usize,
    /// Newest day of this patient's records.
    newest: String,
    /// Newest sending time of the source, all patients.
    fresh: String,
}

#[derive(Template)]
#[template(path = "coverage.html")]
struct CoveragePage {
    frame: Frame,
    head: PatientHead,
    sources: Vec<SourceLine>,
    now: String,
}

/// Answers `GET /p/{person}/coverage`.
pub async fn get(
    State(state): State<PortalState>,
    Path(person_id): Path<i64>,
    call: Call,
) -> Result<Response, Refusal> {
    let reader = state.reader(&call).await?;
    let (patient, (entries, fresh)) = state
        .patient(&call, &reader, person_id, Subject::view("coverage"), |tx, _, patient| {
            let permits = |source, category| patient.permits(source, category);
            let entries = timeline_query::entries(tx, &patient.identities, &permits)?;
            Ok(Some((entries, timeline_query::freshness(tx)?)))
        })
        .await?;
    let page = CoveragePage {
        head: PatientHead::new(&patient, &reader, "coverage", None),
        sources: sources(&patient, &reader, &entries, &fresh),
        now: dates::minute(reader.now),
        frame: reader.frame(&call, ""),
    };
    render(&call, &page)
}

fn sources(
    patient: &Patient,
    reader: &Reader,
    entries: &[Entry],
    fresh: &[FreshnessRow],
) -> Vec<SourceLine> {
    let texts = page::Texts { language: reader.language() };
    let shown = |at| recent(at, reader.today(), texts);
    let mut lines = Vec::new();
    for facility in &patient.facilities {
        for source in &facility.sources {
            let liveness = liveness(source);
            let identities = &patient.open.identities;
            let ids = identities.iter().filter(|it| it.domain_id == source.domain_id);
            let ids: Vec<&str> = ids.map(|it| it.local_id.as_str()).collect();
            let kinds = Category::ALL
                .iter()
                .filter(|it| patient.permits(Disclosure::open(Some(source.id)), **it));
            let kinds = kinds.filter_map(|category| {
                let own = entries
                    .iter()
                    .filter(|it| it.source_id == Some(source.id) && it.category == *category);
                let newest = own.clone().map(|it| it.day).max().unwrap_or(0);
                let of_source =
                    fresh.iter().find(|it| it.source_id == source.id && it.category == *category);
                let count = own.count();
                (count > 0 || of_source.is_some()).then(|| KindLine {
                    icon: category_icon(*category),
                    word: category_word(*category, texts),
                    count,
                    newest: if newest > 0 { dates::day(newest) } else { "—".to_owned() },
                    fresh: of_source.map_or("—".to_owned(), |it| shown(it.newest_sent)),
                })
            });
            lines.push(SourceLine {
                class: facility.class(),
                facility: facility.name.clone(),
                source: source.name.clone(),
                state_class: liveness.class(),
                state: texts.get(liveness.key()),
                since: source.since.map(shown).unwrap_or_default(),
                read: source.read_until.map(shown).unwrap_or_else(|| "—".to_owned()),
                local_ids: ids.join("、"),
                kinds: kinds.collect(),
            });
        }
    }
    lines
}
