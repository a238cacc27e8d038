//! What ends a use case of a FHIR request.

use crate::error::IdentityError;
use crate::v2::fault as v2;
use access::AccessError;
use fhir::{FhirError, Issue, IssueCode, Outcome};
use http::StatusCode;
use store::StoreError;

/// Why a request is not done.
#[derive(Debug)]
pub(crate) enum Fault {
    /// The request is wrong.
    Refused(Outcome),
    /// Something here is.
    Internal(IdentityError),
}

/// A refusal for one reason.
pub(crate) fn refused(status: StatusCode, code: IssueCode, text: impl Into<String>) -> Fault {
    Fault::Refused(Outcome::refusal(status, Issue::error(code, text)))
}

/// 400: the request itself is wrong.
pub(crate) fn bad(code: IssueCode, text: impl Into<String>) -> Fault {
    refused(StatusCode::BAD_REQUEST, code, text)
}

/// 422: the resource cannot be applied.
pub(crate) fn unprocessable(code: IssueCode, text: impl Into<String>) -> Fault {
    refused(StatusCode::UNPROCESSABLE_ENTITY, code, text)
}

impl From<Outcome> for Fault {
    fn from(outcome: Outcome) -> Fault {
        Fault::Refused(outcome)
    }
}

impl From<FhirError> for Fault {
    fn from(error: FhirError) -> Fault {
        Fault::Refused(error.outcome())
    }
}

impl From<IdentityError> for Fault {
    fn from(error: IdentityError) -> Fault {
        Fault::Internal(error)
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Fault {
        Fault::Internal(error.into())
    }
}

impl From<AccessError> for Fault {
    fn from(error: AccessError) -> Fault {
        Fault::Internal(error.into())
    }
}

/// What a use case that all notations share refuses, in FHIR's words.
impl From<v2::Fault> for Fault {
    fn from(fault: v2::Fault) -> Fault {
        match fault {
            v2::Fault::Internal(error) => Fault::Internal(error),
            v2::Fault::Refused(refusal) => Fault::from(refusal),
        }
    }
}

impl From<v2::Refusal> for Fault {
    fn from(refusal: v2::Refusal) -> Fault {
        let issues = refusal.mistakes.iter().map(|mistake| {
            let code = match mistake.code {
                "101" => IssueCode::Required,
                "102" => IssueCode::Value,
                _ => IssueCode::BusinessRule,
            };
            Issue::error(code, mistake.text.clone())
        });
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        Fault::Refused(Outcome { status, issues: issues.collect() })
    }
}
