//! The binary's own child process makes pictures, also large ones.

use dicomfile::{DataSet, TransferSyntax, VR, tags};
use musubi::renderer::renderer;
use rendering::Object;
use std::path::PathBuf;

/// A radiograph of so many pixels each way.
fn radiograph(side: u16) -> Object {
    let mut set = DataSet::new();
    set.put_str(tags::SOP_CLASS_UID, "1.2.840.10008.5.1.4.1.1.1.1")
        .put_str(tags::SOP_INSTANCE_UID, "1.2.3")
        .put_number(tags::SAMPLES_PER_PIXEL, 1)
        .put_str(tags::PHOTOMETRIC_INTERPRETATION, "MONOCHROME1")
        .put_number(tags::ROWS, side.into())
        .put_number(tags::COLUMNS, side.into())
        .put_number(tags::BITS_ALLOCATED, 16)
        .put_number(tags::BITS_STORED, 12)
        .put_number(tags::HIGH_BIT, 11)
        .put_number(tags::PIXEL_REPRESENTATION, 0);
    let pixels = usize::from(side) * usize::from(side);
    set.put_bytes(tags::PIXEL_DATA, VR::OW, vec![7; pixels * 2]);
    let file = dicomfile::write_file(&set, &TransferSyntax::EXPLICIT_LITTLE).unwrap();
    Object::Bytes(file.into())
}

#[tokio::test]
async fn the_binary_renders_in_a_process_of_its_own() {
    let renderer = renderer(PathBuf::from(env!("CARGO_BIN_EXE_musubi")));
    for side in [64, 8_000, 64] {
        let thumbnail = renderer.thumbnail(radiograph(side), 128).await.unwrap();
        assert_eq!(thumbnail.placeholder, None, "{side} pixels each way");
        assert!(thumbnail.bytes.starts_with(&[0xFF, 0xD8]));
    }
}
