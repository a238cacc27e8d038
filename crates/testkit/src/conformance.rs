//! Foreign data for conformance tests, never part of the repository.

use std::path::PathBuf;

/// The directory of foreign data, named by `MUSUBI_CONFORMANCE_DIR`. Where it is not set, the
/// calling test prints that it is skipped and ends.
#[allow(clippy::print_stderr)]
pub fn conformance_dir() -> Option<PathBuf> {
    let dir = std::env::var_os("MUSUBI_CONFORMANCE_DIR").map(PathBuf::from);
    match &dir {
        None => eprintln!("skipped: MUSUBI_CONFORMANCE_DIR is not set"),
        Some(dir) => assert!(
            dir.is_dir(),
            "MUSUBI_CONFORMANCE_DIR is {}, which is no directory",
            dir.display()
        ),
    }
    dir
}
