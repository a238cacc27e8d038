//! FHIR R4 for other systems: who asks, and the listener.

use crate::hl7;
use crate::node::Node;
use crate::xds;
use anyhow::Context;
use axum::Router;
use fhir::Endpoint;
use identity::r4::{PatientService, Systems};
use identity::v2::{Manager, Settings};
use net::{Limits, Listener};
use std::net::SocketAddr;
use std::sync::Arc;

/// Path below which everything of FHIR stands.
pub const PATH: &str = "/fhir";

/// FHIR as the configuration wants it, its address bound.
pub struct R4 {
    /// The listener.
    pub listener: Listener,
    /// What answers.
    pub router: Router,
}

impl R4 {
    /// Binds the address, if the configuration names one.
    ///
    /// # Errors
    /// An address, certificate, key, facility or name that cannot be used.
    pub async fn open(node: &Node) -> anyhow::Result<Option<R4>> {
        let config = &node.config.fhir;
        if config.listen.is_empty() {
            return Ok(None);
        }
        let trust_loopback = config.trust_loopback;
        let settings = Arc::new(Settings { trust_loopback, ..hl7::settings(node).await? });
        if node.config.mllp.listen.is_empty() {
            // Else whoever listens for HL7 v2 has made the domains known.
            let (store, clock, ids) = (node.store.clone(), node.clock.clone(), node.ids.clone());
            let manager = Manager::new(store, clock, ids, settings.clone());
            manager.prepare(&[]).await.context("domains could not be made known")?;
        }
        let aliases = config.systems.iter().map(|one| (one.oid.clone(), one.uri.clone()));
        let service = PatientService::new(
            node.store.clone(),
            node.clock.clone(),
            node.ids.clone(),
            settings,
            Systems { aliases: aliases.collect() },
        );
        let address: SocketAddr = config
            .listen
            .parse()
            .with_context(|| format!("fhir.listen: {:?} is no address", config.listen))?;
        let tls = xds::security(
            node,
            [("fhir.certificate", &config.certificate), ("fhir.key", &config.key)],
            ("fhir.client_roots", &config.client_roots),
        )?;
        let listener = Listener::bind(address, tls, Limits::default()).await?;
        let router = Endpoint::new(service, &config.base).into_routes(PATH);
        Ok(Some(R4 { listener, router }))
    }
}
