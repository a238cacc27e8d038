//! Scanned files: what is found, what is repaired in reading, what ends in an error.

use crate::support::{ENCODINGS, header};
use dicomfile::{
    Element, Inflate, Note, ReadError, Scan, ScanError, TransferSyntax, VR, Value, file_head, scan,
    scan_data_set, tags, write_file,
};
use std::io::Read;

fn scanned(bytes: &[u8]) -> Result<Scan, ScanError> {
    scan(bytes, Some(bytes.len() as u64))
}

fn file(syntax: &TransferSyntax) -> Vec<u8> {
    let mut set = header();
    set.put_bytes(tags::PIXEL_DATA, VR::OW, vec![7; 100]);
    write_file(&set, syntax).unwrap()
}

#[test]
fn a_file_is_scanned_up_to_its_pixel_data() {
    for syntax in ENCODINGS.map(TransferSyntax::of) {
        let bytes = file(&syntax);
        let found = scanned(&bytes).unwrap();
        assert_eq!(found.notes, []);
        assert_eq!(found.transfer_syntax, syntax);
        assert_eq!(found.meta.uid(tags::MEDIA_STORAGE_SOP_INSTANCE_UID), Some("1.2.3.4"));
        assert_eq!(found.header.number(tags::ROWS), Some(512));
        let pixel_data = found.pixel_data.unwrap();
        assert_eq!((pixel_data.length, pixel_data.frames), (Some(100), 1));
        assert_eq!(pixel_data.offset, bytes.len() as u64 - 100);
        let body = &bytes[found.data_set_offset as usize..];
        let bare = scan_data_set(body, None, &syntax).unwrap();
        assert_eq!(bare.header, found.header, "a data set by itself gives the same header");
    }
}

#[test]
fn a_deflated_file_is_scanned_in_its_inflated_bytes() {
    let bytes = file(&TransferSyntax::DEFLATED);
    let found = scanned(&bytes).unwrap();
    assert_eq!(found.header.uid(tags::STUDY_INSTANCE_UID), Some("1.2.3"));
    let mut inflated = Vec::new();
    let deflated = &bytes[found.data_set_offset as usize..];
    Inflate::new(deflated).read_to_end(&mut inflated).unwrap();
    let place = found.pixel_data.unwrap().offset as usize;
    assert_eq!(inflated[place..], [7; 100]);
}

#[test]
fn what_is_missing_before_the_data_set_is_noted() {
    let explicit = TransferSyntax::EXPLICIT_LITTLE;
    let whole = file(&explicit);
    let body_at = scanned(&whole).unwrap().data_set_offset as usize;
    let head = file_head("1.2", "1.2.3.4", &explicit, Some("CT1")).unwrap();
    let (length, rest) = head[132..].split_at(12);
    let body = &whole[body_at..];
    let missing_uid = Note::NoTransferSyntax;
    let mut wrong = length.to_vec();
    wrong[8] = 1;
    for (parts, notes) in [
        (vec![&head[..132], rest, body], vec![Note::NoGroupLength]),
        (vec![&head[..132], &wrong, rest, body], vec![Note::WrongGroupLength]),
        (vec![&head[128..], body], vec![Note::NoPreamble]),
        (vec![length, rest, body], vec![Note::NoPreamble]),
        (vec![&head[..132], body], vec![Note::NoMeta, missing_uid]),
        (vec![body], vec![Note::NoPreamble, Note::NoMeta, missing_uid]),
        (vec![&head[..132], &length[..8], &[0; 4], body], vec![missing_uid]),
    ] {
        let bytes = parts.concat();
        let found = scanned(&bytes).unwrap();
        assert_eq!(
            found.notes.iter().filter(|note| !notes.contains(note)).count(),
            0,
            "{:?}",
            found.notes
        );
        assert!(notes.iter().all(|note| found.notes.contains(note)), "{:?}", found.notes);
        assert_eq!(found.header.uid(tags::SOP_INSTANCE_UID), Some("1.2.3.4"), "{notes:?}");
        assert_eq!(found.transfer_syntax, explicit, "{notes:?}");
    }
}

#[test]
fn a_data_set_in_another_encoding_than_declared_is_read_and_noted() {
    for written in ENCODINGS {
        let body = header().write(written).unwrap();
        for declared in ENCODINGS {
            let found = scan_data_set(&body[..], None, &TransferSyntax::of(declared)).unwrap();
            assert_eq!(found.encoding, written, "declared {declared:?}");
            assert_eq!(found.header.number(tags::ROWS), Some(512), "declared {declared:?}");
            let is_noted = found.notes.contains(&Note::OtherwiseEncoded);
            assert_eq!(is_noted, written != declared, "{written:?} as {declared:?}");
        }
    }
}

#[test]
fn a_file_cut_within_its_pixel_data_is_indexed_and_noted() {
    let mut bytes = file(&TransferSyntax::EXPLICIT_LITTLE);
    bytes.truncate(bytes.len() - 30);
    let found = scanned(&bytes).unwrap();
    assert_eq!(found.notes, [Note::PixelDataCut { missing_bytes: 30 }]);
    assert_eq!(found.header.uid(tags::SOP_INSTANCE_UID), Some("1.2.3.4"));
}

#[test]
fn a_file_cut_within_its_header_is_an_error_that_keeps_what_was_read() {
    let bytes = file(&TransferSyntax::EXPLICIT_LITTLE);
    let cut = &bytes[..bytes.len() - 160];
    let failed = scanned(cut).unwrap_err();
    assert_eq!(failed.to_string(), "the header cannot be read to its end");
    assert_eq!(failed.scan.header.uid(tags::SOP_INSTANCE_UID), Some("1.2.3.4"));
}

#[test]
fn what_is_not_dicom_is_said_to_be_none() {
    for bytes in [&b""[..], b"%PDF-1.7 and so on", &[0; 200], b"DIC", &[0xFF; 300]] {
        let failed = scanned(bytes).unwrap_err();
        assert!(matches!(failed.problem, ReadError::NotDicom), "{:?}", failed.problem);
    }
}

#[test]
fn long_values_are_places() {
    let mut set = header();
    let table = vec![1; 70_000];
    set.put(Element::new(tags::ICC_PROFILE, VR::OB, table));
    let bytes = write_file(&set, &TransferSyntax::IMPLICIT_LITTLE).unwrap();
    let found = scanned(&bytes).unwrap();
    let Value::Place(place) = &found.header.get(tags::ICC_PROFILE).unwrap().value else {
        panic!("loaded")
    };
    assert_eq!((place.length, bytes[place.offset as usize]), (70_000, 1));
}

#[test]
fn a_length_that_lies_costs_no_memory_and_no_time() {
    let mut bytes = file(&TransferSyntax::EXPLICIT_LITTLE);
    let place = bytes.len() - 112;
    bytes.truncate(place);
    bytes.extend(b"\x42\0\x11\0OB\0\0\xFE\xFF\xFF\xFFshort");
    let known = scanned(&bytes).unwrap_err();
    assert!(matches!(known.problem, ReadError::LengthBeyondEnd { length: 0xFFFF_FFFE, .. }));
    let unknown = scan(&bytes[..], None).unwrap_err();
    assert!(matches!(unknown.problem, ReadError::Truncated { .. }), "{:?}", unknown.problem);
    assert_eq!(unknown.scan.header.number(tags::ROWS), Some(512));
}

#[test]
fn a_decompression_bomb_is_an_error() {
    let head = file_head("1.2", "1.3", &TransferSyntax::DEFLATED, None).unwrap();
    let set = {
        let mut set = header();
        set.put_bytes(tags::ENCAPSULATED_DOCUMENT, VR::OB, vec![0; 64 << 20]);
        set.put_bytes(dicomfile::Tag(0x0042, 0x0020), VR::OB, vec![0; 64 << 20]);
        set
    };
    let bomb = write_file(&set, &TransferSyntax::DEFLATED).unwrap();
    assert!(bomb.len() < 200_000 && bomb.len() > head.len());
    let failed = scanned(&bomb).unwrap_err();
    assert!(matches!(failed.problem, ReadError::InflatesTooMuch), "{:?}", failed.problem);
    assert_eq!(failed.scan.header.uid(tags::SOP_INSTANCE_UID), Some("1.2.3.4"));
}
