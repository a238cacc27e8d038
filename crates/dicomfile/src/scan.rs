//! Scanning a received object: its header and the place of its pixel data, whatever is broken.

use crate::DataSet;
use crate::deflate::Inflate;
use crate::element::{Element, Place, Value, vr_of};
use crate::error::ReadError;
use crate::parse::{Bounds, FoundPixelData, Parsed, Parser, sniff};
use crate::source::Source;
use crate::transfer_syntax::{Encoding, TransferSyntax};
use dicom_core::{Tag, VR};
use dicom_dictionary_std::tags;
use model::limits::{DICOM_HEADER_BYTES, DICOM_VALUE_BYTES};
use std::io::{Cursor, Read};
use thiserror::Error;

/// What a scan found. Nothing of it is changed: what had to be repaired in reading is a note.
#[derive(Debug, Clone, PartialEq)]
pub struct Scan {
    /// The file meta information (group 0002); empty if there is none.
    pub meta: DataSet,
    /// The transfer syntax: as declared, or the one that the bytes are in where none is.
    pub transfer_syntax: TransferSyntax,
    /// How the header is written in fact.
    pub encoding: Encoding,
    /// What was repaired in reading.
    pub notes: Vec<Note>,
    /// Where the data set begins, in bytes of what was scanned.
    pub data_set_offset: u64,
    /// The elements before the pixel data. Values longer than [`DICOM_VALUE_BYTES`] are places.
    pub header: DataSet,
    /// The place of the pixel data, if there is any.
    pub pixel_data: Option<PixelData>,
}

/// Where pixel data stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PixelData {
    /// Pixel Data, Float Pixel Data or Double Float Pixel Data (PS3.3 C.7.6.3, C.7.6.24).
    pub tag: Tag,
    /// Its value representation.
    pub vr: VR,
    /// Its first byte, counted as a [`crate::Place`] is.
    pub offset: u64,
    /// Its length as claimed; none where it comes in fragments (PS3.5 A.4).
    pub length: Option<u64>,
    /// Number of Frames (0028,0008), 1 where it is not said.
    pub frames: u32,
}

impl PixelData {
    /// Whether it comes in fragments.
    pub fn is_encapsulated(&self) -> bool {
        self.length.is_none()
    }

    /// Its element, with its place as the value: for [`crate::json()`], which then names it.
    pub fn element(&self) -> Element {
        let place = Place { offset: self.offset, length: self.length.unwrap_or(0) };
        Element { tag: self.tag, vr: self.vr, value: Value::Place(place) }
    }
}

/// What was repaired in reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Note {
    /// Neither preamble nor `DICM` (PS3.10 7.1), or `DICM` without the preamble.
    NoPreamble,
    /// No file meta information.
    NoMeta,
    /// File meta information without its group length (0002,0000).
    NoGroupLength,
    /// A group length that is not that of the file meta information.
    WrongGroupLength,
    /// No transfer syntax (0002,0010).
    NoTransferSyntax,
    /// The data set, or a sequence in it, is not written as the transfer syntax says.
    OtherwiseEncoded,
    /// The file ends so many bytes before its native pixel data does.
    PixelDataCut {
        /// Bytes that are missing.
        missing_bytes: u64,
    },
}

/// A header that cannot be read to its end.
#[derive(Debug, Error)]
#[error("the header cannot be read to its end")]
pub struct ScanError {
    /// Why, and where.
    #[source]
    pub problem: ReadError,
    /// What was read before.
    pub scan: Box<Scan>,
}

/// Scans a file (PS3.10), or a data set without file meta information. `size_bytes` is what the
/// reader will give, if that is known: lengths are then checked before anything is read.
///
/// # Errors
/// [`ScanError`] with the place; what was read before it is in it.
pub fn scan<R: Read>(reader: R, size_bytes: Option<u64>) -> Result<Scan, ScanError> {
    let mut source = Source::new(reader, 0, size_bytes);
    let mut scan = Scan::empty(TransferSyntax::IMPLICIT_LITTLE);
    let head = match scan.head(&mut source) {
        Ok(head) => head,
        Err(problem) => return Err(scan.failed(problem)),
    };
    scan.meta_and_set(source, head)
}

/// Scans a data set whose transfer syntax was negotiated, as C-STORE brings it.
///
/// # Errors
/// [`ScanError`] with the place; what was read before it is in it.
pub fn scan_data_set<R: Read>(
    reader: R,
    size_bytes: Option<u64>,
    syntax: &TransferSyntax,
) -> Result<Scan, ScanError> {
    let scan = Scan::empty(syntax.clone());
    scan.data_set(Source::new(reader, 0, size_bytes))
}

const HEADER: Bounds = Bounds {
    value_bytes: DICOM_VALUE_BYTES,
    header_bytes: DICOM_HEADER_BYTES,
    stops_at_pixel_data: true,
    is_meta: false,
};

/// Whether file meta information follows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Head {
    Meta,
    NoMeta,
}

impl Scan {
    fn empty(transfer_syntax: TransferSyntax) -> Scan {
        Scan {
            meta: DataSet::new(),
            encoding: transfer_syntax.encoding(),
            transfer_syntax,
            notes: Vec::new(),
            data_set_offset: 0,
            header: DataSet::new(),
            pixel_data: None,
        }
    }

    fn failed(self, problem: ReadError) -> ScanError {
        ScanError { problem, scan: Box::new(self) }
    }

    /// Takes the preamble, and tells what follows it.
    fn head<R: Read>(&mut self, source: &mut Source<R>) -> Result<Head, ReadError> {
        let next = source.peek(132)?;
        let has_preamble = next.get(128..132) == Some(b"DICM");
        let has_magic = next.starts_with(b"DICM");
        if has_preamble {
            source.skip(132)?;
        } else {
            self.notes.push(Note::NoPreamble);
            source.skip(if has_magic { 4 } else { 0 })?;
        }
        let size = source.size().map(|size| size.saturating_sub(source.position()));
        let next = source.peek(8)?;
        if next.starts_with(&[2, 0]) {
            return Ok(Head::Meta);
        }
        if has_preamble || has_magic || is_data_set(next, size) {
            return Ok(Head::NoMeta);
        }
        Err(ReadError::NotDicom)
    }

    fn meta_and_set<R: Read>(
        mut self,
        mut source: Source<R>,
        head: Head,
    ) -> Result<Scan, ScanError> {
        if head == Head::NoMeta {
            self.notes.extend([Note::NoMeta, Note::NoTransferSyntax]);
            return self.data_set(source);
        }
        let begin = source.position();
        let bounds = Bounds { is_meta: true, ..HEADER };
        let mut parser = Parser::new(source, Encoding::ExplicitLittle, bounds);
        let read = parser.run();
        let (rest, parsed) = parser.into_source();
        source = rest;
        self.meta = parsed.set;
        if let Err(problem) = read {
            return Err(self.failed(problem));
        }
        let length = source.position() - begin;
        self.check_group_length(length);
        match self.meta.uid(tags::TRANSFER_SYNTAX_UID) {
            Some(uid) => self.transfer_syntax = TransferSyntax::new(uid),
            None => self.notes.push(Note::NoTransferSyntax),
        }
        self.data_set_offset = source.position();
        if !self.transfer_syntax.is_deflated() {
            return self.data_set(source);
        }
        let (ahead, reader, _) = source.into_rest();
        let inflated = Inflate::new(Cursor::new(ahead).chain(reader));
        self.data_set(Source::new(inflated, 0, None))
    }

    fn check_group_length(&mut self, length_bytes: u64) {
        // The element of the group length itself: eight bytes of header, four of value.
        let own = 12;
        let said = self.meta.number(tags::FILE_META_INFORMATION_GROUP_LENGTH);
        match said.and_then(|said| u64::try_from(said).ok()) {
            None => self.notes.push(Note::NoGroupLength),
            Some(said) if said + own != length_bytes => self.notes.push(Note::WrongGroupLength),
            Some(_) => {}
        }
    }

    fn data_set<R: Read>(mut self, source: Source<R>) -> Result<Scan, ScanError> {
        let size = source.size();
        let mut parser = Parser::new(source, self.transfer_syntax.encoding(), HEADER);
        let read = parser.run();
        self.take(parser.finish(), size);
        match read {
            Ok(()) => Ok(self),
            Err(problem) => Err(self.failed(problem)),
        }
    }

    fn take(&mut self, parsed: Parsed, size: Option<u64>) {
        self.header = parsed.set;
        self.encoding = parsed.encoding;
        if self.notes.contains(&Note::NoTransferSyntax) {
            self.transfer_syntax = TransferSyntax::of(parsed.encoding);
        } else if parsed.is_otherwise_encoded {
            self.notes.push(Note::OtherwiseEncoded);
        }
        let Some(FoundPixelData { tag, vr, offset, length }) = parsed.pixel_data else { return };
        let frames = self.header.number(tags::NUMBER_OF_FRAMES).filter(|frames| *frames > 0);
        let frames = frames.and_then(|frames| u32::try_from(frames).ok()).unwrap_or(1);
        self.pixel_data = Some(PixelData { tag, vr, offset, length, frames });
        if let (Some(size), Some(length)) = (size, length)
            && offset.saturating_add(length) > size
        {
            let missing_bytes = offset.saturating_add(length) - size;
            self.notes.push(Note::PixelDataCut { missing_bytes });
        }
    }
}

/// Whether a data set may begin so: a low group, and a representation or a length that fits.
fn is_data_set(next: &[u8], size: Option<u64>) -> bool {
    let Ok([a, b, c, d, e, f, g, h]) = <[u8; 8]>::try_from(next) else { return false };
    let is_low = |group: u16| (4..=0x40).contains(&group) && group.is_multiple_of(2);
    match sniff(next, Encoding::ImplicitLittle) {
        Encoding::ExplicitBig => is_low(u16::from_be_bytes([a, b])),
        Encoding::ExplicitLittle => is_low(u16::from_le_bytes([a, b])),
        Encoding::ImplicitLittle => {
            let tag = Tag(u16::from_le_bytes([a, b]), u16::from_le_bytes([c, d]));
            let length = u64::from(u32::from_le_bytes([e, f, g, h]));
            is_low(tag.group()) && vr_of(tag) != VR::UN && size.is_none_or(|size| length <= size)
        }
    }
}
