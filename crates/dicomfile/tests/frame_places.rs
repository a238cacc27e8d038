//! Where frames stand, by offset tables and without.

use crate::support::header;
use dicomfile::frames::{Fragments, fragments, native_frames};
use dicomfile::{
    DataSet, Element, Place, ReadError, Scan, TransferSyntax, VR, Value, scan, tags, write_file,
};

const JPEG: &str = "1.2.840.10008.1.2.4.50";

/// A file of three frames in five fragments, the frames' beginnings told by `table`.
fn file(table: &[u8]) -> Vec<u8> {
    let mut set = header();
    set.put_str(tags::NUMBER_OF_FRAMES, "3");
    let images: [&[u8]; 5] = [b"\xFF\xD8a1", b"a2", b"\xFF\xD8b1", b"\xFF\xD8c1", b"c2"];
    let mut parts = vec![table.to_vec()];
    parts.extend(images.map(<[u8]>::to_vec));
    set.put(Element { tag: tags::PIXEL_DATA, vr: VR::OB, value: Value::Fragments(parts) });
    write_file(&set, &TransferSyntax::new(JPEG)).unwrap()
}

fn walked(bytes: &[u8]) -> (Scan, Fragments) {
    let found = scan(bytes, Some(bytes.len() as u64)).unwrap();
    let pixel_data = found.pixel_data.unwrap();
    assert!(pixel_data.is_encapsulated());
    let walked = fragments(&bytes[pixel_data.offset as usize..], &pixel_data).unwrap();
    (found, walked)
}

/// The bytes of each frame.
fn frames(bytes: &[u8], header: &DataSet, walked: &Fragments) -> Vec<Vec<u8>> {
    let part =
        |place: &Place| &bytes[place.offset as usize..(place.offset + place.length) as usize];
    let frames = walked.frames(header, 3);
    frames.iter().map(|places| places.iter().flat_map(part).copied().collect()).collect()
}

#[test]
fn frames_are_found_by_the_basic_table_or_where_images_begin() {
    let expected: [&[u8]; 3] = [b"\xFF\xD8a1a2", b"\xFF\xD8b1", b"\xFF\xD8c1c2"];
    let true_table = [0_u32, 22, 34].map(u32::to_le_bytes).concat();
    let false_table = [0_u32, 9, 99].map(u32::to_le_bytes).concat();
    for table in [true_table, false_table, Vec::new()] {
        let bytes = file(&table);
        let (found, walked) = walked(&bytes);
        assert_eq!(walked.offset_table.len(), table.len() / 4);
        assert_eq!(frames(&bytes, &found.header, &walked), expected);
        assert!(!walked.is_cut);
    }
}

#[test]
fn frames_are_found_by_the_extended_table() {
    let bytes = file(&[]);
    let (mut found, walked) = walked(&bytes);
    let table = [0_u64, 12, 34].map(u64::to_le_bytes).concat();
    found.header.put_bytes(tags::EXTENDED_OFFSET_TABLE, VR::OV, table);
    let expected: [&[u8]; 3] = [b"\xFF\xD8a1", b"a2\xFF\xD8b1", b"\xFF\xD8c1c2"];
    assert_eq!(frames(&bytes, &found.header, &walked), expected);
}

#[test]
fn fragments_before_a_cut_are_kept_and_garbage_is_an_error() {
    let bytes = file(&[]);
    let (found, whole) = walked(&bytes);
    let (_, cut) = walked(&bytes[..bytes.len() - 10]);
    assert_eq!((cut.fragments.len(), cut.is_cut), (4, true));
    assert_eq!(cut.fragments, whole.fragments[..4]);
    let refused = fragments(&[0; 64][..], &found.pixel_data.unwrap());
    assert!(matches!(refused, Err(ReadError::Misplaced { .. })), "{refused:?}");
}

#[test]
fn native_frames_are_counted_by_what_is_there() {
    let mut set = header();
    set.put_number(tags::ROWS, 2)
        .put_number(tags::COLUMNS, 3)
        .put_number(tags::BITS_ALLOCATED, 16)
        .put_str(tags::NUMBER_OF_FRAMES, "1000000000")
        .put_bytes(tags::PIXEL_DATA, VR::OW, vec![0; 36]);
    let bytes = write_file(&set, &TransferSyntax::EXPLICIT_LITTLE).unwrap();
    let found = scan(&bytes[..], None).unwrap();
    let pixel_data = found.pixel_data.unwrap();
    let frames = native_frames(&found.header, &pixel_data, bytes.len() as u64);
    let offset = pixel_data.offset;
    let place = |number: u64| Place { offset: offset + number * 12, length: 12 };
    assert_eq!(frames, [place(0), place(1), place(2)]);
    let cut = native_frames(&found.header, &pixel_data, bytes.len() as u64 - 1);
    assert_eq!(cut.len(), 2, "a frame that is not there whole is none");
    set.put_number(tags::BITS_ALLOCATED, 1);
    assert!(native_frames(&set, &pixel_data, u64::MAX).is_empty());
}
