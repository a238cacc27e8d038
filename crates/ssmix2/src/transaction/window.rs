//! A reading window over a file: what is passed over is never kept.

use std::io::{self, Read};

const WINDOW_BYTES: usize = 64 * 1024;

/// A bounded buffer with the place of its first unread byte in the file.
pub(super) struct Window<R> {
    source: R,
    bytes: Vec<u8>,
    start: usize,
    end: usize,
    offset: u64,
    exhausted: bool,
}

impl<R: Read> Window<R> {
    pub(super) fn new(source: R, offset: u64) -> Window<R> {
        let bytes = vec![0; WINDOW_BYTES];
        Window { source, bytes, start: 0, end: 0, offset, exhausted: false }
    }

    /// Place in the file of the first unread byte.
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    /// The unread bytes in the window, at least `wanted` of them unless the file ends before.
    pub(super) fn peek(&mut self, wanted: usize) -> io::Result<&[u8]> {
        while self.end - self.start < wanted && !self.exhausted {
            if self.start > 0 && self.end == self.bytes.len() {
                self.bytes.copy_within(self.start..self.end, 0);
                self.end -= self.start;
                self.start = 0;
            }
            match self.source.read(&mut self.bytes[self.end..]) {
                Ok(0) => self.exhausted = true,
                Ok(read) => self.end += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(&self.bytes[self.start..self.end])
    }

    /// Passes over `count` bytes of the window.
    pub(super) fn advance(&mut self, count: usize) {
        let count = count.min(self.end - self.start);
        self.start += count;
        self.offset += count as u64;
    }

    /// Passes over what is left of the present line and its end, calling `keep` with each
    /// piece. Returns whether the line had an end.
    pub(super) fn pass_line(&mut self, keep: &mut dyn FnMut(&[u8])) -> io::Result<bool> {
        loop {
            let bytes = self.peek(1)?;
            if bytes.is_empty() {
                return Ok(false);
            }
            let end = bytes.iter().position(|byte| matches!(byte, b'\r' | b'\n'));
            let count = end.map_or(bytes.len(), |at| at + 1);
            keep(&bytes[..count]);
            self.advance(count);
            if end.is_some() {
                return Ok(true);
            }
        }
    }
}
