//! The objects on disk, in the order of their names, some at a time.

use std::fs::{self, DirEntry};
use std::io;
use std::path::Path;
use std::time::UNIX_EPOCH;

/// An object that lies on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Listed {
    /// Its SHA-256.
    pub(crate) sha256: [u8; 32],
    /// When it was written last, in microseconds of UTC.
    pub(crate) modified_us: i64,
}

/// The objects below `root` whose names come after `after`, at most `limit` of them.
pub(crate) fn listed(
    root: &Path,
    after: Option<[u8; 32]>,
    limit: usize,
) -> io::Result<Vec<Listed>> {
    let after = after.map(hex::encode).unwrap_or_default();
    let mut found = Vec::new();
    for first in sorted(root, |name| is_level(name) && name >= prefix(&after, 0, 2))? {
        let is_edge = after.starts_with(&first.0);
        let from = if is_edge { prefix(&after, 2, 4) } else { "" };
        for second in sorted(&first.1.path(), |name| is_level(name) && name >= from)? {
            for (name, entry) in sorted(&second.1.path(), |name| name > after.as_str())? {
                let Some(sha256) = read(&name) else { continue };
                let modified = entry.metadata()?.modified()?.duration_since(UNIX_EPOCH);
                let modified_us = modified.map_or(0, |since| since.as_micros());
                let modified_us = i64::try_from(modified_us).unwrap_or(i64::MAX);
                found.push(Listed { sha256, modified_us });
                if found.len() == limit {
                    return Ok(found);
                }
            }
        }
    }
    Ok(found)
}

fn sorted(
    directory: &Path,
    is_wanted: impl Fn(&str) -> bool,
) -> io::Result<Vec<(String, DirEntry)>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        if let Some(name) = entry.file_name().to_str()
            && is_wanted(name)
        {
            found.push((name.to_owned(), entry));
        }
    }
    found.sort_by(|one, other| one.0.cmp(&other.0));
    Ok(found)
}

/// The directories of objects; that of temporary keys is none of them.
fn is_level(name: &str) -> bool {
    name.len() == 2 && hex::decode(name).is_ok()
}

fn prefix(name: &str, from: usize, to: usize) -> &str {
    name.get(from..to).unwrap_or_default()
}

fn read(name: &str) -> Option<[u8; 32]> {
    hex::decode(name).ok()?.try_into().ok()
}
