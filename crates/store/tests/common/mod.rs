//! Direct connections to the databases of test stores.

pub mod sample;

use store::{Database, STATEMENT_SETS, Statement};
use testkit::TestStore;

/// The statement of a name.
pub fn named(name: &str) -> &'static Statement {
    STATEMENT_SETS.iter().flat_map(|set| set.iter()).find(|one| one.name == name).unwrap()
}

/// A connection of its own to a SQLite test store.
pub fn sqlite(store: &TestStore) -> rusqlite::Connection {
    let Database::Sqlite(path) = &store.config().database else { panic!("not on SQLite") };
    rusqlite::Connection::open(path).unwrap()
}

/// Runs SQL beside the store.
pub fn run(store: &TestStore, sql: &str) {
    match store.config().database {
        Database::Sqlite(_) => sqlite(store).execute_batch(sql).unwrap(),
        Database::Postgres(_) => {
            postgres(store, async |client| client.batch_execute(sql).await.unwrap());
        }
    }
}

/// Does something with a connection of its own to a PostgreSQL test store.
pub fn postgres<T>(store: &TestStore, work: impl AsyncFnOnce(&tokio_postgres::Client) -> T) -> T {
    let Database::Postgres(connection) = &store.config().database else {
        panic!("not on PostgreSQL")
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (client, driver) =
            tokio_postgres::connect(connection, tokio_postgres::NoTls).await.unwrap();
        let driving = tokio::spawn(driver);
        let made = work(&client).await;
        drop(client);
        driving.await.unwrap().unwrap();
        made
    })
}

/// The rows of a query on a PostgreSQL test store.
pub fn postgres_rows(store: &TestStore, query: &str) -> Vec<tokio_postgres::Row> {
    postgres(store, async |client| client.query(query, &[]).await.unwrap())
}
