//! Giving bytes out.

use crate::error::RepositoryError;
use crate::receive::hexadecimal;
use bytes::{Bytes, BytesMut};
use futures::stream::BoxStream;
use futures::{Stream, StreamExt};
use sha1::Digest as _;
use store::document::Place;
use store::{ObjectKey, Store, StoreError, document};

/// A document as it was received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retrieved {
    /// mimeType as submitted.
    pub mime_type: String,
    /// The octets as received.
    pub bytes: Bytes,
    /// Their SHA-256.
    pub sha256: [u8; 32],
}

/// The bytes of the document of a uniqueId, hashed anew: what does not have the SHA-256 under
/// which it was registered is an error, never an answer. Who may see it is the caller's to
/// decide before.
pub async fn retrieve(store: &Store, unique_id: &str) -> Result<Retrieved, RepositoryError> {
    of_found(store, unique_id, find(store, unique_id).await?).await
}

/// Like [`retrieve`], the bytes of one row.
pub(crate) async fn retrieve_row(
    store: &Store,
    document_id: i64,
    unique_id: &str,
) -> Result<Retrieved, RepositoryError> {
    of_found(store, unique_id, find_row(store, document_id, unique_id).await?).await
}

async fn of_found(
    store: &Store,
    unique_id: &str,
    found: Found,
) -> Result<Retrieved, RepositoryError> {
    let bytes = match found.place {
        Place::Objects => {
            let bytes = whole(store, unique_id, found.key).await?;
            verified(unique_id, found.key, Place::Database(bytes.into()))?
        }
        place => verified(unique_id, found.key, place)?,
    };
    Ok(Retrieved { mime_type: found.mime_type, bytes, sha256: found.key.sha256 })
}

/// The bytes at hand, hashed anew.
pub(crate) fn verified(
    unique_id: &str,
    key: ObjectKey,
    place: Place,
) -> Result<Bytes, RepositoryError> {
    let Place::Database(bytes) = place else { return Err(missing(unique_id)) };
    let sha256: [u8; 32] = sha2::Sha256::digest(&bytes).into();
    if sha256 != key.sha256 {
        let detail =
            format!("SHA-256 is {} instead of {}", hexadecimal(&sha256), hexadecimal(&key.sha256));
        return Err(damaged(unique_id, detail));
    }
    Ok(Bytes::from(bytes))
}

/// Refuses an object that is not there or has another size than registered; its bytes are
/// verified as they are read.
pub(crate) async fn check_size(
    store: &Store,
    unique_id: &str,
    key: ObjectKey,
) -> Result<(), RepositoryError> {
    match store.objects().size(&key.sha256).await? {
        Some(size) if size == key.size => Ok(()),
        Some(size) => {
            Err(damaged(unique_id, format!("it has {size} bytes instead of {}", key.size)))
        }
        None => Err(damaged(unique_id, "there is no such object".to_owned())),
    }
}

/// Like [`retrieve`], for documents that should not stand in memory: mimeType and a stream. A
/// large document is read through and hashed before the first of its octets leaves.
pub async fn retrieve_stream(
    store: &Store,
    unique_id: &str,
) -> Result<(String, BoxStream<'static, Result<Bytes, StoreError>>), RepositoryError> {
    let found = find(store, unique_id).await?;
    if found.place != Place::Objects {
        let small = retrieve(store, unique_id).await?;
        return Ok((small.mime_type, futures::stream::iter([Ok(small.bytes)]).boxed()));
    }
    let mut verified = std::pin::pin!(open(store, unique_id, found.key).await?);
    while let Some(chunk) = verified.next().await {
        chunk.map_err(|error| unreadable(unique_id, error))?;
    }
    Ok((found.mime_type, open(store, unique_id, found.key).await?.boxed()))
}

pub(crate) struct Found {
    pub mime_type: String,
    pub key: ObjectKey,
    pub place: Place,
}

pub(crate) async fn find(store: &Store, unique_id: &str) -> Result<Found, RepositoryError> {
    let asked = unique_id.to_owned();
    let held = store.read(move |tx| document::bytes::held(tx, &asked)).await?;
    let unknown = || RepositoryError::Unknown { unique_id: unique_id.to_owned() };
    let document_id = held.first().copied().ok_or_else(unknown)?;
    find_row(store, document_id, unique_id).await
}

/// The bytes of one row; `unique_id` is for the messages.
pub(crate) async fn find_row(
    store: &Store,
    document_id: i64,
    unique_id: &str,
) -> Result<Found, RepositoryError> {
    let content = store
        .read(move |tx| document::bytes::content(tx, document_id))
        .await?
        .ok_or_else(|| RepositoryError::Unknown { unique_id: unique_id.to_owned() })?;
    let sha256 =
        content.sha256.as_slice().try_into().map_err(|_| {
            damaged(unique_id, "the registered SHA-256 has another length".to_owned())
        })?;
    Ok(Found {
        mime_type: content.mime_type,
        key: ObjectKey { sha256, size: content.size },
        place: content.place,
    })
}

async fn open(
    store: &Store,
    unique_id: &str,
    key: ObjectKey,
) -> Result<impl Stream<Item = Result<Bytes, StoreError>> + use<>, RepositoryError> {
    store.objects().get(key).await.map_err(|error| unreadable(unique_id, error))
}

async fn whole(store: &Store, unique_id: &str, key: ObjectKey) -> Result<Bytes, RepositoryError> {
    let mut chunks = std::pin::pin!(open(store, unique_id, key).await?);
    let mut bytes = BytesMut::new();
    while let Some(chunk) = chunks.next().await {
        bytes.extend_from_slice(&chunk.map_err(|error| unreadable(unique_id, error))?);
    }
    Ok(bytes.freeze())
}

fn unreadable(unique_id: &str, error: StoreError) -> RepositoryError {
    match error {
        StoreError::Object { detail, .. } => damaged(unique_id, detail),
        other => RepositoryError::Store(other),
    }
}

fn missing(unique_id: &str) -> RepositoryError {
    damaged(unique_id, "there is no row with its bytes".to_owned())
}

fn damaged(unique_id: &str, detail: String) -> RepositoryError {
    RepositoryError::Damaged { unique_id: unique_id.to_owned(), detail }
}
