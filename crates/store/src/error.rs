//! What can go wrong in the store.

use thiserror::Error;

/// An error of the store. It can be cloned, because a failed group commit is the answer to
/// every member of the group.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum StoreError {
    /// Another writer held the database for too long, or a PostgreSQL use case met
    /// serialization failures in every attempt. Nothing was stored; try again later.
    #[error("database busy: {0}; nothing was stored, try again later")]
    Busy(String),
    /// A row with the same unique key exists. Use cases say `ON CONFLICT` instead of meeting it.
    #[error("statement {statement}: the row exists already ({detail})")]
    Unique {
        /// Name of the statement.
        statement: &'static str,
        /// What the engine says.
        detail: String,
    },
    /// Another constraint refused the row: a foreign key, NOT NULL.
    #[error("statement {statement}: refused by a constraint ({detail})")]
    Constraint {
        /// Name of the statement.
        statement: &'static str,
        /// What the engine says.
        detail: String,
    },
    /// The engine refused the statement.
    #[error("statement {statement}: {detail}")]
    Sql {
        /// Name of the statement.
        statement: &'static str,
        /// What the engine says.
        detail: String,
    },
    /// A text with U+0000: PostgreSQL cannot keep it, so neither engine is asked to.
    #[error(
        "statement {statement}: parameter ?{parameter} contains NUL; remove it or keep the value as bytes"
    )]
    Nul {
        /// Name of the statement.
        statement: &'static str,
        /// Number of the parameter, from 1.
        parameter: usize,
    },
    /// A column is read as something that it is not.
    #[error("column {column} is not {expected}: {detail}")]
    Column {
        /// Number of the column, from 0.
        column: usize,
        /// What was asked for.
        expected: &'static str,
        /// What is there.
        detail: String,
    },
    /// A stored value does not have the form it should have (JSON, a UUID, a code).
    #[error("stored value is damaged: {0}")]
    Damaged(String),
    /// A statement of this use case failed before; it must return that error. Where a failure
    /// is expected, [`Tx::savepoint`](crate::Tx::savepoint) encloses it.
    #[error("the transaction was given up after an earlier error: {0}")]
    Aborted(String),
    /// The disk is full. Nothing was stored; writing works again when there is space.
    #[error("disk full: {0}; free some space, nothing was stored")]
    Full(String),
    /// Reading or writing the disk failed, or a page is corrupt.
    #[error("disk error: {0}")]
    Disk(String),
    /// After an error of the disk nothing more is written until restart: what the disk did not
    /// take once may be lost silently the second time.
    #[error("writing stopped after a disk error ({0}); check the disk, then restart")]
    Poisoned(String),
    /// The connection to PostgreSQL was lost. Whether a commit that was under way took effect
    /// is not known; use cases are idempotent, so do it again.
    #[error("connection to the database lost: {0}")]
    Lost(String),
    /// The use case panicked; nothing of it was stored.
    #[error("a use case panicked: {0}")]
    Panicked(String),
    /// The store was closed.
    #[error("the store is closed")]
    Closed,
    /// The holder of a lease or job was replaced: its fencing token is no longer the newest.
    #[error("{name} is held by another worker now: stop working on it")]
    Fenced {
        /// Name of the lease, or kind and key of the job.
        name: String,
    },
    /// The database cannot be opened or used as it is.
    #[error("cannot open the database: {0}")]
    Open(String),
    /// A migration failed or the database was made by another set of migrations.
    #[error("migration {name}: {detail}")]
    Migration {
        /// Name of the migration.
        name: String,
        /// What is wrong and what to do.
        detail: String,
    },
    /// An object is not there, or is not what its key says.
    #[error("object {sha256}: {detail}")]
    Object {
        /// The SHA-256 in hexadecimal.
        sha256: String,
        /// What is wrong.
        detail: String,
    },
    /// A backup could not be made, verified or restored.
    #[error("backup: {0}")]
    Backup(String),
}

impl StoreError {
    /// True where the same use case may succeed later without anybody doing anything.
    pub fn is_temporary(&self) -> bool {
        matches!(self, StoreError::Busy(_) | StoreError::Full(_) | StoreError::Lost(_))
    }

    /// True where the whole transaction is gone, not only the statement.
    pub(crate) fn ends_transaction(&self) -> bool {
        matches!(
            self,
            StoreError::Busy(_)
                | StoreError::Full(_)
                | StoreError::Disk(_)
                | StoreError::Lost(_)
                | StoreError::Poisoned(_)
        )
    }
}
