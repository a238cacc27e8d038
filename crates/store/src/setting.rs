//! Settings of the whole centre, kept with its state: the community's OID, the affinity domain.

use crate::{StoreError, Tx};

statements! {
    GET = "setting/get",
    SET = "setting/set",
    SET_ONCE = "setting/set_once",
}

/// The value of a key.
pub fn get(tx: &mut Tx, key: &str) -> Result<Option<String>, StoreError> {
    tx.query_opt(&GET, params![key], |row| row.text(0))
}

/// Sets a key.
pub fn set(tx: &mut Tx, key: &str, value: &str) -> Result<(), StoreError> {
    tx.execute(&SET, params![key, value]).map(|_| ())
}

/// Sets a key that has no value yet and gives the value it has then: who comes first decides.
pub fn set_once(tx: &mut Tx, key: &str, value: &str) -> Result<String, StoreError> {
    tx.execute(&SET_ONCE, params![key, value])?;
    let kept = get(tx, key)?;
    kept.ok_or_else(|| StoreError::Damaged(format!("setting {key} vanished")))
}
