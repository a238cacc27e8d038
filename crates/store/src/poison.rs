//! After an error of the disk nothing more is written until restart.

use crate::error::StoreError;
use std::sync::{Arc, OnceLock};

/// Shared by the database's writer and the objects of one store: the first error of the disk
/// stays. A sync that failed is never tried again, because the kernel may report the second one
/// as done although the data of the first are lost.
#[derive(Debug, Clone, Default)]
pub(crate) struct Poison(Arc<OnceLock<String>>);

impl Poison {
    /// Refuses, once poisoned.
    pub(crate) fn check(&self) -> Result<(), StoreError> {
        match self.0.get() {
            None => Ok(()),
            Some(reason) => Err(StoreError::Poisoned(reason.clone())),
        }
    }

    /// Poisons the store if `error` is one of the disk's.
    pub(crate) fn note(&self, error: &StoreError) {
        if let StoreError::Disk(reason) = error {
            self.set(reason);
        }
    }

    /// Poisons the store.
    pub(crate) fn set(&self, reason: &str) {
        if self.0.set(reason.to_owned()).is_ok() {
            tracing::error!(reason, "disk error: writing stops until restart");
        }
    }
}
