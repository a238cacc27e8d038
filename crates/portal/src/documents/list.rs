//! `/p/{person}/docs`: reports and letters, newest first; with `?all=1` every record's document.

use crate::call::Call;
use crate::head::PatientHead;
use crate::reader::{Subject, render};
use crate::refusal::Refusal;
use crate::state::PortalState;
use crate::timeline::list::{self, Month};
use crate::timeline::shown::fold;
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use model::entry::Category;
use model::limits::LIST_ENTRIES;
use page::Frame;
use store::timeline_query;

/// Lines by month, as `entries.html` draws them.
pub struct Lines {
    /// Months.
    pub months: Vec<Month>,
}

#[derive(Template)]
#[template(path = "docs.html")]
struct DocumentsPage {
    frame: Frame,
    head: PatientHead,
    base: String,
    all: bool,
    list: Lines,
    shown: usize,
    total: usize,
    older: Option<String>,
}

/// Answers `GET /p/{person}/docs`.
pub async fn get(
    State(state): State<PortalState>,
    Path(person_id): Path<i64>,
    call: Call,
) -> Result<Response, Refusal> {
    let reader = state.reader(&call).await?;
    let all = call.value("all").is_some();
    let (patient, entries) = state
        .patient(&call, &reader, person_id, Subject::view("documents"), move |tx, _, patient| {
            let permits = |source, category| {
                (all || category == Category::Document) && patient.permits(source, category)
            };
            let entries = timeline_query::entries(tx, &patient.identities, &permits)?;
            Ok(Some(fold(entries, &patient.facilities)))
        })
        .await?;
    let frame = reader.frame(&call, "");
    let from = call.value("e").and_then(|text| text.parse::<i64>().ok());
    let start = entries.iter().position(|it| Some(it.entry.document_id) == from).unwrap_or(0);
    let page_entries = usize::try_from(LIST_ENTRIES).unwrap_or(usize::MAX);
    let end = entries.len().min(start + page_entries);
    let base = format!("/p/{}/docs", patient.person_id);
    let mut months = list::months(&patient, &entries[start..end], frame.texts());
    for entry in months.iter_mut().flat_map(|month| &mut month.entries) {
        entry.address = format!("{base}/{}", entry.document_id);
    }
    let older = entries.get(end).map(|next| {
        let every = if all { "all=1&" } else { "" };
        format!("{base}?{every}e={}", next.entry.document_id)
    });
    let page = DocumentsPage {
        head: PatientHead::new(&patient, &reader, "docs", None),
        list: Lines { months },
        shown: end - start,
        total: entries.len(),
        older,
        all,
        base,
        frame,
    };
    render(&call, &page)
}
