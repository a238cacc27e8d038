//! The threads of PostgreSQL: a bounded pool, each thread with a connection of its own.
//!
//! Writes are SERIALIZABLE: use cases are written as if alone on the database, which is what
//! SQLite's one writer gives; only this level gives the same on PostgreSQL without judging each
//! use case by itself. Its price is repetition: serialization failures and deadlocks run the
//! use case again; row locks (`@FOR_UPDATE`, `@CLAIM`) where many meet make them rare. Every
//! write holds a shared advisory lock; the last attempts hold it alone, on every node, so that
//! a use case that met others again and again cannot meet anybody any more. Reads are
//! REPEATABLE READ, READ ONLY: one snapshot, no failures.

use crate::case::{UseCase, Verdict};
use crate::error::StoreError;
use crate::migrate;
use crate::poison::Poison;
use crate::postgres;
use crate::queue::Served;
use crate::tx::{Connection, Tx};
use model::limits;
use tokio_postgres::Config;

const BEGIN_ALONE: &str = "BEGIN ISOLATION LEVEL SERIALIZABLE";
// The lock's number is arbitrary, and not that of the migrations.
const BEGIN_WRITE: &str =
    "BEGIN ISOLATION LEVEL SERIALIZABLE; SELECT pg_advisory_xact_lock_shared(7077082)";
const BEGIN_READ: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
const LOCK: &str = "SELECT pg_advisory_lock(7077082)";
const UNLOCK: &str = "SELECT pg_advisory_unlock(7077082)";

/// Attempts made among others, before a use case is alone.
const ATTEMPTS_AMONG_OTHERS: u64 = 3;

/// One thread's part: a connection, made when needed and made again when lost.
pub(crate) struct Worker {
    config: Config,
    begin: &'static str,
    poison: Option<Poison>,
    tx: Option<Tx>,
}

/// How an attempt at a use case ended.
enum Attempt {
    Over(Result<(), StoreError>),
    Again(StoreError),
}

impl Worker {
    /// A worker that writes, unless the store is poisoned.
    pub(crate) fn writer(config: Config, poison: Poison) -> Worker {
        Worker { config, begin: BEGIN_WRITE, poison: Some(poison), tx: None }
    }

    /// A worker that reads.
    pub(crate) fn reader(config: Config) -> Worker {
        Worker { config, begin: BEGIN_READ, poison: None, tx: None }
    }

    /// Serves the queue until the store is closed.
    pub(crate) fn serve(mut self, served: &Served) {
        while let Some((_, mut case)) = served.next() {
            let writes = self.poison.is_some();
            if !writes && case.is_abandoned() {
                continue;
            }
            let allowed = self.poison.as_ref().map_or(Ok(()), Poison::check);
            let end = allowed.and_then(|()| self.run(case.as_mut()));
            case.answer(end);
        }
    }

    fn run(&mut self, case: &mut dyn UseCase) -> Result<(), StoreError> {
        let mut last = StoreError::Closed;
        for attempt in 1..=limits::TRANSACTION_ATTEMPTS {
            let alone = self.poison.is_some() && attempt > ATTEMPTS_AMONG_OTHERS;
            let ended = if alone { self.attempt_alone(case) } else { self.attempt(case) };
            match ended {
                Attempt::Over(end) => return end,
                Attempt::Again(error) => last = error,
            }
        }
        Err(last)
    }

    fn attempt(&mut self, case: &mut dyn UseCase) -> Attempt {
        match self.connected() {
            Ok(tx) => self.transact(tx, self.begin, case),
            Err(error) => Attempt::Again(error),
        }
    }

    /// The lock is the session's: taken before the transaction's snapshot, given back after its
    /// end, and gone with the connection if that is lost.
    fn attempt_alone(&mut self, case: &mut dyn UseCase) -> Attempt {
        let mut tx = match self.connected() {
            Ok(tx) => tx,
            Err(error) => return Attempt::Again(error),
        };
        if let Err(error) = tx.control(LOCK) {
            return Attempt::Again(error);
        }
        let ended = self.transact(tx, BEGIN_ALONE, case);
        self.tx = self.tx.take().and_then(|mut tx| tx.control(UNLOCK).is_ok().then_some(tx));
        ended
    }

    /// The connection at hand, or a new one.
    fn connected(&mut self) -> Result<Tx, StoreError> {
        let mut tx = self.tx.take().map_or_else(|| connect(&self.config), Ok)?;
        tx.renew();
        Ok(tx)
    }

    fn transact(&mut self, mut tx: Tx, begin: &str, case: &mut dyn UseCase) -> Attempt {
        if let Err(error) = tx.control(begin) {
            return Attempt::Again(error);
        }
        let verdict = case.run(&mut tx);
        let fault = tx.fault().cloned();
        let must_repeat = take_must_repeat(&mut tx);
        tx.renew();
        match fault {
            // Not yet committed, so nothing is stored: safe to do again on a new connection.
            Some(error @ StoreError::Lost(_)) => Attempt::Again(error),
            Some(error) if must_repeat => {
                self.roll_back(tx);
                Attempt::Again(error)
            }
            _ if verdict == Verdict::Discard => {
                self.roll_back(tx);
                Attempt::Over(Ok(()))
            }
            _ => self.commit(tx),
        }
    }

    fn commit(&mut self, mut tx: Tx) -> Attempt {
        match tx.control("COMMIT") {
            Ok(()) => {
                self.tx = Some(tx);
                Attempt::Over(Ok(()))
            }
            Err(error) if take_must_repeat(&mut tx) => {
                self.roll_back(tx);
                Attempt::Again(error)
            }
            // Lost on the way: whether it is stored is not known, so it is not repeated here.
            Err(error) => Attempt::Over(Err(error)),
        }
    }

    /// Keeps the connection only if the rollback succeeds.
    fn roll_back(&mut self, mut tx: Tx) {
        tx.renew();
        if tx.control("ROLLBACK").is_ok() {
            self.tx = Some(tx);
        }
    }
}

/// Connects and brings the schema up to date, on a thread outside any runtime.
pub(crate) fn migrate(config: &Config) -> Result<(), StoreError> {
    let done = std::thread::scope(|scope| {
        scope.spawn(|| connect(config).and_then(|mut tx| migrate::migrate(&mut tx))).join()
    });
    match done {
        Ok(Err(StoreError::Lost(detail))) => Err(StoreError::Open(format!(
            "PostgreSQL: {detail}; check that the server runs and that the database exists"
        ))),
        Ok(done) => done,
        Err(_) => Err(StoreError::Open("PostgreSQL: the migrating thread panicked".to_owned())),
    }
}

fn connect(config: &Config) -> Result<Tx, StoreError> {
    let connection = postgres::Connection::open(config)?;
    Ok(Tx::new(Connection::Postgres(Box::new(connection))))
}

fn take_must_repeat(tx: &mut Tx) -> bool {
    match &mut tx.connection {
        Connection::Postgres(connection) => connection.take_must_repeat(),
        Connection::Sqlite(_) => false,
    }
}
