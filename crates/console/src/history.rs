//! The history of a person's records, readable: what, when, by whom, on what grounds.

use page::{Texts, dates};
use ports::{PersonFile, Step};
use store::person::{Event, EventKind};

/// A step as the list shows it.
pub struct StepLine {
    /// The event.
    pub event_id: i64,
    /// When.
    pub at: String,
    /// What was done to which record.
    pub words: String,
    /// Community IDs before and after, where the record moved.
    pub moved: String,
    /// Who.
    pub actor: String,
    /// On what grounds; empty where none was given.
    pub reason: String,
    /// Whether it no longer counts.
    pub is_undone: bool,
    /// By which event, in words.
    pub undone: String,
    /// Whether it can be taken back from here.
    pub may_undo: bool,
}

/// The line of a step.
pub fn step_line(step: &Step, file: &PersonFile, texts: Texts) -> StepLine {
    let event = &step.event;
    let record = record_name(event, file);
    let undoes = event.undoes.map(|it| it.to_string()).unwrap_or_default();
    let words = match (event.kind, event.undoes) {
        (EventKind::Unlinked, Some(_)) => {
            texts.with("step-link-undone", &[("name", &record), ("n", &undoes)])
        }
        (kind, _) => texts.with(&format!("step-{}", kind.name()), &[("name", &record)]),
    };
    StepLine {
        event_id: event.id,
        at: dates::minute(event.at),
        words,
        moved: moved(event, file),
        actor: event.actor.clone(),
        reason: grounds(event),
        is_undone: step.undone_by.is_some(),
        undone: step
            .undone_by
            .map(|by| texts.with("step-undone-by", &[("n", &by.to_string())]))
            .unwrap_or_default(),
        may_undo: step.may_undo,
    }
}

/// `市立中央病院 00012`
fn record_name(event: &Event, file: &PersonFile) -> String {
    let Some(record) = file.records.iter().find(|record| record.id == event.identity_id) else {
        return event.identity_id.to_string();
    };
    let held = file.places.domains.get(&record.domain_id);
    let facility = held
        .and_then(|held| held.first())
        .map_or(record.domain_oid.as_str(), |(facility, _)| facility.short_name.as_str());
    format!("{facility} {}", record.local_id)
}

fn moved(event: &Event, file: &PersonFile) -> String {
    let id = |person: Option<i64>| {
        person.and_then(|person| file.community_ids.get(&person)).map(ToString::to_string)
    };
    match (id(event.person_before), id(event.person_after)) {
        (Some(before), Some(after)) if before != after => format!("{before} → {after}"),
        _ => String::new(),
    }
}

/// The reason that a person gave, else on what the event rests, else the rule that acted.
fn grounds(event: &Event) -> String {
    let evidence: serde_json::Value = serde_json::from_str(&event.evidence).unwrap_or_default();
    let given = evidence.get("given").unwrap_or(&evidence);
    ["reason", "note", "basis", "rule"]
        .iter()
        .find_map(|key| given.get(key).and_then(serde_json::Value::as_str))
        .unwrap_or_default()
        .to_owned()
}
