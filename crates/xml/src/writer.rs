//! A document written from the beginning to the end, into bytes that may be taken on the way.

/// Writes elements, attributes and text; whatever is text is escaped, always. Nothing is
/// indented: a blank between elements would be text.
///
/// Characters that XML 1.0 forbids (§2.2: most controls, U+FFFE, U+FFFF) become U+FFFD, so that
/// the answer stays readable and the damage visible. Names are the caller's: constants.
///
/// ```
/// let mut writer = xml::Writer::new();
/// writer.open("a");
/// writer.attribute("b", "1 < 2");
/// writer.text("x & y");
/// writer.close();
/// assert_eq!(writer.finish(), b"<a b=\"1 &lt; 2\">x &amp; y</a>");
/// ```
#[derive(Debug, Default)]
pub struct Writer {
    bytes: Vec<u8>,
    /// The names of the open elements, one after the other, and where each begins.
    names: String,
    open: Vec<usize>,
    /// Whether the last start tag still takes attributes.
    in_tag: bool,
}

impl Writer {
    /// An empty document without a declaration; UTF-8 is what XML is without one.
    pub fn new() -> Writer {
        Writer::default()
    }

    /// Goes on in bytes that are there already.
    pub fn with_buffer(bytes: Vec<u8>) -> Writer {
        Writer { bytes, ..Writer::default() }
    }

    /// Begins an element; `name` is written as it is, prefix included.
    pub fn open(&mut self, name: &str) {
        self.end_tag();
        self.open.push(self.names.len());
        self.names.push_str(name);
        self.bytes.push(b'<');
        self.bytes.extend_from_slice(name.as_bytes());
        self.in_tag = true;
    }

    /// An attribute of the element just begun. After its content has begun there is no place
    /// for one, and nothing is written.
    pub fn attribute(&mut self, name: &str, value: &str) {
        debug_assert!(self.in_tag, "attribute {name} after the content began");
        if !self.in_tag {
            return;
        }
        self.bytes.push(b' ');
        self.bytes.extend_from_slice(name.as_bytes());
        self.bytes.extend_from_slice(b"=\"");
        push_escaped(&mut self.bytes, value, &IN_ATTRIBUTE);
        self.bytes.push(b'"');
    }

    /// Text within the open element.
    pub fn text(&mut self, text: &str) {
        self.end_tag();
        push_escaped(&mut self.bytes, text, &IN_TEXT);
    }

    /// Ends the element begun last; without content as an empty tag.
    pub fn close(&mut self) {
        let Some(start) = self.open.pop() else { return };
        if self.in_tag {
            self.in_tag = false;
            self.bytes.extend_from_slice(b"/>");
        } else {
            self.bytes.extend_from_slice(b"</");
            self.bytes.extend_from_slice(self.names.get(start..).unwrap_or_default().as_bytes());
            self.bytes.push(b'>');
        }
        self.names.truncate(start);
    }

    /// An element that holds text only.
    pub fn element(&mut self, name: &str, text: &str) {
        self.open(name);
        self.text(text);
        self.close();
    }

    /// Markup that is well-formed already, such as an element written before.
    pub fn raw(&mut self, markup: &[u8]) {
        self.end_tag();
        self.bytes.extend_from_slice(markup);
    }

    /// Bytes that wait to be taken.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether no bytes wait.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Takes what is written so far, to be sent while the document goes on. The start tag of
    /// the open element is ended first.
    pub fn take(&mut self) -> Vec<u8> {
        self.end_tag();
        std::mem::take(&mut self.bytes)
    }

    /// Closes every open element and gives the bytes that were not taken.
    pub fn finish(mut self) -> Vec<u8> {
        while !self.open.is_empty() {
            self.close();
        }
        self.bytes
    }

    fn end_tag(&mut self) {
        if self.in_tag {
            self.in_tag = false;
            self.bytes.push(b'>');
        }
    }
}

/// Per byte: 0 goes through, anything else is looked at.
type Marks = [bool; 256];

const IN_TEXT: Marks = marks(b"&<>\r", false);
const IN_ATTRIBUTE: Marks = marks(b"&<>\"\r\n\t", true);

const fn marks(special: &[u8], blanks: bool) -> Marks {
    let mut marks = [false; 256];
    let mut byte = 0;
    while byte < 0x20 {
        marks[byte] = blanks || !(byte == 0x09 || byte == 0x0A);
        byte += 1;
    }
    let mut at = 0;
    while at < special.len() {
        marks[special[at] as usize] = true;
        at += 1;
    }
    // The first byte of U+FFFE and U+FFFF.
    marks[0xEF] = true;
    marks
}

fn push_escaped(out: &mut Vec<u8>, text: &str, marks: &Marks) {
    let bytes = text.as_bytes();
    let mut done = 0;
    let mut at = 0;
    while let Some(step) =
        bytes.get(at..).and_then(|rest| rest.iter().position(|byte| marks[usize::from(*byte)]))
    {
        at += step;
        let (replacement, length): (&[u8], usize) = match bytes.get(at..).unwrap_or_default() {
            [b'&', ..] => (b"&amp;", 1),
            [b'<', ..] => (b"&lt;", 1),
            [b'>', ..] => (b"&gt;", 1),
            [b'"', ..] => (b"&quot;", 1),
            // Readers turn these into blanks or line feeds unless they are written as numbers.
            [b'\r', ..] => (b"&#13;", 1),
            [b'\n', ..] => (b"&#10;", 1),
            [b'\t', ..] => (b"&#9;", 1),
            [0xEF, 0xBF, 0xBE | 0xBF, ..] => (REPLACEMENT, 3),
            [0xEF, ..] => {
                at += 1;
                continue;
            }
            _ => (REPLACEMENT, 1),
        };
        out.extend_from_slice(bytes.get(done..at).unwrap_or_default());
        out.extend_from_slice(replacement);
        at += length;
        done = at;
    }
    out.extend_from_slice(bytes.get(done..).unwrap_or_default());
}

const REPLACEMENT: &[u8] = "\u{FFFD}".as_bytes();
