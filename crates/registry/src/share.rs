//! A peer's share of the threads that make answers: one that reads slowly, or asks for much at
//! once, waits for itself and keeps nobody else waiting.

use model::limits::{QUERY_PEER_ANSWERS, QUERY_READER_MS};
use ports::Caller;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use store::StoreError;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The answers that are being made, by peer.
#[derive(Debug)]
pub(crate) struct Shares {
    of: Mutex<HashMap<String, Arc<Semaphore>>>,
    wait: Duration,
}

/// Held for as long as an answer holds a thread.
#[derive(Debug)]
pub(crate) struct Share {
    _permit: Option<OwnedSemaphorePermit>,
}

impl Default for Shares {
    fn default() -> Shares {
        Shares { of: Mutex::default(), wait: Duration::from_millis(QUERY_READER_MS) }
    }
}

impl Shares {
    /// Waits until a peer may have one more answer made. Whoever is trusted on this machine does
    /// not wait.
    ///
    /// # Errors
    /// Its own answers took too long.
    pub(crate) async fn take(&self, caller: &Caller) -> Result<Share, StoreError> {
        let Caller::Peer(peer) = caller else { return Ok(Share { _permit: None }) };
        let waiting = self.of(&peer.name).acquire_owned();
        match tokio::time::timeout(self.wait, waiting).await {
            Ok(Ok(permit)) => Ok(Share { _permit: Some(permit) }),
            _ => Err(StoreError::Busy("a peer's own answers hold its share".to_owned())),
        }
    }

    /// The share of a peer; those that nobody holds or waits for are forgotten.
    fn of(&self, name: &str) -> Arc<Semaphore> {
        let mut shares = self.of.lock().unwrap_or_else(PoisonError::into_inner);
        shares.retain(|_, share| Arc::strong_count(share) > 1);
        let all = usize::try_from(QUERY_PEER_ANSWERS).unwrap_or(1);
        shares.entry(name.to_owned()).or_insert_with(|| Arc::new(Semaphore::new(all))).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt as _;
    use ports::PeerCaller;

    fn peer(name: &str) -> Caller {
        Caller::Peer(PeerCaller { name: name.to_owned(), ..PeerCaller::default() })
    }

    #[tokio::test]
    async fn a_peer_waits_for_itself_and_for_nobody_else() {
        let shares = Shares::default();
        let (west, east) = (peer("west"), peer("east"));
        let mut held = Vec::new();
        for _ in 0..QUERY_PEER_ANSWERS {
            held.push(shares.take(&west).now_or_never().unwrap().unwrap());
        }
        assert!(shares.take(&west).now_or_never().is_none(), "beyond its share");
        assert!(shares.take(&east).now_or_never().is_some());
        assert!(shares.take(&Caller::Trusted).now_or_never().is_some());
        held.pop();
        held.push(shares.take(&west).now_or_never().unwrap().unwrap());
        assert!(shares.take(&west).now_or_never().is_none());
        drop(held);
        drop(shares.take(&east).await.unwrap());
        let kept: Vec<String> = shares.of.lock().unwrap().keys().cloned().collect();
        assert_eq!(kept, ["east"], "whoever asks nothing is forgotten");
    }

    #[tokio::test]
    async fn who_waits_too_long_is_told_to_ask_again() {
        let shares = Shares { wait: Duration::ZERO, ..Shares::default() };
        let west = peer("west");
        let mut held = Vec::new();
        for _ in 0..QUERY_PEER_ANSWERS {
            held.push(shares.take(&west).await.unwrap());
        }
        let refused = shares.take(&west).await.unwrap_err();
        assert!(refused.is_temporary(), "{refused}");
    }
}
