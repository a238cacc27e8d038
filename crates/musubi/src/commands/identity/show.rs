//! What `musubi identity show` and `history` print.

use crate::commands::{named, time};
use crate::node::{self, Node};
use crate::output;
use identity::{PersonHistory, PersonRecord};
use model::CommunityId;
use serde_json::json;
use std::collections::BTreeMap;
use store::Tx;
use store::person::{Event, Identity};

/// Prints a person with its records and their contradictions.
pub fn show(node: &Node, person: &str, as_json: bool) -> anyhow::Result<()> {
    let (of, actor, now) = (named::person(node, person)?, node::actor(), node.now());
    let record = node
        .store
        .write_blocking(move |tx: &mut Tx| identity::person_record(tx, &of, &actor, now))?;
    let sources = named::sources_of_domains(node)?;
    if as_json {
        return output::json(&record_json(&record, &sources));
    }
    output::line(format!("person {}", record.person.community_id));
    let rows: Vec<Vec<String>> = record
        .identities
        .iter()
        .map(|identity| {
            let said = &identity.demographics;
            vec![
                output::printable(&record_name(identity, &sources)),
                state(identity).to_owned(),
                output::printable(&said.name.full()),
                output::printable(&said.kana.full()),
                said.birth.as_ref().map_or(String::new(), |birth| birth.digits.clone()),
                said.sex.clone(),
            ]
        })
        .collect();
    output::table(&["record", "state", "name", "kana", "born", "sex"], &rows);
    for identity in record.identities.iter().filter(|it| record.misfits.contains(&it.id)) {
        output::line(format!(
            "{} is not written as its domain writes numbers: compare it with the hospital",
            output::printable(&record_name(identity, &sources))
        ));
    }
    if let Some(words) = contradiction_words(&record) {
        output::line(format!(
            "CONTRADICTION: {words} differ between these records. If one is of somebody else: \
             musubi identity split RECORD --reason TEXT"
        ));
    }
    Ok(())
}

/// Prints what was done to a person's records.
pub fn history(node: &Node, person: &str, as_json: bool) -> anyhow::Result<()> {
    let of = named::person(node, person)?;
    let history = node.store.read_blocking(move |tx: &mut Tx| identity::person_history(tx, &of))?;
    let sources = named::sources_of_domains(node)?;
    if as_json {
        let events = history.events.iter().map(|event| event_json(event, &history, &sources));
        return output::json(&json!({
            "community_id": history.person.community_id.digits(),
            "events": events.collect::<Vec<_>>(),
        }));
    }
    output::line(format!("person {}", history.person.community_id));
    let rows: Vec<Vec<String>> = history
        .events
        .iter()
        .map(|event| {
            let identity = history.identities.get(&event.identity_id);
            let of = |id: Option<i64>| id.and_then(|id| history.community_ids.get(&id));
            let shown = |id: Option<&CommunityId>| id.map_or("—".to_owned(), ToString::to_string);
            vec![
                event.id.to_string(),
                time(event.at.0),
                what(event),
                identity
                    .map_or_else(String::new, |it| output::printable(&record_name(it, &sources))),
                shown(of(event.person_before)),
                shown(of(event.person_after)),
                output::printable(&event.actor),
                output::printable(&grounds(event)),
            ]
        })
        .collect();
    output::table(&["event", "when", "what", "record", "from", "to", "by", "grounds"], &rows);
    Ok(())
}

/// `central:0000123456`; where sources share a domain all of them are named.
fn record_name(identity: &Identity, sources: &BTreeMap<i64, String>) -> String {
    let source = sources.get(&identity.domain_id).unwrap_or(&identity.domain_oid);
    format!("{source}:{}", identity.local_id)
}

fn state(identity: &Identity) -> &'static str {
    match (identity.enrolled, identity.suspended_at, identity.enrolled_at) {
        (true, _, _) => "enrolled",
        (false, Some(_), _) => "suspended",
        (false, None, Some(_)) => "withdrawn",
        (false, None, None) => "not enrolled",
    }
}

fn contradiction_words(record: &PersonRecord) -> Option<&'static str> {
    match (record.contradiction.birth, record.contradiction.sex) {
        (true, true) => Some("birth date and sex"),
        (true, false) => Some("birth dates"),
        (false, true) => Some("sexes"),
        (false, false) => None,
    }
}

fn what(event: &Event) -> String {
    match event.undoes {
        Some(undone) => format!("{} (takes back {undone})", event.kind.name()),
        None => event.kind.name().to_owned(),
    }
}

/// The reason that a person gave, or the rule that acted.
fn grounds(event: &Event) -> String {
    let evidence: serde_json::Value = serde_json::from_str(&event.evidence).unwrap_or_default();
    let given = evidence.get("given").unwrap_or(&evidence);
    ["reason", "basis", "rule"]
        .iter()
        .find_map(|key| given.get(key).and_then(serde_json::Value::as_str))
        .unwrap_or_default()
        .to_owned()
}

fn record_json(record: &PersonRecord, sources: &BTreeMap<i64, String>) -> serde_json::Value {
    let records = record.identities.iter().map(|identity| {
        let said = &identity.demographics;
        json!({
            "record": record_name(identity, sources), "domain": identity.domain_oid,
            "patient_id": identity.local_id, "state": state(identity),
            "fits_domain": !record.misfits.contains(&identity.id),
            "name": said.name.full(), "kana": said.kana.full(),
            "birth": said.birth.as_ref().map(|birth| birth.digits.clone()), "sex": said.sex,
        })
    });
    json!({
        "community_id": record.person.community_id.digits(),
        "records": records.collect::<Vec<_>>(),
        "contradiction": { "birth": record.contradiction.birth, "sex": record.contradiction.sex },
    })
}

fn event_json(
    event: &Event,
    history: &PersonHistory,
    sources: &BTreeMap<i64, String>,
) -> serde_json::Value {
    let digits = |id: Option<i64>| {
        id.and_then(|id| history.community_ids.get(&id)).map(|it| it.digits().to_owned())
    };
    let identity = history.identities.get(&event.identity_id);
    json!({
        "event": event.id, "at": time(event.at.0), "what": event.kind.name(),
        "record": identity.map(|identity| record_name(identity, sources)),
        "from": digits(event.person_before), "to": digits(event.person_after),
        "by": event.actor, "grounds": grounds(event), "takes_back": event.undoes,
    })
}
