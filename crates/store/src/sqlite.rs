//! One connection to SQLite: opening, statements, errors.

use crate::dialect::Engine;
use crate::error::StoreError;
use crate::param::Param;
use crate::row::{Inner, Row, Value};
use crate::statement::Statement;
use model::limits;
use rusqlite::config::DbConfig;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{ErrorCode, OpenFlags, ffi};
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Duration;

/// More than there are statements: none is ever prepared twice.
const STATEMENT_CACHE: usize = 1_024;

/// Bytes of a page of a new database. A document's row takes a third of 4 KiB: pages of twice that
/// leave less of each empty, and intake writes half as many.
pub(crate) const PAGE_BYTES: usize = 8_192;

pub(crate) struct Connection {
    pub(crate) raw: rusqlite::Connection,
}

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    Write,
    Read,
}

impl Connection {
    /// Opens the database at `path`, making it if it is not there.
    ///
    /// WAL with `synchronous=FULL`: a commit returns after the log is synced. Checkpoints are
    /// the writer's explicit act, because SQLite itself keeps silent about their errors.
    pub(crate) fn open(path: &Path, purpose: Purpose) -> Result<Connection, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let cannot = |error: rusqlite::Error| {
            StoreError::Open(format!("{}: {error}; check path, owner and disk", path.display()))
        };
        let raw = rusqlite::Connection::open_with_flags(path, flags).map_err(cannot)?;
        // Each reader has a cache of its own, and the file system has one for all of them: a long
        // answer must not fill memory once per reader.
        let cache_kib = if purpose == Purpose::Write { 32 * 1024 } else { 4 * 1024 };
        raw.busy_timeout(Duration::from_millis(limits::BUSY_TIMEOUT_MS)).map_err(cannot)?;
        raw.execute_batch(&format!(
            "PRAGMA page_size = {PAGE_BYTES}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
             PRAGMA cache_size = -{cache_kib}; PRAGMA wal_autocheckpoint = 0;
             PRAGMA journal_size_limit = 67108864; PRAGMA temp_store = MEMORY;
             PRAGMA query_only = {};",
            i32::from(purpose == Purpose::Read),
        ))
        .map_err(cannot)?;
        // Without it, binding a value expires every statement with a join, and SQLite parses and
        // plans it again at each use.
        raw.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(cannot)?;
        raw.set_prepared_statement_cache_capacity(STATEMENT_CACHE);
        Ok(Connection { raw })
    }

    pub(crate) fn execute(
        &mut self,
        statement: &Statement,
        params: &[Param<'_>],
    ) -> Result<u64, StoreError> {
        let mut prepared = self.prepare(statement, params)?;
        let changed = prepared.raw_execute().map_err(|error| fault(statement.name, &error))?;
        Ok(changed as u64)
    }

    /// Inserts one row and gives its number, or `None` where nothing was inserted.
    pub(crate) fn insert(
        &mut self,
        statement: &Statement,
        params: &[Param<'_>],
    ) -> Result<Option<i64>, StoreError> {
        let mut prepared = self.bind(statement.name, statement.for_sqlite_insert(), params)?;
        let changed = prepared.raw_execute().map_err(|error| fault(statement.name, &error))?;
        Ok((changed > 0).then(|| self.raw.last_insert_rowid()))
    }

    pub(crate) fn for_each(
        &mut self,
        statement: &Statement,
        params: &[Param<'_>],
        each: &mut dyn FnMut(&Row<'_>) -> Result<ControlFlow<()>, StoreError>,
    ) -> Result<(), StoreError> {
        let mut prepared = self.prepare(statement, params)?;
        let mut rows = prepared.raw_query();
        while let Some(row) = rows.next().map_err(|error| fault(statement.name, &error))? {
            if each(&Row(Inner::Sqlite(row)))?.is_break() {
                break;
            }
        }
        Ok(())
    }

    pub(crate) fn batch(&mut self, text: &str) -> Result<(), StoreError> {
        self.raw.execute_batch(text).map_err(|error| fault("(control)", &error))
    }

    /// Moves the log into the database, as far as readers let it, and waits for nobody.
    pub(crate) fn checkpoint(&mut self) -> Result<(), StoreError> {
        self.batch("PRAGMA wal_checkpoint(PASSIVE)")
    }

    /// Moves the whole log and lets it begin anew, waiting for readers only a moment: the writer
    /// stands still meanwhile. False where a reader's snapshot still needs the log.
    pub(crate) fn restart_log(&mut self) -> Result<bool, StoreError> {
        let wait = |time_ms| {
            let set = self.raw.busy_timeout(Duration::from_millis(time_ms));
            set.map_err(|error| fault("(control)", &error))
        };
        wait(limits::LOG_RESTART_WAIT_MS)?;
        let is_held = self
            .raw
            .query_row("PRAGMA wal_checkpoint(RESTART)", [], |row| row.get::<_, bool>(0))
            .map_err(|error| fault("(control)", &error));
        wait(limits::BUSY_TIMEOUT_MS)?;
        is_held.map(|is_held| !is_held)
    }

    /// True when no transaction is open: SQLite itself ends one after some errors.
    pub(crate) fn is_outside_transaction(&self) -> bool {
        self.raw.is_autocommit()
    }

    fn prepare(
        &self,
        statement: &Statement,
        params: &[Param<'_>],
    ) -> Result<rusqlite::CachedStatement<'_>, StoreError> {
        self.bind(statement.name, statement.for_engine(Engine::Sqlite), params)
    }

    fn bind(
        &self,
        name: &'static str,
        text: &str,
        params: &[Param<'_>],
    ) -> Result<rusqlite::CachedStatement<'_>, StoreError> {
        let failed = |error: rusqlite::Error| fault(name, &error);
        let mut prepared = self.raw.prepare_cached(text).map_err(failed)?;
        if prepared.parameter_count() != params.len() {
            return Err(StoreError::Sql {
                statement: name,
                detail: format!(
                    "it has {} parameters, {} were given",
                    prepared.parameter_count(),
                    params.len()
                ),
            });
        }
        for (index, param) in params.iter().enumerate() {
            prepared.raw_bind_parameter(index + 1, Bound(*param)).map_err(failed)?;
        }
        Ok(prepared)
    }
}

/// The value of a column.
pub(crate) fn value<'a>(
    row: &'a rusqlite::Row<'_>,
    column: usize,
) -> Result<Value<'a>, StoreError> {
    let wrong = |detail: String| StoreError::Column { column, expected: "a value", detail };
    match row.get_ref(column).map_err(|error| wrong(error.to_string()))? {
        ValueRef::Null => Ok(Value::Null),
        ValueRef::Integer(value) => Ok(Value::Int(value)),
        ValueRef::Text(bytes) => {
            std::str::from_utf8(bytes).map(Value::Text).map_err(|error| wrong(error.to_string()))
        }
        ValueRef::Blob(bytes) => Ok(Value::Bytes(bytes)),
        ValueRef::Real(value) => Err(wrong(format!("it is the real number {value}"))),
    }
}

/// The store's error for one of SQLite's.
pub(crate) fn fault(statement: &'static str, error: &rusqlite::Error) -> StoreError {
    let detail = error.to_string();
    let rusqlite::Error::SqliteFailure(code, _) = error else {
        return match error {
            rusqlite::Error::SqlInputError { .. } => StoreError::Sql { statement, detail },
            _ => StoreError::Sql { statement, detail },
        };
    };
    match (code.code, code.extended_code) {
        (_, ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY) => {
            StoreError::Unique { statement, detail }
        }
        (ErrorCode::ConstraintViolation, _) => StoreError::Constraint { statement, detail },
        (ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked, _) => StoreError::Busy(detail),
        (ErrorCode::DiskFull, _) => StoreError::Full(detail),
        (ErrorCode::SystemIoFailure | ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase, _) => {
            StoreError::Disk(detail)
        }
        _ => StoreError::Sql { statement, detail },
    }
}

struct Bound<'a>(Param<'a>);

impl rusqlite::ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self.0 {
            Param::Null | Param::NoInt | Param::NoText | Param::NoBytes => ValueRef::Null,
            Param::Int(value) => ValueRef::Integer(value),
            Param::Text(text) => ValueRef::Text(text.as_bytes()),
            Param::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}
