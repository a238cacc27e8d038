//! Free disk: below the threshold intake stops and reading goes on.

use crate::error::GatewayError;
use std::path::{Path, PathBuf};

/// Checks that each directory's file system has at least `threshold_bytes` free. A directory
/// that is not there is judged by its nearest parent.
///
/// # Errors
/// [`GatewayError::DiskFull`], naming the directory.
pub fn check(directories: &[PathBuf], threshold_bytes: u64) -> Result<(), GatewayError> {
    for directory in directories {
        if let Some(free_bytes) = free_bytes(directory)
            && free_bytes < threshold_bytes
        {
            return Err(GatewayError::DiskFull {
                place: directory.display().to_string(),
                free_bytes,
                threshold_bytes,
            });
        }
    }
    Ok(())
}

fn free_bytes(directory: &Path) -> Option<u64> {
    directory.ancestors().find_map(|at| {
        let stat = rustix::fs::statvfs(at).ok()?;
        Some(stat.f_bavail.saturating_mul(stat.f_frsize))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_directory_that_is_too_full() {
        let place = tempfile::tempdir().unwrap();
        let directories = [place.path().join("not/yet/there")];
        assert!(check(&directories, 1).is_ok());
        let error = check(&directories, u64::MAX).unwrap_err();
        assert!(error.to_string().contains("not/yet/there"), "{error}");
    }
}
