//! Frames out of objects of every layout, through the child process.

use crate::support::{encapsulated, grey, native, pixels, render, renderer};
use dicomfile::{DataSet, VR, tags};
use rendering::{
    Format, FrameError, Instance, Object, Photometric, Reason, RenderError, RenderRequest, Viewport,
};
use std::io::Cursor;

#[tokio::test]
async fn an_image_is_a_picture_of_its_size_and_kind() {
    let renderer = renderer();
    let object = native(grey(2, 3), &[0, 100, 200, 300, 400, 500]);
    let png = render(&renderer, object.clone(), None).await;
    assert_eq!((png.media_type, &png.placeholder), ("image/png", &None));
    assert_eq!(pixels(&png.bytes), (3, 2, vec![0, 51, 102, 153, 204, 255]));
    let viewport = Viewport { width: 30, height: 30, region: None, enlarge: true };
    let request = RenderRequest {
        object: Object::Bytes(object.clone().into()),
        frame: Some(1),
        viewport: Some(viewport),
        window: None,
        format: Format::Jpeg,
    };
    let jpeg = renderer.render(request).await.unwrap();
    let mut decoder = jpeg_decoder::Decoder::new(Cursor::new(&jpeg.bytes));
    decoder.read_info().unwrap();
    let info = decoder.info().unwrap();
    assert_eq!((info.width, info.height), (30, 20));
    let thumbnail = renderer.thumbnail(Object::Bytes(object.into()), 128).await.unwrap();
    assert_eq!(thumbnail.media_type, "image/jpeg");
}

#[tokio::test]
async fn each_frame_is_its_own_and_the_representative_one_stands_for_all() {
    let renderer = renderer();
    let mut set = grey(1, 2);
    set.put_number(tags::NUMBER_OF_FRAMES, 4);
    set.put_str(tags::WINDOW_CENTER, "128").put_str(tags::WINDOW_WIDTH, "256");
    let object = native(set.clone(), &[10, 11, 20, 21, 30, 31, 40, 41]);
    for (frame, first) in [(Some(1), 10), (Some(4), 40), (None, 20)] {
        let picture = render(&renderer, object.clone(), frame).await;
        assert_eq!(pixels(&picture.bytes).2, [first, first + 1], "{frame:?}");
    }
    set.put_number(tags::REPRESENTATIVE_FRAME_NUMBER, 3);
    let told = native(set, &[10, 11, 20, 21, 30, 31, 40, 41]);
    assert_eq!(pixels(&render(&renderer, told.clone(), None).await.bytes).2, [30, 31]);
    let request = RenderRequest {
        object: Object::Bytes(told.into()),
        frame: Some(5),
        viewport: None,
        window: None,
        format: Format::Png,
    };
    let beyond = renderer.render(request).await;
    assert!(matches!(beyond, Err(RenderError::NoSuchFrame { frame: 5, frames: 4 })));
}

/// One byte a sample, four equal ones.
fn run_length(value: u8) -> Vec<u8> {
    let mut bytes = vec![0; 64];
    bytes[0] = 1;
    bytes[4] = 64;
    bytes.extend([0xFD, value]);
    bytes
}

fn bytes_image(frames: i64) -> DataSet {
    let mut set = grey(2, 2);
    set.put_number(tags::BITS_ALLOCATED, 8)
        .put_number(tags::BITS_STORED, 8)
        .put_number(tags::HIGH_BIT, 7)
        .put_number(tags::NUMBER_OF_FRAMES, frames);
    set
}

const RLE: &str = "1.2.840.10008.1.2.5";

#[tokio::test]
async fn fragments_are_those_of_their_frame_with_and_without_tables() {
    let renderer = renderer();
    let fragments = || vec![run_length(10), run_length(20), run_length(30)];
    let table = |offsets: &[u32]| offsets.iter().flat_map(|one| one.to_le_bytes()).collect();
    let with = |table: Vec<u8>| [vec![table], fragments()].concat();
    let wrong = table(&[0, 9_999, 5]);
    for (what, table) in
        [("no table", Vec::new()), ("a table", table(&[0, 74, 148])), ("a wrong one", wrong)]
    {
        let object = encapsulated(bytes_image(3), RLE, with(table));
        for frame in 1..=3 {
            let picture = render(&renderer, object.clone(), Some(frame)).await;
            assert_eq!(picture.placeholder, None, "{what}");
            assert_eq!(pixels(&picture.bytes).2, [frame as u8 * 10; 4], "{what}");
        }
    }
    let mut extended = bytes_image(3);
    let offsets: Vec<u8> = [0_u64, 74, 148].iter().flat_map(|one| one.to_le_bytes()).collect();
    extended.put_bytes(tags::EXTENDED_OFFSET_TABLE, VR::OV, offsets);
    let object = encapsulated(extended, RLE, with(Vec::new()));
    assert_eq!(pixels(&render(&renderer, object, Some(2)).await.bytes).2, [20; 4]);
}

#[test]
fn a_frame_in_several_fragments_is_joined_and_what_is_ambiguous_is_told() {
    let frame = run_length(7);
    let pieces = [vec![Vec::new()], frame.chunks(20).map(<[u8]>::to_vec).collect()].concat();
    let object = encapsulated(bytes_image(1), RLE, pieces.clone());
    let mut instance = Instance::open(Cursor::new(object)).unwrap();
    let stored = instance.stored_frame(1).unwrap();
    assert_eq!(stored.bytes, frame);
    assert_eq!(stored.transfer_syntax, RLE);
    let object = encapsulated(bytes_image(3), RLE, pieces);
    let ambiguous = Instance::open(Cursor::new(object)).unwrap().stored_frame(2);
    let reason = Reason::Fragments { fragments: 4, frames: 3 };
    assert!(matches!(ambiguous, Err(FrameError::NotShown(found)) if found == reason));
}

#[tokio::test]
async fn a_frame_is_decoded_for_clients_that_cannot() {
    let renderer = renderer();
    let object = encapsulated(bytes_image(1), RLE, vec![Vec::new(), run_length(7)]);
    let frame = renderer.native_frame(Object::Bytes(object.into()), 1).await.unwrap();
    assert_eq!(frame.bytes, [7; 4]);
    assert_eq!(frame.description.photometric, Photometric::Monochrome2);
}

#[tokio::test]
async fn functional_groups_say_how_their_frame_looks() {
    let renderer = renderer();
    let group = |center: &str| {
        let mut window = DataSet::new();
        window.put_str(tags::WINDOW_CENTER, center).put_str(tags::WINDOW_WIDTH, "1");
        let mut group = DataSet::new();
        group.put_sequence(tags::FRAME_VOILUT_SEQUENCE, vec![window]);
        group
    };
    let mut set = grey(1, 2);
    set.put_number(tags::NUMBER_OF_FRAMES, 2);
    set.put_sequence(tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE, vec![group("5"), group("15")]);
    let object = native(set, &[0, 10, 0, 10]);
    assert_eq!(pixels(&render(&renderer, object.clone(), Some(1)).await.bytes).2, [0, 255]);
    assert_eq!(pixels(&render(&renderer, object, Some(2)).await.bytes).2, [0, 0]);
}

#[tokio::test]
async fn what_cannot_be_shown_is_a_picture_that_says_why() {
    let renderer = renderer();
    let report = dicomfile::write_file(&grey(1, 1), &dicomfile::TransferSyntax::EXPLICIT_LITTLE);
    let picture = render(&renderer, report.unwrap(), None).await;
    assert_eq!(picture.placeholder, Some(Reason::NoPixelData));
    assert_eq!(pixels(&picture.bytes).0, 256);
    let mpeg =
        encapsulated(bytes_image(1), "1.2.840.10008.1.2.4.102", vec![Vec::new(), vec![0; 8]]);
    let picture = render(&renderer, mpeg, None).await;
    let uid = "1.2.840.10008.1.2.4.102".to_owned();
    assert_eq!(picture.placeholder, Some(Reason::TransferSyntax { uid }));
    let cut = native(grey(4, 4), &[0; 3]);
    let picture = render(&renderer, cut, None).await;
    assert_eq!(picture.placeholder, Some(Reason::Truncated { expected: 32, found: 6 }));
    let object = native(grey(1, 2), &[0, 1]);
    assert_eq!(render(&renderer, object, None).await.placeholder, None);
}

#[tokio::test]
async fn a_file_is_read_where_it_lies() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("object.dcm");
    std::fs::write(&path, native(grey(1, 2), &[0, 9])).unwrap();
    let thumbnail = renderer().thumbnail(Object::Path(path), 128).await.unwrap();
    assert_eq!(thumbnail.placeholder, None);
    let missing = renderer().thumbnail(Object::Path(folder.path().join("none")), 128).await;
    assert!(matches!(missing, Err(RenderError::Io(_))));
}
