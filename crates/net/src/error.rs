//! What can go wrong with a socket.

use std::net::SocketAddr;
use thiserror::Error;

/// Why a listener or a client was not made.
#[derive(Debug, Error)]
pub enum NetError {
    /// Patients' records would cross a network in the clear.
    #[error(
        "refusing to listen on {0} without tls: use a loopback address such as 127.0.0.1, or \
         put a tls front on this machine"
    )]
    PlainBeyondLoopback(SocketAddr),
    /// The operating system refused the address.
    #[error("cannot listen on {address}: is it in use, or not of this machine?")]
    Bind {
        /// The address asked for.
        address: SocketAddr,
        /// What the operating system says.
        source: std::io::Error,
    },
    /// A certificate, key or root that cannot be used.
    #[error("certificate or key not usable: {0}")]
    Certificate(String),
}
