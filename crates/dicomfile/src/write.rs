//! Writing data sets and files (PS3.5 7, PS3.10 7.1), without recursion.

use crate::DataSet;
use crate::element::{Element, ITEM, ITEM_END, SEQUENCE_END, Value, number_bytes};
use crate::error::WriteError;
use crate::transfer_syntax::{Encoding, TransferSyntax};
use dicom_core::{Tag, VR};
use dicom_dictionary_std::tags;

const UNDEFINED: u32 = u32::MAX;
/// Our implementation (PS3.7 D.3.3.2): `1.2.826.0.1.3680043.…` roots are for sale; a UUID's is for
/// everybody (PS3.5 B.2).
pub const IMPLEMENTATION_CLASS_UID: &str = "2.25.238405631527430217590316217481652094011";
/// Our implementation's name (PS3.7 D.3.3.2).
pub const IMPLEMENTATION_VERSION: &str = "MUSUBI";

/// Writes a file: preamble, file meta information with its group length, data set (PS3.10 7.1).
/// SOP class and instance are those of the data set. A deflated transfer syntax is written
/// deflated.
///
/// # Errors
/// [`WriteError`] if a value is not loaded or too long.
pub fn write_file(set: &DataSet, syntax: &TransferSyntax) -> Result<Vec<u8>, WriteError> {
    let class = set.uid(tags::SOP_CLASS_UID).unwrap_or_default();
    let instance = set.uid(tags::SOP_INSTANCE_UID).unwrap_or_default();
    let mut file = file_head(class, instance, syntax, None)?;
    let body = set.write(syntax.encoding())?;
    file.extend(if syntax.is_deflated() { crate::deflate::deflated(&body) } else { body });
    Ok(file)
}

/// The beginning of a file, up to its data set: for bytes that come as a data set alone, as
/// C-STORE brings them. `source` is the AE title of the sender.
///
/// # Errors
/// [`WriteError`] if a UID is longer than 4 GiB.
pub fn file_head(
    sop_class: &str,
    sop_instance: &str,
    syntax: &TransferSyntax,
    source: Option<&str>,
) -> Result<Vec<u8>, WriteError> {
    let mut meta = DataSet::new();
    meta.put_bytes(tags::FILE_META_INFORMATION_VERSION, VR::OB, [0, 1])
        .put_str(tags::MEDIA_STORAGE_SOP_CLASS_UID, sop_class)
        .put_str(tags::MEDIA_STORAGE_SOP_INSTANCE_UID, sop_instance)
        .put_str(tags::TRANSFER_SYNTAX_UID, syntax.uid())
        .put_str(tags::IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_CLASS_UID)
        .put_str(tags::IMPLEMENTATION_VERSION_NAME, IMPLEMENTATION_VERSION);
    if let Some(title) = source {
        meta.put_str(tags::SOURCE_APPLICATION_ENTITY_TITLE, title);
    }
    let rest = meta.write(Encoding::ExplicitLittle)?;
    let mut head = vec![0; 128];
    head.extend_from_slice(b"DICM");
    let mut length = DataSet::new();
    length.put_number(tags::FILE_META_INFORMATION_GROUP_LENGTH, rest.len() as i64);
    head.extend(length.write(Encoding::ExplicitLittle)?);
    head.extend(rest);
    Ok(head)
}

pub(crate) fn data_set(set: &DataSet, encoding: Encoding) -> Result<Vec<u8>, WriteError> {
    enum Open<'a> {
        Elements(std::slice::Iter<'a, Element>),
        Items(std::slice::Iter<'a, DataSet>),
    }
    let mut out = Writer { out: Vec::new(), encoding };
    let mut open = vec![Open::Elements(set.elements().iter())];
    while let Some(top) = open.last_mut() {
        match top {
            Open::Elements(elements) => match elements.next() {
                Some(Element { tag, value: Value::Sequence(items), .. }) => {
                    out.header(*tag, VR::SQ, UNDEFINED);
                    open.push(Open::Items(items.iter()));
                }
                Some(element) => out.element(element)?,
                None => {
                    open.pop();
                    if !open.is_empty() {
                        out.item(ITEM_END, 0);
                    }
                }
            },
            Open::Items(items) => match items.next() {
                Some(item) => {
                    out.item(ITEM, UNDEFINED);
                    open.push(Open::Elements(item.elements().iter()));
                }
                None => {
                    open.pop();
                    out.item(SEQUENCE_END, 0);
                }
            },
        }
    }
    Ok(out.out)
}

/// Whether the length of an explicit value representation takes four bytes (PS3.5 7.1.2).
pub(crate) fn is_long(vr: VR) -> bool {
    matches!(
        vr,
        VR::OB
            | VR::OD
            | VR::OF
            | VR::OL
            | VR::OV
            | VR::OW
            | VR::SQ
            | VR::SV
            | VR::UC
            | VR::UN
            | VR::UR
            | VR::UT
            | VR::UV
    )
}

/// Numbers of the other byte order, in place.
pub(crate) fn swap(bytes: &mut [u8], vr: VR) {
    let width = number_bytes(vr);
    if width > 1 {
        bytes.chunks_exact_mut(width).for_each(<[u8]>::reverse);
    }
}

struct Writer {
    out: Vec<u8>,
    encoding: Encoding,
}

impl Writer {
    fn element(&mut self, element: &Element) -> Result<(), WriteError> {
        let tag = element.tag;
        let bytes = match &element.value {
            Value::Bytes(bytes) => bytes,
            Value::Fragments(fragments) => return self.fragments(element, fragments),
            Value::Place(_) | Value::Sequence(_) => return Err(WriteError::NotLoaded { tag }),
        };
        if tag.element() == 0 && !matches!(tag.group(), 0 | 2) {
            return Ok(());
        }
        let length = length(tag, bytes)?;
        let fits = !self.encoding.is_explicit() || is_long(element.vr) || length <= 0xFFFE;
        self.header(tag, if fits { element.vr } else { VR::UN }, length);
        let from = self.out.len();
        self.out.extend_from_slice(bytes);
        if self.encoding.is_big_endian() && fits {
            swap(self.out.get_mut(from..).unwrap_or_default(), element.vr);
        }
        if bytes.len() % 2 == 1 {
            self.out.push(padding(element.vr));
        }
        Ok(())
    }

    fn fragments(&mut self, element: &Element, fragments: &[Vec<u8>]) -> Result<(), WriteError> {
        self.header(element.tag, VR::OB, UNDEFINED);
        for fragment in fragments {
            self.item(ITEM, length(element.tag, fragment)?);
            self.out.extend_from_slice(fragment);
            self.out.extend(std::iter::repeat_n(0, fragment.len() % 2));
        }
        self.item(SEQUENCE_END, 0);
        Ok(())
    }

    fn header(&mut self, tag: Tag, vr: VR, length: u32) {
        self.tag(tag);
        if !self.encoding.is_explicit() {
            return self.long(length);
        }
        self.out.extend_from_slice(&vr.to_bytes());
        if is_long(vr) {
            self.short(0);
            self.long(length);
        } else {
            self.short(length as u16);
        }
    }

    fn item(&mut self, tag: Tag, length: u32) {
        self.tag(tag);
        self.long(length);
    }

    fn tag(&mut self, tag: Tag) {
        self.short(tag.group());
        self.short(tag.element());
    }

    fn short(&mut self, number: u16) {
        let big = self.encoding.is_big_endian();
        self.out.extend(if big { number.to_be_bytes() } else { number.to_le_bytes() });
    }

    fn long(&mut self, number: u32) {
        let big = self.encoding.is_big_endian();
        self.out.extend(if big { number.to_be_bytes() } else { number.to_le_bytes() });
    }
}

fn length(tag: Tag, bytes: &[u8]) -> Result<u32, WriteError> {
    let padded = bytes.len().next_multiple_of(2);
    u32::try_from(padded)
        .ok()
        .filter(|length| *length < UNDEFINED)
        .ok_or(WriteError::TooLong { tag, length: bytes.len() })
}

fn padding(vr: VR) -> u8 {
    match vr {
        VR::UI | VR::OB | VR::UN | VR::OW => 0,
        _ => b' ',
    }
}
