//! `Tx::insert`: the number of a new row, on both engines.

use crate::common;

use common::sample;
use model::item::{ItemKey, Storage};
use store::document::item;
use store::{Store, StoreError};
use testkit::for_each_engine;

#[test]
fn a_new_row_gives_its_number_and_a_taken_key_gives_that_of_the_old_row() {
    for_each_engine(|store| {
        sample::fill(store);
        let one = upsert(store, "one");
        let two = upsert(store, "two");
        assert!(one.1 && two.1, "new: {one:?} {two:?}");
        assert_ne!(one.0, two.0);
        // The number of an old row comes from a query: it says what the insert said.
        assert_eq!(upsert(store, "one"), (one.0, false));
        assert_eq!(upsert(store, "two"), (two.0, false));
    });
}

#[test]
fn a_statement_of_another_shape_is_refused() {
    for_each_engine(|store| {
        let statement = common::named("document/known");
        let answer = store.write_blocking(move |tx| -> Result<_, StoreError> {
            tx.insert(statement, &["x".into()])
        });
        assert!(matches!(answer, Err(StoreError::Sql { .. })), "{answer:?}");
    });
}

fn upsert(store: &Store, order_key: &str) -> (i64, bool) {
    let key = ItemKey {
        patient_id: "0001".to_owned(),
        storage: Storage::Standardized,
        data_type: "OML-11".to_owned(),
        care_date: "20240401".to_owned(),
        order_key: order_key.to_owned(),
    };
    store
        .write_blocking(move |tx| -> Result<_, StoreError> { item::upsert(tx, 1, &key, 1) })
        .unwrap()
}
