//! Objects that lie: a reason, no crash, and the next good job is served.

use crate::support::{encapsulated, grey, native, render, renderer};
use dicomfile::tags;
use rendering::{Object, Reason, RenderError, Viewport};

const JPEG_BASELINE: &str = "1.2.840.10008.1.2.4.50";
const JPEG_2000: &str = "1.2.840.10008.1.2.4.90";
const JPEG_LS: &str = "1.2.840.10008.1.2.4.80";
const RLE: &str = "1.2.840.10008.1.2.5";

/// A JPEG header that claims a size, and nothing behind it.
fn jpeg_of(rows: u16, columns: u16, marker: u8) -> Vec<u8> {
    let mut bytes = vec![0xFF, 0xD8, 0xFF, marker, 0, 11, 8];
    bytes.extend(rows.to_be_bytes());
    bytes.extend(columns.to_be_bytes());
    bytes.extend([1, 1, 0x11, 0, 0xFF, 0xD9]);
    bytes
}

fn jpeg_2000_of(side: u32) -> Vec<u8> {
    let mut bytes = vec![0xFF, 0x4F, 0xFF, 0x51, 0, 41, 0, 0];
    for word in [side, side, 0, 0, side, side, 0, 0] {
        bytes.extend(word.to_be_bytes());
    }
    bytes.extend([0, 1, 7, 1, 1, 0xFF, 0xD9]);
    bytes
}

#[tokio::test]
async fn sizes_that_lie_are_refused_before_anything_is_allocated() {
    let renderer = renderer();
    let huge = native(grey(65_535, 65_535), &[0; 4]);
    let pixels = 65_535 * 65_535;
    let found = render(&renderer, huge, None).await.placeholder;
    assert_eq!(found, Some(Reason::TooLarge { pixels }));
    let expanding = encapsulated(grey(8_000, 8_000), RLE, vec![Vec::new(), vec![0; 100]]);
    let found = render(&renderer, expanding, None).await.placeholder;
    assert_eq!(found, Some(Reason::Expands { from: 100, to: 128_000_000 }));
    for (syntax, codestream) in [
        (JPEG_BASELINE, jpeg_of(65_000, 65_000, 0xC0)),
        (JPEG_LS, jpeg_of(65_000, 65_000, 0xF7)),
        (JPEG_2000, jpeg_2000_of(2_000_000_000)),
    ] {
        let lying = encapsulated(grey(16, 16), syntax, vec![Vec::new(), codestream]);
        let found = render(&renderer, lying, None).await.placeholder;
        assert!(matches!(found, Some(Reason::Differs { .. })), "{syntax}: {found:?}");
    }
    let good = native(grey(1, 2), &[0, 1]);
    assert_eq!(render(&renderer, good, None).await.placeholder, None);
}

#[tokio::test]
async fn impossible_attributes_are_named() {
    let renderer = renderer();
    for (tag, value, keyword) in [
        (tags::ROWS, 0, "Rows"),
        (tags::BITS_ALLOCATED, 12, "BitsAllocated"),
        (tags::SAMPLES_PER_PIXEL, 4, "SamplesPerPixel"),
    ] {
        let mut set = grey(2, 2);
        set.put_number(tag, value);
        let found = render(&renderer, native(set, &[0; 4]), None).await.placeholder;
        let told =
            matches!(&found, Some(Reason::Attribute { attribute, .. }) if attribute == keyword);
        assert!(told, "{keyword}: {found:?}");
    }
    let mut set = grey(2, 2);
    set.put_str(tags::PHOTOMETRIC_INTERPRETATION, "HSV");
    let found = render(&renderer, native(set, &[0; 4]), None).await.placeholder;
    assert!(matches!(found, Some(Reason::Attribute { value, .. }) if value == "HSV"));
}

#[tokio::test]
async fn a_viewport_beyond_the_limit_and_bytes_that_are_no_dicom_are_errors() {
    let renderer = renderer();
    for (width, height) in [(0, 10), (10, 8_193)] {
        let viewport = Some(Viewport { width, height, region: None, enlarge: true });
        let object = Object::Bytes(native(grey(1, 1), &[0]).into());
        let request = rendering::RenderRequest {
            object,
            frame: None,
            viewport,
            window: None,
            format: rendering::Format::Jpeg,
        };
        assert!(matches!(renderer.render(request).await, Err(RenderError::Viewport)));
    }
    let text = Object::Bytes(b"no DICOM at all, but long enough to be looked at".to_vec().into());
    let found = renderer.thumbnail(text, 128).await;
    assert!(matches!(found, Err(RenderError::Unreadable(_))), "{found:?}");
}
