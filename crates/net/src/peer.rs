//! What is known of the other end of a connection.

use std::net::SocketAddr;

/// The address from which a request came; an extension of every request.
///
/// It is the address of the connection. Headers such as `X-Forwarded-For` are never believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PeerAddress(pub SocketAddr);
