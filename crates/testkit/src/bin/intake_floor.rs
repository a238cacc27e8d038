//! The least that durable intake can cost: reads every file below a folder and inserts the same
//! bytes in grouped durable commits, nothing else. `intake_floor FOLDER DATABASE`

use rusqlite::Connection;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let (Some(folder), Some(database)) = (arguments.next(), arguments.next()) else {
        return Err("usage: intake_floor FOLDER DATABASE".into());
    };
    let connection = Connection::open(database)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.execute_batch(
        "CREATE TABLE item (id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, bytes BLOB NOT NULL)",
    )?;
    insert_all(&connection, &folder)
}

/// The store's own group size (`writer_group` in the table of limits).
const GROUP: u64 = model::limits::WRITER_GROUP;

fn insert_all(connection: &Connection, root: &Path) -> Result<(), Box<dyn Error>> {
    let mut insert = connection.prepare("INSERT INTO item (path, bytes) VALUES (?1, ?2)")?;
    let (mut waiting, mut folders) = (0, vec![root.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                folders.push(entry.path());
                continue;
            }
            if waiting == 0 {
                connection.execute_batch("BEGIN IMMEDIATE")?;
            }
            let path = entry.path();
            insert.execute((path.to_string_lossy(), fs::read(&path)?))?;
            waiting += 1;
            if waiting == GROUP {
                connection.execute_batch("COMMIT")?;
                waiting = 0;
            }
        }
    }
    if waiting > 0 {
        connection.execute_batch("COMMIT")?;
    }
    Ok(())
}
