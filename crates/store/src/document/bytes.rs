//! The bytes of documents.

use crate::{StoreError, Tx};

/// Where the bytes of a document are, and what they must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// Row of the document.
    pub document_id: i64,
    /// uniqueId
    pub unique_id: String,
    /// mimeType
    pub mime_type: String,
    /// size
    pub size: u64,
    /// SHA-256
    pub sha256: Vec<u8>,
    /// The bytes or their place.
    pub place: Place,
}

/// The place of a document's bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// Here they are.
    Database(Vec<u8>),
    /// They are the object of their SHA-256.
    Objects,
    /// The row that should hold them is missing.
    Missing,
}

/// Keeps the bytes of a document in the database.
pub fn insert(tx: &mut Tx, document_id: i64, bytes: &[u8]) -> Result<(), StoreError> {
    tx.execute(&INSERT_BYTES, params![document_id, bytes]).map(drop)
}

/// The documents of a uniqueId whose bytes are here, each at the latest version of its metadata:
/// the rows by which it is decided who may have these bytes. A storage's version comes first.
pub fn held(tx: &mut Tx, unique_id: &str) -> Result<Vec<i64>, StoreError> {
    tx.query(&HELD, params![unique_id], |row| row.int(0))
}

/// Where the bytes of a document are; `None` where they are not here.
pub fn content(tx: &mut Tx, document_id: i64) -> Result<Option<Content>, StoreError> {
    tx.query_opt(&CONTENT, params![document_id], |row| {
        let place = match (row.flag(5)?, row.opt_bytes(6)?) {
            (true, _) => Place::Objects,
            (false, Some(bytes)) => Place::Database(bytes),
            (false, None) => Place::Missing,
        };
        Ok(Content {
            document_id: row.int(0)?,
            unique_id: row.text(1)?,
            mime_type: row.text(2)?,
            size: row.int(3)?.unsigned_abs(),
            sha256: row.bytes(4)?,
            place,
        })
    })
}

crate::statements! {
    INSERT_BYTES = "document/insert_bytes",
    HELD = "document/held_by_unique_id",
    CONTENT = "document/content",
}
