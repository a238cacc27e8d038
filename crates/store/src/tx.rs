//! The transaction that a use case works in.

use crate::dialect::Engine;
use crate::error::StoreError;
use crate::param::Param;
use crate::row::Row;
use crate::statement::Statement;
use crate::{postgres, sqlite};
use std::ops::ControlFlow;

/// A transaction. Every error of a statement ends it on both engines (PostgreSQL knows no
/// other way): the use case must return the error; what it returns instead is ignored. Where a
/// failure is expected, [`savepoint`](Tx::savepoint) encloses it.
pub struct Tx {
    pub(crate) connection: Connection,
    fault: Option<StoreError>,
    depth: u32,
}

pub(crate) enum Connection {
    Sqlite(sqlite::Connection),
    Postgres(Box<postgres::Connection>),
}

impl Tx {
    pub(crate) fn new(connection: Connection) -> Tx {
        Tx { connection, fault: None, depth: 0 }
    }

    /// The engine in use. Only for what no statement can say; SQL differs through macros.
    pub fn engine(&self) -> Engine {
        match self.connection {
            Connection::Sqlite(_) => Engine::Sqlite,
            Connection::Postgres(_) => Engine::Postgres,
        }
    }

    /// Runs a statement that gives no rows and answers how many it changed.
    pub fn execute(
        &mut self,
        statement: &'static Statement,
        params: &[Param<'_>],
    ) -> Result<u64, StoreError> {
        self.check(statement, params)?;
        let done = match &mut self.connection {
            Connection::Sqlite(connection) => connection.execute(statement, params),
            Connection::Postgres(connection) => connection.execute(statement, params),
        };
        self.note(done)
    }

    /// Inserts one row and gives its number; `None` where a row with its key was there. The
    /// statement is an INSERT of one row with `ON CONFLICT … DO NOTHING RETURNING id`.
    pub fn insert(
        &mut self,
        statement: &'static Statement,
        params: &[Param<'_>],
    ) -> Result<Option<i64>, StoreError> {
        if !statement.is_insert_of_one_row() {
            let detail = "it is no INSERT … ON CONFLICT … DO NOTHING RETURNING id".to_owned();
            return self.note(Err(StoreError::Sql { statement: statement.name, detail }));
        }
        if let Connection::Sqlite(_) = self.connection {
            self.check(statement, params)?;
        }
        match &mut self.connection {
            Connection::Sqlite(connection) => {
                let done = connection.insert(statement, params);
                self.note(done)
            }
            Connection::Postgres(_) => self.query_opt(statement, params, |row| row.int(0)),
        }
    }

    /// Runs a statement and collects what `read` makes of each row.
    pub fn query<T>(
        &mut self,
        statement: &'static Statement,
        params: &[Param<'_>],
        mut read: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let mut found = Vec::new();
        self.for_each(statement, params, |row| {
            found.push(read(row)?);
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(found)
    }

    /// Runs a statement that gives at most one row; further rows are not looked at.
    pub fn query_opt<T>(
        &mut self,
        statement: &'static Statement,
        params: &[Param<'_>],
        mut read: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        let mut found = None;
        self.for_each(statement, params, |row| {
            found = Some(read(row)?);
            Ok(ControlFlow::Break(()))
        })?;
        Ok(found)
    }

    /// Runs a statement and gives its rows one by one, until `each` breaks. Rows are not
    /// collected: memory does not grow with the result. `each` cannot use this transaction.
    /// PostgreSQL sends the rest of a result even after a break, so say LIMIT where you can.
    pub fn for_each(
        &mut self,
        statement: &'static Statement,
        params: &[Param<'_>],
        mut each: impl FnMut(&Row<'_>) -> Result<ControlFlow<()>, StoreError>,
    ) -> Result<(), StoreError> {
        self.check(statement, params)?;
        let done = match &mut self.connection {
            Connection::Sqlite(connection) => connection.for_each(statement, params, &mut each),
            Connection::Postgres(connection) => connection.for_each(statement, params, &mut each),
        };
        self.note(done)
    }

    /// Runs `inner` so that, if it fails, only what it did is undone and this transaction goes
    /// on. An error that ends the whole transaction (busy, disk, lost connection) still does.
    pub fn savepoint<T, E: From<StoreError>>(
        &mut self,
        inner: impl FnOnce(&mut Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        if let Some(fault) = &self.fault {
            return Err(aborted(fault).into());
        }
        let name = format!("inner_{}", self.depth);
        self.control(&format!("SAVEPOINT {name}"))?;
        self.depth += 1;
        let result = inner(self);
        self.depth -= 1;
        let result = match (result, &self.fault) {
            (Ok(_), Some(fault)) => Err(E::from(fault.clone())),
            (result, _) => result,
        };
        if self.fault.as_ref().is_some_and(StoreError::ends_transaction) {
            return result;
        }
        self.fault = None;
        if result.is_err() {
            self.control(&format!("ROLLBACK TO {name}"))?;
        }
        self.control(&format!("RELEASE {name}"))?;
        result
    }

    /// What made this transaction fail, if anything did.
    pub(crate) fn fault(&self) -> Option<&StoreError> {
        self.fault.as_ref()
    }

    /// Forgets the fault: another use case begins.
    pub(crate) fn renew(&mut self) {
        self.fault = None;
        self.depth = 0;
    }

    /// Runs a statement of transaction control, or several statements of a migration.
    pub(crate) fn control(&mut self, text: &str) -> Result<(), StoreError> {
        let done = match &mut self.connection {
            Connection::Sqlite(connection) => connection.batch(text),
            Connection::Postgres(connection) => connection.batch(text),
        };
        self.note(done)
    }

    fn check(&mut self, statement: &Statement, params: &[Param<'_>]) -> Result<(), StoreError> {
        if let Some(fault) = &self.fault {
            return Err(aborted(fault));
        }
        let nul = params.iter().position(
            |p| matches!(p, Param::Text(text) if memchr::memchr(0, text.as_bytes()).is_some()),
        );
        match nul {
            None => Ok(()),
            Some(at) => {
                self.note(Err(StoreError::Nul { statement: statement.name, parameter: at + 1 }))
            }
        }
    }

    fn note<T>(&mut self, result: Result<T, StoreError>) -> Result<T, StoreError> {
        if let (Err(error), None) = (&result, &self.fault) {
            self.fault = Some(error.clone());
        }
        result
    }
}

fn aborted(fault: &StoreError) -> StoreError {
    match fault {
        StoreError::Aborted(_) => fault.clone(),
        other => StoreError::Aborted(other.to_string()),
    }
}
