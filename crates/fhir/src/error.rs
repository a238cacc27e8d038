//! What can be wrong with a resource.

use crate::outcome::{Issue, IssueCode, Outcome};
use http::StatusCode;
use thiserror::Error;

/// Why bytes are no resource that can be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FhirError {
    /// More bytes than a resource may have.
    #[error("the resource has more than {limit} bytes")]
    TooLarge {
        /// The limit.
        limit: u64,
    },
    /// More levels or elements than a resource may have.
    #[error("the resource has more than {limit} {what}")]
    TooComplex {
        /// Levels or elements.
        what: &'static str,
        /// The limit.
        limit: u64,
    },
    /// It is not the notation that it is said to be.
    #[error("the resource cannot be read: {0}")]
    Malformed(String),
    /// An object has a key twice: nobody could say which one counts.
    #[error("the key {0:?} stands twice in one object")]
    DuplicateKey(String),
    /// Another resource than the one that is needed.
    #[error("a {wanted} is needed, not {found:?}")]
    OtherResource {
        /// What is needed.
        wanted: &'static str,
        /// What came.
        found: String,
    },
    /// An element has a value that it cannot have.
    #[error("{path}: {reason}")]
    Value {
        /// Where, in FHIRPath.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Something that must be understood is not (FHIR R4 2.5.0.1).
    #[error("{path} changes what the resource means, in a way that is not known here")]
    NotUnderstood {
        /// Where, in FHIRPath.
        path: String,
    },
}

impl FhirError {
    /// A value that cannot be one.
    pub(crate) fn value(path: impl Into<String>, reason: impl Into<String>) -> FhirError {
        FhirError::Value { path: path.into(), reason: reason.into() }
    }

    /// What the sender is told: 400 for what cannot be read, 413 for what is too large, 422 for
    /// a resource that breaks its rules (FHIR R4 3.1.0.10.1).
    pub fn outcome(&self) -> Outcome {
        let (status, code, path) = match self {
            FhirError::TooLarge { .. } => (StatusCode::PAYLOAD_TOO_LARGE, IssueCode::TooLong, None),
            FhirError::TooComplex { .. } => (StatusCode::BAD_REQUEST, IssueCode::TooLong, None),
            FhirError::Malformed(_) | FhirError::DuplicateKey(_) => {
                (StatusCode::BAD_REQUEST, IssueCode::Structure, None)
            }
            FhirError::OtherResource { .. } => (StatusCode::BAD_REQUEST, IssueCode::Invalid, None),
            FhirError::Value { path, .. } => {
                (StatusCode::UNPROCESSABLE_ENTITY, IssueCode::Value, Some(path.clone()))
            }
            FhirError::NotUnderstood { path } => {
                (StatusCode::UNPROCESSABLE_ENTITY, IssueCode::Extension, Some(path.clone()))
            }
        };
        let issue = Issue::error(code, self.to_string());
        Outcome::refusal(status, path.into_iter().fold(issue, Issue::at))
    }
}
