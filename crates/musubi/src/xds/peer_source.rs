//! The source of a peer: what a peer that may submit brings is that source's, of its facility.

use crate::node::Node;
use anyhow::Context;
use model::Timestamp;
use store::audit::{self, Action, NewAuditEvent, Outcome};
use store::document::patient;
use store::peer::{self, Peer};
use store::source::{self, FacilityRow, KIND_PEER, SourceRow};
use store::{StoreError, Tx};
use uuid::Uuid;

/// The name of a peer's source. No source of a storage has a colon in its name.
pub fn name(peer: &str) -> String {
    format!("{KIND_PEER}:{peer}")
}

/// The source of a peer that submits, made where it is not there. A peer that was added before
/// under its name, for the same facility, has its source again.
///
/// # Errors
/// The name gave documents of another facility.
pub fn own(
    tx: &mut Tx,
    peer: &str,
    facility: &FacilityRow,
    affinity_oid: &str,
    now: Timestamp,
) -> anyhow::Result<i64> {
    let name = name(peer);
    if let Some(known) = source::source_by_name(tx, &name)? {
        anyhow::ensure!(
            known.facility.id == facility.id,
            "a peer of this name gave documents as {}: choose another name",
            known.facility.code
        );
        return Ok(known.id);
    }
    let domain = source::ensure_domain(tx, affinity_oid, "affinity domain")?;
    patient::mark_affinity(tx, affinity_oid)?;
    let row = SourceRow {
        id: 0,
        oid: format!("2.25.{}", Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes()).as_u128()),
        name,
        kind: KIND_PEER.to_owned(),
        settings: "{}".to_owned(),
        paused: false,
        facility: facility.clone(),
        domain,
    };
    let id = source::insert_source(tx, &row, &[], now.0)?;
    Ok(id.ok_or_else(|| StoreError::Damaged(format!("source {} was not kept", row.name)))?)
}

/// Gives a source to each peer that may submit and has none: those of states that were made
/// before peers had sources. One that cannot have it stays as it is and is told in the log.
///
/// # Errors
/// The peers cannot be read.
pub async fn settle(node: &Node) -> anyhow::Result<()> {
    let peers = node.store.read(peer::all).await?;
    for peer in peers.into_iter().filter(|one| one.said.may_submit && one.said.source_id.is_none())
    {
        let (affinity_oid, now) = (node.config.affinity_domain_oid(), node.clock.now());
        let peer_name = peer.said.name.clone();
        let given = node.store.write(move |tx| give(tx, &peer, &affinity_oid, now)).await;
        match given {
            Ok(()) => tracing::info!(peer = peer_name, "the peer has a source of its own now"),
            Err(error) => tracing::error!(peer = peer_name, "no source for the peer: {error:#}"),
        }
    }
    Ok(())
}

fn give(tx: &mut Tx, peer: &Peer, affinity_oid: &str, now: Timestamp) -> anyhow::Result<()> {
    let facility = source::facility_by_code(tx, &peer.facility_code)?;
    let facility = facility.with_context(|| format!("no facility {}", peer.facility_code))?;
    let source_id = own(tx, &peer.said.name, &facility, affinity_oid, now)?;
    if !peer::give_source(tx, peer.id, source_id)? {
        return Ok(());
    }
    let detail =
        serde_json::json!({ "peer": peer.said.name, "source": name(&peer.said.name) }).to_string();
    let event = NewAuditEvent {
        at: now,
        actor: "system",
        account_id: None,
        action: Action::SettingChange,
        outcome: Outcome::Success,
        person_id: None,
        detail: &detail,
    };
    Ok(audit::insert(tx, &event)?)
}
