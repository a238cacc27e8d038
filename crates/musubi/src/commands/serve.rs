//! `musubi serve`: the pages, and the gateway's loop, until stopped.

use crate::commands::{block_on, start_log};
use crate::dicom::Dicom;
use crate::hl7::Hl7;
use crate::images::Images;
use crate::node::Node;
use crate::output;
use crate::pix::Pix;
use crate::r4::R4;
use crate::xds;
use access::Accounts;
use anyhow::Context;
use axum::Router;
use console::ConsoleState;
use gateway::Stop;
use identity::estimation::Nightly;
use model::{Clock, limits};
use net::{ForwardedHeader, Limits, Listener, Security, TrustedProxies};
use portal::{PortalConfig, PortalState, Site};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use store::Store;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinSet;

/// Serves until SIGTERM or Ctrl-C; then open requests and the item being read come to their end.
pub fn run(node: Node, listen: Option<SocketAddr>) -> anyhow::Result<()> {
    start_log(&node.config.log.level)?;
    let address = listen.unwrap_or(node.config.server.listen);
    block_on(async {
        let security = security(&node)?;
        let scheme = if security.is_encrypted() { "https" } else { "http" };
        let site = site(&node, &security)?;
        let proxies = proxies(&node)?;
        let listener = Listener::bind(address, security, Limits::default()).await?;
        let address = listener.local_address().context("the listener has no address")?;
        let stop = Stop::new();
        xds::peer_source::settle(&node).await?;
        let Pix { router: pix, notifier: v3 } = Pix::open(&node).await?;
        let (xds, xds_listener) = (xds::router(&node)?.merge(pix), xds::listener(&node).await?);
        let (hl7, fhir) = (Hl7::open(&node).await?, R4::open(&node).await?);
        let Dicom { settler, served: dicom } = Dicom::open(&node).await?;
        let follower = follow(&node, &stop)?;
        // A removal that a crash interrupted is finished; what fails here is tried at the next.
        if let Err(error) = store::sweep::sweep(&node.store).await {
            tracing::error!(%error, "objects of removed documents are still there");
        }
        let estimating = tokio::spawn(estimate(node.store.clone(), node.clock.clone()));
        let walking = tokio::spawn(walk(node.store.clone(), node.clock.clone()));
        let state = state(&node, site);
        let sweeper = tokio::spawn(sweep_sessions(state.accounts.clone(), stop.clone()));
        let (end, ended) = tokio::sync::watch::channel(());
        let mut beside = JoinSet::new();
        let Images { people, thumbnails, systems } = Images::open(&node, &state).await?;
        let pages = console::router(console_state(&node, &state)).merge(portal::router(state));
        let mut router = pages.merge(people);
        match xds_listener {
            // Without a certificate nobody is known here but whoever is trusted unseen.
            None if node.config.xds.trust_loopback => router = xds.merge(router),
            None => {}
            Some(listener) => serve_beside(&mut beside, "xds", listener, xds, &ended)?,
        }
        if let Some(R4 { listener, router }) = fhir {
            serve_beside(&mut beside, "fhir", listener, router, &ended)?;
        }
        if let Some((listener, router)) = systems {
            serve_beside(&mut beside, "dicomweb", listener, router, &ended)?;
        }
        if let Some(Hl7 { listener, server, notifier }) = hl7 {
            let address = listener.local_address().context("no address for hl7")?;
            output::line(format!("serving hl7 on {address}"));
            beside.spawn(server.serve(listener, over(ended.clone())));
            let over = over(ended);
            beside.spawn(async move { notifier.run(over).await });
        }
        if let Some((listener, server)) = dicom {
            let address = listener.local_address().context("no address for dicom")?;
            output::line(format!("serving dicom on {address}"));
            beside.spawn(server.serve(listener, over(end.subscribe())));
        }
        beside.spawn(settler.run(over(end.subscribe())));
        beside.spawn(thumbnails.run(over(end.subscribe())));
        if let Some(notifier) = v3 {
            let over = over(end.subscribe());
            beside.spawn(async move { notifier.run(over).await });
        }
        output::line(format!("serving {scheme}://{address}/"));
        listener.serve(proxies.over(router), stopped()?).await;
        drop(end);
        while let Some(served) = beside.join_next().await {
            served.context("serving other systems ended in a panic")?;
        }
        walking.abort();
        estimating.abort();
        stop.ask();
        sweeper.await.context("the sweep of sessions ended in a panic")?;
        if let Some(follower) = follower {
            follower.await.context("the gateway's loop ended in a panic")?;
        }
        Ok(())
    })
}

/// Serves other systems on a listener of their own, until the sender of `ended` is gone.
fn serve_beside(
    beside: &mut JoinSet<()>,
    name: &str,
    listener: Listener,
    router: Router,
    ended: &tokio::sync::watch::Receiver<()>,
) -> anyhow::Result<()> {
    let address = listener.local_address().with_context(|| format!("no address for {name}"))?;
    output::line(format!("serving {name} on {address}"));
    beside.spawn(listener.serve(router, over(ended.clone())));
    Ok(())
}

/// Ready once the sender of `ended` is gone.
async fn over(mut ended: tokio::sync::watch::Receiver<()>) {
    let _ = ended.changed().await;
}

/// Walks through the objects for as long as this process serves.
async fn walk(store: Store, clock: Arc<dyn Clock>) {
    let files = usize::try_from(limits::OBJECT_SWEEP_FILES).unwrap_or(usize::MAX);
    let mut steps = tokio::time::interval(Duration::from_millis(limits::OBJECT_SWEEP_MS));
    loop {
        steps.tick().await;
        match store::sweep::walk(&store, clock.now(), files).await {
            Ok(0) => {}
            Ok(count) => tracing::warn!(count, "objects that no row names were deleted"),
            Err(error) => tracing::error!(%error, "objects that no row names were not looked for"),
        }
    }
}

/// Estimates the weights of record linkage at night, for as long as this process serves.
async fn estimate(store: Store, clock: Arc<dyn Clock>) {
    let mut looks = tokio::time::interval(Duration::from_millis(limits::LINKAGE_ESTIMATE_LOOK_MS));
    loop {
        looks.tick().await;
        let (store, now) = (store.clone(), clock.now());
        let looked =
            tokio::task::spawn_blocking(move || identity::estimation::run_if_due(&store, now));
        match looked.await {
            Ok(Ok(Nightly::Ran(Some(version)))) => {
                tracing::info!(version = version.id, state = version.state, "weights estimated");
            }
            Ok(Ok(Nightly::NotDue | Nightly::Ran(None))) => {}
            Ok(Err(error)) => tracing::error!(%error, "weights were not estimated"),
            Err(error) => tracing::error!(%error, "the estimation of weights ended in a panic"),
        }
    }
}

/// The protection of the pages' listener.
fn security(node: &Node) -> anyhow::Result<Security> {
    let server = &node.config.server;
    xds::security(
        node,
        [("server.certificate", &server.certificate), ("server.key", &server.key)],
        ("server.client_roots", Path::new("")),
    )
}

/// Where browsers reach the pages.
fn site(node: &Node, security: &Security) -> anyhow::Result<Site> {
    match node.config.server.public_url.as_str() {
        "" => Ok(Site::direct(security.is_encrypted())),
        url => Site::public(url).context("server.public_url"),
    }
}

/// Whose word on clients' addresses is taken.
fn proxies(node: &Node) -> anyhow::Result<TrustedProxies> {
    let server = &node.config.server;
    let networks = server.trusted_proxies.iter().map(|text| {
        text.parse().map_err(|error| anyhow::anyhow!("server.trusted_proxies: {error}"))
    });
    let header = match server.forwarded_header.to_ascii_lowercase().as_str() {
        "" | "x-forwarded-for" => ForwardedHeader::XForwardedFor,
        "forwarded" => ForwardedHeader::Forwarded,
        other => anyhow::bail!(
            "server.forwarded_header: {other:?} is neither X-Forwarded-For nor Forwarded"
        ),
    };
    Ok(TrustedProxies { networks: networks.collect::<anyhow::Result<_>>()?, header })
}

fn state(node: &Node, site: Site) -> PortalState {
    PortalState::new(
        node.store.clone(),
        node.clock.clone(),
        node.ids.clone(),
        Arc::new(identity::Directory::new(node.store.clone(), node.clock.clone())),
        PortalConfig { site, region: node.config.region.name.clone(), notices: Vec::new() },
    )
}

/// The operators' pages, beside the doctors' and with the same sessions.
fn console_state(node: &Node, pages: &PortalState) -> ConsoleState {
    let (store, clock, ids) = (node.store.clone(), node.clock.clone(), node.ids.clone());
    let desk = Arc::new(identity::Desk::new(store, clock.clone(), ids));
    ConsoleState {
        clock,
        accounts: Arc::clone(&pages.accounts),
        desk: desk.clone(),
        reviews: desk,
        config: Arc::clone(&pages.config),
    }
}

/// Ends the sessions that nobody asked for again, with their audit rows, now and at every
/// interval: a browser that was closed signs nobody out.
async fn sweep_sessions(accounts: Arc<Accounts>, stop: Stop) {
    while !stop.is_asked() {
        match accounts.remove_stale_sessions().await {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "sessions ended by time"),
            Err(error) => tracing::error!(%error, "ended sessions could not be removed"),
        }
        tokio::select! {
            () = stop.asked() => {}
            () = tokio::time::sleep(Duration::from_millis(limits::SESSION_SWEEP_MS)) => {}
        }
    }
}

fn follow(node: &Node, stop: &Stop) -> anyhow::Result<Option<tokio::task::JoinHandle<()>>> {
    if !node.config.intake.follow {
        return Ok(None);
    }
    let (gateway, stop) = (node.pulling_gateway()?, stop.clone());
    Ok(Some(tokio::spawn(async move { gateway.run(stop).await })))
}

fn stopped() -> anyhow::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate()).context("SIGTERM cannot be awaited")?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
        tracing::info!("stopping");
    })
}
