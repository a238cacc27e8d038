//! A message on its way out: pieces of an envelope, and the documents as parts or inline.

use crate::message::{Attachment, Piece};
use crate::mtom::BodyStream;
use crate::names::{SOAP_TYPE, XOP, XOP_TYPE};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures::{StreamExt, TryStreamExt};
use model::IdSource;
use std::io;

/// A message ready to be sent.
pub(crate) struct Framed {
    /// Value of `Content-Type`.
    pub(crate) content_type: String,
    /// Length of all bytes, where every document's is known.
    pub(crate) length: Option<u64>,
    /// The bytes; made as they are asked for.
    pub(crate) bytes: BodyStream,
}

/// Streams one after the other, with their length as long as each is known.
struct Chain {
    streams: Vec<BodyStream>,
    length: Option<u64>,
}

impl Chain {
    fn new() -> Chain {
        Chain { streams: Vec::new(), length: Some(0) }
    }

    fn bytes(&mut self, bytes: impl Into<Bytes>) {
        let bytes = bytes.into();
        self.add(Some(bytes.len() as u64), futures::stream::iter([Ok(bytes)]).boxed());
    }

    fn add(&mut self, length: Option<u64>, stream: BodyStream) {
        self.length = self.length.zip(length).map(|(sum, more)| sum + more);
        self.streams.push(stream);
    }

    fn framed(self, content_type: String) -> Framed {
        let bytes = futures::stream::iter(self.streams).flatten().boxed();
        Framed { content_type, length: self.length, bytes }
    }
}

/// The envelope alone, its documents as base64 within.
pub(crate) fn inline(pieces: Vec<Piece>, action: &str) -> Framed {
    let mut chain = Chain::new();
    for piece in pieces {
        match piece {
            Piece::Bytes(bytes) => chain.bytes(bytes),
            Piece::Stream(stream) => chain.add(None, stream),
            Piece::Document(document) => {
                let length = document.size.map(|size| size.div_ceil(3) * 4);
                chain.add(length, encoded(exact(document)));
            }
        }
    }
    chain.framed(format!("{SOAP_TYPE}; charset=UTF-8; action=\"{}\"", parameter(action)))
}

/// The envelope as the root of a multipart message, its documents as binary parts (MTOM §3).
pub(crate) fn frame(pieces: Vec<Piece>, action: &str, ids: &dyn IdSource) -> Framed {
    let boundary = format!("MIMEBoundary-{}", ids.uuid());
    let message = ids.uuid();
    let mut chain = Chain::new();
    chain.bytes(format!(
        "--{boundary}\r\nContent-Type: {XOP_TYPE}; charset=UTF-8; type=\"{SOAP_TYPE}\"\r\n\
         Content-Transfer-Encoding: binary\r\nContent-ID: <0.{message}@musubi>\r\n\r\n"
    ));
    let mut documents = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Bytes(bytes) => chain.bytes(bytes),
            Piece::Stream(stream) => chain.add(None, stream),
            Piece::Document(document) => {
                documents.push(document);
                let number = documents.len();
                chain.bytes(format!(
                    "<xop:Include xmlns:xop=\"{XOP}\" href=\"cid:{number}.{message}@musubi\"/>"
                ));
            }
        }
    }
    for (number, document) in (1..).zip(documents) {
        chain.bytes(format!(
            "\r\n--{boundary}\r\nContent-Type: {}\r\nContent-Transfer-Encoding: binary\r\n\
             Content-ID: <{number}.{message}@musubi>\r\n\r\n",
            header_value(&document.content_type),
        ));
        chain.add(document.size, exact(document));
    }
    chain.bytes(format!("\r\n--{boundary}--\r\n"));
    chain.framed(format!(
        "multipart/related; type=\"{XOP_TYPE}\"; boundary=\"{boundary}\"; \
         start=\"<0.{message}@musubi>\"; start-info=\"{SOAP_TYPE}\"; action=\"{}\"",
        parameter(action)
    ))
}

/// A document's bytes, or an error if they are not as many as was said: what follows would be
/// read as part of it, or it as part of what follows.
fn exact(document: Attachment) -> BodyStream {
    let Some(size) = document.size else { return document.bytes };
    let state = (document.bytes, size);
    let wrong = || io::Error::new(io::ErrorKind::InvalidData, "a document changed its size");
    futures::stream::try_unfold(state, move |(mut bytes, left)| async move {
        match bytes.try_next().await? {
            Some(chunk) => {
                let left = left.checked_sub(chunk.len() as u64).ok_or_else(wrong)?;
                Ok(Some((chunk, (bytes, left))))
            }
            None if left == 0 => Ok(None),
            None => Err(wrong()),
        }
    })
    .boxed()
}

fn encoded(bytes: BodyStream) -> BodyStream {
    let state = Some((bytes, Vec::new()));
    futures::stream::try_unfold(state, |state| async move {
        let Some((mut bytes, mut waiting)) = state else { return Ok::<_, io::Error>(None) };
        match bytes.try_next().await? {
            Some(chunk) => {
                waiting.extend_from_slice(&chunk);
                let rest = waiting.split_off(waiting.len() - waiting.len() % 3);
                Ok(Some((Bytes::from(STANDARD.encode(&waiting)), Some((bytes, rest)))))
            }
            None => Ok(Some((Bytes::from(STANDARD.encode(&waiting)), None))),
        }
    })
    .try_filter(|bytes| std::future::ready(!bytes.is_empty()))
    .boxed()
}

/// A quoted parameter of a header: visible ASCII, without what would end it.
fn parameter(value: &str) -> String {
    value.chars().filter(|one| one.is_ascii_graphic() && !matches!(one, '"' | '\\')).collect()
}

/// A header's value on one line; a document without a usable media type is bytes.
fn header_value(value: &str) -> String {
    let clean: String = value.chars().filter(|one| (' '..='~').contains(one)).collect();
    match clean.trim() {
        "" => "application/octet-stream".to_owned(),
        clean => clean.to_owned(),
    }
}
