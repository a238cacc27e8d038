//! Index fields, manifests and DICOM JSON.

use crate::support::header;
use dicomfile::charset::{Coding, Evidence};
use dicomfile::index::{Fields, MissingUid};
use dicomfile::key_object::{
    InstanceReference, KeyObjectError, KeyObjects, SeriesReference, StudyReference, Title,
};
use dicomfile::{
    DataSet, Element, Encoding, Place, Scan, TransferSyntax, VR, Value, Verdict, json, scan, tags,
    uids, write_file,
};
use serde_json::{Value as Json, json as expected};

fn scanned(set: &DataSet) -> Scan {
    scan(&write_file(set, &TransferSyntax::EXPLICIT_LITTLE).unwrap()[..], None).unwrap()
}

#[test]
fn an_object_is_indexed_by_its_fields() {
    let mut set = header();
    set.put_bytes(tags::INSTITUTION_NAME, VR::LO, Coding::Cp932.encode("みなと病院").unwrap())
        .put_str(tags::IMAGE_TYPE, "ORIGINAL\\PRIMARY")
        .put_str(tags::PATIENT_BIRTH_DATE, "19480312")
        .put_bytes(tags::PIXEL_DATA, VR::OW, vec![0; 4]);
    let fields = Fields::of(&scanned(&set), &Evidence::default()).unwrap();
    assert_eq!(fields.study.study_uid, "1.2.3");
    assert_eq!(fields.study.patient_name.as_ref().unwrap().person_name().phonetic.given, "たろう");
    assert_eq!(fields.study.birth_date.as_ref().unwrap().digits, "19480312");
    assert_eq!(fields.study.started.as_ref().unwrap().digits, "20260102030405");
    assert_eq!(
        (fields.series.series_uid.as_str(), fields.series.modality.as_deref()),
        ("1.2.3.1", Some("CT"))
    );
    let institution = fields.series.institution.as_ref().unwrap();
    assert_eq!(
        (institution.value.as_str(), institution.verdict),
        ("みなと病院", Verdict::Repaired)
    );
    let instance = &fields.instance;
    assert_eq!((instance.rows, instance.frames, instance.number), (Some(512), 1, Some(7)));
    assert_eq!(instance.image_type, ["ORIGINAL", "PRIMARY"]);
    assert_eq!(fields.texts().count(), 3, "name, ID, institution");
}

#[test]
fn what_lacks_a_uid_is_not_indexed_and_says_which() {
    for tag in [tags::STUDY_INSTANCE_UID, tags::SERIES_INSTANCE_UID] {
        let mut set = header();
        set.remove(tag);
        let refused = Fields::of(&scanned(&set), &Evidence::default()).unwrap_err();
        assert_eq!(refused, MissingUid { tag });
    }
    let mut set = header();
    set.remove(tags::SOP_INSTANCE_UID);
    let mut scan = scanned(&set);
    scan.meta.put_str(tags::MEDIA_STORAGE_SOP_INSTANCE_UID, "1.9");
    let fields = Fields::of(&scan, &Evidence::default()).unwrap();
    assert_eq!(fields.instance.instance_uid, "1.9", "the file meta information says it too");
}

fn manifest() -> KeyObjects {
    let reference = |class: &str, instance: &str| InstanceReference {
        class_uid: class.to_owned(),
        instance_uid: instance.to_owned(),
    };
    let series = SeriesReference {
        series_uid: "1.2.3.1".to_owned(),
        retrieve_ae_title: Some("MUSUBI".to_owned()),
        retrieve_location_uid: Some("1.2.392.1".to_owned()),
        retrieve_url: None,
        instances: vec![
            reference(uids::CT_IMAGE_STORAGE, "1.2.3.4"),
            reference(uids::ENCAPSULATED_PDF_STORAGE, "1.2.3.5"),
        ],
    };
    KeyObjects {
        study_uid: "1.2.3".to_owned(),
        series_uid: "1.2.3.99".to_owned(),
        instance_uid: "1.2.3.99.1".to_owned(),
        title: Title::manifest(),
        content_time: "20260102030405".to_owned(),
        studies: vec![StudyReference { study_uid: "1.2.3".to_owned(), series: vec![series] }],
    }
}

#[test]
fn a_manifest_reads_back_and_names_each_instance() {
    let about = Fields::of(&scanned(&header()), &Evidence::default()).unwrap().study;
    let set = manifest().write(&about);
    let bytes = set.write(Encoding::ExplicitLittle).unwrap();
    let again = DataSet::read(&bytes, Encoding::ExplicitLittle).unwrap();
    assert_eq!(KeyObjects::read(&again).unwrap(), manifest());
    assert!(!manifest().title.is_rejection());
    let content = again.items(tags::CONTENT_SEQUENCE);
    let kinds: Vec<_> = content.iter().filter_map(|item| item.ascii(tags::VALUE_TYPE)).collect();
    assert_eq!(kinds, ["IMAGE", "COMPOSITE"]);
    let name = again.text(tags::PATIENT_NAME).unwrap();
    assert_eq!(name.value, "Yamada^Tarou=山田^太郎=やまだ^たろう");
    assert_eq!(again.ascii(tags::STUDY_DATE), Some("20260102"));
}

#[test]
fn rejection_notes_are_known_and_others_are_no_key_objects() {
    let about = Fields::of(&scanned(&header()), &Evidence::default()).unwrap().study;
    let title = Title { code: "113037".into(), scheme: "DCM".into(), meaning: "Rejected".into() };
    let note = KeyObjects { title, ..manifest() };
    assert!(KeyObjects::read(&note.write(&about)).unwrap().title.is_rejection());
    assert_eq!(KeyObjects::read(&header()), Err(KeyObjectError::OtherClass));
    let empty = KeyObjects { studies: Vec::new(), ..manifest() }.write(&about);
    let tag = tags::CURRENT_REQUESTED_PROCEDURE_EVIDENCE_SEQUENCE;
    assert_eq!(KeyObjects::read(&empty), Err(KeyObjectError::Missing { tag }));
}

#[test]
fn json_is_utf_8_with_names_in_groups_and_places_as_uris() {
    let mut item = DataSet::new();
    item.put_bytes(tags::CODE_MEANING, VR::LO, Coding::Cp932.encode("表").unwrap());
    let place = Place { offset: 132, length: 70_000 };
    let mut set = DataSet::new();
    set.put_str(tags::SPECIFIC_CHARACTER_SET, "ISO_IR 100")
        .put_bytes(tags::PATIENT_NAME, VR::PN, Coding::Cp932.encode("ﾔﾏﾀﾞ^ﾀﾛｳ^=山田^太郎").unwrap())
        .put_str(tags::PIXEL_SPACING, "0.5\\1e2 ")
        .put_str(tags::IMAGE_TYPE, "DERIVED\\\\AXIAL")
        .put_number(tags::ROWS, 512)
        .put_str(tags::INSTANCE_NUMBER, "x")
        .put_str(tags::STUDY_ID, "")
        .put_bytes(tags::FRAME_INCREMENT_POINTER, VR::AT, [0x18, 0, 0x63, 0x10])
        .put_bytes(tags::ICC_PROFILE, VR::OB, [1, 2, 3, 4])
        .put_sequence(tags::PROCEDURE_CODE_SEQUENCE, vec![item, DataSet::new()])
        .put(Element { tag: tags::PIXEL_DATA, vr: VR::OW, value: Value::Place(place) });
    let uri = |bulk: &dicomfile::BulkData| Some(format!("bulk/{}", bulk.place.offset));
    let written: Json = serde_json::from_str(&json(&set, &Evidence::default(), &uri)).unwrap();
    assert_eq!(
        written,
        expected!({
            "00080005": { "vr": "CS", "Value": ["ISO_IR 192"] },
            "00080008": { "vr": "CS", "Value": ["DERIVED", null, "AXIAL"] },
            "00081032": { "vr": "SQ", "Value": [
                { "00080104": { "vr": "LO", "Value": ["表"] } }, {}
            ] },
            "00100010": { "vr": "PN", "Value": [
                { "Alphabetic": "ﾔﾏﾀﾞ^ﾀﾛｳ", "Ideographic": "山田^太郎" }
            ] },
            "00200010": { "vr": "SH" },
            "00200013": { "vr": "IS", "Value": ["x"] },
            "00280009": { "vr": "AT", "Value": ["00181063"] },
            "00280010": { "vr": "US", "Value": [512] },
            "00280030": { "vr": "DS", "Value": [0.5, 100.0] },
            "00282000": { "vr": "OB", "InlineBinary": "AQIDBA==" },
            "7FE00010": { "vr": "OW", "BulkDataURI": "bulk/132" }
        })
    );
}
