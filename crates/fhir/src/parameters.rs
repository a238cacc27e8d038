//! Parameters (FHIR R4 2.30): what an operation is given and gives.

use crate::element::Element;
use crate::error::FhirError;

/// A parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// `value[x]`, or the resource.
    pub value: Element,
    /// The name of the element that holds the value: `valueString`, `resource`, …
    pub kind: String,
}

/// Parameters in order; a name may stand several times.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Parameters {
    /// The parameters.
    pub list: Vec<Parameter>,
}

impl Parameters {
    /// Reads Parameters; parts of parameters are passed over.
    ///
    /// # Errors
    /// Another resource, or a parameter without a name or with several values.
    pub fn read(resource: &Element) -> Result<Parameters, FhirError> {
        if resource.resource_type.as_deref() != Some("Parameters") {
            let found = resource.resource_type.clone().unwrap_or_default();
            return Err(FhirError::OtherResource { wanted: "Parameters", found });
        }
        let mut list = Vec::new();
        for (place, one) in resource.many_parts("parameter", "Parameters")?.into_iter().enumerate()
        {
            let path = format!("Parameters.parameter[{place}]");
            if one.child("modifierExtension").is_some() {
                return Err(FhirError::NotUnderstood { path });
            }
            let name = one.one_text("name", &path)?.to_owned();
            if name.is_empty() {
                return Err(FhirError::value(path, "the parameter has no name"));
            }
            let is_value = |name: &str| name == "resource" || name.starts_with("value");
            let mut values = one.children().iter().filter(|child| is_value(&child.name));
            let (value, more) = (values.next(), values.next());
            if more.is_some() {
                return Err(FhirError::value(path, "the parameter has several values"));
            }
            list.extend(value.map(|child| Parameter {
                name,
                value: child.element.clone(),
                kind: child.name.clone(),
            }));
        }
        Ok(Parameters { list })
    }

    /// The values of a name.
    pub fn of<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> + 'a {
        self.list.iter().filter(move |one| one.name == name).map(|one| &one.value)
    }

    /// Adds a value; `kind` is the element's name, such as `valueIdentifier`.
    pub fn push(&mut self, name: &str, kind: &str, value: Element) {
        self.list.push(Parameter { name: name.to_owned(), value, kind: kind.to_owned() });
    }

    /// Writes them.
    pub fn write(&self) -> Element {
        self.list.iter().fold(Element::resource("Parameters"), |written, one| {
            let parameter = Element::default().with_text("name", &one.name);
            written.with_listed("parameter", parameter.with(&one.kind, one.value.clone()))
        })
    }
}
