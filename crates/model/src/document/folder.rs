//! The metadata of a Folder.

use super::attribute::{ExtraSlot, Localization, XdsCode};
use crate::empty::Empty;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A Folder (ITI TF-3 table 4.2.3.4-1). patientId is not here, as with documents.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Folder {
    /// entryUUID
    pub entry_uuid: Uuid,
    /// logicalID, where it is not the entryUUID: that of the first version (ITI-57).
    #[serde(default, skip_serializing_if = "Empty::is_empty")]
    pub logical_id: Option<Uuid>,
    /// version of the metadata, where one was given; the first is 1.
    #[serde(default, skip_serializing_if = "Empty::is_empty")]
    pub version: Option<u32>,
    /// uniqueId
    pub unique_id: String,
    /// homeCommunityId (`urn:oid:…`), empty for our own.
    #[serde(default, skip_serializing_if = "Empty::is_empty")]
    pub home_community_id: String,
    /// codeList
    pub codes: Vec<XdsCode>,
    /// title
    pub title: String,
    /// How the title was sent.
    #[serde(default, skip_serializing_if = "Localization::is_empty")]
    pub title_localization: Localization,
    /// comments
    #[serde(default, skip_serializing_if = "Empty::is_empty")]
    pub comments: String,
    /// How the comments were sent.
    #[serde(default, skip_serializing_if = "Localization::is_empty")]
    pub comments_localization: Localization,
    /// limitedMetadata
    #[serde(default, skip_serializing_if = "Empty::is_empty")]
    pub limited_metadata: bool,
    /// Slots with `urn:` names that we do not know: kept and returned.
    #[serde(default, skip_serializing_if = "Empty::is_empty")]
    pub extra: Vec<ExtraSlot>,
}

impl Folder {
    /// logicalID: the entryUUID of the first version.
    pub fn logical(&self) -> Uuid {
        self.logical_id.unwrap_or(self.entry_uuid)
    }

    /// The version of the metadata; the first is 1.
    pub fn version_number(&self) -> u32 {
        self.version.unwrap_or(1)
    }
}
