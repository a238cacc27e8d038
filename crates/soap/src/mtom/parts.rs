//! A message that is still arriving, read part by part.

use super::decode::Decoder;
use super::error::MtomError;
use super::splitter::{Event, PartHead, Splitter};
use super::xop::normal_id;
use crate::content_type::ContentType;
use crate::room::Taken;
use bytes::Bytes;
use futures::stream::BoxStream;
use futures::{Stream, StreamExt};
use model::limits::{MTOM_BEFORE_ROOT_BYTES, MTOM_DISCARD_BYTES, SOAP_ROOT_BYTES};
use std::collections::{HashSet, VecDeque};
use std::io;
use std::time::Duration;

/// Bytes of a message as they arrive.
pub type BodyStream = BoxStream<'static, io::Result<Bytes>>;

/// The parts of a message after its envelope, one by one. What is not read of a part is skipped
/// when the next one is asked for.
pub struct Parts {
    body: BodyStream,
    idle: Duration,
    splitter: Splitter,
    /// The part that is open: its head was given, its end not reached.
    decoder: Option<Decoder>,
    seen: HashSet<String>,
    /// Parts that came before the envelope.
    early: VecDeque<(PartHead, Bytes)>,
    /// The content of an early part that was gone to.
    arrived: Option<Bytes>,
    failure: Option<MtomError>,
    /// The last boundary is behind.
    closed: bool,
}

impl std::fmt::Debug for Parts {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Parts({} seen)", self.seen.len())
    }
}

/// One part that is arriving.
#[derive(Debug)]
pub struct Part<'a> {
    /// Its headers.
    pub head: PartHead,
    content: Content<'a>,
}

impl<'a> Part<'a> {
    /// The next bytes, the transfer encoding taken off; `None` after the last.
    ///
    /// # Errors
    /// The message breaks off, is damaged, or passes a limit.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, MtomError> {
        self.content.0.chunk().await
    }

    /// The bytes as a stream. After an error ask [`Parts::failure`] whether the message was at
    /// fault.
    pub fn into_stream(self) -> impl Stream<Item = io::Result<Bytes>> + Send + use<'a> {
        self.content.into_stream()
    }
}

/// The bytes of the part that is open.
#[derive(Debug)]
pub(crate) struct Content<'a>(&'a mut Parts);

impl<'a> Content<'a> {
    pub(crate) fn into_stream(self) -> impl Stream<Item = io::Result<Bytes>> + Send + use<'a> {
        futures::stream::try_unfold(self, |content| async move {
            Ok(content.0.chunk().await?.map(|chunk| (chunk, content)))
        })
    }
}

impl Parts {
    /// The parts of a message that has no envelope: STOW-RS sends such. `idle_ms` is how long the
    /// sender may pause.
    ///
    /// # Errors
    /// No boundary.
    pub fn of_body(
        content_type: &ContentType,
        body: BodyStream,
        idle_ms: u64,
    ) -> Result<Parts, MtomError> {
        Parts::new(content_type, body, idle_ms)
    }

    fn new(content_type: &ContentType, body: BodyStream, idle_ms: u64) -> Result<Parts, MtomError> {
        Ok(Parts {
            body,
            idle: Duration::from_millis(idle_ms),
            splitter: Splitter::new(content_type)?,
            decoder: None,
            seen: HashSet::new(),
            early: VecDeque::new(),
            arrived: None,
            failure: None,
            closed: false,
        })
    }

    /// Reads a message up to the end of its envelope: the part named by `start`, or the first
    /// (RFC 2387 §3.2). Gives the envelope's headers and bytes, and what follows. `idle_ms` is
    /// how long the sender may pause.
    ///
    /// # Errors
    /// No boundary, no such part, a limit passed, or the message breaks off.
    pub async fn open(
        content_type: &ContentType,
        body: BodyStream,
        idle_ms: u64,
    ) -> Result<(PartHead, Vec<u8>, Parts), MtomError> {
        Parts::open_within(content_type, body, idle_ms, &mut Taken::without_end()).await
    }

    /// [`Parts::open`], taking room for what is kept in memory.
    pub(crate) async fn open_within(
        content_type: &ContentType,
        body: BodyStream,
        idle_ms: u64,
        taken: &mut Taken,
    ) -> Result<(PartHead, Vec<u8>, Parts), MtomError> {
        let mut parts = Parts::new(content_type, body, idle_ms)?;
        let start = content_type.parameter("start");
        let start = start.map(|id| id.trim_start_matches('<').trim_end_matches('>').trim());
        let mut early_bytes = 0;
        while let Some(head) = parts.next_head().await? {
            let is_root =
                start.is_none_or(|start| head.content_id.as_deref().is_some_and(|id| id == start));
            if is_root {
                let root = parts.collect(SOAP_ROOT_BYTES, MtomError::RootTooLarge, taken).await?;
                return Ok((head, root, parts));
            }
            let room = MTOM_BEFORE_ROOT_BYTES - early_bytes;
            let bytes = parts.collect(room, MtomError::RootTooLate, taken).await?;
            early_bytes += bytes.len() as u64;
            parts.early.push_back((head, bytes.into()));
        }
        Err(MtomError::RootMissing)
    }

    /// The envelope's bytes as they arrive, for one of any size; it must be the first part.
    /// What follows it is not read.
    ///
    /// # Errors
    /// No boundary.
    pub(crate) fn root_stream(
        content_type: &ContentType,
        body: BodyStream,
        idle_ms: u64,
    ) -> Result<BodyStream, MtomError> {
        let parts = Parts::new(content_type, body, idle_ms)?;
        let state = (parts, false);
        let stream = futures::stream::try_unfold(state, |(mut parts, is_open)| async move {
            if !is_open && parts.next_head().await?.is_none() {
                return Err(io::Error::from(MtomError::RootMissing));
            }
            Ok(parts.chunk().await?.map(|bytes| (bytes, (parts, true))))
        });
        Ok(stream.boxed())
    }

    /// The next part, or `None` after the last. What was not read of the one before is skipped.
    ///
    /// # Errors
    /// The message breaks off, is damaged, or passes a limit; the same ever after.
    pub async fn next_part(&mut self) -> Result<Option<Part<'_>>, MtomError> {
        let head = self.next_part_head().await?;
        Ok(head.map(|head| Part { head, content: self.open_part() }))
    }

    /// Goes to the next part and gives its headers only.
    pub(crate) async fn next_part_head(&mut self) -> Result<Option<PartHead>, MtomError> {
        if let Some((head, bytes)) = self.early.pop_front() {
            self.arrived = Some(bytes);
            return Ok(Some(head));
        }
        self.arrived = None;
        while self.chunk().await?.is_some() {}
        self.next_head().await
    }

    /// What is left of the part that was gone to.
    pub(crate) fn open_part(&mut self) -> Content<'_> {
        Content(self)
    }

    /// What was wrong with the message, if that is why a part's stream failed.
    pub fn failure(&self) -> Option<&MtomError> {
        self.failure.as_ref()
    }

    async fn next_head(&mut self) -> Result<Option<PartHead>, MtomError> {
        let found = match self.event().await {
            Ok(Some(Event::Begin(head))) => self.opened(head).map(Some),
            Ok(_) => Ok(None),
            Err(error) => Err(error),
        };
        self.noted(found)
    }

    fn opened(&mut self, head: PartHead) -> Result<PartHead, MtomError> {
        self.decoder = Some(Decoder::of_part(&head.transfer_encoding, head.number)?);
        if let Some(id) = &head.content_id
            && !self.seen.insert(normal_id(id))
        {
            let id = super::error::shown(id);
            return Err(MtomError::Duplicate { what: "the content id", id });
        }
        Ok(head)
    }

    async fn collect(
        &mut self,
        limit: u64,
        beyond: MtomError,
        taken: &mut Taken,
    ) -> Result<Vec<u8>, MtomError> {
        let mut bytes = Vec::new();
        while let Some(chunk) = self.chunk().await? {
            if (bytes.len() + chunk.len()) as u64 > limit {
                return Err(beyond);
            }
            taken.take(chunk.len())?;
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    }

    async fn chunk(&mut self) -> Result<Option<Bytes>, MtomError> {
        if let Some(bytes) = self.arrived.take().filter(|bytes| !bytes.is_empty()) {
            return Ok(Some(bytes));
        }
        let found = self.decoded().await;
        self.noted(found)
    }

    async fn decoded(&mut self) -> Result<Option<Bytes>, MtomError> {
        if let Some(failure) = &self.failure {
            return Err(failure.clone());
        }
        loop {
            if self.decoder.is_none() {
                return Ok(None);
            }
            let event = self.event().await?;
            let Some(decoder) = &mut self.decoder else { return Ok(None) };
            let bytes = match event {
                Some(Event::Data(bytes)) => decoder.push(bytes)?,
                _ => {
                    let last = decoder.finish()?;
                    self.decoder = None;
                    last
                }
            };
            if !bytes.is_empty() {
                return Ok(Some(bytes));
            }
        }
    }

    async fn event(&mut self) -> Result<Option<Event>, MtomError> {
        if let Some(failure) = &self.failure {
            return Err(failure.clone());
        }
        while !self.closed {
            match self.splitter.next_event()? {
                Some(Event::Close) => {
                    self.closed = true;
                    self.drain().await?;
                    return Ok(Some(Event::Close));
                }
                Some(event) => return Ok(Some(event)),
                None => {}
            }
            match next_within(&mut self.body, self.idle).await? {
                Some(bytes) => self.splitter.push(&bytes),
                None => self.splitter.finish(),
            }
        }
        Ok(None)
    }

    /// Reads on without looking, at most [`MTOM_DISCARD_BYTES`]: a sender that is cut off while
    /// it sends does not read the answer.
    pub(crate) async fn discard(mut self) {
        discard(&mut self.body, self.idle).await;
    }

    /// Reads what stands behind the last boundary, so that the connection can be used again.
    async fn drain(&mut self) -> Result<(), MtomError> {
        let mut left = model::limits::MTOM_PART_HEADER_BYTES;
        while let Some(bytes) = next_within(&mut self.body, self.idle).await? {
            left = left
                .checked_sub(bytes.len() as u64)
                .ok_or(MtomError::HeaderTooLong("the text after the last part is"))?;
        }
        Ok(())
    }

    fn noted<T>(&mut self, found: Result<T, MtomError>) -> Result<T, MtomError> {
        if let Err(error) = &found {
            self.failure.get_or_insert_with(|| error.clone());
        }
        found
    }
}

/// The next bytes of a body, or an error if the sender pauses too long.
pub(crate) async fn next_within(
    body: &mut BodyStream,
    idle: Duration,
) -> Result<Option<Bytes>, MtomError> {
    match tokio::time::timeout(idle, body.next()).await {
        Err(_) => Err(MtomError::Idle),
        Ok(None) => Ok(None),
        Ok(Some(Ok(bytes))) => Ok(Some(bytes)),
        Ok(Some(Err(error))) => Err(MtomError::Body(error.to_string())),
    }
}

/// Reads on without looking, at most [`MTOM_DISCARD_BYTES`].
pub(crate) async fn discard(body: &mut BodyStream, idle: Duration) {
    discard_at_most(MTOM_DISCARD_BYTES, body, idle).await;
}

/// Reads on without looking, at most so many bytes.
pub(crate) async fn discard_at_most(limit_bytes: u64, body: &mut BodyStream, idle: Duration) {
    let mut left = limit_bytes;
    while let Ok(Some(bytes)) = next_within(body, idle).await {
        match left.checked_sub(bytes.len() as u64) {
            Some(rest) => left = rest,
            None => return,
        }
    }
}
