//! Text into bytes under a Specific Character Set: for what we write ourselves.

use super::declared::{Repertoire, SpecificCharacterSet};
use super::{Coding, strict};
use encoding_rs::{EUC_KR, Encoding, GB18030, GBK};
use encoding_rs::{ISO_8859_2, ISO_8859_3, ISO_8859_4, ISO_8859_5, ISO_8859_6, ISO_8859_7};
use encoding_rs::{ISO_8859_8, ISO_8859_15, WINDOWS_874, WINDOWS_1254};
use text::CharacterSet;
use thiserror::Error;

/// A character that the set cannot carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{character:?} is in none of the declared character sets: declare another one")]
pub struct Unmappable {
    /// The character.
    pub character: char,
}

impl SpecificCharacterSet {
    /// Encodes a value: by the first declared set, and by escape sequences into the further ones.
    /// Before line ends, `\`, `^` and `=` it is always back in the initial state.
    ///
    /// # Errors
    /// The first character that no declared set has.
    pub fn encode(&self, value: &str) -> Result<Vec<u8>, Unmappable> {
        if let Some(whole @ (Coding::Utf8 | Coding::Gb18030 | Coding::Gbk | Coding::Cp932)) =
            self.initial()
        {
            return whole.encode(value);
        }
        let mut out = Vec::with_capacity(value.len());
        let mut is_kanji = None;
        for character in value.chars() {
            let (kind, bytes) = self.place(character).ok_or(Unmappable { character })?;
            if kind != is_kanji {
                out.extend_from_slice(match kind {
                    None => b"\x1B(B".as_slice(),
                    Some(Kanji::Jis0208) => b"\x1B$B",
                    Some(Kanji::Jis0212) => b"\x1B$(D",
                });
                is_kanji = kind;
            }
            if let (Some(designation), None) = (bytes.designation, kind) {
                out.extend_from_slice(designation);
            }
            out.extend_from_slice(&bytes.code);
        }
        if is_kanji.is_some() {
            out.extend_from_slice(b"\x1B(B");
        }
        Ok(out)
    }

    fn place(&self, character: char) -> Option<(Option<Kanji>, Bytes)> {
        let plain = |code: Vec<u8>| Bytes { designation: None, code };
        if character.is_ascii() && character != '\u{1B}' {
            return Some((None, plain(vec![character as u8])));
        }
        let one = character.to_string();
        if let Some(code) = self.initial().and_then(|coding| coding.encode(&one).ok()) {
            return Some((None, plain(code)));
        }
        for repertoire in self.repertoires() {
            let (kind, code) = match repertoire {
                Repertoire::JisKanji => (Kanji::Jis0208, seven_bits(&one, 2)),
                Repertoire::JisSupplement => (Kanji::Jis0212, seven_bits(&one, 3)),
                Repertoire::Coding(coding) => {
                    let designation = designation(coding);
                    match coding.encode(&one) {
                        Ok(code) if designation.is_some() => {
                            return Some((None, Bytes { designation, code }));
                        }
                        _ => continue,
                    }
                }
            };
            if let Some(code) = code {
                return Some((Some(kind), plain(code)));
            }
        }
        None
    }
}

impl Coding {
    /// Encodes a value in this coding alone, without escape sequences, whatever is declared.
    ///
    /// # Errors
    /// The first character that it does not have.
    pub fn encode(self, value: &str) -> Result<Vec<u8>, Unmappable> {
        let mut out = Vec::with_capacity(value.len());
        for character in value.chars() {
            let code = if character.is_ascii() {
                Some(vec![character as u8])
            } else {
                self.code(character)
            };
            out.extend(code.ok_or(Unmappable { character })?);
        }
        Ok(out)
    }

    fn code(self, character: char) -> Option<Vec<u8>> {
        let one = character.to_string();
        let table = |table: &'static Encoding| {
            let (bytes, _, failed) = table.encode(&one);
            (!failed).then(|| bytes.into_owned())
        };
        let code = match self {
            Coding::Ascii | Coding::Iso2022 => None,
            Coding::Latin1 => u8::try_from(u32::from(character)).ok().map(|byte| vec![byte]),
            Coding::Katakana => text::encode(&one, CharacterSet::Cp932).ok(),
            Coding::Latin2 => table(ISO_8859_2),
            Coding::Latin3 => table(ISO_8859_3),
            Coding::Latin4 => table(ISO_8859_4),
            Coding::Cyrillic => table(ISO_8859_5),
            Coding::Arabic => table(ISO_8859_6),
            Coding::Greek => table(ISO_8859_7),
            Coding::Hebrew => table(ISO_8859_8),
            Coding::Latin5 => table(WINDOWS_1254),
            Coding::Latin9 => table(ISO_8859_15),
            Coding::Thai => table(WINDOWS_874),
            Coding::EucKr => table(EUC_KR),
            Coding::Gb2312 | Coding::Gbk => table(GBK),
            Coding::Gb18030 => table(GB18030),
            Coding::Utf8 => Some(one.clone().into_bytes()),
            Coding::Cp932 => text::encode(&one, CharacterSet::Cp932).ok(),
            Coding::EucJp => text::encode(&one, CharacterSet::EucJp).ok(),
        }?;
        // What does not read back in the set itself, a later extension of it say, is not in it.
        (strict::decode(&code, self)? == one).then_some(code)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kanji {
    Jis0208,
    Jis0212,
}

struct Bytes {
    designation: Option<&'static [u8]>,
    code: Vec<u8>,
}

/// A character's pair in JIS X 0208 (EUC-JP of two bytes) or JIS X 0212 (of three).
fn seven_bits(one: &str, length: usize) -> Option<Vec<u8>> {
    let code = text::encode(one, CharacterSet::EucJp).ok()?;
    let is_kana = code.first() == Some(&0x8E);
    let pair = code.get(length.checked_sub(2)?..)?;
    (code.len() == length && !is_kana).then(|| pair.iter().map(|byte| byte & 0x7F).collect())
}

/// The escape sequence that designates a set for the upper half (PS3.3 C.12-3, C.12-4).
fn designation(coding: Coding) -> Option<&'static [u8]> {
    Some(match coding {
        Coding::Latin1 => b"\x1B-A",
        Coding::Latin2 => b"\x1B-B",
        Coding::Latin3 => b"\x1B-C",
        Coding::Latin4 => b"\x1B-D",
        Coding::Cyrillic => b"\x1B-L",
        Coding::Arabic => b"\x1B-G",
        Coding::Greek => b"\x1B-F",
        Coding::Hebrew => b"\x1B-H",
        Coding::Latin5 => b"\x1B-M",
        Coding::Latin9 => b"\x1B-b",
        Coding::Thai => b"\x1B-T",
        Coding::Katakana => b"\x1B)I",
        Coding::EucKr => b"\x1B$)C",
        Coding::Gb2312 => b"\x1B$)A",
        _ => return None,
    })
}
