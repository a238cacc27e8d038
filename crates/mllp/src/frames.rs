//! Frames: `<VT> message <FS> <CR>`, found in bytes that come in any pieces.

use crate::FrameError;
use bytes::{Buf, Bytes, BytesMut};
use model::limits::{MLLP_FRAME_BYTES, MLLP_NOISE_BYTES};

/// Start of block.
const VT: u8 = 0x0B;
/// End of block, with the CR after it.
const FS: u8 = 0x1C;

/// Splits bytes into messages.
///
/// A start of block within a message begins anew: what stood before it was cut short, is dropped,
/// and was never acknowledged. An end of block counts only with its CR, so that half a message is
/// never taken for a whole one. Bytes between two messages are skipped.
#[derive(Debug, Default)]
pub struct Frames {
    buffer: BytesMut,
    /// How far the buffer was looked through.
    seen: usize,
    in_message: bool,
    noise: u64,
    dropped: u64,
    failed: Option<FrameError>,
}

impl Frames {
    /// Nothing has come yet.
    pub fn new() -> Frames {
        Frames::default()
    }

    /// Takes more bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.failed.is_none() {
            self.buffer.extend_from_slice(bytes);
        }
    }

    /// The next whole message, without its frame; `None` until more bytes come.
    ///
    /// # Errors
    /// A limit is passed; the same ever after, since where the next message begins is unknown.
    pub fn next_message(&mut self) -> Result<Option<Bytes>, FrameError> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        let found = self.advance();
        if let Err(error) = found {
            self.failed = Some(error);
            self.buffer = BytesMut::new();
        }
        found
    }

    /// Whether the beginning of a message is here and its end is not.
    pub fn is_inside(&self) -> bool {
        self.in_message
    }

    /// Bytes of a message that has not ended.
    pub fn buffered(&self) -> usize {
        self.buffer.len()
    }

    /// Messages that were cut short by the beginning of another.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Gives memory back that a large message took.
    pub fn shrink(&mut self) {
        if self.buffer.is_empty() {
            self.buffer = BytesMut::new();
            self.seen = 0;
        }
    }

    fn advance(&mut self) -> Result<Option<Bytes>, FrameError> {
        if !self.in_message && !self.find_start()? {
            return Ok(None);
        }
        while let Some(found) =
            self.buffer.get(self.seen..).and_then(|rest| memchr::memchr2(VT, FS, rest))
        {
            let at = self.seen + found;
            if at as u64 > MLLP_FRAME_BYTES {
                return Err(FrameError::TooLarge);
            }
            match (self.buffer.get(at), self.buffer.get(at + 1)) {
                (Some(&VT), _) => {
                    self.dropped += 1;
                    self.buffer.advance(at + 1);
                    self.seen = 0;
                }
                (_, Some(b'\r')) => {
                    let message = self.buffer.split_to(at).freeze();
                    self.buffer.advance(2);
                    (self.seen, self.in_message) = (0, false);
                    return Ok(Some(message));
                }
                (_, Some(_)) => self.seen = at + 1,
                (_, None) => {
                    self.seen = at;
                    return Ok(None);
                }
            }
        }
        self.seen = self.buffer.len();
        if self.seen as u64 > MLLP_FRAME_BYTES {
            return Err(FrameError::TooLarge);
        }
        Ok(None)
    }

    /// Skips what stands before the next message; whether one begins.
    fn find_start(&mut self) -> Result<bool, FrameError> {
        let start = memchr::memchr(VT, &self.buffer);
        let skipped = start.unwrap_or(self.buffer.len());
        self.noise += skipped as u64;
        if self.noise > MLLP_NOISE_BYTES {
            return Err(FrameError::Noise);
        }
        self.buffer.advance(skipped + usize::from(start.is_some()));
        self.seen = 0;
        if start.is_some() {
            (self.in_message, self.noise) = (true, 0);
        }
        Ok(start.is_some())
    }
}

/// A message in its frame.
pub fn wrap(message: &[u8]) -> Vec<u8> {
    let mut framed = Vec::with_capacity(message.len() + 3);
    framed.push(VT);
    framed.extend_from_slice(message);
    framed.extend_from_slice(&[FS, b'\r']);
    framed
}
