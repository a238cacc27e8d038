//! Putting an object that is whole in memory: one step on one thread, with no more syncs than
//! being durable takes (the file, and the directory that names it).

use crate::error::StoreError;
use crate::object::{ObjectKey, Objects};
use bytes::Bytes;
use sha2::{Digest, Sha256};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

impl Objects {
    /// Stores what several pieces are together, and answers once it is durable. Storing the same
    /// again is a no-op.
    ///
    /// # Errors
    /// As [`Objects::put`].
    pub async fn put_whole(&self, pieces: Vec<Bytes>) -> Result<ObjectKey, StoreError> {
        self.check()?;
        let objects = self.clone();
        tokio::task::spawn_blocking(move || objects.put_whole_blocking(&pieces))
            .await
            .map_err(|error| StoreError::Panicked(format!("putting an object: {error}")))?
    }

    /// [`put_whole`](Objects::put_whole) for callers without a runtime. Blocks the thread.
    pub fn put_whole_blocking(&self, pieces: &[Bytes]) -> Result<ObjectKey, StoreError> {
        self.check()?;
        let mut hash = Sha256::new();
        pieces.iter().for_each(|piece| hash.update(piece));
        let size = pieces.iter().map(|piece| piece.len() as u64).sum();
        let key = ObjectKey { sha256: hash.finalize().into(), size };
        self.publish_whole(key, pieces).map_err(|error| self.failed(&error))?;
        Ok(key)
    }

    fn publish_whole(&self, key: ObjectKey, pieces: &[Bytes]) -> io::Result<()> {
        let place = self.path(&key.sha256);
        if self.is_there(&key) {
            // Another may have been killed between the rename and the sync of its directory.
            for part in place.ancestors().take_while(|part| part.starts_with(self.root())) {
                File::open(part)?.sync_all()?;
            }
            return Ok(());
        }
        let temporary = self.root().join(self.next_temporary());
        let written = write_synced(&temporary, pieces).and_then(|()| self.name(&temporary, &place));
        if written.is_err() {
            // What cannot be removed now is removed at the next start.
            let _ = fs::remove_file(&temporary);
        }
        written
    }

    fn name(&self, temporary: &Path, place: &Path) -> io::Result<()> {
        let Some(directory) = place.parent() else { return Err(io::ErrorKind::NotFound.into()) };
        let is_new = !directory.is_dir();
        fs::create_dir_all(directory)?;
        fs::rename(temporary, place)?;
        File::open(directory)?.sync_all()?;
        if is_new {
            let above = directory.ancestors().skip(1);
            for part in above.take_while(|part| part.starts_with(self.root())) {
                File::open(part)?.sync_all()?;
            }
        }
        Ok(())
    }
}

fn write_synced(path: &Path, pieces: &[Bytes]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    for piece in pieces {
        file.write_all(piece)?;
    }
    file.sync_all()
}
