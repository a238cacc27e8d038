//! A document as a flat list of its elements, for a generic rendering of every field received.

use crate::error::XmlError;
use crate::escape::{push_reference, resolve_all};
use model::limits::{
    XML_ATTRIBUTES, XML_BYTES, XML_DEPTH, XML_NAMESPACES, XML_NODES, XML_TEXT_BYTES,
};
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

/// One element, or text that follows a child of its element.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OutlineLine {
    /// 0 for the root; text after a child stands one deeper than its element.
    pub depth: u32,
    /// The element's name as written, prefix included; empty for text after a child.
    pub name: String,
    /// Attributes in order, references taken apart, namespace declarations left out.
    pub attributes: Vec<(String, String)>,
    /// The text up to the first child, blanks at both ends removed.
    pub text: String,
}

/// Reads a document into its outline: every element, attribute and text, in order.
///
/// # Errors
/// A limit passed, a document type declaration, or text that is not well-formed XML.
pub fn outline(text: &str) -> Result<Vec<OutlineLine>, XmlError> {
    if text.len() as u64 > XML_BYTES {
        return Err(XmlError::TooLarge { bytes: text.len() });
    }
    let mut reader = Reader::from_str(text.trim_start_matches('\u{FEFF}'));
    let mut outline = Builder::default();
    loop {
        let event = reader.read_event();
        let offset = reader.buffer_position();
        let malformed = |detail: String| XmlError::Malformed { offset, detail };
        match event.map_err(|error| malformed(error.to_string()))? {
            Event::Start(element) => outline.open(&element, offset)?,
            Event::Empty(element) => {
                outline.open(&element, offset)?;
                outline.close();
            }
            Event::End(_) => outline.close(),
            Event::Text(part) => outline.text(offset, |out| out.push_str(&part.xml10_content()))?,
            Event::CData(part) => {
                outline.text(offset, |out| out.push_str(&part.xml10_content()))?
            }
            Event::GeneralRef(reference) => {
                outline.text(offset, |out| push_reference(&reference.xml10_content(), out))?;
            }
            Event::DocType(_) => return Err(XmlError::Doctype { offset }),
            Event::Comment(_) | Event::PI(_) | Event::Decl(_) => outline.count(offset)?,
            Event::Eof => return outline.finish(),
        }
    }
}

#[derive(Default)]
struct Builder {
    lines: Vec<OutlineLine>,
    /// Per open element: its line, or the line of text that follows its last child.
    open: Vec<Option<usize>>,
    nodes: u64,
}

impl Builder {
    fn open(&mut self, element: &BytesStart<'_>, offset: u64) -> Result<(), XmlError> {
        self.count(offset)?;
        if self.open.is_empty() && !self.lines.is_empty() {
            let detail = "a second root element".to_owned();
            return Err(XmlError::Malformed { offset, detail });
        }
        if self.open.len() as u64 >= XML_DEPTH {
            return Err(XmlError::TooDeep { offset });
        }
        if let Some(parent) = self.open.last_mut() {
            *parent = None;
        }
        self.lines.push(OutlineLine {
            depth: self.open.len() as u32,
            name: element.name().as_ref().to_owned(),
            attributes: attributes(element, offset)?,
            text: String::new(),
        });
        self.open.push(Some(self.lines.len() - 1));
        Ok(())
    }

    fn close(&mut self) {
        self.open.pop();
    }

    fn text(&mut self, offset: u64, write: impl FnOnce(&mut String)) -> Result<(), XmlError> {
        self.count(offset)?;
        let mut part = String::new();
        write(&mut part);
        let depth = self.open.len() as u32;
        let Some(place) = self.open.last_mut() else {
            return match part.trim().is_empty() {
                true => Ok(()),
                false => Err(XmlError::Malformed {
                    offset,
                    detail: "text outside of the root element".to_owned(),
                }),
            };
        };
        let at = match *place {
            Some(at) => at,
            None if part.trim().is_empty() => return Ok(()),
            None => {
                self.lines.push(OutlineLine { depth, ..OutlineLine::default() });
                *place.insert(self.lines.len() - 1)
            }
        };
        if let Some(line) = self.lines.get_mut(at) {
            line.text.push_str(&part);
            if line.text.len() as u64 > XML_TEXT_BYTES {
                return Err(XmlError::TextTooLong { offset });
            }
        }
        Ok(())
    }

    fn count(&mut self, offset: u64) -> Result<(), XmlError> {
        self.nodes += 1;
        if self.nodes > XML_NODES { Err(XmlError::TooManyNodes { offset }) } else { Ok(()) }
    }

    fn finish(mut self) -> Result<Vec<OutlineLine>, XmlError> {
        if !self.open.is_empty() || self.lines.is_empty() {
            return Err(XmlError::Truncated { open: self.open.len() as u32 });
        }
        for line in &mut self.lines {
            let trimmed = line.text.trim();
            if trimmed.len() != line.text.len() {
                line.text = trimmed.to_owned();
            }
        }
        Ok(self.lines)
    }
}

fn attributes(element: &BytesStart<'_>, offset: u64) -> Result<Vec<(String, String)>, XmlError> {
    let mut found = Vec::new();
    let mut namespaces = 0;
    // quick-xml's own check for duplicates compares each attribute with all before it.
    for attribute in element.attributes().with_checks(false) {
        let attribute =
            attribute.map_err(|error| XmlError::Malformed { offset, detail: error.to_string() })?;
        let name: &str = attribute.key.as_ref();
        if name == "xmlns" || name.starts_with("xmlns:") {
            namespaces += 1;
            if namespaces > XML_NAMESPACES {
                return Err(XmlError::TooManyNamespaces { offset });
            }
            continue;
        }
        if found.len() as u64 >= XML_ATTRIBUTES {
            return Err(XmlError::TooManyAttributes { offset });
        }
        found.push((name.to_owned(), resolve_all(&attribute.value)));
    }
    Ok(found)
}
