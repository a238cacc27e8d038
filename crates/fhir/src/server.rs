//! An endpoint: HTTP in, a service asked, HTTP out.

use crate::condition::Condition;
use crate::element::Element;
use crate::format::Format;
use crate::interaction::{Interaction, Request};
use crate::outcome::{Issue, IssueCode, Outcome};
use crate::query::Query;
use axum::Router;
use axum::body::Body;
use axum::routing::any;
use futures::FutureExt;
use http::header::{
    ACCEPT, CONTENT_ENCODING, CONTENT_TYPE, ETAG, HOST, HeaderName, HeaderValue, LOCATION,
};
use http::{HeaderMap, Method, StatusCode};
use http_body_util::{BodyExt, Limited};
use model::limits::{FHIR_BODY_BYTES, FHIR_BODY_MS, FHIR_REQUESTS};
use net::{PeerAddress, PeerCertificates, Scheme};
use std::future::Future;
use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// Who sent a request, as far as the connection tells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Peer {
    /// The address of the connection.
    pub address: Option<SocketAddr>,
    /// What the peer showed in the TLS handshake.
    pub certificates: Option<PeerCertificates>,
}

/// An answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Response {
    /// Its status.
    pub status: StatusCode,
    /// The resource, where there is one.
    pub resource: Option<Element>,
    /// The version of the resource.
    pub version: Option<String>,
    /// Address of a resource that was made or changed.
    pub location: Option<String>,
}

/// What an endpoint does.
pub trait Service: Send + Sync + 'static {
    /// Who a request is from, as the service knows them.
    type Sender: Send;

    /// Decides from the connection who sends, before anything of the request is read.
    ///
    /// # Errors
    /// What whoever is not known is told; their request is not read.
    fn admit(&self, peer: &Peer) -> impl Future<Output = Result<Self::Sender, Outcome>> + Send;

    /// Answers a request.
    fn call(&self, sender: Self::Sender, request: Request)
    -> impl Future<Output = Response> + Send;
}

/// A service at an address.
pub struct Endpoint<S> {
    service: S,
    base: String,
    places: Semaphore,
}

impl Response {
    /// An answer of a status without more.
    pub fn empty(status: StatusCode) -> Response {
        Response { status, resource: None, version: None, location: None }
    }

    /// An answer with a resource.
    pub fn ok(resource: Element) -> Response {
        Response { resource: Some(resource), ..Response::empty(StatusCode::OK) }
    }
}

impl From<Outcome> for Response {
    fn from(outcome: Outcome) -> Response {
        Response { resource: Some(outcome.write()), ..Response::empty(outcome.status) }
    }
}

impl<S: Service> Endpoint<S> {
    /// An endpoint; `base` is the address under which clients reach it, without a slash at its
    /// end. Empty: what each request says.
    pub fn new(service: S, base: &str) -> Endpoint<S> {
        let places = usize::try_from(FHIR_REQUESTS).unwrap_or(Semaphore::MAX_PERMITS);
        let base = base.trim_end_matches('/').to_owned();
        Endpoint { service, base, places: Semaphore::new(places) }
    }

    /// The endpoint as routes below a path such as `/fhir`.
    pub fn into_routes<State: Clone + Send + Sync + 'static>(
        self,
        path: &'static str,
    ) -> Router<State> {
        let endpoint = Arc::new(self);
        let route = any(move |request: http::Request<Body>| {
            let endpoint = endpoint.clone();
            async move { endpoint.handle(path, request).await }
        });
        Router::new().route(path, route.clone()).route(&format!("{path}/{{*rest}}"), route)
    }

    /// Answers one HTTP request.
    pub async fn handle(&self, path: &str, request: http::Request<Body>) -> http::Response<Body> {
        let (head, body) = request.into_parts();
        let is_head = head.method == Method::HEAD;
        let text = head.uri.query().unwrap_or_default();
        let query = Query::read(text);
        let format = format(query.as_ref().ok(), &head.headers);
        let answer = match (format, query) {
            (Some(_), Ok(query)) => self.answer(path, &head, query, body).await,
            (_, Err(outcome)) => Err(outcome),
            (None, Ok(_)) => Err(Outcome::refusal(
                StatusCode::NOT_ACCEPTABLE,
                Issue::error(IssueCode::NotSupported, "accept application/fhir+json or +xml"),
            )),
        };
        let answer = answer.unwrap_or_else(Response::from);
        written(answer, format.unwrap_or(Format::Json), is_head)
    }

    async fn answer(
        &self,
        path: &str,
        head: &http::request::Parts,
        query: Query,
        body: Body,
    ) -> Result<Response, Outcome> {
        let sender = self.service.admit(&peer(head)).await?;
        let method = if head.method == Method::HEAD { &Method::GET } else { &head.method };
        let rest = head.uri.path().strip_prefix(path).unwrap_or_default();
        let interaction = Interaction::of(method, rest)?;
        let base = match self.base.is_empty() {
            true => format!("{}{path}", origin(head)),
            false => self.base.clone(),
        };
        let request = Request {
            interaction,
            is_get: *method == Method::GET,
            query,
            body: None,
            condition: Condition::read(&head.headers),
            base,
        };
        // Bodies in memory have a bound: whoever comes beyond it waits.
        let _place = self.places.acquire().await.map_err(|_| unavailable())?;
        let request = match *method == Method::GET || *method == Method::DELETE {
            true => request,
            false => with_body(request, &head.headers, body).await?,
        };
        let called = AssertUnwindSafe(self.service.call(sender, request)).catch_unwind().await;
        called.map_err(|_| {
            tracing::error!("a fhir service panicked");
            unavailable()
        })
    }
}

/// Adds what was sent: a form to the parameters, a resource as the body.
async fn with_body(request: Request, headers: &HeaderMap, body: Body) -> Result<Request, Outcome> {
    let unsupported = |text: &str| {
        let issue = Issue::error(IssueCode::NotSupported, text);
        Outcome::refusal(StatusCode::UNSUPPORTED_MEDIA_TYPE, issue)
    };
    let encoding = headers.get(CONTENT_ENCODING).map(HeaderValue::as_bytes);
    if encoding.is_some_and(|one| one != b"identity") {
        return Err(unsupported("compressed requests are not taken"));
    }
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let charset = kind.to_ascii_lowercase();
    if charset.contains("charset=") && !charset.replace('"', "").contains("charset=utf-8") {
        return Err(unsupported("only the charset utf-8 is taken"));
    }
    let bytes = whole(body).await?;
    if charset.trim_start().starts_with("application/x-www-form-urlencoded") {
        let text = std::str::from_utf8(&bytes).map_err(|_| unsupported("the form is no UTF-8"))?;
        let mut query = request.query;
        query.pairs.extend(Query::read(text)?.pairs);
        return Ok(Request { query, ..request });
    }
    if bytes.is_empty() {
        return Ok(request);
    }
    let format = Format::of(kind)
        .ok_or_else(|| unsupported("send application/fhir+json or application/fhir+xml"))?;
    let body = format.read(&bytes).map_err(|error| error.outcome())?;
    Ok(Request { body: Some(body), ..request })
}

async fn whole(body: Body) -> Result<bytes::Bytes, Outcome> {
    let refused = |status, code, text: String| Outcome::refusal(status, Issue::error(code, text));
    let limit = usize::try_from(FHIR_BODY_BYTES).unwrap_or(usize::MAX);
    let reading = Limited::new(body, limit).collect();
    match tokio::time::timeout(Duration::from_millis(FHIR_BODY_MS), reading).await {
        Ok(Ok(read)) => Ok(read.to_bytes()),
        Ok(Err(error)) if error.is::<http_body_util::LengthLimitError>() => {
            let text = format!("a request has at most {FHIR_BODY_BYTES} bytes");
            Err(refused(StatusCode::PAYLOAD_TOO_LARGE, IssueCode::TooLong, text))
        }
        Ok(Err(_)) => {
            let text = "the request broke off".to_owned();
            Err(refused(StatusCode::BAD_REQUEST, IssueCode::Structure, text))
        }
        Err(_) => {
            let text = "the request took too long".to_owned();
            Err(refused(StatusCode::REQUEST_TIMEOUT, IssueCode::Transient, text))
        }
    }
}

/// The notation of the answer: `_format` counts before `Accept` (FHIR R4 3.1.0.1.11).
fn format(query: Option<&Query>, headers: &HeaderMap) -> Option<Format> {
    if let Some(named) = query.and_then(|query| query.values("_format").next()) {
        return Format::of(named);
    }
    match headers.get(ACCEPT).map(HeaderValue::to_str) {
        Some(Ok(text)) => Format::accepted(text),
        Some(Err(_)) => None,
        None => Some(Format::Json),
    }
}

/// The address by which the server was reached.
fn origin(head: &http::request::Parts) -> String {
    let host = head.headers.get(HOST).and_then(|host| host.to_str().ok());
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
    let host = host.filter(|host| host.chars().all(is_name)).unwrap_or("localhost");
    let scheme = head.extensions.get::<Scheme>().map_or("http", |scheme| scheme.name());
    format!("{scheme}://{host}")
}

fn peer(head: &http::request::Parts) -> Peer {
    Peer {
        address: head.extensions.get::<PeerAddress>().map(|one| one.0),
        certificates: head.extensions.get::<PeerCertificates>().cloned(),
    }
}

fn unavailable() -> Outcome {
    let text = "it cannot be done now: send it again later";
    let issue = Issue::error(IssueCode::Transient, text);
    Outcome::refusal(StatusCode::INTERNAL_SERVER_ERROR, issue)
}

fn written(answer: Response, format: Format, is_head: bool) -> http::Response<Body> {
    let bytes = answer.resource.as_ref().map(|resource| format.write(resource));
    let body = match (&bytes, is_head) {
        (Some(bytes), false) => Body::from(bytes.clone()),
        _ => Body::empty(),
    };
    let mut response = http::Response::new(body);
    *response.status_mut() = answer.status;
    let mut set = |name: HeaderName, text: &str| {
        if let Ok(value) = HeaderValue::from_str(text) {
            response.headers_mut().insert(name, value);
        }
    };
    if bytes.is_some() {
        set(CONTENT_TYPE, format.media_type());
    }
    if let Some(version) = &answer.version {
        set(ETAG, &format!("W/\"{version}\""));
    }
    if let Some(location) = &answer.location {
        set(LOCATION, location);
    }
    // What is told of a patient stays in no cache.
    set(http::header::CACHE_CONTROL, "no-store");
    response
}
