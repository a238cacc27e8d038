//! The accept loop: connections in, requests with their peer out, until the shutdown.

use crate::stream::{Connection, Duplex, Open};
use crate::{NetError, PeerAddress, PeerCertificates, Scheme, Security};
use axum::Router;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_rustls::TlsAcceptor;
use tower::Service;

/// The limits of one listener; the defaults are those of [`model::limits`].
#[derive(Debug, Clone)]
pub struct Limits {
    /// Size of a request's head in bytes; beyond it the answer is 431.
    pub head_bytes: usize,
    /// Time for a request's head in milliseconds, idle keep-alive connections included;
    /// beyond it the connection is closed.
    pub head_timeout_ms: u64,
    /// Open connections; beyond it new ones wait in the system's queue.
    pub connections: usize,
    /// Time that open requests get at a shutdown, in milliseconds.
    pub drain_ms: u64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            head_bytes: usize::try_from(model::limits::HTTP_HEAD_BYTES).unwrap_or(usize::MAX),
            head_timeout_ms: model::limits::HTTP_HEAD_TIMEOUT_MS,
            connections: usize::try_from(model::limits::CONNECTIONS).unwrap_or(usize::MAX),
            drain_ms: model::limits::PAGE_TIMEOUT_MS,
        }
    }
}

/// A bound address that is not yet served.
#[derive(Debug)]
pub struct Listener {
    socket: TcpListener,
    security: Security,
    limits: Limits,
}

impl Listener {
    /// Binds `address`. Refuses plain connections from beyond this machine
    /// ([`NetError::PlainBeyondLoopback`]).
    pub async fn bind(
        address: SocketAddr,
        security: Security,
        limits: Limits,
    ) -> Result<Listener, NetError> {
        security.check(address)?;
        let socket = TcpListener::bind(address)
            .await
            .map_err(|source| NetError::Bind { address, source })?;
        Ok(Listener { socket, security, limits })
    }

    /// The address in use; with port 0 asked for, the port that was given.
    pub fn local_address(&self) -> std::io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    /// Serves `router` until `shutdown` is ready, then lets open requests end within
    /// [`Limits::drain_ms`]. Every request carries a [`PeerAddress`] and a [`Scheme`]
    /// extension, and [`PeerCertificates`] where the peer showed any.
    pub async fn serve(self, router: Router, shutdown: impl Future<Output = ()>) {
        let places = Arc::new(Semaphore::new(self.limits.connections));
        let open = GracefulShutdown::new();
        let mut shutdown = std::pin::pin!(shutdown);
        loop {
            let accepted = tokio::select! {
                accepted = next_connection(&self.socket, &places) => accepted,
                () = &mut shutdown => break,
            };
            if let Some((stream, peer, place)) = accepted {
                self.spawn(stream, PeerAddress(peer), place, router.clone(), &open);
            }
        }
        drop(self.socket);
        let drained =
            tokio::time::timeout(Duration::from_millis(self.limits.drain_ms), open.shutdown());
        if drained.await.is_err() {
            tracing::warn!("requests were still open when the time for the shutdown was over");
        }
    }

    /// Gives each connection, after its TLS handshake, to `handle` until `shutdown` is ready;
    /// then the connections are told ([`Connection::closing`]) and get [`Limits::drain_ms`]. For
    /// protocols other than HTTP; of the limits, those of a request's head do not count.
    pub async fn serve_connections<Handled>(
        self,
        handle: impl Fn(Connection) -> Handled + Clone + Send + 'static,
        shutdown: impl Future<Output = ()>,
    ) where
        Handled: Future<Output = ()> + Send + 'static,
    {
        let places = Arc::new(Semaphore::new(self.limits.connections));
        let open = Open::new();
        let mut shutdown = std::pin::pin!(shutdown);
        loop {
            let accepted = tokio::select! {
                accepted = next_connection(&self.socket, &places) => accepted,
                () = &mut shutdown => break,
            };
            let Some((stream, peer, place)) = accepted else { continue };
            let (security, handle, closing) =
                (self.security.clone(), handle.clone(), open.closing());
            tokio::spawn(async move {
                if let Some((stream, certificates)) = secured(stream, &security).await {
                    let peer = PeerAddress(peer);
                    handle(Connection { stream, peer, certificates, closing }).await;
                }
                drop(place);
            });
        }
        drop(self.socket);
        if !open.drain(Duration::from_millis(self.limits.drain_ms)).await {
            tracing::warn!("connections were still open when the time for the shutdown was over");
        }
    }

    fn spawn(
        &self,
        stream: TcpStream,
        peer: PeerAddress,
        place: OwnedSemaphorePermit,
        router: Router,
        open: &GracefulShutdown,
    ) {
        let head_timeout = Duration::from_millis(self.limits.head_timeout_ms);
        let head_bytes = self.limits.head_bytes.max(8 * 1024);
        let scheme = match self.security.is_encrypted() {
            true => Scheme::Https,
            false => Scheme::Http,
        };
        let (security, watcher) = (self.security.clone(), open.watcher());
        tokio::spawn(async move {
            let Some((stream, certificates)) = secured(stream, &security).await else {
                drop(place);
                return;
            };
            let service = hyper::service::service_fn(move |mut request: Request<Incoming>| {
                request.extensions_mut().insert(peer);
                request.extensions_mut().insert(scheme);
                if let Some(certificates) = certificates.clone() {
                    request.extensions_mut().insert(certificates);
                }
                router.clone().call(request)
            });
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(head_timeout)
                .max_buf_size(head_bytes)
                .serve_connection(TokioIo::new(stream), service);
            if let Err(error) = watcher.watch(connection).await {
                tracing::debug!(%error, "connection ended early");
            }
            drop(place);
        });
    }
}

/// The connection as requests are read from it: after the TLS handshake, if there is one.
async fn secured(
    stream: TcpStream,
    security: &Security,
) -> Option<(Box<dyn Duplex>, Option<PeerCertificates>)> {
    let Security::Tls(server) = security else { return Some((Box::new(stream), None)) };
    let handshake = TlsAcceptor::from(server.config.clone()).accept(stream);
    let timeout = Duration::from_millis(model::limits::TLS_HANDSHAKE_MS);
    match tokio::time::timeout(timeout, handshake).await {
        Ok(Ok(stream)) => {
            let certificates = PeerCertificates::of(stream.get_ref().1.peer_certificates());
            Some((Box::new(stream), certificates))
        }
        Ok(Err(error)) => {
            tracing::info!(%error, "tls handshake refused");
            None
        }
        Err(_) => {
            tracing::debug!("tls handshake took too long");
            None
        }
    }
}

async fn next_connection(
    socket: &TcpListener,
    places: &Arc<Semaphore>,
) -> Option<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let place = places.clone().acquire_owned().await.ok()?;
    match socket.accept().await {
        Ok((stream, peer)) => {
            if let Err(error) = stream.set_nodelay(true) {
                tracing::debug!(%error, "no delay could not be set");
            }
            Some((stream, peer, place))
        }
        Err(error) => {
            // Out of descriptors, most likely: trying again at once would only spin.
            tracing::error!(%error, "cannot accept connections; trying again");
            tokio::time::sleep(Duration::from_millis(100)).await;
            None
        }
    }
}
