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

/// A patient ID with its assigning authority (CX).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct PatientId {
    /// The ID. Opaque.
    pub id: String,
    /// Who assigned it.
    pub authority: AssigningAuthority,
}

/// A person with an ID (XCN).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Person {
    /// ID in the sending system.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// Family name, or the whole name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub family: String,
    /// Given name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub given: String,
}

/// An organisation with an ID (XON).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Organization {
    /// Its name.
    pub name: String,
    /// Its ID.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// The OID of the authority that gave the ID.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub authority_oid: String,
}
