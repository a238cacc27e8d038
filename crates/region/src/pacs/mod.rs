//! A small DICOM server over the folder of one of the region's servers: the hospital PACS of
//! demonstrations and tests. It answers C-ECHO, C-FIND, C-GET and C-MOVE, refuses what a hospital's
//! server may refuse, and remembers what it was asked.
//!
//! It is here and not in `testkit`, because the demonstration runs it out of the shipped binary.

mod index;
mod keys;
mod service;

use crate::plan::RegionError;
use index::Index;
use net::Dialer;
use std::collections::{BTreeMap, VecDeque};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// How many requests are remembered.
const REMEMBERED: usize = 10_000;

/// What the server is called, whom it knows, and what it refuses.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PacsSettings {
    /// Its AE title; others are refused.
    pub ae_title: String,
    /// Addresses (`dicom://host:port`) of the AE titles to which C-MOVE may send.
    pub destinations: BTreeMap<String, String>,
    /// Calling AE titles that may associate; everybody if empty.
    pub callers: Vec<String>,
    /// Matches of one C-FIND beyond which it answers out of resources.
    pub max_matches: Option<usize>,
    /// Instances of one C-GET or C-MOVE beyond which it sends none.
    pub max_sub_operations: Option<usize>,
    /// Whether it offers no C-GET, as many servers do.
    pub refuses_get: bool,
}

/// Something the server was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// `C-ECHO`, `C-FIND`, `C-GET` or `C-MOVE`.
    pub operation: &'static str,
    /// AE title of who asked.
    pub calling: String,
    /// Query/Retrieve Level.
    pub level: String,
    /// Keys with a value, by their keyword, as they should be read.
    pub keys: BTreeMap<String, String>,
    /// How many entities matched.
    pub matches: usize,
}

/// The server; clones are the same server.
#[derive(Clone)]
pub struct Pacs {
    settings: Arc<PacsSettings>,
    index: Arc<Mutex<Index>>,
    asked: Arc<Mutex<VecDeque<Asked>>>,
    dialer: Dialer,
}

impl std::fmt::Debug for Pacs {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Pacs({})", self.settings.ae_title)
    }
}

impl Pacs {
    /// A server over the `.dcm` files below a folder. `dialer` leads to the destinations of
    /// C-MOVE.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn open(
        folder: &Path,
        settings: PacsSettings,
        dialer: Dialer,
    ) -> Result<Pacs, RegionError> {
        let mut index = Index::new(folder);
        index.refresh()?;
        Ok(Pacs {
            settings: Arc::new(settings),
            index: Arc::new(Mutex::new(index)),
            asked: Arc::default(),
            dialer,
        })
    }

    /// How many instances it has.
    pub fn instance_count(&self) -> usize {
        self.index.lock().unwrap_or_else(PoisonError::into_inner).entries().len()
    }

    /// What it was asked, the oldest first; of many requests the last 10,000.
    pub fn asked(&self) -> Vec<Asked> {
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.iter().cloned().collect()
    }

    /// Looks for files that came, changed or went. It does so by itself when somebody associates.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn refresh(&self) -> Result<(), RegionError> {
        self.index.lock().unwrap_or_else(PoisonError::into_inner).refresh()
    }

    fn remember(&self, asked: Asked) {
        let mut list = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        if list.len() >= REMEMBERED {
            list.pop_front();
        }
        list.push_back(asked);
    }
}
