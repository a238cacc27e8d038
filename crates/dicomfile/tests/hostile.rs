//! Bytes that lie, end early or are not DICOM.

use crate::support::{ENCODINGS, header};
use dicomfile::{DataSet, Encoding, ReadError};
use proptest::prelude::*;

#[test]
fn sequences_nested_a_million_deep_are_an_error() {
    let level = b"\x08\0\x32\x10SQ\0\0\xFF\xFF\xFF\xFF\xFE\xFF\0\xE0\xFF\xFF\xFF\xFF";
    let bytes = level.repeat(1_000_000);
    let read = DataSet::read(&bytes, Encoding::ExplicitLittle);
    assert!(matches!(read, Err(ReadError::TooDeep { .. })), "{read:?}");
    let fits = [level.repeat(64), b"\xFE\xFF\x0D\xE0\0\0\0\0\xFE\xFF\xDD\xE0\0\0\0\0".repeat(64)];
    let set = DataSet::read(&fits.concat(), Encoding::ExplicitLittle).unwrap();
    assert_eq!(set.write(Encoding::ExplicitLittle).unwrap(), fits.concat());
}

#[test]
fn lengths_that_lie_are_an_error_with_their_place() {
    let lies = b"\x08\0\x60\0CS\x02\0CT\x10\0\x10\0PN\xF0\xFFYamada";
    let read = DataSet::read(lies, Encoding::ExplicitLittle).unwrap_err();
    assert_eq!(read.to_string(), "(0010,0010) at byte 18 claims 65520 bytes where 6 are left");
    let beyond_item =
        b"\x08\0\x32\x10SQ\0\0\x14\0\0\0\xFE\xFF\0\xE0\x0C\0\0\0\x08\0\0\x01SH\x06\0ABCDEF";
    let read = DataSet::read(beyond_item, Encoding::ExplicitLittle);
    assert!(matches!(read, Err(ReadError::LengthBeyondEnd { .. })), "{read:?}");
}

#[test]
fn more_elements_than_the_limit_are_an_error() {
    let bytes = b"\x09\0\x10\x10UN\0\0\0\0\0\0".repeat(200_001);
    let read = DataSet::read(&bytes, Encoding::ExplicitLittle);
    assert!(matches!(read, Err(ReadError::TooManyElements { offset: 2_400_000 })), "{read:?}");
}

#[test]
fn each_cut_of_a_data_set_is_read_up_to_an_element_or_refused() {
    for encoding in ENCODINGS {
        let bytes = header().write(encoding).unwrap();
        let refused = (0..bytes.len())
            .filter(|length| DataSet::read(&bytes[..*length], encoding).is_err())
            .count();
        let accepted = bytes.len() - refused;
        assert!(accepted < 40, "{accepted} cuts in {encoding:?} passed as whole");
    }
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        for encoding in ENCODINGS {
            if let Ok(set) = DataSet::read(&bytes, encoding) {
                let written = set.write(encoding).unwrap();
                prop_assert!(DataSet::read(&written, encoding).is_ok());
            }
        }
    }

    #[test]
    fn no_damage_to_a_header_panics(at in 0_usize..600, byte in any::<u8>()) {
        for encoding in ENCODINGS {
            let mut bytes = header().write(encoding).unwrap();
            let place = at % bytes.len();
            bytes[place] = byte;
            if let Ok(set) = DataSet::read(&bytes, encoding) {
                prop_assert!(set.len() <= bytes.len() / 8);
            }
        }
    }
}
