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
    let nth = usize::try_from(number).unwrap_or(usize::MAX);
    let between = match u8::try_from(separator) {
        Ok(byte) if byte.is_ascii() => {
            between(memchr::memchr_iter(byte, text.as_bytes()), nth, text.len(), 1)
        }
        _ => {
            let places = text.match_indices(separator).map(|(at, _)| at);
            between(places, nth, text.len(), separator.len_utf8())
        }
    };
    let Some((from, to)) = between else { return "" };
    match u64::from(number).cmp(&last) {
        std::cmp::Ordering::Less => text.get(from..to).unwrap_or_default(),
        std::cmp::Ordering::Equal => text.get(from..).unwrap_or_default(),
        std::cmp::Ordering::Greater => "",
    }
}

/// Where part `number` begins and ends in a text of `length` bytes.
fn between(
    mut separators: impl Iterator<Item = usize>,
    number: usize,
    length: usize,
    width: usize,
) -> Option<(usize, usize)> {
    let from = match number.checked_sub(1) {
        None => 0,
        Some(before) => separators.nth(before)? + width,
    };
    Some((from, separators.next().unwrap_or(length)))
}
