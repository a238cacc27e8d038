//! The threads of SQLite: one writer with group commit, several readers.

use crate::case::{UseCase, Verdict};
use crate::error::StoreError;
use crate::poison::Poison;
use crate::queue::Served;
use crate::sqlite::{self, Purpose};
use crate::turnstile::Turnstile;
use crate::tx::{Connection, Tx};
use model::limits;
use rusqlite::hooks::Wal;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};

/// Pages in the log after which the writer moves them into the database (about 16 MiB).
const CHECKPOINT_PAGES: i32 = 4_000;

/// Pages in the log after which it is worth waiting for readers, so that the log can begin
/// anew (about 256 MiB): readers that always overlap would else let it grow without end.
const RESTART_PAGES: i32 = 64_000;

/// The one writer. It takes every use case that waits, up to a limit, and makes one commit of
/// them; all are answered after it. A sync costs the same for one as for many.
pub(crate) struct Writer {
    tx: Tx,
    turnstile: Arc<Turnstile>,
    poison: Poison,
    log_pages: Arc<AtomicI32>,
    moved_pages: i32,
}

impl Writer {
    pub(crate) fn open(path: &Path, poison: Poison) -> Result<Writer, StoreError> {
        let turnstile = Arc::new(Turnstile::open(path)?);
        // Two processes that both make the database would meet while it is switched to WAL.
        let turn = turnstile.enter()?;
        let mut connection = sqlite::Connection::open(path, Purpose::Write)?;
        drop(turn);
        let log_pages = Arc::new(AtomicI32::new(0));
        let seen = log_pages.clone();
        connection
            .raw
            .wal_hook(Some(move |_: &'_ mut Wal, pages| {
                seen.store(pages, Ordering::Relaxed);
                Ok(())
            }))
            .map_err(|error| sqlite::fault("(open)", &error))?;
        let tx = Tx::new(Connection::Sqlite(connection));
        Ok(Writer { tx, turnstile, poison, log_pages, moved_pages: 0 })
    }

    /// The transaction object, for migrations before the threads start.
    pub(crate) fn tx(&mut self) -> &mut Tx {
        &mut self.tx
    }

    /// Serves the queue until the store is closed.
    pub(crate) fn serve(mut self, served: &Served) {
        let limit = usize::try_from(limits::WRITER_GROUP).unwrap_or(1);
        while let Some(first) = served.next() {
            let mut group = vec![first];
            while group.len() < limit {
                match served.try_next() {
                    Some(case) => group.push(case),
                    None => break,
                }
            }
            self.run_group(group);
            self.checkpoint();
        }
    }

    /// One transaction for the whole group; each member can fail alone.
    pub(crate) fn run_group(&mut self, mut group: Vec<Box<dyn UseCase>>) {
        let end = self.poison.check().and_then(|()| self.transact(&mut group));
        if let Err(error) = &end {
            self.poison.note(error);
        }
        for case in group {
            case.answer(end.clone());
        }
    }

    fn transact(&mut self, group: &mut [Box<dyn UseCase>]) -> Result<(), StoreError> {
        let turnstile = self.turnstile.clone();
        let _turn = turnstile.enter()?;
        self.tx.renew();
        self.tx.control("BEGIN IMMEDIATE")?;
        let done = group.iter_mut().try_for_each(|case| self.run_member(case.as_mut()));
        let end = done.and_then(|()| self.tx.control("COMMIT"));
        if end.is_err() && !self.is_outside_transaction() {
            self.tx.renew();
            // The first error is the answer; a rollback that fails too adds nothing to it.
            let _ = self.tx.control("ROLLBACK");
        }
        end
    }

    /// Runs one member in a savepoint of its own. An error here is the whole group's.
    fn run_member(&mut self, case: &mut dyn UseCase) -> Result<(), StoreError> {
        self.tx.renew();
        self.tx.control("SAVEPOINT member")?;
        let verdict = case.run(&mut self.tx);
        if let Some(fault) = self.tx.fault().cloned() {
            self.poison.note(&fault);
            self.poison.check()?;
            if self.is_outside_transaction() {
                return Err(fault);
            }
        }
        self.tx.renew();
        if verdict == Verdict::Discard {
            self.tx.control("ROLLBACK TO member")?;
        }
        self.tx.control("RELEASE member")
    }

    /// Moves the log into the database when it has grown. A failed sync here poisons as well.
    fn checkpoint(&mut self) {
        let pages = self.log_pages.load(Ordering::Relaxed);
        if pages < self.moved_pages {
            self.moved_pages = 0;
        }
        if pages - self.moved_pages < CHECKPOINT_PAGES {
            return;
        }
        self.moved_pages = pages;
        self.tx.renew();
        let how = if pages < RESTART_PAGES { "PASSIVE" } else { "RESTART" };
        if let Err(error) = self.tx.control(&format!("PRAGMA wal_checkpoint({how})")) {
            tracing::warn!(%error, "the log was not moved into the database");
            self.poison.note(&error);
        }
    }

    fn is_outside_transaction(&self) -> bool {
        match &self.tx.connection {
            Connection::Sqlite(connection) => connection.is_outside_transaction(),
            Connection::Postgres(_) => false,
        }
    }
}

/// A reader: each use case sees one snapshot and cannot write.
pub(crate) struct Reader {
    tx: Tx,
}

impl Reader {
    pub(crate) fn open(path: &Path) -> Result<Reader, StoreError> {
        let connection = sqlite::Connection::open(path, Purpose::Read)?;
        Ok(Reader { tx: Tx::new(Connection::Sqlite(connection)) })
    }

    /// Serves the queue until the store is closed.
    pub(crate) fn serve(mut self, served: &Served) {
        while let Some(mut case) = served.next() {
            if case.is_abandoned() {
                continue;
            }
            self.tx.renew();
            let end = self.tx.control("BEGIN").map(|()| {
                case.run(&mut self.tx);
                self.tx.renew();
                if let Err(error) = self.tx.control("ROLLBACK") {
                    tracing::warn!(%error, "a read transaction did not end");
                }
            });
            case.answer(end);
        }
    }
}

#[cfg(test)]
#[path = "sqlite_threads_tests.rs"]
mod tests;
