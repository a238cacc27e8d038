//! `/ops/acts`: what splitting, linking or undoing would do; done by the form that shows it.

use crate::call::{Call, Pairs, last};
use crate::effect::{GroupBox, boxes};
use crate::reader::{Reader, render};
use crate::refusal::{Kind, Refusal};
use crate::state::{ConsoleState, refused};
use askama::Template;
use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use model::limits::IDENTITY_REASON_CHARACTERS;
use page::Frame;
use ports::{Act, ActRefusal, Clerk, DeskError, Done, Effect, Order};

#[derive(Template)]
#[template(path = "act.html")]
struct Page {
    frame: Frame,
    /// `split`, `link` or `undo`.
    name: &'static str,
    /// The question.
    title: String,
    /// What it means.
    about: String,
    /// The word of the button that does it.
    confirm: String,
    /// Name and value of the hidden fields that say what to do.
    fields: Vec<(&'static str, i64)>,
    mark: String,
    before: Vec<GroupBox>,
    after: Vec<GroupBox>,
    needs_despite: bool,
    is_despite: bool,
    reason: String,
    reason_limit: u64,
    back: i64,
    /// What is wrong, in words.
    wrong: Option<String>,
}

/// What the form held, to be shown again.
#[derive(Default)]
struct Typed {
    reason: String,
    is_despite: bool,
    back: Option<i64>,
}

/// Answers `GET /ops/acts?act=split&record=`, `?act=link&record=&person=`, `?act=undo&event=`.
/// `from` is the person whose page led here.
pub async fn get(State(state): State<ConsoleState>, call: Call) -> Result<Response, Refusal> {
    let (reader, clerk) = state.clerk(&call).await?;
    let (_, act) = read(&call.query).ok_or_else(|| Refusal::new(&call, Kind::NotFound))?;
    let back = call.value("from").and_then(|digits| digits.parse().ok());
    let typed = Typed { back, ..Typed::default() };
    shown(&state, &call, (&reader, clerk), act, typed, None).await
}

/// Answers `POST /ops/acts`: does what was shown, and leads to the person it was done to.
pub async fn post(
    State(state): State<ConsoleState>,
    call: Call,
    Form(sent): Form<Pairs>,
) -> Result<Response, Refusal> {
    call.check_form(&sent)?;
    let (reader, clerk) = state.clerk(&call).await?;
    let (name, act) = read(&sent).ok_or_else(|| Refusal::new(&call, Kind::NotFound))?;
    let field = |name| last(&sent, name).unwrap_or("").to_owned();
    let order = Order { act: act.clone(), mark: field("mark"), reason: field("reason") };
    match state.desk.perform(clerk.clone(), order).await {
        Ok(done) => Ok(Redirect::to(&after(name, done)).into_response()),
        Err(wrong @ (DeskError::Refused(_) | DeskError::Changed)) => {
            let typed = Typed {
                reason: field("reason"),
                is_despite: field("despite") == "on",
                back: field("from").parse().ok(),
            };
            shown(&state, &call, (&reader, clerk), act, typed, Some(wrong)).await
        }
        Err(error) => Err(refused(&call, error)),
    }
}

async fn shown(
    state: &ConsoleState,
    call: &Call,
    (reader, clerk): (&Reader, Clerk),
    act: Act,
    typed: Typed,
    wrong: Option<DeskError>,
) -> Result<Response, Refusal> {
    let frame = reader.frame(call, "persons");
    let effect = match state.desk.preview(clerk, act.clone()).await {
        Ok(effect) => effect,
        Err(DeskError::Refused(refusal)) => return impossible(call, frame, &refusal, typed.back),
        Err(error) => return Err(refused(call, error)),
    };
    let status = match &wrong {
        None => StatusCode::OK,
        Some(DeskError::Changed) => StatusCode::CONFLICT,
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let page = page(frame, &act, &effect, typed, wrong);
    let mut response = render(call, &page)?;
    *response.status_mut() = status;
    Ok(response)
}

fn page(frame: Frame, act: &Act, effect: &Effect, typed: Typed, wrong: Option<DeskError>) -> Page {
    let (before, after) = boxes(effect, frame.texts());
    let (name, fields) = match act {
        Act::Split { identity_id } => ("split", vec![("record", *identity_id)]),
        Act::Link { identity_id, person_id, .. } => {
            ("link", vec![("record", *identity_id), ("person", *person_id)])
        }
        Act::Undo { event_id } => ("undo", vec![("event", *event_id)]),
    };
    let word = |part: &str| frame.t(&format!("act-{name}-{part}"));
    Page {
        title: word("title"),
        about: word("about"),
        confirm: word("do"),
        name,
        fields,
        mark: effect.mark.clone(),
        before,
        after,
        needs_despite: effect.needs_despite_differences,
        is_despite: typed.is_despite,
        reason: typed.reason,
        reason_limit: IDENTITY_REASON_CHARACTERS,
        back: typed.back.unwrap_or(effect.record.person_id),
        wrong: wrong.map(|error| wrong_words(&frame, &error)),
        frame,
    }
}

#[derive(Template)]
#[template(path = "act_impossible.html")]
struct Impossible {
    frame: Frame,
    words: String,
    back: Option<i64>,
}

/// There is nothing to show: the act can never be done as things stand.
fn impossible(
    call: &Call,
    frame: Frame,
    refusal: &ActRefusal,
    back: Option<i64>,
) -> Result<Response, Refusal> {
    let words = refusal_words(&frame, refusal);
    let mut response = render(call, &Impossible { words, back, frame })?;
    *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(response)
}

fn wrong_words(frame: &Frame, error: &DeskError) -> String {
    match error {
        DeskError::Refused(refusal) => refusal_words(frame, refusal),
        _ => frame.t("act-changed"),
    }
}

fn refusal_words(frame: &Frame, refusal: &ActRefusal) -> String {
    match refusal {
        ActRefusal::Contradiction => frame.t("act-contradiction"),
        ActRefusal::OnlyRecord => frame.t("act-only-record"),
        ActRefusal::SamePerson => frame.t("act-same-person"),
        ActRefusal::TakenBack => frame.t("act-taken-back"),
        ActRefusal::Superseded { later } => frame.t1("act-superseded", "n", &later.to_string()),
        ActRefusal::NotUndoable => frame.t("act-not-undoable"),
        ActRefusal::Reason { limit } => frame.tn("act-reason", limit),
    }
}

/// What a query or form asks for.
fn read(pairs: &Pairs) -> Option<(&'static str, Act)> {
    let number = |name| last(pairs, name).and_then(|digits| digits.parse::<i64>().ok());
    Some(match last(pairs, "act")? {
        "split" => ("split", Act::Split { identity_id: number("record")? }),
        "link" => {
            let despite_differences = last(pairs, "despite") == Some("on");
            let (identity_id, person_id) = (number("record")?, number("person")?);
            ("link", Act::Link { identity_id, person_id, despite_differences })
        }
        "undo" => ("undo", Act::Undo { event_id: number("event")? }),
        _ => return None,
    })
}

/// Where the browser goes: a split is looked at from the person who was left.
fn after(name: &str, done: Done) -> String {
    let (person, other) = match name {
        "split" => (done.person_before, done.person_after),
        _ => (done.person_after, done.person_before),
    };
    format!("/ops/persons/{person}?done={name}&event={}&other={other}", done.event_id)
}
