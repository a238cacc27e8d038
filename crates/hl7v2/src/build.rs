//! A builder of messages: answers and notifications, tests, the synthetic region.

use crate::escape::escape;
use crate::separators::Separators;
use text::{CharacterSet, Unmappable};

/// What ends a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Terminator {
    /// CR, as the standard says.
    Cr,
    /// LF.
    Lf,
    /// CR LF.
    CrLf,
}

impl Terminator {
    /// Its bytes.
    pub fn bytes(self) -> &'static [u8] {
        match self {
            Terminator::Cr => b"\r",
            Terminator::Lf => b"\n",
            Terminator::CrLf => b"\r\n",
        }
    }
}

/// One segment under construction. Values are escaped when the message is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SegmentBuilder {
    name: String,
    fields: Vec<Value>,
}

/// A field: repetitions of components of subcomponents, or raw text.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Value {
    Raw(String),
    Tree(Vec<Vec<Vec<String>>>),
}

impl Value {
    fn is_empty(&self) -> bool {
        match self {
            Value::Raw(raw) => raw.is_empty(),
            Value::Tree(tree) => match tree.as_slice() {
                [] => true,
                [only] => only.iter().flatten().all(String::is_empty) && only.len() < 2,
                _ => false,
            },
        }
    }
}

impl SegmentBuilder {
    /// A segment without fields; empty ones at its end are not written. MSH-1 and MSH-2 are written by the message.
    pub fn new(name: &str) -> SegmentBuilder {
        SegmentBuilder { name: name.to_owned(), fields: Vec::new() }
    }

    /// Sets field `number` to text written as it is, delimiters included.
    #[must_use]
    pub fn raw(self, number: u32, raw: &str) -> SegmentBuilder {
        self.set(number, Value::Raw(raw.to_owned()))
    }

    /// Sets field `number` to one value.
    #[must_use]
    pub fn text(self, number: u32, value: &str) -> SegmentBuilder {
        self.components(number, &[value])
    }

    /// Sets field `number` to the components of one repetition.
    #[must_use]
    pub fn components(self, number: u32, components: &[&str]) -> SegmentBuilder {
        self.repetitions(number, &[components])
    }

    /// Sets field `number` to several repetitions.
    #[must_use]
    pub fn repetitions(self, number: u32, repetitions: &[&[&str]]) -> SegmentBuilder {
        let tree = repetitions
            .iter()
            .map(|components| components.iter().map(|value| vec![(*value).to_owned()]).collect())
            .collect();
        self.tree(number, tree)
    }

    /// Sets field `number` to repetitions of components of subcomponents.
    #[must_use]
    pub fn tree(self, number: u32, tree: Vec<Vec<Vec<String>>>) -> SegmentBuilder {
        self.set(number, Value::Tree(tree))
    }

    fn set(mut self, number: u32, value: Value) -> SegmentBuilder {
        let at = number as usize;
        if self.fields.len() <= at {
            self.fields.resize(at + 1, Value::Raw(String::new()));
        }
        if let Some(field) = self.fields.get_mut(at) {
            *field = value;
        }
        self
    }

    fn write(&self, separators: &Separators) -> String {
        let mut line = self.name.clone();
        let mut first = 1;
        if self.name == "MSH" {
            line.push(separators.field);
            line.push_str(&separators.encoding_characters());
            first = 3;
        }
        let used = self.fields.iter().rposition(|field| !field.is_empty()).map_or(0, |at| at + 1);
        for field in self.fields.iter().take(used).skip(first) {
            line.push(separators.field);
            match field {
                Value::Raw(raw) => line.push_str(raw),
                Value::Tree(tree) => line.push_str(&write_tree(tree, separators)),
            }
        }
        line
    }
}

/// A message under construction.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MessageBuilder {
    separators: Separators,
    segments: Vec<SegmentBuilder>,
}

impl MessageBuilder {
    /// A message with the standard's delimiters.
    pub fn new() -> MessageBuilder {
        MessageBuilder::default()
    }

    /// A message with other delimiters.
    pub fn with_separators(separators: Separators) -> MessageBuilder {
        MessageBuilder { separators, segments: Vec::new() }
    }

    /// Appends a segment.
    #[must_use]
    pub fn segment(mut self, segment: SegmentBuilder) -> MessageBuilder {
        self.segments.push(segment);
        self
    }

    /// Appends a segment in place.
    pub fn push(&mut self, segment: SegmentBuilder) {
        self.segments.push(segment);
    }

    /// Sets MSH-18 of the message's header, repetitions included, as it is written.
    pub(crate) fn declare(&mut self, declared: &str) {
        if let Some(header) = self.segments.first_mut()
            && !declared.is_empty()
        {
            *header = header.clone().raw(18, declared);
        }
    }

    /// The message as text, each segment ended by CR.
    pub fn build(&self) -> String {
        let mut text = String::new();
        for segment in &self.segments {
            text.push_str(&segment.write(&self.separators));
            text.push('\r');
        }
        text
    }

    /// The message as bytes; in ISO-2022-JP each segment ends in ASCII.
    ///
    /// # Errors
    /// The first character that the set cannot carry.
    pub fn to_bytes(
        &self,
        set: CharacterSet,
        terminator: Terminator,
    ) -> Result<Vec<u8>, Unmappable> {
        let mut bytes = Vec::new();
        for segment in &self.segments {
            bytes.extend_from_slice(&text::encode(&segment.write(&self.separators), set)?);
            bytes.extend_from_slice(terminator.bytes());
        }
        Ok(bytes)
    }
}

fn write_tree(tree: &[Vec<Vec<String>>], separators: &Separators) -> String {
    let mut out = String::new();
    for (at, components) in tree.iter().enumerate() {
        if at > 0 {
            out.push(separators.repetition);
        }
        for (at, subcomponents) in components.iter().enumerate() {
            if at > 0 {
                out.push(separators.component);
            }
            for (at, value) in subcomponents.iter().enumerate() {
                if at > 0 {
                    out.push(separators.subcomponent);
                }
                out.push_str(&escape(value, separators));
            }
        }
    }
    out
}
