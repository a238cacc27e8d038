//! A segment and its fields.

use crate::field::Field;
use crate::message::Syntax;
use model::limits::HL7V2_FIELDS;

/// One segment of a message. A reference: copying it costs nothing.
#[derive(Debug, Clone, Copy)]
pub struct Segment<'a> {
    text: &'a str,
    index: u32,
    syntax: &'a Syntax,
}

impl<'a> Segment<'a> {
    pub(crate) fn new(text: &'a str, index: u32, syntax: &'a Syntax) -> Segment<'a> {
        Segment { text, index, syntax }
    }

    /// Its name, such as `PID`.
    pub fn name(&self) -> &'a str {
        part(self.text, self.syntax.separators.field, 0, u64::MAX)
    }

    /// Its place in the message; MSH is 0.
    pub fn index(&self) -> u32 {
        self.index
    }

    /// The whole segment, decoded, delimiters and escapes as received.
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// Field `number` in HL7's numbering: MSH-1 is the separator itself. A missing field is an
    /// empty one. The last field within [`HL7V2_FIELDS`] keeps the rest of the segment.
    pub fn field(&self, number: u32) -> Field<'a> {
        let separator = self.syntax.separators.field;
        let raw = match (self.is_header(), number) {
            (_, 0) => "",
            (true, 1) => self.text.get(3..3 + separator.len_utf8()).unwrap_or_default(),
            (true, _) => part(self.text, separator, number - 1, HL7V2_FIELDS - 1),
            (false, _) => part(self.text, separator, number, HL7V2_FIELDS),
        };
        Field::new(raw, self.syntax)
    }

    /// The fields that are not empty, with their numbers.
    pub fn fields(&self) -> impl Iterator<Item = (u32, Field<'a>)> + use<'a> {
        let syntax = self.syntax;
        let separator = syntax.separators.field;
        let from = if self.is_header() { 2 } else { 1 };
        let count = (HL7V2_FIELDS + 1) as usize - from;
        let rest = self.text.split_once(separator).map_or("", |(_, rest)| rest);
        rest.splitn(count, separator)
            .enumerate()
            .filter(|(_, raw)| !raw.is_empty())
            .map(move |(at, raw)| ((at + from) as u32, Field::new(raw, syntax)))
    }

    fn is_header(&self) -> bool {
        matches!(self.text.as_bytes(), [b'M', b'S', b'H', ..])
    }
}

/// Part `number` (from 0) of `text` between separators; part `last` keeps the rest.
pub(crate) fn part(text: &str, separator: char, number: u32, last: u64) -> &str {
    let mut rest = text;
    for _ in 0..number {
        match find(rest, separator) {
            Some(at) => rest = rest.get(at + separator.len_utf8()..).unwrap_or_default(),
            None => return "",
        }
    }
    match u64::from(number).cmp(&last) {
        std::cmp::Ordering::Less => {
            find(rest, separator).and_then(|at| rest.get(..at)).unwrap_or(rest)
        }
        std::cmp::Ordering::Equal => rest,
        std::cmp::Ordering::Greater => "",
    }
}

/// Fields are short: a plain loop over bytes beats a searcher that has to be set up.
fn find(text: &str, separator: char) -> Option<usize> {
    match u8::try_from(separator) {
        Ok(byte) if byte.is_ascii() => text.bytes().position(|candidate| candidate == byte),
        _ => text.find(separator),
    }
}
