//! The header of an element, and which encoding its bytes are in whatever was said.

use crate::element::{keyword_of, vr_of};
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
    let Some(&[first, second, third, fourth, letter, other, _, _]) = next.get(..8) else {
        return said;
    };
    if matches!((first, second), (0xFE, 0xFF) | (0xFF, 0xFE)) {
        return said;
    }
    let is_known = VR::from_binary([letter, other]).is_some();
    let is_letters = letter.is_ascii_uppercase() && other.is_ascii_uppercase();
    // Of the two tags that the bytes may be, the dictionary knows one: no rule about groups holds
    // for 0400 as well as for 0004.
    let is_tag = |order| keyword_of(tag([first, second, third, fourth], order)).is_some();
    let [is_little_tag, is_big_tag] = [Encoding::ExplicitLittle, Encoding::ExplicitBig].map(is_tag);
    let is_big = is_big_tag && !is_little_tag;
    match (said.is_explicit(), is_known, is_letters) {
        (true, _, false) => Encoding::ImplicitLittle,
        (false, true, _) if is_big => Encoding::ExplicitBig,
        (false, true, _) => Encoding::ExplicitLittle,
        (true, true, _) if is_big && !said.is_big_endian() => Encoding::ExplicitBig,
        (true, true, _) if is_little_tag && !is_big_tag && said.is_big_endian() => {
            Encoding::ExplicitLittle
        }
        _ => said,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_bytes_is_what_the_dictionary_knows() {
        let [little, big] = [Encoding::ExplicitLittle, Encoding::ExplicitBig];
        // Modified Attributes Sequence (0400,0550) begins an item as a tag of 0004 in big endian
        // would; SOP Class UID (0008,0016) in either order leaves no doubt.
        assert_eq!(sniff(b"\x00\x04\x50\x05SQ\0\0", little), little);
        assert_eq!(sniff(b"\x04\x00\x05\x50SQ\0\0", big), big);
        for said in [little, big] {
            assert_eq!(sniff(b"\x08\x00\x16\x00UI\x1A\0", said), little);
            assert_eq!(sniff(b"\x00\x08\x00\x16UI\0\x1A", said), big);
        }
        // Nobody's dictionary knows a private tag: what was said stands.
        assert_eq!(sniff(b"\x09\x00\x10\x00LO\x04\0", little), little);
    }
}
