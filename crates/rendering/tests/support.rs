//! Objects made for tests, and a renderer of few children.

use dicomfile::{DataSet, Element, TransferSyntax, VR, Value, tags};
use rendering::{Format, Object, RenderRequest, Rendered, Renderer};
use std::path::PathBuf;
use worker::{PoolLimits, Program};

/// A renderer with one child, so that a child that died is seen by the next job.
pub fn renderer() -> Renderer {
    let program = Program {
        path: PathBuf::from(env!("CARGO_BIN_EXE_rendering_child")),
        arguments: Vec::new(),
        environment: Vec::new(),
    };
    Renderer::new(program, PoolLimits { children: 1, ..PoolLimits::default() })
}

/// A grey image of 16 bits without pixel data.
pub fn grey(rows: u32, columns: u32) -> DataSet {
    let mut set = DataSet::new();
    set.put_str(tags::SOP_CLASS_UID, "1.2.840.10008.5.1.4.1.1.7")
        .put_str(tags::SOP_INSTANCE_UID, "1.2.3")
        .put_number(tags::SAMPLES_PER_PIXEL, 1)
        .put_str(tags::PHOTOMETRIC_INTERPRETATION, "MONOCHROME2")
        .put_number(tags::ROWS, rows.into())
        .put_number(tags::COLUMNS, columns.into())
        .put_number(tags::BITS_ALLOCATED, 16)
        .put_number(tags::BITS_STORED, 16)
        .put_number(tags::HIGH_BIT, 15)
        .put_number(tags::PIXEL_REPRESENTATION, 0);
    set
}

/// A file of the data set with these native samples.
pub fn native(mut set: DataSet, samples: &[u16]) -> Vec<u8> {
    let bytes: Vec<u8> = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
    set.put_bytes(tags::PIXEL_DATA, VR::OW, bytes);
    dicomfile::write_file(&set, &TransferSyntax::EXPLICIT_LITTLE).unwrap()
}

/// A file of the data set with these fragments, the first one the basic offset table.
pub fn encapsulated(mut set: DataSet, syntax: &str, fragments: Vec<Vec<u8>>) -> Vec<u8> {
    let value = Value::Fragments(fragments);
    set.put(Element { tag: tags::PIXEL_DATA, vr: VR::OB, value });
    dicomfile::write_file(&set, &TransferSyntax::new(syntax)).unwrap()
}

/// The picture of a frame as PNG, one pixel for each sample.
pub async fn render(renderer: &Renderer, object: Vec<u8>, frame: Option<u32>) -> Rendered {
    let request = RenderRequest {
        object: Object::Bytes(object.into()),
        frame,
        viewport: None,
        window: None,
        format: Format::Png,
    };
    renderer.render(request).await.unwrap()
}

/// Width, height and samples of a PNG.
pub fn pixels(png: &[u8]) -> (u32, u32, Vec<u8>) {
    let mut reader = png::Decoder::new(std::io::Cursor::new(png)).read_info().unwrap();
    let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut bytes).unwrap();
    bytes.truncate(info.buffer_size());
    (info.width, info.height, bytes)
}
