//! What is known of a connection and of its other end.

use std::net::SocketAddr;

/// The address from which a request came; an extension of every request.
///
/// It is the address of the connection, or what a trusted proxy tells of its client
/// ([`crate::TrustedProxies`]). Nobody else is believed a header such as `X-Forwarded-For`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PeerAddress(pub SocketAddr);

/// How a request was asked for; an extension of every request.
///
/// It is the listener's protection. Headers such as `X-Forwarded-Proto` are never believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// Over plain TCP.
    Http,
    /// Over TLS.
    Https,
}

impl Scheme {
    /// As a URL writes it.
    pub fn name(self) -> &'static str {
        match self {
            Scheme::Http => "http",
            Scheme::Https => "https",
        }
    }
}
