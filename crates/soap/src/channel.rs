//! An answer made while it is sent: the producer fills a short queue and waits for the network.

use crate::mtom::BodyStream;
use bytes::Bytes;
use futures::StreamExt;
use model::limits::SOAP_ANSWER_QUEUE;
use std::io;
use thiserror::Error;
use tokio::sync::mpsc;

/// Nobody reads the answer any more: stop making it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the client went away")]
pub struct Gone;

/// The producer's end. An answer whose sender is dropped before [`BodySender::finish`] breaks
/// off with an error, so that half an answer never looks whole.
#[derive(Debug)]
pub struct BodySender {
    queue: mpsc::Sender<Option<Bytes>>,
}

/// A queue of [`SOAP_ANSWER_QUEUE`] pieces: what is sent into it becomes the stream.
pub fn channel() -> (BodySender, BodyStream) {
    let places = usize::try_from(SOAP_ANSWER_QUEUE).unwrap_or(1);
    let (sender, receiver) = mpsc::channel(places);
    let stream = futures::stream::unfold(Some(receiver), |receiver| async move {
        let mut receiver: mpsc::Receiver<Option<Bytes>> = receiver?;
        match receiver.recv().await {
            Some(Some(bytes)) => Some((Ok(bytes), Some(receiver))),
            Some(None) => None,
            None => {
                let broken = io::Error::new(io::ErrorKind::UnexpectedEof, "the answer broke off");
                Some((Err(broken), None))
            }
        }
    });
    // Whoever compresses a body asks once more after its end.
    (BodySender { queue: sender }, stream.fuse().boxed())
}

impl BodySender {
    /// Adds a piece, waiting for a place.
    ///
    /// # Errors
    /// [`Gone`] when the client is.
    pub async fn send(&self, bytes: impl Into<Bytes>) -> Result<(), Gone> {
        self.queue.send(Some(bytes.into())).await.map_err(|_| Gone)
    }

    /// [`BodySender::send`] for a thread that may block, such as the one of a query.
    ///
    /// # Errors
    /// [`Gone`] when the client is.
    pub fn send_blocking(&self, bytes: impl Into<Bytes>) -> Result<(), Gone> {
        self.queue.blocking_send(Some(bytes.into())).map_err(|_| Gone)
    }

    /// Says that the answer is whole.
    ///
    /// # Errors
    /// [`Gone`] when the client is.
    pub async fn finish(self) -> Result<(), Gone> {
        self.queue.send(None).await.map_err(|_| Gone)
    }

    /// [`BodySender::finish`] for a thread that may block.
    ///
    /// # Errors
    /// [`Gone`] when the client is.
    pub fn finish_blocking(self) -> Result<(), Gone> {
        self.queue.blocking_send(None).map_err(|_| Gone)
    }
}
