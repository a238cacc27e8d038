//! The archive as others use it.

use crate::committer::Committer;
use crate::error::ImagingError;
use crate::receive::Intake;
use crate::settle;
use futures::future::BoxFuture;
use model::Clock;
use ports::{InstanceBytes, InstanceError, InstanceOrigin, InstanceReceipt, InstanceSink};
use std::sync::Arc;
use store::{Store, study};

/// Takes instances into the store of this process. Cloning is cheap.
#[derive(Clone)]
pub struct Archive {
    store: Store,
    clock: Arc<dyn Clock>,
    committer: Committer,
}

impl std::fmt::Debug for Archive {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Archive").finish_non_exhaustive()
    }
}

impl Archive {
    /// An archive in a store. Must be called within a runtime, on which rows are committed.
    pub fn new(store: Store, clock: Arc<dyn Clock>) -> Archive {
        let committer = Committer::start(store.clone(), clock.clone());
        Archive { store, clock, committer }
    }

    /// Its store.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Its clock.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    async fn done(&self, source: &str, study_instance_uid: &str) -> Result<(), ImagingError> {
        let (source, uid) = (source.to_owned(), study_instance_uid.to_owned());
        let now = self.clock.now();
        let told = self.store.write(move |tx| -> Result<(), ImagingError> {
            let Some(source) = store::source::source_by_name(tx, &source)? else {
                return Err(InstanceError::NoSuchSource(source.clone()).into());
            };
            for known in study::studies_by_uid(tx, &uid)? {
                if known.source_id == source.id {
                    settle::enqueue_done(tx, known.id, now)?;
                }
            }
            Ok(())
        });
        told.await
    }
}

impl InstanceSink for Archive {
    fn receive<'a>(
        &'a self,
        origin: &'a InstanceOrigin,
        bytes: InstanceBytes<'a>,
    ) -> BoxFuture<'a, Result<InstanceReceipt, InstanceError>> {
        Box::pin(async move {
            let intake =
                Intake { store: &self.store, clock: &self.clock, committer: &self.committer };
            intake.receive(origin, bytes).await.map_err(ImagingError::of_instance)
        })
    }

    fn study_is_done<'a>(
        &'a self,
        source: &'a str,
        study_instance_uid: &'a str,
    ) -> BoxFuture<'a, Result<(), InstanceError>> {
        Box::pin(async move {
            self.done(source, study_instance_uid).await.map_err(ImagingError::of_instance)
        })
    }
}
