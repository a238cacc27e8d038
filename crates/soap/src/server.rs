//! An endpoint: HTTP in, a service asked, HTTP out.

use crate::content_type::ContentType;
use crate::envelope::{Envelope, OutgoingHeaders, Policy, around, message_id, of_fault};
use crate::fault::Fault;
use crate::message::{Peer, Piece, Request, Response};
use crate::mtom::{
    BodyStream, MtomError, Parts, discard, discard_at_most, frame, inline, next_within,
};
use crate::names::{SOAP_TYPE, XOP_TYPE};
use crate::room::{Room, Taken};
use crate::wsdl::Wsdl;
use axum::body::Body;
use axum::routing::{MethodRouter, any};
use bytes::Bytes;
use futures::{FutureExt, StreamExt};
use http::header::{ALLOW, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HOST, HeaderValue};
use http::{Method, StatusCode};
use model::IdSource;
use model::limits::{
    SOAP_BODY_IDLE_MS, SOAP_PARSE_INLINE_BYTES, SOAP_ROOT_BYTES, SOAP_STRANGER_BYTES,
};
use net::{PeerAddress, PeerCertificates, Scheme};
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::{Handle, RuntimeFlavor};
use xml::Document;

/// What an endpoint does.
pub trait Service: Send + Sync + 'static {
    /// Who a request is from, as the service knows them.
    type Sender: Send;

    /// The `wsa:Action`s that are understood; any other is a fault before [`Service::call`].
    fn actions(&self) -> &[&str];

    /// Decides from the connection who sends, before anything of the message is read.
    ///
    /// # Errors
    /// What whoever is not known is told; their message is not read.
    fn admit(&self, peer: &Peer) -> impl Future<Output = Result<Self::Sender, Fault>> + Send;

    /// Answers a request. A failure that the transaction itself can express (a
    /// `RegistryResponse`) is a [`Response`]; a [`Fault`] is for what it cannot.
    fn call(
        &self,
        sender: Self::Sender,
        request: Request<'_>,
    ) -> impl Future<Output = Result<Response, Fault>> + Send;
}

/// A service at an address.
pub struct Endpoint<S> {
    service: S,
    ids: Arc<dyn IdSource>,
    policy: Policy,
    wsdl: Option<Wsdl>,
    idle_ms: u64,
    room: Room,
}

impl<S> std::fmt::Debug for Endpoint<S> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Endpoint({:?})", self.policy)
    }
}

impl<S: Service> Endpoint<S> {
    /// An endpoint without a description, by the default [`Policy`].
    pub fn new(service: S, ids: Arc<dyn IdSource>) -> Endpoint<S> {
        let policy = Policy::default();
        let (idle_ms, room) = (SOAP_BODY_IDLE_MS, Room::default());
        Endpoint { service, ids, policy, wsdl: None, idle_ms, room }
    }

    /// What is accepted in the headers.
    pub fn with_policy(self, policy: Policy) -> Endpoint<S> {
        Endpoint { policy, ..self }
    }

    /// The description served at `GET ?wsdl`.
    pub fn with_wsdl(self, wsdl: Wsdl) -> Endpoint<S> {
        Endpoint { wsdl: Some(wsdl), ..self }
    }

    /// How long a sender may pause within a message, in milliseconds.
    pub fn with_idle_ms(self, idle_ms: u64) -> Endpoint<S> {
        Endpoint { idle_ms, ..self }
    }

    /// How many bytes of envelopes are in memory at once.
    pub fn with_envelopes_bytes(self, bytes: u64) -> Endpoint<S> {
        Endpoint { room: Room::of_bytes(bytes), ..self }
    }

    /// The endpoint as a route: `POST` for messages, `GET ?wsdl`.
    pub fn into_route<State: Clone + Send + Sync + 'static>(self) -> MethodRouter<State> {
        let endpoint = Arc::new(self);
        any(move |request: http::Request<Body>| {
            let endpoint = endpoint.clone();
            async move { endpoint.handle(request).await }
        })
    }

    /// Answers one HTTP request.
    pub async fn handle(&self, request: http::Request<Body>) -> http::Response<Body> {
        match *request.method() {
            Method::POST => self.answer(request).await,
            Method::GET | Method::HEAD => self.describe(&request),
            _ => {
                let mut refused = empty(StatusCode::METHOD_NOT_ALLOWED);
                refused.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD, POST"));
                refused
            }
        }
    }

    fn describe(&self, request: &http::Request<Body>) -> http::Response<Body> {
        let host = request.headers().get(HOST).and_then(|host| host.to_str().ok());
        let host = host.or_else(|| request.uri().host()).unwrap_or("localhost");
        let scheme = request.extensions().get::<Scheme>().map_or("http", |scheme| scheme.name());
        let asked_at = format!("{scheme}://{host}{}", request.uri().path());
        let found =
            request.uri().query().and_then(|query| self.wsdl.as_ref()?.answer(query, &asked_at));
        match found {
            Some(text) => with_type(StatusCode::OK, "text/xml; charset=UTF-8", Body::from(text)),
            None => empty(StatusCode::NOT_FOUND),
        }
    }

    async fn answer(&self, request: http::Request<Body>) -> http::Response<Body> {
        let (head, body) = request.into_parts();
        let idle = Duration::from_millis(self.idle_ms);
        let peer = peer(&head);
        let sender = match self.service.admit(&peer).await {
            Ok(sender) => sender,
            Err(fault) => {
                not_read(body, idle).await;
                return self.fault(&fault, None);
            }
        };
        let mut message = match Message::read(&head, body, idle, self.room.begin()).await {
            Ok(message) => message,
            Err(fault) => return self.fault(&fault, None),
        };
        let (answer, relates_to) = match parsed(&message.root) {
            Ok(document) => {
                let mut parts = message.parts.as_mut();
                let content_type = &message.content_type;
                let answer =
                    self.dispatch(&document, content_type, &mut parts, (sender, peer)).await;
                (answer, message_id(&document))
            }
            Err(error) => {
                let reason = format!("the envelope cannot be read: {error}");
                (Err(Fault::sender(reason)), None)
            }
        };
        let is_multipart = message.parts.is_some();
        if let Some(parts) = message.parts {
            parts.discard().await;
        }
        match answer {
            Ok(Some(answer)) => self.respond(answer, relates_to.as_deref(), is_multipart),
            Ok(None) => empty(StatusCode::ACCEPTED),
            Err(fault) => self.fault(&fault, relates_to.as_deref()),
        }
    }

    /// Asks the service; `None` where nobody wants the answer.
    async fn dispatch(
        &self,
        document: &Document<'_>,
        content_type: &ContentType,
        parts: &mut Option<&mut Parts>,
        (sender, peer): (S::Sender, Peer),
    ) -> Result<Option<Response>, Fault> {
        let envelope = Envelope::read(document, &self.policy)?;
        let action = envelope
            .action
            .or_else(|| content_type.parameter("action").map(str::to_owned))
            .ok_or_else(Fault::action_missing)?;
        if !self.service.actions().contains(&action.as_str()) {
            return Err(Fault::action_not_supported(&action));
        }
        let request = Request {
            action,
            message_id: envelope.message_id,
            to: envelope.to,
            body: envelope.body,
            security: envelope.security,
            envelope: document.text(),
            peer,
            is_multipart: parts.is_some(),
            parts: parts.as_deref_mut(),
        };
        let called = AssertUnwindSafe(self.service.call(sender, request)).catch_unwind().await;
        let answer = called.unwrap_or_else(|_| {
            tracing::error!("a soap service panicked; its request was answered with a fault");
            Err(Fault::receiver())
        })?;
        Ok((!envelope.is_reply_unwanted).then_some(answer))
    }

    fn respond(
        &self,
        answer: Response,
        relates_to: Option<&str>,
        is_multipart: bool,
    ) -> http::Response<Body> {
        let message_id = format!("urn:uuid:{}", self.ids.uuid());
        let Response { action, mut pieces } = answer;
        let (start, end) = around(&OutgoingHeaders {
            action: &action,
            message_id: &message_id,
            to: None,
            relates_to,
        });
        pieces.insert(0, Piece::Bytes(start.into()));
        pieces.push(Piece::Bytes(Bytes::from_static(end)));
        let framed = match is_multipart {
            true => frame(pieces, &action, self.ids.as_ref()),
            false => inline(pieces, &action),
        };
        let body = Body::from_stream(framed.bytes);
        let mut response = with_type(StatusCode::OK, &framed.content_type, body);
        if let Some(length) = framed.length {
            response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(length));
        }
        response
    }

    fn fault(&self, fault: &Fault, relates_to: Option<&str>) -> http::Response<Body> {
        tracing::info!(code = ?fault.code(), reason = fault.reason(), "answered with a fault");
        let message_id = format!("urn:uuid:{}", self.ids.uuid());
        let bytes = of_fault(fault, &message_id, relates_to);
        with_type(fault.status(), &format!("{SOAP_TYPE}; charset=UTF-8"), Body::from(bytes))
    }
}

/// A message whose envelope has arrived.
struct Message {
    root: Vec<u8>,
    content_type: ContentType,
    parts: Option<Parts>,
    _room: Taken,
}

impl Message {
    async fn read(
        head: &http::request::Parts,
        body: Body,
        idle: Duration,
        mut taken: Taken,
    ) -> Result<Message, Fault> {
        let unsupported =
            |reason: &str| Fault::sender(reason).with_status(StatusCode::UNSUPPORTED_MEDIA_TYPE);
        let header = |name| head.headers.get(name).map(|value: &HeaderValue| value.to_str());
        let body = body.into_data_stream().map(|one| one.map_err(std::io::Error::other)).boxed();
        if header(CONTENT_ENCODING).is_some_and(|one| one.ok() != Some("identity")) {
            return Err(unsupported("compressed messages are not accepted"));
        }
        let Some(Ok(content_type)) = header(CONTENT_TYPE) else {
            return Err(unsupported("the message has no readable content type"));
        };
        let content_type = ContentType::parse(content_type);
        match content_type.essence.as_str() {
            "multipart/related" => Message::multipart(content_type, body, idle, taken).await,
            // Type of a SOAP 1.1 message: read, so that its version can be named.
            SOAP_TYPE | "text/xml" | "application/xml" => {
                check_charset(&content_type)?;
                let root = whole(body, idle, &mut taken).await?;
                Ok(Message { root, content_type, parts: None, _room: taken })
            }
            _ => Err(unsupported("send application/soap+xml, or multipart/related for mtom")),
        }
    }

    async fn multipart(
        content_type: ContentType,
        body: BodyStream,
        idle: Duration,
        mut taken: Taken,
    ) -> Result<Message, Fault> {
        let idle_ms = u64::try_from(idle.as_millis()).unwrap_or(u64::MAX);
        let opened = Parts::open_within(&content_type, body, idle_ms, &mut taken).await?;
        let (head, root, parts) = opened;
        if let Some(root_type) = &head.content_type {
            let root_type = ContentType::parse(root_type);
            if ![XOP_TYPE, SOAP_TYPE, "text/xml"].contains(&root_type.essence.as_str()) {
                return Err(Fault::sender("the root part is not application/xop+xml"));
            }
            check_charset(&root_type)?;
        }
        Ok(Message { root, content_type, parts: Some(parts), _room: taken })
    }
}

fn check_charset(content_type: &ContentType) -> Result<(), Fault> {
    match content_type.foreign_charset() {
        Some(_) => Err(Fault::sender("only the charset utf-8 is accepted")),
        None => Ok(()),
    }
}

/// A plain message, as long as an envelope may be.
pub(crate) async fn whole(
    mut body: BodyStream,
    idle: Duration,
    taken: &mut Taken,
) -> Result<Vec<u8>, MtomError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = next_within(&mut body, idle).await? {
        if (bytes.len() + chunk.len()) as u64 > SOAP_ROOT_BYTES {
            discard(&mut body, idle).await;
            return Err(MtomError::RootTooLarge);
        }
        taken.take(chunk.len())?;
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// A small message is taken off the connection, so that its sender reads the answer.
async fn not_read(body: Body, idle: Duration) {
    let mut body = body.into_data_stream().map(|one| one.map_err(std::io::Error::other)).boxed();
    let reading = discard_at_most(SOAP_STRANGER_BYTES, &mut body, idle);
    // Whoever is slower than that does not get to read it.
    let _ = tokio::time::timeout(idle, reading).await;
}

/// Reads an envelope; a large one so that the other tasks of this thread go on elsewhere.
fn parsed(root: &[u8]) -> Result<Document<'_>, xml::XmlError> {
    let is_large = root.len() as u64 > SOAP_PARSE_INLINE_BYTES;
    let has_threads = Handle::try_current()
        .is_ok_and(|runtime| runtime.runtime_flavor() == RuntimeFlavor::MultiThread);
    match is_large && has_threads {
        true => tokio::task::block_in_place(|| Document::parse_bytes(root)),
        false => Document::parse_bytes(root),
    }
}

fn peer(head: &http::request::Parts) -> Peer {
    Peer {
        address: head.extensions.get::<PeerAddress>().map(|one| one.0),
        certificates: head.extensions.get::<PeerCertificates>().cloned(),
    }
}

fn with_type(status: StatusCode, content_type: &str, body: Body) -> http::Response<Body> {
    let mut response = http::Response::new(body);
    *response.status_mut() = status;
    if let Ok(value) = HeaderValue::from_str(content_type) {
        response.headers_mut().insert(CONTENT_TYPE, value);
    }
    response
}

fn empty(status: StatusCode) -> http::Response<Body> {
    let mut response = http::Response::new(Body::empty());
    *response.status_mut() = status;
    response
}
