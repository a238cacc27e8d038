//! Transfer encodings taken off piece by piece (RFC 2045 §6).

use super::error::{MtomError, shown};
use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use bytes::Bytes;

/// Takes the encoding off the pieces of one part.
#[derive(Debug)]
pub(crate) struct Decoder {
    place: String,
    encoding: Encoding,
}

#[derive(Debug)]
enum Encoding {
    Identity,
    Base64 {
        /// Characters that do not fill a group of four yet.
        waiting: Vec<u8>,
        padded: bool,
    },
    QuotedPrintable {
        /// An escape, or blanks at a line's end, that is not complete yet.
        waiting: Vec<u8>,
    },
}

impl Decoder {
    /// The decoder for a part's `Content-Transfer-Encoding` (lower case, empty for none).
    pub(crate) fn of_part(encoding: &str, number: u64) -> Result<Decoder, MtomError> {
        let place = format!("part {number}");
        let encoding = match encoding {
            "" | "binary" | "8bit" | "7bit" => Encoding::Identity,
            "base64" => base64(),
            "quoted-printable" => Encoding::QuotedPrintable { waiting: Vec::new() },
            other => return Err(MtomError::Encoding { part: number, encoding: shown(other) }),
        };
        Ok(Decoder { place, encoding })
    }

    /// Decodes the next piece; the result may be empty.
    pub(crate) fn push(&mut self, bytes: Bytes) -> Result<Bytes, MtomError> {
        match &mut self.encoding {
            Encoding::Identity => Ok(bytes),
            Encoding::Base64 { waiting, padded } => {
                let fresh = bytes.iter().copied().filter(|byte| !b" \t\r\n".contains(byte));
                waiting.extend(fresh);
                let whole = waiting.len() - waiting.len() % 4;
                let group = waiting.get(..whole).unwrap_or_default();
                // Nothing may come after the padding.
                if *padded && !waiting.is_empty() {
                    return Err(self.damaged());
                }
                *padded = group.ends_with(b"=");
                let decoded = STANDARD.decode(group);
                waiting.drain(..whole);
                decoded.map(Bytes::from).map_err(|_| self.damaged())
            }
            Encoding::QuotedPrintable { waiting } => {
                waiting.extend_from_slice(&bytes);
                let mut out = Vec::with_capacity(waiting.len());
                let used = quoted_printable(waiting, &mut out).ok_or(MtomError::Damaged {
                    place: self.place.clone(),
                    encoding: "quoted-printable",
                })?;
                waiting.drain(..used);
                Ok(out.into())
            }
        }
    }

    /// What was left when the part ended.
    pub(crate) fn finish(&mut self) -> Result<Bytes, MtomError> {
        match &mut self.encoding {
            Encoding::Identity => Ok(Bytes::new()),
            Encoding::Base64 { waiting, padded } => {
                if waiting.is_empty() {
                    return Ok(Bytes::new());
                }
                // Some stacks leave the padding out.
                let last = std::mem::take(waiting);
                match *padded {
                    true => Err(self.damaged()),
                    false => STANDARD.decode(last).map(Bytes::from).map_err(|_| self.damaged()),
                }
            }
            Encoding::QuotedPrintable { waiting } => {
                let rest = std::mem::take(waiting);
                if rest.first() == Some(&b'=') && rest.len() > 1 {
                    return Err(self.damaged());
                }
                // Blanks before the end, or a soft line break without its line: not content.
                Ok(Bytes::new())
            }
        }
    }

    fn damaged(&self) -> MtomError {
        let encoding = match self.encoding {
            Encoding::QuotedPrintable { .. } => "quoted-printable",
            _ => "base64",
        };
        MtomError::Damaged { place: self.place.clone(), encoding }
    }
}

/// A decoder of base64 that stands in the envelope.
pub(crate) fn inline(place: String) -> Decoder {
    Decoder { place, encoding: base64() }
}

fn base64() -> Encoding {
    Encoding::Base64 { waiting: Vec::new(), padded: false }
}

const STANDARD: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Decodes what is complete and says how many bytes that was; `None` for an escape that is none.
fn quoted_printable(bytes: &[u8], out: &mut Vec<u8>) -> Option<usize> {
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'=' => {
                let rest = bytes.get(at + 1..).unwrap_or_default();
                let blanks = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
                match rest.get(blanks..).unwrap_or_default() {
                    [b'\n', ..] => at += blanks + 2,
                    [b'\r', b'\n', ..] => at += blanks + 3,
                    [] | [b'\r'] if blanks < LINE_BYTES => return Some(at),
                    [_] if blanks == 0 => return Some(at),
                    [high, low, ..] if blanks == 0 => {
                        out.push(hexadecimal(*high)? << 4 | hexadecimal(*low)?);
                        at += 3;
                    }
                    _ => return None,
                }
            }
            b' ' | b'\t' => {
                let rest = bytes.get(at..).unwrap_or_default();
                let blanks = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
                match rest.get(blanks..).unwrap_or_default() {
                    [] | [b'\r'] if blanks < LINE_BYTES => return Some(at),
                    [b'\n', ..] | [b'\r', b'\n', ..] => {}
                    _ => out.extend_from_slice(rest.get(..blanks).unwrap_or_default()),
                }
                at += blanks;
            }
            other => {
                out.push(*other);
                at += 1;
            }
        }
    }
    Some(at)
}

/// A line of quoted-printable has 76 characters; blanks beyond many times that are content.
const LINE_BYTES: usize = 1_000;

fn hexadecimal(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::Decoder;
    use bytes::Bytes;

    fn decoded(encoding: &str, text: &[u8], step: usize) -> Option<Vec<u8>> {
        let mut decoder = Decoder::of_part(encoding, 1).unwrap();
        let mut out = Vec::new();
        for piece in text.chunks(step) {
            out.extend(decoder.push(Bytes::copy_from_slice(piece)).ok()?);
        }
        out.extend(decoder.finish().ok()?);
        Some(out)
    }

    #[test]
    fn pieces_of_any_size_decode_alike() {
        for step in 1..20 {
            let text = b"57OW\r\n5bC/ 55eF\t\r\n";
            assert_eq!(decoded("base64", text, step).unwrap(), "糖尿病".as_bytes(), "{step}");
            assert_eq!(decoded("base64", b"YQ==", step).unwrap(), b"a");
            assert_eq!(decoded("base64", b"YQ", step).unwrap(), b"a");
            let text = b"a=3Db \t\r\nc=\r\nd =E7=B3=96 \n=  \ne";
            assert_eq!(
                decoded("quoted-printable", text, step).unwrap(),
                "a=b\r\ncd 糖\ne".as_bytes(),
                "{step}"
            );
            assert_eq!(decoded("binary", b"=3D\r\n", step).unwrap(), b"=3D\r\n");
        }
    }

    #[test]
    fn damage_is_refused_and_never_guessed() {
        for step in [1, 3, 4, 100] {
            for text in [&b"YQ==YQ=="[..], b"Y", b"Y!==", b"YQ=a", b"YQ==x", b"===="] {
                assert_eq!(decoded("base64", text, step), None, "{text:?} {step}");
            }
            for text in [&b"a=XY"[..], b"=4", b"a= b"] {
                assert_eq!(decoded("quoted-printable", text, step), None, "{text:?} {step}");
            }
        }
        assert!(Decoder::of_part("x-uuencode", 1).is_err());
    }
}
