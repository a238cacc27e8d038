//! `/p/{person}/docs/{document}`: a document rendered by our own means, or as its text.
//!
//! Nothing of a document ever runs: HTML and PDF are shown as text or kept as a file, XML as an
//! outline of everything received.

use super::attachments::{self, Attachment};
use super::hl7_view::{self, SegmentView};
use super::read;
use super::versions::{self, Comparison, Version};
use crate::call::Call;
use crate::facility::of_source;
use crate::head::PatientHead;
use crate::patient::Patient;
use crate::reader::{Reader, Subject, render};
use crate::refusal::Refusal;
use crate::state::PortalState;
use crate::view::category_word;
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use hl7v2::Message;
use model::item::VersionState;
use page::{Frame, Texts, dates};
use store::audit::Action;
use store::document_query::DocumentRow;
use text::{decode, detect};

/// Characters of a document's text on a page; the file holds the rest.
const TEXT_CHARACTERS: usize = 60_000;
/// Lines of an XML outline on a page.
const OUTLINE_LINES: usize = 1_500;
/// Depth that the page indents.
const OUTLINE_DEPTH: u32 = 6;

enum Body {
    Segments { segments: Vec<SegmentView>, more: usize },
    Outline { lines: Vec<OutlineView>, more: usize },
    Text { text: String, cut: bool },
    File,
}

struct OutlineView {
    depth: u32,
    name: String,
    attributes: String,
    text: String,
}

#[derive(Template)]
#[template(path = "document.html")]
struct DocumentPage {
    frame: Frame,
    head: PatientHead,
    base: String,
    title: String,
    class: String,
    facility: String,
    about: Vec<(String, String)>,
    state: Option<String>,
    damaged: bool,
    original: bool,
    body: Body,
    two_current: bool,
    unreadable: bool,
    attachments: Vec<Attachment>,
    versions: Vec<Version>,
    compared: Comparison,
}

/// Answers `GET /p/{person}/docs/{document}`.
pub async fn get(
    State(state): State<PortalState>,
    Path((person_id, document_id)): Path<(i64, i64)>,
    call: Call,
) -> Result<Response, Refusal> {
    let reader = state.reader(&call).await?;
    let subject = Subject::document(Action::View, "document", document_id);
    let (patient, (document, place, all, attachments)) = state
        .patient(&call, &reader, person_id, subject, move |tx, _, patient| {
            let Some(document) = read::find(tx, patient, document_id)? else { return Ok(None) };
            let place = read::place(tx, &document)?;
            let all = versions::read_all(tx, patient, &document)?;
            let attachments = attachments::read_all(tx, patient, &document)?;
            Ok(Some((document, place, all, attachments)))
        })
        .await?;
    let bytes =
        read::bytes(&state, &document, place).await.map_err(|error| Refusal::new(&call, error))?;
    let original = call.value("view") == Some("original");
    let frame = reader.frame(&call, "");
    let texts = frame.texts();
    let source = of_source(&patient.facilities, document.source_id);
    let page = DocumentPage {
        head: PatientHead::new(&patient, &reader, "docs", None),
        base: format!("/p/{person_id}/docs/{document_id}"),
        title: title(&document, texts),
        class: source.map(crate::facility::Facility::class).unwrap_or_default(),
        facility: source.map(|it| it.name.clone()).unwrap_or_default(),
        about: about(&document, &patient, &reader, texts),
        state: (document.state != VersionState::Current)
            .then(|| versions::state_word(document.state, texts)),
        damaged: document.text_verdict.eq_ignore_ascii_case("damaged"),
        two_current: attachments::has_rival(&document),
        attachments,
        unreadable: bytes.is_none(),
        body: match &bytes {
            Some(bytes) => body(bytes, &document, original),
            None => text_body(String::new()),
        },
        versions: versions::listed(&all, document.id, texts),
        compared: versions::compare(&state, all)
            .await
            .map_err(|error| Refusal::new(&call, error))?,
        original,
        frame,
    };
    render(&call, &page)
}

fn title(document: &DocumentRow, texts: Texts) -> String {
    if document.title.is_empty() {
        category_word(document.category, texts)
    } else {
        document.title.clone()
    }
}

fn about(
    document: &DocumentRow,
    patient: &Patient,
    _reader: &Reader,
    texts: Texts,
) -> Vec<(String, String)> {
    let source = of_source(&patient.facilities, document.source_id)
        .and_then(|it| it.sources.iter().find(|source| Some(source.id) == document.source_id))
        .map(|source| source.name.clone());
    let sent = model::PartialTime::japan(&document.sent)
        .map_or(document.sent.clone(), |at| dates::received(&at));
    let mut all = vec![
        (
            texts.get("date"),
            document.service_start.map(|at| dates::day(at.jst_day())).unwrap_or_default(),
        ),
        (texts.get("sent"), sent),
        (texts.get("taken"), dates::minute(document.taken)),
        (texts.get("source"), source.unwrap_or_default()),
        (texts.get("data-type"), document.data_type.clone()),
        (texts.get("order-number"), document.order_key.clone()),
        (
            texts.get("size"),
            format!("{} B", page::language::grouped(usize::try_from(document.size).unwrap_or(0))),
        ),
    ];
    all.retain(|(_, value)| !value.is_empty() && value != "-");
    all
}

fn body(bytes: &[u8], document: &DocumentRow, original: bool) -> Body {
    let mime = document.mime_type.as_str();
    if mime == ssmix2::MIME_TYPE {
        return match Message::parse(bytes) {
            Ok(message) if original => text_body(lines_of(&message)),
            Ok(message) => {
                let (segments, all) = hl7_view::segments(&message);
                Body::Segments { more: all - segments.len(), segments }
            }
            Err(_) => text_body(decoded(bytes)),
        };
    }
    let is_xml = mime.ends_with("/xml") || mime.ends_with("+xml");
    if is_xml && !original {
        let text = decoded(bytes);
        return match xml::outline(&text) {
            Ok(lines) => outline_body(&lines),
            Err(_) => text_body(text),
        };
    }
    if is_xml || mime.starts_with("text/") {
        return text_body(decoded(bytes));
    }
    Body::File
}

fn outline_body(lines: &[xml::OutlineLine]) -> Body {
    let view = |line: &xml::OutlineLine| {
        let attributes = line.attributes.iter().map(|(name, value)| format!("{name}={value}"));
        OutlineView {
            depth: line.depth.min(OUTLINE_DEPTH),
            name: line.name.clone(),
            attributes: attributes.collect::<Vec<_>>().join("　"),
            text: line.text.clone(),
        }
    };
    Body::Outline {
        lines: lines.iter().take(OUTLINE_LINES).map(view).collect(),
        more: lines.len().saturating_sub(OUTLINE_LINES),
    }
}

fn lines_of(message: &Message) -> String {
    let lines: Vec<&str> = message.segments().map(|segment| segment.text()).collect();
    lines.join("\n")
}

fn decoded(bytes: &[u8]) -> String {
    decode(bytes, detect(bytes)).text
}

fn text_body(text: String) -> Body {
    match text.char_indices().nth(TEXT_CHARACTERS) {
        Some((end, _)) => Body::Text { text: text[..end].to_owned(), cut: true },
        None => Body::Text { text, cut: false },
    }
}
