//! `musubi identity explain` and `review …`: the evidence, and a human's answer.

use super::identity_of;
use crate::cli::ReviewCommand;
use crate::commands::{named, time};
use crate::node::{self, Node};
use crate::output;
use identity::linkage::Explanation;
use identity::review::{
    self, DecideRequest, EffectPerson, Question, ReviewCase, ReviewCursor, ReviewIdentity,
    ReviewLine, ReviewPage, UndoRequest, Verdict,
};
use model::limits::REVIEW_PAGE_ROWS;
use serde_json::{Value, json};
use store::Tx;

/// Lists, shows, answers, takes back.
pub fn run(node: &Node, command: ReviewCommand) -> anyhow::Result<()> {
    match command {
        ReviewCommand::List { json } => list(node, json),
        ReviewCommand::Show { review, json } => show(node, review, json),
        ReviewCommand::Same { review, note } => decide(node, review, Verdict::Same, note),
        ReviewCommand::NotSame { review, note } => decide(node, review, Verdict::NotSame, note),
        ReviewCommand::Later { review, note } => decide(node, review, Verdict::Later, note),
        ReviewCommand::Undo { decision } => undo(node, decision),
    }
}

/// Compares two records.
pub fn explain(node: &Node, one: &str, other: &str, as_json: bool) -> anyhow::Result<()> {
    let [one, other] = [named::record(node, one)?, named::record(node, other)?];
    let explained = node.store.read_blocking(move |tx: &mut Tx| {
        let left = identity_of(tx, &one.0.domain.oid, &one.1)?;
        let right = identity_of(tx, &other.0.domain.oid, &other.1)?;
        review::explain_pair(tx, left, right)
    })?;
    match as_json {
        true => output::json(&explained),
        false => {
            print(&explained);
            Ok(())
        }
    }
}

fn list(node: &Node, as_json: bool) -> anyhow::Result<()> {
    let mut after: Option<ReviewCursor> = None;
    let mut all: Vec<ReviewLine> = Vec::new();
    loop {
        let page: ReviewPage =
            node.store.read_blocking(move |tx| review::list(tx, after, REVIEW_PAGE_ROWS))?;
        all.extend(page.reviews);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    if as_json {
        return output::json(&all.iter().map(line_json).collect::<Vec<_>>());
    }
    let rows: Vec<Vec<String>> = all
        .iter()
        .map(|line| {
            vec![
                line.id.to_string(),
                what(&line.question),
                bits(line.score_millibits),
                record(&line.one),
                record(&line.other),
                time(line.opened.0),
                if line.is_put_off { "later".to_owned() } else { String::new() },
            ]
        })
        .collect();
    output::table(&["review", "question", "bits", "one", "other", "since", ""], &rows);
    Ok(())
}

fn show(node: &Node, review_id: i64, as_json: bool) -> anyhow::Result<()> {
    let (actor, now) = (node::actor(), node.now());
    let case: ReviewCase =
        node.store.write_blocking(move |tx| review::case(tx, review_id, &actor, now))?;
    if as_json {
        return output::json(&json!({
            "review": line_json(&case.line),
            "state": case.state.name(),
            "explanation": case.explanation,
            "same": case.effects.same.as_deref().map(persons_json),
            "not_same": persons_json(&case.effects.not_same),
        }));
    }
    output::line(format!(
        "review {review_id} ({}): {}",
        case.state.name(),
        what(&case.line.question)
    ));
    output::line(format!("one    {} of person {}", record(&case.line.one), case.one.community_id));
    output::line(format!(
        "other  {} of person {}",
        record(&case.line.other),
        case.other.community_id
    ));
    if let Some(explanation) = &case.explanation {
        print(explanation);
    }
    match &case.effects.same {
        Some(persons) => output::line(format!("if the same: {}", persons_words(persons))),
        None => output::line("if the same: cannot be said, members were said to be two people"),
    }
    output::line(format!("if not: {}", persons_words(&case.effects.not_same)));
    for decision in &case.decisions {
        let undone = if decision.undone.is_some() { ", taken back" } else { "" };
        output::line(format!(
            "decision {} of {} by {}: {}{undone}; {}",
            decision.decision_id,
            time(decision.at.0),
            output::printable(&decision.actor),
            decision.verdict.name(),
            output::printable(&decision.note)
        ));
    }
    Ok(())
}

fn decide(node: &Node, review_id: i64, verdict: Verdict, note: String) -> anyhow::Result<()> {
    let request = DecideRequest { review_id, verdict, actor: node::actor(), now: node.now(), note };
    let ids = node.ids.clone();
    let done =
        node.store.write_blocking(move |tx: &mut Tx| review::decide(tx, ids.as_ref(), &request))?;
    let count = done.closed.len();
    output::line(format!("review {review_id}: {}; {count} other reviews answered", verdict.name()));
    output::line(format!("to take it back: musubi identity review undo {}", done.decision_id));
    Ok(())
}

fn undo(node: &Node, decision_id: i64) -> anyhow::Result<()> {
    let request = UndoRequest { decision_id, actor: node::actor(), now: node.now() };
    let ids = node.ids.clone();
    let review_id =
        node.store.write_blocking(move |tx: &mut Tx| review::undo(tx, ids.as_ref(), &request))?;
    output::line(format!("decision {decision_id} is taken back; review {review_id} waits again"));
    Ok(())
}

fn print(explanation: &Explanation) {
    let rows: Vec<Vec<String>> = explanation
        .fields
        .iter()
        .map(|field| {
            vec![
                field.field.name().to_owned(),
                output::printable(&field.raw_one),
                output::printable(&field.raw_other),
                field.level.name().to_owned(),
                bits(field.millibits),
            ]
        })
        .collect();
    output::table(&["field", "one", "other", "level", "bits"], &rows);
    output::line(format!("household cap {}", bits(explanation.household_millibits)));
    output::line(format!("prior {}", bits(explanation.prior_millibits)));
    output::line(format!("sum {}", bits(explanation.total_millibits)));
    for condition in explanation.gate.iter().filter(|condition| !condition.holds) {
        output::line(format!("gate: {:?} does not hold: {}", condition.name, condition.reason));
    }
    for veto in &explanation.vetoes {
        output::line(format!("veto: {veto:?}"));
    }
    if let Some(next) = explanation.runner_up {
        let score = bits(next.score_millibits);
        output::line(format!("runner-up: identity {} with {score} bits", next.identity));
    }
}

fn what(question: &Question) -> String {
    match question {
        Question::MayBeOne { reason } => format!("may be one ({reason:?})"),
        Question::Contradiction { birth, sex, vetoes } => {
            let mut words: Vec<String> = Vec::new();
            words.extend(birth.then(|| "birth date".to_owned()));
            words.extend(sex.then(|| "sex".to_owned()));
            words.extend(vetoes.iter().map(|veto| format!("{veto:?}")));
            format!("ALARM: of one person, and contradict ({})", words.join(", "))
        }
    }
}

fn record(side: &ReviewIdentity) -> String {
    let said = &side.demographics;
    let name = if said.name.is_empty() { said.kana.full() } else { said.name.full() };
    output::printable(&format!("{} {} {name}", side.domain_oid, side.local_id))
}

fn bits(millibits: i32) -> String {
    format!("{:.3}", f64::from(millibits) / 1_000.0)
}

fn persons_words(persons: &[EffectPerson]) -> String {
    let words = persons.iter().map(|person| {
        let id = person.community_id.as_ref().map_or("a new one".to_owned(), ToString::to_string);
        format!("person {id} with {} records", person.identities.len())
    });
    words.collect::<Vec<_>>().join(", ")
}

fn persons_json(persons: &[EffectPerson]) -> Value {
    let person = |person: &EffectPerson| {
        let identities = person.identities.iter().map(
            |identity| json!({ "domain": identity.domain_oid, "local_id": identity.local_id }),
        );
        json!({
            "community_id": person.community_id.as_ref().map(|id| id.digits().to_owned()),
            "identities": identities.collect::<Vec<_>>(),
        })
    };
    persons.iter().map(person).collect()
}

fn line_json(line: &ReviewLine) -> Value {
    let side = |side: &ReviewIdentity| {
        json!({
            "identity": side.identity_id,
            "domain": side.domain_oid,
            "local_id": side.local_id,
            "community_id": side.community_id.digits(),
            "demographics": side.demographics,
        })
    };
    json!({
        "review": line.id,
        "question": line.question,
        "score_millibits": line.score_millibits,
        "put_off": line.is_put_off,
        "opened_us": line.opened.0,
        "one": side(&line.one),
        "other": side(&line.other),
    })
}
