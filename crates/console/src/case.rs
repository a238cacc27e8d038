//! `/ops/linkage/{review}`: two records side by side, field by field, with what speaks for and
//! against one human, and the three answers.

use crate::call::Call;
use crate::difference::{Stretch, difference};
use crate::question::{gate_reason_key, question_words};
use crate::queue::bits;
use crate::reader::render;
use crate::record::{RecordLine, record_line};
use crate::refusal::{Kind, Refusal};
use crate::state::{ConsoleState, refused};
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use model::PartialTime;
use page::words::sex_word;
use page::{Frame, Texts, dates};
use ports::{
    Act, ActRefusal, DeskError, Effect, ReviewCase, ReviewEvidence, ReviewField, ReviewQuestion,
    Verdict,
};

/// A row of the comparison.
struct Row {
    field: String,
    sides: [Vec<Stretch>; 2],
    /// What was compared, where it is not what was received; empty where it says nothing more.
    compared: [String; 2],
    level: String,
    is_against: bool,
    bits: String,
}

/// A condition of the gate.
struct Condition {
    name: String,
    holds: bool,
    reason: String,
}

/// An answer that was given.
struct Decided {
    at: String,
    actor: String,
    words: String,
    note: String,
    undone: String,
}

#[derive(Template)]
#[template(path = "case.html")]
struct Page {
    frame: Frame,
    id: i64,
    is_open: bool,
    state: String,
    question: String,
    is_alarm: bool,
    records: Vec<RecordLine>,
    persons: [(i64, String); 2],
    is_one_person: bool,
    rows: Vec<Row>,
    prior: String,
    household: String,
    total: String,
    conditions: Vec<Condition>,
    vetoes: Vec<String>,
    runner_up: Option<(RecordLine, String)>,
    weights: String,
    has_evidence: bool,
    /// What saying "the same" would do, or why it cannot be said.
    effect: String,
    decisions: Vec<Decided>,
    undo: Option<i64>,
}

/// Answers `GET /ops/linkage/{review}`.
pub async fn get(
    State(state): State<ConsoleState>,
    Path(review): Path<String>,
    call: Call,
) -> Result<Response, Refusal> {
    let (reader, clerk) = state.clerk(&call).await?;
    let Ok(review_id) = review.parse::<i64>() else {
        return Err(Refusal::new(&call, Kind::NotFound));
    };
    let case = state.reviews.case(clerk.clone(), review_id).await;
    let case = case.map_err(|error| refused(&call, error))?;
    let frame = reader.frame(&call, "linkage");
    let texts = frame.texts();
    let effect = if case.state == "open" {
        let verdict = Verdict::Same;
        let act = Act::Decide { review_id, verdict, despite_differences: false };
        match state.desk.preview(clerk, act).await {
            Ok(effect) => effect_words(&effect, texts),
            Err(DeskError::Refused(ActRefusal::KeptApart { actor })) => {
                texts.with("act-kept-apart", &[("name", &actor)])
            }
            Err(DeskError::Refused(_)) => String::new(),
            Err(error) => return Err(refused(&call, error)),
        }
    } else {
        String::new()
    };
    render(&call, &page(frame, &case, effect))
}

fn page(frame: Frame, case: &ReviewCase, effect: String) -> Page {
    let texts = frame.texts();
    let line = &case.line;
    let record = |it| record_line(it, &line.records, 0, &case.places, texts);
    let evidence = case.evidence.clone().unwrap_or_default();
    let id = |place: usize| (case.persons[place], line.community_ids[place].to_string());
    let runner_up = evidence.runner_up.as_ref().map(|(next, score)| (record(next), bits(*score)));
    let verdict_key = match case.state {
        "open" if line.is_put_off => "review-state-put-off".to_owned(),
        state => format!("review-state-{state}"),
    };
    Page {
        id: line.id,
        is_open: case.state == "open",
        state: texts.get(&verdict_key),
        question: question_words(&line.question, texts),
        is_alarm: matches!(line.question, ReviewQuestion::Contradiction(_)),
        records: line.records.iter().map(record).collect(),
        persons: [id(0), id(1)],
        is_one_person: case.persons[0] == case.persons[1],
        rows: rows(&evidence, texts),
        prior: bits(evidence.prior_millibits),
        household: match evidence.household_millibits {
            0 => String::new(),
            millibits => bits(millibits),
        },
        total: bits(evidence.total_millibits),
        conditions: evidence
            .gate
            .iter()
            .map(|(name, holds, reason)| Condition {
                name: texts.get(&format!("gate-{name}")),
                holds: *holds,
                reason: texts.get(&gate_reason_key(reason)),
            })
            .collect(),
        vetoes: evidence.vetoes.iter().map(|veto| texts.get(&format!("veto-{veto}"))).collect(),
        runner_up,
        weights: evidence.weights_version.clone(),
        has_evidence: case.evidence.is_some(),
        effect,
        decisions: decisions(case, texts),
        undo: case.last_decision,
        frame,
    }
}

/// Fields in the order in which a person reads them; what neither side says is left
/// out.
fn rows(evidence: &ReviewEvidence, texts: Texts) -> Vec<Row> {
    const ORDER: [&str; 14] = [
        "family-name",
        "family-reading-beside",
        "family-writing-beside",
        "given-name",
        "given-reading-beside",
        "given-writing-beside",
        "birth-date",
        "sex",
        "postal-code",
        "area",
        "house-number",
        "telephone",
        "insurance",
        "insurance-branch",
    ];
    let place = |name: &str| ORDER.iter().position(|it| *it == name).unwrap_or(ORDER.len());
    let mut shown: Vec<&ReviewField> =
        evidence.fields.iter().filter(|field| field.level != "missing" || is_said(field)).collect();
    shown.sort_by_key(|field| place(field.name));
    shown.into_iter().map(|field| row(field, texts)).collect()
}

/// Whether one side at least says something that no other row shows.
fn is_said(field: &ReviewField) -> bool {
    !field.name.ends_with("-beside") && field.raw.iter().any(|raw| !raw.is_empty())
}

fn row(field: &ReviewField, texts: Texts) -> Row {
    let shown = match field.name {
        // The address stands in the row above; here its numbers as they were compared.
        "house-number" => field.normalised.clone(),
        _ => [0, 1].map(|side| said(field.name, &field.raw[side], texts)),
    };
    let one_is_missing = shown.iter().any(String::is_empty);
    let sides = match one_is_missing {
        true => shown.clone().map(|text| vec![(text, false)]),
        false => difference(&shown[0], &shown[1]),
    };
    let is_told = field.normalised[0] == field.normalised[1] && shown[0] != shown[1];
    Row {
        field: texts.get(&format!("field-{}", field.name)),
        compared: match is_told && !one_is_missing && is_legible(field.name) {
            true => field.normalised.clone(),
            false => Default::default(),
        },
        sides,
        level: texts.get(&format!("level-{}", field.level)),
        is_against: field.millibits < 0,
        bits: if field.level == "missing" { String::new() } else { bits(field.millibits) },
    }
}

/// Whether what was compared says more to a reader than what was received.
fn is_legible(name: &str) -> bool {
    !matches!(name, "insurance" | "birth-date" | "sex" | "house-number" | "area")
}

/// What a source said, as pages show it.
fn said(name: &str, raw: &str, texts: Texts) -> String {
    match name {
        "sex" if !raw.is_empty() => sex_word(raw, texts),
        "birth-date" => match PartialTime::japan(raw) {
            Ok(birth) => {
                let era = dates::era_year(birth.jst_day(), texts.language).unwrap_or_default();
                format!("{} ({era})", dates::received(&birth))
            }
            Err(_) => raw.to_owned(),
        },
        _ => raw.to_owned(),
    }
}

fn effect_words(effect: &Effect, texts: Texts) -> String {
    let count = |group: &ports::Group| -> i64 {
        group.records.iter().filter_map(|record| effect.entry_counts.get(&record.id)).sum()
    };
    let [one, other] = effect.before.as_slice() else { return texts.get("review-effect-one") };
    let viewers: std::collections::BTreeSet<i64> =
        effect.after.iter().flat_map(|group| group.viewers.iter().copied()).collect();
    let names: Vec<&str> = viewers
        .iter()
        .filter_map(|id| effect.places.facilities.get(id))
        .map(|facility| facility.short_name.as_str())
        .collect();
    let (first, second) = (count(one).to_string(), count(other).to_string());
    let number = names.len().to_string();
    let variables = [
        ("first", first.as_str()),
        ("last", &second),
        ("n", &number),
        ("words", &names.join("・")),
    ];
    texts.with("review-effect-same", &variables)
}

fn decisions(case: &ReviewCase, texts: Texts) -> Vec<Decided> {
    let drawn = case.decisions.iter().rev().map(|decision| Decided {
        at: dates::minute(decision.at),
        actor: decision.actor.clone(),
        words: texts.get(&format!("verdict-{}", decision.verdict)),
        note: decision.note.clone(),
        undone: match &decision.undone {
            Some((at, by)) => {
                texts.with("decision-undone", &[("at", &dates::minute(*at)), ("name", by.as_str())])
            }
            None => String::new(),
        },
    });
    drawn.collect()
}
