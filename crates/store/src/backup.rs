//! Backup and restore: the database and the objects as one consistent point, while the store
//! is in use.
//!
//! The rows are one snapshot. Objects are written before the row that names them and never
//! changed, so every object that the snapshot names is there, whenever it is copied. On SQLite
//! the rows are a SQLite file; on PostgreSQL they are JSON lines of each table, which restore on
//! either engine. A manifest names every file with its SHA-256 and is written last.

use crate::backup_manifest::{self as manifest, Line, Rows, Seen, Writer, copy, failed, look};
use crate::backup_tables as tables;
use crate::dialect::Engine;
use crate::error::StoreError;
use crate::object::Objects;
use crate::poison::Poison;
use crate::sqlite::{self, Purpose};
use crate::store::{Database, Store, StoreConfig};
use std::fs::{self, File};
use std::path::{Path, PathBuf};

statements! {
    OBJECTS = "backup/objects",
}

const DATABASE: &str = "database.db";
const OBJECTS_DIRECTORY: &str = "objects";

/// What a backup holds, or a restore has put back.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Summary {
    /// Files, the manifest not counted.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// SHA-256 of objects that were missing or damaged when the backup was made.
    pub damaged: Vec<String>,
}

impl Store {
    /// Makes a backup in `directory`, which does not exist yet or is empty. Blocks; writing goes
    /// on meanwhile. `progress` is called after each file.
    ///
    /// An object that is missing or damaged is left out and named in the summary: the rest is
    /// worth having.
    pub fn back_up(
        &self,
        directory: &Path,
        progress: &mut dyn FnMut(&Summary),
    ) -> Result<Summary, StoreError> {
        make_empty(directory)?;
        let mut summary = Summary::default();
        let mut writer = Writer::begin(
            directory,
            match self.engine() {
                Engine::Sqlite => Rows::Sqlite,
                Engine::Postgres => Rows::Tables,
            },
        )?;
        let mut add = |writer: &mut Writer, path: &Path, seen: Seen, summary: &mut Summary| {
            count(summary, seen);
            progress(summary);
            writer.file(path, seen)
        };
        let named = match &self.config().database {
            Database::Sqlite(path) => {
                let target = directory.join(DATABASE);
                let named = snapshot(path, &target)?;
                add(&mut writer, &target, look(&target)?, &mut summary)?;
                named
            }
            Database::Postgres(_) => {
                let exported = self.export(directory)?;
                for path in exported.files {
                    let seen = look(&path)?;
                    add(&mut writer, &path, seen, &mut summary)?;
                }
                exported.objects
            }
        };
        for sha256 in named {
            let from = self.objects().path(&sha256);
            let inside = from.strip_prefix(&self.config().objects).unwrap_or(&from);
            let target = directory.join(OBJECTS_DIRECTORY).join(inside);
            match copy(&from, &target) {
                Ok(seen) if seen.sha256 == sha256 => {
                    add(&mut writer, &target, seen, &mut summary)?;
                }
                Err(error) if !matches!(error, StoreError::Disk(_)) => return Err(error),
                _ => {
                    fs::remove_file(&target).map_err(|e| failed(&target, &e))?;
                    writer.damaged(&hex::encode(sha256))?;
                    summary.damaged.push(hex::encode(sha256));
                }
            }
        }
        writer.finish()?;
        Ok(summary)
    }

    fn export(&self, directory: &Path) -> Result<Exported, StoreError> {
        let directory = directory.to_owned();
        self.read_blocking(move |tx| {
            let files = tables::export(tx, &directory)?;
            let objects = tx.query(&OBJECTS, &[], |row| hash(row.bytes_ref(0)?))?;
            Ok(Exported { files, objects })
        })
    }
}

struct Exported {
    files: Vec<PathBuf>,
    objects: Vec<[u8; 32]>,
}

/// Reads a backup through and compares every file with its hash.
pub fn verify(directory: &Path) -> Result<Summary, StoreError> {
    let mut summary = Summary::default();
    manifest::read(directory, |line| {
        match line {
            Line::File { path, size, sha256 } => {
                let seen = look(&directory.join(&path))?;
                if seen.size != size || hex::encode(seen.sha256) != sha256 {
                    return Err(StoreError::Backup(format!(
                        "{path} is damaged; use another backup"
                    )));
                }
                count(&mut summary, seen);
            }
            Line::Damaged { damaged } => summary.damaged.push(damaged),
            Line::Head(_) | Line::End { .. } => (),
        }
        Ok(())
    })?;
    Ok(summary)
}

/// Puts a backup back where `to` says. Everything is verified first; a database or objects that
/// are there already are never touched. Blocks.
///
/// Rows of SQLite restore on SQLite; rows of PostgreSQL restore on either engine, into a
/// database without rows.
pub fn restore(directory: &Path, to: &StoreConfig) -> Result<Summary, StoreError> {
    let summary = verify(directory)?;
    let head = manifest::read(directory, |_| Ok(()))?;
    refuse_overwriting(to)?;
    match (head.rows, &to.database) {
        (Rows::Sqlite, Database::Sqlite(path)) => {
            restore_objects(directory, &Objects::open(&to.objects, Poison::default())?)?;
            let mut beside = path.as_os_str().to_owned();
            beside.push(".restoring");
            let beside = PathBuf::from(beside);
            let _ = fs::remove_file(&beside);
            copy(&directory.join(DATABASE), &beside)?;
            fs::rename(&beside, path).map_err(|e| failed(path, &e))?;
            sync_parent(path)?;
        }
        (Rows::Sqlite, Database::Postgres(_)) => {
            return Err(StoreError::Backup(
                "it holds a SQLite database; restore it to SQLite".to_owned(),
            ));
        }
        (Rows::Tables, _) => {
            if head.migrations != manifest::migrations() {
                return Err(StoreError::Backup(format!(
                    "it was made with the migrations {:?}; restore it with the program that made it",
                    head.migrations
                )));
            }
            let store = Store::open(to)?;
            restore_objects(directory, store.objects())?;
            let directory = directory.to_owned();
            store.write_blocking(move |tx| tables::import(tx, &directory))?;
        }
    }
    Ok(summary)
}

fn restore_objects(directory: &Path, objects: &Objects) -> Result<(), StoreError> {
    manifest::read(directory, |line| {
        let Line::File { path, sha256, .. } = line else { return Ok(()) };
        if !path.starts_with(OBJECTS_DIRECTORY) {
            return Ok(());
        }
        let path = directory.join(path);
        let mut file = File::open(&path).map_err(|e| failed(&path, &e))?;
        let key = objects.put_blocking(&mut file)?;
        match hex::encode(key.sha256) == sha256 {
            true => Ok(()),
            false => Err(StoreError::Backup(format!("{} changed meanwhile", path.display()))),
        }
    })
    .map(|_| ())
}

/// Copies the database as one snapshot and gives the objects that it names.
fn snapshot(from: &Path, to: &Path) -> Result<Vec<[u8; 32]>, StoreError> {
    let failed = |error: rusqlite::Error| sqlite::fault("(backup)", &error);
    let source = sqlite::Connection::open(from, Purpose::Read)?;
    let mut target = rusqlite::Connection::open(to).map_err(failed)?;
    {
        let backup = rusqlite::backup::Backup::new(&source.raw, &mut target).map_err(failed)?;
        // All pages in one step are one read transaction; writers go on in the log.
        match backup.step(-1).map_err(failed)? {
            rusqlite::backup::StepResult::Done => (),
            other => return Err(StoreError::Busy(format!("the backup ended with {other:?}"))),
        }
    }
    // One file that needs no log beside it.
    target.execute_batch("PRAGMA journal_mode = DELETE").map_err(failed)?;
    let check: String =
        target.query_row("PRAGMA quick_check", [], |row| row.get(0)).map_err(failed)?;
    if check != "ok" {
        return Err(StoreError::Disk(format!("the database is damaged: {check}")));
    }
    let named = {
        let text = OBJECTS.for_engine(Engine::Sqlite);
        let mut prepared = target.prepare(text).map_err(failed)?;
        let rows = prepared.query_map([], |row| row.get::<_, Vec<u8>>(0)).map_err(failed)?;
        rows.map(|row| row.map_err(failed).and_then(|bytes| hash(&bytes))).collect()
    };
    target.close().map_err(|(_, error)| failed(error))?;
    let synced = File::open(to).and_then(|file| file.sync_all());
    synced.map_err(|e| manifest::failed(to, &e))?;
    named
}

fn refuse_overwriting(to: &StoreConfig) -> Result<(), StoreError> {
    if let Database::Sqlite(path) = &to.database {
        // A log left beside a database that is gone would be played into the restored one.
        for suffix in ["", "-wal", "-shm", "-journal"] {
            let mut name = path.as_os_str().to_owned();
            name.push(suffix);
            if Path::new(&name).exists() {
                return Err(StoreError::Backup(format!(
                    "{} exists and is not overwritten; move it away first",
                    name.display()
                )));
            }
        }
    }
    let mut waiting = vec![to.objects.clone()];
    while let Some(directory) = waiting.pop() {
        let Ok(entries) = fs::read_dir(&directory) else { continue };
        for entry in entries.flatten() {
            if entry.path().is_dir() {
                waiting.push(entry.path());
            } else {
                return Err(StoreError::Backup(format!(
                    "{} holds objects, which are not overwritten; move it away first",
                    to.objects.display()
                )));
            }
        }
    }
    Ok(())
}

fn make_empty(directory: &Path) -> Result<(), StoreError> {
    fs::create_dir_all(directory).map_err(|e| failed(directory, &e))?;
    let mut entries = fs::read_dir(directory).map_err(|e| failed(directory, &e))?;
    match entries.next() {
        None => Ok(()),
        Some(_) => Err(StoreError::Backup(format!(
            "{} is not empty; name a new directory",
            directory.display()
        ))),
    }
}

fn sync_parent(path: &Path) -> Result<(), StoreError> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    let parent = parent.unwrap_or(Path::new("."));
    let synced = File::open(parent).and_then(|file| file.sync_all());
    synced.map_err(|e| failed(parent, &e))
}

fn count(summary: &mut Summary, seen: Seen) {
    summary.files += 1;
    summary.bytes += seen.size;
}

fn hash(bytes: &[u8]) -> Result<[u8; 32], StoreError> {
    bytes.try_into().map_err(|_| StoreError::Damaged("a SHA-256 of another length".to_owned()))
}
