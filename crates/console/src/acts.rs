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
use ports::{Act, ActRefusal, Clerk, DeskError, Done, Effect, Order, Verdict};

#[derive(Template)]
#[template(path = "act.html")]
struct Page {
    frame: Frame,
    /// The act's name in addresses and forms.
    act: &'static str,
    /// The question.
    title: String,
    /// What it means.
    about: String,
    /// The word of the button that does it.
    confirm: String,
    /// Name and value of the hidden fields that say what to do.
    fields: Vec<(&'static str, String)>,
    mark: String,
    before: Vec<GroupBox>,
    after: Vec<GroupBox>,
    needs_despite: bool,
    is_despite: bool,
    needs_reason: bool,
    reason: String,
    reason_limit: u64,
    back: String,
    /// The hidden field from which `back` is made again.
    from: Option<(&'static str, i64)>,
    /// What is wrong, in words.
    wrong: Option<String>,
}

/// What the form held, to be shown again.
#[derive(Default)]
struct Typed {
    reason: String,
    is_despite: bool,
    /// The page that led here: `review` or `from`, with its key.
    from: Option<(&'static str, i64)>,
}

/// Answers `GET /ops/acts?act=split&record=`, `?act=link&record=&person=`, `?act=undo&event=`,
/// `?act=decide&review=&verdict=`, `?act=undo-decision&decision=&review=`. `from` is the person
/// whose page led here.
pub async fn get(State(state): State<ConsoleState>, call: Call) -> Result<Response, Refusal> {
    let (reader, clerk) = state.clerk(&call).await?;
    let act = read(&call.query).ok_or_else(|| Refusal::new(&call, Kind::NotFound))?;
    let typed = Typed { from: from(&call.query), ..Typed::default() };
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
    let act = read(&sent).ok_or_else(|| Refusal::new(&call, Kind::NotFound))?;
    let field = |name| last(&sent, name).unwrap_or("").to_owned();
    let order = Order { act: act.clone(), mark: field("mark"), reason: field("reason") };
    match state.desk.perform(clerk.clone(), order).await {
        Ok(done) => Ok(Redirect::to(&after(&act, &sent, done)).into_response()),
        Err(wrong @ (DeskError::Refused(_) | DeskError::Changed)) => {
            let typed = Typed {
                reason: field("reason"),
                is_despite: field("despite") == "on",
                from: from(&sent),
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
    let frame = reader.frame(call, if act.is_of_review() { "linkage" } else { "persons" });
    let effect = match state.desk.preview(clerk, act.clone()).await {
        Ok(effect) => effect,
        Err(DeskError::Refused(refusal)) => {
            return impossible(call, frame, &refusal, typed.from.map(address));
        }
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
    let (name, words, fields) = fields(act);
    let word = |part: &str| frame.t(&format!("act-{words}-{part}"));
    Page {
        title: word("title"),
        about: word("about"),
        confirm: word("do"),
        act: name,
        needs_reason: act.needs_reason(),
        fields,
        mark: effect.mark.clone(),
        before,
        after,
        needs_despite: effect.needs_despite_differences,
        is_despite: typed.is_despite,
        reason: typed.reason,
        reason_limit: IDENTITY_REASON_CHARACTERS,
        back: address(typed.from.unwrap_or(("from", effect.person_id))),
        // The form of an answer names its review already.
        from: typed
            .from
            .filter(|(name, _)| !matches!((act, *name), (Act::Decide { .. }, "review"))),
        wrong: wrong.map(|error| wrong_words(&frame, &error)),
        frame,
    }
}

#[derive(Template)]
#[template(path = "act_impossible.html")]
struct Impossible {
    frame: Frame,
    words: String,
    back: Option<String>,
}

/// There is nothing to show: the act can never be done as things stand.
fn impossible(
    call: &Call,
    frame: Frame,
    refusal: &ActRefusal,
    back: Option<String>,
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
        ActRefusal::Answered => frame.t("act-answered"),
        ActRefusal::KeptApart { actor } => frame.t1("act-kept-apart", "name", actor),
        ActRefusal::Reason { limit } => frame.tn("act-reason", limit),
    }
}

/// What a query or form asks for.
fn read(pairs: &Pairs) -> Option<Act> {
    let number = |name| last(pairs, name).and_then(|digits| digits.parse::<i64>().ok());
    let despite_differences = last(pairs, "despite") == Some("on");
    Some(match last(pairs, "act")? {
        "split" => Act::Split { identity_id: number("record")? },
        "link" => {
            let (identity_id, person_id) = (number("record")?, number("person")?);
            Act::Link { identity_id, person_id, despite_differences }
        }
        "undo" => Act::Undo { event_id: number("event")? },
        "decide" => {
            let said = last(pairs, "verdict")?;
            let verdict = Verdict::ALL.into_iter().find(|verdict| verdict.name() == said)?;
            Act::Decide { review_id: number("review")?, verdict, despite_differences }
        }
        "undo-decision" => Act::UndoDecision { decision_id: number("decision")? },
        _ => return None,
    })
}

/// The name of an act, the name of its words, and the fields that say it again.
fn fields(act: &Act) -> (&'static str, &'static str, Vec<(&'static str, String)>) {
    match act {
        Act::Split { identity_id } => ("split", "split", vec![("record", identity_id.to_string())]),
        Act::Link { identity_id, person_id, .. } => {
            let fields = [("record", identity_id), ("person", person_id)];
            ("link", "link", fields.map(|(name, value)| (name, value.to_string())).to_vec())
        }
        Act::Undo { event_id } => ("undo", "undo", vec![("event", event_id.to_string())]),
        Act::Decide { review_id, verdict, .. } => {
            let fields =
                vec![("review", review_id.to_string()), ("verdict", verdict.name().to_owned())];
            ("decide", verdict.name(), fields)
        }
        Act::UndoDecision { decision_id } => {
            ("undo-decision", "undo-decision", vec![("decision", decision_id.to_string())])
        }
    }
}

/// The page that led here: a review's, or a person's.
fn from(pairs: &Pairs) -> Option<(&'static str, i64)> {
    let number = |name| last(pairs, name).and_then(|digits| digits.parse::<i64>().ok());
    let review = number("review").map(|review| ("review", review));
    review.or_else(|| number("from").map(|person| ("from", person)))
}

/// The address of a page that led here.
fn address((name, key): (&str, i64)) -> String {
    match name {
        "review" => format!("/ops/linkage/{key}"),
        _ => format!("/ops/persons/{key}"),
    }
}

/// Where the browser goes: a split is looked at from the person who was left, an answer leads on
/// to what else waits.
fn after(act: &Act, sent: &Pairs, done: Done) -> String {
    let of_person = |name: &str, person: i64, other: i64| {
        format!("/ops/persons/{person}?done={name}&event={}&other={other}", done.event_id)
    };
    match act {
        Act::Split { .. } => of_person("split", done.person_before, done.person_after),
        Act::Link { .. } => of_person("link", done.person_after, done.person_before),
        Act::Undo { .. } => of_person("undo", done.person_after, done.person_before),
        Act::Decide { review_id, verdict, .. } => {
            let (verdict, decision) = (verdict.name(), done.event_id);
            format!("/ops/linkage?done={verdict}&review={review_id}&decision={decision}")
        }
        Act::UndoDecision { .. } => from(sent).map_or("/ops/linkage".to_owned(), address),
    }
}
