//! Connections to peers: the address checked, the name looked up once, TLS on top.

use crate::ClientError;
use crate::client::within;
use http::Uri;
use hyper_util::client::legacy::connect::{Connected, Connection};
use hyper_util::rt::TokioIo;
use std::future::Future;
use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Mutex;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// A connector's error on its way through the pool, which only lends what it carries.
#[derive(Debug)]
pub(crate) struct Shared(Mutex<Option<ClientError>>);

impl Shared {
    pub(crate) fn take(&self) -> Option<ClientError> {
        self.0.lock().ok().and_then(|mut one| one.take())
    }
}

impl std::fmt::Display for Shared {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("connecting failed")
    }
}

impl std::error::Error for Shared {}

/// Connects to what an address names.
#[derive(Clone)]
pub(crate) struct Connector {
    pub(crate) tls: TlsConnector,
    pub(crate) plain_allowed: bool,
    pub(crate) timeout_ms: u64,
}

impl tower::Service<Uri> for Connector {
    type Response = TokioIo<Either>;
    type Error = Shared;
    type Future = Pin<Box<dyn Future<Output = Result<TokioIo<Either>, Shared>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Shared>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, address: Uri) -> Self::Future {
        let connector = self.clone();
        Box::pin(async move {
            let timeout_ms = connector.timeout_ms;
            let late = ClientError::Timeout { what: "connecting", timeout_ms };
            let connected = within(timeout_ms, connector.connect(&address)).await;
            let connected = connected.unwrap_or(Err(late));
            connected.map(TokioIo::new).map_err(|error| Shared(Some(error).into()))
        })
    }
}

impl Connector {
    pub(crate) async fn connect(&self, address: &Uri) -> Result<Either, ClientError> {
        let unclear = || ClientError::Address(address.to_string());
        let name = address.host().ok_or_else(unclear)?;
        let name = name.trim_start_matches('[').trim_end_matches(']');
        let encrypted = match address.scheme_str() {
            Some("https" | "mllps" | "dicoms") => true,
            Some("http" | "mllp" | "dicom") => false,
            _ => return Err(unclear()),
        };
        let port = match (address.port_u16(), address.scheme_str()) {
            (Some(port), _) => port,
            (None, Some("https")) => 443,
            (None, Some("http")) => 80,
            // PS3.8 9.1.1, and PS3.15 B.1 for TLS.
            (None, Some("dicom")) => 104,
            (None, Some("dicoms")) => 2762,
            // The port that IANA keeps for HL7.
            (None, _) => 2575,
        };
        let host = format!("{name}:{port}");
        let failed = |source| ClientError::Connect { host: host.clone(), source };
        let stream = match encrypted || self.plain_allowed {
            true => TcpStream::connect((name, port)).await,
            false => match loopback(name, port).await {
                Some(found) => TcpStream::connect(&found[..]).await,
                None => return Err(ClientError::PlainBeyondLoopback(address.to_string())),
            },
        };
        let stream = stream.map_err(failed)?;
        stream.set_nodelay(true).map_err(failed)?;
        if !encrypted {
            return Ok(Either::Plain(stream));
        }
        let server = rustls::pki_types::ServerName::try_from(name.to_owned())
            .map_err(|_| ClientError::Address(address.to_string()))?;
        let stream = self.tls.connect(server, stream).await;
        let stream = stream.map_err(|source| ClientError::Tls { host, source })?;
        Ok(Either::Tls(Box::new(stream)))
    }
}

/// The addresses of a name, if all of them are on this machine. They are what is connected to,
/// so that no second answer of the name service can lead elsewhere.
async fn loopback(name: &str, port: u16) -> Option<Vec<std::net::SocketAddr>> {
    if let Ok(address) = name.parse::<IpAddr>() {
        return address.to_canonical().is_loopback().then(|| vec![(address, port).into()]);
    }
    let found: Vec<_> = tokio::net::lookup_host((name, port)).await.ok()?.collect();
    let local = found.iter().all(|one| one.ip().to_canonical().is_loopback());
    (local && !found.is_empty()).then_some(found)
}

/// A connection of either kind.
pub(crate) enum Either {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

impl Connection for Either {
    fn connected(&self) -> Connected {
        Connected::new()
    }
}

impl AsyncRead for Either {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Either::Plain(stream) => Pin::new(stream).poll_read(context, buffer),
            Either::Tls(stream) => Pin::new(stream).poll_read(context, buffer),
        }
    }
}

impl AsyncWrite for Either {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Either::Plain(stream) => Pin::new(stream).poll_write(context, bytes),
            Either::Tls(stream) => Pin::new(stream).poll_write(context, bytes),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Either::Plain(stream) => Pin::new(stream).poll_write_vectored(context, pieces),
            Either::Tls(stream) => Pin::new(stream).poll_write_vectored(context, pieces),
        }
    }

    fn is_write_vectored(&self) -> bool {
        match self {
            Either::Plain(stream) => stream.is_write_vectored(),
            Either::Tls(stream) => stream.is_write_vectored(),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Either::Plain(stream) => Pin::new(stream).poll_flush(context),
            Either::Tls(stream) => Pin::new(stream).poll_flush(context),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Either::Plain(stream) => Pin::new(stream).poll_shutdown(context),
            Either::Tls(stream) => Pin::new(stream).poll_shutdown(context),
        }
    }
}
