//! The end of objects that no row names any more.
//!
//! Two transactions an object. The first sees that no row names it and says that it is going;
//! from then on a row that would name it is refused. The second deletes it under the lock of
//! that word. A submission thus either commits before the first, which then leaves the object
//! alone, or is refused, or finds in its own transaction that the object is not there.

use crate::document::removal;
use crate::{Store, StoreError, setting};
use model::Timestamp;
use model::limits::OBJECT_UNNAMED_MS;

/// Where the walk through the objects goes on.
const WALKED_TO: &str = "objects.walked_to";

/// Deletes the objects that rows let go of and that no other names. How many went. Safe at any
/// time and in several processes; what was interrupted is finished by the next call.
pub async fn sweep(store: &Store) -> Result<usize, StoreError> {
    let doomed = store.read(removal::doomed).await?;
    let mut count = 0;
    for sha256 in doomed {
        let sha256: [u8; 32] = sha256
            .try_into()
            .map_err(|_| StoreError::Damaged("the name of a doomed object".to_owned()))?;
        let goes = store.write(move |tx| removal::decide(tx, &sha256)).await?;
        if goes {
            let objects = store.objects().clone();
            let gone = store.write(move |tx| removal::delete(tx, &objects, &sha256)).await?;
            count += usize::from(gone);
        }
    }
    Ok(count)
}

/// One step of a walk through all objects, over at most `limit_files` of them: those that no row
/// has named for [`OBJECT_UNNAMED_MS`] are swept. How many went. The next step goes on where this
/// one ended, in whichever process, and after the last object at the first.
pub async fn walk(store: &Store, now: Timestamp, limit_files: usize) -> Result<usize, StoreError> {
    let after = store.read(|tx| setting::get(tx, WALKED_TO)).await?;
    let after = after.and_then(|name| hex::decode(name).ok()?.try_into().ok());
    let objects = store.objects().clone();
    let listing = tokio::task::spawn_blocking(move || objects.listed_blocking(after, limit_files));
    let listed = listing
        .await
        .map_err(|error| StoreError::Panicked(format!("listing objects: {error}")))??;
    let walked_to = listed.last().filter(|_| listed.len() == limit_files);
    let walked_to = walked_to.map(|last| hex::encode(last.sha256)).unwrap_or_default();
    let oldest_us = now.0.saturating_sub(1_000 * i64::try_from(OBJECT_UNNAMED_MS).unwrap_or(0));
    let old: Vec<[u8; 32]> =
        listed.iter().filter(|one| one.modified_us < oldest_us).map(|one| one.sha256).collect();
    let unnamed = store.read(move |tx| -> Result<Vec<[u8; 32]>, StoreError> {
        let mut unnamed = Vec::new();
        for sha256 in &old {
            if !removal::is_named(tx, sha256)? {
                unnamed.push(*sha256);
            }
        }
        Ok(unnamed)
    });
    let unnamed = unnamed.await?;
    let is_any = !unnamed.is_empty();
    let done = store.write_bulk(move |tx| -> Result<(), StoreError> {
        for sha256 in &unnamed {
            removal::doom_unnamed(tx, sha256)?;
        }
        setting::set(tx, WALKED_TO, &walked_to)
    });
    done.await?;
    if is_any { sweep(store).await } else { Ok(0) }
}
