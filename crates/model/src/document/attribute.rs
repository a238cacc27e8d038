//! Attributes that documents, submission sets and folders have in common (ITI TF-3 4.2.3.1).

use crate::empty::Empty;
use crate::hl7::{Organization, Person};
use serde::{Deserialize, Serialize};

/// A code of the affinity domain: code, display name, scheme OID (ITI TF-3 4.2.3.1.2).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct XdsCode {
    /// The code.
    pub code: String,
    /// Its display name; never constrained.
    pub display: String,
    /// The coding scheme.
    pub scheme: String,
}

/// An author (ITI TF-3 4.2.3.1.4).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Author {
    /// authorPerson
    pub person: Option<Person>,
    /// authorInstitution
    pub institutions: Vec<Organization>,
    /// authorRole: a text or a CX, as sent
    #[serde(default, skip_serializing_if = "Empty::is_empty")]
    pub roles: Vec<String>,
    /// authorSpecialty: a text or a CX, as sent
    pub specialties: Vec<String>,
    /// authorTelecommunication (XTN), as sent
    #[serde(default, skip_serializing_if = "Empty::is_empty")]
    pub telecommunications: Vec<String>,
}

/// One reference ID (CXi): accession number, order number, StudyInstanceUID.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct ReferenceId {
    /// The ID.
    pub id: String,
    /// Its assigning authority's OID, where there is one.
    pub authority_oid: String,
    /// Type code such as `urn:ihe:iti:xds:2013:order`.
    pub id_type: String,
    /// The whole CXi as sent, where the fields above do not say all of it (a namespace, a home
    /// community); else empty. It is what an answer repeats.
    #[serde(default, skip_serializing_if = "Empty::is_empty")]
    pub as_sent: String,
}

/// An availabilityStatus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Availability {
    /// `urn:oasis:names:tc:ebxml-regrep:StatusType:Approved`
    Approved,
    /// `urn:oasis:names:tc:ebxml-regrep:StatusType:Deprecated`
    Deprecated,
}

impl Availability {
    /// The URN of the standard.
    pub fn urn(self) -> &'static str {
        match self {
            Availability::Approved => "urn:oasis:names:tc:ebxml-regrep:StatusType:Approved",
            Availability::Deprecated => "urn:oasis:names:tc:ebxml-regrep:StatusType:Deprecated",
        }
    }

    /// The status of a URN; no other is XDS's.
    pub fn from_urn(urn: &str) -> Option<Availability> {
        [Availability::Approved, Availability::Deprecated].into_iter().find(|a| a.urn() == urn)
    }
}

/// How a title or comments were sent beside their text: an ebRIM LocalizedString has a language
/// and a character set, and there may be several of them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Localization {
    /// `xml:lang`, empty for none.
    #[serde(default, rename = "l", skip_serializing_if = "Empty::is_empty")]
    pub language: String,
    /// `charset`, empty for none.
    #[serde(default, rename = "c", skip_serializing_if = "Empty::is_empty")]
    pub charset: String,
    /// Further languages of the same text: language, character set, text.
    #[serde(default, rename = "o", skip_serializing_if = "Empty::is_empty")]
    pub others: Vec<(String, String, String)>,
}

impl Localization {
    /// Whether there is nothing beside the text.
    pub fn is_empty(&self) -> bool {
        *self == Localization::default()
    }
}

/// A slot kept for others.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ExtraSlot {
    /// Its `urn:` name.
    pub name: String,
    /// Its values in order.
    pub values: Vec<String>,
}
