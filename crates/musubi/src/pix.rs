//! PIX and PDQ of HL7 v3 for other systems: who may send, who is told, and the addresses.

mod services;

use crate::config::PixPeer;
use crate::hl7;
use crate::node::Node;
use crate::xds;
use crate::xds::callers::Callers;
use crate::xds::messages::Messages;
use anyhow::Context;
use axum::Router;
use identity::v3::{Manager, Peer, Seen, V3Settings};
use identity::{V3Consumer, V3Notifier};
use services::{DemographicsSupplier, PixManager};
use soap::{Client, Endpoint, Policy, SecurityPolicy, Wsdl};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

/// Path of ITI-44 and ITI-45.
pub const MANAGER_PATH: &str = "/pix/manager";
/// Path of ITI-47.
pub const SUPPLIER_PATH: &str = "/pdq/supplier";

/// HL7 v3 as the configuration wants it.
pub struct Pix {
    /// Both endpoints as routes.
    pub router: Router,
    /// What tells others, where somebody is told.
    pub notifier: Option<V3Notifier>,
}

impl Pix {
    /// Makes domains and consumers known.
    ///
    /// # Errors
    /// A facility, name, certificate or OID that cannot be used; the database.
    pub async fn open(node: &Node) -> anyhow::Result<Pix> {
        let identity = Arc::new(hl7::domains(node));
        let settings = Arc::new(V3Settings {
            device: node.config.device_oid(),
            identity: identity.clone(),
            peers: peers(node).await?,
        });
        let (store, clock, ids) = (node.store.clone(), node.clock.clone(), node.ids.clone());
        let manager = Manager::new(store.clone(), clock.clone(), ids.clone(), settings.clone());
        manager.prepare().await.context("domains could not be made known")?;
        let consumers = consumers(node)?;
        let is_told = !consumers.is_empty();
        let notifier =
            V3Notifier::new((store, clock, ids), identity, settings.device.clone(), consumers);
        notifier.prepare().await.context("consumers could not be made known")?;
        let notifier = is_told.then_some(notifier);
        Ok(Pix { router: router(node, Arc::new(manager)), notifier })
    }
}

fn router(node: &Node, manager: Arc<Manager>) -> Router {
    let (store, clock) = (node.store.clone(), node.clock.clone());
    let callers = Callers::new(store.clone(), clock.clone(), node.config.xds.trust_loopback);
    let messages = Messages::new(store, clock);
    let policy = || Policy { security: SecurityPolicy::Ignore, reply_addresses: Vec::new() };
    let parts = (callers, messages, manager);
    let pix = Endpoint::new(PixManager(parts.clone().into()), node.ids.clone())
        .with_policy(policy())
        .with_wsdl(Wsdl::new(include_str!("pix/manager.wsdl")));
    let pdq = Endpoint::new(DemographicsSupplier(parts.into()), node.ids.clone())
        .with_policy(policy())
        .with_wsdl(Wsdl::new(include_str!("pix/supplier.wsdl")));
    Router::new().route(MANAGER_PATH, pix.into_route()).route(SUPPLIER_PATH, pdq.into_route())
}

async fn peers(node: &Node) -> anyhow::Result<Vec<Peer>> {
    let mut peers = Vec::with_capacity(node.config.pix.peers.len());
    for configured in &node.config.pix.peers {
        anyhow::ensure!(!configured.name.is_empty(), "pix.peers: a peer has no name");
        peers.push(peer(node, configured).await?);
    }
    Ok(peers)
}

async fn peer(node: &Node, peer: &PixPeer) -> anyhow::Result<Peer> {
    let seen = match peer.viewer.as_str() {
        "" => Seen::OwnFacility,
        "*" => Seen::Everybody,
        code => Seen::Facility(hl7::facility(node, code, "pix.peers").await?),
    };
    Ok(Peer {
        name: peer.name.clone(),
        device: peer.device.clone(),
        feeds: peer.feeds.clone(),
        may_query: peer.may_query,
        enrols: peer.enrols,
        seen,
    })
}

fn consumers(node: &Node) -> anyhow::Result<Vec<V3Consumer>> {
    let mut names = BTreeSet::new();
    let configured = node.config.pix.consumers.iter();
    configured
        .map(|consumer| {
            let is_new = !consumer.name.is_empty() && names.insert(&consumer.name);
            anyhow::ensure!(is_new, "pix.consumers: each needs a name of its own");
            anyhow::ensure!(
                !consumer.device.is_empty(),
                "pix.consumers: {} needs the OID of its device",
                consumer.name
            );
            Ok(V3Consumer {
                name: consumer.name.clone(),
                url: consumer.url.clone(),
                client: client(node, &consumer.roots)?,
                device: consumer.device.clone(),
                domains: consumer.domains.clone(),
            })
        })
        .collect()
}

/// The way to another system: the certificate of XDS's listener, where there is one, is what we
/// show.
///
/// # Errors
/// Certificates or a key that cannot be used.
pub(crate) fn client(node: &Node, roots: &Path) -> anyhow::Result<Client> {
    let roots = match roots.as_os_str().is_empty() {
        true => Vec::new(),
        false => xds::read(node, roots, "pix: roots")?,
    };
    let roots = String::from_utf8(roots).context("pix: roots is no pem file")?;
    Ok(Client::new(xds::client(node, &roots)?, node.ids.clone()))
}
