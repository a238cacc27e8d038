//! `musubi serve`: the pages, and the gateway's loop, until stopped.

use crate::commands::{block_on, start_log};
use crate::hl7::Hl7;
use crate::node::Node;
use crate::output;
use crate::xds;
use anyhow::Context;
use gateway::Stop;
use net::{Limits, Listener, Security};
use portal::{PortalConfig, PortalState};
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinSet;

/// Serves until SIGTERM or Ctrl-C; then open requests and the item being read come to their end.
pub fn run(node: Node, listen: Option<SocketAddr>) -> anyhow::Result<()> {
    start_log(&node.config.log.level)?;
    let address = listen.unwrap_or(node.config.server.listen);
    block_on(async {
        let listener = Listener::bind(address, Security::Plain, Limits::default()).await?;
        let address = listener.local_address().context("the listener has no address")?;
        let stop = Stop::new();
        let (xds, xds_listener) = (xds::router(&node)?, xds::listener(&node).await?);
        let hl7 = Hl7::open(&node).await?;
        let follower = follow(&node, &stop)?;
        // A removal that a crash interrupted is finished; what fails here is tried at the next.
        if let Err(error) = store::sweep::sweep(&node.store).await {
            tracing::error!(%error, "objects of removed documents are still there");
        }
        let pages = portal::router(state(&node));
        let (end, ended) = tokio::sync::watch::channel(());
        let mut beside = JoinSet::new();
        let mut router = pages;
        match xds_listener {
            None => router = xds.merge(router),
            Some(listener) => {
                let address = listener.local_address().context("no address for xds")?;
                output::line(format!("serving xds on {address}"));
                beside.spawn(listener.serve(xds, over(ended.clone())));
            }
        }
        if let Some(Hl7 { listener, server, notifier }) = hl7 {
            let address = listener.local_address().context("no address for hl7")?;
            output::line(format!("serving hl7 on {address}"));
            beside.spawn(server.serve(listener, over(ended.clone())));
            let over = over(ended);
            beside.spawn(async move { notifier.run(over).await });
        }
        output::line(format!("serving http://{address}/"));
        listener.serve(router, stopped()?).await;
        drop(end);
        while let Some(served) = beside.join_next().await {
            served.context("serving other systems ended in a panic")?;
        }
        stop.ask();
        if let Some(follower) = follower {
            follower.await.context("the gateway's loop ended in a panic")?;
        }
        Ok(())
    })
}

/// Ready once the sender of `ended` is gone.
async fn over(mut ended: tokio::sync::watch::Receiver<()>) {
    let _ = ended.changed().await;
}

fn state(node: &Node) -> PortalState {
    PortalState::new(
        node.store.clone(),
        node.clock.clone(),
        node.ids.clone(),
        Arc::new(identity::Directory::new(node.store.clone(), node.clock.clone())),
        PortalConfig::default(),
    )
}

fn follow(node: &Node, stop: &Stop) -> anyhow::Result<Option<tokio::task::JoinHandle<()>>> {
    if !node.config.intake.follow {
        return Ok(None);
    }
    let (gateway, stop) = (node.gateway()?, stop.clone());
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
