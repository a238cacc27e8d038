//! A small tree of XML elements that can be changed: names with their namespace, attributes, text.
//! Prefixes are not kept; what is written declares its namespaces where they change.

use anyhow::{Context, Result};

/// An element.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Element {
    /// Local name.
    pub name: String,
    /// Namespace, empty if none.
    pub namespace: String,
    /// Attributes in their order; the only prefix is `xml:`.
    pub attributes: Vec<(String, String)>,
    /// What it holds.
    pub children: Vec<Node>,
}

/// What an element holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    /// An element.
    Element(Element),
    /// Text, without entities.
    Text(String),
}

impl Element {
    /// An element without a namespace.
    pub fn new(name: &str) -> Element {
        Element { name: name.to_owned(), ..Element::default() }
    }

    /// An element of a namespace.
    pub fn within(namespace: &str, name: &str) -> Element {
        Element { namespace: namespace.to_owned(), ..Element::new(name) }
    }

    /// The root element of a document.
    pub fn parse(text: &str) -> Result<Element> {
        let document = roxmltree::Document::parse(text.trim()).context("not well-formed XML")?;
        Ok(copy(document.root_element()))
    }

    /// With an attribute more.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Element {
        self.set(name, value);
        self
    }

    /// With text more.
    #[must_use]
    pub fn holding(mut self, text: &str) -> Element {
        self.children.push(Node::Text(text.to_owned()));
        self
    }

    /// With an element more.
    #[must_use]
    pub fn and(mut self, child: Element) -> Element {
        self.children.push(Node::Element(child));
        self
    }

    /// The value of an attribute.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(present, _)| present == name);
        found.map(|(_, value)| value.as_str())
    }

    /// Writes an attribute.
    pub fn set(&mut self, name: &str, value: &str) {
        match self.attributes.iter_mut().find(|(present, _)| present == name) {
            Some((_, present)) => *present = value.to_owned(),
            None => self.attributes.push((name.to_owned(), value.to_owned())),
        }
    }

    /// The elements in it.
    pub fn elements(&self) -> impl Iterator<Item = &Element> {
        self.children.iter().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        })
    }

    /// The elements in it, to change.
    pub fn elements_mut(&mut self) -> impl Iterator<Item = &mut Element> {
        self.children.iter_mut().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        })
    }

    /// The first element in it with this local name.
    pub fn child(&self, name: &str) -> Option<&Element> {
        self.elements().find(|element| element.name == name)
    }

    /// It and everything below it, in document order.
    pub fn walk(&self) -> Vec<&Element> {
        let (mut found, mut open) = (Vec::new(), vec![self]);
        while let Some(element) = open.pop() {
            found.push(element);
            open.extend(element.elements().collect::<Vec<_>>().into_iter().rev());
        }
        found
    }

    /// The first element of this local name in it or below.
    pub fn find(&self, name: &str) -> Option<&Element> {
        self.walk().into_iter().find(|element| element.name == name)
    }

    /// Its own text without blanks around it.
    pub fn text(&self) -> String {
        let parts = self.children.iter().filter_map(|node| match node {
            Node::Text(text) => Some(text.as_str()),
            Node::Element(_) => None,
        });
        parts.collect::<String>().trim().to_owned()
    }

    /// Applies `change` to it and everything below it.
    pub fn change_all(&mut self, change: &mut impl FnMut(&mut Element)) {
        change(self);
        for child in self.elements_mut() {
            child.change_all(change);
        }
    }

    /// Writes `value` for `symbol` in every text and attribute.
    pub fn replace(&mut self, symbol: &str, value: &str) {
        self.change_all(&mut |element| {
            for (_, present) in &mut element.attributes {
                *present = present.replace(symbol, value);
            }
            for node in &mut element.children {
                if let Node::Text(text) = node {
                    *text = text.replace(symbol, value);
                }
            }
        });
    }

    /// As XML, without a declaration.
    pub fn write(&self) -> String {
        let mut text = String::new();
        self.write_below("", &mut text);
        text
    }

    fn write_below(&self, outer: &str, text: &mut String) {
        *text += &format!("<{}", self.name);
        if self.namespace != outer {
            *text += &format!(" xmlns=\"{}\"", escape(&self.namespace));
        }
        for (name, value) in &self.attributes {
            *text += &format!(" {name}=\"{}\"", escape(value));
        }
        if self.children.is_empty() {
            *text += "/>";
            return;
        }
        *text += ">";
        for node in &self.children {
            match node {
                Node::Element(element) => element.write_below(&self.namespace, text),
                Node::Text(part) => *text += &escape(part),
            }
        }
        *text += &format!("</{}>", self.name);
    }
}

/// An element of a parsed document as one that can be changed.
pub fn copy(node: roxmltree::Node<'_, '_>) -> Element {
    let mut element =
        Element::within(node.tag_name().namespace().unwrap_or_default(), node.tag_name().name());
    for attribute in node.attributes() {
        // Prefixed attributes of these documents are SOAP's and XSI's, which mean nothing here.
        match attribute.namespace() {
            None => element.set(attribute.name(), attribute.value()),
            Some(roxmltree::NS_XML_URI) => {
                element.set(&format!("xml:{}", attribute.name()), attribute.value());
            }
            Some(_) => {}
        }
    }
    for child in node.children() {
        if child.is_element() {
            element.children.push(Node::Element(copy(child)));
        } else if let Some(text) = child.text().filter(|_| child.is_text()) {
            element.children.push(Node::Text(text.to_owned()));
        }
    }
    element
}

/// A text as it stands in XML.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn namespaces_attributes_and_text_come_back() {
        let text = "<a:A xmlns:a=\"urn:a\" x=\"1&amp;2\"><B xmlns=\"urn:b\" xml:lang=\"en\">&lt;\
                    </B><!-- no --><C/></a:A>";
        let element = Element::parse(text).unwrap();
        assert_eq!(element.namespace, "urn:a");
        assert_eq!(element.attribute("x"), Some("1&2"));
        assert_eq!(Element::parse(&element.write()).unwrap(), element);
        let names: Vec<_> = element.walk().iter().map(|one| one.name.clone()).collect();
        assert_eq!(names, ["A", "B", "C"]);
    }

    #[test]
    fn symbols_are_replaced_in_texts_and_attributes() {
        let mut element = Element::parse("<A b=\"x$s$\"><C>'$s$'</C></A>").unwrap();
        element.replace("$s$", "1&2");
        assert_eq!(element.write(), "<A b=\"x1&amp;2\"><C>'1&amp;2'</C></A>");
    }
}
