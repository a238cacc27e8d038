//! `/p/{person}/study/{uid}`: the study with its viewer. Without scripts the server's own pictures
//! stand in its place.

use super::contents::{self, Contents, SeriesView, StudyView, subject};
use super::priors::{Prior, Priors, priors};
use super::words::words;
use crate::call::Call;
use crate::head::PatientHead;
use crate::images::card::{self, Card};
use crate::images::read;
use crate::patient::Patient;
use crate::reader::{Reader, render};
use crate::refusal::{Kind, Refusal};
use crate::state::PortalState;
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use http::{HeaderValue, header};
use model::limits::STUDY_OTHERS;
use page::headers::VIEWER_POLICY;
use page::{Frame, Texts};
use store::study::{OtherInstance, StudyRow};

/// Windows that have a button; the viewer knows more by their keys.
const WINDOWS: [(&str, &str); 5] = [
    ("1", "window-brain"),
    ("2", "window-bone"),
    ("3", "window-lung"),
    ("4", "window-abdomen"),
    ("5", "window-mediastinum"),
];

/// Keys of the viewer and the text that says what each does.
const KEYS: [(&str, &str); 23] = [
    ("↑ ↓", "viewer-key-image"),
    ("Shift+↑ ↓", "viewer-key-far"),
    ("Home End", "viewer-key-ends"),
    ("← →", "viewer-key-series"),
    ("Ctrl+↑ ↓ ← →", "viewer-key-pan"),
    ("0", "viewer-key-auto"),
    ("1–9", "viewer-key-windows"),
    ("+ −", "viewer-key-zoom"),
    ("i", "viewer-key-invert"),
    ("r", "viewer-key-rotate"),
    ("h", "viewer-key-flip"),
    ("x", "viewer-key-reset"),
    ("Space c", "viewer-key-cine"),
    (", .", "viewer-key-pace"),
    ("l", "viewer-key-length"),
    ("a", "viewer-key-angle"),
    ("u", "viewer-key-value"),
    ("p", "viewer-key-drag"),
    ("Delete", "viewer-key-clear"),
    ("[ ]", "viewer-key-offset"),
    ("q w e", "viewer-key-layout"),
    ("m", "viewer-key-mpr"),
    ("Esc", "viewer-key-escape"),
];

/// What is no picture, by name.
struct Other {
    name: String,
    kind: String,
    address: String,
}

#[derive(Template)]
#[template(path = "study.html")]
struct StudyPage {
    frame: Frame,
    head: PatientHead,
    card: Card,
    series: Vec<SeriesView>,
    others: Vec<Other>,
    has_more_others: bool,
    priors: Priors,
    windows: Vec<(&'static str, String)>,
    keys: Vec<(&'static str, String)>,
    data: String,
}

/// Answers `GET /p/{person}/study/{uid}`.
pub async fn get(
    State(state): State<PortalState>,
    Path((person_id, uid)): Path<(i64, String)>,
    call: Call,
) -> Result<Response, Refusal> {
    let reader = state.reader(&call).await?;
    let (patient, (contents, all)) = state
        .patient(&call, &reader, person_id, subject("study", &uid), move |tx, _, patient| {
            let Some(contents) = contents::read(tx, patient, &uid)? else { return Ok(None) };
            Ok(Some((contents, read::all(tx, patient)?)))
        })
        .await?;
    let page = page_of(&call, &reader, &patient, &contents, &all);
    let page = page.ok_or_else(|| Refusal::new(&call, Kind::NotFound))?;
    let mut response = render(&call, &page)?;
    let policy = HeaderValue::from_static(VIEWER_POLICY);
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    Ok(response)
}

fn page_of(
    call: &Call,
    reader: &Reader,
    patient: &Patient,
    contents: &Contents,
    all: &[StudyRow],
) -> Option<StudyPage> {
    // Pictures are looked at in the dark, whatever the account's pages are like.
    let frame = Frame { theme: "dark".to_owned(), ..reader.frame(call, "") };
    let texts = frame.texts();
    let card = card::card(patient, &contents.study, texts)?;
    let view = contents::view(patient, contents, None, texts)?;
    let most = usize::try_from(STUDY_OTHERS).unwrap_or(usize::MAX);
    Some(StudyPage {
        head: PatientHead::new(patient, reader, "images", None),
        priors: priors(patient, all, &card, texts),
        others: contents.others.iter().map(|it| other(&card, it, texts)).collect(),
        has_more_others: contents.others.len() >= most,
        windows: WINDOWS.iter().map(|(key, word)| (*key, texts.get(word))).collect(),
        keys: KEYS.iter().map(|(key, word)| (*key, texts.get(word))).collect(),
        data: data(&frame, &view),
        series: view.series,
        card,
        frame,
    })
}

/// What the viewer reads: the study, where its scripts' parts are, and its words.
fn data(frame: &Frame, study: &StudyView) -> String {
    serde_json::json!({
        "study": study,
        "worker": page::assets::url("decode.js"),
        "codecs": page::assets::codecs(),
        "singleKeys": frame.single_keys(),
        "words": words(frame.texts()),
    })
    .to_string()
}

fn other(card: &Card, it: &OtherInstance, texts: Texts) -> Other {
    let known = ["report", "presentation-state", "key-images", "document"];
    let kind = match known.iter().find(|known| **known == it.kind) {
        Some(kind) => texts.get(&format!("other-{kind}")),
        None => it.modality.clone(),
    };
    let name = [it.title.as_str(), it.series_description.as_str()];
    let name = name.iter().find(|name| !name.trim().is_empty()).map(|name| (*name).to_owned());
    Other {
        name: name.unwrap_or_else(|| kind.clone()),
        kind,
        address: format!(
            "/dicomweb/studies/{}/series/{}/instances/{}/rendered",
            card.uid, it.series_instance_uid, it.sop_instance_uid
        ),
    }
}

impl StudyPage {
    /// The server's picture of a series, as large as it is shown first.
    fn picture(&self, series: &SeriesView, edge: u32) -> String {
        format!(
            "/dicomweb/studies/{}/series/{}/instances/{}/rendered?viewport={edge},{edge}",
            self.card.uid, series.uid, series.start
        )
    }

    fn thumbnail(&self, series: &SeriesView) -> String {
        format!("/dicomweb/studies/{}/series/{}/thumbnail", self.card.uid, series.uid)
    }

    fn shown_priors(&self) -> [&[Prior]; 2] {
        [&self.priors.alike, &self.priors.others]
    }
}
