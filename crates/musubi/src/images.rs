//! Images over HTTP: DICOMweb and WADO-URI, for whoever is signed in and for other systems.

use crate::node::Node;
use crate::renderer::renderer;
use crate::xds;
use anyhow::Context;
use axum::Router;
use imaging::dicomweb::{Door, Web, for_people, for_systems};
use imaging::{Systems, Thumbnails};
use net::{Limits, Listener};
use portal::PortalState;
use std::net::SocketAddr;
use std::sync::Arc;

/// Images as the configuration wants them.
pub struct Images {
    /// Beside the pages.
    pub people: Router,
    /// Makes thumbnails of what comes.
    pub thumbnails: Thumbnails,
    /// On a listener of their own, if the configuration names one.
    pub systems: Option<(Listener, Router)>,
}

impl Images {
    /// Binds the address, if the configuration names one. What other systems store goes to the
    /// node's archive. Must be called within a runtime.
    ///
    /// # Errors
    /// An address, certificate or key that cannot be used.
    pub async fn open(node: &Node, pages: &PortalState) -> anyhow::Result<Images> {
        let program = std::env::current_exe().context("this program's own file is not known")?;
        let renderer = Arc::new(renderer(program));
        let archive = node.archive();
        let thumbnails = Thumbnails::new(archive.clone(), renderer.clone());
        let web = |door| {
            Web::new(node.store.clone(), node.clock.clone(), node.ids.clone(), door)
                .rendering(renderer.clone())
        };
        let accounts = Arc::clone(&pages.accounts);
        let people = for_people(web(Door::People { accounts, config: pages.config.clone() }));
        let config = &node.config.dicomweb;
        if config.listen.is_empty() {
            return Ok(Images { people, thumbnails, systems: None });
        }
        let address: SocketAddr = config
            .listen
            .parse()
            .with_context(|| format!("dicomweb.listen: {:?} is no address", config.listen))?;
        let security = xds::security(
            node,
            [("dicomweb.certificate", &config.certificate), ("dicomweb.key", &config.key)],
            ("dicomweb.client_roots", &config.client_roots),
        )?;
        let listener = Listener::bind(address, security, Limits::default()).await?;
        let door = Door::Systems(Systems { trust_loopback: config.trust_loopback });
        let systems = for_systems(web(door).storing(Arc::new(archive)));
        Ok(Images { people, thumbnails, systems: Some((listener, systems)) })
    }
}
