//! Records out of a transaction file, from a cursor on.

use super::header::{Header, HeaderError, MARK};
use super::window::Window;
use model::limits::{TRANSACTION_HEADER_BYTES, TRANSACTION_RECORD_BYTES};
use model::reason::Reason;
use std::io::{self, Read};

/// Whether the end of the file may still grow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tail {
    /// The hospital may be writing: the last record counts only once another one follows it.
    Open,
    /// A newer file exists or the size has been stable: the last record ends with the file.
    Closed,
}

/// A record of a wanted patient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its header line.
    pub header: Header,
    /// The message as written, up to the next record.
    pub body: Vec<u8>,
    /// Place of the record in its file.
    pub offset: u64,
    /// Place of the first byte after it: the cursor once the record is dealt with.
    pub end: u64,
}

/// One step through a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// A record of a wanted patient.
    Record(Record),
    /// A record of a patient who is not wanted; nothing of it is kept.
    PassedOver {
        /// Place of the first byte after it.
        end: u64,
    },
    /// Bytes that are no record, or a record that cannot be used. Nothing of them is kept:
    /// whose they are is not known, or they are too many.
    Refused {
        /// Place in the file.
        offset: u64,
        /// Place of the first byte after it.
        end: u64,
        /// [`Reason::RecordMalformed`], [`Reason::TooLarge`], or the reason of a part's fault.
        reason: Reason,
        /// What is wrong, without the content.
        detail: String,
        /// The header, where it could be read and its patient is wanted.
        header: Option<Header>,
    },
}

impl Item {
    /// Place of the first byte after it: the cursor once it is dealt with.
    pub fn end(&self) -> u64 {
        match self {
            Item::Record(record) => record.end,
            Item::PassedOver { end } | Item::Refused { end, .. } => *end,
        }
    }
}

/// Reads records forward from a place in a transaction file.
pub struct Reader<R> {
    window: Window<R>,
    tail: Tail,
    done: bool,
}

impl<R: Read> Reader<R> {
    /// A reader over `source`, whose next byte is byte `offset` of the file: 0, or the end of
    /// an earlier item.
    pub fn new(source: R, offset: u64, tail: Tail) -> Reader<R> {
        Reader { window: Window::new(source, offset), tail, done: false }
    }

    /// The next item; `None` at the end of what is complete. `wanted` is asked once per record,
    /// with nothing but the header line read.
    ///
    /// A record begins at `#SSMIX,` at the beginning of a line and ends before the next one; CR,
    /// LF and CRLF end lines. With [`Tail::Open`] the last record of the file is not returned,
    /// and the cursor stays before it.
    ///
    /// # Errors
    /// What reading gives. The reader is not to be used after that.
    pub fn next(&mut self, wanted: &mut dyn FnMut(&Header) -> bool) -> io::Result<Option<Item>> {
        if self.done {
            return Ok(None);
        }
        self.pass_blanks()?;
        let offset = self.window.offset();
        if self.window.peek(MARK.len())?.is_empty() {
            return Ok(None);
        }
        if !self.at_mark()? {
            return self.refuse_stray_bytes(offset);
        }
        let (line, line_ended) = self.read_header_line()?;
        let header = match line {
            Some(line) => Header::split(&line),
            None => Err(HeaderError::TooLong),
        };
        let is_wanted = header.as_ref().is_ok_and(wanted);
        let (body, size_bytes) = self.read_body(is_wanted, line_ended)?;
        if self.is_unfinished()? {
            return Ok(None);
        }
        let end = self.window.offset();
        Ok(Some(match header {
            Err(error) => Item::Refused {
                offset,
                end,
                reason: Reason::RecordMalformed,
                detail: error.to_string(),
                header: None,
            },
            Ok(_) if !is_wanted => Item::PassedOver { end },
            Ok(header) => complete(header, body, size_bytes, offset, end),
        }))
    }

    /// Blanks and frame bytes between records are nobody's.
    fn pass_blanks(&mut self) -> io::Result<()> {
        let is_blank = |byte: &u8| matches!(byte, b'\r' | b'\n' | b' ' | 0x0B | 0x1A | 0x1C | 0);
        if self.window.offset() == 0 && self.window.peek(3)?.starts_with(b"\xEF\xBB\xBF") {
            self.window.advance(3);
        }
        loop {
            let bytes = self.window.peek(1)?;
            let blanks = bytes.iter().take_while(|byte| is_blank(byte)).count();
            if blanks == 0 {
                return Ok(());
            }
            self.window.advance(blanks);
        }
    }

    fn at_mark(&mut self) -> io::Result<bool> {
        Ok(self.window.peek(MARK.len())?.starts_with(MARK))
    }

    /// The header line without its end (`None` if longer than the limit), and whether it had one.
    fn read_header_line(&mut self) -> io::Result<(Option<Vec<u8>>, bool)> {
        let limit = TRANSACTION_HEADER_BYTES as usize;
        let mut line = Vec::new();
        let mut too_long = false;
        let ended = self.window.pass_line(&mut |piece| {
            too_long |= line.len() + piece.len() > limit;
            if !too_long {
                line.extend_from_slice(piece);
            }
        })?;
        while matches!(line.last(), Some(b'\r' | b'\n')) {
            line.pop();
        }
        Ok(((!too_long).then_some(line), ended))
    }

    /// Passes over the body; keeps it if wanted and within the limit. Also its whole size.
    fn read_body(&mut self, is_wanted: bool, line_ended: bool) -> io::Result<(Vec<u8>, u64)> {
        let mut body = Vec::new();
        let mut size_bytes = 0_u64;
        let mut at_line_start = line_ended;
        let mut keep = |piece: &[u8]| {
            size_bytes += piece.len() as u64;
            if is_wanted && size_bytes <= TRANSACTION_RECORD_BYTES {
                body.extend_from_slice(piece);
            }
        };
        if line_ended && self.window.peek(1)?.first() == Some(&b'\n') {
            self.window.advance(1);
        }
        loop {
            if at_line_start && self.at_mark()? {
                break;
            }
            match self.window.peek(1)?.first() {
                None => break,
                Some(byte) if at_line_start && matches!(byte, 0x0B | 0x1C | 0) => {
                    keep(&[*byte]);
                    self.window.advance(1);
                }
                Some(_) => at_line_start = self.window.pass_line(&mut keep)?,
            }
        }
        Ok((body, size_bytes))
    }

    /// Whether the file ended where, with an open tail, more may come.
    fn is_unfinished(&mut self) -> io::Result<bool> {
        if !self.window.peek(1)?.is_empty() {
            return Ok(false);
        }
        self.done = true;
        Ok(self.tail == Tail::Open)
    }

    fn refuse_stray_bytes(&mut self, offset: u64) -> io::Result<Option<Item>> {
        self.read_body(false, false)?;
        if self.is_unfinished()? {
            return Ok(None);
        }
        Ok(Some(Item::Refused {
            offset,
            end: self.window.offset(),
            reason: Reason::RecordMalformed,
            detail: "bytes that belong to no record: expected #SSMIX at the beginning of a line"
                .to_owned(),
            header: None,
        }))
    }
}

fn complete(header: Header, body: Vec<u8>, size_bytes: u64, offset: u64, end: u64) -> Item {
    if size_bytes > TRANSACTION_RECORD_BYTES {
        let detail = format!("{size_bytes} bytes, more than the limit for one record");
        return Item::Refused {
            offset,
            end,
            reason: Reason::TooLarge,
            detail,
            header: Some(header),
        };
    }
    match header.check() {
        Ok(()) => Item::Record(Record { header, body, offset, end }),
        Err(error) => Item::Refused {
            offset,
            end,
            reason: match error {
                HeaderError::Name(name) if name.reason() != Reason::NameMalformed => name.reason(),
                _ => Reason::RecordMalformed,
            },
            detail: error.to_string(),
            header: Some(header),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A source that gives few bytes at a time, as a network share may.
    struct Slow<'a>(&'a [u8], usize);

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let count = self.1.min(buffer.len()).min(self.0.len());
            buffer[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    fn record(patient: &str, key: &str, body: &str, end: &str) -> String {
        let header = format!(
            "#SSMIX,2.00,1310000000,{patient},20240101,OMP-01,{key},INS,01,20240101090000000"
        );
        format!("{header}{end}{}", body.replace('\r', end))
    }

    fn read_from(bytes: &[u8], offset: u64, tail: Tail, patient: &str) -> Vec<Item> {
        let rest = &bytes[offset as usize..];
        let mut reader = Reader::new(Slow(rest, 3), offset, tail);
        let mut items = Vec::new();
        while let Some(item) = reader.next(&mut |header| header.patient_id == patient).unwrap() {
            items.push(item);
        }
        items
    }

    fn bodies(items: &[Item]) -> Vec<String> {
        let body = |item: &Item| match item {
            Item::Record(record) => String::from_utf8(record.body.clone()).unwrap(),
            Item::PassedOver { .. } => "-".to_owned(),
            Item::Refused { reason, .. } => reason.code().to_owned(),
        };
        items.iter().map(body).collect()
    }

    #[test]
    fn bodies_of_wanted_patients_are_returned_whichever_ends_the_lines() {
        for end in ["\r", "\n", "\r\n"] {
            let file = record("0000001", "1", "MSH|a\rPID|b\r", end)
                + &record("0000002", "2", "MSH|secret\r", end)
                + &record("0000001", "3", "MSH|c\r", end);
            let items = read_from(file.as_bytes(), 0, Tail::Closed, "0000001");
            let expected = [format!("MSH|a{end}PID|b{end}"), "-".to_owned(), format!("MSH|c{end}")];
            assert_eq!(bodies(&items), expected);
            assert_eq!(items.last().unwrap().end(), file.len() as u64);
        }
    }

    #[test]
    fn the_last_record_waits_until_another_follows_or_the_file_is_closed() {
        let first = record("0000001", "1", "MSH|a\r", "\r");
        let second = record("0000001", "2", "MSH|b\rPI", "\r");
        let file = first.clone() + &second;
        let items = read_from(file.as_bytes(), 0, Tail::Open, "0000001");
        assert_eq!(bodies(&items), ["MSH|a\r"]);
        let cursor = items[0].end();
        assert_eq!(cursor, first.len() as u64);
        let grown = file + "D|x\r" + &record("0000009", "3", "", "\r");
        let items = read_from(grown.as_bytes(), cursor, Tail::Open, "0000001");
        assert_eq!(bodies(&items), ["MSH|b\rPID|x\r"]);
        let items = read_from(grown.as_bytes(), cursor, Tail::Closed, "0000001");
        assert_eq!(bodies(&items), ["MSH|b\rPID|x\r", "-"]);
    }

    #[test]
    fn a_header_alone_and_half_a_mark_are_not_yet_records() {
        let first = record("0000001", "1", "MSH|a\r", "\r");
        for tail in ["#", "#SSMIX", "#SSMIX,2.00,1,0000"] {
            let file = first.clone() + tail;
            let items = read_from(file.as_bytes(), 0, Tail::Open, "0000001");
            let complete = if tail.starts_with(MARK_TEXT) { vec!["MSH|a\r"] } else { vec![] };
            assert_eq!(bodies(&items), complete, "{tail}");
        }
    }

    const MARK_TEXT: &str = "#SSMIX,";

    #[test]
    fn a_mark_within_a_line_begins_nothing() {
        let file = record("0000001", "1", "MSH|a\rOBX|#SSMIX,2.00,x\r", "\r");
        let items = read_from(file.as_bytes(), 0, Tail::Closed, "0000001");
        assert_eq!(bodies(&items), ["MSH|a\rOBX|#SSMIX,2.00,x\r"]);
    }

    #[test]
    fn a_frame_byte_before_the_next_record_stays_with_the_body() {
        let file =
            record("0000001", "1", "MSH|a\r\u{1c}", "\r") + &record("0000001", "2", "", "\r");
        let items = read_from(file.as_bytes(), 0, Tail::Closed, "0000001");
        assert_eq!(bodies(&items), ["MSH|a\r\u{1c}", ""]);
    }

    #[test]
    fn faults_are_refused_and_the_next_record_is_read() {
        let good = record("0000001", "2", "MSH|b\r", "\r");
        let file = format!("garbage\rmore\r#SSMIX,2.00,short\rMSH|?\r{good}");
        let items = read_from(file.as_bytes(), 0, Tail::Closed, "0000001");
        assert_eq!(bodies(&items), ["record-malformed", "record-malformed", "MSH|b\r"]);
        for item in &items[..2] {
            let Item::Refused { detail, header: None, .. } = item else { panic!("{item:?}") };
            assert!(!detail.contains("short") && !detail.contains("garbage"));
        }
        let impossible = good.replace(",20240101,OMP", ",20240231,OMP");
        let items = read_from(impossible.as_bytes(), 0, Tail::Closed, "0000001");
        assert_eq!(bodies(&items), ["care-date-impossible"]);
        let items = read_from(impossible.as_bytes(), 0, Tail::Closed, "0000007");
        assert_eq!(bodies(&items), ["-"]);
    }

    #[test]
    fn a_header_line_without_end_is_bounded() {
        let file =
            format!("#SSMIX,{}\r{}", "9".repeat(100_000), record("0000001", "2", "M\r", "\r"));
        let mut reader = Reader::new(file.as_bytes(), 0, Tail::Closed);
        let first = reader.next(&mut |_| true).unwrap().unwrap();
        assert!(matches!(first, Item::Refused { reason: Reason::RecordMalformed, .. }));
        assert!(matches!(reader.next(&mut |_| true).unwrap(), Some(Item::Record(_))));
    }

    #[test]
    fn a_record_beyond_the_limit_is_refused_and_passed_over_where_not_wanted() {
        let line = vec![b'x'; 1 << 20];
        let mut file = record("0000001", "1", "", "\r").into_bytes();
        while (file.len() as u64) < TRANSACTION_RECORD_BYTES + 4_096 {
            file.extend(&line);
            file.push(b'\r');
        }
        file.extend(record("0000001", "2", "MSH|b\r", "\r").bytes());
        let mut reader = Reader::new(file.as_slice(), 0, Tail::Closed);
        let first = reader.next(&mut |_| true).unwrap().unwrap();
        assert!(matches!(first, Item::Refused { reason: Reason::TooLarge, header: Some(_), .. }));
        assert!(matches!(reader.next(&mut |_| true).unwrap(), Some(Item::Record(_))));
        let mut reader = Reader::new(file.as_slice(), 0, Tail::Closed);
        assert!(matches!(reader.next(&mut |_| false).unwrap(), Some(Item::PassedOver { .. })));
    }

    fn pieces() -> impl Strategy<Value = Vec<u8>> {
        let piece = prop_oneof![
            Just(record("0000001", "1", "MSH|a\rPID|b\r", "\r").into_bytes()),
            Just(record("0000002", "2", "MSH|c\r", "\r\n").into_bytes()),
            Just(b"#SSMIX,2.00,".to_vec()),
            Just(b"\r\n".to_vec()),
            proptest::collection::vec(any::<u8>(), 0..40),
        ];
        proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn items_follow_one_another_and_resuming_at_any_gives_the_rest(file in pieces()) {
            let items = read_from(&file, 0, Tail::Closed, "0000001");
            let mut end = 0;
            for (at, item) in items.iter().enumerate() {
                prop_assert!(item.end() > end);
                end = item.end();
                let rest = read_from(&file, end, Tail::Closed, "0000001");
                prop_assert_eq!(&rest[..], &items[at + 1..]);
            }
            prop_assert!(end <= file.len() as u64);
        }

        #[test]
        fn an_open_tail_gives_all_but_the_last(file in pieces()) {
            let closed = read_from(&file, 0, Tail::Closed, "0000001");
            let open = read_from(&file, 0, Tail::Open, "0000001");
            prop_assert!(closed.len() - open.len() <= 1);
            prop_assert_eq!(&closed[..open.len()], &open[..]);
        }
    }
}
