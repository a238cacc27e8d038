//! Who is told of changes of association (ITI-10).

use crate::dialect::text_list;
use crate::{StoreError, Tx};

statements! {
    NAMES = "notification_consumer/names",
    INSERT = "notification_consumer/insert",
    KEEP = "notification_consumer/keep",
}

/// Their names, in order.
pub fn names(tx: &mut Tx) -> Result<Vec<String>, StoreError> {
    tx.query(&NAMES, params![], |row| row.text(0))
}

/// These and no others from now on.
pub fn set(tx: &mut Tx, names: &[String]) -> Result<(), StoreError> {
    tx.execute(&KEEP, params![&text_list(names)])?;
    for name in names {
        tx.execute(&INSERT, params![name])?;
    }
    Ok(())
}
