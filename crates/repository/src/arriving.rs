//! Bytes that are still arriving: a small document is kept in memory for the database, a larger
//! one becomes an object while it is received. Both hashes are computed on the way.

use bytes::{Bytes, BytesMut};
use futures::{Stream, StreamExt, stream};
use model::limits;
use ports::HeldBytes;
use sha1::Digest as _;
use std::io;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use store::{Store, StoreError};
use thiserror::Error;

/// A document that was received whole.
#[derive(Debug, Clone)]
pub struct Arrived {
    /// Its bytes or their object.
    pub held: HeldBytes,
    /// Their SHA-1 in hexadecimal, as XDS wants it.
    pub sha1: String,
    /// Their number.
    pub size: u64,
}

/// Why a document was not received.
#[derive(Debug, Error)]
pub enum ArrivalError {
    /// The sender's stream broke off or was damaged.
    #[error("the document broke off")]
    Stream(#[source] io::Error),
    /// It could not be made durable.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Receives one document. Memory stays below the limit of what the database takes, plus what the
/// object store collects for one part.
pub async fn arrive<S>(store: &Store, bytes: S) -> Result<Arrived, ArrivalError>
where
    S: Stream<Item = io::Result<Bytes>> + Send,
{
    let mut bytes = pin!(bytes);
    let limit = usize::try_from(limits::DOCUMENT_IN_DATABASE_BYTES).unwrap_or(usize::MAX);
    let mut start = BytesMut::new();
    while start.len() <= limit {
        match bytes.next().await {
            Some(Ok(chunk)) => start.extend_from_slice(&chunk),
            Some(Err(error)) => return Err(ArrivalError::Stream(error)),
            None => return Ok(small(start.freeze())),
        }
    }
    let sha1 = Arc::new(Mutex::new(sha1::Sha1::new()));
    let broken = Arc::new(Mutex::new(None));
    let (hashed, noted) = (sha1.clone(), broken.clone());
    let whole = stream::iter([Ok(start.freeze())]).chain(bytes).map(move |chunk| match chunk {
        Ok(chunk) => {
            hashed.lock().unwrap_or_else(PoisonError::into_inner).update(&chunk);
            Ok(chunk)
        }
        Err(error) => {
            let shown = io::Error::new(error.kind(), error.to_string());
            *noted.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
            Err(shown)
        }
    });
    let key = match store.objects().put(whole).await {
        Ok(key) => key,
        Err(error) => {
            let broken = broken.lock().unwrap_or_else(PoisonError::into_inner).take();
            return Err(broken.map_or(ArrivalError::Store(error), ArrivalError::Stream));
        }
    };
    let sha1 = sha1.lock().unwrap_or_else(PoisonError::into_inner).clone().finalize();
    Ok(Arrived {
        held: HeldBytes { sha256: key.sha256, bytes: None },
        sha1: crate::receive::hexadecimal(&sha1),
        size: key.size,
    })
}

fn small(bytes: Bytes) -> Arrived {
    Arrived {
        sha1: crate::receive::hexadecimal(&sha1::Sha1::digest(&bytes)),
        size: bytes.len() as u64,
        held: HeldBytes { sha256: sha2::Sha256::digest(&bytes).into(), bytes: Some(bytes) },
    }
}
