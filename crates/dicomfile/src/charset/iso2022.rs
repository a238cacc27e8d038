//! Code extensions by escape sequences (PS3.5 6.1.2.5, PS3.3 C.12-3 and C.12-4).

use super::declared::{Repertoire, SpecificCharacterSet};
use super::{Coding, kana, strict};
use text::DAMAGE_MARK;

const ESC: u8 = 0x1B;

pub(crate) struct Decoded {
    pub(crate) text: String,
    /// Places that are no characters of what was designated.
    pub(crate) faults: usize,
    /// Whether everything designated is declared.
    pub(crate) is_declared: bool,
}

/// What the lower half means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lower {
    /// ASCII, or JIS X 0201 Roman read as it: its `5C` parts values, and shows as a yen sign
    /// nowhere but in Japan.
    OneByte,
    Kana,
    Kanji,
    Supplement,
}

/// Decodes a value with escape sequences. `upper` is what bytes above ASCII mean at first, and
/// again after every line end and delimiter.
pub(crate) fn decode(
    bytes: &[u8],
    declared: &SpecificCharacterSet,
    upper: Option<Coding>,
    is_name: bool,
) -> Decoded {
    let mut reader = Reader {
        out: Decoded { text: String::with_capacity(bytes.len()), faults: 0, is_declared: true },
        declared,
        initial: upper,
        lower: Lower::OneByte,
        upper,
        is_name,
    };
    let mut rest = bytes;
    while let Some(taken) = reader.next(rest) {
        rest = rest.get(taken..).unwrap_or_default();
    }
    reader.out
}

struct Reader<'a> {
    out: Decoded,
    declared: &'a SpecificCharacterSet,
    initial: Option<Coding>,
    lower: Lower,
    upper: Option<Coding>,
    is_name: bool,
}

impl Reader<'_> {
    /// Reads one character or escape sequence; gives its bytes, or none at the end.
    fn next(&mut self, rest: &[u8]) -> Option<usize> {
        let byte = *rest.first()?;
        let second = rest.get(1).copied();
        match byte {
            ESC => return Some(self.escape(rest)),
            b'\r' | b'\n' | 0x0C | b'\t' => {
                self.reset();
                self.out.text.push(char::from(byte));
            }
            0..0x20 | 0x7F => self.fault(),
            0x80.. => return Some(self.above(byte, second)),
            b' ' => self.out.text.push(' '),
            _ => match self.lower {
                Lower::Kanji | Lower::Supplement => return Some(self.kanji(byte, second)),
                Lower::Kana => match kana::half_width(byte | 0x80) {
                    Some(character) => self.out.text.push(character),
                    None => self.fault(),
                },
                Lower::OneByte => {
                    if self.is_delimiter(byte) {
                        self.reset();
                    }
                    self.out.text.push(char::from(byte));
                }
            },
        }
        Some(1)
    }

    fn kanji(&mut self, first: u8, second: Option<u8>) -> usize {
        let pair = second.filter(|second| (0x21..=0x7E).contains(second));
        let Some(second) = pair else {
            // The escape sequence back to ASCII was forgotten before a delimiter.
            if self.is_delimiter(first) {
                self.reset();
                self.out.text.push(char::from(first));
            } else {
                self.fault();
            }
            return 1;
        };
        match strict::jis(first, second, self.lower == Lower::Supplement) {
            Some(character) => self.out.text.push(character),
            None => self.out.text.push(text::GAIJI_MARK),
        }
        2
    }

    fn above(&mut self, first: u8, second: Option<u8>) -> usize {
        let character = match self.upper {
            Some(coding @ (Coding::EucKr | Coding::Gb2312 | Coding::Gbk | Coding::Gb18030)) => {
                if let Some(character) = second.and_then(|b| strict::pair(first, b, coding)) {
                    self.out.text.push(character);
                    return 2;
                }
                None
            }
            Some(coding) => strict::decode(&[first], coding).and_then(|text| text.chars().next()),
            None => None,
        };
        match character {
            Some(character) => self.out.text.push(character),
            None => self.fault(),
        }
        1
    }

    /// Designates what an escape sequence names; gives its length.
    fn escape(&mut self, rest: &[u8]) -> usize {
        let known = Designation::of(rest);
        let Some((length, designation)) = known else {
            self.fault();
            return 1;
        };
        match designation {
            Designation::Lower(lower) => self.lower = lower,
            Designation::Upper(coding) => self.upper = Some(coding),
        }
        let is_declared = match designation {
            Designation::Lower(Lower::OneByte) => true,
            Designation::Lower(Lower::Kana) => self.declared.is_japanese(),
            Designation::Lower(Lower::Kanji) => self.declared.declares(Repertoire::JisKanji),
            Designation::Lower(Lower::Supplement) => {
                self.declared.declares(Repertoire::JisSupplement)
            }
            Designation::Upper(coding) => self.declared.declares(Repertoire::Coding(coding)),
        };
        self.out.is_declared &= is_declared;
        length
    }

    fn is_delimiter(&self, byte: u8) -> bool {
        byte == b'\\' || self.is_name && matches!(byte, b'^' | b'=')
    }

    fn reset(&mut self) {
        self.lower = Lower::OneByte;
        self.upper = self.initial;
    }

    fn fault(&mut self) {
        self.out.faults += 1;
        self.out.text.push(DAMAGE_MARK);
    }
}

enum Designation {
    Lower(Lower),
    Upper(Coding),
}

impl Designation {
    /// Length and meaning of the escape sequence that `rest` begins with.
    fn of(rest: &[u8]) -> Option<(usize, Designation)> {
        let upper = |coding| (3, Designation::Upper(coding));
        Some(match (rest.get(1)?, rest.get(2)?, rest.get(3)) {
            (b'(', b'B' | b'J' | b'H', _) => (3, Designation::Lower(Lower::OneByte)),
            (b'(', b'I', _) => (3, Designation::Lower(Lower::Kana)),
            (b')', b'I', _) => upper(Coding::Katakana),
            (b'$', b'B' | b'@', _) => (3, Designation::Lower(Lower::Kanji)),
            (b'$', b'(', Some(b'B' | b'@')) => (4, Designation::Lower(Lower::Kanji)),
            (b'$', b'(', Some(b'D')) => (4, Designation::Lower(Lower::Supplement)),
            (b'$', b')', Some(b'C')) => (4, Designation::Upper(Coding::EucKr)),
            (b'$', b')', Some(b'A')) => (4, Designation::Upper(Coding::Gb2312)),
            (b'-', b'A', _) => upper(Coding::Latin1),
            (b'-', b'B', _) => upper(Coding::Latin2),
            (b'-', b'C', _) => upper(Coding::Latin3),
            (b'-', b'D', _) => upper(Coding::Latin4),
            (b'-', b'L', _) => upper(Coding::Cyrillic),
            (b'-', b'G', _) => upper(Coding::Arabic),
            (b'-', b'F', _) => upper(Coding::Greek),
            (b'-', b'H', _) => upper(Coding::Hebrew),
            (b'-', b'M', _) => upper(Coding::Latin5),
            (b'-', b'b', _) => upper(Coding::Latin9),
            (b'-', b'T', _) => upper(Coding::Thai),
            _ => return None,
        })
    }
}
