//! How a connection is protected.

use crate::{NetError, TlsServer};
use std::net::SocketAddr;

/// The protection of a listener's connections.
#[derive(Debug, Clone)]
pub enum Security {
    /// Plain TCP: allowed on loopback addresses only.
    Plain,
    /// TLS, on any address.
    Tls(TlsServer),
}

impl Security {
    /// Whether cookies may be marked `Secure` and carry the `__Host-` prefix.
    pub fn is_encrypted(&self) -> bool {
        match self {
            Security::Plain => false,
            Security::Tls(_) => true,
        }
    }

    /// Refuses an address that this protection does not suit.
    pub fn check(&self, address: SocketAddr) -> Result<(), NetError> {
        match self {
            Security::Plain if address.ip().to_canonical().is_loopback() => Ok(()),
            Security::Tls(_) => Ok(()),
            Security::Plain => Err(NetError::PlainBeyondLoopback(address)),
        }
    }
}
