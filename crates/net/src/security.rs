//! How a connection is protected.

use crate::NetError;
use std::net::SocketAddr;

/// The protection of a listener's connections. TLS becomes a variant with its certificates;
/// whoever matches on this learns then what else there is to decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Security {
    /// Plain TCP: allowed on loopback addresses only.
    Plain,
}

impl Security {
    /// Whether cookies may be marked `Secure` and carry the `__Host-` prefix.
    pub fn is_encrypted(&self) -> bool {
        match self {
            Security::Plain => false,
        }
    }

    /// Refuses an address that this protection does not suit.
    pub fn check(&self, address: SocketAddr) -> Result<(), NetError> {
        match self {
            Security::Plain if address.ip().to_canonical().is_loopback() => Ok(()),
            Security::Plain => Err(NetError::PlainBeyondLoopback(address)),
        }
    }
}
