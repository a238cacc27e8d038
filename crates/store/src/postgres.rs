//! One connection to PostgreSQL: connecting, statements, errors.

use crate::dialect::Engine;
use crate::error::StoreError;
use crate::param::Param;
use crate::postgres_error::fault;
use crate::row::{Inner, Row, Value};
use crate::statement::Statement;
use futures::TryStreamExt;
use std::collections::HashMap;
use std::error::Error;
use std::net::IpAddr;
use std::ops::ControlFlow;
use std::pin::pin;
use tokio::runtime::Runtime;
use tokio_postgres::config::Host;
use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use tokio_postgres::{Client, Config, NoTls};

/// A connection with a runtime of its own, driven by the thread that owns it.
pub(crate) struct Connection {
    runtime: Option<Runtime>,
    client: Client,
    /// By the statement's address; one form for each combination of parameter types met.
    prepared: HashMap<usize, Vec<(Vec<Type>, tokio_postgres::Statement)>>,
    must_repeat: bool,
}

/// Reads a connection string and refuses what would send patients' data in the clear.
pub(crate) fn parse(connection: &str) -> Result<Config, StoreError> {
    let config: Config = connection.parse().map_err(|error| {
        StoreError::Open(format!("the PostgreSQL connection string is malformed: {error}"))
    })?;
    let remote = config.get_hosts().iter().find_map(|host| match host {
        Host::Unix(_) => None,
        Host::Tcp(name) if is_loopback(name) => None,
        Host::Tcp(name) => Some(name.clone()),
    });
    let remote = remote.or_else(|| {
        let outside = config.get_hostaddrs().iter().find(|address| !address.is_loopback());
        outside.map(ToString::to_string)
    });
    match remote {
        None => Ok(config),
        Some(host) => Err(StoreError::Open(format!(
            "PostgreSQL on {host} would be reached without TLS; use its Unix socket \
             (host=/run/postgresql), the loopback address or a TLS tunnel to it"
        ))),
    }
}

fn is_loopback(name: &str) -> bool {
    name == "localhost" || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

impl Connection {
    /// Connects. Must not be called inside a runtime.
    pub(crate) fn open(config: &Config) -> Result<Connection, StoreError> {
        let cannot =
            |error: &dyn Error| StoreError::Lost(format!("cannot connect: {}", whole(error)));
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_io()
            .enable_time()
            .build()
            .map_err(|error| cannot(&error))?;
        let (client, driver) =
            runtime.block_on(config.connect(NoTls)).map_err(|error| cannot(&error))?;
        runtime.spawn(async move {
            // The client sees the same error at its next statement.
            let _ = driver.await;
        });
        let mut connection = Connection {
            runtime: Some(runtime),
            client,
            prepared: HashMap::new(),
            must_repeat: false,
        };
        connection.batch(
            "SET synchronous_commit = on; SET lock_timeout = '30s'; SET jit = off;
             SET client_encoding = 'UTF8'; SET bytea_output = 'hex'; SET TIME ZONE 'UTC';",
        )?;
        connection.check_encoding()?;
        Ok(connection)
    }

    pub(crate) fn execute(
        &mut self,
        statement: &'static Statement,
        params: &[Param<'_>],
    ) -> Result<u64, StoreError> {
        let prepared = self.prepare(statement, params)?;
        let bound = params.iter().map(|param| Bound(*param));
        let client = &self.client;
        let done = run(&self.runtime, async { client.execute_raw(&prepared, bound).await })?;
        done.map_err(|error| self.note(statement.name, &error))
    }

    /// Rows are read to the end even if `each` breaks off: an error after the last row read
    /// would otherwise stay unseen, and the transaction be gone.
    pub(crate) fn for_each(
        &mut self,
        statement: &'static Statement,
        params: &[Param<'_>],
        each: &mut dyn FnMut(&Row<'_>) -> Result<ControlFlow<()>, StoreError>,
    ) -> Result<(), StoreError> {
        let prepared = self.prepare(statement, params)?;
        let bound = params.iter().map(|param| Bound(*param));
        let client = &self.client;
        let mut outcome = Ok(ControlFlow::Continue(()));
        let done = run(&self.runtime, async {
            let mut rows = pin!(client.query_raw(&prepared, bound).await?);
            while let Some(row) = rows.try_next().await? {
                if let Ok(ControlFlow::Continue(())) = outcome {
                    outcome = each(&Row(Inner::Postgres(&row)));
                }
            }
            Ok(())
        })?;
        done.map_err(|error| self.note(statement.name, &error))?;
        outcome.map(|_| ())
    }

    pub(crate) fn batch(&mut self, text: &str) -> Result<(), StoreError> {
        let client = &self.client;
        let done = run(&self.runtime, async { client.batch_execute(text).await })?;
        done.map_err(|error| self.note("(control)", &error))
    }

    /// True once after a serialization failure or deadlock: the use case must be repeated.
    pub(crate) fn take_must_repeat(&mut self) -> bool {
        std::mem::take(&mut self.must_repeat)
    }

    fn check_encoding(&mut self) -> Result<(), StoreError> {
        let client = &self.client;
        let done =
            run(&self.runtime, async { client.query_one("SHOW server_encoding", &[]).await })?;
        let row = done.map_err(|error| self.note("(open)", &error))?;
        match row.try_get::<_, &str>(0) {
            Ok("UTF8") => Ok(()),
            other => Err(StoreError::Open(format!(
                "the PostgreSQL database's encoding must be UTF8, it is {other:?}; \
                 create it with ENCODING 'UTF8' TEMPLATE template0"
            ))),
        }
    }

    fn prepare(
        &mut self,
        statement: &'static Statement,
        params: &[Param<'_>],
    ) -> Result<tokio_postgres::Statement, StoreError> {
        let wrong = |detail: String| StoreError::Sql { statement: statement.name, detail };
        let key = std::ptr::from_ref(statement) as usize;
        let known = self.prepared.get(&key).into_iter().flatten();
        for (types, prepared) in known {
            if types.len() == params.len() && params.iter().map(type_of).eq(types.iter().cloned()) {
                return Ok(prepared.clone());
            }
        }
        let types: Vec<Type> = params.iter().map(type_of).collect();
        let text = statement.for_engine(Engine::Postgres);
        let client = &self.client;
        let done = run(&self.runtime, async { client.prepare_typed(text, &types).await })?;
        let prepared = done.map_err(|error| self.note(statement.name, &error))?;
        if prepared.params().len() != params.len() {
            return Err(wrong(format!(
                "it has {} parameters, {} were given",
                prepared.params().len(),
                params.len()
            )));
        }
        self.prepared.entry(key).or_default().push((types, prepared.clone()));
        Ok(prepared)
    }

    fn note(&mut self, statement: &'static str, error: &tokio_postgres::Error) -> StoreError {
        let (error, must_repeat) = fault(statement, error);
        self.must_repeat |= must_repeat;
        error
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

fn run<F: Future>(runtime: &Option<Runtime>, future: F) -> Result<F::Output, StoreError> {
    runtime.as_ref().map(|runtime| runtime.block_on(future)).ok_or(StoreError::Closed)
}

/// The value of a column.
pub(crate) fn value(row: &tokio_postgres::Row, column: usize) -> Result<Value<'_>, StoreError> {
    let wrong = |detail: String| StoreError::Column { column, expected: "a value", detail };
    let failed = |error: tokio_postgres::Error| wrong(whole(&error));
    let Some(found) = row.columns().get(column) else {
        return Err(wrong(format!("the row has {} columns", row.len())));
    };
    let value = match *found.type_() {
        Type::INT8 => row.try_get::<_, Option<i64>>(column).map_err(failed)?.map(Value::Int),
        Type::INT4 => {
            let value = row.try_get::<_, Option<i32>>(column).map_err(failed)?;
            value.map(|value| Value::Int(i64::from(value)))
        }
        Type::BOOL => {
            let value = row.try_get::<_, Option<bool>>(column).map_err(failed)?;
            value.map(|value| Value::Int(i64::from(value)))
        }
        Type::TEXT | Type::VARCHAR | Type::NAME => {
            row.try_get::<_, Option<&str>>(column).map_err(failed)?.map(Value::Text)
        }
        Type::BYTEA => row.try_get::<_, Option<&[u8]>>(column).map_err(failed)?.map(Value::Bytes),
        ref other => {
            return Err(wrong(format!("PostgreSQL's type {other} is not portable; cast it")));
        }
    };
    Ok(value.unwrap_or(Value::Null))
}

/// An error with its causes in one line.
pub(crate) fn whole(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let inner_text = inner.to_string();
        if !text.contains(&inner_text) {
            text.push_str(": ");
            text.push_str(&inner_text);
        }
        cause = inner.source();
    }
    text
}

fn type_of(param: &Param<'_>) -> Type {
    match param {
        Param::Null => Type::UNKNOWN,
        Param::Int(_) | Param::NoInt => Type::INT8,
        Param::Text(_) | Param::NoText => Type::TEXT,
        Param::Bytes(_) | Param::NoBytes => Type::BYTEA,
    }
}

#[derive(Debug)]
struct Bound<'a>(Param<'a>);

impl ToSql for Bound<'_> {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self.0 {
            Param::Null | Param::NoInt | Param::NoText | Param::NoBytes => Ok(IsNull::Yes),
            Param::Int(value) => value.to_sql(ty, out),
            Param::Text(text) => text.to_sql(ty, out),
            Param::Bytes(bytes) => bytes.to_sql(ty, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}
