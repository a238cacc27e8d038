//! A reader that knows where it stands and how much is left, and that can look ahead.

use crate::error::ReadError;
use std::io::Read;

/// Bytes that are read at once where a length is not known to be true.
const CHUNK_BYTES: usize = 64 * 1024;

pub(crate) struct Source<R> {
    reader: R,
    ahead: Vec<u8>,
    taken: usize,
    position: u64,
    size: Option<u64>,
}

impl<R: Read> Source<R> {
    /// A source at `position`; `size` is where it ends, if that is known.
    pub(crate) fn new(reader: R, position: u64, size: Option<u64>) -> Source<R> {
        Source { reader, ahead: Vec::new(), taken: 0, position, size }
    }

    pub(crate) fn position(&self) -> u64 {
        self.position
    }

    pub(crate) fn size(&self) -> Option<u64> {
        self.size
    }

    /// The next bytes, as many of `count` as there are, without taking them.
    pub(crate) fn peek(&mut self, count: usize) -> Result<&[u8], ReadError> {
        if self.ahead.len() - self.taken < count {
            self.ahead.drain(..self.taken);
            self.taken = 0;
            while self.ahead.len() < count {
                let from = self.ahead.len();
                self.ahead.resize(count, 0);
                let free = self.ahead.get_mut(from..).unwrap_or_default();
                let read = match self.reader.read(free) {
                    Ok(read) => read,
                    Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {
                        self.ahead.truncate(from);
                        continue;
                    }
                    Err(error) => {
                        self.ahead.truncate(from);
                        return Err(self.failed(error));
                    }
                };
                self.ahead.truncate(from + read);
                if read == 0 {
                    break;
                }
            }
        }
        let rest = self.ahead.get(self.taken..).unwrap_or_default();
        Ok(rest.get(..count).unwrap_or(rest))
    }

    /// The next `N` bytes.
    pub(crate) fn take<const N: usize>(&mut self) -> Result<[u8; N], ReadError> {
        let offset = self.position;
        let next = self.peek(N)?;
        let missing = (N - next.len()) as u64;
        let taken: Result<[u8; N], _> = next.try_into();
        let Ok(taken) = taken else {
            return Err(ReadError::Truncated {
                offset: offset + N as u64 - missing,
                wanted: missing,
            });
        };
        self.taken += N;
        self.position += N as u64;
        Ok(taken)
    }

    /// The next `length` bytes, read piece by piece: memory grows with what is really there.
    pub(crate) fn load(&mut self, length: u64) -> Result<Vec<u8>, ReadError> {
        let mut loaded = Vec::new();
        self.each(length, |piece| loaded.extend_from_slice(piece))?;
        Ok(loaded)
    }

    /// Passes the next `length` bytes by.
    pub(crate) fn skip(&mut self, length: u64) -> Result<(), ReadError> {
        self.each(length, |_| {})
    }

    /// Gives the reader back with what was looked at but not taken.
    pub(crate) fn into_rest(mut self) -> (Vec<u8>, R, u64) {
        self.ahead.drain(..self.taken);
        (self.ahead, self.reader, self.position)
    }

    fn each(&mut self, length: u64, mut piece: impl FnMut(&[u8])) -> Result<(), ReadError> {
        let mut left = length;
        while left > 0 {
            let wanted = left.min(CHUNK_BYTES as u64) as usize;
            let here = self.position;
            let next = self.peek(wanted)?;
            if next.is_empty() {
                return Err(ReadError::Truncated { offset: here, wanted: left });
            }
            let count = next.len();
            piece(next);
            self.taken += count;
            self.position += count as u64;
            left -= count as u64;
        }
        Ok(())
    }

    fn failed(&self, source: std::io::Error) -> ReadError {
        if crate::deflate::is_too_much(&source) {
            return ReadError::InflatesTooMuch;
        }
        ReadError::Io { offset: self.position, source }
    }
}
