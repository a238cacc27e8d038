//! Where an object's bytes are read from: as it stands, or inflated.

use dicomfile::{Inflate, Scan};
use model::limits::WORKER_JOB_BYTES;
use std::io::{self, Cursor, Read, Seek, SeekFrom};

/// Bytes by their place, counted as a scan counts them.
pub struct Source<R> {
    bytes: Kind<R>,
    size: u64,
}

enum Kind<R> {
    /// The object itself.
    Plain(R),
    /// What a deflated data set becomes.
    Inflated(Cursor<Vec<u8>>),
}

impl<R: Read + Seek> Source<R> {
    /// The source that the scan's places count in.
    pub fn new(mut reader: R, size: u64, scan: &Scan) -> io::Result<Source<R>> {
        if !scan.transfer_syntax.is_deflated() {
            return Ok(Source { bytes: Kind::Plain(reader), size });
        }
        reader.seek(SeekFrom::Start(scan.data_set_offset))?;
        let mut inflated = Vec::new();
        Inflate::new(reader).take(WORKER_JOB_BYTES).read_to_end(&mut inflated)?;
        let size = inflated.len() as u64;
        Ok(Source { bytes: Kind::Inflated(Cursor::new(inflated)), size })
    }

    /// Up to `length` bytes from `offset`: fewer where the source ends before.
    pub fn read_up_to(&mut self, offset: u64, length: u64) -> io::Result<Vec<u8>> {
        let length = length.min(self.size.saturating_sub(offset));
        let mut bytes = Vec::with_capacity(length as usize);
        match &mut self.bytes {
            Kind::Plain(reader) => {
                reader.seek(SeekFrom::Start(offset))?;
                reader.take(length).read_to_end(&mut bytes)?;
            }
            Kind::Inflated(cursor) => {
                cursor.seek(SeekFrom::Start(offset))?;
                cursor.take(length).read_to_end(&mut bytes)?;
            }
        }
        Ok(bytes)
    }
}
