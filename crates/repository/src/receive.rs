//! Taking bytes in.

use crate::error::RepositoryError;
use bytes::Bytes;
use model::document::DocumentEntry;
use model::limits;
use sha1::Digest as _;
use store::document::removal;
use store::{ObjectKey, Objects, Store, StoreError, Tx};

/// A document's bytes, which are those that its metadata tell of.
#[derive(Debug, Clone)]
pub struct Received {
    /// Its bytes.
    pub bytes: Bytes,
    /// Their SHA-256.
    pub sha256: [u8; 32],
    /// Whether they are too large for the database and become an object.
    pub in_objects: bool,
}

/// Compares a document's bytes with the hash and size in its metadata and fills these in where
/// no hash was sent. Reads all bytes twice: call it where that may take time.
pub fn receive(entry: &mut DocumentEntry, bytes: Bytes) -> Result<Received, RepositoryError> {
    let size = bytes.len() as u64;
    let sha1 = hexadecimal(&sha1::Sha1::digest(&bytes));
    if entry.hash.is_empty() {
        entry.hash = sha1;
        entry.size = size;
    } else if entry.size != size {
        return Err(lying(entry, "size"));
    } else if !entry.hash.eq_ignore_ascii_case(&sha1) {
        return Err(lying(entry, "hash"));
    }
    let sha256 = sha2::Sha256::digest(&bytes).into();
    let in_objects = size > limits::DOCUMENT_IN_DATABASE_BYTES;
    Ok(Received { bytes, sha256, in_objects })
}

/// Makes the bytes of a large document durable under their SHA-256. Of a small one, does
/// nothing: [`keep`] does it.
pub async fn publish(store: &Store, received: &Received) -> Result<(), StoreError> {
    if !received.in_objects {
        return Ok(());
    }
    let whole = futures::stream::iter([Ok(received.bytes.clone())]);
    let key = store.objects().put(whole).await?;
    if key.sha256 == received.sha256 {
        Ok(())
    } else {
        Err(StoreError::Object {
            sha256: hexadecimal(&received.sha256),
            detail: "its bytes changed while they were written".to_owned(),
        })
    }
}

/// Puts the bytes of a small document beside its metadata, in the same transaction, or makes
/// sure there that a large one's object is not on its way out.
pub fn keep(
    tx: &mut Tx,
    objects: &Objects,
    document_id: i64,
    received: &Received,
) -> Result<(), StoreError> {
    if received.in_objects {
        let key = ObjectKey { sha256: received.sha256, size: received.bytes.len() as u64 };
        return removal::claim(tx, objects, key);
    }
    store::document::bytes::insert(tx, document_id, &received.bytes)
}

fn lying(entry: &DocumentEntry, attribute: &'static str) -> RepositoryError {
    RepositoryError::Metadata { unique_id: entry.unique_id.clone(), attribute }
}

pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| char::from(DIGITS[usize::from(nibble & 15)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(*byte)]).collect()
}
