//! Reads of single documents for pages. Who may see them is decided by the caller, who gets
//! what the decision needs (identity, source, category) before any byte.

use crate::dialect::int_list;
use crate::{Disclosure, Row, StoreError, Tx};
use model::Timestamp;
use model::entry::Category;
use model::item::VersionState;
use model::reason::Flag;

crate::statements! {
    BY_ID = "document_query/by_id",
    VERSIONS = "document_query/versions",
    ATTACHMENTS = "document_query/attachments",
    WITH_FLAG = "document_query/with_flag",
}

/// What is known of a document without its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentRow {
    /// The document.
    pub id: i64,
    /// uniqueId.
    pub unique_id: String,
    /// Whose.
    pub identity_id: i64,
    /// The source.
    pub source_id: Option<i64>,
    /// The logical item of which it is a version.
    pub item_id: Option<i64>,
    /// Sending time as digits.
    pub sent: String,
    /// Current, superseded or deleted.
    pub state: VersionState,
    /// When the centre learned of the deletion.
    pub deleted: Option<Timestamp>,
    /// The row of the timeline, which is also its kind in consent.
    pub category: Category,
    /// Media type.
    pub mime_type: String,
    /// When the service began.
    pub service_start: Option<Timestamp>,
    /// Bytes.
    pub size: u64,
    /// SHA-256 of the bytes.
    pub sha256: Vec<u8>,
    /// Whether the bytes are an object beside the database.
    pub in_objects: bool,
    /// Remarks, as stored.
    pub flags: String,
    /// Verdict on the character set.
    pub text_verdict: String,
    /// title
    pub title: String,
    /// When the centre took it.
    pub taken: Timestamp,
    /// Data type; empty where it is no item of a storage.
    pub data_type: String,
    /// Care date as in the path.
    pub care_date: String,
    /// Order number.
    pub order_key: String,
    /// Whether its facility shows it to its own people only.
    pub is_restricted: bool,
}

impl DocumentRow {
    /// What the decision on who may see it asks.
    pub fn disclosure(&self) -> Disclosure {
        Disclosure { source_id: self.source_id, is_restricted: self.is_restricted }
    }
}

/// The document of an id.
pub fn by_id(tx: &mut Tx, document_id: i64) -> Result<Option<DocumentRow>, StoreError> {
    tx.query_opt(&BY_ID, params![document_id], document)
}

/// Every version of an item, the latest sent first.
pub fn versions(tx: &mut Tx, item_id: i64) -> Result<Vec<DocumentRow>, StoreError> {
    tx.query(&VERSIONS, params![item_id], document)
}

/// The approved documents that are appended to a document (APND), in the order in which they came.
pub fn attachments(tx: &mut Tx, document_id: i64) -> Result<Vec<DocumentRow>, StoreError> {
    tx.query(&ATTACHMENTS, params![document_id], document)
}

/// Those of some documents beside which the hospital shows another version of the same moment as
/// valid ([`Flag::TwoCurrent`]), in the order of their rows.
pub fn with_rival(tx: &mut Tx, ids: &[i64]) -> Result<Vec<i64>, StoreError> {
    let code = format!("\"{}\"", Flag::TwoCurrent.code());
    tx.query(&WITH_FLAG, params![&int_list(ids), &code], |row| row.int(0))
}

fn document(row: &Row<'_>) -> Result<DocumentRow, StoreError> {
    let state = row.int(6)?;
    let category = row.text_ref(8)?;
    Ok(DocumentRow {
        id: row.int(0)?,
        unique_id: row.text(1)?,
        identity_id: row.int(2)?,
        source_id: row.opt_int(3)?,
        item_id: row.opt_int(4)?,
        sent: row.text(5)?,
        state: VersionState::from_flag(state)
            .ok_or_else(|| StoreError::Damaged(format!("{state} is no version state")))?,
        deleted: row.opt_int(7)?.map(Timestamp),
        category: Category::from_name(category)
            .ok_or_else(|| StoreError::Damaged(format!("{category:?} is no category")))?,
        mime_type: row.text(9)?,
        service_start: row.opt_int(10)?.map(Timestamp),
        size: u64::try_from(row.int(11)?).unwrap_or(0),
        sha256: row.bytes(12)?,
        in_objects: row.flag(13)?,
        flags: row.text(14)?,
        text_verdict: row.text(15)?,
        title: title(row.text_ref(16)?)?,
        taken: Timestamp(row.int(17)?),
        data_type: row.opt_text(18)?.unwrap_or_default(),
        care_date: row.opt_text(19)?.unwrap_or_default(),
        order_key: row.opt_text(20)?.unwrap_or_default(),
        is_restricted: row.flag(21)?,
    })
}

/// The title within the metadata's text (see [`crate::document::metadata`]).
fn title(metadata: &str) -> Result<String, StoreError> {
    #[derive(serde::Deserialize)]
    struct Titled {
        #[serde(rename = "t", default)]
        title: String,
    }
    serde_json::from_str::<Titled>(metadata)
        .map(|it| it.title)
        .map_err(|error| StoreError::Damaged(format!("metadata of a document: {error}")))
}
