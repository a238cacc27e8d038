//! The few attributes that say how a frame looks, out of a header that may hold thousands.

use super::FrameError;
use super::source::Source;
use crate::description::{DOUBLE_FLOAT_PIXEL_DATA, FLOAT_PIXEL_DATA};
use dicomfile::{DataSet, Element, Scan, Tag, VR, Value, tags};
use std::io::{Read, Seek};

/// The attributes of a frame, from 1: its functional groups (PS3.3 C.7.6.16) brought to the top.
pub fn of<R: Read + Seek>(
    scan: &Scan,
    source: &mut Source<R>,
    frame: u32,
) -> Result<DataSet, FrameError> {
    let mut kept = DataSet::new();
    let header = &scan.header;
    keep(&mut kept, header, source)?;
    let shared = header.items(tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE).first();
    let own = header.items(tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE).get(frame as usize - 1);
    for group in shared.into_iter().chain(own) {
        for macros in [tags::FRAME_VOILUT_SEQUENCE, tags::PIXEL_VALUE_TRANSFORMATION_SEQUENCE] {
            if let Some(item) = group.items(macros).first() {
                keep(&mut kept, item, source)?;
            }
        }
    }
    let float = scan.pixel_data.map(|pixels| pixels.tag);
    for tag in [FLOAT_PIXEL_DATA, DOUBLE_FLOAT_PIXEL_DATA] {
        if float == Some(tag) {
            kept.put_bytes(tag, VR::OB, Vec::new());
        }
    }
    Ok(kept)
}

/// Attributes of the modules Image Pixel, Modality LUT, VOI LUT, Palette Color Lookup Table.
const KEPT: [Tag; 27] = [
    tags::SAMPLES_PER_PIXEL,
    tags::PHOTOMETRIC_INTERPRETATION,
    tags::PLANAR_CONFIGURATION,
    tags::ROWS,
    tags::COLUMNS,
    tags::BITS_ALLOCATED,
    tags::BITS_STORED,
    tags::HIGH_BIT,
    tags::PIXEL_REPRESENTATION,
    tags::PIXEL_PADDING_VALUE,
    tags::PIXEL_PADDING_RANGE_LIMIT,
    tags::WINDOW_CENTER,
    tags::WINDOW_WIDTH,
    tags::VOILUT_FUNCTION,
    tags::RESCALE_INTERCEPT,
    tags::RESCALE_SLOPE,
    tags::PRESENTATION_LUT_SHAPE,
    tags::RED_PALETTE_COLOR_LOOKUP_TABLE_DESCRIPTOR,
    tags::GREEN_PALETTE_COLOR_LOOKUP_TABLE_DESCRIPTOR,
    tags::BLUE_PALETTE_COLOR_LOOKUP_TABLE_DESCRIPTOR,
    tags::RED_PALETTE_COLOR_LOOKUP_TABLE_DATA,
    tags::GREEN_PALETTE_COLOR_LOOKUP_TABLE_DATA,
    tags::BLUE_PALETTE_COLOR_LOOKUP_TABLE_DATA,
    tags::SEGMENTED_RED_PALETTE_COLOR_LOOKUP_TABLE_DATA,
    tags::SEGMENTED_GREEN_PALETTE_COLOR_LOOKUP_TABLE_DATA,
    tags::SEGMENTED_BLUE_PALETTE_COLOR_LOOKUP_TABLE_DATA,
    tags::LUT_DESCRIPTOR,
];

/// Sequences of which the first item's table is kept.
const TABLES: [Tag; 2] = [tags::MODALITY_LUT_SEQUENCE, tags::VOILUT_SEQUENCE];

/// Bytes of the longest table: 65,536 entries of 16 bits, or as many segments.
const TABLE_BYTES: u64 = 4 * 65_536;

fn keep<R: Read + Seek>(
    kept: &mut DataSet,
    from: &DataSet,
    source: &mut Source<R>,
) -> Result<(), FrameError> {
    for element in KEPT.iter().filter_map(|tag| from.get(*tag)) {
        kept.put(loaded(element, source)?);
    }
    for tag in TABLES {
        let Some(item) = from.items(tag).first() else { continue };
        let mut table = DataSet::new();
        for part in [tags::LUT_DESCRIPTOR, tags::LUT_DATA] {
            if let Some(element) = item.get(part) {
                table.put(loaded(element, source)?);
            }
        }
        kept.put_sequence(tag, vec![table]);
    }
    Ok(())
}

/// The element with its value, under a representation that holds tables of any length.
fn loaded<R: Read + Seek>(
    element: &Element,
    source: &mut Source<R>,
) -> Result<Element, FrameError> {
    let bytes = match &element.value {
        Value::Bytes(bytes) => bytes.clone(),
        Value::Place(place) => source.read_up_to(place.offset, place.length.min(TABLE_BYTES))?,
        Value::Sequence(_) | Value::Fragments(_) => Vec::new(),
    };
    let is_table = bytes.len() > usize::from(u16::MAX) - 1;
    let vr = if is_table { VR::OW } else { element.vr };
    Ok(Element::new(element.tag, vr, bytes))
}
