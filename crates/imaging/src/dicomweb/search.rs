//! QIDO-RS: Search Transaction (PS3.18 10.6). A search goes through rows in steps; each step is one
//! short transaction, so that a slow reader holds no thread, and there is no cap on what it gives.

mod plan;
mod steps;

use super::accept::accepted;
use super::attributes::Level;
use super::query::Wish;
use super::refusal::Refusal;
use super::web::{Ask, Web};
use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures::stream;
use http::header::{CONTENT_TYPE, WARNING};
use http::{HeaderValue, StatusCode};
use model::limits::DICOMWEB_AHEAD_BYTES;
use std::io;
use steps::Search;

const JSON: &str = "application/dicom+json";

/// Answers `GET /studies`.
pub(crate) async fn studies(State(web): State<Web>, ask: Ask) -> Result<Response, Refusal> {
    let wish = Wish::read(&ask.query, Level::Study)?;
    answer(web, ask, Level::Study, wish).await
}

/// Answers `GET /series`.
pub(crate) async fn series(State(web): State<Web>, ask: Ask) -> Result<Response, Refusal> {
    let wish = Wish::read(&ask.query, Level::Series)?;
    answer(web, ask, Level::Series, wish).await
}

/// Answers `GET /studies/{study}/series`.
pub(crate) async fn series_of_study(
    State(web): State<Web>,
    Path(study): Path<String>,
    ask: Ask,
) -> Result<Response, Refusal> {
    let wish = Wish::read(&ask.query, Level::Series)?.with("StudyInstanceUID", &study)?;
    answer(web, ask, Level::Series, wish).await
}

/// Answers `GET /instances`.
pub(crate) async fn instances(State(web): State<Web>, ask: Ask) -> Result<Response, Refusal> {
    let wish = Wish::read(&ask.query, Level::Instance)?;
    answer(web, ask, Level::Instance, wish).await
}

/// Answers `GET /studies/{study}/instances`.
pub(crate) async fn instances_of_study(
    State(web): State<Web>,
    Path(study): Path<String>,
    ask: Ask,
) -> Result<Response, Refusal> {
    let wish = Wish::read(&ask.query, Level::Instance)?.with("StudyInstanceUID", &study)?;
    answer(web, ask, Level::Instance, wish).await
}

/// Answers `GET /studies/{study}/series/{series}/instances`.
pub(crate) async fn instances_of_series(
    State(web): State<Web>,
    Path((study, series)): Path<(String, String)>,
    ask: Ask,
) -> Result<Response, Refusal> {
    let wish = Wish::read(&ask.query, Level::Instance)?
        .with("StudyInstanceUID", &study)?
        .with("SeriesInstanceUID", &series)?;
    answer(web, ask, Level::Instance, wish).await
}

async fn answer(web: Web, ask: Ask, level: Level, wish: Wish) -> Result<Response, Refusal> {
    let is_json = |one: &super::accept::Range| one.takes(JSON) || one.inner == "application/json";
    if !accepted(&ask.query, &ask.headers).iter().any(is_json) {
        return Err(Refusal::NotAcceptable("searches are answered as application/dicom+json"));
    }
    if ask.asker.is_person() && !wish.is_narrow() {
        return Err(Refusal::Bad(
            "name a patient (PatientID), a study or an accession number".to_owned(),
        ));
    }
    let limit = wish.limit;
    let mut warnings: Vec<String> = wish
        .ignored
        .iter()
        .map(|name| format!("299 musubi \"not taken into account: {name}\""))
        .collect();
    let mut search = Search::begin(&web, &ask, level, wish).await?;
    let mut ahead = Page::default();
    while (ahead.bytes.len() as u64) < DICOMWEB_AHEAD_BYTES && !search.is_over() {
        ahead.add(search.next().await?);
    }
    if limit.is_some() && search.has_more() {
        warnings.push("299 musubi \"There are additional results that can be requested\"".into());
    }
    let mut response = match (ahead.count, search.is_over()) {
        (0, true) => StatusCode::NO_CONTENT.into_response(),
        (_, true) => {
            let whole = [b"[", ahead.bytes.as_slice(), b"]"].concat();
            ([(CONTENT_TYPE, JSON)], whole).into_response()
        }
        _ => ([(CONTENT_TYPE, JSON)], rest_of(ahead, search)).into_response(),
    };
    for warning in warnings {
        if let Ok(value) = HeaderValue::from_str(&warning) {
            response.headers_mut().append(WARNING, value);
        }
    }
    Ok(response)
}

/// Matches as JSON, with commas between them.
#[derive(Default)]
struct Page {
    bytes: Vec<u8>,
    count: u64,
}

impl Page {
    fn add(&mut self, matches: Vec<String>) {
        for one in matches {
            if self.count > 0 {
                self.bytes.push(b',');
            }
            self.bytes.extend_from_slice(one.as_bytes());
            self.count += 1;
        }
    }
}

/// What was made already, then the rest while it is sent.
fn rest_of(ahead: Page, search: Search) -> Body {
    let begin = [b"[", ahead.bytes.as_slice()].concat();
    let state = Some((Some(begin), Page { bytes: Vec::new(), ..ahead }, search));
    let pieces = stream::try_unfold(state, |state| async move {
        let Some((begin, mut page, mut search)) = state else { return Ok::<_, io::Error>(None) };
        if let Some(begin) = begin {
            return Ok(Some((Bytes::from(begin), Some((None, page, search)))));
        }
        if search.is_over() {
            return Ok(Some((Bytes::from_static(b"]"), None)));
        }
        let found = search.next().await.map_err(|_| io::Error::other("the search broke off"))?;
        page.add(found);
        let piece = std::mem::take(&mut page.bytes);
        Ok(Some((Bytes::from(piece), Some((None, page, search)))))
    });
    Body::from_stream(pieces)
}
