//! Identifier (FHIR R4 2.24.0.10), and the link of a patient to another one.

use crate::element::Element;
use crate::error::FhirError;

/// A patient ID.
#[derive(Debug, Clone, PartialEq, Eq, Default, Hash)]
pub struct Identifier {
    /// Address of its namespace: `urn:oid:…`, or another address that stands for a domain.
    pub system: String,
    /// The ID.
    pub value: String,
    /// `use` says that it names nobody any more.
    pub is_old: bool,
}

/// `Patient.link`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// `type`: `replaced-by`, `replaces`, `refer` or `seealso`.
    pub kind: String,
    /// `other.identifier`.
    pub identifier: Option<Identifier>,
    /// `other.reference`.
    pub reference: String,
}

impl Identifier {
    /// An ID in force.
    pub fn new(system: impl Into<String>, value: impl Into<String>) -> Identifier {
        Identifier { system: system.into(), value: value.into(), is_old: false }
    }

    /// Reads `system|value`, as parameters have it (FHIR R4 3.1.1.4.10). Without a bar the
    /// system is not said.
    pub fn parse(text: &str) -> (Option<&str>, &str) {
        match text.split_once('|') {
            Some((system, value)) => (Some(system), value),
            None => (None, text),
        }
    }

    /// Reads an identifier.
    pub(crate) fn read(element: &Element, path: &str) -> Result<Identifier, FhirError> {
        let text = |name: &str| element.one_text(name, path);
        Ok(Identifier {
            system: text("system")?.trim().to_owned(),
            value: text("value")?.trim().to_owned(),
            is_old: text("use")? == "old",
        })
    }

    /// Writes it.
    pub fn write(&self) -> Element {
        let used = if self.is_old { "old" } else { "" };
        Element::default()
            .with_text("use", used)
            .with_text("system", &self.system)
            .with_text("value", &self.value)
    }
}

impl Link {
    pub(crate) fn read(element: &Element, path: &str) -> Result<Link, FhirError> {
        let other = element.one("other", path)?;
        let other = other.ok_or_else(|| FhirError::value(path, "the link has no other"))?;
        let at = format!("{path}.other");
        let identifier = other.one("identifier", &at)?;
        Ok(Link {
            kind: element.one_text("type", path)?.to_owned(),
            identifier: identifier
                .map(|one| Identifier::read(one, &format!("{at}.identifier")))
                .transpose()?,
            reference: other.one_text("reference", &at)?.to_owned(),
        })
    }

    pub(crate) fn write(&self) -> Element {
        let other = Element::default().with_text("reference", &self.reference);
        let other = match &self.identifier {
            Some(identifier) => other.with("identifier", identifier.write()),
            None => other,
        };
        Element::default().with("other", other).with_text("type", &self.kind)
    }
}
