//! The search keys of a store, made anew when the rule by which they are made has changed.

use crate::demographics::tokens;
use store::person_search::{demographics_after, set_tokens};
use store::{Store, StoreError, Tx, setting};

/// The version of the rule of search keys ([`crate::tokens`]). 1 kept variants of kanji apart.
const VERSION: &str = "2";

/// The setting that says by which version the keys of a store are made.
const SETTING: &str = "search_keys_version";

/// Identities whose keys are written in one transaction.
const BATCH: i64 = 500;

/// Makes every search key anew if they were made by another rule. Blocks; called before anything
/// searches. A start that is interrupted is made good by the next one.
pub fn refresh_search_keys(store: &Store) -> Result<(), StoreError> {
    let kept = store.read_blocking(|tx| setting::get(tx, SETTING))?;
    if kept.as_deref() == Some(VERSION) {
        return Ok(());
    }
    let mut after = i64::MIN;
    while let Some(last) = store.write_blocking(move |tx| refresh(tx, after))? {
        after = last;
    }
    store.write_blocking(|tx| setting::set(tx, SETTING, VERSION))
}

/// The next identities after a key; gives the last of them.
fn refresh(tx: &mut Tx, after: i64) -> Result<Option<i64>, StoreError> {
    let found = demographics_after(tx, after, BATCH)?;
    for (identity_id, demographics) in &found {
        set_tokens(tx, *identity_id, &tokens(demographics))?;
    }
    Ok(found.last().map(|(identity_id, _)| *identity_id))
}
