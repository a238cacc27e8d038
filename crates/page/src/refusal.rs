//! Answers that are no page: what was refused, and the one page (or fragment) that says so.
//!
//! "Not there" and "not allowed" are the same answer, byte for byte: nothing in it depends on
//! which of the two it was.

use crate::call::Call;
use crate::{Frame, Language};
use access::AccessError;
use askama::Template;
use axum::response::{Html, IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use store::StoreError;
use thiserror::Error;

/// Why a request is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Kind {
    /// There is no valid session: to the sign-in page.
    #[error("no session")]
    SignedOut,
    /// Not there, or not for this account.
    #[error("not found")]
    NotFound,
    /// The page that asks shows another patient than the one asked for.
    #[error("another patient is open")]
    OtherPatient,
    /// A form that was not made for this session.
    #[error("form refused")]
    ForeignForm,
    /// The request makes no sense.
    #[error("bad request")]
    Bad,
    /// The database failed.
    #[error("store: {0}")]
    Store(#[from] StoreError),
    /// The access decision failed.
    #[error("access: {0}")]
    Access(String),
    /// The search could not be made.
    #[error("search: {0}")]
    Search(String),
    /// The desk that says who is who did not answer.
    #[error("identity desk: {0}")]
    Desk(String),
    /// A page could not be written.
    #[error("template: {0}")]
    Template(String),
}

impl From<AccessError> for Kind {
    fn from(error: AccessError) -> Kind {
        match error {
            AccessError::Store(error) => Kind::Store(error),
            other => Kind::Access(other.to_string()),
        }
    }
}

impl From<askama::Error> for Kind {
    fn from(error: askama::Error) -> Kind {
        Kind::Template(error.to_string())
    }
}

/// A refusal with what its page needs.
#[derive(Debug, Clone)]
pub struct Refusal {
    kind: Kind,
    language: Language,
    region: String,
    fragment: bool,
    again: String,
}

#[derive(Template)]
#[template(path = "refusal.html")]
struct RefusalPage {
    frame: Frame,
    title: String,
    body: String,
    again: String,
}

#[derive(Template)]
#[template(path = "refusal_fragment.html")]
struct RefusalFragment {
    title: String,
    body: String,
    again: String,
    open_again: String,
}

impl Refusal {
    /// The refusal of a request.
    pub fn new(call: &Call, kind: impl Into<Kind>) -> Refusal {
        let kind = kind.into();
        let again = match kind {
            Kind::OtherPatient => call.here.split('?').next().unwrap_or("/").to_owned(),
            _ => String::new(),
        };
        Refusal {
            kind,
            language: call.language,
            region: call.config.region.clone(),
            fragment: call.fragment,
            again,
        }
    }

    fn status(&self) -> StatusCode {
        match &self.kind {
            Kind::SignedOut => StatusCode::UNAUTHORIZED,
            Kind::NotFound => StatusCode::NOT_FOUND,
            Kind::OtherPatient => StatusCode::CONFLICT,
            Kind::ForeignForm => StatusCode::FORBIDDEN,
            Kind::Bad => StatusCode::BAD_REQUEST,
            Kind::Store(error) if error.is_temporary() => StatusCode::SERVICE_UNAVAILABLE,
            Kind::Store(_)
            | Kind::Access(_)
            | Kind::Search(_)
            | Kind::Desk(_)
            | Kind::Template(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn words(&self) -> &'static str {
        match &self.kind {
            Kind::SignedOut => "refused-signed-out",
            Kind::NotFound => "refused-not-found",
            Kind::OtherPatient => "refused-other-patient",
            Kind::ForeignForm => "refused-form",
            Kind::Bad => "refused-bad",
            Kind::Store(error) if error.is_temporary() => "refused-busy",
            Kind::Store(_)
            | Kind::Access(_)
            | Kind::Search(_)
            | Kind::Desk(_)
            | Kind::Template(_) => "refused-failed",
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = self.status();
        if status.is_server_error() {
            tracing::error!(error = %self.kind, "a page failed");
        }
        if self.kind == Kind::SignedOut {
            return to_sign_in(self.fragment);
        }
        let frame =
            Frame { language: self.language, region: self.region.clone(), ..Frame::default() };
        let key = self.words();
        let (title, body) = (frame.t(&format!("{key}-title")), frame.t(&format!("{key}-body")));
        let open_again = frame.t("open-again");
        let written = if self.fragment {
            RefusalFragment { title, body, again: self.again, open_again }.render()
        } else {
            RefusalPage { frame, title, body, again: self.again }.render()
        };
        match written {
            Ok(html) => (status, Html(html)).into_response(),
            Err(error) => {
                tracing::error!(%error, "the page of a refusal could not be written");
                status.into_response()
            }
        }
    }
}

/// Pages go to the sign-in by a redirect; a fragment must not swap the sign-in into a panel, so
/// htmx is told to leave the page.
fn to_sign_in(fragment: bool) -> Response {
    let place = HeaderValue::from_static("/sign-in");
    if fragment {
        let leave = http::HeaderName::from_static("hx-redirect");
        (StatusCode::UNAUTHORIZED, [(leave, place)]).into_response()
    } else {
        (StatusCode::SEE_OTHER, [(header::LOCATION, place)]).into_response()
    }
}
