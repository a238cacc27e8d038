//! Empty, migrated stores.

use crate::cluster::cluster;
use std::ops::Deref;
use store::{Database, Store, StoreConfig};
use tempfile::TempDir;

/// An empty, migrated store with a directory of its own; both vanish with it.
pub struct TestStore {
    store: Store,
    directory: TempDir,
}

impl TestStore {
    /// A store on SQLite.
    pub fn sqlite() -> TestStore {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let database = Database::Sqlite(directory.path().join("musubi.db"));
        TestStore::open(database, directory)
    }

    /// A store on SQLite that no disk holds back, for tests that commit very often: its directory
    /// is in memory where the machine has such a place, so that syncing costs nothing.
    pub fn sqlite_unsynced() -> TestStore {
        let memory = std::path::Path::new("/dev/shm");
        let directory = match memory.is_dir() {
            true => tempfile::tempdir_in(memory),
            false => tempfile::tempdir(),
        };
        let directory = directory.expect("a temporary directory");
        let database = Database::Sqlite(directory.path().join("musubi.db"));
        TestStore::open(database, directory)
    }

    /// A store on PostgreSQL: a database of its own in the temporary cluster of this process.
    ///
    /// # Panics
    /// Where PostgreSQL is not installed; the message says how to install it.
    pub fn postgres() -> TestStore {
        let directory = tempfile::tempdir().expect("a temporary directory");
        TestStore::open(Database::Postgres(cluster().fresh_database()), directory)
    }

    /// The connection string of a PostgreSQL database without any table.
    pub fn empty_postgres() -> String {
        cluster().empty_database()
    }

    /// The store. Clones share its threads.
    pub fn store(&self) -> Store {
        self.store.clone()
    }

    /// Its directory: the SQLite database `musubi.db` and `objects/`.
    pub fn directory(&self) -> &std::path::Path {
        self.directory.path()
    }

    fn open(database: Database, directory: TempDir) -> TestStore {
        let config = StoreConfig {
            readers: 2,
            writers: 4,
            ..StoreConfig::new(database, directory.path().join("objects"))
        };
        let store = Store::open(&config).expect("the test store opens");
        TestStore { store, directory }
    }
}

impl Deref for TestStore {
    type Target = Store;

    fn deref(&self) -> &Store {
        &self.store
    }
}

/// Runs a test on an empty store of each engine; a failing test's output names the engine.
#[allow(clippy::print_stderr)]
pub fn for_each_engine(test: impl Fn(&TestStore)) {
    for make in [TestStore::sqlite, TestStore::postgres] {
        let store = make();
        eprintln!("on {:?}", store.engine());
        test(&store);
    }
}
