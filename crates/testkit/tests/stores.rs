//! The test stores themselves: both engines, isolation between tests.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use store::{Engine, StoreError};
use testkit::{TestStore, for_each_engine};

#[test]
fn each_engine_is_given_once() {
    let seen = std::cell::RefCell::new(Vec::new());
    for_each_engine(|store| seen.borrow_mut().push(store.engine()));
    assert_eq!(*seen.borrow(), [Engine::Sqlite, Engine::Postgres]);
}

#[test]
fn stores_work_inside_and_outside_a_runtime() {
    for_each_engine(|store| {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let engine = store.engine();
        let inside = runtime.block_on(store.write(move |tx| Ok::<_, StoreError>(tx.engine())));
        assert_eq!(inside, Ok(engine));
        assert_eq!(store.read_blocking(|tx| Ok::<_, StoreError>(tx.engine())), Ok(engine));
        runtime.block_on(async {
            assert_eq!(store.read_blocking(|tx| Ok::<_, StoreError>(tx.engine())), Ok(engine));
        });
    });
}

#[tokio::test]
async fn a_store_can_be_opened_and_closed_inside_a_runtime() {
    let stores = (TestStore::sqlite(), TestStore::postgres());
    drop(stores);
}
