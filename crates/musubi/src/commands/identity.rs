//! `musubi identity …`: which records are of one human.

mod linkage;
mod review;
mod show;

use crate::cli::IdentityCommand;
use crate::commands::named;
use crate::node::{self, Node};
use crate::output;
use anyhow::Context;
use identity::{Candidate, IdentityError, LinkOutcome, LinkRequest, PartRequest};
use model::CommunityId;
use serde_json::json;
use store::Tx;

/// Shows, links, splits, tells the history.
pub fn run(node: &Node, command: IdentityCommand) -> anyhow::Result<()> {
    match command {
        IdentityCommand::Show { person, json } => show::show(node, &person, json),
        IdentityCommand::Link { record, same_as, reason, despite_differences } => {
            link(node, &record, &same_as, reason, despite_differences)
        }
        IdentityCommand::Split { record, reason } => split(node, &record, reason),
        IdentityCommand::History { person, json } => show::history(node, &person, json),
        IdentityCommand::Explain { one, other, json } => review::explain(node, &one, &other, json),
        IdentityCommand::Review(command) => review::run(node, command),
        IdentityCommand::Rebuild => linkage::rebuild(node),
        IdentityCommand::Model { estimate, json } => linkage::model(node, estimate, json),
        IdentityCommand::Unmerge { record, reason } => unmerge(node, &record, &reason),
    }
}

fn link(
    node: &Node,
    record: &str,
    same_as: &str,
    reason: String,
    despite_differences: bool,
) -> anyhow::Result<()> {
    let (source, local_id) = named::record(node, record)?;
    let target = named::person(node, same_as)?;
    let candidate = Candidate { domain_oid: source.domain.oid, local_id, demographics: None };
    let (actor, now) = (node::actor(), node.now());
    let evidence =
        json!({ "rule": "operator", "reason": reason, "despite_differences": despite_differences });
    let linked = node.store.write_blocking(move |tx: &mut Tx| {
        let moved = identity_of(tx, &candidate.domain_oid, &candidate.local_id)?;
        if !despite_differences {
            identity::check_agreement(tx, &candidate, &target)?;
        }
        let person = identity::find_person(tx, &target)?.community_id;
        let request = LinkRequest {
            identity_id: moved,
            person,
            actor: actor.clone(),
            now,
            evidence: evidence.clone(),
        };
        let outcome = identity::link(tx, &request)?;
        outcome.map(|outcome| named_outcome(tx, outcome)).transpose()
    })?;
    let Some(done) = linked else {
        output::line(format!("{record} belongs to that person already"));
        return Ok(());
    };
    output::line(format!("{record} is now of person {} (event {})", done.after, done.event_id));
    if done.is_merged {
        output::line(format!(
            "person {} had no other record: its community id leads to {} and its consents count there",
            done.before, done.after
        ));
    }
    output::line(format!("to take it back: musubi identity split {record} --reason TEXT"));
    Ok(())
}

fn split(node: &Node, record: &str, reason: String) -> anyhow::Result<()> {
    let (source, local_id) = named::record(node, record)?;
    let (actor, now, ids) = (node::actor(), node.now(), node.ids.clone());
    let evidence = json!({ "rule": "operator", "reason": reason });
    let done = node
        .store
        .write_blocking(move |tx: &mut Tx| {
            let identity_id = identity_of(tx, &source.domain.oid, &local_id)?;
            let request =
                PartRequest { identity_id, actor: actor.clone(), now, evidence: evidence.clone() };
            let outcome = identity::split(tx, ids.as_ref(), &request)?;
            named_outcome(tx, outcome)
        })
        .with_context(|| format!("{record} was not split"))?;
    output::line(format!(
        "{record} is now of person {}, no longer of {} (event {})",
        done.after, done.before, done.event_id
    ));
    output::line(format!(
        "who may see it: musubi consent list {record}; musubi consent add {record} --viewer CODE --basis TEXT"
    ));
    Ok(())
}

fn unmerge(node: &Node, record: &str, reason: &str) -> anyhow::Result<()> {
    let (source, local_id) = named::record(node, record)?;
    let (actor, now, ids) = (node::actor(), node.now(), node.ids.clone());
    let evidence = json!({ "rule": "operator", "reason": reason });
    let is_undone = node.store.write_blocking(move |tx: &mut Tx| {
        let identity_id = identity_of(tx, &source.domain.oid, &local_id)?;
        identity::unmerge(tx, ids.as_ref(), identity_id, (&actor, now), &evidence)
    })?;
    output::line(match is_undone {
        true => format!("{record} names a patient of its own again"),
        false => format!("{record} was not merged into another ID"),
    });
    Ok(())
}

/// A move with the community IDs of both persons.
struct Moved {
    event_id: i64,
    before: CommunityId,
    after: CommunityId,
    is_merged: bool,
}

fn named_outcome(tx: &mut Tx, outcome: LinkOutcome) -> Result<Moved, IdentityError> {
    let mut of = |id: i64| {
        store::person::by_id(tx, id)?
            .map(|person| person.community_id)
            .ok_or_else(|| IdentityError::NoSuchPerson(id.to_string()))
    };
    Ok(Moved {
        event_id: outcome.event_id,
        before: of(outcome.person_before)?,
        after: of(outcome.person_after)?,
        is_merged: outcome.is_merged,
    })
}

pub(super) fn identity_of(
    tx: &mut Tx,
    domain_oid: &str,
    local_id: &str,
) -> Result<i64, IdentityError> {
    let found = store::person::identity_by_local_id(tx, domain_oid, local_id)?;
    found.map(|identity| identity.id).ok_or_else(|| IdentityError::NotEnrolled {
        domain_oid: domain_oid.to_owned(),
        local_id: local_id.to_owned(),
    })
}
