//! Reading documents again that older rules read, in groups and while the server runs.
//!
//! What is done says so in its row, so whoever is stopped or killed goes on where it was. A
//! document whose bytes are damaged stays as it is: its facts are what its bytes once said.

use futures::stream::{self, StreamExt};
use gateway::Stop;
use model::limits;
use registry::reread::{self, Reread};
use registry::{Problem, RegistryError};
use repository::RepositoryError;
use std::collections::BTreeMap;
use store::document::EntryRow;
use store::{Store, StoreError};

/// What became of the documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Documents that older rules had read when it began.
    pub total: u64,
    /// Read again.
    pub done: u64,
    /// Their bytes or their metadata are damaged.
    pub damaged: u64,
}

/// Why it ended before its end.
#[derive(Debug, thiserror::Error)]
pub enum RederiveError {
    /// The database failed.
    #[error("documents cannot be read again")]
    Store(#[from] StoreError),
    /// The bytes cannot be had now.
    #[error("the bytes of a document cannot be had")]
    Repository(#[from] RepositoryError),
    /// The rows cannot be written.
    #[error("what was read again cannot be written")]
    Registry(#[from] RegistryError),
    /// What was read is nothing that rows can hold.
    #[error("document {unique_id} cannot be read again: {problem:?}")]
    Refused {
        /// uniqueId
        unique_id: String,
        /// What stands against it.
        problem: Problem,
    },
    /// A thread ended by a fault of ours.
    #[error("reading a document met a fault of ours; please report it")]
    Panicked(#[from] tokio::task::JoinError),
}

enum Outcome {
    Read(Box<Reread>),
    Damaged,
    /// Its bytes were removed meanwhile.
    Gone,
}

/// Reads every document again that older rules read, until all are done or `stop` is asked;
/// `progress` is told after each group.
pub async fn rederive(
    store: &Store,
    stop: &Stop,
    mut progress: impl FnMut(&Counts),
) -> Result<Counts, RederiveError> {
    let total = store.read(reread::count).await?;
    let mut counts = Counts { total, ..Counts::default() };
    let mut after = 0;
    while !stop.is_asked() {
        let ids = store.read(move |tx| reread::next(tx, after, limits::REDERIVE_GROUP)).await?;
        let Some(last) = ids.last() else { break };
        after = *last;
        group(store, ids, &mut counts).await?;
        progress(&counts);
    }
    Ok(counts)
}

async fn group(store: &Store, ids: Vec<i64>, counts: &mut Counts) -> Result<(), RederiveError> {
    let rows = store.read(move |tx| reread::documents(tx, &ids)).await?;
    let at_once = usize::try_from(limits::REDERIVE_AT_ONCE).unwrap_or(1);
    let mut read = stream::iter(rows).map(|row| one(store, row)).buffered(at_once);
    let mut of_identity: BTreeMap<i64, Vec<Reread>> = BTreeMap::new();
    while let Some(outcome) = read.next().await {
        match outcome? {
            Outcome::Read(one) => of_identity.entry(one.identity_id).or_default().push(*one),
            Outcome::Damaged => counts.damaged += 1,
            Outcome::Gone => {}
        }
    }
    for (identity_id, all) in of_identity {
        counts.done += store.write_bulk(move |tx| reread::write(tx, identity_id, &all)).await?;
    }
    Ok(())
}

async fn one(store: &Store, row: Result<EntryRow, StoreError>) -> Result<Outcome, RederiveError> {
    let row = match row {
        Ok(row) => row,
        Err(error) => {
            tracing::error!(%error, "a document keeps its old facts: its metadata are damaged");
            return Ok(Outcome::Damaged);
        }
    };
    let unique_id = row.entry.unique_id.clone();
    let held = match repository::retrieve(store, &unique_id).await {
        Ok(held) => held,
        Err(RepositoryError::Unknown { .. }) => return Ok(Outcome::Gone),
        Err(error @ RepositoryError::Damaged { .. }) => {
            tracing::error!(
                unique_id, %error,
                "a document keeps its old facts: restore its bytes from a backup"
            );
            return Ok(Outcome::Damaged);
        }
        Err(error) => return Err(error.into()),
    };
    let EntryRow { id, identity_id, entry, .. } = row;
    let read = tokio::task::spawn_blocking(move || {
        reread::reread(id, identity_id, entry, &held.bytes, held.sha256)
    });
    let read = read.await?;
    let read = read.map_err(|problem| RederiveError::Refused { unique_id, problem })?;
    Ok(Outcome::Read(Box::new(read)))
}
