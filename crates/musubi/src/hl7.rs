//! HL7 v2 for other systems: who sends, who is told, and the listener.

use crate::config::{MllpConsumer, MllpPeer};
use crate::node::Node;
use crate::xds;
use anyhow::Context;
use identity::v2::{FeedPeer, Manager, Settings, fingerprint};
use identity::{Consumer, Notifier};
use mllp::Server;
use model::hl7::AssigningAuthority;
use net::{ClientConfig, Dialer, Limits, Listener};
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use store::{StoreError, source};

/// HL7 v2 as the configuration wants it, its address bound.
pub struct Hl7 {
    /// The listener.
    pub listener: Listener,
    /// What answers.
    pub server: Server<Manager>,
    /// What tells others.
    pub notifier: Notifier,
}

impl Hl7 {
    /// Binds the address, if the configuration names one.
    ///
    /// # Errors
    /// An address, certificate, key, facility or name that cannot be used.
    pub async fn open(node: &Node) -> anyhow::Result<Option<Hl7>> {
        let config = &node.config.mllp;
        if config.listen.is_empty() {
            return Ok(None);
        }
        let settings = Arc::new(settings(node).await?);
        let consumers = consumers(node)?;
        let manager = Manager::new(
            node.store.clone(),
            node.clock.clone(),
            node.ids.clone(),
            settings.clone(),
        );
        manager.prepare(&consumers).await.context("domains could not be made known")?;
        let notifier = Notifier::new(
            node.store.clone(),
            node.clock.clone(),
            node.ids.clone(),
            settings,
            consumers,
        );
        let address: SocketAddr = config
            .listen
            .parse()
            .with_context(|| format!("mllp.listen: {:?} is no address", config.listen))?;
        let tls = xds::security(
            node,
            [("mllp.certificate", &config.certificate), ("mllp.key", &config.key)],
            ("mllp.client_roots", &config.client_roots),
        )?;
        let listener = Listener::bind(address, tls, Limits::default()).await?;
        Ok(Some(Hl7 { listener, server: Server::new(manager), notifier }))
    }
}

/// The domains as every notation knows them, without anybody who may send.
pub fn domains(node: &Node) -> Settings {
    let config = &node.config.mllp;
    let domains = config.domains.iter().map(|domain| AssigningAuthority {
        namespace: domain.namespace.clone(),
        oid: domain.oid.clone(),
    });
    Settings {
        application: config.application.clone(),
        facility: config.facility.clone(),
        affinity: AssigningAuthority {
            namespace: config.namespace.clone(),
            oid: node.config.affinity_domain_oid(),
        },
        domains: domains.collect(),
        peers: Vec::new(),
        trust_loopback: config.trust_loopback,
    }
}

/// Who speaks with this centre about patients, for which domains, in any notation.
pub(crate) async fn settings(node: &Node) -> anyhow::Result<Settings> {
    let config = &node.config.mllp;
    let mut names = BTreeSet::new();
    let mut peers = Vec::with_capacity(config.peers.len());
    for peer in &config.peers {
        anyhow::ensure!(!peer.name.is_empty(), "mllp.peers: a peer has no name");
        anyhow::ensure!(names.insert(&peer.name), "mllp.peers: two are named {}", peer.name);
        peers.push(feed_peer(node, peer).await?);
    }
    Ok(Settings { peers, ..domains(node) })
}

async fn feed_peer(node: &Node, peer: &MllpPeer) -> anyhow::Result<FeedPeer> {
    let fingerprint = match peer.certificate.as_os_str().is_empty() {
        true => String::new(),
        false => {
            let pem = xds::read(node, &peer.certificate, "mllp.peers: certificate")?;
            fingerprint(&net::certificate_of_pem(&pem)?)
        }
    };
    let viewer_facility_id = match peer.viewer.as_str() {
        "" => None,
        code => Some(facility(node, code, "mllp.peers").await?),
    };
    Ok(FeedPeer {
        name: peer.name.clone(),
        application: peer.application.clone(),
        facility: peer.facility.clone(),
        fingerprint,
        feeds: peer.feeds.clone(),
        may_query: peer.may_query,
        enrols: peer.enrols,
        viewer_facility_id,
    })
}

/// Row of a facility that `key` of the configuration names.
pub(crate) async fn facility(node: &Node, code: &str, key: &str) -> anyhow::Result<i64> {
    let wanted = code.to_owned();
    let read = node
        .store
        .read(move |tx| -> Result<_, StoreError> { source::facility_by_code(tx, &wanted) });
    let found = read.await?;
    Ok(found.with_context(|| format!("{key}: there is no facility {code}"))?.id)
}

/// Who is told of changes of association.
pub fn consumers(node: &Node) -> anyhow::Result<Vec<Consumer>> {
    let mut names = BTreeSet::new();
    let configured = node.config.mllp.consumers.iter();
    configured
        .map(|consumer| {
            let is_named = !consumer.name.is_empty() && !consumer.name.contains(':');
            let is_new = is_named && names.insert(&consumer.name);
            anyhow::ensure!(
                is_new,
                "mllp.consumers: each needs a name of its own, without a colon"
            );
            Ok(Consumer {
                name: consumer.name.clone(),
                address: consumer.address.clone(),
                dialer: dialer(node, consumer)?,
                application: consumer.application.clone(),
                facility: consumer.facility.clone(),
                domains: consumer.domains.clone(),
            })
        })
        .collect()
}

/// The way to a consumer: our listener's certificate, where there is one, is what we show.
fn dialer(node: &Node, consumer: &MllpConsumer) -> anyhow::Result<Dialer> {
    let root_pem = match consumer.roots.as_os_str().is_empty() {
        true => None,
        false => Some(xds::read(node, &consumer.roots, "mllp.consumers: roots")?),
    };
    let own: [&Path; 2] = [&node.config.mllp.certificate, &node.config.mllp.key];
    let identity = xds::identity(node, own[0], own[1])?;
    Ok(Dialer::new(ClientConfig { root_pem, identity, ..ClientConfig::default() })?)
}
