//! One data element: tag, value representation, value (PS3.5 7.1).

use crate::DataSet;
use dicom_core::dictionary::{DataDictionary, DataDictionaryEntry};
use dicom_core::{Tag, VR};
use dicom_dictionary_std::StandardDataDictionary;

/// Begins an item of a sequence, or a fragment (PS3.5 7.5).
pub(crate) const ITEM: Tag = Tag(0xFFFE, 0xE000);
/// Ends an item of undefined length.
pub(crate) const ITEM_END: Tag = Tag(0xFFFE, 0xE00D);
/// Ends a sequence of undefined length, or fragments.
pub(crate) const SEQUENCE_END: Tag = Tag(0xFFFE, 0xE0DD);

/// A data element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    /// Its tag.
    pub tag: Tag,
    /// Its value representation: as received, or the dictionary's where none was sent.
    pub vr: VR,
    /// Its value.
    pub value: Value,
}

/// The value of an element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Bytes as received, padding included. Numbers are kept in little endian, whatever the
    /// transfer syntax, so that a data set means the same in each.
    Bytes(Vec<u8>),
    /// The items of a sequence.
    Sequence(Vec<DataSet>),
    /// Encapsulated pixel data: the basic offset table, then the fragments (PS3.5 A.4).
    Fragments(Vec<Vec<u8>>),
    /// Not loaded: where it stands in what was scanned.
    Place(Place),
}

/// Where a value stands, in bytes from the beginning of what was scanned (inflated, where the
/// transfer syntax is deflated).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Place {
    /// Its first byte.
    pub offset: u64,
    /// Its length.
    pub length: u64,
}

impl Element {
    /// An element of bytes.
    pub fn new(tag: Tag, vr: VR, bytes: impl Into<Vec<u8>>) -> Element {
        Element { tag, vr, value: Value::Bytes(bytes.into()) }
    }

    /// The bytes, if they are loaded and no sequence.
    pub fn bytes(&self) -> Option<&[u8]> {
        match &self.value {
            Value::Bytes(bytes) => Some(bytes),
            Value::Sequence(_) | Value::Fragments(_) | Value::Place(_) => None,
        }
    }

    /// The items; none if it is no sequence.
    pub fn items(&self) -> &[DataSet] {
        match &self.value {
            Value::Sequence(items) => items,
            Value::Bytes(_) | Value::Fragments(_) | Value::Place(_) => &[],
        }
    }
}

/// The value representation of a tag by the dictionary (PS3.6): `LO` for private creators, `UL`
/// for group lengths, `UN` for what it does not know. Where the dictionary leaves a choice, it is
/// `US` or `OW`.
pub fn vr_of(tag: Tag) -> VR {
    if tag.element() == 0 {
        return VR::UL;
    }
    if is_private(tag) {
        return if (0x10..=0xFF).contains(&tag.element()) { VR::LO } else { VR::UN };
    }
    StandardDataDictionary.by_tag(tag).map_or(VR::UN, |entry| entry.vr().relaxed())
}

/// The keyword of a tag by the dictionary, `PatientName` say.
pub fn keyword_of(tag: Tag) -> Option<&'static str> {
    StandardDataDictionary.by_tag(tag).map(|entry| entry.alias)
}

/// Whether the group is a private one (PS3.5 7.8).
pub fn is_private(tag: Tag) -> bool {
    tag.group() % 2 == 1
}

/// Whether the value representation is decoded by the Specific Character Set (PS3.5 6.1.2.3).
pub fn is_text(vr: VR) -> bool {
    matches!(vr, VR::SH | VR::LO | VR::UC | VR::ST | VR::LT | VR::UT | VR::PN)
}

/// Bytes of one number of a value representation; 1 where there is no byte order.
pub(crate) fn number_bytes(vr: VR) -> usize {
    match vr {
        VR::US | VR::SS | VR::OW | VR::AT => 2,
        VR::UL | VR::SL | VR::FL | VR::OL | VR::OF => 4,
        VR::FD | VR::OD | VR::OV | VR::SV | VR::UV => 8,
        _ => 1,
    }
}
