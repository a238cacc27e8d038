//! Elements into FHIR's XML (R4 2.6.1).

use crate::NAMESPACE;
use crate::element::{Element, Primitive};
use xml::Writer;

/// Writes a resource. As deep as what is written: our own answers, or what was read within the
/// limits.
pub(crate) fn write(resource: &Element) -> Vec<u8> {
    let mut writer = Writer::new();
    writer.open(resource.resource_type.as_deref().unwrap_or("Basic"));
    writer.attribute("xmlns", NAMESPACE);
    write_all(&mut writer, resource, |_| true);
    writer.finish()
}

/// Writes what stands within an element, as far as it is no attribute.
fn write_all(writer: &mut Writer, element: &Element, is_written: impl Fn(&str) -> bool) {
    for child in element.children().iter().filter(|child| is_written(&child.name)) {
        write_element(writer, &child.name, &child.element);
    }
}

fn write_element(writer: &mut Writer, name: &str, element: &Element) {
    writer.open(name);
    if let Some(resource_type) = &element.resource_type {
        writer.open(resource_type);
        write_all(writer, element, |_| true);
        writer.close();
        writer.close();
        return;
    }
    // Ids of elements and addresses of extensions are attributes; those of resources are not.
    let is_extension = matches!(name, "extension" | "modifierExtension");
    let is_attribute = |name: &str| name == "id" || (name == "url" && is_extension);
    for child in element.children().iter().filter(|child| is_attribute(&child.name)) {
        writer.attribute(&child.name, child.element.text().unwrap_or_default());
    }
    match &element.primitive {
        None => {}
        Some(Primitive::Boolean(value)) => {
            writer.attribute("value", if *value { "true" } else { "false" });
        }
        Some(Primitive::Text(text) | Primitive::Untyped(text) | Primitive::Number(text)) => {
            writer.attribute("value", text);
        }
    }
    write_all(writer, element, |name| !is_attribute(name));
    writer.close();
}
