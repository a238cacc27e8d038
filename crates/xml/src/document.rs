//! A document as a tree to walk: elements with their names, attributes and texts.

use crate::budget;
use crate::error::XmlError;
use model::limits::XML_NODES;
use roxmltree::{Node, NodeType, ParsingOptions};
use std::borrow::Cow;
use std::sync::OnceLock;

/// A parsed document; borrows the text it was read from.
#[derive(Debug)]
pub struct Document<'input> {
    tree: roxmltree::Document<'input>,
    /// Where each line begins; made when the first line number is asked for.
    lines: OnceLock<Vec<usize>>,
}

impl<'input> Document<'input> {
    /// Reads a whole document, a byte order mark at its beginning left out.
    ///
    /// # Errors
    /// A limit of [`model::limits`] passed, a document type declaration, an entity that XML
    /// itself does not define, or text that is not well-formed XML with namespaces.
    pub fn parse(text: &'input str) -> Result<Document<'input>, XmlError> {
        let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
        budget::check(text)?;
        let options = ParsingOptions {
            allow_dtd: false,
            nodes_limit: u32::try_from(XML_NODES).unwrap_or(u32::MAX).saturating_mul(2),
            ..ParsingOptions::default()
        };
        let tree = roxmltree::Document::parse_with_options(text, options)
            .map_err(|error| refused(text, &error))?;
        Ok(Document { tree, lines: OnceLock::new() })
    }

    /// Reads received bytes: UTF-8, with or without a byte order mark.
    ///
    /// # Errors
    /// As [`Document::parse`], and for bytes that are not UTF-8 or declare another encoding.
    pub fn parse_bytes(bytes: &'input [u8]) -> Result<Document<'input>, XmlError> {
        Document::parse(budget::text_of(bytes)?)
    }

    /// The root element.
    pub fn root(&self) -> Element<'_> {
        Element { node: self.tree.root_element(), document: self }
    }

    /// The text it was read from, without a byte order mark.
    pub fn text(&self) -> &'input str {
        self.tree.input_text()
    }

    fn line_of(&self, offset: usize) -> u32 {
        let lines = self.lines.get_or_init(|| {
            let text = self.tree.input_text();
            text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at).collect()
        });
        lines.partition_point(|end| *end < offset) as u32 + 1
    }
}

/// One element of a [`Document`].
#[derive(Clone, Copy, Debug)]
pub struct Element<'a> {
    node: Node<'a, 'a>,
    document: &'a Document<'a>,
}

impl PartialEq for Element<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.node == other.node
    }
}

impl<'a> Element<'a> {
    /// The local name.
    pub fn name(self) -> &'a str {
        self.node.tag_name().name()
    }

    /// The namespace of the name; empty where there is none.
    pub fn namespace(self) -> &'a str {
        self.node.tag_name().namespace().unwrap_or_default()
    }

    /// Whether this is the element `name` of the namespace.
    pub fn is(self, namespace: &str, name: &str) -> bool {
        self.name() == name && self.namespace() == namespace
    }

    /// The value of an attribute without a namespace.
    pub fn attribute(self, name: &str) -> Option<&'a str> {
        self.attribute_ns("", name)
    }

    /// The value of an attribute of a namespace.
    pub fn attribute_ns(self, namespace: &str, name: &str) -> Option<&'a str> {
        self.attributes().find(|one| one.0 == namespace && one.1 == name).map(|(_, _, value)| value)
    }

    /// Every attribute as namespace (empty for none), local name and value, in document order;
    /// namespace declarations left out.
    pub fn attributes(self) -> impl Iterator<Item = (&'a str, &'a str, &'a str)> + use<'a> {
        self.node
            .attributes()
            .map(|one| (one.namespace().unwrap_or_default(), one.name(), one.value()))
    }

    /// The elements directly within.
    pub fn children(self) -> impl Iterator<Item = Element<'a>> + use<'a> {
        let document = self.document;
        let elements = self.node.children().filter(Node::is_element);
        elements.map(move |node| Element { node, document })
    }

    /// The first element of that name directly within.
    pub fn child(self, namespace: &str, name: &str) -> Option<Element<'a>> {
        self.children().find(|child| child.is(namespace, name))
    }

    /// The elements of that name directly within.
    pub fn children_named<'n>(
        self,
        namespace: &'n str,
        name: &'n str,
    ) -> impl Iterator<Item = Element<'a>> + use<'a, 'n> {
        self.children().filter(move |child| child.is(namespace, name))
    }

    /// The text directly within, joined over comments and child elements, as written.
    pub fn text(self) -> Cow<'a, str> {
        let mut parts = self
            .node
            .children()
            .filter(|node| node.node_type() == NodeType::Text)
            .filter_map(|node| node.text());
        let first = parts.next().unwrap_or_default();
        let Some(second) = parts.next() else { return Cow::Borrowed(first) };
        let mut joined = first.to_owned();
        joined.push_str(second);
        parts.for_each(|part| joined.push_str(part));
        Cow::Owned(joined)
    }

    /// The line of the document on which the element begins, from 1.
    pub fn line(self) -> u32 {
        self.document.line_of(self.node.range().start)
    }

    /// The element as it was written, tags included. Prefixes that it uses may be declared
    /// outside of it ([`Element::declarations`]).
    pub fn source(self) -> &'a str {
        self.document.tree.input_text().get(self.node.range()).unwrap_or_default()
    }

    /// The namespace that a prefix stands for here; the empty prefix is the default namespace.
    pub fn resolve_prefix(self, prefix: &str) -> Option<&'a str> {
        self.node.lookup_namespace_uri((!prefix.is_empty()).then_some(prefix))
    }

    /// Prefixes (empty for the default) and namespaces in scope here.
    pub fn declarations(self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        let node = self.node;
        node.namespaces().filter_map(move |one| {
            // Asked anew by prefix: an inner declaration hides an outer one.
            let prefix = one.name();
            node.lookup_namespace_uri(prefix)
                .map(|namespace| (prefix.unwrap_or_default(), namespace))
        })
    }
}

fn refused(text: &str, error: &roxmltree::Error) -> XmlError {
    let position = error.pos();
    let line = position.row.saturating_sub(1) as usize;
    let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
    let detail = format!("line {}: {error}", position.row);
    let offset = (start + position.col.saturating_sub(1) as usize) as u64;
    match error {
        roxmltree::Error::DtdDetected => XmlError::Doctype { offset },
        roxmltree::Error::NodesLimitReached => XmlError::TooManyNodes { offset },
        roxmltree::Error::AttributesLimitReached => XmlError::TooManyAttributes { offset },
        roxmltree::Error::NamespacesLimitReached => XmlError::TooManyNamespaces { offset },
        _ => XmlError::Malformed { offset, detail },
    }
}
