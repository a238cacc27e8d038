//! Requests and answers as a service sees them.

use crate::documents::Documents;
use crate::mtom::{BodyStream, MtomError, Parts};
use bytes::Bytes;
use futures::StreamExt;
use net::PeerCertificates;
use std::net::SocketAddr;
use xml::Element;

/// Who sent a request, as far as the connection tells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Peer {
    /// The address of the connection.
    pub address: Option<SocketAddr>,
    /// What the peer showed in the TLS handshake.
    pub certificates: Option<PeerCertificates>,
}

/// A request whose envelope was read; its documents may still be arriving.
#[derive(Debug)]
pub struct Request<'a> {
    /// `wsa:Action`, or the media type's `action` where that header is absent.
    pub action: String,
    /// `wsa:MessageID` as it was written.
    pub message_id: Option<String>,
    /// `wsa:To` as it was written.
    pub to: Option<String>,
    /// The one element of `env:Body`.
    pub body: Element<'a>,
    /// `wsse:Security`, kept for whoever verifies it; its signatures refer to the text of
    /// [`Request::envelope`].
    pub security: Option<Element<'a>>,
    /// The envelope as it came, without a byte order mark.
    pub envelope: &'a str,
    /// Who sent it.
    pub peer: Peer,
    /// The parts that follow the envelope; `None` for a plain message, or once taken.
    pub(crate) parts: Option<&'a mut Parts>,
    pub(crate) is_multipart: bool,
}

impl<'a> Request<'a> {
    /// Whether the message came as MTOM; the answer leaves likewise.
    pub fn is_multipart(&self) -> bool {
        self.is_multipart
    }

    /// The documents of the message, from elements directly within the body's element: for
    /// ITI-41 `Document` of `urn:ihe:iti:xds-b:2007`, each with its `id`. XOP parts and base64
    /// within the envelope look alike. The parts can be taken once; later calls find none.
    ///
    /// # Errors
    /// A document without an id, an id twice, or a reference that is none.
    pub fn documents(&mut self, namespace: &str, name: &str) -> Result<Documents<'a>, MtomError> {
        let body = self.body;
        let mut elements = Vec::new();
        for element in body.children_named(namespace, name) {
            let id = element.attribute("id").map(str::trim).unwrap_or_default();
            if id.is_empty() {
                return Err(MtomError::NoDocumentId { line: element.line() });
            }
            elements.push((id.to_owned(), element));
        }
        Documents::new(elements, self.parts.take())
    }
}

/// A document on its way out.
pub struct Attachment {
    /// Its media type.
    pub content_type: String,
    /// Its size in bytes, where known: the answer then says its length.
    pub size: Option<u64>,
    /// Its bytes. The stream is first polled when its turn comes, so open files lazily.
    pub bytes: BodyStream,
}

/// What an envelope's body is made of, in order.
pub enum Piece {
    /// Markup.
    Bytes(Bytes),
    /// Markup that is made while it is sent ([`channel`](crate::channel)).
    Stream(BodyStream),
    /// A document: an `xop:Include` and a part in an MTOM message, base64 in a plain one.
    Document(Attachment),
}

impl std::fmt::Debug for Piece {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Piece::Bytes(bytes) => write!(formatter, "{} bytes", bytes.len()),
            Piece::Stream(_) => formatter.write_str("a stream"),
            Piece::Document(document) => write!(formatter, "a document of {:?}", document.size),
        }
    }
}

/// An answer: the element of `env:Body` in pieces.
#[derive(Debug)]
pub struct Response {
    pub(crate) action: String,
    pub(crate) pieces: Vec<Piece>,
}

impl Response {
    /// An answer of this `wsa:Action`, its body still empty.
    pub fn new(action: impl Into<String>) -> Response {
        Response { action: action.into(), pieces: Vec::new() }
    }

    /// Adds markup, such as what an [`xml::Writer`] wrote. All markup and documents together
    /// are one element.
    pub fn markup(mut self, bytes: impl Into<Bytes>) -> Response {
        self.pieces.push(Piece::Bytes(bytes.into()));
        self
    }

    /// Adds markup that is made while the answer is sent.
    pub fn stream(mut self, stream: BodyStream) -> Response {
        self.pieces.push(Piece::Stream(stream));
        self
    }

    /// Adds a document where its element's content stands.
    pub fn document(mut self, document: Attachment) -> Response {
        self.pieces.push(Piece::Document(document));
        self
    }

    /// The markup that it begins with, as far as it is there already.
    pub fn first_markup(&self) -> &[u8] {
        match self.pieces.first() {
            Some(Piece::Bytes(bytes)) => bytes,
            _ => &[],
        }
    }

    /// The `wsa:Action`.
    pub fn action(&self) -> &str {
        &self.action
    }
}

impl Attachment {
    /// A document that is in memory.
    pub fn of_bytes(content_type: impl Into<String>, bytes: impl Into<Bytes>) -> Attachment {
        let bytes = bytes.into();
        let size = Some(bytes.len() as u64);
        let bytes = futures::stream::iter([Ok(bytes)]).boxed();
        Attachment { content_type: content_type.into(), size, bytes }
    }
}
