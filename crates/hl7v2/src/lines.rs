//! Raw lines of a message: what stands between segment ends, before anything is decoded.

/// Bytes that end a segment: CR; LF and the frame bytes of MLLP, which storages leave in files.
fn ends_segment(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n' | 0x0B | 0x1C)
}

/// Non-empty raw lines with their offsets. NULs around a line are padding and left out.
pub(crate) struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Lines<'a> {
    pub(crate) fn new(bytes: &'a [u8], at: usize) -> Lines<'a> {
        Lines { bytes, at }
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = (usize, &'a [u8]);

    fn next(&mut self) -> Option<(usize, &'a [u8])> {
        loop {
            let rest = self.bytes.get(self.at..).filter(|rest| !rest.is_empty())?;
            let length = rest.iter().position(|byte| ends_segment(*byte)).unwrap_or(rest.len());
            let start = self.at;
            self.at += length + 1;
            let line = rest.get(..length).unwrap_or_default();
            let padding = line.iter().take_while(|byte| **byte == 0).count();
            let line = line.get(padding..).unwrap_or_default();
            let padding_after = line.iter().rev().take_while(|byte| **byte == 0).count();
            let line = line.get(..line.len() - padding_after).unwrap_or_default();
            if !line.is_empty() {
                return Some((start + padding, line));
            }
        }
    }
}

/// Where the message begins: after a byte order mark, frame bytes, blanks, and escape sequences
/// that designate what is in force anyway.
pub(crate) fn beginning(bytes: &[u8]) -> usize {
    let mut at = if bytes.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
    loop {
        match bytes.get(at..).unwrap_or_default() {
            [b' ' | b'\t' | 0, ..] => at += 1,
            [byte, ..] if ends_segment(*byte) => at += 1,
            [0x1B, b'(', b'B' | b'J', ..] => at += 3,
            _ => return at,
        }
    }
}

/// Whether a raw line begins a segment: three capitals or digits, then the field separator.
pub(crate) fn begins_segment(line: &[u8], field_separator: u8) -> bool {
    match line {
        [0x1B, b'(', b'B' | b'J', rest @ ..] => begins_plainly(rest, field_separator),
        _ => begins_plainly(line, field_separator),
    }
}

fn begins_plainly(line: &[u8], field_separator: u8) -> bool {
    match line {
        [a, b, c] => is_name(*a, *b, *c),
        [a, b, c, next, ..] => is_name(*a, *b, *c) && *next == field_separator,
        _ => false,
    }
}

fn is_name(first: u8, second: u8, third: u8) -> bool {
    let rest = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    first.is_ascii_uppercase() && rest(second) && rest(third)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(bytes: &[u8]) -> Vec<(usize, &[u8])> {
        Lines::new(bytes, 0).collect()
    }

    #[test]
    fn every_segment_end_is_one() {
        let wanted: Vec<(usize, &[u8])> = vec![(0, b"A"), (2, b"B")];
        assert_eq!(lines(b"A\rB\r"), wanted);
        assert_eq!(lines(b"A\nB"), wanted);
        assert_eq!(lines(b"A\x1CB\r\x1C\r"), wanted);
        assert_eq!(lines(b"A\rB\0\0"), wanted);
        assert_eq!(lines(b"A\r\nB\r\n\x1C"), vec![(0, b"A" as &[u8]), (3, b"B")]);
        assert_eq!(lines(b""), vec![]);
    }

    #[test]
    fn a_message_may_begin_after_frame_bytes() {
        assert_eq!(beginning(b"\x0BMSH"), 1);
        assert_eq!(beginning(b"\xEF\xBB\xBF\r\nMSH"), 5);
        assert_eq!(beginning(b"\x1B(BMSH"), 3);
    }
}
