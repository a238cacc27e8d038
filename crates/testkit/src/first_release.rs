//! States of an earlier release, made with the bare engines: what an upgrade starts from, and what
//! it comes to as the engine itself tells it.

#![allow(clippy::unwrap_used, reason = "a test whose state cannot be made has failed")]

use crate::TestStore;
use store::dialect::translate;
use store::migrate::MIGRATIONS;
use store::{Database, StoreConfig};

/// What a store holds, as the first release held it; the configuration of that state. The store is
/// not used any more.
///
/// # Panics
/// Where a database cannot be written.
pub fn as_of_the_first_release(filled: &TestStore) -> StoreConfig {
    let (name, text) = MIGRATIONS[0];
    let script = translate(text, filled.engine());
    match &filled.config().database {
        Database::Sqlite(path) => {
            let old = filled.directory().join("first.db");
            let connection = rusqlite::Connection::open(&old).unwrap();
            connection.execute_batch(&script).unwrap();
            let path = path.to_str().unwrap();
            connection.execute("ATTACH DATABASE ?1 AS filled", [path]).unwrap();
            for table in tables() {
                let columns: String = connection
                    .query_row(
                        "SELECT group_concat(name, ', ') FROM pragma_table_info(?1, 'main')",
                        [&table],
                        |row| row.get(0),
                    )
                    .unwrap();
                let copy = format!(
                    "INSERT INTO main.{table} ({columns}) SELECT {columns} FROM filled.{table}"
                );
                connection.execute_batch(&copy).unwrap();
            }
            let migration = "CREATE TABLE main.schema_migration
                     (name TEXT PRIMARY KEY, sha256 TEXT NOT NULL);
                 INSERT INTO main.schema_migration
                     SELECT name, sha256 FROM filled.schema_migration WHERE name = '0001_spine'";
            connection.execute_batch(migration).unwrap();
            StoreConfig { database: Database::Sqlite(old), ..filled.config().clone() }
        }
        Database::Postgres(connection) => {
            let copies: Vec<String> = tables().iter().map(|table| copy_postgres(table)).collect();
            let whole = format!(
                "ALTER SCHEMA public RENAME TO filled; CREATE SCHEMA public; {script};
                 DO $$ DECLARE cols text; BEGIN {} END $$;
                 CREATE TABLE schema_migration AS
                     SELECT * FROM filled.schema_migration WHERE name = '{name}';
                 DROP SCHEMA filled CASCADE",
                copies.join("\n")
            );
            postgres(connection, async |client| client.batch_execute(&whole).await.unwrap());
            filled.config().clone()
        }
    }
}

/// Tables, columns, constraints and indexes, as the engine tells them.
///
/// # Panics
/// Where the database cannot be read, or is not whole.
pub fn schema_of(database: &Database) -> Vec<String> {
    match database {
        Database::Sqlite(path) => {
            let connection = rusqlite::Connection::open(path).unwrap();
            let violated: i64 = connection
                .query_row("SELECT count(*) FROM pragma_foreign_key_check", [], |row| row.get(0))
                .unwrap();
            assert_eq!(violated, 0, "foreign keys");
            let whole: String =
                connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
            assert_eq!(whole, "ok");
            let query = "SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_schema
                 WHERE name <> 'schema_migration' AND name NOT LIKE '%schema_migration%'
                 ORDER BY 1";
            let mut statement = connection.prepare(query).unwrap();
            let rows = statement.query_map([], |row| row.get(0)).unwrap();
            rows.map(Result::unwrap).collect()
        }
        Database::Postgres(connection) => postgres(connection, async |client| {
            let query = "SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'public'
                     AND tablename <> 'schema_migration'
                 UNION ALL SELECT conrelid::regclass || ' ' || conname || ' '
                     || pg_get_constraintdef(oid) FROM pg_constraint
                     WHERE connamespace = 'public'::regnamespace
                     AND conrelid::regclass::text <> 'schema_migration'
                 UNION ALL SELECT table_name || '.' || column_name || ' ' || data_type || ' '
                     || is_nullable || coalesce(column_default, '') || is_identity
                     FROM information_schema.columns
                     WHERE table_schema = 'public' AND table_name <> 'schema_migration'
                 ORDER BY 1";
            let rows = client.query(query, &[]).await.unwrap();
            rows.iter().map(|row| row.get(0)).collect()
        }),
    }
}

/// Every row of every table, as text.
///
/// # Panics
/// Where the database cannot be read.
pub fn rows_of(database: &Database) -> Vec<String> {
    let tables = store::schema::tables().unwrap().into_iter().map(|table| table.name);
    let mut all = Vec::new();
    match database {
        Database::Sqlite(path) => {
            let connection = rusqlite::Connection::open(path).unwrap();
            for table in tables {
                let mut statement = connection.prepare(&format!("SELECT * FROM {table}")).unwrap();
                let width = statement.column_count();
                let rows = statement.query_map([], |row| {
                    let cells = (0..width).map(|at| row.get::<_, rusqlite::types::Value>(at));
                    Ok(format!("{table} {:?}", cells.collect::<Result<Vec<_>, _>>()?))
                });
                all.extend(rows.unwrap().map(Result::unwrap));
            }
        }
        Database::Postgres(connection) => postgres(connection, async |client| {
            for table in tables {
                let query = format!("SELECT '{table} ' || t::text FROM public.{table} t");
                let rows = client.query(&query, &[]).await.unwrap();
                all.extend(rows.iter().map(|row| row.get::<_, String>(0)));
            }
        }),
    }
    all.sort();
    all
}

/// The tables of the first release, in the order in which they refer to one another.
fn tables() -> Vec<String> {
    let (name, text) = MIGRATIONS[0];
    assert_eq!(name, "0001_spine");
    let lines = text.lines().filter_map(|line| line.strip_prefix("CREATE TABLE "));
    lines.map(|line| line.split([' ', '(']).next().unwrap().to_owned()).collect()
}

fn copy_postgres(table: &str) -> String {
    format!(
        "SELECT string_agg(column_name, ', ' ORDER BY ordinal_position) INTO cols
             FROM information_schema.columns
             WHERE table_schema = 'public' AND table_name = '{table}';
         EXECUTE format('INSERT INTO public.{table} (%s) OVERRIDING SYSTEM VALUE
             SELECT %s FROM filled.{table}', cols, cols);
         IF EXISTS (SELECT 1 FROM information_schema.columns WHERE table_schema = 'public'
             AND table_name = '{table}' AND column_name = 'id' AND is_identity = 'YES') THEN
             EXECUTE 'SELECT setval(pg_get_serial_sequence(''public.{table}'', ''id''),
                 (SELECT coalesce(max(id), 0) + 1 FROM public.{table}))';
         END IF;"
    )
}

fn postgres<T>(connection: &str, work: impl AsyncFnOnce(&tokio_postgres::Client) -> T) -> T {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.worker_threads(1).enable_all().build().expect("runtime");
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
