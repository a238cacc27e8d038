//! Answers of several parts (PS3.18 8.6.1.2), made while they are sent.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures::stream::BoxStream;
use futures::{Stream, StreamExt, TryStreamExt};
use http::header::CONTENT_TYPE;
use model::IdSource;
use soap::BodyStream;
use std::io;

/// One part.
pub(crate) struct Part {
    /// Its media type, with parameters.
    pub content_type: String,
    /// Where it is found by itself; empty for nowhere.
    pub location: String,
    /// Its bytes; polled when its turn comes.
    pub bytes: BodyStream,
}

/// The answer of some parts, all of one media type. A part that fails breaks the answer off: half
/// of it never looks whole.
pub(crate) fn answer(
    media_type: &str,
    parts: impl Stream<Item = io::Result<Part>> + Send + 'static,
    ids: &dyn IdSource,
) -> Response {
    let boundary = format!("musubi-{}", ids.uuid().simple());
    let content_type = format!("multipart/related; type=\"{media_type}\"; boundary=\"{boundary}\"");
    let end = format!("\r\n--{boundary}--\r\n");
    let parts = parts
        .enumerate()
        .map(move |(number, part)| part.map(|part| framed(part, &boundary, number == 0)));
    let end = futures::stream::once(async move { Ok(Bytes::from(end)) });
    let whole: BoxStream<'static, io::Result<Bytes>> = parts.try_flatten().chain(end).boxed();
    ([(CONTENT_TYPE, content_type)], Body::from_stream(whole)).into_response()
}

fn framed(part: Part, boundary: &str, is_first: bool) -> BodyStream {
    let line = if is_first { "" } else { "\r\n" };
    let location = match part.location.as_str() {
        "" => String::new(),
        place => format!("Content-Location: {place}\r\n"),
    };
    let head =
        format!("{line}--{boundary}\r\nContent-Type: {}\r\n{location}\r\n", part.content_type);
    futures::stream::iter([Ok(Bytes::from(head))]).chain(part.bytes).boxed()
}
