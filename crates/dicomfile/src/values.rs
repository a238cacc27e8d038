//! Values that are no text: codes, UIDs, numbers, dates (PS3.5 6.2).

use crate::DataSet;
use crate::element::{Element, vr_of};
use dicom_core::{Tag, VR};
use model::date::PartialTime;

impl DataSet {
    /// The first value of a tag in the default repertoire, without its padding: `CS`, `AE`, `UI`,
    /// `DA`, `TM`, `DS`, `IS`. None if it is absent, empty or not ASCII.
    pub fn ascii(&self, tag: Tag) -> Option<&str> {
        self.ascii_values(tag).into_iter().next().filter(|value| !value.is_empty())
    }

    /// All values of a tag in the default repertoire, without their padding; none if one of them
    /// is not ASCII.
    pub fn ascii_values(&self, tag: Tag) -> Vec<&str> {
        let bytes = self.bytes(tag).unwrap_or_default();
        match std::str::from_utf8(bytes) {
            Ok(text) if text.is_ascii() && !text.is_empty() => {
                text.split('\\').map(|value| value.trim_matches(['\0', ' '])).collect()
            }
            _ => Vec::new(),
        }
    }

    /// A UID, without its padding. It may break the rules of PS3.5 9: see [`is_uid`].
    pub fn uid(&self, tag: Tag) -> Option<&str> {
        self.ascii(tag)
    }

    /// The first whole number of a tag, binary or as text (`IS`, and `DS` without a fraction).
    pub fn number(&self, tag: Tag) -> Option<i64> {
        self.integers(tag).first().copied()
    }

    /// The whole numbers of a tag; what is none is left out.
    pub fn integers(&self, tag: Tag) -> Vec<i64> {
        let Some(element) = self.get(tag) else { return Vec::new() };
        match shape(element) {
            Shape::Unsigned(width) => binary(element, width, i64::from_le_bytes),
            Shape::Signed(width) => binary(element, width, |bytes| {
                let unused = 64 - 8 * width as u32;
                i64::from_le_bytes(bytes) << unused >> unused
            }),
            Shape::Float(_) | Shape::Text => self
                .decimals(tag)
                .into_iter()
                .filter(|number| number.fract() == 0.0 && number.abs() < 9.0e15)
                .map(|number| number as i64)
                .collect(),
        }
    }

    /// The first number of a tag, binary or as text (`DS`).
    pub fn decimal(&self, tag: Tag) -> Option<f64> {
        self.decimals(tag).first().copied()
    }

    /// The numbers of a tag; what is none, or not finite, is left out.
    pub fn decimals(&self, tag: Tag) -> Vec<f64> {
        let Some(element) = self.get(tag) else { return Vec::new() };
        let numbers: Vec<f64> = match shape(element) {
            Shape::Unsigned(_) | Shape::Signed(_) => {
                self.integers(tag).into_iter().map(|number| number as f64).collect()
            }
            Shape::Float(4) => binary(element, 4, |bytes| {
                f64::from(f32::from_bits(u64::from_le_bytes(bytes) as u32))
            }),
            Shape::Float(width) => binary(element, width, f64::from_le_bytes),
            Shape::Text => {
                self.ascii_values(tag).iter().filter_map(|value| value.parse().ok()).collect()
            }
        };
        numbers.into_iter().filter(|number| number.is_finite()).collect()
    }

    /// The tags that an `AT` names.
    pub fn tags(&self, tag: Tag) -> Vec<Tag> {
        let pair = |bytes: &[u8]| match *bytes {
            [a, b, c, d] => Some(Tag(u16::from_le_bytes([a, b]), u16::from_le_bytes([c, d]))),
            _ => None,
        };
        self.bytes(tag).unwrap_or_default().chunks_exact(4).filter_map(pair).collect()
    }

    /// A date with the digits it came with: `DA`, also as `YYYY.MM.DD` (ACR-NEMA), or `DT`.
    /// Without a zone it is Japan's.
    pub fn date(&self, tag: Tag) -> Option<PartialTime> {
        PartialTime::japan(&self.ascii(tag)?.replace('.', "")).ok().filter(|t| !t.is_unknown())
    }

    /// A date (`DA`) and a time (`TM`) as one; the date alone where the time is missing or wrong.
    pub fn date_time(&self, date: Tag, time: Tag) -> Option<PartialTime> {
        let day = self.ascii(date)?.replace('.', "");
        let time = self.ascii(time).unwrap_or_default().replace(':', "");
        let whole = PartialTime::japan(&format!("{day}{time}"));
        whole.ok().or_else(|| PartialTime::japan(&day).ok()).filter(|t| !t.is_unknown())
    }
}

/// Whether a UID keeps the rules of PS3.5 9.1: digits and dots, at most 64 characters, no empty
/// component and none that begins with a needless 0.
pub fn is_uid(uid: &str) -> bool {
    let is_component = |component: &str| {
        !component.is_empty()
            && component.bytes().all(|byte| byte.is_ascii_digit())
            && (component == "0" || !component.starts_with('0'))
    };
    uid.len() <= 64 && uid.split('.').all(is_component)
}

enum Shape {
    Unsigned(usize),
    Signed(usize),
    Float(usize),
    Text,
}

fn shape(element: &Element) -> Shape {
    let vr = if element.vr == VR::UN { vr_of(element.tag) } else { element.vr };
    match vr {
        VR::US | VR::OW => Shape::Unsigned(2),
        VR::UL | VR::OL => Shape::Unsigned(4),
        VR::UV | VR::OV => Shape::Unsigned(8),
        VR::SS => Shape::Signed(2),
        VR::SL => Shape::Signed(4),
        VR::SV => Shape::Signed(8),
        VR::FL | VR::OF => Shape::Float(4),
        VR::FD | VR::OD => Shape::Float(8),
        _ => Shape::Text,
    }
}

fn binary<T>(element: &Element, width: usize, number: impl Fn([u8; 8]) -> T) -> Vec<T> {
    let widened = |bytes: &[u8]| {
        let mut wide = [0; 8];
        wide.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
        number(wide)
    };
    element.bytes().unwrap_or_default().chunks_exact(width).map(widened).collect()
}
