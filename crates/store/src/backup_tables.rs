//! Rows as portable files: for each table, JSON lines. The first line names the table and its
//! columns; each other is the array of one row's values, bytes in hexadecimal.

use crate::backup_manifest::{failed, make_parent};
use crate::dialect::Engine;
use crate::error::StoreError;
use crate::param::Param;
use crate::row::{Row, Value};
use crate::schema::{self, ColumnKind, Table};
use crate::statement::Statement;
use crate::tx::Tx;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// A table with the statements that its schema gives.
struct Portable {
    table: Table,
    select: Statement,
    insert: Statement,
    renumber: Option<Statement>,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Head {
    table: String,
    columns: Vec<String>,
}

/// Writes every table below `directory`, synced, and gives the files.
pub(crate) fn export(tx: &mut Tx, directory: &Path) -> Result<Vec<PathBuf>, StoreError> {
    portable()?.iter().map(|one| export_table(tx, one, &path_of(directory, one))).collect()
}

/// Reads every table back into a database without rows.
pub(crate) fn import(tx: &mut Tx, directory: &Path) -> Result<(), StoreError> {
    for one in portable()? {
        let found = tx.query_opt(&one.select, &[], |_| Ok(()))?;
        if found.is_some() {
            return Err(StoreError::Backup(format!(
                "the database has rows already (table {}); restore into an empty one",
                one.table.name
            )));
        }
    }
    portable()?.iter().try_for_each(|one| import_table(tx, one, &path_of(directory, one)))
}

fn export_table(tx: &mut Tx, one: &'static Portable, path: &Path) -> Result<PathBuf, StoreError> {
    make_parent(path)?;
    let file = File::create(path).map_err(|e| failed(path, &e))?;
    let mut output = BufWriter::new(file);
    let mut write = |text: String| writeln!(output, "{text}").map_err(|e| failed(path, &e));
    write(json(&head_of(&one.table))?)?;
    tx.for_each(&one.select, &[], |row| {
        write(row_json(row)?)?;
        Ok(ControlFlow::Continue(()))
    })?;
    let file = output.into_inner().map_err(|e| failed(path, &e.into_error()))?;
    file.sync_all().map_err(|e| failed(path, &e))?;
    Ok(path.to_owned())
}

fn import_table(tx: &mut Tx, one: &'static Portable, path: &Path) -> Result<(), StoreError> {
    let file = File::open(path).map_err(|e| failed(path, &e))?;
    let wrong = |detail: String| StoreError::Backup(format!("{}: {detail}", path.display()));
    let mut lines = BufReader::new(file).lines();
    let head = lines.next().transpose().map_err(|e| failed(path, &e))?.unwrap_or_default();
    let head: Head = serde_json::from_str(&head).map_err(|e| wrong(e.to_string()))?;
    if head != head_of(&one.table) {
        return Err(wrong("its columns are not this program's".to_owned()));
    }
    for line in lines {
        let line = line.map_err(|e| failed(path, &e))?;
        let values: Vec<serde_json::Value> =
            serde_json::from_str(&line).map_err(|e| wrong(e.to_string()))?;
        insert_row(tx, one, &values).map_err(|error| wrong(error.to_string()))?;
    }
    if let (Some(renumber), Engine::Postgres) = (&one.renumber, tx.engine()) {
        tx.query_opt(renumber, &[], |_| Ok(()))?;
    }
    Ok(())
}

fn insert_row(
    tx: &mut Tx,
    one: &'static Portable,
    values: &[serde_json::Value],
) -> Result<(), StoreError> {
    let unfit = |what: &str| StoreError::Backup(format!("a value is not {what}"));
    let columns = &one.table.columns;
    if values.len() != columns.len() {
        return Err(unfit("there for every column"));
    }
    // The bytes of hexadecimal values, kept while they are lent as parameters.
    let mut decoded = Vec::with_capacity(values.len());
    for (column, value) in columns.iter().zip(values) {
        let text = value.as_str().filter(|_| column.kind == ColumnKind::Bytes);
        decoded.push(text.map(hex::decode).transpose().map_err(|_| unfit("hexadecimal"))?);
    }
    let mut row = Vec::with_capacity(values.len());
    for ((column, value), bytes) in columns.iter().zip(values).zip(&decoded) {
        row.push(match (column.kind, value) {
            (ColumnKind::Int, serde_json::Value::Null) => Param::NoInt,
            (ColumnKind::Text, serde_json::Value::Null) => Param::NoText,
            (ColumnKind::Bytes, serde_json::Value::Null) => Param::NoBytes,
            (ColumnKind::Int, value) => {
                Param::Int(value.as_i64().ok_or_else(|| unfit("an integer"))?)
            }
            (ColumnKind::Text, value) => {
                Param::Text(value.as_str().ok_or_else(|| unfit("a text"))?)
            }
            (ColumnKind::Bytes, _) => Param::Bytes(bytes.as_deref().ok_or_else(|| unfit("bytes"))?),
        });
    }
    tx.execute(&one.insert, &row).map(|_| ())
}

fn row_json(row: &Row<'_>) -> Result<String, StoreError> {
    let mut values = Vec::with_capacity(row.len());
    for column in 0..row.len() {
        values.push(match row.value(column)? {
            Value::Null => serde_json::Value::Null,
            Value::Int(value) => value.into(),
            Value::Text(text) => text.into(),
            Value::Bytes(bytes) => hex::encode(bytes).into(),
        });
    }
    json(&values)
}

fn json(value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Backup(error.to_string()))
}

fn head_of(table: &Table) -> Head {
    let columns = table.columns.iter().map(|column| column.name.clone()).collect();
    Head { table: table.name.clone(), columns }
}

fn path_of(directory: &Path, one: &Portable) -> PathBuf {
    directory.join("tables").join(format!("{}.jsonl", one.table.name))
}

/// Made once from the schema: a statement lives as long as the program.
fn portable() -> Result<&'static [Portable], StoreError> {
    static PORTABLE: OnceLock<Result<Vec<Portable>, StoreError>> = OnceLock::new();
    let made = PORTABLE.get_or_init(|| Ok(schema::tables()?.into_iter().map(make).collect()));
    made.as_deref().map_err(StoreError::clone)
}

fn make(table: Table) -> Portable {
    let names: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
    let places: Vec<String> = (1..=names.len()).map(|place| format!("?{place}")).collect();
    let (name, list) = (&table.name, names.join(", "));
    let statement = |text: String| Statement::new("(backup)", String::leak(text));
    let numbered = table.columns.iter().any(|column| column.is_numbered);
    Portable {
        select: statement(format!("SELECT {list} FROM {name}")),
        insert: statement(format!("INSERT INTO {name} ({list}) VALUES ({})", places.join(", "))),
        renumber: numbered.then(|| {
            statement(format!(
                "SELECT setval(pg_get_serial_sequence('{name}', 'id'), max(id)) AS value
                 FROM {name} HAVING max(id) IS NOT NULL"
            ))
        }),
        table,
    }
}
