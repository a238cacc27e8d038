//! A parsed message: decoded text and the spans of its segments.

use crate::lines::{Lines, beginning, begins_segment};
use crate::segment::Segment;
use crate::separators::Separators;
use model::limits::{HL7V2_SEGMENT_BYTES, HL7V2_SEGMENTS, SSMIX2_FILE_BYTES};
use text::{CharacterSet, Findings, Report};
use thiserror::Error;

/// Why bytes are no message that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ParseError {
    /// Nothing but frame bytes and blanks.
    #[error("nothing in it: expected a message that begins with MSH")]
    Empty,
    /// It begins with something else than MSH.
    #[error("not an HL7 v2 message: byte {offset} should begin MSH and a separator")]
    NotHl7 {
        /// Where MSH should stand.
        offset: usize,
    },
    /// It ends inside the delimiters of its header.
    #[error("cut short after {bytes} bytes, inside MSH-1 or MSH-2")]
    Truncated {
        /// Bytes received.
        bytes: usize,
    },
    /// More bytes than [`SSMIX2_FILE_BYTES`].
    #[error("{bytes} bytes, more than the limit of {SSMIX2_FILE_BYTES}")]
    TooLarge {
        /// Bytes received.
        bytes: usize,
    },
    /// More segments than [`HL7V2_SEGMENTS`].
    #[error("more segments than the limit of {HL7V2_SEGMENTS}")]
    TooManySegments,
    /// A segment of more bytes than [`HL7V2_SEGMENT_BYTES`].
    #[error("segment {index} has more bytes than the limit of {HL7V2_SEGMENT_BYTES}")]
    SegmentTooLarge {
        /// Index of the segment, MSH is 0.
        index: u32,
    },
}

/// A message. Cheap to read from, holds no reference to the bytes it came from.
#[derive(Debug, Clone)]
pub struct Message {
    text: String,
    spans: Vec<Span>,
    syntax: Syntax,
    report: Report,
    findings: Findings,
}

/// What fields need to know of their message.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Syntax {
    pub(crate) separators: Separators,
    pub(crate) set: CharacterSet,
}

#[derive(Debug, Clone, Copy)]
struct Span {
    start: u32,
    end: u32,
    raw_start: u32,
}

impl Message {
    /// Parses bytes as received: one character set is detected for the whole, each segment is
    /// decoded for itself, so that a fault in one segment ends with it.
    ///
    /// Segments end at CR, LF, CRLF or a frame byte; the last one needs no end. A line that does
    /// not begin like a segment continues the one before it, after a line feed.
    ///
    /// # Errors
    /// When no header can be read, or a limit is passed. Text that cannot be decoded is no error:
    /// see [`Message::report`].
    pub fn parse(bytes: &[u8]) -> Result<Message, ParseError> {
        if bytes.len() as u64 > SSMIX2_FILE_BYTES {
            return Err(ParseError::TooLarge { bytes: bytes.len() });
        }
        let start = beginning(bytes);
        let field_separator = header_separator(bytes, start)?;
        let set = text::detect(bytes);
        let mut text = String::with_capacity(bytes.len() - start);
        let mut findings = Findings::default();
        let mut spans: Vec<Span> = Vec::new();
        for (offset, line) in Lines::new(bytes, start) {
            if begins_segment(line, field_separator) || spans.is_empty() {
                if spans.len() as u64 >= HL7V2_SEGMENTS {
                    return Err(ParseError::TooManySegments);
                }
                let at = text.len() as u32;
                spans.push(Span { start: at, end: at, raw_start: offset as u32 });
            } else {
                text.push('\n');
            }
            text::decode_onto(line, set, offset, &mut text, &mut findings);
            let index = spans.len() as u32 - 1;
            let too_large = ParseError::SegmentTooLarge { index };
            let span = spans.last_mut().ok_or(ParseError::Empty)?;
            if (offset + line.len()) as u64 - u64::from(span.raw_start) > HL7V2_SEGMENT_BYTES {
                return Err(too_large);
            }
            span.end = text.len() as u32;
        }
        let separators = header_separators(&text, &spans);
        let syntax = Syntax { separators, set };
        let header = Segment::new(span_text(&text, spans.first()), 0, &syntax);
        let declared = [header.field(18).raw(), header.field(20).raw()];
        let report = Report::new(declared, set, findings.damage_count, findings.gaiji_count);
        Ok(Message { text, spans, syntax, report, findings })
    }

    /// The segments in order, MSH first.
    pub fn segments(&self) -> impl Iterator<Item = Segment<'_>> {
        self.spans.iter().enumerate().map(|(index, span)| {
            Segment::new(span_text(&self.text, Some(span)), index as u32, &self.syntax)
        })
    }

    /// The first segment of a name.
    pub fn segment(&self, name: &str) -> Option<Segment<'_>> {
        self.segments().find(|segment| segment.name() == name)
    }

    /// The segment at an index, MSH is 0.
    pub fn segment_at(&self, index: u32) -> Option<Segment<'_>> {
        let span = self.spans.get(index as usize)?;
        Some(Segment::new(span_text(&self.text, Some(span)), index, &self.syntax))
    }

    /// How many segments there are.
    pub fn segment_count(&self) -> usize {
        self.spans.len()
    }

    /// Declared and used character set, and the verdict.
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// MSH-18 and MSH-20 as received, empty ones left out.
    pub fn declared(&self) -> &[String] {
        &self.report.declared
    }

    /// Damaged places and gaiji; their offsets are those of the bytes as received.
    pub fn findings(&self) -> &Findings {
        &self.findings
    }

    /// The index of the segment in which a byte of the message as received stands.
    pub fn segment_of_offset(&self, offset: usize) -> Option<u32> {
        let after = self.spans.partition_point(|span| span.raw_start as usize <= offset);
        u32::try_from(after.checked_sub(1)?).ok()
    }

    /// The delimiters in force.
    pub fn separators(&self) -> &Separators {
        &self.syntax.separators
    }
}

fn header_separator(bytes: &[u8], start: usize) -> Result<u8, ParseError> {
    let header = bytes.get(start..).unwrap_or_default();
    if header.is_empty() {
        return Err(ParseError::Empty);
    }
    let beginning = header.get(..header.len().min(3)).unwrap_or_default();
    if !b"MSH".starts_with(beginning) {
        return Err(ParseError::NotHl7 { offset: start });
    }
    match (header.get(3), header.get(4)) {
        (Some(separator), Some(_)) if separator.is_ascii_punctuation() => Ok(*separator),
        (None, _) | (Some(_), None) => Err(ParseError::Truncated { bytes: bytes.len() }),
        _ => Err(ParseError::NotHl7 { offset: start }),
    }
}

fn header_separators(text: &str, spans: &[Span]) -> Separators {
    let header = span_text(text, spans.first());
    let mut characters = header.get(3..).unwrap_or_default().chars();
    let field = characters.next().unwrap_or('|');
    let encoding = characters.as_str().split(field).next().unwrap_or_default();
    Separators::from_header(field, encoding)
}

fn span_text<'a>(text: &'a str, span: Option<&Span>) -> &'a str {
    span.and_then(|span| text.get(span.start as usize..span.end as usize)).unwrap_or_default()
}
