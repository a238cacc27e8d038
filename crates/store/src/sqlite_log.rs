//! SQLite's write-ahead log: when it is moved into the database, and by whom.

use crate::error::StoreError;
use crate::poison::Poison;
use crate::sqlite::{self, Purpose};
use rusqlite::hooks::Wal;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

/// Pages that the log grew by after which they are moved (about 24 MiB).
pub(crate) const MOVE_PAGES: i32 = 3_000;

/// Pages in the log from which on the writer moves them itself (about 96 MiB): only while nobody
/// appends can the log be moved to its end and begin anew.
const ALONE_PAGES: i32 = 12_000;

/// Pages in the log after which it is worth waiting a moment for readers, so that the log can
/// begin anew (about 256 MiB): short readers that always overlap would else let it grow without
/// end. One that lasts lets it grow for as long as it lasts.
const RESTART_PAGES: i32 = 32_000;

/// What a log of some length asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Due {
    /// Nothing yet.
    Nothing,
    /// Moving beside the writer.
    Beside,
    /// Moving by the writer.
    Alone,
    /// Moving by the writer, waiting for readers for [`model::limits::LOG_RESTART_WAIT_MS`].
    Restart,
}

/// The writer's view of the log.
pub(crate) struct Log {
    pages: Arc<AtomicI32>,
    asked_at: i32,
    mover: Option<SyncSender<()>>,
}

/// The thread that moves the log while the writer goes on.
pub(crate) struct Mover {
    connection: sqlite::Connection,
    poison: Poison,
    asked: Receiver<()>,
}

impl Log {
    /// Follows the log of a connection.
    pub(crate) fn of(connection: &mut sqlite::Connection) -> Result<Log, StoreError> {
        let pages = Arc::new(AtomicI32::new(0));
        let seen = pages.clone();
        connection
            .raw
            .wal_hook(Some(move |_: &'_ mut Wal, pages| {
                seen.store(pages, Ordering::Relaxed);
                Ok(())
            }))
            .map_err(|error| sqlite::fault("(open)", &error))?;
        Ok(Log { pages, asked_at: 0, mover: None })
    }

    /// Gives the moving to a thread of its own; without one the writer does all of it.
    pub(crate) fn mover(&mut self, path: &Path, poison: Poison) -> Result<Mover, StoreError> {
        let connection = sqlite::Connection::open(path, Purpose::Write)?;
        // One request waits while another is served; further ones would ask for the same.
        let (mover, asked) = sync_channel(1);
        self.mover = Some(mover);
        Ok(Mover { connection, poison, asked })
    }

    /// What is due after a commit; it is asked for once.
    pub(crate) fn due(&mut self) -> Due {
        let pages = self.pages.load(Ordering::Relaxed);
        if pages < self.asked_at {
            self.asked_at = 0;
        }
        if pages - self.asked_at < MOVE_PAGES {
            return Due::Nothing;
        }
        self.asked_at = pages;
        match pages {
            RESTART_PAGES.. => Due::Restart,
            ALONE_PAGES.. => Due::Alone,
            _ if self.mover.is_none() => Due::Alone,
            _ => Due::Beside,
        }
    }

    /// Asks the thread to move what is there.
    pub(crate) fn ask(&self) {
        if let Some(mover) = &self.mover {
            // Full: it is asked already. Gone: the store closes.
            let _ = mover.try_send(());
        }
    }
}

impl Mover {
    /// Serves until the writer is gone.
    pub(crate) fn serve(mut self) {
        while self.asked.recv().is_ok() {
            if let Err(error) = self.connection.batch("PRAGMA wal_checkpoint(PASSIVE)") {
                tracing::warn!(%error, "the log was not moved into the database");
                self.poison.note(&error);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_growing_log_is_moved_beside_the_writer_then_by_it() {
        let (mover, asked) = sync_channel(1);
        let mut log = Log { pages: Arc::new(AtomicI32::new(0)), asked_at: 0, mover: Some(mover) };
        let mut at = |pages: i32| {
            log.pages.store(pages, Ordering::Relaxed);
            log.due()
        };
        assert_eq!(at(MOVE_PAGES - 1), Due::Nothing);
        assert_eq!(at(MOVE_PAGES), Due::Beside);
        assert_eq!(at(MOVE_PAGES + 1), Due::Nothing);
        assert_eq!(at(ALONE_PAGES), Due::Alone);
        assert_eq!(at(RESTART_PAGES), Due::Restart);
        // The log began anew.
        assert_eq!(at(1), Due::Nothing);
        assert_eq!(at(MOVE_PAGES), Due::Beside);
        log.ask();
        log.ask();
        assert_eq!(asked.try_iter().count(), 1, "a second request says nothing new");
    }
}
