//! `musubi peer …`: the other systems that speak with this centre.

mod check;
mod check_mllp;
mod check_v3;

use crate::cli::{PeerArguments, PeerCommand};
use crate::commands::{block_on, time};
use crate::node::{self, Node};
use crate::output;
use crate::xds;
use anyhow::Context;
use ebrim::notation::is_oid;
use store::StoreError;
use store::audit::{self, Action, NewAuditEvent, Outcome};
use store::peer::{self, NewPeer, Peer};
use store::source;

/// Adds, lists, checks, disables or removes peers, or shows what they sent last.
pub fn run(node: &Node, command: PeerCommand) -> anyhow::Result<()> {
    match command {
        PeerCommand::Add(arguments) => add(node, arguments),
        PeerCommand::List { json } => list(node, json),
        PeerCommand::Check { name } => check(node, &name),
        PeerCommand::Disable { name } => change(node, &name, Change::Disable),
        PeerCommand::Enable { name } => change(node, &name, Change::Enable),
        PeerCommand::Remove { name } => change(node, &name, Change::Remove),
        PeerCommand::Messages { name } => messages(node, &name),
    }
}

/// Asks whoever has this name, by each protocol by which it can be asked.
fn check(node: &Node, name: &str) -> anyhow::Result<()> {
    let mllp = &node.config.mllp;
    let asked = name.to_owned();
    let known = node.store.read_blocking(move |tx| peer::by_name(tx, &asked))?;
    let is_told = mllp.consumers.iter().any(|consumer| consumer.name == name);
    let only_sends = mllp.peers.iter().any(|sender| sender.name == name);
    let by_v3 = block_on(check_v3::run(node, name));
    let is_v3 = !matches!(by_v3, Ok(false));
    anyhow::ensure!(
        known.is_some() || is_told || is_v3 || !only_sends,
        "peer {name} has no address to ask: it only sends to us"
    );
    let told = if is_told { block_on(check_mllp::run(node, name)) } else { Ok(()) };
    let told = told.and(by_v3.map(drop));
    let has_address =
        |said: &NewPeer| !said.registry_url.is_empty() || !said.repository_url.is_empty();
    match known {
        Some(peer) if !is_v3 || has_address(&peer.said) => {
            told.and(block_on(check::run(node, &peer)))
        }
        _ if is_told || is_v3 => told,
        _ => named(node, name).map(drop),
    }
}

fn add(node: &Node, arguments: PeerArguments) -> anyhow::Result<()> {
    let read = |path: &Option<std::path::PathBuf>| -> anyhow::Result<String> {
        let Some(path) = path else { return Ok(String::new()) };
        std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
    };
    let certificate = read(&arguments.certificate)?;
    let fingerprint = match certificate.as_str() {
        "" => String::new(),
        pem => xds::fingerprint_of_pem(pem)?,
    };
    for oid in [&arguments.repository_oid, &arguments.home].into_iter().flatten() {
        anyhow::ensure!(is_oid(oid), "{oid} is no OID: digits and dots, at most 64 characters");
    }
    let facility_code = arguments.facility;
    let facility = node.store.read_blocking({
        let code = facility_code.clone();
        move |tx| source::facility_by_code(tx, &code)
    })?;
    let facility = facility.with_context(|| {
        format!("no facility {facility_code}: `musubi facility list` shows them")
    })?;
    let new = NewPeer {
        name: arguments.name.clone(),
        facility_id: facility.id,
        fingerprint,
        certificate,
        roots: read(&arguments.roots)?,
        registry_url: arguments.registry.unwrap_or_default(),
        repository_url: arguments.repository.unwrap_or_default(),
        repository_oid: arguments.repository_oid.unwrap_or_default(),
        home_oid: arguments.home.unwrap_or_default(),
        may_submit: arguments.may_submit || arguments.gateway,
        may_remove: arguments.may_remove,
        is_gateway: arguments.gateway,
        may_change_all: arguments.may_change_all,
        source_id: None,
    };
    let (now, actor) = (node.now(), node::actor());
    let detail = serde_json::json!({ "peer": new.name, "facility": facility.code }).to_string();
    let affinity_oid = node.config.affinity_domain_oid();
    let added = node.store.write_blocking(move |tx| -> Result<_, anyhow::Error> {
        let source_id = match new.may_submit {
            true => Some(xds::peer_source::own(tx, &new.name, &facility, &affinity_oid, now)?),
            false => None,
        };
        let new = NewPeer { source_id, ..new.clone() };
        let added = peer::insert(tx, &new, now)?;
        if added.is_some() {
            let event = NewAuditEvent {
                at: now,
                actor: &actor,
                account_id: None,
                action: Action::SettingChange,
                outcome: Outcome::Success,
                person_id: None,
                detail: &detail,
            };
            audit::insert(tx, &event)?;
        }
        Ok(added)
    })?;
    anyhow::ensure!(
        added.is_some(),
        "a peer of this name or with this certificate is there already: `musubi peer list`"
    );
    output::line(format!("added peer {}; try it with `musubi peer check {0}`", arguments.name));
    Ok(())
}

/// What is done to a peer that is there.
#[derive(Clone, Copy)]
enum Change {
    Disable,
    Enable,
    Remove,
}

impl Change {
    /// For the audit row and the operator.
    fn word(self) -> &'static str {
        match self {
            Change::Disable => "disabled",
            Change::Enable => "enabled",
            Change::Remove => "removed",
        }
    }
}

/// Changes a peer, with the audit row in the same transaction. A server that runs looks a peer
/// up at every request, so it holds from the next one on.
fn change(node: &Node, name: &str, change: Change) -> anyhow::Result<()> {
    let peer = named(node, name)?;
    let (now, actor) = (node.now(), node::actor());
    let detail = serde_json::json!({ "peer": name, "change": change.word() }).to_string();
    node.store.write_blocking(move |tx| -> Result<(), StoreError> {
        match change {
            Change::Disable => peer::set_disabled(tx, peer.id, true)?,
            Change::Enable => peer::set_disabled(tx, peer.id, false)?,
            Change::Remove => peer::delete(tx, peer.id)?,
        }
        let event = NewAuditEvent {
            at: now,
            actor: &actor,
            account_id: None,
            action: Action::SettingChange,
            outcome: Outcome::Success,
            person_id: None,
            detail: &detail,
        };
        audit::insert(tx, &event)
    })?;
    output::line(format!("{} peer {name}", change.word()));
    Ok(())
}

fn list(node: &Node, json: bool) -> anyhow::Result<()> {
    let peers = node.store.read_blocking(peer::all)?;
    if json {
        let rows: Vec<_> = peers
            .iter()
            .map(|peer| {
                serde_json::json!({
                    "name": peer.said.name,
                    "facility": peer.facility_code,
                    "roles": roles(&peer.said),
                    "source": peer.said.source_id.map(|_| xds::peer_source::name(&peer.said.name)),
                    "disabled": peer.is_disabled,
                    "fingerprint": peer.said.fingerprint,
                    "registry": peer.said.registry_url,
                    "repository": peer.said.repository_url,
                    "repository_oid": peer.said.repository_oid,
                    "home_oid": peer.said.home_oid,
                })
            })
            .collect();
        return output::json(&rows);
    }
    let rows: Vec<Vec<String>> = peers
        .into_iter()
        .map(|peer| {
            let short: String = peer.said.fingerprint.chars().take(16).collect();
            let roles = match peer.is_disabled {
                true => "disabled".to_owned(),
                false => roles(&peer.said).join(","),
            };
            vec![
                peer.said.name.clone(),
                peer.facility_code,
                roles,
                short,
                peer.said.registry_url,
                peer.said.repository_url,
                peer.said.repository_oid,
            ]
        })
        .collect();
    output::table(
        &["name", "facility", "roles", "certificate", "registry", "repository", "repository oid"],
        &rows,
    );
    Ok(())
}

fn roles(peer: &NewPeer) -> Vec<&'static str> {
    let said = [
        (true, "reads"),
        (peer.may_submit, "submits"),
        (peer.may_remove, "removes"),
        (peer.is_gateway, "gateway"),
        (peer.may_change_all, "all facilities"),
    ];
    said.into_iter().filter(|(is_so, _)| *is_so).map(|(_, name)| name).collect()
}

fn messages(node: &Node, name: &str) -> anyhow::Result<()> {
    let peer = named(node, name)?;
    let messages = node.store.read_blocking(move |tx| peer::messages(tx, peer.id))?;
    if messages.is_empty() {
        output::line("nothing came from this peer yet");
    }
    for message in messages {
        let at = time(message.at.0);
        output::line(format!("{at}  {}  {}", message.action, message.outcome));
        output::line(output::printable(&message.request));
        output::line(output::printable(&message.answer));
        output::line("");
    }
    Ok(())
}

fn named(node: &Node, name: &str) -> anyhow::Result<Peer> {
    let asked = name.to_owned();
    let found = node.store.read_blocking(move |tx| peer::by_name(tx, &asked))?;
    found.with_context(|| format!("no peer {name}: `musubi peer list` shows them"))
}
