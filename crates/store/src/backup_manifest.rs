//! The manifest of a backup: one JSON line for the head, one for each file, one for the end.
//! Lines, not one value, so that memory does not grow with the archive.

use crate::error::StoreError;
use crate::migrate::MIGRATIONS;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::path::{Component, Path, PathBuf};

/// The name of the manifest; a directory without it is no finished backup.
pub(crate) const MANIFEST: &str = "manifest.jsonl";
const UNFINISHED: &str = "manifest.unfinished";

/// Bytes read at a time.
const CHUNK_BYTES: usize = 256 * 1024;

/// How the rows are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Rows {
    /// `database.db`, a SQLite file.
    Sqlite,
    /// `tables/…`, JSON lines of each table.
    Tables,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Head {
    pub(crate) musubi_backup: u32,
    pub(crate) rows: Rows,
    pub(crate) migrations: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Line {
    Head(Head),
    File { path: String, size: u64, sha256: String },
    Damaged { damaged: String },
    End { files: u64 },
}

/// The format that this program writes and reads.
const FORMAT: u32 = 1;

/// Writes a manifest; it has its name only when everything named in it is on stable storage.
pub(crate) struct Writer {
    directory: PathBuf,
    output: BufWriter<File>,
    files: u64,
}

impl Writer {
    pub(crate) fn begin(directory: &Path, rows: Rows) -> Result<Writer, StoreError> {
        let file = File::create(directory.join(UNFINISHED)).map_err(|e| failed(directory, &e))?;
        let output = BufWriter::new(file);
        let mut writer = Writer { directory: directory.to_owned(), output, files: 0 };
        writer.write(&Line::Head(Head {
            musubi_backup: FORMAT,
            rows,
            migrations: migrations(),
        }))?;
        Ok(writer)
    }

    /// Names a file that lies below the backup's directory and is synced.
    pub(crate) fn file(&mut self, path: &Path, seen: Seen) -> Result<(), StoreError> {
        let inside = path.strip_prefix(&self.directory).unwrap_or(path);
        self.files += 1;
        let path = inside.to_string_lossy().into_owned();
        self.write(&Line::File { path, size: seen.size, sha256: hex::encode(seen.sha256) })
    }

    /// Names an object that could not be read.
    pub(crate) fn damaged(&mut self, sha256: &str) -> Result<(), StoreError> {
        self.write(&Line::Damaged { damaged: sha256.to_owned() })
    }

    pub(crate) fn finish(mut self) -> Result<(), StoreError> {
        self.write(&Line::End { files: self.files })?;
        let directory = self.directory;
        let file = self.output.into_inner().map_err(|e| failed(&directory, &e.into_error()))?;
        file.sync_all().map_err(|e| failed(&directory, &e))?;
        fs::rename(directory.join(UNFINISHED), directory.join(MANIFEST))
            .map_err(|e| failed(&directory, &e))?;
        sync_directories(&directory)
    }

    fn write(&mut self, line: &Line) -> Result<(), StoreError> {
        let text = serde_json::to_string(line)
            .map_err(|error| StoreError::Backup(format!("manifest: {error}")))?;
        writeln!(self.output, "{text}").map_err(|e| failed(&self.directory, &e))
    }
}

/// Reads a manifest line by line and checks that it is whole.
pub(crate) fn read(
    directory: &Path,
    mut each: impl FnMut(Line) -> Result<(), StoreError>,
) -> Result<Head, StoreError> {
    let path = directory.join(MANIFEST);
    let file = File::open(&path).map_err(|e| {
        StoreError::Backup(format!("{}: {e}; it is no finished backup", path.display()))
    })?;
    let wrong = |what: &str| StoreError::Backup(format!("{}: {what}", path.display()));
    let (mut head, mut files, mut ended) = (None, 0, false);
    for line in BufReader::new(file).lines() {
        let line = line.map_err(|e| failed(&path, &e))?;
        let line: Line = serde_json::from_str(&line).map_err(|e| wrong(&e.to_string()))?;
        match &line {
            Line::Head(found) if head.is_none() && found.musubi_backup == FORMAT => {
                head = Some(found.clone());
            }
            Line::Head(_) => return Err(wrong("another format than this program's")),
            Line::File { path, .. } if !is_inside(path) => {
                return Err(wrong("a path leads outside"));
            }
            Line::File { .. } => files += 1,
            Line::Damaged { .. } => (),
            Line::End { files: expected } => ended = *expected == files,
        }
        each(line)?;
    }
    match (head, ended) {
        (Some(head), true) => Ok(head),
        _ => Err(wrong("it is not whole")),
    }
}

/// What was seen of a file while it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) size: u64,
    pub(crate) sha256: [u8; 32],
}

/// Copies a file and syncs the copy. [`StoreError::Disk`] means that the original does not read.
pub(crate) fn copy(from: &Path, to: &Path) -> Result<Seen, StoreError> {
    make_parent(to)?;
    let mut output =
        File::options().write(true).create_new(true).open(to).map_err(|e| failed(to, &e))?;
    let seen = read_through(from, |chunk| output.write_all(chunk).map_err(|e| failed(to, &e)))?;
    output.sync_all().map_err(|e| failed(to, &e))?;
    Ok(seen)
}

/// Reads a file for its size and hash.
pub(crate) fn look(path: &Path) -> Result<Seen, StoreError> {
    read_through(path, |_| Ok(()))
}

/// Makes the directory that a file lies in.
pub(crate) fn make_parent(path: &Path) -> Result<(), StoreError> {
    match path.parent() {
        Some(parent) => fs::create_dir_all(parent).map_err(|e| failed(parent, &e)),
        None => Ok(()),
    }
}

/// Syncs a directory and all below it.
pub(crate) fn sync_directories(root: &Path) -> Result<(), StoreError> {
    let mut waiting = vec![root.to_owned()];
    while let Some(directory) = waiting.pop() {
        for entry in fs::read_dir(&directory).map_err(|e| failed(&directory, &e))? {
            let entry = entry.map_err(|e| failed(&directory, &e))?;
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                waiting.push(entry.path());
            }
        }
        let synced = File::open(&directory).and_then(|file| file.sync_all());
        synced.map_err(|e| failed(&directory, &e))?;
    }
    Ok(())
}

/// The error of a file.
pub(crate) fn failed(path: &Path, error: &std::io::Error) -> StoreError {
    StoreError::Backup(format!("{}: {error}", path.display()))
}

/// The names of this program's migrations.
pub(crate) fn migrations() -> Vec<String> {
    MIGRATIONS.iter().map(|(name, _)| (*name).to_owned()).collect()
}

fn read_through(
    path: &Path,
    mut each: impl FnMut(&[u8]) -> Result<(), StoreError>,
) -> Result<Seen, StoreError> {
    let mut input = File::open(path).map_err(|e| unreadable(path, &e))?;
    let (mut hash, mut size, mut chunk) = (Sha256::new(), 0_u64, vec![0_u8; CHUNK_BYTES]);
    loop {
        let read = input.read(&mut chunk).map_err(|e| unreadable(path, &e))?;
        if read == 0 {
            return Ok(Seen { size, sha256: hash.finalize().into() });
        }
        hash.update(&chunk[..read]);
        size += read as u64;
        each(&chunk[..read])?;
    }
}

fn unreadable(path: &Path, error: &std::io::Error) -> StoreError {
    StoreError::Disk(format!("{}: {error}", path.display()))
}

fn is_inside(path: &str) -> bool {
    !path.is_empty()
        && Path::new(path).components().all(|part| matches!(part, Component::Normal(_)))
}
