//! Objects that were made durable for a message whose rows did not come yet.

use crate::arriving::Arrived;
use store::document::removal;
use store::{Store, StoreError, sweep};
use tokio::runtime::Handle;

/// The objects of one message. Unless they are [kept](Unnamed::kept), they are deleted: by
/// [`Unnamed::let_go`], or when the message is given up half-way. What fails here is found by the
/// walk through all objects.
pub struct Unnamed {
    store: Store,
    sha256s: Vec<[u8; 32]>,
}

impl Unnamed {
    /// Of a message that begins.
    pub fn new(store: Store) -> Unnamed {
        Unnamed { store, sha256s: Vec::new() }
    }

    /// Adds an object that was put.
    pub fn add(&mut self, sha256: [u8; 32]) {
        self.sha256s.push(sha256);
    }

    /// Adds a document, where it became an object.
    pub(crate) fn add_arrived(&mut self, arrived: &Arrived) {
        if arrived.held.bytes.is_none() {
            self.add(arrived.held.sha256);
        }
    }

    /// Their rows are committed.
    pub fn kept(mut self) {
        self.sha256s.clear();
    }

    /// Their rows will not come: they are deleted where no other names them.
    pub async fn let_go(mut self) {
        let sha256s = std::mem::take(&mut self.sha256s);
        delete(self.store.clone(), sha256s).await;
    }
}

impl Drop for Unnamed {
    fn drop(&mut self) {
        let sha256s = std::mem::take(&mut self.sha256s);
        if !sha256s.is_empty()
            && let Ok(runtime) = Handle::try_current()
        {
            runtime.spawn(delete(self.store.clone(), sha256s));
        }
    }
}

async fn delete(store: Store, sha256s: Vec<[u8; 32]>) {
    if sha256s.is_empty() {
        return;
    }
    let doomed = store.write(move |tx| -> Result<(), StoreError> {
        for sha256 in &sha256s {
            removal::doom_unnamed(tx, sha256)?;
        }
        Ok(())
    });
    let swept = match doomed.await {
        Ok(()) => sweep::sweep(&store).await.map(drop),
        Err(error) => Err(error),
    };
    if let Err(error) = swept {
        tracing::warn!(%error, "objects of a refused message stay until they are found");
    }
}
