//! `musubi consent …`: whose data is open to whom.

use crate::cli::{ConsentArguments, ConsentCommand};
use crate::commands::{named, time};
use crate::node::{self, Node};
use crate::output;
use anyhow::Context;
use identity::{ConsentRequest, IdentityError, SameAs};
use model::date::Precision;
use model::entry::Category;
use model::{CommunityId, PartialTime, Timestamp};
use serde_json::json;
use std::collections::BTreeMap;
use store::consent::{Consent, Kinds};
use store::{StoreError, Tx};

/// Lists, adds, ends.
pub fn run(node: &Node, command: ConsentCommand) -> anyhow::Result<()> {
    match command {
        ConsentCommand::List { person, json } => list(node, &person, json),
        ConsentCommand::Add(arguments) => add(node, arguments),
        ConsentCommand::End { person, ids, all } => end(node, &person, ids, all),
    }
}

fn list(node: &Node, person: &str, as_json: bool) -> anyhow::Result<()> {
    let (of, now) = (named::person(node, person)?, node.now());
    let (found, rows) = node.store.read_blocking(move |tx: &mut Tx| {
        let found = identity::find_person(tx, &of)?;
        let rows = store::consent::of_person(tx, found.id)?;
        Ok::<_, IdentityError>((found.community_id, rows))
    })?;
    let facilities = facilities(node)?;
    if as_json {
        let rows = rows.iter().map(|row| consent_json(row, &facilities, now));
        return output::json(&json!({
            "community_id": found.digits(), "consents": rows.collect::<Vec<_>>(),
        }));
    }
    output::line(format!("person {found}"));
    let shown: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            vec![
                row.id.to_string(),
                state(row, now).to_owned(),
                what(row).to_owned(),
                facility(&facilities, Some(row.viewer_facility_id)),
                facility(&facilities, row.discloser_facility_id),
                kinds(row),
                time(row.from.0),
                row.until.map_or("—".to_owned(), |until| time(until.0)),
                output::printable(&row.basis),
                output::printable(&row.actor),
            ]
        })
        .collect();
    let head = ["no", "state", "what", "to", "records of", "kinds", "from", "until", "basis", "by"];
    output::table(&head, &shown);
    Ok(())
}

fn add(node: &Node, arguments: ConsentArguments) -> anyhow::Result<()> {
    let (of, now) = (named::person(node, &arguments.person)?, node.now());
    let categories =
        arguments.kinds.iter().map(|name| category(name)).collect::<Result<Vec<_>, _>>()?;
    let from = match &arguments.from {
        Some(text) => day(text, "--from")?,
        None => now,
    };
    let until = match &arguments.until {
        Some(text) => Some(day(text, "--until")?.plus_us(24 * 60 * 60 * Timestamp::SECOND_US)),
        None => None,
    };
    anyhow::ensure!(
        until.is_none_or(|until| until > from),
        "--until lies before the consent begins: nothing would ever be open"
    );
    let permit = !arguments.deny;
    let id = node.store.write_blocking(move |tx: &mut Tx| {
        let request = ConsentRequest {
            person: community_id(tx, &of)?,
            discloser: arguments.discloser.clone(),
            viewer: arguments.viewer.clone(),
            categories: (!categories.is_empty()).then(|| categories.clone()),
            permit,
            from,
            until,
            basis: arguments.basis.clone(),
            actor: node::actor(),
            now,
        };
        identity::record_consent(tx, &request)
    })?;
    output::line(format!("recorded {} {id}", if permit { "consent" } else { "refusal" }));
    Ok(())
}

fn end(node: &Node, person: &str, ids: Vec<i64>, all: bool) -> anyhow::Result<()> {
    let (of, actor, now) = (named::person(node, person)?, node::actor(), node.now());
    let ended = node
        .store
        .write_blocking(move |tx: &mut Tx| {
            let owner = community_id(tx, &of)?;
            if all {
                return identity::withdraw_all_consents(tx, &owner, &actor, now);
            }
            for id in &ids {
                identity::withdraw_consent(tx, &owner, *id, &actor, now)?;
            }
            Ok(ids.clone())
        })
        .with_context(|| {
            format!("nothing was ended; `musubi consent list {person}` shows what is there")
        })?;
    output::line(format!("ended {}", ended.len()));
    Ok(())
}

fn community_id(tx: &mut Tx, of: &SameAs) -> Result<CommunityId, IdentityError> {
    Ok(identity::find_person(tx, of)?.community_id)
}

fn category(name: &str) -> anyhow::Result<Category> {
    Category::from_name(name).with_context(|| {
        let all: Vec<&str> = Category::ALL.iter().map(|category| category.name()).collect();
        format!("--kind `{name}`: expected one of {}", all.join(", "))
    })
}

/// The first instant of a day in Japan.
fn day(text: &str, option: &str) -> anyhow::Result<Timestamp> {
    let wrong = || format!("{option} `{text}`: expected a day, such as 2026-11-22");
    let time = PartialTime::japan(&text.replace('-', "")).ok().with_context(wrong)?;
    anyhow::ensure!(time.precision == Precision::Day, wrong());
    Ok(time.first)
}

fn facilities(node: &Node) -> anyhow::Result<BTreeMap<i64, (String, String)>> {
    let rows = node
        .store
        .read_blocking(|tx| -> Result<_, StoreError> { store::source::facilities(tx) })?;
    Ok(rows.into_iter().map(|row| (row.id, (row.code, row.short_name))).collect())
}

fn facility(all: &BTreeMap<i64, (String, String)>, id: Option<i64>) -> String {
    match id {
        None => "every facility".to_owned(),
        Some(id) => {
            all.get(&id).map_or_else(String::new, |(code, short)| format!("{code} {short}"))
        }
    }
}

fn state(row: &Consent, now: Timestamp) -> &'static str {
    if row.withdrawn.is_some() {
        "ended"
    } else if row.until.is_some_and(|until| until <= now) {
        "expired"
    } else if row.from > now {
        "not yet"
    } else {
        "in force"
    }
}

fn what(row: &Consent) -> &'static str {
    if row.permit { "consent" } else { "refusal" }
}

fn kinds(row: &Consent) -> String {
    match &row.kinds {
        Kinds::All => "every kind".to_owned(),
        Kinds::Only(kinds) => kinds.iter().map(|kind| kind.name()).collect::<Vec<_>>().join(" "),
        Kinds::Unreadable => "unreadable: opens nothing".to_owned(),
    }
}

fn consent_json(
    row: &Consent,
    all: &BTreeMap<i64, (String, String)>,
    now: Timestamp,
) -> serde_json::Value {
    let code = |id: Option<i64>| id.and_then(|id| all.get(&id)).map(|(code, _)| code.clone());
    json!({
        "id": row.id, "state": state(row, now), "what": what(row),
        "viewer": code(Some(row.viewer_facility_id)), "discloser": code(row.discloser_facility_id),
        "kinds": kinds(row), "from": time(row.from.0), "until": row.until.map(|until| time(until.0)),
        "basis": row.basis, "by": row.actor,
    })
}
