//! Asking a peer: the same envelopes and parts, the other way round.

use crate::content_type::ContentType;
use crate::envelope::{Envelope, OutgoingHeaders, Policy, SecurityPolicy, around};
use crate::fault::PeerFault;
use crate::message::Piece;
use crate::mtom::{BodyStream, MtomError, Parts, frame, inline};
use crate::names::ENVELOPE;
use crate::room::Taken;
use crate::server::whole;
use axum::body::Body;
use bytes::Bytes;
use futures::StreamExt;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderValue};
use http::{Method, StatusCode};
use model::IdSource;
use model::limits::PEER_IDLE_TIMEOUT_MS;
use net::ClientError;
use std::sync::Arc;
use std::time::Duration;
use thiserror::Error;
use xml::{Document, XmlError};

/// What is asked of a peer.
#[derive(Debug)]
pub struct Outgoing {
    /// The peer's address.
    pub url: String,
    /// `wsa:Action`.
    pub action: String,
    /// The element of the body, its documents included.
    pub pieces: Vec<Piece>,
    /// Whether it leaves as MTOM (ITI-41, ITI-43) or plain.
    pub is_multipart: bool,
}

/// Why a peer's answer is none; each variant is a layer.
#[derive(Debug, Error)]
pub enum CallError {
    /// The address is none.
    #[error("{0:?} is no address of a peer")]
    Address(String),
    /// No exchange of HTTP came about.
    #[error("the peer was not reached")]
    Net(#[from] ClientError),
    /// An answer of HTTP without SOAP in it.
    #[error("the peer answered with http status {status} and {content_type:?} instead of soap")]
    NotSoap {
        /// The status.
        status: StatusCode,
        /// The media type.
        content_type: String,
    },
    /// A message that cannot be taken apart.
    #[error("the peer's message cannot be read")]
    Message(#[from] MtomError),
    /// An envelope that cannot be read.
    #[error("the peer's envelope cannot be read")]
    Envelope(#[from] XmlError),
    /// SOAP, but not as it should be.
    #[error("the peer's envelope is not what was asked for: {0}")]
    Protocol(String),
    /// The peer understood and refused.
    #[error("the peer answered with a fault: {0}")]
    Fault(PeerFault),
}

/// The way to peers; cheap to clone.
#[derive(Clone)]
pub struct Client {
    http: net::Client,
    ids: Arc<dyn IdSource>,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("soap::Client")
    }
}

/// A peer's answer: the envelope whole, its parts still arriving.
#[derive(Debug)]
pub struct Answer {
    envelope: Vec<u8>,
    parts: Option<Parts>,
}

impl Client {
    /// A client over a way to the peer.
    pub fn new(http: net::Client, ids: Arc<dyn IdSource>) -> Client {
        Client { http, ids }
    }

    /// Asks and reads the answer's envelope.
    ///
    /// # Errors
    /// The layer that failed; a fault of the peer is one.
    pub async fn call(&self, outgoing: Outgoing) -> Result<Answer, CallError> {
        let (status, content_type, body) = self.send(outgoing).await?;
        let (envelope, parts) = match content_type.essence.as_str() {
            "multipart/related" => {
                let opened = Parts::open(&content_type, body, PEER_IDLE_TIMEOUT_MS).await?;
                (opened.1, Some(opened.2))
            }
            _ => (whole(body, idle(), &mut Taken::without_end()).await?, None),
        };
        let answer = Answer { envelope, parts };
        answer.check(status)?;
        Ok(answer)
    }

    /// Asks and gives the bytes of the answer's envelope as they arrive, for answers of any
    /// size. Only a fault under an HTTP status of its own is found here; one under 200 stands
    /// in the bytes.
    ///
    /// # Errors
    /// The layer that failed.
    pub async fn call_streamed(&self, outgoing: Outgoing) -> Result<BodyStream, CallError> {
        let (status, content_type, body) = self.send(outgoing).await?;
        if !status.is_success() {
            let answer = Answer {
                envelope: whole(body, idle(), &mut Taken::without_end()).await?,
                parts: None,
            };
            answer.check(status)?;
            return Err(not_soap(status, &content_type));
        }
        match content_type.essence.as_str() {
            "multipart/related" => {
                Ok(Parts::root_stream(&content_type, body, PEER_IDLE_TIMEOUT_MS)?)
            }
            _ => Ok(body),
        }
    }

    async fn send(
        &self,
        outgoing: Outgoing,
    ) -> Result<(StatusCode, ContentType, BodyStream), CallError> {
        let Outgoing { url, action, mut pieces, is_multipart } = outgoing;
        let message_id = format!("urn:uuid:{}", self.ids.uuid());
        let (start, end) = around(&OutgoingHeaders {
            action: &action,
            message_id: &message_id,
            to: Some(&url),
            relates_to: None,
        });
        pieces.insert(0, Piece::Bytes(start.into()));
        pieces.push(Piece::Bytes(Bytes::from_static(end)));
        let framed = match is_multipart {
            true => frame(pieces, &action, self.ids.as_ref()),
            false => inline(pieces, &action),
        };
        let mut request = http::Request::builder()
            .method(Method::POST)
            .uri(&url)
            .header(CONTENT_TYPE, framed.content_type)
            .body(Body::from_stream(framed.bytes))
            .map_err(|_| CallError::Address(url))?;
        if let Some(length) = framed.length {
            request.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(length));
        }
        let (head, body) = self.http.send(request).await?.into_parts();
        let written = head.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let content_type = ContentType::parse(written.unwrap_or_default());
        let soap = ["multipart/related", "application/soap+xml", "text/xml", "application/xml"];
        if !soap.contains(&content_type.essence.as_str()) {
            return Err(not_soap(head.status, &content_type));
        }
        let body = body.into_data_stream().map(|one| one.map_err(std::io::Error::other)).boxed();
        Ok((head.status, content_type, body))
    }
}

impl Answer {
    /// The envelope's text, to be parsed once and walked.
    pub fn envelope(&self) -> &[u8] {
        &self.envelope
    }

    /// The envelope's text and the parts that follow, for [`Documents`](crate::Documents).
    pub fn split(&mut self) -> (&[u8], Option<&mut Parts>) {
        (&self.envelope, self.parts.as_mut())
    }

    /// The element of the body of an envelope parsed from [`Answer::envelope`].
    ///
    /// # Errors
    /// No such element.
    pub fn body<'a>(document: &'a Document<'a>) -> Result<xml::Element<'a>, CallError> {
        let policy = Policy { security: SecurityPolicy::Keep, ..Policy::default() };
        let envelope = Envelope::read(document, &policy)
            .map_err(|fault| CallError::Protocol(fault.reason().to_owned()))?;
        Ok(envelope.body)
    }

    fn check(&self, status: StatusCode) -> Result<(), CallError> {
        let document = Document::parse_bytes(&self.envelope)?;
        let body = Answer::body(&document)?;
        if body.is(ENVELOPE, "Fault") {
            return Err(CallError::Fault(PeerFault::read(body)));
        }
        match status.is_success() {
            true => Ok(()),
            false => Err(CallError::Protocol(format!("http status {status} without a fault"))),
        }
    }
}

fn idle() -> Duration {
    Duration::from_millis(PEER_IDLE_TIMEOUT_MS)
}

fn not_soap(status: StatusCode, content_type: &ContentType) -> CallError {
    CallError::NotSoap { status, content_type: crate::mtom::shown(&content_type.essence) }
}
