//! Deflated data sets (PS3.5 A.5): a raw deflate stream that may not inflate without bounds.

use flate2::Compression;
use flate2::read::{DeflateDecoder, DeflateEncoder};
use model::limits::DICOM_INFLATE_RATIO;
use std::io::{self, Read};

/// What may come out before the ratio counts: beginnings of small files are repetitive.
const FREE_BYTES: u64 = 1024 * 1024;

/// The inflated bytes of a deflated data set, to be read.
///
/// Reading fails with an error of kind `InvalidData` if the stream is damaged, or inflates to
/// more than [`DICOM_INFLATE_RATIO`] times its size.
#[derive(Debug)]
pub struct Inflate<R>(DeflateDecoder<R>);

impl<R: Read> Inflate<R> {
    /// Inflates what stands behind the file meta information.
    pub fn new(deflated: R) -> Inflate<R> {
        Inflate(DeflateDecoder::new(deflated))
    }
}

impl<R: Read> Read for Inflate<R> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let read = self.0.read(bytes)?;
        let out = self.0.total_out();
        if out > FREE_BYTES && out / DICOM_INFLATE_RATIO > self.0.total_in() {
            return Err(io::Error::new(io::ErrorKind::InvalidData, TooMuch));
        }
        Ok(read)
    }
}

#[derive(Debug, thiserror::Error)]
#[error("inflates to more than {DICOM_INFLATE_RATIO} times its size")]
struct TooMuch;

pub(crate) fn is_too_much(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|inner| inner.is::<TooMuch>())
}

pub(crate) fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    // A slice is read and a vector written: neither fails.
    let _ = DeflateEncoder::new(bytes, Compression::default()).read_to_end(&mut out);
    out.extend(std::iter::repeat_n(0, out.len() % 2));
    out
}
