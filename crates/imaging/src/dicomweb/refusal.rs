//! Requests that are refused (PS3.18 8.5). "Not there" and "not for you" are the same answer, byte
//! for byte.

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use store::StoreError;

/// Why a request is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// Nobody is signed in, or the system is not known.
    Unknown,
    /// The asker may not do this at all.
    Forbidden,
    /// Not there, or not for this asker.
    NotFound,
    /// The request makes no sense; what is wrong with it.
    Bad(String),
    /// The UID is that of two patients' studies.
    Ambiguous,
    /// Nothing of what would be accepted can be given.
    NotAcceptable(&'static str),
    /// What was sent is of a media type that is not taken.
    Unsupported(&'static str),
    /// It cannot be answered now.
    Busy,
    /// The centre failed; the log says why.
    Failed,
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Refusal {
        tracing::error!(%error, "a request for images failed");
        match error.is_temporary() {
            true => Refusal::Busy,
            false => Refusal::Failed,
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, said) = match self {
            Refusal::Unknown => (StatusCode::UNAUTHORIZED, "not known here".to_owned()),
            Refusal::Forbidden => (StatusCode::FORBIDDEN, "not allowed".to_owned()),
            Refusal::NotFound => (StatusCode::NOT_FOUND, "not found".to_owned()),
            Refusal::Bad(said) => (StatusCode::BAD_REQUEST, said),
            Refusal::Ambiguous => (
                StatusCode::CONFLICT,
                "studies of two patients have this UID; ask for neither here".to_owned(),
            ),
            Refusal::NotAcceptable(said) => (StatusCode::NOT_ACCEPTABLE, said.to_owned()),
            Refusal::Unsupported(said) => (StatusCode::UNSUPPORTED_MEDIA_TYPE, said.to_owned()),
            Refusal::Busy => (StatusCode::SERVICE_UNAVAILABLE, "ask again later".to_owned()),
            Refusal::Failed => {
                (StatusCode::INTERNAL_SERVER_ERROR, "the operator finds the cause".to_owned())
            }
        };
        (status, said).into_response()
    }
}
