//! Reading data sets: one loop over a stack of open items and sequences, never recursion.

mod header;
mod open;

use crate::DataSet;
use crate::element::{Element, ITEM, ITEM_END, Place, SEQUENCE_END, Value, is_private};
use crate::error::ReadError;
use crate::source::Source;
use crate::transfer_syntax::Encoding;
use crate::write::swap;
use dicom_core::{Tag, VR};
use dicom_dictionary_std::tags;
use header::{Header, UNDEFINED};
pub(crate) use header::{sniff, tag};
use model::limits::{DICOM_DEPTH, DICOM_ELEMENTS, DICOM_FRAGMENTS};
use open::{Open, Stack};
use std::io::Read;

pub(crate) fn whole(bytes: &[u8], encoding: Encoding) -> Result<DataSet, ReadError> {
    let source = Source::new(bytes, 0, Some(bytes.len() as u64));
    let mut parser = Parser::new(source, encoding, Bounds::WHOLE);
    parser.run()?;
    Ok(parser.finish().set)
}

/// What is loaded, and where reading ends.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    /// Values above it keep their place.
    pub(crate) value_bytes: u64,
    /// Once so much was loaded, every value keeps its place.
    pub(crate) header_bytes: u64,
    /// Whether reading ends before the pixel data.
    pub(crate) stops_at_pixel_data: bool,
    /// Whether reading ends before the first element that is no file meta information.
    pub(crate) is_meta: bool,
}

impl Bounds {
    const WHOLE: Bounds = Bounds {
        value_bytes: u64::MAX,
        header_bytes: u64::MAX,
        stops_at_pixel_data: false,
        is_meta: false,
    };
}

/// What was read.
pub(crate) struct Parsed {
    pub(crate) set: DataSet,
    /// Where pixel data begins, if reading ended before it.
    pub(crate) pixel_data: Option<FoundPixelData>,
    /// Whether the data set, or a sequence, was written in another way than was said.
    pub(crate) is_otherwise_encoded: bool,
    pub(crate) encoding: Encoding,
}

/// The header of pixel data.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FoundPixelData {
    pub(crate) tag: Tag,
    pub(crate) vr: VR,
    pub(crate) offset: u64,
    /// None where it is undefined: the pixel data is encapsulated.
    pub(crate) length: Option<u64>,
}

pub(crate) struct Parser<R> {
    source: Source<R>,
    stack: Stack,
    bounds: Bounds,
    count: u64,
    loaded_bytes: u64,
    pixel_data: Option<FoundPixelData>,
    is_otherwise_encoded: bool,
}

impl<R: Read> Parser<R> {
    pub(crate) fn new(source: Source<R>, encoding: Encoding, bounds: Bounds) -> Parser<R> {
        let stack = Stack::new(encoding, source.size());
        Parser {
            source,
            stack,
            bounds,
            count: 0,
            loaded_bytes: 0,
            pixel_data: None,
            is_otherwise_encoded: false,
        }
    }

    /// Reads to the end; what was read before an error stays.
    pub(crate) fn run(&mut self) -> Result<(), ReadError> {
        self.sniff_root()?;
        loop {
            self.stack.close_ended(self.source.position());
            let goes_on = match self.stack.is_in_sequence() {
                true => self.item()?,
                false => self.element()?,
            };
            if !goes_on {
                return Ok(());
            }
        }
    }

    pub(crate) fn finish(self) -> Parsed {
        self.into_source().1
    }

    /// Gives the source back, where it stands, with what was read.
    pub(crate) fn into_source(self) -> (Source<R>, Parsed) {
        let encoding = self.stack.root_encoding();
        let parsed = Parsed {
            set: self.stack.finish(),
            pixel_data: self.pixel_data,
            is_otherwise_encoded: self.is_otherwise_encoded,
            encoding,
        };
        (self.source, parsed)
    }

    fn sniff_root(&mut self) -> Result<(), ReadError> {
        let said = self.stack.encoding();
        let found = sniff(self.source.peek(8)?, said);
        if found != said {
            self.is_otherwise_encoded = true;
            self.stack.encode_root(found);
        }
        Ok(())
    }

    /// Within a sequence: opens its next item or closes it.
    fn item(&mut self) -> Result<bool, ReadError> {
        let offset = self.source.position();
        let encoding = self.stack.encoding();
        let tag = tag(self.source.take()?, encoding);
        let length = header::long(self.source.take()?, encoding);
        match tag {
            SEQUENCE_END => self.stack.close(),
            ITEM => {
                self.counted(offset)?;
                let at = self.source.position();
                let end = match length {
                    UNDEFINED => None,
                    length => Some(self.end_of(tag, at, u64::from(length))?),
                };
                let found = match end {
                    Some(end) if end < at + 8 => encoding,
                    _ => sniff(self.source.peek(8)?, encoding),
                };
                self.is_otherwise_encoded |= found != encoding && !self.stack.is_unknown();
                self.stack.open_item(found, end);
            }
            // Some writers end an item twice.
            ITEM_END => {}
            _ => return Err(ReadError::Misplaced { tag, offset }),
        }
        Ok(true)
    }

    /// Within a data set: reads its next element; false at the end of everything.
    fn element(&mut self) -> Result<bool, ReadError> {
        let offset = self.source.position();
        let next = self.source.peek(8)?;
        if next.len() < 8 && self.stack.depth() == 0 && next.iter().all(|byte| *byte == 0) {
            return Ok(false);
        }
        if self.bounds.is_meta && next.get(..2) != Some(&[2, 0]) {
            return Ok(false);
        }
        let header = Header::read(&mut self.source, self.stack.encoding())?;
        match header.tag {
            ITEM_END => {
                self.stack.close_item();
                return Ok(true);
            }
            SEQUENCE_END => {
                self.stack.close_sequence();
                return Ok(true);
            }
            ITEM => return Err(ReadError::Misplaced { tag: header.tag, offset }),
            _ => {}
        }
        self.counted(offset)?;
        if self.stops_at(&header)? {
            return Ok(false);
        }
        if header.length == UNDEFINED {
            self.undefined(header)?;
        } else {
            self.defined(header)?;
        }
        Ok(true)
    }

    fn stops_at(&mut self, header: &Header) -> Result<bool, ReadError> {
        let is_pixel_data = matches!(
            header.tag,
            tags::PIXEL_DATA | tags::FLOAT_PIXEL_DATA | tags::DOUBLE_FLOAT_PIXEL_DATA
        );
        if !self.bounds.stops_at_pixel_data || !is_pixel_data || self.stack.depth() > 0 {
            return Ok(false);
        }
        let length = (header.length != UNDEFINED).then_some(u64::from(header.length));
        let offset = self.source.position();
        self.pixel_data = Some(FoundPixelData { tag: header.tag, vr: header.vr, offset, length });
        Ok(true)
    }

    fn undefined(&mut self, header: Header) -> Result<(), ReadError> {
        let is_pixel_data = header.tag == tags::PIXEL_DATA;
        if is_pixel_data && header.vr != VR::SQ {
            let value = self.fragments()?;
            self.stack.push(Element { tag: header.tag, vr: VR::OB, value });
            return Ok(());
        }
        let encoding = self.items_encoding(header.vr);
        self.open_sequence(header, encoding, None)
    }

    fn defined(&mut self, header: Header) -> Result<(), ReadError> {
        let length = u64::from(header.length);
        let end = self.end_of(header.tag, self.source.position(), length)?;
        if header.vr == VR::SQ {
            return self.open_sequence(header, self.stack.encoding(), Some(end));
        }
        let is_unknown = header.vr == VR::UN && !is_private(header.tag);
        if is_unknown && crate::vr_of(header.tag) == VR::SQ && length >= 8 {
            const ITEM_LITTLE: &[u8] = &[0xFE, 0xFF, 0x00, 0xE0];
            if self.source.peek(4)? == ITEM_LITTLE {
                let encoding = self.items_encoding(VR::UN);
                return self.open_sequence(header, encoding, Some(end));
            }
        }
        let value = self.value(header.vr, length)?;
        self.stack.push(Element { tag: header.tag, vr: header.vr, value });
        Ok(())
    }

    fn value(&mut self, vr: VR, length: u64) -> Result<Value, ReadError> {
        let offset = self.source.position();
        if length > self.bounds.value_bytes
            || self.loaded_bytes.saturating_add(length) > self.bounds.header_bytes
        {
            self.source.skip(length)?;
            return Ok(Value::Place(Place { offset, length }));
        }
        let mut bytes = self.source.load(length)?;
        self.loaded_bytes += length;
        if self.stack.encoding().is_big_endian() {
            swap(&mut bytes, vr);
        }
        Ok(Value::Bytes(bytes))
    }

    /// Encapsulated pixel data, up to its delimiter: loaded, or its place if it is too long.
    fn fragments(&mut self) -> Result<Value, ReadError> {
        let encoding = self.stack.encoding();
        let begin = self.source.position();
        let mut fragments = Vec::new();
        let mut count = 0;
        let mut is_left_out = false;
        loop {
            let offset = self.source.position();
            let tag = tag(self.source.take()?, encoding);
            let length = u64::from(header::long(self.source.take()?, encoding));
            if tag == SEQUENCE_END {
                let length = self.source.position() - begin;
                return Ok(match is_left_out {
                    true => Value::Place(Place { offset: begin, length }),
                    false => Value::Fragments(fragments),
                });
            }
            if tag != ITEM || length == u64::from(UNDEFINED) {
                return Err(ReadError::Misplaced { tag, offset });
            }
            count += 1;
            if count > DICOM_FRAGMENTS {
                return Err(ReadError::TooManyFragments { offset });
            }
            self.end_of(tag, self.source.position(), length)?;
            match self.value(VR::OB, length)? {
                Value::Bytes(bytes) => fragments.push(bytes),
                _ => is_left_out = true,
            }
        }
    }

    fn open_sequence(
        &mut self,
        header: Header,
        encoding: Encoding,
        end: Option<u64>,
    ) -> Result<(), ReadError> {
        if self.stack.depth() as u64 >= DICOM_DEPTH {
            return Err(ReadError::TooDeep { offset: self.source.position() });
        }
        let is_unknown = header.vr == VR::UN;
        self.stack.push_open(Open::sequence(header.tag, encoding, end, is_unknown));
        Ok(())
    }

    /// Items of an unknown value representation are implicit, little endian (PS3.5 6.2.2).
    fn items_encoding(&self, vr: VR) -> Encoding {
        if vr == VR::UN { Encoding::ImplicitLittle } else { self.stack.encoding() }
    }

    /// Where a value of `length` at `offset` ends, if what it stands in reaches so far.
    fn end_of(&self, tag: Tag, offset: u64, length: u64) -> Result<u64, ReadError> {
        let end = offset.saturating_add(length);
        match self.stack.end() {
            Some(limit) if end > limit => {
                let remaining = limit.saturating_sub(offset);
                Err(ReadError::LengthBeyondEnd { tag, offset, length, remaining })
            }
            _ => Ok(end),
        }
    }

    fn counted(&mut self, offset: u64) -> Result<(), ReadError> {
        self.count += 1;
        if self.count > DICOM_ELEMENTS {
            return Err(ReadError::TooManyElements { offset });
        }
        Ok(())
    }
}
