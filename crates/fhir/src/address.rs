//! Address (FHIR R4 2.24.0.14), as one line and its postal code.

use crate::element::Element;
use crate::error::FhirError;

/// An address.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Address {
    pub postal_code: String,
    pub line: String,
}

impl Address {
    /// Reads the first of the addresses that says something: the whole text, else its parts in
    /// the order in which Japan writes them.
    pub(crate) fn read(elements: &[&Element], path: &str) -> Result<Address, FhirError> {
        for (place, element) in elements.iter().enumerate() {
            let path = format!("{path}[{place}]");
            let text = |name: &str| element.one_text(name, &path).map(str::trim);
            if text("use")? == "old" {
                continue;
            }
            let whole = text("text")?;
            let mut parts = vec![text("state")?, text("city")?, text("district")?];
            for (number, line) in element.many("line", &path)?.into_iter().enumerate() {
                parts.push(line.as_text(&format!("{path}.line[{number}]"))?.trim());
            }
            let line = if whole.is_empty() { parts.concat() } else { whole.to_owned() };
            let read = Address { postal_code: text("postalCode")?.to_owned(), line };
            if read != Address::default() {
                return Ok(read);
            }
        }
        Ok(Address::default())
    }

    /// Writes it; nothing where nothing is known.
    pub(crate) fn write(&self) -> Option<Element> {
        if *self == Address::default() {
            return None;
        }
        let written = Element::default();
        Some(written.with_text("text", &self.line).with_text("postalCode", &self.postal_code))
    }
}
