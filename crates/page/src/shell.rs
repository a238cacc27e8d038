//! What every role's pages are wrapped in: limits on forms and time, compression, headers.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use http::StatusCode;
use model::limits::{FORM_BYTES, PAGE_TIMEOUT_MS};
use std::time::Duration;
use tower_http::compression::CompressionLayer;
use tower_http::timeout::TimeoutLayer;

/// Wraps pages. Answers are compressed: their secrets are out of reach of other sites, because
/// cookies are `SameSite=Strict`.
pub fn wrapped(pages: Router) -> Router {
    let form_bytes = usize::try_from(FORM_BYTES).unwrap_or(usize::MAX);
    pages
        .layer(DefaultBodyLimit::max(form_bytes))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            Duration::from_millis(PAGE_TIMEOUT_MS),
        ))
        .layer(CompressionLayer::new())
        .layer(middleware::from_fn(crate::headers::secure))
}
