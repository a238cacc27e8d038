//! Listeners and outgoing connections: the only crate with sockets.
//!
//! One listener has an accept loop of its own, so that what is known of the peer (its
//! address, its certificate) becomes part of each request, and so that limits hold
//! before a request exists: number of connections, size and time of a request's head.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod client;
mod connect;
mod error;
mod listener;
mod peer;
mod proxy;
mod security;
mod stream;
mod tls;

pub use client::{Client, ClientConfig, ClientError};
pub use error::NetError;
pub use listener::{Limits, Listener};
pub use peer::{PeerAddress, Scheme};
pub use proxy::{ForwardedHeader, Network, TrustedProxies};
pub use security::Security;
pub use stream::{Connection, Dialer, Duplex};
pub use tls::{Identity, PeerCertificates, TlsServer, certificate_of_pem};
