//! HL7 data types that XDS metadata, HL7 v2 and FHIR all write in notations of their own.

use serde::{Deserialize, Serialize};

/// An assigning authority (HD).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct AssigningAuthority {
    /// Namespace ID, where one was sent.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub namespace: String,
    /// OID.
    pub oid: String,
}

impl AssigningAuthority {
    /// Whether it names nobody.
    pub fn is_empty(&self) -> bool {
        self.namespace.is_empty() && self.oid.is_empty()
    }
}

/// A patient ID with its assigning authority (CX).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct PatientId {
    /// The ID. Opaque.
    pub id: String,
    /// Who assigned it.
    pub authority: AssigningAuthority,
}

/// A person with an ID (XCN, ITI TF-3 4.2.3.1.7).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Person {
    /// ID in the sending system.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// Family name, or the whole name.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub family: String,
    /// Given name.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub given: String,
    /// Second and further given names (XCN.4).
    #[serde(skip_serializing_if = "String::is_empty")]
    pub second: String,
    /// Suffix (XCN.5).
    #[serde(skip_serializing_if = "String::is_empty")]
    pub suffix: String,
    /// Prefix (XCN.6).
    #[serde(skip_serializing_if = "String::is_empty")]
    pub prefix: String,
    /// Degree (XCN.7).
    #[serde(skip_serializing_if = "String::is_empty")]
    pub degree: String,
    /// Who assigned the ID (XCN.9).
    #[serde(skip_serializing_if = "AssigningAuthority::is_empty")]
    pub authority: AssigningAuthority,
    /// The whole XCN as sent, where the fields above do not say all of it; else empty. It is
    /// what an answer repeats: clear it when you change a field.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub as_sent: String,
}

/// An organisation with an ID (XON, ITI TF-3 4.2.3.1.7).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Organization {
    /// Its name.
    pub name: String,
    /// Its ID; an OID stands here alone, without an authority.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// The OID of the authority that gave the ID.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub authority_oid: String,
    /// The whole XON as sent, where the fields above do not say all of it; else empty. It is
    /// what an answer repeats: clear it when you change a field.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub as_sent: String,
}
