//! What a use case may rely on, the same on both engines.

use crate::common;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use store::{Database, Param, Store, StoreConfig, StoreError, Tx, setting};
use testkit::{TestStore, for_each_engine};

type Done<T> = Result<T, StoreError>;

fn count_up(tx: &mut Tx) -> Done<i64> {
    let before: i64 = setting::get(tx, "count")?.map_or(0, |text| text.parse().unwrap());
    setting::set(tx, "count", &(before + 1).to_string())?;
    Ok(before + 1)
}

fn count(store: &Store) -> String {
    store.read_blocking(|tx| -> Done<_> { setting::get(tx, "count") }).unwrap().unwrap_or_default()
}

/// Runs `work` on several threads at once.
fn at_once(threads: usize, work: impl Fn() + Sync) {
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(&work);
        }
    });
}

#[test]
fn use_cases_that_meet_count_exactly() {
    for_each_engine(|store| {
        at_once(4, || {
            for _ in 0..25 {
                store.write_blocking(count_up).unwrap();
            }
        });
        assert_eq!(count(store), "100");
    });
}

#[test]
fn no_use_case_gives_up_however_many_meet() {
    let store = TestStore::postgres();
    let wide = Store::open(&StoreConfig { writers: 12, ..store.config().clone() }).unwrap();
    at_once(12, || {
        for _ in 0..15 {
            wide.write_blocking(count_up).unwrap();
        }
    });
    assert_eq!(count(&store), "180");
}

#[test]
fn pages_are_read_while_every_streamed_reading_stands_still() {
    for_each_engine(|store| {
        let streams = 2;
        let store = Store::open(&StoreConfig { streams, ..store.config().clone() }).unwrap();
        let (begun, begins) = std::sync::mpsc::sync_channel(streams);
        std::thread::scope(|scope| {
            let held = Arc::new(std::sync::RwLock::new(()));
            let hold = held.write().unwrap();
            for _ in 0..streams {
                let (begun, held) = (begun.clone(), held.clone());
                let standing = store.read_streamed(move |_| -> Done<()> {
                    begun.send(()).unwrap();
                    drop(held.read());
                    Ok(())
                });
                scope.spawn(|| futures::executor::block_on(standing).unwrap());
            }
            for _ in 0..streams {
                begins.recv().unwrap();
            }
            assert_eq!(count(&store), "");
            assert_eq!(store.write_blocking(count_up), Ok(1));
            drop(hold);
        });
        assert_eq!(count(&store), "1");
    });
}

#[test]
fn two_open_stores_on_one_database_take_turns() {
    for_each_engine(|store| {
        let second = Store::open(store.config()).unwrap();
        std::thread::scope(|scope| {
            for store in [store.store(), second] {
                scope.spawn(move || {
                    for _ in 0..100 {
                        store.write_blocking(count_up).unwrap();
                    }
                });
            }
        });
        assert_eq!(count(store), "200");
    });
}

#[test]
fn a_failed_or_panicking_use_case_leaves_nothing_and_the_store_goes_on() {
    for_each_engine(|store| {
        let failed = store.write_blocking(|tx| -> Done<()> {
            count_up(tx)?;
            Err(StoreError::Damaged("on purpose".to_owned()))
        });
        assert_eq!(failed, Err(StoreError::Damaged("on purpose".to_owned())));
        let panicked = store.write_blocking(|tx| -> Done<()> {
            count_up(tx)?;
            panic!("on purpose")
        });
        assert_eq!(panicked, Err(StoreError::Panicked("on purpose".to_owned())));
        let in_read = store.read_blocking(|_| -> Done<()> { panic!("again") });
        assert_eq!(in_read, Err(StoreError::Panicked("again".to_owned())));
        assert_eq!(store.write_blocking(count_up), Ok(1));
    });
}

#[test]
fn a_savepoint_undoes_only_what_is_inside() {
    for_each_engine(|store| {
        let inner = store
            .write_blocking(|tx| -> Done<_> {
                setting::set(tx, "outside", "1")?;
                let inner = tx.savepoint(|tx| -> Done<()> {
                    setting::set(tx, "inside", "1")?;
                    tx.savepoint(|tx| setting::set(tx, "deep", "1"))?;
                    setting::set(tx, "nul", "\0")
                });
                setting::set(tx, "after", "1")?;
                Ok(inner)
            })
            .unwrap();
        assert!(matches!(inner, Err(StoreError::Nul { .. })));
        let kept: Done<Vec<_>> = store.read_blocking(|tx| {
            ["outside", "inside", "deep", "after"].iter().map(|key| setting::get(tx, key)).collect()
        });
        let one = Some("1".to_owned());
        assert_eq!(kept.unwrap(), [one.clone(), None, None, one]);
    });
}

#[test]
fn an_engine_error_inside_a_savepoint_does_not_end_the_transaction() {
    for_each_engine(|store| {
        let inner = store
            .write_blocking(|tx| -> Done<_> {
                let again = [Param::Text("0001_spine"), Param::Text("other")];
                let inner: Done<u64> =
                    tx.savepoint(|tx| tx.execute(common::named("schema_migration/insert"), &again));
                count_up(tx)?;
                Ok(inner)
            })
            .unwrap();
        assert!(matches!(inner, Err(StoreError::Unique { .. })), "{inner:?}");
        assert_eq!(count(store), "1");
    });
}

#[test]
fn a_read_cannot_write_and_sees_one_state() {
    for_each_engine(|store| {
        let refused = store.read_blocking(|tx| setting::set(tx, "x", "1"));
        assert!(matches!(refused, Err(StoreError::Sql { .. })), "{refused:?}");
        let writer = store.store();
        let seen = store.read_blocking(move |tx| -> Done<_> {
            let before = setting::get(tx, "count")?;
            let _: i64 = writer.write_blocking(count_up)?;
            Ok((before, setting::get(tx, "count")?))
        });
        assert_eq!(seen, Ok((None, None)));
        assert_eq!(count(store), "1");
    });
}

#[tokio::test]
async fn a_caller_that_goes_away_does_not_stop_the_thread() {
    let store = TestStore::sqlite();
    drop(store.write(count_up));
    let polled = store.write(count_up);
    let _ = tokio::time::timeout(std::time::Duration::ZERO, polled).await;
    store.write(|tx| -> Done<_> { setting::set(tx, "alive", "1") }).await.unwrap();
}

#[test]
fn lost_connections_are_made_again_and_the_use_case_repeated() {
    let store = TestStore::postgres();
    let Database::Postgres(connection) = store.config().database.clone() else { unreachable!() };
    let attempts = Arc::new(AtomicUsize::new(0));
    let seen = attempts.clone();
    let counted = store.write_blocking(move |tx| -> Done<i64> {
        if seen.fetch_add(1, Ordering::SeqCst) == 0 {
            kill_all(&connection);
        }
        count_up(tx)
    });
    assert_eq!(counted, Ok(1));
    assert_eq!(attempts.load(Ordering::SeqCst), 2);
    assert_eq!(count(&store), "1");
}

fn kill_all(connection: &str) {
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let (client, driver) =
                    tokio_postgres::connect(connection, tokio_postgres::NoTls).await.unwrap();
                tokio::spawn(driver);
                let others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                              WHERE datname = current_database() AND pid <> pg_backend_pid()";
                client.batch_execute(others).await.unwrap();
            });
        });
    });
}
