//! A listener on which DICOM is spoken.

use crate::associate::Rejection;
use crate::inbound::Inbound;
use crate::link::{Link, Times};
use crate::service::Service;
use crate::{DimseError, acceptor, provider};
use futures::FutureExt;
use model::limits::{
    DICOM_ASSOCIATIONS, DICOM_CONNECTIONS, DICOM_PEER_ASSOCIATIONS, DICOM_RETRIEVALS,
};
use net::{Connection, Limits, Listener};
use std::collections::HashMap;
use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{Semaphore, watch};

/// A server of DICOM.
pub struct Server<S> {
    service: Arc<S>,
    times: Times,
    associations: Associations,
    retrievals: Arc<Semaphore>,
}

impl<S> std::fmt::Debug for Server<S> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Server({:?})", self.times)
    }
}

impl<S> Clone for Server<S> {
    fn clone(&self) -> Server<S> {
        Server {
            service: self.service.clone(),
            times: self.times,
            associations: self.associations.clone(),
            retrievals: self.retrievals.clone(),
        }
    }
}

impl<S: Service> Server<S> {
    /// A server with the limits of the table.
    pub fn new(service: S) -> Server<S> {
        let whole = |limit: u64| usize::try_from(limit).unwrap_or(Semaphore::MAX_PERMITS);
        Server {
            service: Arc::new(service),
            times: Times::default(),
            associations: Associations::new(
                whole(DICOM_ASSOCIATIONS),
                whole(DICOM_PEER_ASSOCIATIONS),
            ),
            retrievals: Arc::new(Semaphore::new(whole(DICOM_RETRIEVALS))),
        }
    }

    /// Other times.
    #[must_use]
    pub fn with_times(mut self, times: Times) -> Server<S> {
        self.times = times;
        self
    }

    /// Other numbers of associations: in whole, and of one peer.
    #[must_use]
    pub fn with_associations(mut self, in_whole: usize, of_one_peer: usize) -> Server<S> {
        self.associations = Associations::new(in_whole, of_one_peer);
        self
    }

    /// The limits of a listener for [`Server::serve`].
    pub fn listener_limits() -> Limits {
        let connections = usize::try_from(DICOM_CONNECTIONS).unwrap_or(usize::MAX);
        Limits { connections, ..Limits::default() }
    }

    /// Serves until `shutdown` is ready; what is being answered is answered.
    pub async fn serve(self, listener: Listener, shutdown: impl Future<Output = ()>) {
        let handle = move |connection: Connection| {
            let server = self.clone();
            async move { server.connection(connection).await }
        };
        listener.serve_connections(handle, shutdown).await;
    }

    async fn connection(self, connection: Connection) {
        let Connection { stream, peer, certificates, mut closing } = connection;
        let address = peer.0;
        let mut link = Link::new(stream, Inbound::acceptor(), self.times);
        let requested = tokio::select! {
            biased;
            _ = is_closing(&mut closing) => return,
            requested = acceptor::requested(&mut link) => requested,
        };
        let request = match requested {
            Ok(request) => request,
            // Scanners and balancers connect and say nothing, all day long.
            Err(error) => return tracing::debug!(%address, %error, "no association"),
        };
        let Some(_place) = self.associations.place(address.ip()) else {
            tracing::info!(%address, calling = request.calling, "too many associations");
            let _ = acceptor::refuse(&mut link, Rejection::LIMIT_EXCEEDED).await;
            return;
        };
        // What a connection holds before it is an association stays small: this part is not in it.
        let whole = Box::pin(async {
            let service = self.service.as_ref();
            let made = acceptor::answered(&mut link, service, request, address, certificates);
            match made.await? {
                Some(association) => {
                    provider::serve(link, service, &association, &self.retrievals, closing).await
                }
                None => Ok(()),
            }
        });
        match AssertUnwindSafe(whole).catch_unwind().await {
            Ok(Ok(())) => {}
            Ok(Err(error @ DimseError::Violation(_))) => {
                let why = std::error::Error::source(&error).map(ToString::to_string);
                tracing::warn!(%address, why, "association aborted: {error}");
            }
            Ok(Err(error)) => tracing::info!(%address, %error, "association ended early"),
            Err(_) => tracing::error!(%address, "a service panicked; its association is closed"),
        }
    }
}

/// Ready once the server stops.
pub(crate) async fn is_closing(closing: &mut watch::Receiver<bool>) {
    let _ = closing.wait_for(|closing| *closing).await;
}

/// How many associations there are, in whole and of each peer.
#[derive(Clone)]
struct Associations {
    counts: Arc<Mutex<Counts>>,
    in_whole: usize,
    of_one_peer: usize,
}

#[derive(Default)]
struct Counts {
    all: usize,
    by_peer: HashMap<IpAddr, usize>,
}

/// One association among them; dropped at its end.
struct Place {
    associations: Associations,
    peer: IpAddr,
}

impl Associations {
    fn new(in_whole: usize, of_one_peer: usize) -> Associations {
        Associations { counts: Arc::default(), in_whole, of_one_peer }
    }

    fn place(&self, peer: IpAddr) -> Option<Place> {
        let peer = peer.to_canonical();
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let of_peer = counts.by_peer.get(&peer).copied().unwrap_or_default();
        if counts.all >= self.in_whole || of_peer >= self.of_one_peer {
            return None;
        }
        counts.all += 1;
        counts.by_peer.insert(peer, of_peer + 1);
        Some(Place { associations: self.clone(), peer })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = self.associations.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.all = counts.all.saturating_sub(1);
        match counts.by_peer.get_mut(&self.peer) {
            Some(count) if *count > 1 => *count -= 1,
            _ => drop(counts.by_peer.remove(&self.peer)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_peer_has_its_own_number_of_associations_and_all_have_one_together() {
        let associations = Associations::new(5, 3);
        let peer = |last: u8| IpAddr::from([192, 0, 2, last]);
        let mut held: Vec<_> = (0..3).filter_map(|_| associations.place(peer(1))).collect();
        assert_eq!(held.len(), 3);
        assert!(associations.place(peer(1)).is_none(), "a fourth of one peer");
        held.extend((2..=3).filter_map(|last| associations.place(peer(last))));
        assert_eq!(held.len(), 5);
        assert!(associations.place(peer(4)).is_none(), "a sixth in whole");
        held.clear();
        assert!(associations.place(peer(1)).is_some());
        assert!(associations.counts.lock().unwrap().by_peer.is_empty(), "nothing is kept of them");
    }
}
