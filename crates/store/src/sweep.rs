//! The end of objects that no row names any more.
//!
//! Two transactions an object. The first sees that no row names it and says that it is going;
//! from then on a row that would name it is refused. The second deletes it under the lock of
//! that word. A submission thus either commits before the first, which then leaves the object
//! alone, or is refused, or finds in its own transaction that the object is not there.

use crate::document::removal;
use crate::{Store, StoreError};

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
