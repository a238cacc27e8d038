//! The disk below a path.

use crate::error::StoreError;
use std::path::Path;

/// Bytes that an ordinary user may still write on the file system of `path`.
pub fn disk_free(path: &Path) -> Result<u64, StoreError> {
    let stat = rustix::fs::statvfs(path)
        .map_err(|error| StoreError::Open(format!("{}: {error}", path.display())))?;
    Ok(stat.f_bavail.saturating_mul(stat.f_frsize))
}
