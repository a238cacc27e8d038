//! The copy of a query that an answer carries (ITI TF-2 3.45.4.2.2.3, 3.47.4.2.2.3).

use crate::{NAMESPACE, XSI};
use xml::{Element, Writer};

enum Step<'a> {
    Open(Element<'a>),
    Close,
}

/// An element of HL7 v3 written anew: its prefixes may be declared anywhere around it, so it is
/// no copy of characters. Namespaces are declared on it, others' elements and attributes are left
/// out.
pub(crate) fn copy(element: Element<'_>) -> Vec<u8> {
    let mut writer = Writer::new();
    let mut steps = vec![Step::Open(element)];
    let mut is_first = true;
    while let Some(step) = steps.pop() {
        let Step::Open(element) = step else {
            writer.close();
            continue;
        };
        if element.namespace() != NAMESPACE {
            continue;
        }
        writer.open(element.name());
        if std::mem::take(&mut is_first) {
            declare(&mut writer);
        }
        attributes(&mut writer, element);
        steps.push(Step::Close);
        let children: Vec<Element<'_>> = element.children().collect();
        let text = element.text();
        let is_text = children.is_empty() || !text.trim().is_empty();
        if is_text && !text.is_empty() {
            writer.text(&text);
        }
        steps.extend(children.into_iter().rev().map(Step::Open));
    }
    writer.finish()
}

/// The namespaces of a message, on its outermost element.
pub(crate) fn declare(writer: &mut Writer) {
    writer.attribute("xmlns", NAMESPACE);
    writer.attribute("xmlns:xsi", XSI);
}

fn attributes(writer: &mut Writer, element: Element<'_>) {
    for (namespace, name, value) in element.attributes() {
        match (namespace, name) {
            ("", name) => writer.attribute(name, value),
            (XSI, "type") => {
                let (prefix, local) = value.split_once(':').unwrap_or(("", value));
                if element.resolve_prefix(prefix) == Some(NAMESPACE) {
                    writer.attribute("xsi:type", local);
                }
            }
            _ => {}
        }
    }
}
