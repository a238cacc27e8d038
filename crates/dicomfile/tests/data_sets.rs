//! What is written reads back, in every encoding.

use crate::support::{ENCODINGS, any_data_set, header};
use dicomfile::{DataSet, Element, Encoding, Tag, VR, Value, WriteError, tags};
use proptest::prelude::*;

#[test]
fn a_header_reads_back_in_every_encoding() {
    let set = header();
    for encoding in ENCODINGS {
        let again = DataSet::read(&set.write(encoding).unwrap(), encoding).unwrap();
        assert_eq!(again.uid(tags::STUDY_INSTANCE_UID), Some("1.2.3"), "{encoding:?}");
        assert_eq!(again.number(tags::ROWS), Some(512), "{encoding:?}");
        assert_eq!(again.number(tags::INSTANCE_NUMBER), Some(7), "{encoding:?}");
        assert_eq!(again.decimals(tags::PIXEL_SPACING), [0.5, 0.25], "{encoding:?}");
        let items = again.items(tags::PROCEDURE_CODE_SEQUENCE);
        assert_eq!(items.len(), 2, "{encoding:?}");
        assert_eq!(items[0].ascii(tags::CODE_VALUE), Some("G-D101"), "{encoding:?}");
        let name = again.text(tags::PATIENT_NAME).unwrap();
        assert_eq!(name.value, "Yamada^Tarou=山田^太郎=やまだ^たろう", "{encoding:?}");
        let day = again.date_time(tags::STUDY_DATE, tags::STUDY_TIME).unwrap();
        assert_eq!(day.digits, "20260102030405", "{encoding:?}");
    }
}

#[test]
fn the_bytes_of_each_encoding_are_the_standards() {
    let mut set = DataSet::new();
    set.put_number(tags::ROWS, 513).put_str(tags::MODALITY, "CT");
    set.put_sequence(tags::PROCEDURE_CODE_SEQUENCE, vec![DataSet::new()]);
    let implicit =
        b"\x08\0\x60\0\x02\0\0\0CT\x08\0\x32\x10\xFF\xFF\xFF\xFF\xFE\xFF\0\xE0\xFF\xFF\xFF\xFF\
        \xFE\xFF\x0D\xE0\0\0\0\0\xFE\xFF\xDD\xE0\0\0\0\0\x28\0\x10\0\x02\0\0\0\x01\x02";
    let explicit =
        b"\x08\0\x60\0CS\x02\0CT\x08\0\x32\x10SQ\0\0\xFF\xFF\xFF\xFF\xFE\xFF\0\xE0\xFF\xFF\xFF\xFF\
        \xFE\xFF\x0D\xE0\0\0\0\0\xFE\xFF\xDD\xE0\0\0\0\0\x28\0\x10\0US\x02\0\x01\x02";
    let big =
        b"\0\x08\0\x60CS\0\x02CT\0\x08\x10\x32SQ\0\0\xFF\xFF\xFF\xFF\xFF\xFE\xE0\0\xFF\xFF\xFF\xFF\
        \xFF\xFE\xE0\x0D\0\0\0\0\xFF\xFE\xE0\xDD\0\0\0\0\0\x28\0\x10US\0\x02\x02\x01";
    let expected: [&[u8]; 3] = [implicit, explicit, big];
    for (encoding, bytes) in ENCODINGS.into_iter().zip(expected) {
        assert_eq!(set.write(encoding).unwrap(), bytes, "{encoding:?}");
    }
}

#[test]
fn lengths_that_are_defined_and_groups_with_a_length_are_read() {
    let bytes =
        b"\x08\0\0\0UL\x04\0\x99\0\0\0\x08\0\x32\x10SQ\0\0\x12\0\0\0\xFE\xFF\0\xE0\x0A\0\0\0\
        \x08\0\0\x01SH\x02\0AB\x08\0\x60\0CS\x02\0MR";
    let set = DataSet::read(bytes, Encoding::ExplicitLittle).unwrap();
    let items = set.items(tags::PROCEDURE_CODE_SEQUENCE);
    assert_eq!(items[0].ascii(tags::CODE_VALUE), Some("AB"));
    assert_eq!(set.ascii(tags::MODALITY), Some("MR"), "elements out of order are put in order");
    let again = set.write(Encoding::ExplicitLittle).unwrap();
    assert!(!again.starts_with(b"\x08\0\0\0"), "a group length that would lie is not written");
}

#[test]
fn a_sequence_of_unknown_representation_is_implicit_within() {
    let mut inner = DataSet::new();
    inner.put_str(tags::CODE_VALUE, "AB");
    let mut bytes = b"\x08\0\x32\x10UN\0\0\xFF\xFF\xFF\xFF\xFE\xFF\0\xE0\xFF\xFF\xFF\xFF".to_vec();
    bytes.extend(inner.write(Encoding::ImplicitLittle).unwrap());
    bytes.extend(b"\xFE\xFF\x0D\xE0\0\0\0\0\xFE\xFF\xDD\xE0\0\0\0\0");
    let set = DataSet::read(&bytes, Encoding::ExplicitLittle).unwrap();
    let items = set.items(tags::PROCEDURE_CODE_SEQUENCE);
    assert_eq!(items, [inner]);
}

#[test]
fn items_of_any_group_keep_their_byte_order() {
    let mut item = DataSet::new();
    item.put_str(tags::MODIFYING_SYSTEM, "A")
        .put_str(tags::REASON_FOR_THE_ATTRIBUTE_MODIFICATION, "B");
    let mut set = DataSet::new();
    set.put_sequence(tags::ORIGINAL_ATTRIBUTES_SEQUENCE, vec![item]);
    for encoding in ENCODINGS {
        let again = DataSet::read(&set.write(encoding).unwrap(), encoding).unwrap();
        let items = again.items(tags::ORIGINAL_ATTRIBUTES_SEQUENCE);
        assert_eq!(items[0].ascii(tags::MODIFYING_SYSTEM), Some("A"), "{encoding:?}");
    }
}

#[test]
fn a_length_that_spells_a_representation_is_a_length() {
    for length in [*b"LO", *b"UT", *b"PN"].map(u16::from_le_bytes) {
        let mut item = DataSet::new();
        item.put_bytes(Tag(0x0009, 0x1010), VR::UN, vec![1; usize::from(length) + 1]);
        let mut set = DataSet::new();
        set.put_sequence(tags::PROCEDURE_CODE_SEQUENCE, vec![item.clone()]);
        let bytes = set.write(Encoding::ImplicitLittle).unwrap();
        let again = DataSet::read(&bytes, Encoding::ImplicitLittle).unwrap();
        assert_eq!(again.write(Encoding::ImplicitLittle).unwrap(), bytes, "{length}");
    }
}

#[test]
fn fragments_read_back_and_places_are_refused() {
    let mut set = DataSet::new();
    let fragments = vec![vec![], vec![1, 2], vec![3, 4, 5, 6]];
    let value = Value::Fragments(fragments);
    set.put(Element { tag: tags::PIXEL_DATA, vr: VR::OB, value });
    let bytes = set.write(Encoding::ExplicitLittle).unwrap();
    assert_eq!(DataSet::read(&bytes, Encoding::ExplicitLittle).unwrap(), set);
    let place = Value::Place(dicomfile::Place { offset: 0, length: 2 });
    set.put(Element { tag: tags::PIXEL_DATA, vr: VR::OW, value: place });
    let refused = WriteError::NotLoaded { tag: tags::PIXEL_DATA };
    assert_eq!(set.write(Encoding::ExplicitLittle), Err(refused));
}

#[test]
fn numbers_are_read_by_their_representation() {
    let mut set = DataSet::new();
    set.put_bytes(Tag(0x0028, 0x0106), VR::SS, (-5_i16).to_le_bytes())
        .put_bytes(Tag(0x0018, 0x9087), VR::FD, 700.5_f64.to_le_bytes())
        .put_bytes(Tag(0x0018, 0x0060), VR::DS, *b" 120.0 ")
        .put_bytes(Tag(0x0028, 0x0008), VR::IS, *b"12x ");
    assert_eq!(set.number(Tag(0x0028, 0x0106)), Some(-5));
    assert_eq!(set.decimal(Tag(0x0018, 0x9087)), Some(700.5));
    assert_eq!(set.number(Tag(0x0018, 0x0060)), Some(120));
    assert_eq!(set.number(Tag(0x0028, 0x0008)), None);
}

proptest! {
    #[test]
    fn any_data_set_reads_back_in_every_explicit_encoding(set in any_data_set()) {
        for encoding in [Encoding::ExplicitLittle, Encoding::ExplicitBig] {
            let bytes = set.write(encoding).unwrap();
            prop_assert_eq!(&DataSet::read(&bytes, encoding).unwrap(), &set);
        }
    }

    #[test]
    fn any_data_set_without_representations_keeps_its_bytes(set in any_data_set()) {
        let bytes = set.write(Encoding::ImplicitLittle).unwrap();
        let again = DataSet::read(&bytes, Encoding::ImplicitLittle).unwrap();
        prop_assert_eq!(again.write(Encoding::ImplicitLittle).unwrap(), bytes);
    }
}
