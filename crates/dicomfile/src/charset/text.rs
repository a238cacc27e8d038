//! One value as text, with what was declared, what was used and how sure that is.

use super::{Coding, Evidence, PersonName, SpecificCharacterSet, Votes};
use crate::element::is_text;
use crate::{DataSet, Element, VR, vr_of};
use dicom_core::Tag;
use dicom_dictionary_std::tags;
use serde::{Deserialize, Serialize};

/// The version of the rules by which text is decided; a higher one may read a value otherwise.
pub const RULES_VERSION: u32 = 1;

/// How far what was declared and what was used agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The bytes are what was declared, or plain ASCII.
    Declared,
    /// They are in another coding than the declared one, and nothing speaks for a third.
    Repaired,
    /// They can be read in several ways, and nothing decides; the text is the likeliest.
    Ambiguous,
    /// Some bytes are no characters of any coding; those places show U+FFFD.
    Undecodable,
}

/// A value of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// The text without its padding; several values are parted by `\`.
    pub value: String,
    /// The bytes as received.
    pub raw: Vec<u8>,
    /// The declared Specific Character Set, as received, values parted by `\`.
    pub declared: String,
    /// The coding that was used.
    pub used: Coding,
    /// How far both agree.
    pub verdict: Verdict,
}

impl Text {
    /// The values, without the spaces around them.
    pub fn values(&self) -> impl Iterator<Item = &str> {
        self.value.split('\\').map(|value| value.trim_matches(' '))
    }

    /// The first value as a person name.
    pub fn person_name(&self) -> PersonName {
        PersonName::parse(self.values().next().unwrap_or_default())
    }

    /// Whether a person should look at it.
    pub fn is_doubtful(&self) -> bool {
        matches!(self.verdict, Verdict::Ambiguous | Verdict::Undecodable)
    }
}

impl DataSet {
    /// The Specific Character Set of this data set; `outer` is what an item without one has from
    /// the data set around it (PS3.3 C.12.1.1.2).
    pub fn character_set(&self, outer: Option<&SpecificCharacterSet>) -> SpecificCharacterSet {
        match (self.bytes(tags::SPECIFIC_CHARACTER_SET), outer) {
            (Some(value), _) => SpecificCharacterSet::parse(value),
            (None, Some(outer)) => outer.clone(),
            (None, None) => SpecificCharacterSet::default(),
        }
    }

    /// The text of a tag by this data set's own Specific Character Set and by its bytes alone.
    /// None if it is absent or not loaded.
    pub fn text(&self, tag: Tag) -> Option<Text> {
        self.text_by(tag, &self.character_set(None), &Evidence::default())
    }

    /// The text of a tag by a Specific Character Set and by what else is known.
    pub fn text_by(
        &self,
        tag: Tag,
        declared: &SpecificCharacterSet,
        evidence: &Evidence,
    ) -> Option<Text> {
        let element = self.get(tag)?;
        Some(declared.decode(element.bytes()?, text_vr(element), evidence))
    }

    /// Puts text in the data set's own Specific Character Set.
    ///
    /// # Errors
    /// The first character that no declared set has.
    pub fn put_text(&mut self, tag: Tag, value: &str) -> Result<&mut DataSet, super::Unmappable> {
        let bytes = self.character_set(None).encode(value)?;
        Ok(self.put_bytes(tag, vr_of(tag), bytes))
    }
}

impl Votes {
    /// The votes of all text of a data set, its items included, as far as it is certain by itself.
    pub fn of(set: &DataSet) -> Votes {
        let mut votes = Votes::default();
        let evidence = Evidence::default();
        let mut open = vec![(set, set.character_set(None))];
        while let Some((set, declared)) = open.pop() {
            for element in set.elements() {
                let items = element.items().iter();
                open.extend(items.map(|item| (item, item.character_set(Some(&declared)))));
                let vr = text_vr(element);
                if let Some(bytes) =
                    element.bytes().filter(|bytes| is_text(vr) && !bytes.is_ascii())
                {
                    votes.count(&declared.decode(bytes, vr, &evidence));
                }
            }
        }
        votes
    }
}

/// The dictionary's value representation where none was sent.
fn text_vr(element: &Element) -> VR {
    if element.vr == VR::UN { vr_of(element.tag) } else { element.vr }
}
