//! Sending: one connection, one message at a time.

use crate::{Frames, MllpError, wrap};
use bytes::Bytes;
use net::{Dialer, Duplex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// A connection to a peer, on which messages are sent one after the other.
pub struct Client {
    stream: Box<dyn Duplex>,
    frames: Frames,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Client")
    }
}

impl Client {
    /// Connects to `mllp://host:port` or `mllps://host:port`.
    ///
    /// # Errors
    /// [`MllpError::Connect`] with the layer that failed.
    pub async fn connect(dialer: &Dialer, address: &str) -> Result<Client, MllpError> {
        Ok(Client { stream: dialer.dial(address).await?, frames: Frames::new() })
    }

    /// Sends a message and gives its answer. After an error the connection is of no more use: an
    /// answer that came late would be taken for the next message's.
    ///
    /// # Errors
    /// No answer within `timeout_ms` milliseconds, or none that can be read.
    pub async fn send(&mut self, message: &[u8], timeout_ms: u64) -> Result<Bytes, MllpError> {
        let exchange = self.exchange(message);
        match tokio::time::timeout(Duration::from_millis(timeout_ms), exchange).await {
            Ok(answer) => answer,
            Err(_) => Err(MllpError::Timeout { timeout_ms }),
        }
    }

    async fn exchange(&mut self, message: &[u8]) -> Result<Bytes, MllpError> {
        self.stream.write_all(&wrap(message)).await?;
        self.stream.flush().await?;
        loop {
            if let Some(answer) = self.frames.next_message()? {
                return Ok(answer);
            }
            let mut piece = [0_u8; 4 * 1024];
            match self.stream.read(&mut piece).await? {
                0 => return Err(MllpError::Closed),
                count => self.frames.push(piece.get(..count).unwrap_or_default()),
            }
        }
    }
}
