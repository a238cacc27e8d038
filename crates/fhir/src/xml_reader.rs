//! FHIR's XML (R4 2.6.1) into elements, without descending by recursion.

use crate::NAMESPACE;
use crate::element::{Element, Primitive, Shape};
use crate::error::FhirError;
use model::limits::{FHIR_BODY_BYTES, FHIR_DEPTH, FHIR_ELEMENTS};
use xml::Document;

/// Reads a resource.
///
/// # Errors
/// A limit passed, a document type, or text that is no XML or no resource.
pub(crate) fn read(bytes: &[u8]) -> Result<Element, FhirError> {
    if bytes.len() as u64 > FHIR_BODY_BYTES {
        return Err(FhirError::TooLarge { limit: FHIR_BODY_BYTES });
    }
    let document =
        Document::parse_bytes(bytes).map_err(|error| FhirError::Malformed(error.to_string()))?;
    let root = document.root();
    if root.namespace() != NAMESPACE || !is_resource(root) {
        let reason = format!("its root {:?} is no resource of {NAMESPACE}", root.name());
        return Err(FhirError::Malformed(reason));
    }
    let mut read = build(root)?;
    read.resource_type = Some(root.name().to_owned());
    Ok(read)
}

/// An element that is being read.
struct Frame<'a> {
    source: xml::Element<'a>,
    rest: std::vec::IntoIter<xml::Element<'a>>,
    built: Element,
}

impl<'a> Frame<'a> {
    fn begin(source: xml::Element<'a>) -> Frame<'a> {
        // The narrative is HTML of another namespace; nobody reads it here.
        let within: Vec<xml::Element<'a>> =
            source.children().filter(|child| child.namespace() == NAMESPACE).collect();
        let mut built = Element::default();
        for (namespace, name, value) in source.attributes() {
            let text = || Primitive::Untyped(value.to_owned());
            match (namespace, name) {
                ("", "value") => built.primitive = Some(text()),
                ("", "id" | "url") => built.add(name, Shape::Unknown, Element::of(text())),
                _ => {}
            }
        }
        Frame { source, rest: within.into_iter(), built }
    }
}

fn build(root: xml::Element<'_>) -> Result<Element, FhirError> {
    let mut count = 0_u64;
    let mut open = vec![Frame::begin(root)];
    loop {
        let Some(frame) = open.last_mut() else { return Ok(Element::default()) };
        if let Some(next) = frame.rest.next() {
            count += 1;
            if count > FHIR_ELEMENTS {
                return Err(FhirError::TooComplex { what: "elements", limit: FHIR_ELEMENTS });
            }
            if open.len() as u64 >= FHIR_DEPTH {
                return Err(FhirError::TooComplex { what: "levels", limit: FHIR_DEPTH });
            }
            open.push(Frame::begin(next));
            continue;
        }
        let Some(done) = open.pop() else { return Ok(Element::default()) };
        let Some(parent) = open.last_mut() else { return Ok(done.built) };
        match is_resource(done.source) {
            // A resource within an element is the element, as in JSON.
            true => {
                parent.built = done.built;
                parent.built.resource_type = Some(done.source.name().to_owned());
            }
            false => parent.built.add(done.source.name(), Shape::Unknown, done.built),
        }
    }
}

/// Types of resources begin with a capital letter, elements do not.
fn is_resource(element: xml::Element<'_>) -> bool {
    element.name().starts_with(|first: char| first.is_ascii_uppercase())
}
