//! Requests to a peer: HTTP/1.1 over TLS, or in the clear on this machine.

use crate::NetError;
use crate::connect::{Connector, Shared};
use crate::tls::{Identity, client_config};
use axum::body::Body;
use bytes::Bytes;
use futures::{Stream, StreamExt};
use http::{Request, Response};
use http_body_util::BodyExt;
use hyper_util::client::legacy::Client as Pool;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use std::future::Future;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use thiserror::Error;
use tokio_rustls::TlsConnector;

/// How a peer is reached. The defaults trust nobody and speak plain HTTP to this machine only.
#[derive(Debug)]
pub struct ClientConfig {
    /// PEM of the certificate authorities trusted for this peer; nothing else is.
    pub root_pem: Option<Vec<u8>>,
    /// What we show to the peer.
    pub identity: Option<Identity>,
    /// `http://` beyond this machine: patients' records cross the network in the clear.
    pub plain_allowed: bool,
    /// Time to reach the peer, TLS included, in milliseconds.
    pub connect_timeout_ms: u64,
    /// Time until the head of the answer, in milliseconds, counted from the last piece of the
    /// request that was sent.
    pub answer_timeout_ms: u64,
    /// Time between two pieces of the answer, in milliseconds.
    pub idle_timeout_ms: u64,
}

impl Default for ClientConfig {
    fn default() -> ClientConfig {
        ClientConfig {
            root_pem: None,
            identity: None,
            plain_allowed: false,
            connect_timeout_ms: model::limits::PEER_CONNECT_TIMEOUT_MS,
            answer_timeout_ms: model::limits::PEER_ANSWER_TIMEOUT_MS,
            idle_timeout_ms: model::limits::PEER_IDLE_TIMEOUT_MS,
        }
    }
}

/// Why a peer gave no answer; each variant is a layer, from the name to the answer.
#[derive(Debug, Error)]
pub enum ClientError {
    /// Neither `http://` nor `https://` (`mllp://`, `mllps://` where HL7 is sent, `dicom://`,
    /// `dicoms://` where DICOM is spoken), or no host.
    #[error("{0} is no address of http, https, mllp, mllps, dicom or dicoms")]
    Address(String),
    /// Plain HTTP to another machine.
    #[error("refusing {0} without tls: use https, or allow plain http for this peer")]
    PlainBeyondLoopback(String),
    /// No connection to the host.
    #[error("cannot connect to {host}: is it up, and is the port right?")]
    Connect {
        /// Host and port.
        host: String,
        /// What the operating system says.
        source: io::Error,
    },
    /// Connected, but TLS did not come about.
    #[error("tls with {host} failed: do its certificate, our roots and our certificate fit?")]
    Tls {
        /// Host and port.
        host: String,
        /// What TLS says.
        source: io::Error,
    },
    /// Nothing within the time.
    #[error("{what} took longer than {timeout_ms} ms")]
    Timeout {
        /// Which step.
        what: &'static str,
        /// The limit.
        timeout_ms: u64,
    },
    /// The connection broke, or what came was no HTTP.
    #[error("the exchange with {host} broke off")]
    Http {
        /// Host and port.
        host: String,
        /// What the HTTP layer says.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// The way to one peer; connections are kept and used again.
#[derive(Clone)]
pub struct Client {
    pool: Pool<Connector, Body>,
    answer_timeout_ms: u64,
    idle_timeout_ms: u64,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Client")
    }
}

impl Client {
    /// A client; nothing is connected yet.
    ///
    /// # Errors
    /// [`NetError::Certificate`] if roots or identity cannot be used.
    pub fn new(config: ClientConfig) -> Result<Client, NetError> {
        let tls = client_config(config.root_pem.as_deref(), config.identity)?;
        let connector = Connector {
            tls: TlsConnector::from(Arc::new(tls)),
            plain_allowed: config.plain_allowed,
            timeout_ms: config.connect_timeout_ms,
        };
        let idle = usize::try_from(model::limits::PEER_IDLE_CONNECTIONS).unwrap_or(usize::MAX);
        let pool = Pool::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(Duration::from_millis(config.idle_timeout_ms))
            .pool_max_idle_per_host(idle)
            .build(connector);
        let (answer_timeout_ms, idle_timeout_ms) =
            (config.answer_timeout_ms, config.idle_timeout_ms);
        Ok(Client { pool, answer_timeout_ms, idle_timeout_ms })
    }

    /// Sends a request to its absolute address and gives the answer with its body as a stream,
    /// which fails if nothing comes for the idle time. Redirects are answers, never followed.
    ///
    /// # Errors
    /// The layer that failed.
    pub async fn send(&self, request: Request<Body>) -> Result<Response<Body>, ClientError> {
        let host = request.uri().authority().map(|one| one.as_str().to_owned());
        let Some(host) = host else {
            return Err(ClientError::Address(request.uri().to_string()));
        };
        let timeout_ms = self.answer_timeout_ms;
        let pieces = Arc::new(AtomicU64::new(0));
        let request = request.map(|body| counted(body, pieces.clone()));
        let mut waiting = std::pin::pin!(self.pool.request(request));
        let mut sent = 0;
        let answer = loop {
            match within(timeout_ms, waiting.as_mut()).await {
                Some(answer) => break answer.map_err(|error| layer_of(error, host))?,
                // A long request goes on for as long as the peer takes it.
                None if pieces.load(Ordering::Relaxed) != sent => {
                    sent = pieces.load(Ordering::Relaxed);
                }
                None => return Err(ClientError::Timeout { what: "the answer", timeout_ms }),
            }
        };
        let idle_timeout_ms = self.idle_timeout_ms;
        Ok(answer.map(|body| Body::from_stream(guarded(Body::new(body), idle_timeout_ms))))
    }
}

pub(crate) async fn within<T>(timeout_ms: u64, work: impl Future<Output = T>) -> Option<T> {
    tokio::time::timeout(Duration::from_millis(timeout_ms), work).await.ok()
}

/// A body that counts its pieces as they are sent, its known length unchanged.
fn counted(body: Body, pieces: Arc<AtomicU64>) -> Body {
    Body::new(body.map_frame(move |frame| {
        pieces.fetch_add(1, Ordering::Relaxed);
        frame
    }))
}

fn guarded(body: Body, timeout_ms: u64) -> impl Stream<Item = io::Result<Bytes>> {
    futures::stream::unfold(Some(body.into_data_stream()), move |chunks| async move {
        let mut chunks = chunks?;
        match within(timeout_ms, chunks.next()).await {
            None => {
                let late =
                    ClientError::Timeout { what: "the next piece of the answer", timeout_ms };
                Some((Err(io::Error::new(io::ErrorKind::TimedOut, late)), None))
            }
            Some(None) => None,
            Some(Some(Ok(chunk))) => Some((Ok(chunk), Some(chunks))),
            Some(Some(Err(error))) => Some((Err(io::Error::other(error)), None)),
        }
    })
}

/// What the connector said, or else that the exchange broke off.
fn layer_of(error: hyper_util::client::legacy::Error, host: String) -> ClientError {
    let mut boxed: Box<dyn std::error::Error + Send + Sync> = Box::new(error);
    if let Some(source) = std::error::Error::source(boxed.as_ref())
        && let Some(known) = source.downcast_ref::<Shared>()
        && let Some(known) = known.take()
    {
        return known;
    }
    if let Some(inner) = std::error::Error::source(boxed.as_ref()) {
        boxed = inner.to_string().into();
    }
    ClientError::Http { host, source: boxed }
}
