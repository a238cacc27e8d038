//! What a hospital keeps beside a document: pictures, further files of the same folder. Each is a
//! document of its own, seen under the same decision.

use super::read;
use crate::patient::Patient;
use crate::refusal::Kind;
use model::reason::Flag;
use page::language::grouped;
use store::Tx;
use store::document_query::{self, DocumentRow};

/// An attachment as listed.
pub struct Attachment {
    /// The document.
    pub document_id: i64,
    /// Its title, which ends with the file's name.
    pub title: String,
    /// Media type.
    pub mime_type: String,
    /// Bytes, as text.
    pub size: String,
}

/// The attachments of a document that may be seen, in the order in which they came.
pub fn read_all(
    tx: &mut Tx,
    patient: &Patient,
    document: &DocumentRow,
) -> Result<Vec<Attachment>, Kind> {
    let mut all = document_query::attachments(tx, document.id)?;
    all.retain(|it| read::may_see(patient, it));
    Ok(all
        .into_iter()
        .map(|it| Attachment {
            document_id: it.id,
            title: if it.title.is_empty() { it.unique_id } else { it.title },
            mime_type: it.mime_type,
            size: format!("{} B", grouped(usize::try_from(it.size).unwrap_or(0))),
        })
        .collect())
}

/// Whether the hospital shows another version of the same moment as valid beside this one.
pub fn has_rival(document: &DocumentRow) -> bool {
    has(document, Flag::TwoCurrent)
}

/// Whether the document is shown although its stored bytes are lost or damaged.
pub fn is_unreadable(document: &DocumentRow) -> bool {
    has(document, Flag::BytesDamaged)
}

fn has(document: &DocumentRow, flag: Flag) -> bool {
    let flags: Vec<String> = serde_json::from_str(&document.flags).unwrap_or_default();
    flags.iter().any(|one| one == flag.code())
}
