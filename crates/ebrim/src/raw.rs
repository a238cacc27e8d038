//! A registry object as the notation has it: slots, classifications and identifiers, before
//! XDS says what they mean.

use crate::names::{RIM, XML};
use crate::problem::{ErrorCode, Problem};
use model::document::{ExtraSlot, Localization};
use model::limits::XDS_SLOT_VALUE_CHARACTERS;
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use xml::Element;

const SLOTS: &str = "ITI TF-3 4.2.3.1.6";
const DATA_TYPES: &str = "ITI TF-3 table 4.2.3.1.7-2";

/// An ExtrinsicObject, RegistryPackage or Association.
#[derive(Debug)]
pub(crate) struct RawObject<'a> {
    pub element: Element<'a>,
    pub id: &'a str,
    pub slots: Vec<RawSlot<'a>>,
    pub classifications: Vec<RawClassification<'a>>,
    pub identifiers: Vec<(&'a str, &'a str)>,
}

/// A Slot.
#[derive(Debug)]
pub(crate) struct RawSlot<'a> {
    pub name: &'a str,
    pub values: Vec<Cow<'a, str>>,
}

/// A Classification, nested or beside its object.
#[derive(Debug)]
pub(crate) struct RawClassification<'a> {
    pub scheme: &'a str,
    pub node: &'a str,
    pub code: &'a str,
    pub slots: Vec<RawSlot<'a>>,
    pub name: String,
}

/// Classifications and identifiers that stand beside their objects, by the object's id.
#[derive(Debug, Default)]
pub(crate) struct Beside<'a> {
    classifications: HashMap<&'a str, Vec<RawClassification<'a>>>,
    identifiers: HashMap<&'a str, Vec<(&'a str, &'a str)>>,
}

impl<'a> Beside<'a> {
    /// Those of a RegistryObjectList.
    pub fn of(list: Element<'a>) -> Beside<'a> {
        let mut beside = Beside::default();
        for element in list.children() {
            if element.is(RIM, "Classification") {
                let object = attribute(element, "classifiedObject");
                beside.classifications.entry(object).or_default().push(classification(element));
            } else if element.is(RIM, "ExternalIdentifier") {
                let object = attribute(element, "registryObject");
                beside.identifiers.entry(object).or_default().push(identifier(element));
            }
        }
        beside
    }
}

impl<'a> RawObject<'a> {
    /// Reads an element with what stands beside it.
    pub fn read(element: Element<'a>, beside: &mut Beside<'a>) -> RawObject<'a> {
        let id = attribute(element, "id");
        let mut classifications: Vec<_> =
            element.children_named(RIM, "Classification").map(classification).collect();
        let mut identifiers: Vec<_> =
            element.children_named(RIM, "ExternalIdentifier").map(identifier).collect();
        if !id.is_empty() {
            classifications.extend(beside.classifications.remove(id).unwrap_or_default());
            identifiers.extend(beside.identifiers.remove(id).unwrap_or_default());
        }
        RawObject { element, id, slots: slots(element), classifications, identifiers }
    }

    /// An attribute, empty where it is not there.
    pub fn attribute(&self, name: &str) -> &'a str {
        attribute(self.element, name)
    }

    /// The values of a slot, trimmed, empty ones left out.
    pub fn values(&self, slot: &str) -> Vec<&str> {
        values(&self.slots, slot)
    }

    /// Text and localization of `Name` or `Description`.
    pub fn localized(&self, element: &str) -> (String, Localization) {
        self.element.child(RIM, element).map(localized).unwrap_or_default()
    }

    /// The classifications of a scheme.
    pub fn classified(&self, scheme: &str) -> impl Iterator<Item = &RawClassification<'a>> {
        self.classifications.iter().filter(move |one| one.scheme.eq_ignore_ascii_case(scheme))
    }

    /// Whether it is classified by a node.
    pub fn is_of_node(&self, node: &str) -> bool {
        self.classifications.iter().any(|one| one.node.eq_ignore_ascii_case(node))
    }

    /// Slots with `urn:` names other than those known, as they were sent.
    pub fn extra(&self, known: &[&str]) -> Vec<ExtraSlot> {
        self.slots
            .iter()
            .filter(|slot| slot.name.starts_with("urn:") && !known.contains(&slot.name))
            .map(|slot| ExtraSlot {
                name: slot.name.to_owned(),
                values: slot.values.iter().map(|value| value.clone().into_owned()).collect(),
            })
            .collect()
    }

    /// How problems name it.
    pub fn label(&self, kind: &str) -> String {
        match self.id {
            "" => format!("{kind} without id (line {})", self.element.line()),
            id => format!("{kind} {id}"),
        }
    }
}

impl RawClassification<'_> {
    /// The values of a slot, trimmed, empty ones left out.
    pub fn values(&self, slot: &str) -> Vec<&str> {
        values(&self.slots, slot)
    }
}

/// Slot names stand once in an object and are the standard's or `urn:…`.
pub(crate) fn slot_names(object: &RawObject<'_>, label: &str, known: &[&str]) -> Vec<Problem> {
    let mut problems = repeated(&object.slots, label);
    for slot in &object.slots {
        if !slot.name.starts_with("urn:") && !known.contains(&slot.name) {
            let context = format!(
                "{label}: {:?} is no slot of it; names of extra metadata begin with urn:",
                slot.name
            );
            problems.push(Problem::new(ErrorCode::XdsRegistryMetadataError, SLOTS, context));
        }
    }
    for classification in &object.classifications {
        problems.extend(repeated(&classification.slots, label));
    }
    problems
}

/// Values of slots have at most 256 characters.
pub(crate) fn value_lengths(object: &RawObject<'_>, label: &str) -> Vec<Problem> {
    let inner = object.classifications.iter().flat_map(|one| &one.slots);
    object
        .slots
        .iter()
        .chain(inner)
        .filter_map(|slot| {
            let longest = slot.values.iter().map(|value| value.chars().count()).max()?;
            (longest as u64 > XDS_SLOT_VALUE_CHARACTERS).then(|| {
                let context = format!("{label}: a value of slot {} has {longest} characters; at most {XDS_SLOT_VALUE_CHARACTERS} are allowed", slot.name);
                Problem::new(ErrorCode::XdsRegistryMetadataError, DATA_TYPES, context)
            })
        })
        .collect()
}

/// Reads a LocalizedString and its further languages.
pub(crate) fn localized(element: Element<'_>) -> (String, Localization) {
    let mut strings = element.children_named(RIM, "LocalizedString").map(|string| {
        (
            string.attribute_ns(XML, "lang").unwrap_or_default().to_owned(),
            attribute(string, "charset").to_owned(),
            string.attribute("value").unwrap_or_default().to_owned(),
        )
    });
    let Some((language, charset, text)) = strings.next() else { return Default::default() };
    (text, Localization { language, charset, others: strings.collect() })
}

/// An attribute, empty where it is not there.
pub(crate) fn attribute<'a>(element: Element<'a>, name: &str) -> &'a str {
    element.attribute(name).unwrap_or_default().trim()
}

/// The slots of an element.
pub(crate) fn slots(element: Element<'_>) -> Vec<RawSlot<'_>> {
    element
        .children_named(RIM, "Slot")
        .map(|slot| RawSlot {
            name: attribute(slot, "name"),
            values: slot
                .children_named(RIM, "ValueList")
                .flat_map(|list| list.children_named(RIM, "Value"))
                .map(Element::text)
                .collect(),
        })
        .collect()
}

fn classification(element: Element<'_>) -> RawClassification<'_> {
    RawClassification {
        scheme: attribute(element, "classificationScheme"),
        node: attribute(element, "classificationNode"),
        code: attribute(element, "nodeRepresentation"),
        slots: slots(element),
        name: element.child(RIM, "Name").map(|name| localized(name).0).unwrap_or_default(),
    }
}

fn identifier(element: Element<'_>) -> (&str, &str) {
    (attribute(element, "identificationScheme"), attribute(element, "value"))
}

fn values<'s>(slots: &'s [RawSlot<'_>], name: &str) -> Vec<&'s str> {
    slots
        .iter()
        .filter(|slot| slot.name == name)
        .flat_map(|slot| &slot.values)
        .map(|value| value.trim())
        .filter(|value| !value.is_empty())
        .collect()
}

fn repeated(slots: &[RawSlot<'_>], label: &str) -> Vec<Problem> {
    let mut seen = HashSet::new();
    slots
        .iter()
        .filter(|slot| !seen.insert(slot.name))
        .map(|slot| {
            let context = format!("{label}: slot {} stands twice", slot.name);
            Problem::new(ErrorCode::XdsRegistryMetadataError, SLOTS, context)
        })
        .collect()
}
