//! Sample parameters and rows, made from the schema alone.

use std::fmt::Write as _;
use store::schema::{self, Column, ColumnKind, Table};
use store::{Engine, Param, Row, Statement, StoreError};
use testkit::TestStore;
use tokio_postgres::types::Type;

/// A value of a parameter or a column.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cell {
    NoInt,
    NoText,
    NoBytes,
    Null,
    Int(i64),
    Text(String),
    Bytes(Vec<u8>),
}

/// Parameters of a statement: all absent, or those of sample row `number`.
pub fn parameters(statement: &Statement, types: &[Type], number: Option<i64>) -> Vec<Cell> {
    let place = |(index, found): (usize, &Type)| {
        let text = statement.text;
        let list = |name: &str| text.contains(&format!("@{name}(?{})", index + 1));
        match (number, found) {
            (Some(number), _) if list("IN_INTS") => Cell::Text(format!("[{number},2]")),
            (Some(number), _) if list("IN_TEXTS") => Cell::Text(format!("[\"v{number}\",\"v2\"]")),
            (None, _) if is_limit(text, index + 1) => Cell::Int(1),
            (None, _) if list("IN_INTS") || list("IN_TEXTS") => Cell::NoText,
            (Some(number), &Type::INT8 | &Type::INT4 | &Type::BOOL) => Cell::Int(number),
            (None, &Type::INT8 | &Type::INT4 | &Type::BOOL) => Cell::NoInt,
            (Some(number), &Type::BYTEA) => Cell::Bytes(bytes(number)),
            (None, &Type::BYTEA) => Cell::NoBytes,
            (Some(number), _) => Cell::Text(format!("v{number}")),
            (None, _) => Cell::NoText,
        }
    };
    types.iter().enumerate().map(place).collect()
}

/// Runs a statement in a transaction that is rolled back, and gives its rows; sorted where the
/// statement does not order them.
pub fn run(
    store: &TestStore,
    statement: &'static Statement,
    cells: &[Cell],
) -> Result<Vec<Vec<Cell>>, StoreError> {
    let cells = cells.to_vec();
    let outcome = store.write_blocking(move |tx| -> Result<(), Ended> {
        let params: Vec<Param<'_>> = cells.iter().map(param).collect();
        let gives_rows = statement.text.to_uppercase().contains("RETURNING")
            || !is_change(statement.for_engine(Engine::Sqlite));
        let rows = match gives_rows {
            true => tx.query(statement, &params, all_cells)?,
            false => {
                let changed = tx.execute(statement, &params)?;
                vec![vec![Cell::Int(i64::try_from(changed).unwrap())]]
            }
        };
        Err(Ended::Rows(rows))
    });
    match outcome {
        Ok(()) => unreachable!("it always ends in an error, so that nothing stays"),
        Err(Ended::Failed(error)) => Err(error),
        Err(Ended::Rows(mut rows)) => {
            if statement.text.contains("INSERT INTO") && statement.text.contains("RETURNING id") {
                // PostgreSQL does not give a rolled-back row's number again.
                rows.iter_mut().for_each(|row| row[0] = Cell::Null);
            }
            if !statement.text.to_uppercase().contains("ORDER BY") {
                rows.sort();
            }
            Ok(rows)
        }
    }
}

/// `LIMIT NULL` means all rows on one engine and is an error on the other.
fn is_limit(text: &str, number: usize) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    let parameter = format!("?{number}");
    words.windows(2).any(|pair| matches!(pair[0], "LIMIT" | "OFFSET") && pair[1] == parameter)
}

/// Puts three rows into every table, the same on both engines.
pub fn fill(store: &TestStore) {
    let mut script = String::new();
    for table in schema::tables().unwrap() {
        for number in 1..=3 {
            insert(&table, number, store.engine(), &mut script);
        }
        let numbered = table.columns.iter().any(|column| column.is_numbered);
        if numbered && store.engine() == Engine::Postgres {
            let name = &table.name;
            writeln!(script, "SELECT setval(pg_get_serial_sequence('{name}', 'id'), 3);").unwrap();
        }
    }
    match store.engine() {
        Engine::Sqlite => super::sqlite(store).execute_batch(&script).unwrap(),
        Engine::Postgres => {
            super::postgres(store, async |client| client.batch_execute(&script).await.unwrap());
        }
    }
}

/// The samples keep to no more meaning than the schema: `v1`, 1, sixteen bytes of 1. Every third
/// value that may be absent is.
fn insert(table: &Table, number: i64, engine: Engine, script: &mut String) {
    let names: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
    let values: Vec<String> =
        table.columns.iter().map(|column| literal(column, number, engine)).collect();
    writeln!(
        script,
        "INSERT INTO {} ({}) VALUES ({});",
        table.name,
        names.join(", "),
        values.join(", ")
    )
    .unwrap();
}

fn literal(column: &Column, number: i64, engine: Engine) -> String {
    if column.is_nullable && number == 3 {
        return "NULL".to_owned();
    }
    let hexadecimal: String = bytes(number).iter().map(|byte| format!("{byte:02x}")).collect();
    match (column.kind, engine) {
        (ColumnKind::Int, _) => number.to_string(),
        (ColumnKind::Text, _) => format!("'v{number}'"),
        (ColumnKind::Bytes, Engine::Sqlite) => format!("x'{hexadecimal}'"),
        (ColumnKind::Bytes, Engine::Postgres) => format!("'\\x{hexadecimal}'"),
    }
}

fn bytes(number: i64) -> Vec<u8> {
    vec![u8::try_from(number).unwrap(); 16]
}

fn is_change(text: &str) -> bool {
    let upper = text.to_uppercase();
    let begins = |word: &str| upper.starts_with(word);
    begins("INSERT")
        || begins("UPDATE")
        || begins("DELETE")
        || (begins("WITH")
            && ["INSERT INTO", "UPDATE ", "DELETE "].iter().any(|w| upper.contains(w)))
}

fn param(cell: &Cell) -> Param<'_> {
    match cell {
        Cell::Null => Param::Null,
        Cell::NoInt => Param::NoInt,
        Cell::NoText => Param::NoText,
        Cell::NoBytes => Param::NoBytes,
        Cell::Int(value) => Param::Int(*value),
        Cell::Text(text) => Param::Text(text),
        Cell::Bytes(bytes) => Param::Bytes(bytes),
    }
}

fn all_cells(row: &Row<'_>) -> Result<Vec<Cell>, StoreError> {
    let mut cells = Vec::new();
    for column in 0..row.len() {
        let cell = match (row.opt_int(column), row.opt_text(column), row.opt_bytes(column)) {
            (Ok(None), ..) => Cell::Null,
            (Ok(Some(value)), ..) => Cell::Int(value),
            (_, Ok(Some(text)), _) => Cell::Text(text),
            (_, _, Ok(Some(bytes))) => Cell::Bytes(bytes),
            (Err(error), ..) => return Err(error),
        };
        cells.push(cell);
    }
    Ok(cells)
}

#[derive(Debug)]
enum Ended {
    Rows(Vec<Vec<Cell>>),
    Failed(StoreError),
}

impl From<StoreError> for Ended {
    fn from(error: StoreError) -> Ended {
        Ended::Failed(error)
    }
}

/// Gives every row another number and every clock time another value, on SQLite.
pub fn renumber(store: &TestStore) {
    let clocks = [
        "created_us",
        "updated_us",
        "enrolled_us",
        "submitted_us",
        "last_update_us",
        "taken_us",
        "first_us",
        "last_us",
        "modified_us",
        "since_us",
        "seen_us",
        "deleted_us",
    ];
    let mut script = "PRAGMA foreign_keys = OFF;".to_owned();
    for table in schema::tables().unwrap() {
        for column in table.columns.iter().filter(|column| column.kind == ColumnKind::Int) {
            let name = column.name.as_str();
            if name == "id" || name.ends_with("_id") || clocks.contains(&name) {
                let table = &table.name;
                writeln!(script, "UPDATE {table} SET {name} = {name} + 1000;").unwrap();
            }
        }
    }
    super::sqlite(store).execute_batch(&script).unwrap();
}
