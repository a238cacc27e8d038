//! The schema: the committed text, the migrations, and both engines agree.

use crate::common;

use std::path::Path;
use store::schema::{self, ColumnKind};
use store::{Database, Store, StoreConfig, StoreError};
use testkit::TestStore;

#[test]
fn the_committed_schema_is_what_the_migrations_make() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema.sql");
    let made = schema::schema_text().unwrap();
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        std::fs::write(&path, &made).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == made,
        "schema.sql is old: UPDATE_SCHEMA=1 cargo test -p store --test all schema::"
    );
}

#[test]
fn every_migration_file_is_listed() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let mut files: Vec<String> = std::fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    files.sort();
    let listed: Vec<String> =
        store::migrate::MIGRATIONS.iter().map(|(name, _)| format!("{name}.sql")).collect();
    assert_eq!(files, listed);
}

#[test]
fn postgresql_has_the_same_tables_columns_and_types() {
    let expected: Vec<(String, String, &str)> = schema::tables()
        .unwrap()
        .into_iter()
        .flat_map(|table| {
            table.columns.into_iter().map(move |column| {
                let kind = match column.kind {
                    ColumnKind::Int => "int8",
                    ColumnKind::Text => "text C",
                    ColumnKind::Bytes => "bytea",
                };
                (table.name.clone(), column.name, kind)
            })
        })
        .collect();
    let store = TestStore::postgres();
    let rows = common::postgres_rows(
        &store,
        "SELECT table_name::text, column_name::text, udt_name::text, coalesce(collation_name::text, '')
         FROM information_schema.columns
         WHERE table_schema = 'public' AND table_name <> 'schema_migration'",
    );
    let mut found: Vec<(String, String, String)> = rows
        .iter()
        .map(|row| {
            let kind = format!("{} {}", row.get::<_, &str>(2), row.get::<_, &str>(3));
            (row.get(0), row.get(1), kind.trim().to_owned())
        })
        .collect();
    let mut expected: Vec<(String, String, String)> = expected
        .into_iter()
        .map(|(table, column, kind)| (table, column, kind.to_owned()))
        .collect();
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
}

#[test]
fn opening_again_changes_nothing_and_two_may_open_at_once() {
    let empty = TestStore::empty_postgres();
    let directory = tempfile::tempdir().unwrap();
    let databases =
        [Database::Sqlite(directory.path().join("twice.db")), Database::Postgres(empty)];
    for database in databases {
        let config = StoreConfig::new(database, directory.path().join("objects"));
        let opened: Vec<Result<Store, StoreError>> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(|| Store::open(&config))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        for store in opened {
            store.unwrap().check_writable().unwrap();
        }
    }
}

#[test]
fn a_database_of_other_migrations_is_refused() {
    let cases = [
        ("INSERT INTO schema_migration VALUES ('9999_future', 'x')", "the database is newer"),
        ("UPDATE schema_migration SET sha256 = 'x'", "another text"),
    ];
    for (change, expected) in cases {
        let store = TestStore::sqlite();
        common::sqlite(&store).execute_batch(change).unwrap();
        let refused = Store::open(store.config()).err().unwrap();
        assert!(refused.to_string().contains(expected), "{refused}");
    }
}

#[test]
fn a_remote_postgresql_without_tls_is_refused_before_connecting() {
    let directory = tempfile::tempdir().unwrap();
    for host in ["host=db.example.jp", "host=localhost hostaddr=192.0.2.1", "host=::1,192.0.2.1"] {
        let database = Database::Postgres(format!("{host} user=musubi"));
        let refused = Store::open(&StoreConfig::new(database, directory.path().join("objects")));
        let message = refused.err().unwrap().to_string();
        assert!(message.contains("without TLS"), "{message}");
    }
}
