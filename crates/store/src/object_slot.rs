//! Temporary keys of objects: each open store has a directory of its own for them, so that what
//! a killed process left behind can be told from what a living one is writing.

use rustix::fs::{FlockOperation, flock};
use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

/// A numbered directory below `tmp`, locked for as long as the store is open.
pub(crate) struct Slot {
    number: u64,
    next: AtomicU64,
    _lock: File,
}

impl Slot {
    /// Takes the first free directory below `root` and empties every one that nobody holds.
    pub(crate) fn open(root: &Path) -> io::Result<Slot> {
        fs::create_dir_all(root)?;
        let mut ours = None;
        for number in 0.. {
            let directory = root.join(number.to_string());
            if ours.is_some() && !directory.exists() {
                break;
            }
            fs::create_dir_all(&directory)?;
            let lock = File::open(&directory)?;
            if flock(&lock, FlockOperation::NonBlockingLockExclusive).is_err() {
                continue;
            }
            for entry in fs::read_dir(&directory)? {
                fs::remove_file(entry?.path())?;
            }
            ours = ours.or(Some(Slot { number, next: AtomicU64::new(0), _lock: lock }));
        }
        ours.ok_or_else(|| io::Error::other("no free directory for temporary objects"))
    }

    /// A temporary key that nobody else uses.
    pub(crate) fn next_key(&self) -> String {
        format!("tmp/{}/{}", self.number, self.next.fetch_add(1, Ordering::Relaxed))
    }
}
