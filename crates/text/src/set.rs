//! The character sets that hospitals' items come in, and the names that they are declared by.

use serde::{Deserialize, Serialize};

/// A character set as used for one item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum CharacterSet {
    /// Seven-bit ASCII without escape sequences.
    #[serde(rename = "us-ascii")]
    Ascii,
    /// ISO 2022 with JIS X 0201, 0208 and 0212 designated by escape sequences.
    #[serde(rename = "iso-2022-jp")]
    Iso2022Jp,
    /// UTF-8, with or without a byte order mark.
    #[serde(rename = "utf-8")]
    Utf8,
    /// Microsoft's code page 932: Shift_JIS with NEC and IBM extensions.
    #[serde(rename = "cp932")]
    Cp932,
    /// EUC-JP with JIS X 0201 kana and JIS X 0212.
    #[serde(rename = "euc-jp")]
    EucJp,
}

impl CharacterSet {
    /// Every set.
    pub const ALL: &'static [CharacterSet] = &[
        CharacterSet::Ascii,
        CharacterSet::Iso2022Jp,
        CharacterSet::Utf8,
        CharacterSet::Cp932,
        CharacterSet::EucJp,
    ];

    /// The stable name, as kept in reports.
    pub fn name(self) -> &'static str {
        match self {
            CharacterSet::Ascii => "us-ascii",
            CharacterSet::Iso2022Jp => "iso-2022-jp",
            CharacterSet::Utf8 => "utf-8",
            CharacterSet::Cp932 => "cp932",
            CharacterSet::EucJp => "euc-jp",
        }
    }
}

/// What a declared name says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Declared {
    /// Nothing, or seven-bit ASCII alone.
    Plain,
    /// One of the sets read here.
    Set(CharacterSet),
    /// A name that none of the sets read here goes by.
    Unknown,
}

impl Declared {
    /// Reads one name of MSH-18 or MSH-20 (HL7 tables 0211 and 0356), an XML declaration or a
    /// MIME type, misspellings included: `ISO IR87`, `ISOIR87`, `ISO2022-1994`, `UNICODE UTF-8`.
    pub fn from_name(name: &str) -> Declared {
        let plain: String = name
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .map(|letter| letter.to_ascii_uppercase())
            .collect();
        match plain.as_str() {
            "" | "ASCII" | "USASCII" | "ISOIR6" | "ANSIX341968" => Declared::Plain,
            "UTF8" | "UNICODE" | "UNICODEUTF8" | "ISOIR192" | "UTF8N" => {
                Declared::Set(CharacterSet::Utf8)
            }
            "SHIFTJIS" | "SJIS" | "XSJIS" | "MSKANJI" | "CP932" | "MS932" | "WINDOWS31J"
            | "SHIFTJISX0213" | "CSSHIFTJIS" => Declared::Set(CharacterSet::Cp932),
            "EUCJP" | "EUC" | "UJIS" | "XEUCJP" | "CSEUCPKDFMTJAPANESE" => {
                Declared::Set(CharacterSet::EucJp)
            }
            "ISOIR13" | "ISOIR14" | "ISOIR87" | "ISOIR159" | "JIS" | "ISO2022" => {
                Declared::Set(CharacterSet::Iso2022Jp)
            }
            other if other.starts_with("ISO2022") && !other.starts_with("ISO2022K") => {
                Declared::Set(CharacterSet::Iso2022Jp)
            }
            _ => Declared::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_hospitals_spell_them() {
        for name in ["ISO IR87", "ISOIR87", "ISO2022-1994", "ISO 2022-1994", "iso-2022-jp"] {
            assert_eq!(Declared::from_name(name), Declared::Set(CharacterSet::Iso2022Jp), "{name}");
        }
        assert_eq!(Declared::from_name("UNICODE UTF-8"), Declared::Set(CharacterSet::Utf8));
        assert_eq!(Declared::from_name("Shift_JIS"), Declared::Set(CharacterSet::Cp932));
        assert_eq!(Declared::from_name("8859/1"), Declared::Unknown);
        assert_eq!(Declared::from_name(""), Declared::Plain);
    }
}
