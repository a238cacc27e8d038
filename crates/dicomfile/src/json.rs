//! The DICOM JSON model of a data set (PS3.18 F): always UTF-8, whatever was declared.

use crate::charset::{Evidence, PersonName, SpecificCharacterSet};
use crate::element::{Element, Place, Value, is_text};
use crate::{DataSet, vr_of};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use dicom_core::{Tag, VR};
use dicom_dictionary_std::tags;

/// Where a value stands in a data set: its tag, and the items around it from the outermost on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkData {
    /// The sequences around the value, each with the index of the item.
    pub around: Vec<(Tag, usize)>,
    /// The element.
    pub tag: Tag,
    /// Where its value stands in what was scanned.
    pub place: Place,
}

/// Writes a data set as an object of DICOM JSON.
///
/// Text is decoded by what the data set declares and by `evidence`; its Specific Character Set
/// becomes `ISO_IR 192`. Binary values that are loaded stand inline in base64, little endian;
/// `uri` names those that are not, and without a name only their representation is written.
/// Group lengths are left out.
pub fn json(
    set: &DataSet,
    evidence: &Evidence,
    uri: &dyn Fn(&BulkData) -> Option<String>,
) -> String {
    let mut writer = Writer { out: String::new(), evidence, uri, around: Vec::new() };
    writer.out.push('{');
    let mut open = vec![Open::new(set, set.character_set(None))];
    while let Some(top) = open.last_mut() {
        if let Some((tag, items)) = top.sequence {
            match items.get(top.item) {
                Some(item) => {
                    let declared = item.character_set(Some(&top.declared));
                    writer.out.push_str(if top.item == 0 { "{" } else { ",{" });
                    writer.around.push((tag, top.item));
                    top.item += 1;
                    open.push(Open::new(item, declared));
                }
                None => {
                    writer.out.push_str("]}");
                    top.sequence = None;
                }
            }
            continue;
        }
        match top.elements.next() {
            Some(element) if element.tag.element() == 0 => {}
            Some(element) => {
                writer.key(element, &mut top.has_any);
                match &element.value {
                    Value::Sequence(items) if !items.is_empty() => {
                        writer.out.push_str(",\"Value\":[");
                        (top.sequence, top.item) = (Some((element.tag, items.as_slice())), 0);
                    }
                    _ => writer.value(element, &top.declared),
                }
            }
            None => {
                writer.out.push('}');
                writer.around.pop();
                open.pop();
            }
        }
    }
    writer.out
}

struct Open<'a> {
    elements: std::slice::Iter<'a, Element>,
    declared: SpecificCharacterSet,
    sequence: Option<(Tag, &'a [DataSet])>,
    item: usize,
    has_any: bool,
}

impl<'a> Open<'a> {
    fn new(set: &'a DataSet, declared: SpecificCharacterSet) -> Open<'a> {
        let elements = set.elements().iter();
        Open { elements, declared, sequence: None, item: 0, has_any: false }
    }
}

struct Writer<'a> {
    out: String,
    evidence: &'a Evidence,
    uri: &'a dyn Fn(&BulkData) -> Option<String>,
    around: Vec<(Tag, usize)>,
}

impl Writer<'_> {
    fn key(&mut self, element: &Element, has_any: &mut bool) {
        if *has_any {
            self.out.push(',');
        }
        *has_any = true;
        let Tag(group, number) = element.tag;
        let vr = shown_vr(element).to_string();
        self.out.push_str(&format!("\"{group:04X}{number:04X}\":{{\"vr\":\"{vr}\""));
    }

    /// Writes the value of an element that is no sequence, and ends the element.
    fn value(&mut self, element: &Element, declared: &SpecificCharacterSet) {
        match &element.value {
            Value::Bytes(bytes) if bytes.is_empty() => {}
            Value::Bytes(bytes) => self.bytes(element, bytes, declared),
            Value::Place(place) => {
                let bulk =
                    BulkData { around: self.around.clone(), tag: element.tag, place: *place };
                if let Some(uri) = (self.uri)(&bulk) {
                    self.out.push_str(",\"BulkDataURI\":");
                    self.string(&uri);
                }
            }
            Value::Sequence(_) | Value::Fragments(_) => {}
        }
        self.out.push('}');
    }

    fn bytes(&mut self, element: &Element, bytes: &[u8], declared: &SpecificCharacterSet) {
        let vr = shown_vr(element);
        if is_binary(vr) {
            self.out.push_str(",\"InlineBinary\":\"");
            STANDARD.encode_string(bytes, &mut self.out);
            return self.out.push('"');
        }
        let values = self.values(element, vr, bytes, declared);
        if values.iter().any(|value| value != "null") {
            self.out.push_str(",\"Value\":[");
            self.out.push_str(&values.join(","));
            self.out.push(']');
        }
    }

    /// The values of an element, each as JSON.
    fn values(
        &self,
        element: &Element,
        vr: VR,
        bytes: &[u8],
        declared: &SpecificCharacterSet,
    ) -> Vec<String> {
        if element.tag == tags::SPECIFIC_CHARACTER_SET {
            return vec![quoted("ISO_IR 192")];
        }
        let one = DataSet::from_iter([Element::new(element.tag, vr, bytes)]);
        match vr {
            VR::US | VR::UL | VR::UV | VR::SS | VR::SL | VR::SV => {
                one.integers(element.tag).iter().map(i64::to_string).collect()
            }
            VR::FL | VR::FD => one.decimals(element.tag).iter().map(number).collect(),
            VR::AT => {
                let hex = |Tag(group, number): &Tag| quoted(&format!("{group:04X}{number:04X}"));
                one.tags(element.tag).iter().map(hex).collect()
            }
            _ => {
                let text = declared.decode(bytes, vr, self.evidence).value;
                match vr {
                    VR::ST | VR::LT | VR::UT | VR::UR => vec![quoted(text.trim_end())],
                    _ => text.split('\\').map(|value| one_of(vr, value)).collect(),
                }
            }
        }
    }

    fn string(&mut self, text: &str) {
        self.out.push_str(&quoted(text));
    }
}

/// One of several values as JSON; an empty one is null.
fn one_of(vr: VR, value: &str) -> String {
    let value = value.trim_matches([' ', '\0']);
    match vr {
        _ if value.is_empty() => "null".to_owned(),
        VR::PN => person(value),
        VR::IS => value.parse::<i64>().map_or_else(|_| quoted(value), |number| number.to_string()),
        VR::DS => match value.parse::<f64>() {
            Ok(decimal) if decimal.is_finite() => number(&decimal),
            _ => quoted(value),
        },
        _ => quoted(value),
    }
}

fn person(value: &str) -> String {
    const GROUPS: [&str; 3] = ["Alphabetic", "Ideographic", "Phonetic"];
    let groups = GROUPS.iter().zip(value.split('='));
    let written: Vec<String> = groups
        .filter(|(_, group)| PersonName::parse(group).alphabetic != Default::default())
        .map(|(name, group)| format!("\"{name}\":{}", quoted(group.trim_end_matches([' ', '^']))))
        .collect();
    format!("{{{}}}", written.join(","))
}

fn number(number: &f64) -> String {
    serde_json::Number::from_f64(*number).map_or("null".to_owned(), |number| number.to_string())
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The representation to write: the dictionary's where none was sent; fragments are bytes.
fn shown_vr(element: &Element) -> VR {
    let is_text_unsent = element.vr == VR::UN && is_text(vr_of(element.tag));
    if is_text_unsent { vr_of(element.tag) } else { element.vr }
}

fn is_binary(vr: VR) -> bool {
    matches!(vr, VR::OB | VR::OD | VR::OF | VR::OL | VR::OV | VR::OW | VR::UN)
}
