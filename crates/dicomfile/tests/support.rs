//! Data sets to test with.

use dicomfile::{DataSet, Element, Encoding, Tag, VR, Value, tags};
use proptest::prelude::*;

pub const ENCODINGS: [Encoding; 3] =
    [Encoding::ImplicitLittle, Encoding::ExplicitLittle, Encoding::ExplicitBig];

/// A small CT header without pixel data.
pub fn header() -> DataSet {
    let mut code = DataSet::new();
    code.put_str(tags::CODE_VALUE, "G-D101").put_str(tags::CODE_MEANING, "スライス");
    let mut set = DataSet::new();
    set.put_str(tags::SPECIFIC_CHARACTER_SET, "ISO_IR 192")
        .put_str(tags::SOP_CLASS_UID, dicomfile::uids::CT_IMAGE_STORAGE)
        .put_str(tags::SOP_INSTANCE_UID, "1.2.3.4")
        .put_str(tags::STUDY_INSTANCE_UID, "1.2.3")
        .put_str(tags::SERIES_INSTANCE_UID, "1.2.3.1")
        .put_str(tags::STUDY_DATE, "20260102")
        .put_str(tags::STUDY_TIME, "030405")
        .put_str(tags::MODALITY, "CT")
        .put_str(tags::PATIENT_NAME, "Yamada^Tarou=山田^太郎=やまだ^たろう")
        .put_str(tags::PATIENT_ID, "12345678")
        .put_number(tags::ROWS, 512)
        .put_number(tags::INSTANCE_NUMBER, 7)
        .put_str(tags::PIXEL_SPACING, "0.5\\0.25")
        .put_sequence(tags::PROCEDURE_CODE_SEQUENCE, vec![code, DataSet::new()]);
    set
}

/// Any data set of even values, up to three sequences deep.
pub fn any_data_set() -> impl Strategy<Value = DataSet> {
    let leaf = prop::collection::vec(any_element(), 0..6).prop_map(DataSet::from_iter);
    leaf.prop_recursive(3, 24, 3, |inner| {
        let sequence = (0x0008_u16..0x0040, 0x9000_u16..0x9100, prop::collection::vec(inner, 0..3))
            .prop_map(|(group, element, items)| Element {
                tag: Tag(group & !1, element),
                vr: VR::SQ,
                value: Value::Sequence(items),
            });
        prop::collection::vec(prop_oneof![any_element(), sequence], 0..6)
            .prop_map(DataSet::from_iter)
    })
}

fn any_element() -> impl Strategy<Value = Element> {
    const KINDS: [VR; 9] = [VR::PN, VR::LO, VR::US, VR::UL, VR::FD, VR::OW, VR::AT, VR::UT, VR::UN];
    let tag = (0x0008_u16..0x0040, 0x0100_u16..0x0FFF);
    (tag, prop::sample::select(KINDS.to_vec()), prop::collection::vec(any::<[u8; 8]>(), 0..4))
        .prop_map(|((group, element), vr, bytes)| {
            Element::new(Tag(group | 1, element), vr, bytes.concat())
        })
}
