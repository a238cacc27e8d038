//! The values of Specific Character Set, as they are meant (PS3.3 C.12.1.1.2).

use super::Coding;

/// A character repertoire that Specific Character Set may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Repertoire {
    /// One that is a coding by itself.
    Coding(Coding),
    /// JIS X 0208 (ISO-IR 87), by escape sequences only.
    JisKanji,
    /// JIS X 0212 (ISO-IR 159), by escape sequences only.
    JisSupplement,
}

/// A declared Specific Character Set.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SpecificCharacterSet {
    received: String,
    terms: Vec<Option<Repertoire>>,
}

impl SpecificCharacterSet {
    /// Reads the values of (0008,0005) as devices spell them: `ISO_IR 87`, `ISO2022IR87`,
    /// `iso 2022 ir 6\…`, empty first values. Names that nobody knows declare nothing.
    pub fn parse(value: &[u8]) -> SpecificCharacterSet {
        let received = String::from_utf8_lossy(value).trim_end_matches([' ', '\0']).to_owned();
        let terms = match received.trim().is_empty() && !received.contains('\\') {
            true => Vec::new(),
            false => received.split('\\').map(repertoire).collect(),
        };
        SpecificCharacterSet { received, terms }
    }

    /// The values as received, parted by `\`.
    pub fn received(&self) -> &str {
        &self.received
    }

    /// The declared repertoires that are known.
    pub fn repertoires(&self) -> impl Iterator<Item = Repertoire> + '_ {
        self.terms.iter().filter_map(|term| *term)
    }

    /// Whether a repertoire is declared. ASCII always is.
    pub fn declares(&self, repertoire: Repertoire) -> bool {
        repertoire == Repertoire::Coding(Coding::Ascii)
            || self.repertoires().any(|declared| declared == repertoire)
    }

    /// The coding of bytes above ASCII before any escape sequence: that of the first value.
    pub(crate) fn initial(&self) -> Option<Coding> {
        match self.terms.first() {
            Some(Some(Repertoire::Coding(coding))) if *coding != Coding::Ascii => Some(*coding),
            _ => None,
        }
    }

    /// Every declared coding that bytes above ASCII may be in without escape sequences: the first
    /// value's, and the others' too, because devices leave the escape sequences out.
    pub(crate) fn codings(&self) -> Vec<Coding> {
        let mut codings: Vec<Coding> = self
            .repertoires()
            .filter_map(|repertoire| match repertoire {
                Repertoire::Coding(Coding::Ascii) => None,
                Repertoire::Coding(coding) => Some(coding),
                Repertoire::JisKanji | Repertoire::JisSupplement => None,
            })
            .collect();
        codings.dedup();
        codings
    }

    /// Whether a Japanese repertoire is declared.
    pub(crate) fn is_japanese(&self) -> bool {
        self.repertoires().any(|repertoire| {
            matches!(
                repertoire,
                Repertoire::JisKanji
                    | Repertoire::JisSupplement
                    | Repertoire::Coding(Coding::Katakana)
            )
        })
    }
}

fn repertoire(term: &str) -> Option<Repertoire> {
    let plain: String = term
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|letter| letter.to_ascii_uppercase())
        .collect();
    let coding = match plain.as_str() {
        "" => Coding::Ascii,
        "UTF8" | "UNICODE" | "ISO10646" => Coding::Utf8,
        "GB18030" => Coding::Gb18030,
        "GBK" => Coding::Gbk,
        "SHIFTJIS" | "SJIS" | "CP932" | "WINDOWS31J" => Coding::Cp932,
        "EUCJP" => Coding::EucJp,
        "LATIN1" | "ISO88591" => Coding::Latin1,
        name => return by_number(name.rsplit_once("IR")?.1.parse().ok()?),
    };
    Some(Repertoire::Coding(coding))
}

/// The repertoire of a number in ISO's register (PS3.3 C.12-2 to C.12-5).
fn by_number(number: u16) -> Option<Repertoire> {
    Some(Repertoire::Coding(match number {
        6 => Coding::Ascii,
        100 => Coding::Latin1,
        101 => Coding::Latin2,
        109 => Coding::Latin3,
        110 => Coding::Latin4,
        144 => Coding::Cyrillic,
        127 => Coding::Arabic,
        126 => Coding::Greek,
        138 => Coding::Hebrew,
        148 => Coding::Latin5,
        203 => Coding::Latin9,
        166 => Coding::Thai,
        13 | 14 => Coding::Katakana,
        149 => Coding::EucKr,
        58 => Coding::Gb2312,
        192 => Coding::Utf8,
        87 => return Some(Repertoire::JisKanji),
        159 => return Some(Repertoire::JisSupplement),
        _ => return None,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declarations_are_read_as_devices_spell_them() {
        for name in ["ISO 2022 IR 87", "ISO_IR 87", "ISO2022IR87", "iso 2022 ir 87", "ISOIR87 "] {
            let set = SpecificCharacterSet::parse(name.as_bytes());
            assert!(set.declares(Repertoire::JisKanji), "{name}");
        }
        let set = SpecificCharacterSet::parse(b"\\ISO 2022 IR 149");
        assert_eq!((set.initial(), set.codings()), (None, vec![Coding::EucKr]));
        let set = SpecificCharacterSet::parse(b"ISO 2022 IR 13\\ISO 2022 IR 87 ");
        assert_eq!(set.initial(), Some(Coding::Katakana));
        assert_eq!(SpecificCharacterSet::parse(b"").repertoires().count(), 0);
        assert_eq!(SpecificCharacterSet::parse(b"ISO_IR 999\\FOO").repertoires().count(), 0);
    }
}
