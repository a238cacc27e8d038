//! Objects: bytes too large for the database, named by their SHA-256.
//!
//! An object is written *before* the transaction whose row names it: streamed under a temporary
//! key while it is hashed, synced, renamed to its hash, its directory synced. Whoever put an
//! object whose row did not come dooms it ([`crate::document::removal`]); what a crash leaves
//! without a row is found by the walk of [`crate::sweep`].

use crate::error::StoreError;
use crate::object_list::{Listed, listed};
use crate::object_read;
use crate::object_slot::Slot;
use crate::poison::Poison;
use crate::queue::block_on;
use bytes::{Bytes, BytesMut};
use futures::{Stream, StreamExt};
use object_store::local::LocalFileSystem;
use object_store::path::Path as Key;
use object_store::{MultipartUpload, ObjectStoreExt, PutPayload};
use sha2::{Digest, Sha256};
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::Arc;

/// Bytes written at a time.
const PART_BYTES: usize = 1024 * 1024;

/// A stored object: its name and size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ObjectKey {
    /// SHA-256 of its bytes.
    pub sha256: [u8; 32],
    /// How many bytes.
    pub size: u64,
}

/// The objects of a store. Cloning is cheap.
#[derive(Clone)]
pub struct Objects {
    files: Arc<LocalFileSystem>,
    root: Arc<PathBuf>,
    slot: Arc<Slot>,
    poison: Poison,
}

impl Objects {
    /// Opens the objects below `root`, making the directory if it is not there, and removes what
    /// killed processes left half-written.
    pub(crate) fn open(root: &Path, poison: Poison) -> Result<Objects, StoreError> {
        let cannot = |error: &dyn std::fmt::Display| {
            StoreError::Open(format!("objects in {}: {error}", root.display()))
        };
        std::fs::create_dir_all(root).map_err(|error| cannot(&error))?;
        let slot = Slot::open(&root.join("tmp")).map_err(|error| cannot(&error))?;
        let files = LocalFileSystem::new_with_prefix(root).map_err(|error| cannot(&error))?;
        Ok(Objects {
            files: Arc::new(files.with_fsync(true)),
            root: Arc::new(root.to_owned()),
            slot: Arc::new(slot),
            poison,
        })
    }

    /// Stores what `bytes` gives, and answers once it is durable. Storing the same again is a
    /// no-op.
    ///
    /// # Errors
    /// [`StoreError::Full`] when the disk is full; [`StoreError::Disk`] when it fails, after
    /// which the store refuses all writes. An error of `bytes` itself is [`StoreError::Object`].
    pub async fn put(
        &self,
        bytes: impl Stream<Item = io::Result<Bytes>>,
    ) -> Result<ObjectKey, StoreError> {
        self.poison.check()?;
        let temporary = Key::from(self.slot.next_key());
        let mut upload =
            self.files.put_multipart(&temporary).await.map_err(|error| self.failed(&error))?;
        let streamed = self.stream_into(upload.as_mut(), bytes).await;
        let published = match streamed {
            Ok(key) => self.publish(upload.as_mut(), &temporary, key).await.map(|()| key),
            Err(error) => Err(error),
        };
        if published.is_err() {
            // What cannot be removed now is removed at the next start.
            let _ = upload.abort().await;
        }
        published
    }

    /// [`put`](Objects::put) of a reader, for callers without a runtime. Blocks the thread.
    pub fn put_blocking(&self, reader: &mut dyn Read) -> Result<ObjectKey, StoreError> {
        let chunks = std::iter::from_fn(|| {
            let mut buffer = Vec::with_capacity(PART_BYTES);
            match (&mut *reader).take(PART_BYTES as u64).read_to_end(&mut buffer) {
                Ok(0) => None,
                Ok(_) => Some(Ok(Bytes::from(buffer))),
                Err(error) => Some(Err(error)),
            }
        });
        block_on(self.put(futures::stream::iter(chunks)))
    }

    /// An object's bytes as a stream. Its last item is an error if hash or size do not fit, in
    /// place of the last bytes: what was damaged on disk is never taken for whole.
    pub async fn get(
        &self,
        key: ObjectKey,
    ) -> Result<impl Stream<Item = Result<Bytes, StoreError>> + use<>, StoreError> {
        object_read::pieces(self.path(&key.sha256), key).await
    }

    /// An object's bytes, verified, for callers without a runtime. Blocks the thread.
    pub fn read_blocking(&self, key: ObjectKey) -> Result<Vec<u8>, StoreError> {
        block_on(async {
            let mut chunks = pin!(self.get(key).await?);
            let mut whole = Vec::new();
            while let Some(chunk) = chunks.next().await {
                whole.extend_from_slice(&chunk?);
            }
            Ok(whole)
        })
    }

    /// The size of an object, if it is there.
    pub async fn size(&self, sha256: &[u8; 32]) -> Result<Option<u64>, StoreError> {
        match self.files.head(&location(sha256)).await {
            Ok(meta) => Ok(Some(meta.size)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(unreadable(sha256, &error)),
        }
    }

    /// Whether an object is there, of its size.
    pub fn is_there(&self, key: &ObjectKey) -> bool {
        std::fs::metadata(self.path(&key.sha256)).is_ok_and(|found| found.len() == key.size)
    }

    /// Deletes an object for good; one that is not there is deleted already. Blocks the thread.
    pub(crate) fn remove_blocking(&self, sha256: &[u8; 32]) -> Result<(), StoreError> {
        self.poison.check()?;
        let path = self.path(sha256);
        match std::fs::remove_file(&path) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(self.failed(&error)),
        }
        match path.parent().map(std::fs::File::open) {
            Some(Ok(directory)) => directory.sync_all().map_err(|error| self.failed(&error)),
            _ => Ok(()),
        }
    }

    /// The objects on disk after one, in the order of their names. Blocks the thread.
    pub(crate) fn listed_blocking(
        &self,
        after: Option<[u8; 32]>,
        limit: usize,
    ) -> Result<Vec<Listed>, StoreError> {
        listed(&self.root, after, limit)
            .map_err(|error| StoreError::Disk(format!("{}: {error}", self.root.display())))
    }

    /// Where an object lies on disk.
    pub fn path(&self, sha256: &[u8; 32]) -> PathBuf {
        self.root.join(location(sha256).as_ref())
    }

    pub(crate) fn check(&self) -> Result<(), StoreError> {
        self.poison.check()
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn next_temporary(&self) -> String {
        self.slot.next_key()
    }

    async fn stream_into(
        &self,
        upload: &mut dyn MultipartUpload,
        bytes: impl Stream<Item = io::Result<Bytes>>,
    ) -> Result<ObjectKey, StoreError> {
        let mut bytes = pin!(bytes);
        let (mut hash, mut size, mut part) = (Sha256::new(), 0_u64, BytesMut::new());
        while let Some(chunk) = bytes.next().await {
            let chunk = chunk.map_err(|error| StoreError::Object {
                sha256: "(being received)".to_owned(),
                detail: error.to_string(),
            })?;
            hash.update(&chunk);
            size += chunk.len() as u64;
            part.extend_from_slice(&chunk);
            if part.len() >= PART_BYTES {
                let full = PutPayload::from_bytes(part.split().freeze());
                upload.put_part(full).await.map_err(|error| self.failed(&error))?;
            }
        }
        if !part.is_empty() {
            let rest = PutPayload::from_bytes(part.freeze());
            upload.put_part(rest).await.map_err(|error| self.failed(&error))?;
        }
        Ok(ObjectKey { sha256: hash.finalize().into(), size })
    }

    async fn publish(
        &self,
        upload: &mut dyn MultipartUpload,
        temporary: &Key,
        key: ObjectKey,
    ) -> Result<(), StoreError> {
        if self.size(&key.sha256).await? == Some(key.size) {
            // Another may have been killed between the rename and the sync of its directory.
            self.sync_again(self.path(&key.sha256)).await?;
            return upload.abort().await.map_err(|error| self.failed(&error));
        }
        upload.complete().await.map_err(|error| self.failed(&error))?;
        let place = location(&key.sha256);
        self.files.rename(temporary, &place).await.map_err(|error| self.failed(&error))
    }

    async fn sync_again(&self, path: PathBuf) -> Result<(), StoreError> {
        let root = self.root.clone();
        let sync = move || {
            for place in path.ancestors().take_while(|place| place.starts_with(&*root)) {
                std::fs::File::open(place)?.sync_all()?;
            }
            Ok(())
        };
        let done = match tokio::runtime::Handle::try_current() {
            Ok(runtime) => runtime
                .spawn_blocking(sync)
                .await
                .unwrap_or_else(|error| Err(io::Error::other(error))),
            Err(_) => sync(),
        };
        done.map_err(|error| self.failed(&error))
    }

    /// A full disk is an answer; any other failure to write or sync poisons the store.
    pub(crate) fn failed(&self, error: &(dyn std::error::Error + 'static)) -> StoreError {
        let detail = format!("{}: {}", self.root.display(), crate::postgres::whole(error));
        match io_kind(error) {
            Some(ErrorKind::StorageFull | ErrorKind::QuotaExceeded) => StoreError::Full(detail),
            Some(ErrorKind::NotFound | ErrorKind::PermissionDenied) => StoreError::Disk(detail),
            _ => {
                self.poison.set(&detail);
                StoreError::Disk(detail)
            }
        }
    }
}

/// Two levels of directories, so that none grows too large.
fn location(sha256: &[u8; 32]) -> Key {
    let name = hex::encode(sha256);
    Key::from_iter([&name[..2], &name[2..4], &name])
}

pub(crate) fn unreadable(sha256: &[u8; 32], detail: &dyn std::fmt::Display) -> StoreError {
    StoreError::Object { sha256: hex::encode(sha256), detail: detail.to_string() }
}

fn io_kind(error: &(dyn std::error::Error + 'static)) -> Option<ErrorKind> {
    let mut cause = Some(error);
    while let Some(inner) = cause {
        if let Some(io) = inner.downcast_ref::<io::Error>()
            && io.kind() != ErrorKind::Other
        {
            return Some(io.kind());
        }
        cause = inner.source();
    }
    None
}
