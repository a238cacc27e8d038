//! The pass over a text before a tree is built of it: every limit, in time linear in the text.
//!
//! The tree builder is quadratic in the attributes of one element and copies the namespaces in
//! scope of each element that declares one, so both are bounded before it sees a byte.

use crate::error::XmlError;
use model::limits::{
    XML_ATTRIBUTES, XML_BYTES, XML_DEPTH, XML_NAMESPACE_COPIES, XML_NAMESPACES, XML_NODES,
    XML_TEXT_BYTES,
};
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;
use std::borrow::Cow;

/// Refuses a text that passes a limit, holds a document type declaration or is cut off.
pub(crate) fn check(text: &str) -> Result<(), XmlError> {
    if text.len() as u64 > XML_BYTES {
        return Err(XmlError::TooLarge { bytes: text.len() });
    }
    let mut reader = Reader::from_str(text);
    let mut budget = Budget::default();
    loop {
        let event = reader.read_event();
        let offset = reader.buffer_position();
        let malformed = |detail: String| XmlError::Malformed { offset, detail };
        match event.map_err(|error| malformed(error.to_string()))? {
            Event::Start(element) => budget.open(&element, offset)?,
            Event::Empty(element) => {
                budget.open(&element, offset)?;
                budget.close();
            }
            Event::End(_) => budget.close(),
            Event::Text(part) => budget.text(part.len(), offset)?,
            Event::CData(part) => budget.text(part.len(), offset)?,
            Event::GeneralRef(reference) => budget.text(reference.len() + 2, offset)?,
            Event::DocType(_) => return Err(XmlError::Doctype { offset }),
            Event::Comment(_) | Event::PI(_) | Event::Decl(_) => budget.node(offset)?,
            Event::Eof => return budget.finish(),
        }
    }
}

#[derive(Default)]
struct Budget {
    /// Per open element: how many names of `in_scope` its parent had.
    open: Vec<usize>,
    in_scope: Vec<String>,
    copies: u64,
    nodes: u64,
    elements: u64,
    /// Bytes of the text that has gone on since the last tag.
    text_bytes: u64,
}

impl Budget {
    fn open(&mut self, element: &BytesStart<'_>, offset: u64) -> Result<(), XmlError> {
        self.node(offset)?;
        self.elements += 1;
        if self.open.len() as u64 >= XML_DEPTH {
            return Err(XmlError::TooDeep { offset });
        }
        self.open.push(self.in_scope.len());
        let (mut attributes, mut declarations) = (0, 0);
        // quick-xml's own check for duplicates compares each attribute with all before it.
        for attribute in element.attributes().with_checks(false) {
            let attribute = attribute
                .map_err(|error| XmlError::Malformed { offset, detail: error.to_string() })?;
            let name: &str = attribute.key.as_ref();
            if attribute.value.len() as u64 > XML_TEXT_BYTES {
                return Err(XmlError::TextTooLong { offset });
            }
            match name.strip_prefix("xmlns") {
                Some(prefix) if prefix.is_empty() || prefix.starts_with(':') => {
                    declarations += 1;
                    if !self.in_scope.iter().any(|known| known == prefix) {
                        self.in_scope.push(prefix.to_owned());
                    }
                    if declarations > XML_NAMESPACES || self.in_scope.len() as u64 > XML_NAMESPACES
                    {
                        return Err(XmlError::TooManyNamespaces { offset });
                    }
                }
                _ => attributes += 1,
            }
            if attributes > XML_ATTRIBUTES {
                return Err(XmlError::TooManyAttributes { offset });
            }
        }
        if declarations > 0 {
            self.copies += self.in_scope.len() as u64;
            if self.copies > XML_NAMESPACE_COPIES {
                return Err(XmlError::TooManyNamespaces { offset });
            }
        }
        Ok(())
    }

    fn close(&mut self) {
        self.text_bytes = 0;
        if let Some(names) = self.open.pop() {
            self.in_scope.truncate(names);
        }
    }

    fn text(&mut self, bytes: usize, offset: u64) -> Result<(), XmlError> {
        if self.text_bytes == 0 {
            self.count(offset)?;
        }
        self.text_bytes += bytes as u64;
        if self.text_bytes > XML_TEXT_BYTES {
            return Err(XmlError::TextTooLong { offset });
        }
        Ok(())
    }

    fn node(&mut self, offset: u64) -> Result<(), XmlError> {
        self.text_bytes = 0;
        self.count(offset)
    }

    fn count(&mut self, offset: u64) -> Result<(), XmlError> {
        self.nodes += 1;
        if self.nodes > XML_NODES { Err(XmlError::TooManyNodes { offset }) } else { Ok(()) }
    }

    fn finish(self) -> Result<(), XmlError> {
        if self.open.is_empty() && self.elements > 0 {
            return Ok(());
        }
        Err(XmlError::Truncated { open: self.open.len() as u32 })
    }
}

/// Received bytes as text: UTF-8 with or without its mark. SOAP's peers write UTF-8 (WS-I Basic
/// Profile); whatever says or is something else is refused by name rather than guessed.
pub(crate) fn text_of(bytes: &[u8]) -> Result<&str, XmlError> {
    if let Some(name) = crate::declared_encoding(bytes)
        && !["utf-8", "utf8", "us-ascii", "ascii"].contains(&name.to_ascii_lowercase().as_str())
    {
        return Err(XmlError::Encoding { name: cut(&name) });
    }
    let body = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    std::str::from_utf8(body).map_err(|error| XmlError::NotUtf8 {
        offset: (error.valid_up_to() + bytes.len() - body.len()) as u64,
    })
}

/// What came from outside, short enough for a message.
fn cut(name: &str) -> String {
    let shown: Cow<'_, str> = match name.char_indices().nth(40) {
        Some((end, _)) => format!("{}…", name.get(..end).unwrap_or_default()).into(),
        None => name.into(),
    };
    shown.chars().filter(|character| !character.is_control()).collect()
}
