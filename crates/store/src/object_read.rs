//! Reading an object: large pieces, read and hashed away from the runtime's own threads, the
//! next one while the present one is sent. No thread waits for a slow reader.

use crate::error::StoreError;
use crate::object::{ObjectKey, unreadable};
use bytes::Bytes;
use futures::Stream;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::Read;
use std::path::PathBuf;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;

/// Bytes read at a time. Each piece costs two changes of thread, so it must not be small; it is
/// hashed and sent while the processor's cache still has it, so it must not be large.
const PIECE_BYTES: u64 = 256 * 1024;

/// An object that is being read.
struct Reading {
    file: File,
    key: ObjectKey,
    hash: Sha256,
    size: u64,
}

type Next = Result<Option<(Bytes, Reading)>, StoreError>;

/// The bytes of the object at a path. Its last item is an error if hash or size do not fit, in
/// place of the last piece.
pub(crate) async fn pieces(
    path: PathBuf,
    key: ObjectKey,
) -> Result<impl Stream<Item = Result<Bytes, StoreError>> + use<>, StoreError> {
    let open = Ahead::of(key, move || {
        let file = File::open(path).map_err(|error| unreadable(&key.sha256, &error))?;
        Ok(Reading { file, key, hash: Sha256::new(), size: 0 })
    });
    let reading = open.done().await?;
    let first = Ahead::of(key, move || reading.next());
    Ok(futures::stream::try_unfold(first, move |ahead| async move {
        let Some((piece, reading)) = ahead.done().await? else { return Ok(None) };
        Ok(Some((piece, Ahead::of(key, move || reading.next()))))
    }))
}

impl Reading {
    fn next(mut self) -> Next {
        let damaged = || unreadable(&self.key.sha256, &"its bytes are damaged on disk");
        let room = PIECE_BYTES.min(self.key.size - self.size + 1);
        let mut piece = Vec::with_capacity(usize::try_from(room).unwrap_or(0));
        let read = (&mut self.file).take(room).read_to_end(&mut piece);
        read.map_err(|error| unreadable(&self.key.sha256, &error))?;
        self.hash.update(&piece);
        self.size += piece.len() as u64;
        let is_end = piece.is_empty();
        if self.size > self.key.size || (is_end && self.size < self.key.size) {
            return Err(damaged());
        }
        // Before the last piece leaves, not after it.
        if self.size == self.key.size && self.hash.clone().finalize()[..] != self.key.sha256 {
            return Err(damaged());
        }
        Ok((!is_end).then(|| (Bytes::from(piece), self)))
    }
}

/// Work that is done on a thread which may block; here and now where there is no runtime.
enum Ahead<T> {
    Begun(ObjectKey, JoinHandle<Result<T, StoreError>>),
    Done(Result<T, StoreError>),
}

impl<T: Send + 'static> Ahead<T> {
    fn of(key: ObjectKey, work: impl FnOnce() -> Result<T, StoreError> + Send + 'static) -> Self {
        match Handle::try_current() {
            Ok(runtime) => Ahead::Begun(key, runtime.spawn_blocking(work)),
            Err(_) => Ahead::Done(work()),
        }
    }

    async fn done(self) -> Result<T, StoreError> {
        match self {
            Ahead::Done(done) => done,
            Ahead::Begun(key, begun) => {
                begun.await.unwrap_or_else(|error| Err(unreadable(&key.sha256, &error)))
            }
        }
    }
}
