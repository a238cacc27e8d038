//! DICOM files to begin with.

use dicomfile::charset::SpecificCharacterSet;
use dicomfile::{DataSet, Element, TransferSyntax, VR, Value, tags, write_file};

/// A file of each way of writing, with text of several character sets, and parts of one.
pub fn files() -> Vec<Vec<u8>> {
    let syntaxes = [
        TransferSyntax::IMPLICIT_LITTLE,
        TransferSyntax::EXPLICIT_LITTLE,
        TransferSyntax::EXPLICIT_BIG,
        TransferSyntax::DEFLATED,
    ];
    let sets = ["\\ISO 2022 IR 87", "ISO 2022 IR 13\\ISO 2022 IR 87", "ISO_IR 192", "ISO_IR 100"];
    let mut files: Vec<Vec<u8>> =
        syntaxes.iter().zip(sets).map(|(syntax, set)| file(syntax, &header(set))).collect();
    let mut frames = header("ISO_IR 192");
    let fragments = vec![vec![0, 0, 0, 0, 12, 0, 0, 0], vec![0xFF, 0xD8, 1, 2], vec![0xFF, 0xD8]];
    frames.put(Element { tag: tags::PIXEL_DATA, vr: VR::OB, value: Value::Fragments(fragments) });
    files.push(file(&TransferSyntax::new("1.2.840.10008.1.2.4.50"), &frames));
    let bare = files.get(1).map(|file| file.get(132..).unwrap_or_default().to_vec());
    files.extend(bare);
    files.push(header("").write(dicomfile::Encoding::ImplicitLittle).unwrap_or_default());
    files
}

fn file(syntax: &TransferSyntax, set: &DataSet) -> Vec<u8> {
    write_file(set, syntax).unwrap_or_default()
}

fn header(declared: &str) -> DataSet {
    let name = "Yamada^Tarou=山田^太郎=やまだ^たろう";
    let encoded = SpecificCharacterSet::parse(declared.as_bytes()).encode(name);
    let mut code = DataSet::new();
    code.put_str(tags::CODE_VALUE, "113030").put_str(tags::CODING_SCHEME_DESIGNATOR, "DCM");
    let mut set = DataSet::new();
    set.put_str(tags::SPECIFIC_CHARACTER_SET, declared)
        .put_str(tags::SOP_CLASS_UID, "1.2.840.10008.5.1.4.1.1.88.59")
        .put_str(tags::SOP_INSTANCE_UID, "1.2.3.4")
        .put_str(tags::STUDY_INSTANCE_UID, "1.2.3")
        .put_str(tags::SERIES_INSTANCE_UID, "1.2.3.1")
        .put_str(tags::STUDY_DATE, "20260102")
        .put_bytes(tags::PATIENT_NAME, VR::PN, encoded.unwrap_or_else(|_| name.into()))
        .put_str(tags::NUMBER_OF_FRAMES, "2")
        .put_number(tags::ROWS, 2)
        .put_number(tags::COLUMNS, 2)
        .put_number(tags::BITS_ALLOCATED, 16)
        .put_sequence(tags::CONCEPT_NAME_CODE_SEQUENCE, vec![code, DataSet::new()])
        .put_bytes(tags::PIXEL_DATA, VR::OW, vec![0; 16]);
    set
}
