//! The documents of a message, whichever way they came.

use crate::mtom::{MtomError, Parts, include, normal_id};
use crate::mtom::{decoder_of_text, shown};
use bytes::Bytes;
use futures::StreamExt;
use futures::stream::BoxStream;
use std::borrow::Cow;
use std::collections::{HashMap, HashSet, VecDeque};
use std::io;
use xml::Element;

/// Documents by their ids, each as a stream: parts that `xop:Include` refers to, and base64
/// within the envelope. They come in the order of the message, not of the elements: those within
/// the envelope first, then the parts as they arrive. Parts that nothing refers to are skipped.
///
/// ```no_run
/// # async fn keep(_: soap::ArrivingDocument<'_>) -> std::io::Result<()> { Ok(()) }
/// # async fn all(request: &mut soap::Request<'_>) -> Result<(), soap::Fault> {
/// let mut documents = request.documents("urn:ihe:iti:xds-b:2007", "Document")?;
/// loop {
///     let Some(document) = documents.next().await? else { break };
///     let kept = keep(document).await;
///     if let Some(failure) = documents.failure() {
///         return Err(failure.clone().into());
///     }
///     kept.map_err(|_| soap::Fault::receiver())?;
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Documents<'a> {
    inline: VecDeque<(String, Cow<'a, str>)>,
    /// Content id to document id, of those that did not come yet.
    awaited: HashMap<String, String>,
    parts: Option<&'a mut Parts>,
    failure: Option<MtomError>,
}

/// One document that is arriving.
pub struct ArrivingDocument<'d> {
    /// Its id in the message.
    pub id: String,
    /// The media type that its part declares; none within the envelope.
    pub content_type: Option<String>,
    bytes: BoxStream<'d, io::Result<Bytes>>,
}

impl<'d> ArrivingDocument<'d> {
    /// Its bytes. What is not read is skipped. After an error ask [`Documents::failure`] whether
    /// the message was at fault, or the reader of the stream.
    pub fn into_stream(self) -> BoxStream<'d, io::Result<Bytes>> {
        self.bytes
    }
}

impl std::fmt::Debug for ArrivingDocument<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "ArrivingDocument({:?})", self.id)
    }
}

impl<'a> Documents<'a> {
    /// The documents of these elements, by id.
    ///
    /// # Errors
    /// An id twice, a part referred to twice, or an `xop:Include` that refers to no part.
    pub fn new(
        elements: impl IntoIterator<Item = (String, Element<'a>)>,
        parts: Option<&'a mut Parts>,
    ) -> Result<Documents<'a>, MtomError> {
        let (mut ids, mut inline, mut awaited) = (HashSet::new(), VecDeque::new(), HashMap::new());
        for (id, element) in elements {
            if !ids.insert(id.clone()) {
                return Err(MtomError::Duplicate { what: "the document id", id: shown(&id) });
            }
            match include(element)? {
                None => inline.push_back((id, element.text())),
                Some(part) => {
                    if awaited.insert(part.clone(), id).is_some() {
                        let id = shown(&part);
                        return Err(MtomError::Duplicate { what: "the reference to part", id });
                    }
                }
            }
        }
        Ok(Documents { inline, awaited, parts, failure: None })
    }

    /// The ids of the documents that did not come yet, in no order.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        let inline = self.inline.iter().map(|(id, _)| id.as_str());
        inline.chain(self.awaited.values().map(String::as_str))
    }

    /// The next document, or `None` after the last, when the whole message was read.
    ///
    /// # Errors
    /// The message breaks off, is damaged or passes a limit, or a part referred to is not there.
    pub async fn next(&mut self) -> Result<Option<ArrivingDocument<'_>>, MtomError> {
        if let Some(failure) = self.failure() {
            return Err(failure.clone());
        }
        if let Some((id, text)) = self.inline.pop_front() {
            let bytes = decoded(id.clone(), text, &mut self.failure);
            return Ok(Some(ArrivingDocument { id, content_type: None, bytes }));
        }
        let Some(found) = self.find_part().await? else {
            let missing = self.awaited.keys().min();
            return match missing {
                Some(id) => Err(MtomError::PartMissing { id: shown(id) }),
                None => Ok(None),
            };
        };
        let (id, content_type) = found;
        let Some(parts) = self.parts.as_deref_mut() else { return Ok(None) };
        let bytes = parts.open_part().into_stream().boxed();
        Ok(Some(ArrivingDocument { id, content_type, bytes }))
    }

    /// What was wrong with the message, if that is why a document's stream failed.
    pub fn failure(&self) -> Option<&MtomError> {
        self.failure.as_ref().or_else(|| self.parts.as_ref().and_then(|parts| parts.failure()))
    }

    /// Goes to the next part that a document refers to: its document id and media type.
    async fn find_part(&mut self) -> Result<Option<(String, Option<String>)>, MtomError> {
        let Some(parts) = self.parts.as_deref_mut() else { return Ok(None) };
        while let Some(head) = parts.next_part_head().await? {
            let content_id = head.content_id.as_deref().map(normal_id);
            if let Some(id) = content_id.and_then(|id| self.awaited.remove(&id)) {
                return Ok(Some((id, head.content_type)));
            }
        }
        Ok(None)
    }
}

/// Base64 within the envelope, decoded in pieces.
fn decoded<'d>(
    id: String,
    text: Cow<'d, str>,
    failure: &'d mut Option<MtomError>,
) -> BoxStream<'d, io::Result<Bytes>> {
    let decoder = decoder_of_text(format!("document {:?}", shown(&id)));
    let state = Some((decoder, text, 0_usize, failure));
    futures::stream::unfold(state, |state| async move {
        let (mut decoder, text, at, failure) = state?;
        let end = text.len().min(at + PIECE_BYTES);
        let piece = text.as_bytes().get(at..end).unwrap_or_default();
        let decoded = match piece.is_empty() {
            true => decoder.finish(),
            false => decoder.push(Bytes::copy_from_slice(piece)),
        };
        match decoded {
            Ok(bytes) if piece.is_empty() => Some((Ok(bytes), None)),
            Ok(bytes) => Some((Ok(bytes), Some((decoder, text, end, failure)))),
            Err(error) => {
                *failure = Some(error.clone());
                Some((Err(error.into()), None))
            }
        }
    })
    .filter(|item| std::future::ready(!matches!(item, Ok(bytes) if bytes.is_empty())))
    .boxed()
}

const PIECE_BYTES: usize = 64 * 1024;
