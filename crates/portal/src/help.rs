//! `/help`: keys, signs and what a missing record means.

use crate::call::Call;
use crate::reader::render;
use crate::refusal::Refusal;
use crate::state::PortalState;
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use page::Frame;

#[derive(Template)]
#[template(path = "help.html")]
struct HelpPage {
    frame: Frame,
    keys: Vec<(&'static str, String)>,
    notes: Vec<(String, String)>,
}

/// Answers `GET /help`.
pub async fn get(State(state): State<PortalState>, call: Call) -> Result<Response, Refusal> {
    let reader = state.reader(&call).await?;
    let frame = reader.frame(&call, "help");
    let keys = [
        ("/", "key-search"),
        ("j k", "key-move"),
        ("Enter", "key-open"),
        ("[ ]", "key-pages"),
        ("g", "jump"),
        ("1–7", "key-tabs"),
        ("← →", "key-graph"),
        ("?", "key-help"),
    ];
    let notes = ["missing", "flags", "days", "versions", "reference"];
    let note = |name: &str| {
        (frame.t(&format!("help-{name}-title")), frame.t(&format!("help-{name}-body")))
    };
    let page = HelpPage {
        keys: keys.iter().map(|(key, word)| (*key, frame.t(word))).collect(),
        notes: notes.iter().map(|name| note(name)).collect(),
        frame,
    };
    render(&call, &page)
}
