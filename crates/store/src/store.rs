//! The store: opening it and giving it use cases.

use crate::dialect::Engine;
use crate::error::StoreError;
use crate::object::Objects;
use crate::poison::Poison;
use crate::postgres_threads::{self, Worker};
use crate::queue::{Queue, Rank, block_on};
use crate::sqlite_threads::{Reader, Writer};
use crate::tx::Tx;
use crate::{migrate, postgres};
use model::limits;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;

/// Where the state lives and how many threads serve it.
#[derive(Debug, Clone)]
pub struct StoreConfig {
    /// The database.
    pub database: Database,
    /// Directory of the objects (documents larger than fits the database).
    pub objects: PathBuf,
    /// Threads that read, each with a connection of its own.
    pub readers: usize,
    /// Threads that read what leaves while it is read, each with a connection of its own: a slow
    /// receiver holds one of these, never one that a page waits for.
    pub streams: usize,
    /// Threads that write, each with a connection of its own. SQLite always has one.
    pub writers: usize,
}

/// Which database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Database {
    /// A SQLite file; made if it is not there.
    Sqlite(PathBuf),
    /// A PostgreSQL connection string (`host=/run/postgresql dbname=musubi` or a URL). The
    /// database exists and is empty or Musubi's.
    Postgres(String),
}

impl StoreConfig {
    /// A configuration with the default number of threads.
    pub fn new(database: Database, objects: PathBuf) -> StoreConfig {
        StoreConfig { database, objects, readers: 4, streams: 4, writers: 4 }
    }
}

/// The state of a centre or gateway. Cloning it is cheap; all clones are one store.
///
/// A use case is one function over [`Tx`], from start to commit. It must be repeatable: it may
/// run more than once (PostgreSQL repeats it after a serialization failure), so it changes
/// nothing but the database and gives its result as its value. It sees a state as if it were
/// alone on the database. Its answer comes after the commit is on stable storage.
#[derive(Clone)]
pub struct Store {
    shared: Arc<Shared>,
}

struct Shared {
    engine: Engine,
    writes: Option<Queue>,
    reads: Option<Queue>,
    streams: Option<Queue>,
    threads: Vec<JoinHandle<()>>,
    config: StoreConfig,
    objects: Objects,
    poison: Poison,
}

impl Store {
    /// Opens the store, brings its schema up to date and starts its threads. Blocks.
    pub fn open(config: &StoreConfig) -> Result<Store, StoreError> {
        let poison = Poison::default();
        let objects = Objects::open(&config.objects, poison.clone())?;
        let (writes, write_end) = Queue::new(limits::WRITER_QUEUE);
        let (reads, read_end) = Queue::new(limits::WRITER_QUEUE);
        let (streams, stream_end) = Queue::new(limits::WRITER_QUEUE);
        let reading = std::iter::repeat_n(&read_end, config.readers.max(1))
            .chain(std::iter::repeat_n(&stream_end, config.streams.max(1)));
        let (engine, threads) = match &config.database {
            Database::Sqlite(path) => {
                let mut writer = Writer::open(path, poison.clone())?;
                migrate::migrate(writer.tx())?;
                let mover = writer.mover(path)?;
                let mut threads = vec![spawn("store-writer", move || writer.serve(&write_end))?];
                threads.push(spawn("store-mover", move || mover.serve())?);
                for end in reading {
                    let (reader, served) = (Reader::open(path)?, end.clone());
                    threads.push(spawn("store-reader", move || reader.serve(&served))?);
                }
                (Engine::Sqlite, threads)
            }
            Database::Postgres(connection) => {
                let postgres = postgres::parse(connection)?;
                postgres_threads::migrate(&postgres)?;
                let mut threads = Vec::new();
                for _ in 0..config.writers.max(1) {
                    let worker = Worker::writer(postgres.clone(), poison.clone());
                    let served = write_end.clone();
                    threads.push(spawn("store-writer", move || worker.serve(&served))?);
                }
                for end in reading {
                    let (worker, served) = (Worker::reader(postgres.clone()), end.clone());
                    threads.push(spawn("store-reader", move || worker.serve(&served))?);
                }
                (Engine::Postgres, threads)
            }
        };
        let shared = Shared {
            engine,
            writes: Some(writes),
            reads: Some(reads),
            streams: Some(streams),
            threads,
            config: config.clone(),
            objects,
            poison,
        };
        Ok(Store { shared: Arc::new(shared) })
    }

    /// Runs a use case that may write, and answers after its commit is durable.
    ///
    /// If the returned future is dropped, the use case may still run or may not.
    pub async fn write<T, E, F>(&self, f: F) -> Result<T, E>
    where
        F: FnMut(&mut Tx) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        match &self.shared.writes {
            Some(queue) => queue.run(Rank::Interactive, f).await,
            None => Err(E::from(StoreError::Closed)),
        }
    }

    /// [`write`](Store::write) for large amounts of work that nobody waits for in front of a
    /// screen: what waits for `write` goes first.
    pub async fn write_bulk<T, E, F>(&self, f: F) -> Result<T, E>
    where
        F: FnMut(&mut Tx) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        match &self.shared.writes {
            Some(queue) => queue.run(Rank::Bulk, f).await,
            None => Err(E::from(StoreError::Closed)),
        }
    }

    /// Runs a use case that only reads, on one snapshot.
    pub async fn read<T, E, F>(&self, f: F) -> Result<T, E>
    where
        F: FnMut(&mut Tx) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        match &self.shared.reads {
            Some(queue) => queue.run(Rank::Interactive, f).await,
            None => Err(E::from(StoreError::Closed)),
        }
    }

    /// [`read`](Store::read) for use cases that wait for whoever takes what they read, on threads
    /// of their own: they may all stand still, and [`read`](Store::read) goes on.
    pub async fn read_streamed<T, E, F>(&self, f: F) -> Result<T, E>
    where
        F: FnMut(&mut Tx) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        match &self.shared.streams {
            Some(queue) => queue.run(Rank::Interactive, f).await,
            None => Err(E::from(StoreError::Closed)),
        }
    }

    /// [`write`](Store::write) for callers without a runtime. Blocks the thread; never call it
    /// inside a use case.
    pub fn write_blocking<T, E, F>(&self, f: F) -> Result<T, E>
    where
        F: FnMut(&mut Tx) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        block_on(self.write(f))
    }

    /// [`read`](Store::read) for callers without a runtime. Blocks the thread; never call it
    /// inside a use case.
    pub fn read_blocking<T, E, F>(&self, f: F) -> Result<T, E>
    where
        F: FnMut(&mut Tx) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        block_on(self.read(f))
    }

    /// The bytes kept outside the database.
    pub fn objects(&self) -> &Objects {
        &self.shared.objects
    }

    /// The engine in use.
    pub fn engine(&self) -> Engine {
        self.shared.engine
    }

    /// What the store was opened with.
    pub fn config(&self) -> &StoreConfig {
        &self.shared.config
    }

    /// Refuses with [`StoreError::Poisoned`] once an error of the disk has stopped writing.
    pub fn check_writable(&self) -> Result<(), StoreError> {
        self.shared.poison.check()
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.writes = None;
        self.reads = None;
        self.streams = None;
        let this = std::thread::current().id();
        for thread in self.threads.drain(..) {
            if thread.thread().id() != this && thread.join().is_err() {
                tracing::error!("a thread of the store had panicked");
            }
        }
    }
}

fn spawn(name: &str, body: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, StoreError> {
    std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(body)
        .map_err(|error| StoreError::Open(format!("cannot start a thread: {error}")))
}
