//! A state of the first release, filled, opened by this program: every row is there as if this
//! program had written it, the schema is that of a new one, and sending anything again changes
//! nothing.

use crate::registry_support as support;

use gateway::Stop;
use model::demographics::{Demographics, PersonName};
use model::document::{AssociationType, DocumentEntry, Folder};
use model::item::VersionState::{self, Current, Deleted, Deprecated};
use musubi::central_sink::CentralSink;
use musubi::rederive::rederive;
use ports::{DemographicsUpdate, DocumentSink, IdentityFeed, Outcome, Submission};
use std::sync::Arc;
use store::dialect::translate;
use store::migrate::MIGRATIONS;
use store::{Database, Engine, Store, StoreConfig, person};
use support::*;
use testkit::{ManualClock, TestStore};

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::new(now()))
}

fn version(number: u64, minute: u64, state: VersionState, is_delete_message: bool) -> LabVersion {
    LabVersion {
        number,
        order_key: "77".into(),
        sent: format!("2020010112{minute:02}00000"),
        state,
        is_delete_message,
    }
}

/// A replaced version and its successor, a deleted item, an attachment beside its document in a
/// folder, a large document, another patient's.
fn submissions() -> Vec<Submission> {
    let of_version = |version: LabVersion| {
        let document = (version.entry(), version.bytes().into());
        Submission {
            set: set(version.number),
            documents: vec![document],
            folders: Vec::new(),
            associations: Vec::new(),
        }
    };
    let plain = |number: u64, patient: &str, bytes: Vec<u8>| Submission {
        set: set(number),
        documents: vec![(entry(number, patient, &bytes), bytes.into())],
        folders: Vec::new(),
        associations: Vec::new(),
    };
    let other_item = |number: u64, minute: u64, is_delete_message: bool| LabVersion {
        order_key: "78".into(),
        ..version(number, minute, Deleted, is_delete_message)
    };
    let main = LabVersion { order_key: "79".into(), ..version(5, 5, Current, false) };
    let picture: DocumentEntry = entry(6, TARO, b"picture");
    let folder = Folder {
        entry_uuid: uuid(7),
        unique_id: oid(7),
        codes: vec![code("episode")],
        title: "入院".into(),
        ..Folder::default()
    };
    let mut with_folder = of_version(main);
    with_folder.documents.push((picture, (&b"picture"[..]).into()));
    with_folder.folders.push(folder);
    with_folder.associations = vec![
        association(1, AssociationType::HasMember, uuid(7), uuid(5)),
        association(2, AssociationType::HasMember, uuid(7), uuid(6)),
        association(3, AssociationType::Appends, uuid(6), uuid(5)),
    ];
    vec![
        of_version(version(1, 1, Deprecated, false)),
        of_version(version(2, 2, Current, false)),
        of_version(other_item(3, 3, false)),
        of_version(other_item(4, 4, true)),
        with_folder,
        plain(8, HANAKO, (0..200_000_u32).flat_map(u32::to_le_bytes).collect()),
        plain(9, TARO_TOO, b"abc".to_vec()),
    ]
}

fn submit_all(store: &Store) -> Vec<Outcome> {
    let sink = CentralSink::new(store.clone(), clock());
    let answers = runtime().block_on(sink.submit(submissions()));
    answers.into_iter().map(|answer| answer.unwrap().outcome).collect()
}

fn fill(store: &Store) {
    settle(store);
    assert!(submit_all(store).iter().all(|outcome| *outcome == Outcome::Registered));
    let feed = identity::Feed::new(store.clone(), clock());
    let name = PersonName { family: "髙橋".into(), given: "太郎".into() };
    let update = DemographicsUpdate {
        domain_oid: DOMAIN_ONE.into(),
        local_id: TARO.into(),
        demographics: Demographics { name, ..Demographics::default() },
        sent: "20200101120000".into(),
        authoritative: true,
    };
    runtime().block_on(feed.update(vec![update])).remove(0).unwrap();
}

/// The tables of the first release, in the order in which they refer to one another.
fn tables() -> Vec<String> {
    let (name, text) = MIGRATIONS[0];
    assert_eq!(name, "0001_spine");
    let lines = text.lines().filter_map(|line| line.strip_prefix("CREATE TABLE "));
    lines.map(|line| line.split([' ', '(']).next().unwrap().to_owned()).collect()
}

/// What a store holds, as the first release held it. The store is not used any more.
fn as_of_the_first_release(filled: &TestStore) -> StoreConfig {
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
    runtime().block_on(async {
        let (client, driver) =
            tokio_postgres::connect(connection, tokio_postgres::NoTls).await.unwrap();
        let driving = tokio::spawn(driver);
        let made = work(&client).await;
        drop(client);
        driving.await.unwrap().unwrap();
        made
    })
}

/// Tables, columns, constraints and indexes, as the engine tells them.
fn schema_of(database: &Database) -> Vec<String> {
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
fn rows_of(database: &Database) -> Vec<String> {
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

fn upgrades(filled: &TestStore, fresh: &TestStore) {
    fill(filled);
    let before = rows_of(&filled.config().database);
    let old = as_of_the_first_release(filled);
    let upgraded = Store::open(&old).expect("the first release's state opens");
    // By which rules the first release read its documents was not kept: they are read again.
    let without_documents = |rows: Vec<String>| -> Vec<String> {
        rows.into_iter().filter(|row| !row.starts_with("document ")).collect()
    };
    let untouched = without_documents(rows_of(&old.database));
    assert_eq!(untouched, without_documents(before.clone()));
    let counts = runtime().block_on(rederive(&upgraded, &Stop::new(), |_| {})).unwrap();
    assert_eq!((counts.total, counts.done, counts.damaged), (8, 8, 0));
    assert_eq!(rows_of(&old.database), before, "as if this program had written it");
    assert_eq!(schema_of(&old.database), schema_of(&fresh.config().database));
    let ids: Vec<String> = (1..=9).map(oid).collect();
    let rows = found(&upgraded, &ids);
    assert_eq!((rows[&oid(1)].state, rows[&oid(2)].state), (Deprecated, Current));
    assert_eq!((rows[&oid(2)].facts.len(), rows[&oid(3)].state), (2, Deleted));
    assert_eq!(rows[&oid(2)].replaces, [oid(1)]);
    // Everything again: nothing new, not a row changed.
    assert!(submit_all(&upgraded).iter().all(|outcome| *outcome == Outcome::AlreadyThere));
    assert_eq!(rows_of(&old.database), before);
    for number in [1, 6, 8] {
        let given = runtime().block_on(repository::retrieve(&upgraded, &oid(number))).unwrap();
        let sent = submissions().into_iter().flat_map(|one| one.documents);
        let (_, bytes) =
            sent.into_iter().find(|(entry, _)| entry.unique_id == oid(number)).unwrap();
        assert_eq!(given.bytes, bytes);
    }
    // New rows find their numbers.
    let next = Submission {
        set: set(20),
        documents: vec![(entry(20, HANAKO, b"new"), (&b"new"[..]).into())],
        folders: Vec::new(),
        associations: Vec::new(),
    };
    let sink = CentralSink::new(upgraded.clone(), clock());
    let answer = runtime().block_on(sink.submit(vec![next])).remove(0).unwrap();
    assert_eq!(answer.outcome, Outcome::Registered);
    drop(sink);
    search_keys(&upgraded, &old.database);
}

/// Keys that an earlier rule made are made anew when the upgraded state is opened.
fn search_keys(store: &Store, database: &Database) {
    let keys = || -> Vec<String> {
        let rows = rows_of(database).into_iter();
        rows.filter(|row| row.starts_with("identity_token ")).collect()
    };
    let right = keys();
    assert!(!right.is_empty());
    let identity =
        store.read_blocking(|tx| person::identity_by_local_id(tx, DOMAIN_ONE, TARO)).unwrap();
    let id = identity.unwrap().id;
    store
        .write_blocking(move |tx| store::person_search::set_tokens(tx, id, &["old".to_owned()]))
        .unwrap();
    assert_ne!(keys(), right);
    identity::refresh_search_keys(store).unwrap();
    assert_eq!(keys(), right);
}

#[test]
fn a_filled_sqlite_of_the_first_release_is_upgraded() {
    upgrades(&TestStore::sqlite(), &TestStore::sqlite());
}

#[test]
fn a_filled_postgresql_of_the_first_release_is_upgraded() {
    let filled = TestStore::postgres();
    assert_eq!(filled.engine(), Engine::Postgres);
    upgrades(&filled, &TestStore::postgres());
}
