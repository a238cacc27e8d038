//! The header of an element, and which encoding its bytes are in whatever was said.

use crate::element::vr_of;
use crate::error::ReadError;
use crate::source::Source;
use crate::transfer_syntax::Encoding;
use crate::write::is_long;
use dicom_core::{Tag, VR};
use std::io::Read;

/// The length that stands for none (PS3.5 7.1.1).
pub(crate) const UNDEFINED: u32 = u32::MAX;

#[derive(Debug, Clone, Copy)]
pub(crate) struct Header {
    pub(crate) tag: Tag,
    pub(crate) vr: VR,
    pub(crate) length: u32,
}

impl Header {
    pub(crate) fn read<R: Read>(
        source: &mut Source<R>,
        encoding: Encoding,
    ) -> Result<Header, ReadError> {
        let tag = tag(source.take()?, encoding);
        let is_delimiter = tag.group() == 0xFFFE;
        let letters: Option<[u8; 2]> = source.peek(2)?.try_into().ok();
        let letters = letters.filter(|letters| letters.iter().all(u8::is_ascii_uppercase));
        let (Some(letters), false) = (letters, is_delimiter || !encoding.is_explicit()) else {
            let length = long(source.take()?, encoding);
            return Ok(Header { tag, vr: vr_of(tag), length });
        };
        let [_, _, third, fourth] = source.take()?;
        let vr = VR::from_binary(letters);
        let is_long = match vr {
            Some(vr) => is_long(vr),
            // New representations have the long form (PS3.5 7.1.2); the reserved bytes tell.
            None => third == 0 && fourth == 0,
        };
        let length = match is_long {
            true => long(source.take()?, encoding),
            false => u32::from(short([third, fourth], encoding)),
        };
        Ok(Header { tag, vr: vr.unwrap_or(VR::UN), length })
    }
}

pub(crate) fn tag(bytes: [u8; 4], encoding: Encoding) -> Tag {
    let [a, b, c, d] = bytes;
    Tag(short([a, b], encoding), short([c, d], encoding))
}

pub(crate) fn short(bytes: [u8; 2], encoding: Encoding) -> u16 {
    if encoding.is_big_endian() { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) }
}

pub(crate) fn long(bytes: [u8; 4], encoding: Encoding) -> u32 {
    if encoding.is_big_endian() { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) }
}

/// The encoding that the first element of a data set shows, where it contradicts what was said:
/// a known value representation where none should be, or none where one should be.
pub(crate) fn sniff(next: &[u8], said: Encoding) -> Encoding {
    let Some(&[first, second, ..]) = next.get(..8) else { return said };
    // A data set begins with group 0002, 0008 or 0010; swapped, those are no groups at all.
    let is_big = first == 0 && matches!(second, 0x02 | 0x08 | 0x10);
    let found = sniff_item(next, said);
    match (found.is_explicit(), found.is_big_endian()) {
        (true, false) if is_big => Encoding::ExplicitBig,
        (true, true) if matches!(first, 0x02 | 0x08 | 0x10) && second == 0 => {
            Encoding::ExplicitLittle
        }
        _ => found,
    }
}

/// The same for an item, whose first group may be any: its byte order is what it was said to be.
pub(crate) fn sniff_item(next: &[u8], said: Encoding) -> Encoding {
    let Some(&[first, second, _, _, letter, other, third, fourth]) = next.get(..8) else {
        return said;
    };
    if matches!((first, second), (0xFE, 0xFF) | (0xFF, 0xFE)) {
        return said;
    }
    let is_reserved = third == 0 && fourth == 0;
    // The letters may be a length: a short representation with a value is none, nor is SQ.
    let is_explicit = match VR::from_binary([letter, other]) {
        Some(VR::SQ) => is_reserved,
        Some(vr) => !is_long(vr) && !is_reserved,
        None => false,
    };
    let is_letters = letter.is_ascii_uppercase() && other.is_ascii_uppercase();
    match said.is_explicit() {
        true if !is_letters => Encoding::ImplicitLittle,
        false if is_explicit => Encoding::ExplicitLittle,
        _ => said,
    }
}
