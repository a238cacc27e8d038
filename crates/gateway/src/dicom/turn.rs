//! One turn at a DICOM server: who may do it, by what right its writes are written, how it ends.

use crate::budget::Throttle;
use crate::dicom::server::{Fault, Server};
use crate::dicom::source::peer_of;
use crate::error::GatewayError;
use crate::gateway::{Gateway, Images};
use crate::session::{check_paused, check_still_allowed};
use crate::source::Source;
use crate::stop::Stop;
use model::{Timestamp, limits};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use store::intake::PullCounts;
use store::job::{self, Job};
use store::lease::{self, Lease};
use store::{StoreError, Tx};

/// By what right a turn writes: whoever was replaced cannot.
#[derive(Debug, Clone)]
pub(crate) enum Fence {
    /// It leases the source.
    Lease(Lease),
    /// It has the job of one study.
    Job(Job),
}

impl Fence {
    /// Refuses whoever was replaced, in the transaction that writes.
    pub fn guard(&self, tx: &mut Tx) -> Result<(), StoreError> {
        match self {
            Fence::Lease(lease) => lease::guard(tx, lease),
            Fence::Job(job) => job::guard(tx, job),
        }
    }

    fn renew(&self, tx: &mut Tx, until: Timestamp) -> Result<(), StoreError> {
        match self {
            Fence::Lease(lease) => lease::renew(tx, lease, until),
            Fence::Job(job) => job::renew(tx, job, until),
        }
    }
}

/// A turn at a DICOM server.
pub(crate) struct Turn {
    pub gateway: Gateway,
    pub source: Arc<Source>,
    pub images: Images,
    pub server: Server,
    pub fence: Fence,
    pub stop: Stop,
    /// Whether images are fetched; else studies are listed alone.
    pub fetches: bool,
    pub throttle: Throttle,
    pub counts: Mutex<PullCounts>,
}

impl Turn {
    /// A turn of whoever has `fence`.
    ///
    /// # Errors
    /// The source has no peer, or nobody wired the parts that images need.
    pub async fn new(
        gateway: &Gateway,
        source: Arc<Source>,
        fence: Fence,
        stop: &Stop,
    ) -> Result<Turn, GatewayError> {
        let images = gateway.images().ok_or_else(|| GatewayError::NoImages(source.name.clone()))?;
        let wanted = Arc::clone(&source);
        let peer = gateway.store().read(move |tx| peer_of(tx, &wanted)).await?;
        let mut server = Server::new(&peer, &images.ae_title, images.dialer.clone());
        server.retrieval = source.settings.images.retrieval;
        server.answers_max = u64::from(source.settings.images.answers_max);
        Ok(Turn {
            gateway: gateway.clone(),
            throttle: Throttle::new(source.settings.files_per_second_max),
            source,
            images,
            server,
            fence,
            stop: stop.clone(),
            fetches: true,
            counts: Mutex::new(PullCounts::default()),
        })
    }

    /// The present instant.
    pub fn now(&self) -> Timestamp {
        self.gateway.now()
    }

    /// Writes, if the turn was not given to another meanwhile.
    pub async fn write<T: Send + 'static>(
        &self,
        case: impl Fn(&mut Tx) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, GatewayError> {
        let fence = self.fence.clone();
        let written = self.gateway.store().write(move |tx| {
            fence.guard(tx)?;
            case(tx)
        });
        self.fenced(written.await)
    }

    /// Keeps lease or job while `work` goes on; whoever lost it stops at once.
    pub async fn keeping<T>(
        &self,
        work: impl Future<Output = Result<T, GatewayError>>,
    ) -> Result<T, GatewayError> {
        let renewing = async {
            loop {
                tokio::time::sleep(Duration::from_millis(limits::LEASE_MS / 3)).await;
                let fence = self.fence.clone();
                let until = self.now().plus_us(limits::LEASE_MS as i64 * 1_000);
                let renewed = self.gateway.store().write(move |tx| fence.renew(tx, until)).await;
                if let Err(error) = self.fenced(renewed) {
                    return error;
                }
            }
        };
        tokio::select! {
            worked = work => worked,
            error = renewing => Err(error),
        }
    }

    /// Whether the turn may go on: asked to stop, paused, or (of a pull) outside of its hours.
    pub async fn check(&self) -> Result<(), GatewayError> {
        if self.stop.is_asked() {
            return Err(GatewayError::Stopped);
        }
        self.gateway.check_disk()?;
        match &self.fence {
            // Listing alone is for any hour.
            Fence::Lease(_) if !self.fetches => {
                check_paused(&self.gateway.source(&self.source.name).await?)
            }
            Fence::Lease(_) => check_still_allowed(&self.gateway, &self.source).await,
            Fence::Job(_) => Ok(()),
        }
    }

    /// Adds to the counts.
    pub fn count(&self, add: impl FnOnce(&mut PullCounts)) {
        add(&mut self.counts.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// The counts so far.
    pub fn counted(&self) -> PullCounts {
        *self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The source is down, as a fault says.
    pub fn down(&self, fault: Fault) -> GatewayError {
        let (Fault::Broken(reason) | Fault::Refused(reason)) = fault;
        GatewayError::Down { source_name: self.source.name.clone(), reason }
    }

    fn fenced<T>(&self, result: Result<T, StoreError>) -> Result<T, GatewayError> {
        result.map_err(|error| match error {
            StoreError::Fenced { .. } => GatewayError::LeaseLost(self.source.name.clone()),
            other => GatewayError::Store(other),
        })
    }
}
