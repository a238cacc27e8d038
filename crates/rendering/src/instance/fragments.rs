//! One frame out of encapsulated pixel data (PS3.5 A.4): by the extended offset table, the basic
//! one, or by what the fragments show.

use super::FrameError;
use super::source::Source;
use crate::Reason;
use dicomfile::{PixelData, Scan, Value, tags};
use model::limits::{DICOM_FRAGMENTS, WORKER_JOB_BYTES};
use std::io::{Read, Seek};

/// The joined fragments of a frame, from 1.
pub fn frame<R: Read + Seek>(
    scan: &Scan,
    source: &mut Source<R>,
    pixels: &PixelData,
    frame: u32,
) -> Result<Vec<u8>, FrameError> {
    let number = frame as usize - 1;
    let Some(table) = item(source, pixels.offset)? else {
        return Err(Reason::undecodable("no basic offset table").into());
    };
    let first = table.offset + table.length;
    let place = frame_place(scan, source, pixels, &table, number)?;
    if let Some((start, end)) = place {
        let end = end.map_or(u64::MAX, |end| first.saturating_add(end));
        let fragments = walk(source, first.saturating_add(start), end)?;
        return join(source, &fragments);
    }
    let fragments = walk(source, first, u64::MAX)?;
    let frames = pixels.frames;
    if frames == 1 {
        return join(source, &fragments);
    }
    if fragments.len() == frames as usize {
        return join(source, &fragments[number..=number]);
    }
    let mut starts = starts(source, &fragments)?;
    let unknown = Reason::Fragments { fragments: fragments.len(), frames };
    if starts.len() != frames as usize {
        return Err(unknown.into());
    }
    starts.push(fragments.len());
    let range = starts.get(number).zip(starts.get(number + 1));
    match range.and_then(|(start, end)| fragments.get(*start..*end)) {
        Some(fragments) => join(source, fragments),
        None => Err(unknown.into()),
    }
}

/// An item's value.
#[derive(Clone, Copy)]
struct Item {
    offset: u64,
    length: u64,
}

/// The item that begins at a place; none at the delimiter, at the end, or where no item stands.
fn item<R: Read + Seek>(source: &mut Source<R>, offset: u64) -> std::io::Result<Option<Item>> {
    let head = source.read_up_to(offset, 8)?;
    let Some((tag, length)) = head.split_first_chunk::<4>() else { return Ok(None) };
    let length = length.try_into().map(u32::from_le_bytes).unwrap_or_default();
    let is_item = *tag == [0xFE, 0xFF, 0x00, 0xE0] && length != u32::MAX;
    Ok(is_item.then_some(Item { offset: offset + 8, length: length.into() }))
}

/// Where the frame begins and the next one does, from the first fragment's item on, if a table
/// tells. Without an entry for the next one it goes to the end.
fn frame_place<R: Read + Seek>(
    scan: &Scan,
    source: &mut Source<R>,
    pixels: &PixelData,
    table: &Item,
    number: usize,
) -> Result<Option<(u64, Option<u64>)>, FrameError> {
    let extended = match scan.header.get(tags::EXTENDED_OFFSET_TABLE).map(|one| &one.value) {
        Some(Value::Bytes(bytes)) => bytes.clone(),
        Some(Value::Place(place)) => {
            source.read_up_to(place.offset, place.length.min(TABLE_BYTES))?
        }
        _ => Vec::new(),
    };
    let basic = match extended.is_empty() {
        true => source.read_up_to(table.offset, table.length.min(TABLE_BYTES))?,
        false => Vec::new(),
    };
    let offsets = numbers::<8>(&extended, u64::from_le_bytes)
        .chain(numbers::<4>(&basic, |bytes| u32::from_le_bytes(bytes).into()));
    let offsets: Vec<u64> = offsets.collect();
    // A table of another length than the object has frames is wrong, and so is one out of order.
    let is_good = offsets.len() == pixels.frames as usize
        && offsets.first() == Some(&0)
        && offsets.is_sorted_by(|one, next| one < next);
    let start = offsets.get(number).copied().filter(|_| is_good);
    Ok(start.map(|start| (start, offsets.get(number + 1).copied())))
}

/// Bytes of the longest table: eight for each fragment that may be.
const TABLE_BYTES: u64 = 8 * DICOM_FRAGMENTS;

fn numbers<const WIDTH: usize>(
    bytes: &[u8],
    number: impl Fn([u8; WIDTH]) -> u64,
) -> impl Iterator<Item = u64> {
    bytes.chunks_exact(WIDTH).filter_map(move |one| one.try_into().ok()).map(number)
}

/// The fragments from a place on, up to the delimiter, another place, or the end of the object.
fn walk<R: Read + Seek>(
    source: &mut Source<R>,
    mut place: u64,
    end: u64,
) -> Result<Vec<Item>, FrameError> {
    let mut fragments = Vec::new();
    while place < end
        && let Some(fragment) = item(source, place)?
    {
        if fragments.len() as u64 >= DICOM_FRAGMENTS {
            return Err(Reason::undecodable("too many fragments").into());
        }
        place = fragment.offset.saturating_add(fragment.length);
        fragments.push(fragment);
    }
    Ok(fragments)
}

/// The fragments that begin a frame: those with the first octets of a codestream.
fn starts<R: Read + Seek>(
    source: &mut Source<R>,
    fragments: &[Item],
) -> Result<Vec<usize>, FrameError> {
    let mut starts = Vec::new();
    for (number, fragment) in fragments.iter().enumerate() {
        let head = source.read_up_to(fragment.offset, fragment.length.min(12))?;
        let is_start = CODESTREAMS.iter().any(|begin| head.starts_with(begin));
        if is_start {
            starts.push(number);
        }
    }
    Ok(starts)
}

/// JPEG and JPEG-LS, JPEG 2000 alone and as a file, JPEG XL alone and as a file.
const CODESTREAMS: [&[u8]; 5] = [
    &[0xFF, 0xD8, 0xFF],
    &[0xFF, 0x4F, 0xFF, 0x51],
    &[0, 0, 0, 12, b'j', b'P', b' ', b' '],
    &[0xFF, 0x0A],
    &[0, 0, 0, 12, b'J', b'X', b'L', b' '],
];

fn join<R: Read + Seek>(source: &mut Source<R>, fragments: &[Item]) -> Result<Vec<u8>, FrameError> {
    let total = fragments.iter().fold(0_u64, |sum, one| sum.saturating_add(one.length));
    if total > WORKER_JOB_BYTES {
        return Err(Reason::undecodable(format!("a frame of {total} bytes")).into());
    }
    let mut bytes = Vec::new();
    for fragment in fragments {
        bytes.extend(source.read_up_to(fragment.offset, fragment.length)?);
    }
    Ok(bytes)
}
