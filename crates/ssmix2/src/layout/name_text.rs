//! The bytes of a name as text.

use super::NameError;
use text::CharacterSet;
use unicode_normalization::{UnicodeNormalization, is_nfc};

/// The text of a file's or folder's name: UTF-8 if it is valid, else CP932 (names written
/// through an SMB mount), in Unicode's composed form.
///
/// The text goes into logical keys, so it is composed (NFC): a NAS that decomposes names, or a
/// copy of a storage on another file system, must not make another item of the same folder.
///
/// # Errors
/// [`NameError::Undecodable`] if neither reading is free of damage: a key with a marked place in
/// it could stand for two different names.
pub fn name_text(bytes: &[u8]) -> Result<String, NameError> {
    match std::str::from_utf8(bytes) {
        Ok(name) if is_nfc(name) => Ok(name.to_owned()),
        Ok(name) => Ok(name.nfc().collect()),
        Err(_) => {
            let decoded = text::decode(bytes, CharacterSet::Cp932);
            if decoded.damage_count > 0 || decoded.gaiji_count > 0 {
                return Err(NameError::Undecodable);
            }
            Ok(decoded.text.nfc().collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf8_and_cp932_bytes_give_the_same_key() {
        let cp932 = b"L1^\x91\xde\x89\x40\x8e\x9e^99Z";
        assert_eq!(name_text(cp932), Ok("L1^退院時^99Z".to_owned()));
        assert_eq!(name_text("L1^退院時^99Z".as_bytes()), name_text(cp932));
    }

    #[test]
    fn decomposed_kana_give_the_composed_key() {
        assert_eq!(name_text("サマリハ\u{3099}".as_bytes()), Ok("サマリバ".to_owned()));
    }

    #[test]
    fn a_name_that_cannot_be_read_is_no_key() {
        assert_eq!(name_text(b"\xff\xfe_20110701"), Err(NameError::Undecodable));
    }
}
