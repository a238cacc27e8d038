//! A data set: elements in the order of their tags (PS3.5 7.1).

use crate::element::{Element, Value, vr_of};
use crate::error::{ReadError, WriteError};
use crate::transfer_syntax::Encoding;
use crate::{parse, write};
use dicom_core::{Tag, VR};

/// A data set, or an item of a sequence. Each tag stands in it once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DataSet {
    elements: Vec<Element>,
}

impl DataSet {
    /// An empty data set.
    pub fn new() -> DataSet {
        DataSet::default()
    }

    /// Reads a whole data set, pixel data included: a message's identifier, or what stands behind
    /// the file meta information. Undefined lengths, group lengths and private tags are read.
    ///
    /// # Errors
    /// Any of [`ReadError`] with its place; nothing is allocated for a length that lies.
    pub fn read(bytes: &[u8], encoding: Encoding) -> Result<DataSet, ReadError> {
        parse::whole(bytes, encoding)
    }

    /// Writes it. Sequences are written with undefined lengths, values are padded to even ones;
    /// group lengths of other groups than 0000 and 0002 are left out, for they would lie.
    ///
    /// # Errors
    /// [`WriteError`] if a value is not loaded or too long.
    pub fn write(&self, encoding: Encoding) -> Result<Vec<u8>, WriteError> {
        write::data_set(self, encoding)
    }

    /// The elements, by tag.
    pub fn elements(&self) -> &[Element] {
        &self.elements
    }

    /// The element of a tag.
    pub fn get(&self, tag: Tag) -> Option<&Element> {
        let place = self.elements.binary_search_by_key(&tag, |element| element.tag).ok()?;
        self.elements.get(place)
    }

    /// The element of a tag, to be changed; its tag must stay.
    pub fn value_mut(&mut self, tag: Tag) -> Option<&mut Value> {
        let place = self.elements.binary_search_by_key(&tag, |element| element.tag).ok()?;
        self.elements.get_mut(place).map(|element| &mut element.value)
    }

    /// The values in the order of their tags, to be changed.
    pub fn values_mut(&mut self) -> impl Iterator<Item = (Tag, VR, &mut Value)> {
        self.elements.iter_mut().map(|element| (element.tag, element.vr, &mut element.value))
    }

    /// Whether the tag is there, be it without a value.
    pub fn has(&self, tag: Tag) -> bool {
        self.get(tag).is_some()
    }

    /// How many elements there are, without those of items.
    pub fn len(&self) -> usize {
        self.elements.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.elements.is_empty()
    }

    /// The raw bytes of a tag, padding included; none if it is absent, a sequence or not loaded.
    pub fn bytes(&self, tag: Tag) -> Option<&[u8]> {
        self.get(tag)?.bytes()
    }

    /// The items of a sequence; none if it is absent.
    pub fn items(&self, tag: Tag) -> &[DataSet] {
        self.get(tag).map_or(&[], Element::items)
    }

    /// Puts an element, in place of the one with its tag.
    pub fn put(&mut self, element: Element) -> &mut DataSet {
        match self.elements.binary_search_by_key(&element.tag, |one| one.tag) {
            Ok(place) => {
                if let Some(old) = self.elements.get_mut(place) {
                    *old = element;
                }
            }
            Err(place) => self.elements.insert(place, element),
        }
        self
    }

    /// Puts raw bytes, whatever they are.
    pub fn put_bytes(&mut self, tag: Tag, vr: VR, bytes: impl Into<Vec<u8>>) -> &mut DataSet {
        self.put(Element::new(tag, vr, bytes))
    }

    /// Puts text as its UTF-8 bytes under the dictionary's value representation: UIDs, codes,
    /// dates, numbers as text, and names where the data set says `ISO_IR 192`. Several values are
    /// parted by `\`.
    pub fn put_str(&mut self, tag: Tag, value: &str) -> &mut DataSet {
        self.put_bytes(tag, vr_of(tag), value)
    }

    /// Puts a number as the dictionary's value representation wants it: binary, or as text. What
    /// a binary representation cannot hold is cut to its bytes.
    pub fn put_number(&mut self, tag: Tag, number: i64) -> &mut DataSet {
        let vr = vr_of(tag);
        let wide = number.to_le_bytes();
        let bytes = match vr {
            VR::US | VR::SS => wide.get(..2).unwrap_or_default().to_vec(),
            VR::UL | VR::SL => wide.get(..4).unwrap_or_default().to_vec(),
            VR::UV | VR::SV => wide.to_vec(),
            VR::FL => (number as f32).to_le_bytes().to_vec(),
            VR::FD => (number as f64).to_le_bytes().to_vec(),
            _ => number.to_string().into_bytes(),
        };
        self.put_bytes(tag, vr, bytes)
    }

    /// Puts a sequence.
    pub fn put_sequence(&mut self, tag: Tag, items: Vec<DataSet>) -> &mut DataSet {
        self.put(Element { tag, vr: VR::SQ, value: Value::Sequence(items) })
    }

    /// Takes an element away.
    pub fn remove(&mut self, tag: Tag) -> Option<Element> {
        let place = self.elements.binary_search_by_key(&tag, |element| element.tag).ok()?;
        Some(self.elements.remove(place))
    }

    /// A data set of elements in any order; of two with one tag the later counts.
    pub(crate) fn of(mut elements: Vec<Element>) -> DataSet {
        if !elements.is_sorted_by(|one, next| one.tag < next.tag) {
            elements.sort_by_key(|element| element.tag);
            elements.reverse();
            elements.dedup_by_key(|element| element.tag);
            elements.reverse();
        }
        DataSet { elements }
    }
}

impl FromIterator<Element> for DataSet {
    fn from_iter<T: IntoIterator<Item = Element>>(elements: T) -> DataSet {
        DataSet::of(elements.into_iter().collect())
    }
}
