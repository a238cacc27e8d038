//! A listener whose messages a handler answers.

use crate::{FrameError, Frames, wrap};
use bytes::Bytes;
use futures::FutureExt;
use model::limits::{
    MLLP_ACKNOWLEDGEMENT_MS, MLLP_BUFFERED_BYTES, MLLP_FRAME_BYTES, MLLP_FRAME_MS, MLLP_IDLE_MS,
};
use net::{Connection, Duplex, Listener, PeerCertificates};
use std::future::Future;
use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

/// Bytes read at once. An idle connection holds none.
const READ_BYTES: usize = 8 * 1024;

/// Who sends: what the connection knows.
#[derive(Debug, Clone)]
pub struct Peer {
    /// Address of the connection.
    pub address: SocketAddr,
    /// What it showed in the TLS handshake.
    pub certificates: Option<PeerCertificates>,
}

/// Answers messages.
pub trait Handler: Send + Sync + 'static {
    /// The answer to one message, without frames; `None` closes the connection without one.
    fn answer(&self, message: Bytes, peer: &Peer) -> impl Future<Output = Option<Vec<u8>>> + Send;
}

/// The limits of a server; the defaults are those of [`model::limits`].
#[derive(Debug, Clone)]
struct Times {
    idle: Duration,
    frame: Duration,
    acknowledgement: Duration,
}

/// A server of MLLP.
pub struct Server<H> {
    handler: Arc<H>,
    times: Times,
    large: Arc<Semaphore>,
}

impl<H> std::fmt::Debug for Server<H> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Server({:?})", self.times)
    }
}

impl<H> Clone for Server<H> {
    fn clone(&self) -> Server<H> {
        let (handler, large) = (self.handler.clone(), self.large.clone());
        Server { handler, times: self.times.clone(), large }
    }
}

/// Why a connection is over.
enum Ended {
    /// The peer closed, or the server stops.
    Closed,
    /// No message for too long, or one that does not end.
    Late(&'static str),
    /// No frames.
    Frame(FrameError),
    /// It broke.
    Broken(std::io::Error),
}

impl<H: Handler> Server<H> {
    /// A server with the limits of the table.
    pub fn new(handler: H) -> Server<H> {
        let times = Times {
            idle: Duration::from_millis(MLLP_IDLE_MS),
            frame: Duration::from_millis(MLLP_FRAME_MS),
            acknowledgement: Duration::from_millis(MLLP_ACKNOWLEDGEMENT_MS),
        };
        let frames = usize::try_from(MLLP_BUFFERED_BYTES / MLLP_FRAME_BYTES).unwrap_or(1);
        Server { handler: Arc::new(handler), times, large: Arc::new(Semaphore::new(frames)) }
    }

    /// Other times: between two messages, and for one message, in milliseconds.
    #[must_use]
    pub fn with_times(mut self, idle_ms: u64, frame_ms: u64) -> Server<H> {
        self.times.idle = Duration::from_millis(idle_ms);
        self.times.frame = Duration::from_millis(frame_ms);
        self
    }

    /// Serves until `shutdown` is ready; messages that are being answered are answered.
    pub async fn serve(self, listener: Listener, shutdown: impl Future<Output = ()>) {
        let handle = move |connection: Connection| {
            let server = self.clone();
            async move { server.connection(connection).await }
        };
        listener.serve_connections(handle, shutdown).await;
    }

    async fn connection(&self, connection: Connection) {
        let Connection { mut stream, peer, certificates, mut closing } = connection;
        let peer = Peer { address: peer.0, certificates };
        let mut frames = Frames::new();
        let ended = loop {
            let message = tokio::select! {
                biased;
                _ = closing.wait_for(|closing| *closing) => break Ended::Closed,
                message = self.next(stream.as_mut(), &mut frames) => message,
            };
            match message {
                Ok(message) => match self.answered(stream.as_mut(), message, &peer).await {
                    Ok(true) => frames.shrink(),
                    Ok(false) => break Ended::Closed,
                    Err(ended) => break ended,
                },
                Err(ended) => break ended,
            }
        };
        let address = peer.address;
        match ended {
            Ended::Closed => {}
            Ended::Late(what) => tracing::info!(%address, "mllp connection closed: {what}"),
            Ended::Frame(error) => tracing::warn!(%address, %error, "mllp connection closed"),
            Ended::Broken(error) => tracing::info!(%address, %error, "mllp connection broke"),
        }
        if frames.dropped() > 0 {
            let count = frames.dropped();
            tracing::warn!(%address, count, "messages were cut short by the beginning of another");
        }
        // A TLS peer learns that this was the end; one that is gone does not matter.
        let _ = tokio::time::timeout(self.times.acknowledgement, stream.shutdown()).await;
    }

    /// The next message. Cancelling it loses nothing but what was not yet read.
    async fn next(&self, stream: &mut dyn Duplex, frames: &mut Frames) -> Result<Bytes, Ended> {
        let mut place: Option<OwnedSemaphorePermit> = None;
        let mut begun = Instant::now();
        loop {
            let was_inside = frames.is_inside();
            if let Some(message) = frames.next_message().map_err(Ended::Frame)? {
                return Ok(message);
            }
            if frames.is_inside() && !was_inside {
                begun = Instant::now();
            }
            let (deadline, late) = match frames.is_inside() {
                true => (begun + self.times.frame, "a message did not end"),
                false => (begun + self.times.idle, "no message for too long"),
            };
            if frames.buffered() > READ_BYTES && place.is_none() {
                let waited = tokio::time::timeout_at(deadline, self.large.clone().acquire_owned());
                place = waited.await.map_err(|_| Ended::Late(late))?.ok();
            }
            let mut piece = [0_u8; READ_BYTES];
            let read = tokio::time::timeout_at(deadline, stream.read(&mut piece)).await;
            match read.map_err(|_| Ended::Late(late))?.map_err(Ended::Broken)? {
                0 => return Err(Ended::Closed),
                count => frames.push(piece.get(..count).unwrap_or_default()),
            }
        }
    }

    /// Answers one message; `false` where the handler wants the connection closed.
    async fn answered(
        &self,
        stream: &mut dyn Duplex,
        message: Bytes,
        peer: &Peer,
    ) -> Result<bool, Ended> {
        let called = AssertUnwindSafe(self.handler.answer(message, peer)).catch_unwind().await;
        let Ok(Some(answer)) = called else {
            if called.is_err() {
                tracing::error!("a handler of mllp panicked; its connection is closed");
            }
            return Ok(false);
        };
        let framed = wrap(&answer);
        let sent = async {
            stream.write_all(&framed).await?;
            stream.flush().await
        };
        match tokio::time::timeout(self.times.acknowledgement, sent).await {
            Ok(sent) => sent.map(|()| true).map_err(Ended::Broken),
            Err(_) => Err(Ended::Late("the acknowledgement was not taken")),
        }
    }
}
