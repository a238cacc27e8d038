//! Bytes of a known character set into text, with every unreadable place kept visible.

use crate::findings::{Damage, DamageKind, Findings, Gaiji};
use crate::set::CharacterSet;
use crate::{iso2022, multibyte};

/// Decoded text with what was found on the way.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Decoded {
    /// The text. Damaged places show U+FFFD, gaiji show `〓`.
    pub text: String,
    /// Damaged places, in order, up to the limit of [`Findings`].
    pub damage: Vec<Damage>,
    /// Gaiji, in order, up to the limit of [`Findings`].
    pub gaiji: Vec<Gaiji>,
    /// How many places are damaged.
    pub damage_count: u32,
    /// How many gaiji there are.
    pub gaiji_count: u32,
}

/// Decodes a whole item. A byte order mark at its beginning is dropped. Total: never fails.
pub fn decode(bytes: &[u8], set: CharacterSet) -> Decoded {
    let mut text = String::with_capacity(bytes.len());
    let mut findings = Findings::default();
    let (skipped, body) = match bytes.strip_prefix(b"\xEF\xBB\xBF") {
        Some(rest) if set == CharacterSet::Utf8 => (3, rest),
        _ => (0, bytes),
    };
    decode_onto(body, set, skipped, &mut text, &mut findings);
    let Findings { damage, gaiji, damage_count, gaiji_count } = findings;
    Decoded { text, damage, gaiji, damage_count, gaiji_count }
}

/// Decodes one piece of an item onto `out`: a segment or a line, so that a fault in it ends with
/// it. `offset` is the piece's place in the item; findings are recorded with it.
pub fn decode_onto(
    bytes: &[u8],
    set: CharacterSet,
    offset: usize,
    out: &mut String,
    findings: &mut Findings,
) {
    if bytes.is_ascii()
        && !bytes.iter().any(|byte| matches!(byte, 0x1B | 0))
        && let Ok(plain) = std::str::from_utf8(bytes)
    {
        out.push_str(plain);
        return;
    }
    match set {
        CharacterSet::Ascii => ascii(bytes, offset, out, findings),
        CharacterSet::Iso2022Jp => iso2022::decode(bytes, offset, out, findings),
        CharacterSet::Utf8 => multibyte::utf8(bytes, offset, out, findings),
        CharacterSet::Cp932 => multibyte::cp932(bytes, offset, out, findings),
        CharacterSet::EucJp => multibyte::euc_jp(bytes, offset, out, findings),
    }
}

fn ascii(bytes: &[u8], offset: usize, out: &mut String, findings: &mut Findings) {
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            0 => findings.damage(out, offset + at, &[0], DamageKind::Nul),
            0x1B => findings.damage(out, offset + at, &[0x1B], DamageKind::Escape),
            0x01..=0x7F => out.push(char::from(*byte)),
            _ => findings.damage(out, offset + at, &[*byte], DamageKind::Bytes),
        }
    }
}
