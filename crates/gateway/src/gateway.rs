//! The gateway role: its parts wired by the binary, and the use cases that the command line and
//! the server call.

use crate::codes::Codes;
use crate::error::GatewayError;
use crate::holder;
use crate::source::{self, Source};
use model::{Clock, IdSource, Timestamp, limits};
use net::Dialer;
use ports::{DocumentSink, IdentityFeed, InstanceSink};
use std::path::PathBuf;
use std::sync::Arc;
use store::Store;
use store::source::{self as rows, FreshnessRow, StateRow};

/// What the gateway is made of.
pub struct Parts {
    /// The gateway's own state: sources, ledger, quarantine.
    pub store: Store,
    /// Where documents go.
    pub sink: Arc<dyn DocumentSink>,
    /// Where demographics go.
    pub feed: Arc<dyn IdentityFeed>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Random identifiers, for the name under which leases are held.
    pub ids: Arc<dyn IdSource>,
    /// Code lists and mapping rules.
    pub codes: Arc<Codes>,
    /// repositoryUniqueId of the centre's repository.
    pub repository_oid: String,
    /// Where images go and how DICOM servers are reached; `None` where no image is taken in.
    pub images: Option<Images>,
    /// Directories whose file systems must have room: database and objects.
    pub disk_directories: Vec<PathBuf>,
    /// Free bytes below which intake stops; [`limits::DISK_FREE_BYTES`] unless a test says so.
    pub disk_free_bytes_min: u64,
}

/// What pulling images needs.
#[derive(Clone)]
pub struct Images {
    /// The archive.
    pub sink: Arc<dyn InstanceSink>,
    /// The way to DICOM servers.
    pub dialer: Dialer,
    /// Our AE title, where a server knows us by no other.
    pub ae_title: String,
}

/// The gateway. Cloning it is cheap; all clones are one.
#[derive(Clone)]
pub struct Gateway(Arc<Inner>);

struct Inner {
    parts: Parts,
    holder: String,
}

/// How a source does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceStatus {
    /// The source.
    pub source: Source,
    /// Up or down, since when and why; `None` before the first look at it.
    pub state: Option<StateRow>,
    /// The newest data of each category ("data as of").
    pub freshness: Vec<FreshnessRow>,
}

impl Gateway {
    /// A gateway of these parts.
    pub fn new(parts: Parts) -> Gateway {
        let holder = holder::own_name(parts.ids.as_ref());
        Gateway(Arc::new(Inner { parts, holder }))
    }

    /// The source of a name.
    ///
    /// # Errors
    /// [`GatewayError::NoSource`].
    pub async fn source(&self, name: &str) -> Result<Source, GatewayError> {
        let name = name.to_owned();
        self.store().read(move |tx| source::find_source(tx, &name)).await
    }

    /// Every source, by name.
    pub async fn sources(&self) -> Result<Vec<Source>, GatewayError> {
        self.store().read(source::all_sources).await
    }

    /// Every source with its state and freshness.
    pub async fn statuses(&self) -> Result<Vec<SourceStatus>, GatewayError> {
        self.store()
            .read(|tx| {
                let sources = source::all_sources(tx)?;
                sources
                    .into_iter()
                    .map(|source| {
                        let state = rows::state(tx, source.id)?;
                        let freshness = rows::freshness(tx, source.id)?;
                        Ok(SourceStatus { source, state, freshness })
                    })
                    .collect::<Result<Vec<_>, GatewayError>>()
            })
            .await
    }

    pub(crate) fn store(&self) -> &Store {
        &self.0.parts.store
    }

    pub(crate) fn sink(&self) -> &dyn DocumentSink {
        self.0.parts.sink.as_ref()
    }

    pub(crate) fn feed(&self) -> &dyn IdentityFeed {
        self.0.parts.feed.as_ref()
    }

    pub(crate) fn images(&self) -> Option<Images> {
        self.0.parts.images.clone()
    }

    pub(crate) fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.0.parts.clock)
    }

    pub(crate) fn codes(&self) -> Arc<Codes> {
        Arc::clone(&self.0.parts.codes)
    }

    pub(crate) fn repository_oid(&self) -> &str {
        &self.0.parts.repository_oid
    }

    pub(crate) fn holder(&self) -> &str {
        &self.0.holder
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.0.parts.clock.now()
    }

    pub(crate) fn check_disk(&self) -> Result<(), GatewayError> {
        let Parts { disk_directories, disk_free_bytes_min, .. } = &self.0.parts;
        crate::disk::check(disk_directories, *disk_free_bytes_min)
    }
}

impl Parts {
    /// The default threshold of free disk.
    pub const DISK_FREE_BYTES_MIN: u64 = limits::DISK_FREE_BYTES;
}
