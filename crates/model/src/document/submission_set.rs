//! The metadata of a SubmissionSet.

use super::attribute::{Author, ExtraSlot, Localization, XdsCode};
use crate::clock::Timestamp;
use crate::empty::Empty;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A SubmissionSet (ITI TF-3 table 4.2.3.3-1). patientId is not here, as with documents.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SubmissionSet {
    /// entryUUID
    pub entry_uuid: Uuid,
    /// uniqueId
    pub unique_id: String,
    /// homeCommunityId (`urn:oid:…`), empty for our own.
    #[serde(default, skip_serializing_if = "Empty::is_empty")]
    pub home_community_id: String,
    /// sourceId (OID of the submitting system)
    pub source_oid: String,
    /// submissionTime
    pub submission_time: Timestamp,
    /// submissionTime as sent; empty where it is the above to the second, in UTC.
    #[serde(default, skip_serializing_if = "Empty::is_empty")]
    pub submission_digits: String,
    /// contentTypeCode
    pub content_type: XdsCode,
    /// author
    pub authors: Vec<Author>,
    /// intendedRecipient: `XON|XCN|XTN`, as sent
    #[serde(default, skip_serializing_if = "Empty::is_empty")]
    pub intended_recipients: Vec<String>,
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
