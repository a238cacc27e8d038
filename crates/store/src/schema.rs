//! The schema as it stands after all migrations.

use crate::dialect::{self, Engine};
use crate::error::StoreError;
use crate::migrate::MIGRATIONS;
use rusqlite::Connection;

/// A table of the schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Its columns in order.
    pub columns: Vec<Column>,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub kind: ColumnKind,
    /// Whether the engine numbers its rows (`@ID`, `@ID_ONCE`).
    pub is_numbered: bool,
    /// Whether it may be NULL.
    pub is_nullable: bool,
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// BIGINT.
    Int,
    /// TEXT.
    Text,
    /// BLOB or BYTEA.
    Bytes,
}

/// The text of `schema.sql`: what all migrations in order make, as SQLite keeps it.
pub fn schema_text() -> Result<String, StoreError> {
    let connection = migrated()?;
    let query = "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'
                 ORDER BY rowid";
    let statements = collect(&connection, query, |row| row.get::<_, String>(0))?;
    let head = "-- What the migrations make, in SQLite's notation. Written by the test of the schema:\n\
                -- UPDATE_SCHEMA=1 cargo test -p store --test all schema::\n";
    Ok(statements.iter().fold(head.to_owned(), |text, sql| format!("{text}\n{}\n", tidy(sql))))
}

/// Every table, each after those that it refers to. The migrations' own table is not one.
pub fn tables() -> Result<Vec<Table>, StoreError> {
    let connection = migrated()?;
    let query = "SELECT name, sql FROM sqlite_schema
                 WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY rowid";
    let named = collect(&connection, query, |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
    })?;
    let mut tables = Vec::with_capacity(named.len());
    for (name, sql) in named {
        let is_numbered = sql.contains("id INTEGER PRIMARY KEY");
        let query = format!("SELECT name, type, \"notnull\", pk FROM pragma_table_info('{name}')");
        let columns = collect(&connection, &query, |row| {
            let column: String = row.get(0)?;
            Ok(Column {
                is_numbered: is_numbered && column == "id",
                is_nullable: row.get::<_, i64>(2)? == 0 && row.get::<_, i64>(3)? == 0,
                kind: match row.get::<_, String>(1)?.as_str() {
                    "TEXT" => ColumnKind::Text,
                    "BLOB" => ColumnKind::Bytes,
                    _ => ColumnKind::Int,
                },
                name: column,
            })
        })?;
        tables.push(Table { name, columns });
    }
    Ok(tables)
}

fn migrated() -> Result<Connection, StoreError> {
    let connection = Connection::open_in_memory().map_err(|error| cannot(&error))?;
    for (_, text) in MIGRATIONS {
        let text = dialect::translate(text, Engine::Sqlite);
        connection.execute_batch(&text).map_err(|error| cannot(&error))?;
    }
    Ok(connection)
}

fn collect<T>(
    connection: &Connection,
    query: &str,
    read: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<T>, StoreError> {
    let mut prepared = connection.prepare(query).map_err(|error| cannot(&error))?;
    let rows = prepared.query_map([], read).map_err(|error| cannot(&error))?;
    rows.collect::<rusqlite::Result<Vec<T>>>().map_err(|error| cannot(&error))
}

fn tidy(sql: &str) -> String {
    let lines: Vec<&str> = sql.lines().map(str::trim_end).collect();
    format!("{};", lines.join("\n").trim_end())
}

fn cannot(error: &rusqlite::Error) -> StoreError {
    StoreError::Migration { name: "(schema)".to_owned(), detail: error.to_string() }
}
