//! A piece of a resource, in neither notation.

use crate::error::FhirError;

/// A value of a primitive type, as far as its notation tells which.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Primitive {
    /// A text, code, date or address.
    Text(String),
    /// `true` or `false`.
    Boolean(bool),
    /// A number in its digits.
    Number(String),
    /// What XML gives: every value is written alike there.
    Untyped(String),
}

/// An element with its value and what stands within, in order (FHIR R4 2.1.0, 10.2).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Element {
    /// The type, where the element is a resource.
    pub resource_type: Option<String>,
    /// The value, where the element is of a primitive type.
    pub primitive: Option<Primitive>,
    children: Vec<Child>,
}

/// How often an element may stand, as far as its notation tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    One,
    Many,
    /// XML does not tell.
    Unknown,
}

/// An element within another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Child {
    pub name: String,
    pub shape: Shape,
    pub element: Element,
}

impl Element {
    /// A resource of a type.
    pub fn resource(resource_type: &str) -> Element {
        Element { resource_type: Some(resource_type.to_owned()), ..Element::default() }
    }

    /// A primitive value.
    pub fn of(primitive: Primitive) -> Element {
        Element { primitive: Some(primitive), ..Element::default() }
    }

    /// Adds an element of at most one.
    pub fn with(mut self, name: &str, element: Element) -> Element {
        self.add(name, Shape::One, element);
        self
    }

    /// Adds an element of a list.
    pub fn with_listed(mut self, name: &str, element: Element) -> Element {
        self.add(name, Shape::Many, element);
        self
    }

    /// Adds a text of at most one; nothing where it is empty, as FHIR forbids empty values.
    pub fn with_text(self, name: &str, text: &str) -> Element {
        match text.is_empty() {
            true => self,
            false => self.with(name, Element::text_of(text)),
        }
    }

    /// Adds a truth value.
    pub fn with_boolean(self, name: &str, value: bool) -> Element {
        self.with(name, Element::of(Primitive::Boolean(value)))
    }

    /// Adds a number.
    pub fn with_number(self, name: &str, digits: String) -> Element {
        self.with(name, Element::of(Primitive::Number(digits)))
    }

    /// A text.
    pub fn text_of(text: &str) -> Element {
        Element::of(Primitive::Text(text.to_owned()))
    }

    /// The first element of a name directly within.
    pub fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name).map(|child| &child.element)
    }

    /// The elements of a name directly within, in order.
    pub fn children_named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> + 'a {
        self.children.iter().filter(move |child| child.name == name).map(|child| &child.element)
    }

    /// The value, where it is a text.
    pub fn text(&self) -> Option<&str> {
        match self.primitive.as_ref()? {
            Primitive::Text(text) | Primitive::Untyped(text) => Some(text),
            Primitive::Boolean(_) | Primitive::Number(_) => None,
        }
    }

    /// The value, where it is a truth value.
    pub fn boolean(&self) -> Option<bool> {
        match self.primitive.as_ref()? {
            Primitive::Boolean(value) => Some(*value),
            Primitive::Untyped(text) => text.parse().ok(),
            Primitive::Text(_) | Primitive::Number(_) => None,
        }
    }

    /// The value, where it is a whole number that is not negative.
    pub fn count(&self) -> Option<u64> {
        match self.primitive.as_ref()? {
            Primitive::Number(text) | Primitive::Untyped(text) => text.parse().ok(),
            Primitive::Boolean(_) | Primitive::Text(_) => None,
        }
    }

    /// Whether neither value nor content is there.
    pub fn is_empty(&self) -> bool {
        self.primitive.is_none() && self.children.is_empty()
    }

    /// Whether it is what may stand in place of a primitive value: nothing but an id and
    /// extensions.
    pub(crate) fn only_extends(&self) -> bool {
        let extends = |child: &Child| matches!(child.name.as_str(), "id" | "extension");
        self.resource_type.is_none() && self.children.iter().all(extends)
    }

    pub(crate) fn add(&mut self, name: &str, shape: Shape, element: Element) {
        self.children.push(Child { name: name.to_owned(), shape, element });
    }

    pub(crate) fn children(&self) -> &[Child] {
        &self.children
    }

    pub(crate) fn children_mut(&mut self) -> &mut Vec<Child> {
        &mut self.children
    }
}

/// Elements of which at most one may stand, and lists, by the rules of FHIR's JSON: what is
/// said in another shape is refused, as nobody could say what it means.
impl Element {
    /// The element of a name.
    pub(crate) fn one(&self, name: &str, path: &str) -> Result<Option<&Element>, FhirError> {
        let mut found = self.children.iter().filter(|child| child.name == name);
        let first = found.next();
        let is_many = first.is_some_and(|child| child.shape == Shape::Many);
        if is_many || found.next().is_some() {
            return Err(FhirError::value(format!("{path}.{name}"), "at most one may stand here"));
        }
        Ok(first.map(|child| &child.element))
    }

    /// The elements of a list.
    pub(crate) fn many(&self, name: &str, path: &str) -> Result<Vec<&Element>, FhirError> {
        let found: Vec<&Child> = self.children.iter().filter(|child| child.name == name).collect();
        if found.iter().any(|child| child.shape == Shape::One) {
            return Err(FhirError::value(format!("{path}.{name}"), "a list must stand here"));
        }
        Ok(found.into_iter().map(|child| &child.element).collect())
    }

    /// The elements of a list of what has parts.
    pub(crate) fn many_parts(&self, name: &str, path: &str) -> Result<Vec<&Element>, FhirError> {
        let found = self.many(name, path)?;
        match found.iter().position(|one| one.primitive.is_some()) {
            Some(at) => Err(FhirError::value(
                format!("{path}.{name}[{at}]"),
                "an element with parts must stand here",
            )),
            None => Ok(found),
        }
    }

    /// The text of an element; empty where there is none.
    pub(crate) fn one_text(&self, name: &str, path: &str) -> Result<&str, FhirError> {
        let Some(found) = self.one(name, path)? else { return Ok("") };
        found.as_text(&format!("{path}.{name}"))
    }

    /// The value as a text; empty where only an extension says why there is none.
    pub(crate) fn as_text(&self, path: &str) -> Result<&str, FhirError> {
        match (&self.primitive, self.text()) {
            (None, _) if self.only_extends() => Ok(""),
            (_, Some(text)) => Ok(text),
            _ => Err(FhirError::value(path, "a text must stand here")),
        }
    }
}
