//! Listeners and outgoing connections: the only crate with sockets.
