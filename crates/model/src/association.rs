//! Associations between registry objects (ITI TF-3 4.2.2).

use crate::document::{ExtraSlot, XdsCode};
use crate::empty::Empty;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// An association type (ITI TF-3 4.2.2).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum AssociationType {
    /// `urn:oasis:names:tc:ebxml-regrep:AssociationType:HasMember`
    #[default]
    HasMember,
    /// `urn:ihe:iti:2007:AssociationType:RPLC`
    Replaces,
    /// `urn:ihe:iti:2007:AssociationType:APND`
    Appends,
    /// `urn:ihe:iti:2007:AssociationType:XFRM`
    Transforms,
    /// `urn:ihe:iti:2007:AssociationType:XFRM_RPLC`
    TransformsAndReplaces,
    /// `urn:ihe:iti:2007:AssociationType:signs`
    Signs,
    /// `urn:ihe:iti:2010:AssociationType:IsSnapshotOf`
    IsSnapshotOf,
    /// `urn:ihe:iti:2010:AssociationType:UpdateAvailabilityStatus`: a message of ITI-57, not kept.
    UpdateAvailabilityStatus,
    /// `urn:ihe:iti:2010:AssociationType:SubmitAssociation`: a message of ITI-57, not kept.
    SubmitAssociation,
    /// `urn:ihe:iti:2010:AssociationType:NonVersioningUpdate`
    NonVersioningUpdate,
}

impl AssociationType {
    /// Every type.
    pub const ALL: [AssociationType; 10] = [
        AssociationType::HasMember,
        AssociationType::Replaces,
        AssociationType::Appends,
        AssociationType::Transforms,
        AssociationType::TransformsAndReplaces,
        AssociationType::Signs,
        AssociationType::IsSnapshotOf,
        AssociationType::UpdateAvailabilityStatus,
        AssociationType::SubmitAssociation,
        AssociationType::NonVersioningUpdate,
    ];

    /// The type of a URN or of a short name.
    pub fn from_name(name: &str) -> Option<AssociationType> {
        AssociationType::ALL.into_iter().find(|t| t.urn() == name || t.name() == name)
    }

    /// The URN of the standard.
    pub fn urn(self) -> &'static str {
        match self {
            AssociationType::HasMember => {
                "urn:oasis:names:tc:ebxml-regrep:AssociationType:HasMember"
            }
            AssociationType::Replaces => "urn:ihe:iti:2007:AssociationType:RPLC",
            AssociationType::Appends => "urn:ihe:iti:2007:AssociationType:APND",
            AssociationType::Transforms => "urn:ihe:iti:2007:AssociationType:XFRM",
            AssociationType::TransformsAndReplaces => "urn:ihe:iti:2007:AssociationType:XFRM_RPLC",
            AssociationType::Signs => "urn:ihe:iti:2007:AssociationType:signs",
            AssociationType::IsSnapshotOf => "urn:ihe:iti:2010:AssociationType:IsSnapshotOf",
            AssociationType::UpdateAvailabilityStatus => {
                "urn:ihe:iti:2010:AssociationType:UpdateAvailabilityStatus"
            }
            AssociationType::SubmitAssociation => {
                "urn:ihe:iti:2010:AssociationType:SubmitAssociation"
            }
            AssociationType::NonVersioningUpdate => {
                "urn:ihe:iti:2010:AssociationType:NonVersioningUpdate"
            }
        }
    }

    /// The short name, as in the database and in dumps.
    pub fn name(self) -> &'static str {
        match self {
            AssociationType::HasMember => "HasMember",
            AssociationType::Replaces => "RPLC",
            AssociationType::Appends => "APND",
            AssociationType::Transforms => "XFRM",
            AssociationType::TransformsAndReplaces => "XFRM_RPLC",
            AssociationType::Signs => "signs",
            AssociationType::IsSnapshotOf => "IsSnapshotOf",
            AssociationType::UpdateAvailabilityStatus => "UpdateAvailabilityStatus",
            AssociationType::SubmitAssociation => "SubmitAssociation",
            AssociationType::NonVersioningUpdate => "NonVersioningUpdate",
        }
    }
}

/// Whether a submission set brings its member or only refers to it (ITI TF-3 4.2.2.1.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubmissionSetStatus {
    /// The member is new in this submission.
    Original,
    /// The member was registered before.
    Reference,
}

impl SubmissionSetStatus {
    /// The value of the slot.
    pub fn name(self) -> &'static str {
        match self {
            SubmissionSetStatus::Original => "Original",
            SubmissionSetStatus::Reference => "Reference",
        }
    }
}

/// An Association between two registry objects.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Association {
    /// entryUUID
    pub entry_uuid: Uuid,
    /// Type
    pub association_type: AssociationType,
    /// sourceObject
    pub source: Uuid,
    /// targetObject
    pub target: Uuid,
    /// What was sent beside type and ends; most have nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<Box<AssociationDetails>>,
}

impl Association {
    /// SubmissionSetStatus, where one was sent.
    pub fn submission_set_status(&self) -> Option<SubmissionSetStatus> {
        self.details.as_ref().and_then(|details| details.submission_set_status)
    }
}

/// The rarer attributes of an Association (ITI TF-3 4.2.2, ITI TF-2 3.57.4.1.2).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct AssociationDetails {
    /// SubmissionSetStatus, of a HasMember from a submission set.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub submission_set_status: Option<SubmissionSetStatus>,
    /// PreviousVersion: the version that the submitted one updates (ITI-57).
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub previous_version: Option<u32>,
    /// AssociationPropagation: whether associations of the earlier version go on (ITI-57; when
    /// not sent, they do).
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub propagation: Option<bool>,
    /// OriginalStatus of an UpdateAvailabilityStatus: a URN.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub original_status: String,
    /// NewStatus of an UpdateAvailabilityStatus: a URN.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub new_status: String,
    /// Documentation of a relationship, such as the kind of transformation.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub documentation: Option<XdsCode>,
    /// homeCommunityId, empty for our own.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub home_community_id: String,
    /// Slots with `urn:` names that we do not know: kept and returned.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub extra: Vec<ExtraSlot>,
}

impl AssociationDetails {
    /// These details as an [`Association`] holds them: nothing where they say nothing.
    pub fn boxed(self) -> Option<Box<AssociationDetails>> {
        (self != AssociationDetails::default()).then(|| Box::new(self))
    }
}
