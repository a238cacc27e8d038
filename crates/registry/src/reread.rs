//! Documents that older rules read are read again from their bytes (what stands in rows beside
//! these is derived, and can be derived anew).
//!
//! [`reread`] is the slow part and needs no database. [`write`] is a use case: whatever became
//! of the document since it was read, its rows are then those of a fresh submission.

use crate::content::Content;
use crate::error::{Problem, RegistryError};
use crate::item::{self, Owner};
use crate::prepare::{self, Held};
use model::document::DocumentEntry;
use model::entry::Category;
use model::reason::Flag;
use store::document::reading::{self, NewReading, Reading};
use store::document::{EntryRow, entry, patient};
use store::{StoreError, Tx, fact, timeline};

/// What the present rules read out of a document.
#[derive(Debug, Clone)]
pub struct Reread {
    /// Its row.
    pub document_id: i64,
    /// The identity that it hangs off: rereadings of one identity share a use case.
    pub identity_id: i64,
    content: Content,
    flags: Vec<Flag>,
}

/// The number of documents that older rules read.
pub fn count(tx: &mut Tx) -> Result<u64, StoreError> {
    reading::count_older(tx, ssmix2::RULES_VERSION)
}

/// The rows of the next documents that older rules read, after a row.
pub fn next(tx: &mut Tx, after: i64, limit: u64) -> Result<Vec<i64>, StoreError> {
    reading::older(tx, ssmix2::RULES_VERSION, after, limit)
}

/// The documents of rows. One whose metadata are damaged fails alone.
pub fn documents(
    tx: &mut Tx,
    ids: &[i64],
) -> Result<Vec<Result<EntryRow, StoreError>>, StoreError> {
    match entry::of_ids(tx, ids) {
        Ok(rows) => Ok(rows.into_iter().map(Ok).collect()),
        Err(StoreError::Damaged(_)) => {
            let mut rows = Vec::with_capacity(ids.len());
            for id in ids {
                match entry::of_ids(tx, &[*id]) {
                    Ok(found) => rows.extend(found.into_iter().map(Ok)),
                    Err(error @ StoreError::Damaged(_)) => rows.push(Err(error)),
                    Err(error) => return Err(error),
                }
            }
            Ok(rows)
        }
        Err(error) => Err(error),
    }
}

/// Reads a document by the present rules. Pure.
pub fn reread(
    document_id: i64,
    identity_id: i64,
    entry: DocumentEntry,
    bytes: &[u8],
    sha256: [u8; 32],
) -> Result<Reread, Problem> {
    let held = Held { sha256, in_objects: false, bytes: Some(bytes) };
    let prepared = prepare::document(entry, Some(held))?;
    Ok(Reread { document_id, identity_id, content: prepared.content, flags: prepared.flags })
}

/// Writes rereadings of documents of one identity; answers how many of them were needed still. A
/// document that is gone, whose bytes are gone, or that another has read again is left alone; one
/// that is current gets its facts and its line, any other only remarks and verdict.
pub fn write(tx: &mut Tx, identity_id: i64, all: &[Reread]) -> Result<u64, RegistryError> {
    // Submissions of the patient wait: a version that is replaced now must not get facts.
    patient::lock_identity(tx, identity_id)?;
    let mut written = 0;
    for one in all {
        let Some(row) = reading::of_document(tx, one.document_id)? else { continue };
        if row.rules_version >= ssmix2::RULES_VERSION {
            continue;
        }
        write_one(tx, one, &row)?;
        written += 1;
    }
    Ok(written)
}

fn write_one(tx: &mut Tx, one: &Reread, row: &Reading) -> Result<(), RegistryError> {
    let damaged = |reason: serde_json::Error| RegistryError::Damaged {
        unique_id: format!("of row {}", one.document_id),
        reason: format!("its remarks: {reason}"),
    };
    let before: Vec<String> = serde_json::from_str(&row.flags).map_err(damaged)?;
    let flags = flags(&before, &one.flags);
    let mut content = one.content.clone();
    // A storage's bytes say what they are. An attachment has the category of its document, and
    // what a peer brought keeps what an update of its metadata has closed: its row decides who
    // may see it.
    if let (None, Some(category)) = (row.item_id, Category::from_name(&row.category)) {
        content.line.category = category;
    }
    let new = NewReading {
        category: content.line.category.name(),
        flags: &serde_json::to_string(&flags).map_err(damaged)?,
        text_verdict: &content.text_verdict,
        rules_version: ssmix2::RULES_VERSION,
    };
    reading::set(tx, one.document_id, &new)?;
    let Some(taken) = row.line_taken else { return Ok(()) };
    fact::delete_of_document(tx, one.document_id)?;
    timeline::delete_of_document(tx, one.document_id)?;
    let owner = Owner {
        identity_id: row.identity_id,
        document_id: one.document_id,
        source_id: row.source_id,
        sha256: &row.sha256,
        taken,
    };
    Ok(item::show(tx, &owner, &content)?)
}

/// The remarks of a reading; that two versions are current comes from the siblings, not from the
/// bytes, so it stays.
fn flags(before: &[String], read: &[Flag]) -> Vec<String> {
    let mut flags: Vec<String> = read.iter().map(|flag| flag.code().to_owned()).collect();
    let two_current = Flag::TwoCurrent.code();
    let is_told = |all: &[String]| all.iter().any(|flag| flag == two_current);
    if is_told(before) && !is_told(&flags) {
        flags.push(two_current.to_owned());
    }
    flags
}
