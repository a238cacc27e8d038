//! Connections as streams of bytes, for protocols other than HTTP.

use crate::client::within;
use crate::connect::Connector;
use crate::tls::client_config;
use crate::{ClientConfig, ClientError, NetError, PeerAddress, PeerCertificates};
use http::Uri;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;
use tokio_rustls::TlsConnector;

/// A stream both ways.
pub trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Duplex for T {}

/// A connection that came in, after its TLS handshake, if there is one.
pub struct Connection {
    /// Its bytes.
    pub stream: Box<dyn Duplex>,
    /// Where it comes from.
    pub peer: PeerAddress,
    /// What the peer showed.
    pub certificates: Option<PeerCertificates>,
    /// Becomes true at the shutdown: what is being answered is answered, nothing new is read.
    pub closing: watch::Receiver<bool>,
}

/// The open connections of a listener.
pub(crate) struct Open {
    closing: watch::Sender<bool>,
}

impl Open {
    pub(crate) fn new() -> Open {
        Open { closing: watch::Sender::new(false) }
    }

    pub(crate) fn closing(&self) -> watch::Receiver<bool> {
        self.closing.subscribe()
    }

    /// Tells all of them, and waits until they are gone; `false` where that took too long.
    pub(crate) async fn drain(self, patience: Duration) -> bool {
        self.closing.send_replace(true);
        tokio::time::timeout(patience, self.closing.closed()).await.is_ok()
    }
}

/// The way to one peer of a protocol other than HTTP, by `mllp://`, `mllps://`, `dicom://` or
/// `dicoms://` addresses. It trusts and shows what its configuration says, like [`Client`](crate::Client).
#[derive(Clone)]
pub struct Dialer {
    connector: Connector,
}

impl std::fmt::Debug for Dialer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Dialer")
    }
}

impl Dialer {
    /// A dialer; of the times of `config`, the one to connect counts.
    ///
    /// # Errors
    /// [`NetError::Certificate`] if roots or identity cannot be used.
    pub fn new(config: ClientConfig) -> Result<Dialer, NetError> {
        let tls = client_config(config.root_pem.as_deref(), config.identity)?;
        let connector = Connector {
            tls: TlsConnector::from(Arc::new(tls)),
            plain_allowed: config.plain_allowed,
            timeout_ms: config.connect_timeout_ms,
        };
        Ok(Dialer { connector })
    }

    /// Connects; what has no TLS is for this machine unless the configuration allows more.
    ///
    /// # Errors
    /// The layer that failed.
    pub async fn dial(&self, address: &str) -> Result<Box<dyn Duplex>, ClientError> {
        let parsed: Uri = address.parse().map_err(|_| ClientError::Address(address.to_owned()))?;
        let timeout_ms = self.connector.timeout_ms;
        match within(timeout_ms, self.connector.connect(&parsed)).await {
            Some(connected) => Ok(Box::new(connected?)),
            None => Err(ClientError::Timeout { what: "connecting", timeout_ms }),
        }
    }
}
