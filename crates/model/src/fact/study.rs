//! A study of which images are here.

use crate::empty::Empty;
use serde::{Deserialize, Serialize};

/// A study as its manifest (a key object selection document, PS3.3 A.35.4) tells of it. Whether all
/// of it is here, and whether it is still shown, its row says, not its manifest.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Study {
    /// Study Instance UID (0020,000D).
    pub study_instance_uid: String,
    /// Study Description (0008,1030).
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub description: String,
    /// Accession Number (0008,0050).
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub accession_number: String,
    /// Modality (0008,0060) of its series, each once.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub modalities: Vec<String>,
    /// Body Part Examined (0018,0015) of its series, each once.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub body_parts: Vec<String>,
    /// Series.
    pub series: u32,
    /// Instances, whatever they are.
    pub instances: u32,
    /// Those of them that are images.
    pub images: u32,
}
