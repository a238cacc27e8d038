//! Elements into FHIR's JSON (R4 2.6.2).

use crate::element::{Child, Element, Primitive, Shape};

/// Writes a resource. As deep as what is written: our own answers, or what was read within the
/// limits.
pub(crate) fn write(element: &Element) -> Vec<u8> {
    let mut out = String::new();
    write_object(&mut out, element);
    out.into_bytes()
}

fn write_object(out: &mut String, element: &Element) {
    out.push('{');
    let mut is_first = true;
    if let Some(resource_type) = &element.resource_type {
        key(out, &mut is_first, "", "resourceType");
        quoted(out, resource_type);
    }
    for group in element.children().chunk_by(|one, next| one.name == next.name) {
        let Some(first) = group.first() else { continue };
        let is_list = group.len() > 1 || first.shape == Shape::Many;
        if group.iter().any(|child| !is_primitive(child)) {
            key(out, &mut is_first, "", &first.name);
            list(out, is_list, group, |out, child| write_object(out, &child.element));
            continue;
        }
        if group.iter().any(|child| child.element.primitive.is_some()) {
            key(out, &mut is_first, "", &first.name);
            list(out, is_list, group, |out, child| primitive(out, &child.element));
        }
        if group.iter().any(|child| !child.element.children().is_empty()) {
            key(out, &mut is_first, "_", &first.name);
            list(out, is_list, group, |out, child| companion(out, &child.element));
        }
    }
    out.push('}');
}

/// Whether a child is a primitive, or stands for one that has only an extension.
fn is_primitive(child: &Child) -> bool {
    let element = &child.element;
    let is_extension = matches!(child.name.as_str(), "extension" | "modifierExtension");
    element.primitive.is_some() || (element.only_extends() && !is_extension)
}

fn key(out: &mut String, is_first: &mut bool, prefix: &str, name: &str) {
    if !*is_first {
        out.push(',');
    }
    *is_first = false;
    quoted(out, &format!("{prefix}{name}"));
    out.push(':');
}

fn list(out: &mut String, is_list: bool, group: &[Child], one: impl Fn(&mut String, &Child)) {
    if is_list {
        out.push('[');
    }
    for (place, child) in group.iter().enumerate() {
        if place > 0 {
            out.push(',');
        }
        one(out, child);
    }
    if is_list {
        out.push(']');
    }
}

fn primitive(out: &mut String, element: &Element) {
    match &element.primitive {
        None => out.push_str("null"),
        Some(Primitive::Boolean(value)) => out.push_str(if *value { "true" } else { "false" }),
        Some(Primitive::Number(digits)) => out.push_str(digits),
        Some(Primitive::Text(text) | Primitive::Untyped(text)) => quoted(out, text),
    }
}

fn companion(out: &mut String, element: &Element) {
    match element.children().is_empty() {
        true => out.push_str("null"),
        false => {
            let mut bare = element.clone();
            bare.primitive = None;
            write_object(out, &bare);
        }
    }
}

fn quoted(out: &mut String, text: &str) {
    out.push_str(&serde_json::Value::from(text).to_string());
}
