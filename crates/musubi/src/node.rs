//! One node: its configuration, its store, and the parameters that everything takes.

use crate::central_sink::CentralSink;
use crate::clock::{SystemClock, SystemIds};
use crate::config::Config;
use crate::{dicom, xds};
use anyhow::Context;
use gateway::{Codes, Gateway, Images, Parts};
use imaging::Archive;
use model::{Clock, IdSource, Timestamp};
use ports::DocumentSink;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use store::{Database, Store, StoreConfig};

/// An opened node.
#[derive(Clone)]
pub struct Node {
    /// The configuration.
    pub config: Arc<Config>,
    /// The database and the objects.
    pub store: Store,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness and identifiers.
    pub ids: Arc<dyn IdSource>,
    archive: Arc<OnceLock<Archive>>,
}

impl Node {
    /// Reads the configuration and opens the state that it names.
    pub fn open(config_path: &Path) -> anyhow::Result<Node> {
        let config = Config::read(config_path)?;
        let store_config = store_config(&config)?;
        if let Database::Sqlite(path) = &store_config.database {
            anyhow::ensure!(
                path.exists(),
                "no state at {}: `musubi init` makes it, `musubi restore` brings a backup back",
                path.display()
            );
        }
        Node::with(config, &store_config)
    }

    /// Opens a state that may not exist yet: `init` and `restore`.
    pub fn create(config: Config) -> anyhow::Result<Node> {
        let store_config = store_config(&config)?;
        Node::with(config, &store_config)
    }

    fn with(config: Config, store_config: &StoreConfig) -> anyhow::Result<Node> {
        let store = Store::open(store_config).context("the state cannot be opened")?;
        identity::refresh_search_keys(&store).context("search keys could not be made anew")?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        identity::refresh_evidence(&store, clock.now())
            .context("the evidence of record linkage could not be made anew")?;
        Ok(Node {
            config: Arc::new(config),
            store,
            clock,
            ids: Arc::new(SystemIds),
            archive: Arc::default(),
        })
    }

    /// The gateway role, giving documents to the centre and demographics to this node's persons.
    pub fn gateway(&self) -> anyhow::Result<Gateway> {
        Ok(Gateway::new(self.parts()?))
    }

    /// [`gateway`](Node::gateway), which pulls images too. Must be called within a runtime.
    pub fn pulling_gateway(&self) -> anyhow::Result<Gateway> {
        let images = Images {
            sink: Arc::new(self.archive()),
            dialer: dicom::dialer(self)?,
            ae_title: self.config.dicom.ae_title.clone(),
        };
        Ok(Gateway::new(Parts { images: Some(images), ..self.parts()? }))
    }

    /// The archive of images. Must be called within a runtime, on which it commits its rows.
    pub fn archive(&self) -> Archive {
        let new = || Archive::new(self.store.clone(), self.clock.clone());
        self.archive.get_or_init(new).clone()
    }

    fn parts(&self) -> anyhow::Result<Parts> {
        let codes = match self.config.region.codes_directory.as_os_str().is_empty() {
            true => Codes::built_in()?,
            false => {
                Codes::from_directory(&self.config.resolve(&self.config.region.codes_directory))?
            }
        };
        let mut disk_directories = vec![self.config.resolve(&self.config.storage.objects)];
        if let Database::Sqlite(path) = &self.store.config().database {
            disk_directories.extend(path.parent().map(Path::to_owned));
        }
        Ok(Parts {
            store: self.store.clone(),
            sink: self.sink()?,
            feed: Arc::new(
                identity::Feed::new(self.store.clone(), self.clock.clone())
                    .enrolling(self.ids.clone()),
            ),
            clock: self.clock.clone(),
            ids: self.ids.clone(),
            codes: Arc::new(codes),
            repository_oid: self.config.repository_oid(),
            images: None,
            disk_directories,
            disk_free_bytes_min: Parts::DISK_FREE_BYTES_MIN,
        })
    }

    /// Where the gateway's documents go: this node's own centre, or one in another process.
    fn sink(&self) -> anyhow::Result<Arc<dyn DocumentSink>> {
        Ok(match self.config.centre.url.as_str() {
            "" => Arc::new(CentralSink::new(self.store.clone(), self.clock.clone())),
            url => Arc::new(xds::wire_sink(self, url)?),
        })
    }

    /// The present instant.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

/// Who works at the command line, for events and audit: the account of the operating system.
pub fn actor() -> String {
    let user = std::env::var("SUDO_USER").or_else(|_| std::env::var("USER"));
    format!("cli:{}", user.unwrap_or_else(|_| "unknown".to_owned()))
}

/// What the configuration says of the store.
pub fn store_config(config: &Config) -> anyhow::Result<StoreConfig> {
    let database = match config.storage.database.split_once(':') {
        Some(("sqlite", path)) => {
            let path = config.resolve(Path::new(path));
            if let Some(parent) = path.parent() {
                std::fs::create_dir_all(parent)
                    .with_context(|| format!("cannot make {}", parent.display()))?;
            }
            Database::Sqlite(path)
        }
        Some(("postgres" | "postgresql", _)) => Database::Postgres(config.storage.database.clone()),
        _ => anyhow::bail!(
            "storage.database: expected sqlite:PATH or postgres://…, found `{}`",
            config.storage.database
        ),
    };
    Ok(StoreConfig::new(database, config.resolve(&config.storage.objects)))
}
