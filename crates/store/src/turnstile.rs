//! Turns between processes that write to one SQLite database.
//!
//! SQLite's own busy handler polls; a process that commits group after group leaves gaps of
//! microseconds, so another (a command beside a running server) could poll for half a minute
//! without luck. Two file locks make a turnstile: whoever waits at the gate is next.

use crate::error::StoreError;
use rustix::fs::{FlockOperation, flock};
use std::fs::File;
use std::path::Path;

pub(crate) struct Turnstile {
    gate: File,
    turn: File,
}

/// A turn; it ends when dropped.
pub(crate) struct Turn<'a>(&'a Turnstile);

impl Turnstile {
    /// The turnstile of the database at `path`: two empty files beside it.
    pub(crate) fn open(path: &Path) -> Result<Turnstile, StoreError> {
        let beside = |suffix: &str| {
            let mut name = path.as_os_str().to_owned();
            name.push(suffix);
            File::options()
                .create(true)
                .truncate(false)
                .write(true)
                .open(&name)
                .map_err(|error| StoreError::Open(format!("{}: {error}", name.display())))
        };
        Ok(Turnstile { gate: beside(".gate")?, turn: beside(".turn")? })
    }

    /// Waits for the turn. A process that dies gives up its locks.
    pub(crate) fn enter(&self) -> Result<Turn<'_>, StoreError> {
        lock(&self.gate, FlockOperation::LockExclusive)?;
        let turn = lock(&self.turn, FlockOperation::LockExclusive);
        let left = lock(&self.gate, FlockOperation::Unlock);
        turn.and(left).map(|()| Turn(self))
    }
}

impl Turn<'_> {
    /// Whether another process waits at the gate. Where that cannot be told, none does.
    pub(crate) fn is_wanted(&self) -> bool {
        let gate = &self.0.gate;
        match flock(gate, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => lock(gate, FlockOperation::Unlock).is_err(),
            Err(error) => error == rustix::io::Errno::WOULDBLOCK,
        }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        if let Err(error) = lock(&self.0.turn, FlockOperation::Unlock) {
            tracing::warn!(%error, "a write turn did not end");
        }
    }
}

fn lock(file: &File, operation: FlockOperation) -> Result<(), StoreError> {
    loop {
        match flock(file, operation) {
            Err(rustix::io::Errno::INTR) => (),
            done => return done.map_err(|error| StoreError::Busy(format!("lock file: {error}"))),
        }
    }
}
