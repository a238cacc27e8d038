//! Composite instances on their way: what C-STORE says of one, and its data set in pieces.

use crate::DimseError;
use crate::inbound::Event;
use crate::link::{Link, Wait};
use bytes::{Bytes, BytesMut};
use dicomfile::{TransferSyntax, WriteError};
use futures::stream::BoxStream;
use model::limits::DICOM_INSTANCE_BYTES;

/// What C-STORE says of an instance that comes in (PS3.7 9.1.1), and whence it comes. None of it
/// was compared with its data set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivedInstance {
    /// (0000,0002) Affected SOP Class UID.
    pub class: String,
    /// (0000,1000) Affected SOP Instance UID.
    pub instance: String,
    /// How the data set is encoded, by the presentation context.
    pub transfer_syntax: String,
    /// AE title of the sender.
    pub source_title: String,
    /// AE title under which it was received.
    pub receiving_title: String,
    /// (0000,1030): who asked for the C-MOVE of which this is part.
    pub move_originator: Option<String>,
    /// (0000,1031): the message ID of that C-MOVE.
    pub move_originator_message: Option<u16>,
}

impl ReceivedInstance {
    /// What stands before the data set in a file (PS3.10 7.1): preamble, prefix and File Meta
    /// Information.
    ///
    /// # Errors
    /// [`WriteError`] if a UID is longer than what can be written.
    pub fn file_head(&self) -> Result<Vec<u8>, WriteError> {
        let syntax = TransferSyntax::new(&self.transfer_syntax);
        dicomfile::file_head(&self.class, &self.instance, &syntax, Some(&self.source_title))
    }
}

/// An instance that is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutgoingInstance {
    /// SOP Class UID.
    pub class: String,
    /// SOP Instance UID.
    pub instance: String,
    /// How the data set is encoded; nothing else is sent than what is there.
    pub transfer_syntax: String,
}

/// The bytes of a data set that is sent, without preamble and File Meta Information.
pub type Body = BoxStream<'static, std::io::Result<Bytes>>;

/// The pieces of a data set that comes in, as they are received: cut anywhere.
pub struct IncomingData<'a> {
    link: &'a mut Link,
    received_bytes: u64,
    is_over: bool,
    is_broken: bool,
}

impl std::fmt::Debug for IncomingData<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "IncomingData({} bytes)", self.received_bytes)
    }
}

impl<'a> IncomingData<'a> {
    pub(crate) fn new(link: &'a mut Link, is_there: bool) -> IncomingData<'a> {
        IncomingData { link, received_bytes: 0, is_over: !is_there, is_broken: false }
    }

    /// The next piece, `None` after the last one. An error ends the association.
    ///
    /// # Errors
    /// The peer aborts, breaks off, sends nothing for [`Times::data_ms`](crate::Times), or sends more than
    /// [`DICOM_INSTANCE_BYTES`].
    pub async fn next(&mut self) -> Result<Option<Bytes>, DimseError> {
        let found = match (self.is_broken, self.is_over) {
            (true, _) => Err(DimseError::Closed),
            (false, true) => Ok(None),
            (false, false) => self.take().await,
        };
        if let Err(error) = &found
            && !self.is_broken
        {
            self.is_broken = true;
            self.link.give_up(error).await;
        }
        found
    }

    /// The whole of it in memory.
    ///
    /// # Errors
    /// As [`IncomingData::next`], and [`DimseError::TooLarge`] beyond `limit_bytes`.
    pub async fn collect(
        &mut self,
        what: &'static str,
        limit_bytes: u64,
    ) -> Result<Bytes, DimseError> {
        let mut whole = BytesMut::new();
        while let Some(piece) = self.next().await? {
            if (whole.len() + piece.len()) as u64 > limit_bytes {
                return Err(DimseError::TooLarge { what, limit_bytes });
            }
            whole.extend_from_slice(&piece);
        }
        Ok(whole.freeze())
    }

    /// Takes what is left of it and throws it away.
    pub(crate) async fn drain(&mut self) -> Result<(), DimseError> {
        while self.next().await?.is_some() {}
        Ok(())
    }

    /// Bytes that have come so far.
    pub fn received_bytes(&self) -> u64 {
        self.received_bytes
    }

    async fn take(&mut self) -> Result<Option<Bytes>, DimseError> {
        while !self.is_over {
            match self.link.event(Wait::Answer).await? {
                Event::Data { bytes, is_last } => {
                    self.is_over = is_last;
                    self.received_bytes += bytes.len() as u64;
                    if self.received_bytes > DICOM_INSTANCE_BYTES {
                        let limit_bytes = DICOM_INSTANCE_BYTES;
                        return Err(DimseError::TooLarge { what: "data set", limit_bytes });
                    }
                    if !bytes.is_empty() {
                        return Ok(Some(bytes));
                    }
                }
                other => return Err(other.instead()),
            }
        }
        Ok(None)
    }
}
