//! The logical item of a source: what a hospital updates and deletes as one thing.

use serde::{Deserialize, Serialize};

/// The logical key of an intake item. With the source it identifies one thing that a hospital
/// may update and delete; file names never do (SS-MIX2 renames them).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ItemKey {
    /// The patient's ID in the source's domain, as the folder has it. Opaque.
    pub patient_id: String,
    /// `YYYYMMDD`, or `-` for types without a date.
    pub care_date: String,
    /// Data type such as `OML-11`; for the extended storage the whole name of the data-kind folder.
    pub data_type: String,
    /// 特定キー (order number).
    pub order_key: String,
    /// Standardized or extended storage, or images.
    pub storage: Storage,
}

/// Which storage of a source an item stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Storage {
    /// 標準化ストレージ
    Standardized,
    /// 拡張ストレージ
    Extended,
    /// The images of a DICOM server: an item is the manifest of a study.
    Images,
}

/// What the condition flag (コンディションフラグ) says of one stored version of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VersionState {
    /// Flag 1: valid.
    Current,
    /// Flag 2: superseded by a later version.
    Deprecated,
    /// Flag 0: deleted, and also the delete message itself.
    Deleted,
}

impl VersionState {
    /// The number kept in the database and in dumps: 1 current, 2 deprecated, 0 deleted, as the
    /// condition flag writes them.
    pub fn flag(self) -> i64 {
        match self {
            VersionState::Deleted => 0,
            VersionState::Current => 1,
            VersionState::Deprecated => 2,
        }
    }

    /// The state of a condition flag.
    pub fn from_flag(flag: i64) -> Option<VersionState> {
        match flag {
            0 => Some(VersionState::Deleted),
            1 => Some(VersionState::Current),
            2 => Some(VersionState::Deprecated),
            _ => None,
        }
    }
}
