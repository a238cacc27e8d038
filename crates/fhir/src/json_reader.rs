//! FHIR's JSON (R4 2.6.2) into elements.
//!
//! A linear pass bounds depth and number before anything is built, so that what is built by
//! descending is as deep as [`FHIR_DEPTH`] at most.

use crate::element::{Child, Element, Primitive, Shape};
use crate::error::FhirError;
use model::limits::{FHIR_BODY_BYTES, FHIR_DEPTH, FHIR_ELEMENTS};
use serde::Deserialize;
use serde::de::{Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use std::collections::BTreeSet;
use std::fmt;

/// Reads a resource.
///
/// # Errors
/// A limit passed, a key that stands twice, or text that is no JSON or no resource.
pub(crate) fn read(bytes: &[u8]) -> Result<Element, FhirError> {
    if bytes.len() as u64 > FHIR_BODY_BYTES {
        return Err(FhirError::TooLarge { limit: FHIR_BODY_BYTES });
    }
    let bytes = bytes.strip_prefix("\u{FEFF}".as_bytes()).unwrap_or(bytes);
    check_budget(bytes)?;
    let value: Value = serde_json::from_slice(bytes).map_err(|error| malformed(&error))?;
    match value {
        Value::One(element) if element.resource_type.is_some() => Ok(element),
        _ => Err(FhirError::Malformed("it has no resourceType".to_owned())),
    }
}

/// Counts brackets and commas outside of texts.
fn check_budget(bytes: &[u8]) -> Result<(), FhirError> {
    let (mut depth, mut count) = (0_u64, 0_u64);
    let (mut in_text, mut is_escaped) = (false, false);
    for byte in bytes {
        if in_text {
            in_text = is_escaped || *byte != b'"';
            is_escaped = !is_escaped && *byte == b'\\';
            continue;
        }
        match byte {
            b'"' => in_text = true,
            b'{' | b'[' => (depth, count) = (depth + 1, count + 1),
            b'}' | b']' => depth = depth.saturating_sub(1),
            b',' => count += 1,
            _ => {}
        }
        if depth > FHIR_DEPTH {
            return Err(FhirError::TooComplex { what: "levels", limit: FHIR_DEPTH });
        }
        if count > FHIR_ELEMENTS {
            return Err(FhirError::TooComplex { what: "elements", limit: FHIR_ELEMENTS });
        }
    }
    Ok(())
}

/// The reason by which a duplicate key is told apart from other errors of the library.
const DUPLICATE: &str = "duplicate key: ";

fn malformed(error: &serde_json::Error) -> FhirError {
    let text = error.to_string();
    match text.strip_prefix(DUPLICATE) {
        // The library says where behind the key.
        Some(rest) => {
            let key = rest.rsplit_once(" at line ").map_or(rest, |(key, _)| key);
            FhirError::DuplicateKey(key.to_owned())
        }
        None => FhirError::Malformed(text),
    }
}

/// What may stand behind a key.
enum Value {
    Null,
    One(Element),
    Many(Vec<Element>),
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value of JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::One(Element::of(Primitive::Boolean(value))))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(number(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(number(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(number(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::One(Element::text_of(value)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element::<Value>()? {
            list.push(match item {
                Value::One(element) => element,
                // Stands for a primitive that has only an extension.
                Value::Null => Element::default(),
                Value::Many(_) => return Err(A::Error::custom("a list stands within a list")),
            });
        }
        match list.is_empty() {
            true => Err(A::Error::custom("a list is empty")),
            false => Ok(Value::Many(list)),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut element = Element::default();
        let mut keys = BTreeSet::new();
        let mut companions = Vec::new();
        while let Some(key) = entries.next_key::<String>()? {
            if keys.contains(&key) {
                return Err(A::Error::custom(format!("{DUPLICATE}{key}")));
            }
            match (key.as_str(), key.strip_prefix('_'), entries.next_value::<Value>()?) {
                (_, _, Value::Null) => return Err(A::Error::custom(format!("{key} is null"))),
                ("resourceType", _, Value::One(found)) => {
                    let text = found.text().map(str::to_owned);
                    let text = text.ok_or_else(|| A::Error::custom("resourceType is no text"))?;
                    element.resource_type = Some(text);
                }
                (_, Some(name), value) => companions.push((name.to_owned(), value)),
                (name, None, Value::One(one)) => element.add(name, Shape::One, one),
                (name, None, Value::Many(many)) => {
                    many.into_iter().for_each(|one| element.add(name, Shape::Many, one));
                }
            }
            keys.insert(key);
        }
        for (name, value) in companions {
            accompany(&mut element, &name, value);
        }
        Ok(Value::One(element))
    }
}

fn number(value: impl fmt::Display) -> Value {
    Value::One(Element::of(Primitive::Number(value.to_string())))
}

/// `_name` holds the id and the extensions of the primitive `name`, one for each of a list.
fn accompany(element: &mut Element, name: &str, value: Value) {
    let (shape, companions) = match value {
        Value::Null => return,
        Value::One(one) => (Shape::One, vec![one]),
        Value::Many(many) => (Shape::Many, many),
    };
    let mut companions = companions.into_iter();
    let own = element.children_mut().iter_mut().filter(|child| child.name == name);
    for (child, mut companion) in own.zip(companions.by_ref()) {
        child.element.children_mut().append(companion.children_mut());
    }
    for companion in companions {
        let child = Child { name: name.to_owned(), shape, element: companion };
        element.children_mut().push(child);
    }
}
