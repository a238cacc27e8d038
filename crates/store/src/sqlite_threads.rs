//! The threads of SQLite: one writer with group commit, several readers.

use crate::case::{UseCase, Verdict};
use crate::error::StoreError;
use crate::poison::Poison;
use crate::queue::{Rank, Served};
use crate::sqlite::{self, Purpose};
use crate::sqlite_log::{Due, Log, Mover};
use crate::turnstile::{Turn, Turnstile};
use crate::tx::{Connection, Tx};
use model::limits;
use std::collections::VecDeque;
use std::path::Path;
use std::sync::Arc;

/// The one writer. It takes every use case that waits, up to a limit, and makes one commit of
/// them; all are answered after it. A sync costs the same for one as for many. Pages do not share
/// a commit with intake: they would wait for all of it.
pub(crate) struct Writer {
    tx: Tx,
    turnstile: Arc<Turnstile>,
    poison: Poison,
    log: Log,
}

impl Writer {
    pub(crate) fn open(path: &Path, poison: Poison) -> Result<Writer, StoreError> {
        let turnstile = Arc::new(Turnstile::open(path)?);
        // Two processes that both make the database would meet while it is switched to WAL.
        let turn = turnstile.enter()?;
        let mut connection = sqlite::Connection::open(path, Purpose::Write)?;
        drop(turn);
        let log = Log::of(&mut connection)?;
        let tx = Tx::new(Connection::Sqlite(connection));
        Ok(Writer { tx, turnstile, poison, log })
    }

    /// The thread that moves the log beside this writer.
    pub(crate) fn mover(&mut self, path: &Path) -> Result<Mover, StoreError> {
        self.log.mover(path, self.poison.clone())
    }

    /// The transaction object, for migrations before the threads start.
    pub(crate) fn tx(&mut self) -> &mut Tx {
        &mut self.tx
    }

    /// Serves the queue until the store is closed. Where pages and intake both wait, they take
    /// turns, and a turn of intake ends with the member that runs when a page comes.
    pub(crate) fn serve(mut self, served: &Served) {
        let mut bulk = VecDeque::new();
        loop {
            match self.take(served, &mut bulk) {
                Some(interactive) if !interactive.is_empty() => self.run_group(interactive),
                Some(_) => {}
                None => break,
            }
            self.checkpoint();
            if !bulk.is_empty() {
                self.run_bulk(&mut bulk, served);
                self.checkpoint();
            }
        }
    }

    /// The interactive use cases that wait, and into `bulk` the others, as far as one commit may
    /// hold; waits where there is nothing to do. `None` when the store is closed.
    fn take(
        &self,
        served: &Served,
        bulk: &mut VecDeque<Box<dyn UseCase>>,
    ) -> Option<Vec<Box<dyn UseCase>>> {
        let limit = usize::try_from(limits::WRITER_GROUP).unwrap_or(1);
        let mut interactive = Vec::new();
        if bulk.is_empty() {
            match served.next()? {
                (Rank::Interactive, case) => interactive.push(case),
                (Rank::Bulk, case) => bulk.push_back(case),
            }
        }
        let more = |rank, count: usize| (count < limit).then(|| served.try_next(rank)).flatten();
        while let Some(case) = more(Rank::Interactive, interactive.len()) {
            interactive.push(case);
        }
        while let Some(case) = more(Rank::Bulk, bulk.len()) {
            bulk.push_back(case);
        }
        Some(interactive)
    }

    /// One transaction for the whole group; each member can fail alone.
    pub(crate) fn run_group(&mut self, group: Vec<Box<dyn UseCase>>) {
        self.run_until(&mut group.into(), |_| false);
    }

    /// One transaction for as many of the group as come before somebody waits, at least one; the
    /// rest stays.
    fn run_bulk(&mut self, group: &mut VecDeque<Box<dyn UseCase>>, served: &Served) {
        self.run_until(group, |turn| served.somebody_waits() || turn.is_wanted());
    }

    fn run_until(
        &mut self,
        group: &mut VecDeque<Box<dyn UseCase>>,
        is_over: impl Fn(&Turn<'_>) -> bool,
    ) {
        let mut done = Vec::with_capacity(group.len());
        let end = match self.poison.check() {
            Ok(()) => self.transact(group, &mut done, is_over),
            Err(error) => Err(error),
        };
        if let Err(error) = &end {
            self.poison.note(error);
            done.extend(group.drain(..));
        }
        for case in done {
            case.answer(end.clone());
        }
    }

    fn transact(
        &mut self,
        group: &mut VecDeque<Box<dyn UseCase>>,
        done: &mut Vec<Box<dyn UseCase>>,
        is_over: impl Fn(&Turn<'_>) -> bool,
    ) -> Result<(), StoreError> {
        let turnstile = self.turnstile.clone();
        let turn = turnstile.enter()?;
        if self.run_plainly(group, done, || is_over(&turn))? {
            return Ok(());
        }
        // Nothing is kept of those that ran; each runs again in a savepoint of its own.
        while let Some(case) = done.pop() {
            group.push_front(case);
        }
        self.tx.renew();
        self.tx.control("BEGIN IMMEDIATE")?;
        let mut end = Ok(());
        while let Some(mut case) = group.pop_front() {
            end = self.run_member(case.as_mut());
            done.push(case);
            if end.is_err() || is_over(&turn) {
                break;
            }
        }
        let end = end.and_then(|()| self.tx.control("COMMIT"));
        if end.is_err() {
            self.roll_back();
        }
        end
    }

    /// Runs the members one after another without savepoints, which copy every page that a
    /// member touches. True when it is over: committed, or a lone member failed and nothing is
    /// left of it. False when one of several failed and nothing is left of any.
    fn run_plainly(
        &mut self,
        group: &mut VecDeque<Box<dyn UseCase>>,
        done: &mut Vec<Box<dyn UseCase>>,
        is_over: impl Fn() -> bool,
    ) -> Result<bool, StoreError> {
        self.tx.renew();
        self.tx.control("BEGIN IMMEDIATE")?;
        while let Some(mut case) = group.pop_front() {
            self.tx.renew();
            let verdict = case.run(&mut self.tx);
            done.push(case);
            let fault = self.tx.fault().cloned();
            if verdict == Verdict::Discard || fault.is_some() {
                return self.give_up(fault).map(|()| done.len() == 1 && group.is_empty());
            }
            if is_over() {
                break;
            }
        }
        self.tx.renew();
        let end = self.tx.control("COMMIT");
        if end.is_err() {
            self.roll_back();
        }
        end.map(|()| true)
    }

    /// Undoes all members. An error here is the whole group's.
    fn give_up(&mut self, fault: Option<StoreError>) -> Result<(), StoreError> {
        let ended = self.is_outside_transaction();
        self.roll_back();
        if let Some(fault) = fault {
            self.poison.note(&fault);
            self.poison.check()?;
            if ended {
                return Err(fault);
            }
        }
        Ok(())
    }

    fn roll_back(&mut self) {
        if !self.is_outside_transaction() {
            self.tx.renew();
            // The first error is the answer; a rollback that fails too adds nothing to it.
            let _ = self.tx.control("ROLLBACK");
        }
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

    /// Has the log moved into the database when it has grown. A failed sync here poisons as well.
    fn checkpoint(&mut self) {
        let due = self.log.due();
        if due == Due::Beside {
            return self.log.ask();
        }
        self.move_log(due);
    }

    /// Whether the log was moved as far as was due.
    fn move_log(&mut self, due: Due) -> bool {
        let Connection::Sqlite(connection) = &mut self.tx.connection else { return true };
        let moved = match due {
            Due::Nothing | Due::Beside => Ok(true),
            Due::Alone => connection.checkpoint().map(|()| true),
            Due::Restart => connection.restart_log(),
        };
        match &moved {
            Ok(true) => {}
            Ok(false) => tracing::warn!("a long reading holds the log of the database; it grows"),
            Err(error) => {
                tracing::warn!(%error, "the log was not moved into the database");
                self.poison.note(error);
            }
        }
        moved == Ok(true)
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
        while let Some((_, mut case)) = served.next() {
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
