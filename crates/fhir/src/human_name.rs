//! HumanName (FHIR R4 2.24.0.13) as JP Core has it: one name, once as it is written and once as
//! it is read, told apart by an extension.

use crate::element::Element;
use crate::error::FhirError;
use model::demographics::{PersonName, Representation, names_by_representation};

/// The extension that says how a name is written: `IDE` ideographic, `SYL` syllabic, `ABC`
/// alphabetic.
const REPRESENTATION: &str = "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation";

/// The names of a patient.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Names {
    /// As it is written.
    pub name: PersonName,
    /// As it is read.
    pub kana: PersonName,
    /// Former and maiden names.
    pub former: Vec<PersonName>,
}

impl Names {
    /// Reads `name`.
    pub(crate) fn read(elements: &[&Element], path: &str) -> Result<Names, FhirError> {
        let (mut told, mut former) = (Vec::new(), Vec::new());
        for (place, element) in elements.iter().enumerate() {
            let path = format!("{path}[{place}]");
            let name = read(element, &path)?;
            match element.one_text("use", &path)? {
                "old" | "maiden" if name.is_empty() => {}
                "old" | "maiden" => former.push(name),
                _ => told.push((name, representation(element))),
            }
        }
        let (name, kana) = names_by_representation(told.into_iter());
        Ok(Names { name, kana, former })
    }
}

/// Writes a name and its reading.
pub(crate) fn write(name: &PersonName, kana: &PersonName) -> Vec<Element> {
    let is_written = |one: &&(&PersonName, &str)| !one.0.is_empty();
    let writing = if name.full().is_ascii() { "ABC" } else { "IDE" };
    [(name, writing), (kana, "SYL")]
        .iter()
        .filter(is_written)
        .map(|(name, code)| {
            let extension =
                Element::default().with_text("url", REPRESENTATION).with_text("valueCode", code);
            let written = Element::default()
                .with_listed("extension", extension)
                .with_text("use", "official")
                .with_text("text", &name.full())
                .with_text("family", &name.family);
            match name.given.is_empty() {
                true => written,
                false => written.with_listed("given", Element::text_of(&name.given)),
            }
        })
        .collect()
}

fn read(element: &Element, path: &str) -> Result<PersonName, FhirError> {
    let family = element.one_text("family", path)?.trim();
    let mut given = Vec::new();
    for (place, one) in element.many("given", path)?.into_iter().enumerate() {
        let text = one.as_text(&format!("{path}.given[{place}]"))?.trim();
        given.extend((!text.is_empty()).then_some(text));
    }
    let whole = element.one_text("text", path)?.trim();
    Ok(match family.is_empty() && given.is_empty() {
        true => PersonName { family: whole.to_owned(), given: String::new() },
        false => PersonName { family: family.to_owned(), given: given.join(" ") },
    })
}

fn representation(element: &Element) -> Option<Representation> {
    let is_it = |one: &&Element| one.child("url").and_then(Element::text) == Some(REPRESENTATION);
    let found = element.children_named("extension").find(is_it)?;
    match found.child("valueCode").and_then(Element::text)? {
        "IDE" => Some(Representation::Ideographic),
        "SYL" => Some(Representation::Phonetic),
        "ABC" => Some(Representation::Alphabetic),
        _ => None,
    }
}
