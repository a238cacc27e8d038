//! A multipart message split at its boundaries, whatever pieces it comes in (RFC 2046 §5.1).

use super::error::{MtomError, shown};
use crate::content_type::ContentType;
use bytes::{Buf, Bytes, BytesMut};
use memchr::memmem;
use model::limits::{MTOM_PART_BYTES, MTOM_PART_HEADER_BYTES, MTOM_PARTS, MTOM_TOTAL_BYTES};

/// What the next bytes of a message were.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A part begins.
    Begin(PartHead),
    /// Bytes of the part, as sent: the transfer encoding is not taken off. Never empty.
    Data(Bytes),
    /// The part ends.
    End,
    /// The last boundary: what may follow is no part.
    Close,
}

/// The headers of a part that matter here.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PartHead {
    /// Number of the part, from 1.
    pub number: u64,
    /// `Content-ID` without its angle brackets.
    pub content_id: Option<String>,
    /// `Content-Type` as written.
    pub content_type: Option<String>,
    /// `Content-Transfer-Encoding`, lower case; empty where there is none.
    pub transfer_encoding: String,
}

/// A push parser: give it bytes, ask it for events until it has none, tell it the end.
///
/// The line end of the first boundary line is that of all: a message with bare line feeds is
/// read, and in one with CR LF a bare line feed before a boundary's text is data. A boundary's
/// text that goes on with anything but blanks and a line end is data too.
#[derive(Debug)]
pub struct Splitter {
    /// `--boundary`.
    dashes: Vec<u8>,
    /// Line end and `--boundary`; known after the first boundary.
    delimiter: Vec<u8>,
    buffer: BytesMut,
    state: State,
    ended: bool,
    parts: u64,
    part_bytes: u64,
    total_bytes: u64,
    failure: Option<MtomError>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Preamble,
    Head,
    /// At the first byte of a part, where a boundary needs no line end before it.
    BodyStart,
    Body,
    /// After the end of a part: another one begins.
    Next,
    Closing,
    Epilogue,
}

/// What follows the text of a boundary.
enum Tail {
    /// More bytes are needed to tell.
    Unknown,
    /// It was no boundary.
    Data,
    /// A boundary line of this many bytes, with this line end.
    Line(usize, &'static [u8]),
    /// `--`.
    Close,
}

impl Splitter {
    /// A parser for the message of this media type.
    ///
    /// # Errors
    /// [`MtomError::Boundary`] without a boundary that could be one.
    pub fn new(content_type: &ContentType) -> Result<Splitter, MtomError> {
        if content_type.contradicts_itself("boundary") {
            return Err(MtomError::Boundary("it is given twice"));
        }
        let boundary = content_type.parameter("boundary").unwrap_or_default();
        if boundary.is_empty() {
            return Err(MtomError::Boundary("it is missing"));
        }
        if boundary.len() > BOUNDARY_BYTES
            || !boundary.bytes().all(|byte| (b' '..0x7F).contains(&byte))
        {
            return Err(MtomError::Boundary("it is too long or not printable ascii"));
        }
        let dashes = [b"--", boundary.as_bytes()].concat();
        Ok(Splitter {
            delimiter: [b"\r\n", dashes.as_slice()].concat(),
            dashes,
            buffer: BytesMut::new(),
            state: State::Preamble,
            ended: false,
            parts: 0,
            part_bytes: 0,
            total_bytes: 0,
            failure: None,
        })
    }

    /// Adds bytes. Ask for every event before adding more, or they pile up.
    pub fn push(&mut self, bytes: &[u8]) {
        self.total_bytes = self.total_bytes.saturating_add(bytes.len() as u64);
        if self.total_bytes > MTOM_TOTAL_BYTES {
            self.failure.get_or_insert(MtomError::TooLarge);
        } else if self.state != State::Epilogue {
            self.buffer.extend_from_slice(bytes);
        }
    }

    /// Says that no more bytes come.
    pub fn finish(&mut self) {
        self.ended = true;
    }

    /// The next event, or `None` when more bytes are needed, or after [`Event::Close`].
    ///
    /// # Errors
    /// The same one ever after.
    pub fn next_event(&mut self) -> Result<Option<Event>, MtomError> {
        if let Some(failure) = &self.failure {
            return Err(failure.clone());
        }
        let found = self.step();
        if let Err(error) = &found {
            self.failure = Some(error.clone());
            self.buffer.clear();
        }
        found
    }

    fn step(&mut self) -> Result<Option<Event>, MtomError> {
        loop {
            match self.state {
                State::Preamble => {
                    if !self.skip_preamble()? {
                        return self.starved();
                    }
                }
                State::Next => {
                    self.parts += 1;
                    if self.parts > MTOM_PARTS {
                        return Err(MtomError::TooManyParts);
                    }
                    self.part_bytes = 0;
                    self.state = State::Head;
                }
                State::Head => match self.read_head()? {
                    Some(head) => {
                        self.state = State::BodyStart;
                        return Ok(Some(Event::Begin(head)));
                    }
                    None => return self.starved(),
                },
                State::BodyStart => match self.boundary_at_start() {
                    Some(true) => return Ok(Some(Event::End)),
                    Some(false) => self.state = State::Body,
                    None => return self.starved(),
                },
                State::Body => match self.read_body()? {
                    Some(event) => return Ok(Some(event)),
                    None => return self.starved(),
                },
                State::Closing => {
                    self.buffer.clear();
                    self.state = State::Epilogue;
                    return Ok(Some(Event::Close));
                }
                State::Epilogue => return Ok(None),
            }
        }
    }

    /// No event in what is there: wait for more, unless there is no more.
    fn starved(&self) -> Result<Option<Event>, MtomError> {
        match self.ended {
            true => Err(MtomError::Truncated { part: self.parts }),
            false => Ok(None),
        }
    }

    /// Finds the first boundary line; true once it is behind.
    fn skip_preamble(&mut self) -> Result<bool, MtomError> {
        let mut from = 0;
        while let Some(found) = find(&self.buffer, from, &self.dashes) {
            let at_line_start = found == 0 || self.buffer.get(found - 1) == Some(&b'\n');
            let after = found + self.dashes.len();
            match self.tail(after) {
                Tail::Unknown if at_line_start => return Ok(false),
                Tail::Line(length, line_end) if at_line_start => {
                    self.delimiter = [line_end, self.dashes.as_slice()].concat();
                    self.buffer.advance(after + length);
                    self.state = State::Next;
                    return Ok(true);
                }
                Tail::Close if at_line_start => {
                    self.state = State::Closing;
                    return Ok(true);
                }
                _ => from = found + 1,
            }
        }
        match self.buffer.len() as u64 > MTOM_PART_HEADER_BYTES {
            true => Err(MtomError::HeaderTooLong("the text before the first part is")),
            false => Ok(false),
        }
    }

    /// What follows a boundary's text that ends at `after`.
    fn tail(&self, after: usize) -> Tail {
        let rest = self.buffer.get(after..).unwrap_or_default();
        if rest.starts_with(b"--") {
            return Tail::Close;
        }
        let blanks = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        match rest.get(blanks..).unwrap_or_default() {
            _ if blanks > PADDING_BYTES => Tail::Data,
            [b'\n', ..] => Tail::Line(blanks + 1, b"\n"),
            [b'\r', b'\n', ..] => Tail::Line(blanks + 2, b"\r\n"),
            [] | [b'\r'] if !self.ended => Tail::Unknown,
            [b'-'] if blanks == 0 && !self.ended => Tail::Unknown,
            _ => Tail::Data,
        }
    }

    fn read_head(&mut self) -> Result<Option<PartHead>, MtomError> {
        let limit = usize::try_from(MTOM_PART_HEADER_BYTES).unwrap_or(usize::MAX);
        let Some(length) = head_length(&self.buffer) else {
            return match self.buffer.len() > limit {
                true => Err(MtomError::HeaderTooLong("the headers of a part are")),
                false => Ok(None),
            };
        };
        if length > limit {
            return Err(MtomError::HeaderTooLong("the headers of a part are"));
        }
        let head = self.buffer.split_to(length);
        part_head(&head, self.parts).map(Some)
    }

    /// Whether a boundary stands where a part begins, so that the part is empty.
    fn boundary_at_start(&mut self) -> Option<bool> {
        let known = self.buffer.len().min(self.dashes.len());
        if self.buffer.get(..known) != self.dashes.get(..known) {
            return Some(false);
        }
        if known < self.dashes.len() {
            return if self.ended { Some(false) } else { None };
        }
        self.boundary(known)
    }

    /// Data up to the next boundary, or the end of the part.
    fn read_body(&mut self) -> Result<Option<Event>, MtomError> {
        let mut from = 0;
        while let Some(found) = find(&self.buffer, from, &self.delimiter) {
            if found > 0 {
                // The boundary, if it is one, is looked at again once it stands at the start.
                return self.data(found).map(Some);
            }
            match self.boundary(found + self.delimiter.len()) {
                Some(true) => return Ok(Some(Event::End)),
                Some(false) => from = found + 1,
                None => return Ok(None),
            }
        }
        // The last bytes may be the beginning of a delimiter.
        let kept = match self.ended {
            true => 0,
            false => longest_suffix(&self.buffer, &self.delimiter),
        };
        match self.buffer.len() - kept {
            0 => Ok(None),
            length => self.data(length).map(Some),
        }
    }

    /// Goes behind the boundary whose text ends at `after`, if it is one.
    fn boundary(&mut self, after: usize) -> Option<bool> {
        match self.tail(after) {
            Tail::Unknown => None,
            Tail::Data => Some(false),
            Tail::Line(length, _) => {
                self.buffer.advance(after + length);
                self.state = State::Next;
                Some(true)
            }
            Tail::Close => {
                self.state = State::Closing;
                Some(true)
            }
        }
    }

    fn data(&mut self, length: usize) -> Result<Event, MtomError> {
        self.part_bytes = self.part_bytes.saturating_add(length as u64);
        if self.part_bytes > MTOM_PART_BYTES {
            return Err(MtomError::PartTooLarge);
        }
        Ok(Event::Data(self.buffer.split_to(length).freeze()))
    }
}

/// RFC 2046 allows 70; some stacks write more.
const BOUNDARY_BYTES: usize = 200;
/// Blanks between a boundary and its line end.
const PADDING_BYTES: usize = 256;

fn find(bytes: &[u8], from: usize, needle: &[u8]) -> Option<usize> {
    memmem::find(bytes.get(from..)?, needle).map(|at| from + at)
}

/// How many of the last bytes could begin `needle`.
fn longest_suffix(bytes: &[u8], needle: &[u8]) -> usize {
    let most = bytes.len().min(needle.len().saturating_sub(1));
    (1..=most)
        .rev()
        .find(|length| bytes.ends_with(needle.get(..*length).unwrap_or_default()))
        .unwrap_or(0)
}

/// Bytes of the headers with the blank line that ends them.
fn head_length(bytes: &[u8]) -> Option<usize> {
    let mut line_start = 0;
    for end in memchr::memchr_iter(b'\n', bytes) {
        if matches!(bytes.get(line_start..end), Some([] | [b'\r'])) {
            return Some(end + 1);
        }
        line_start = end + 1;
    }
    None
}

fn part_head(bytes: &[u8], number: u64) -> Result<PartHead, MtomError> {
    let mut head = PartHead { number, ..PartHead::default() };
    let wrong = |detail: String| MtomError::Header { part: number, detail };
    let text = std::str::from_utf8(bytes).map_err(|_| wrong("headers are not utf-8".to_owned()))?;
    let mut encoding = None;
    for line in unfolded(text) {
        let Some((name, value)) = line.split_once(':') else {
            return Err(wrong(format!("a header line without a colon: {:?}", shown(&line))));
        };
        let value = value.trim().to_owned();
        let place = match name.trim().to_ascii_lowercase().as_str() {
            "content-id" => &mut head.content_id,
            "content-type" => &mut head.content_type,
            "content-transfer-encoding" => &mut encoding,
            _ => continue,
        };
        if place.replace(value).is_some() {
            return Err(wrong(format!("the header {} stands there twice", shown(name))));
        }
    }
    if let Some(id) = &mut head.content_id {
        *id = id.trim_start_matches('<').trim_end_matches('>').trim().to_owned();
    }
    head.transfer_encoding = encoding.unwrap_or_default().to_ascii_lowercase();
    Ok(head)
}

/// Lines with those that continue them.
fn unfolded(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines().filter(|line| !line.is_empty()) {
        match (line.starts_with([' ', '\t']), lines.last_mut()) {
            (true, Some(last)) => last.push_str(line),
            _ => lines.push(line.to_owned()),
        }
    }
    lines
}
