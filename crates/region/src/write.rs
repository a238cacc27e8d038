//! Writing a region, and changes to one.

use crate::plan::RegionError;
use std::ffi::OsStr;
use std::fs;
use std::io::Write as _;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

/// Writes a file, with the folders above it.
pub(crate) fn create(directory: &Path, path: &[u8], bytes: &[u8]) -> Result<(), RegionError> {
    let path = at(directory, path);
    above(&path)?;
    fs::write(&path, bytes).map_err(|error| failed(&path, error))
}

/// Appends to a file, or begins it.
pub(crate) fn append(directory: &Path, path: &[u8], bytes: &[u8]) -> Result<(), RegionError> {
    let path = at(directory, path);
    above(&path)?;
    let file = fs::OpenOptions::new().append(true).create(true).open(&path);
    file.and_then(|mut file| file.write_all(bytes)).map_err(|error| failed(&path, error))
}

/// Renames a file within its folder.
pub(crate) fn rename(directory: &Path, from: &[u8], to: &[u8]) -> Result<(), RegionError> {
    let path = at(directory, from);
    fs::rename(&path, at(directory, to)).map_err(|error| failed(&path, error))
}

/// Removes a file.
pub(crate) fn remove(directory: &Path, path: &[u8]) -> Result<(), RegionError> {
    let path = at(directory, path);
    fs::remove_file(&path).map_err(|error| failed(&path, error))
}

fn at(directory: &Path, path: &[u8]) -> PathBuf {
    directory.join(OsStr::from_bytes(path))
}

fn above(path: &Path) -> Result<(), RegionError> {
    match path.parent() {
        Some(folder) => fs::create_dir_all(folder).map_err(|error| failed(folder, error)),
        None => Ok(()),
    }
}

fn failed(path: &Path, source: std::io::Error) -> RegionError {
    RegionError::Io { path: path.display().to_string(), source }
}
