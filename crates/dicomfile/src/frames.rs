//! Where the frames of pixel data stand, without loading any (PS3.5 A.4, PS3.3 C.7.6.3).

use crate::DataSet;
use crate::element::{ITEM, Place, SEQUENCE_END};
use crate::error::ReadError;
use crate::scan::PixelData;
use crate::source::Source;
use crate::transfer_syntax::Encoding;
use dicom_core::Tag;
use dicom_dictionary_std::tags;
use model::limits::DICOM_FRAGMENTS;
use std::io::Read;

/// The fragments of encapsulated pixel data.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fragments {
    /// The basic offset table: the places of frames, counted from the first fragment's item.
    pub offset_table: Vec<u64>,
    /// The fragments, without their headers.
    pub fragments: Vec<Fragment>,
    /// Whether the end is missing: the fragments before it are whole.
    pub is_cut: bool,
}

/// One fragment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fragment {
    /// Its bytes.
    pub place: Place,
    /// Whether it begins as a JPEG, JPEG-LS or JPEG 2000 image does.
    pub begins_image: bool,
}

/// Walks the fragments of encapsulated pixel data. `reader` stands at [`PixelData::offset`].
///
/// # Errors
/// [`ReadError::TooManyFragments`], [`ReadError::Misplaced`] or [`ReadError::Io`]. An end that is
/// missing is none: see [`Fragments::is_cut`].
pub fn fragments<R: Read>(reader: R, pixel_data: &PixelData) -> Result<Fragments, ReadError> {
    let mut source = Source::new(reader, pixel_data.offset, None);
    let mut found = Fragments::default();
    match found.walk(&mut source) {
        Err(ReadError::Truncated { .. }) => found.is_cut = true,
        walked => walked?,
    }
    Ok(found)
}

impl Fragments {
    /// The fragments of each frame, by the first of these that fits: one frame alone; as many
    /// frames as fragments; the extended offset table (7FE0,0001); the basic one; where images
    /// begin. Empty if none fits.
    pub fn frames(&self, header: &DataSet, frames: u32) -> Vec<Vec<Place>> {
        let places = || self.fragments.iter().map(|fragment| fragment.place);
        let count = frames as usize;
        if count <= 1 {
            return vec![places().collect()];
        }
        if self.fragments.len() == count {
            return places().map(|place| vec![place]).collect();
        }
        let extended = header.bytes(tags::EXTENDED_OFFSET_TABLE).unwrap_or_default();
        let extended: Vec<u64> = extended
            .chunks_exact(8)
            .filter_map(|chunk| chunk.try_into().ok().map(u64::from_le_bytes))
            .collect();
        for table in [&extended, &self.offset_table] {
            if table.len() == count
                && let Some(frames) = self.by_table(table)
            {
                return frames;
            }
        }
        let mut frames: Vec<Vec<Place>> = Vec::new();
        for fragment in &self.fragments {
            match frames.last_mut() {
                Some(frame) if !fragment.begins_image => frame.push(fragment.place),
                _ => frames.push(vec![fragment.place]),
            }
        }
        if frames.len() == count { frames } else { Vec::new() }
    }

    fn walk<R: Read>(&mut self, source: &mut Source<R>) -> Result<(), ReadError> {
        let Some(table) = item(source)? else { return Ok(()) };
        if table.length > DICOM_FRAGMENTS * 4 {
            source.skip(table.length)?;
        } else {
            self.offset_table = offsets(&source.load(table.length)?);
        }
        while let Some(place) = item(source)? {
            if self.fragments.len() as u64 >= DICOM_FRAGMENTS {
                return Err(ReadError::TooManyFragments { offset: place.offset });
            }
            let begins_image = matches!(source.peek(2)?, [0xFF, 0xD8 | 0x4F | 0x0A]);
            source.skip(place.length)?;
            self.fragments.push(Fragment { place, begins_image });
        }
        Ok(())
    }

    /// Frames by the places of their first fragments' items; none if one points elsewhere.
    fn by_table(&self, table: &[u64]) -> Option<Vec<Vec<Place>>> {
        let origin = self.fragments.first()?.place.offset;
        let begins: Vec<u64> =
            table.iter().map(|offset| origin.checked_add(*offset)).collect::<Option<_>>()?;
        let mut frames: Vec<Vec<Place>> = Vec::new();
        for fragment in &self.fragments {
            if begins.get(frames.len()) == Some(&fragment.place.offset) {
                frames.push(Vec::new());
            }
            frames.last_mut()?.push(fragment.place);
        }
        (frames.len() == begins.len()).then_some(frames)
    }
}

/// The frames of native pixel data that are there whole; none if a frame does not end at a byte,
/// or the header does not say how large it is.
pub fn native_frames(header: &DataSet, pixel_data: &PixelData, available_bytes: u64) -> Vec<Place> {
    let number = |tag: Tag| header.number(tag).and_then(|number| u64::try_from(number).ok());
    let samples = number(tags::SAMPLES_PER_PIXEL).unwrap_or(1);
    let size = [tags::ROWS, tags::COLUMNS, tags::BITS_ALLOCATED]
        .into_iter()
        .try_fold(samples, |size, tag| size.checked_mul(number(tag)?));
    let photometric = header.ascii(tags::PHOTOMETRIC_INTERPRETATION);
    let is_subsampled = photometric.is_some_and(|name| name.ends_with("_422"));
    let bits = match size.map(|bits| if is_subsampled { bits / 3 * 2 } else { bits }) {
        Some(bits) if bits > 0 && bits.is_multiple_of(8) => bits,
        _ => return Vec::new(),
    };
    let length = bits / 8;
    let end = pixel_data.offset.saturating_add(pixel_data.length.unwrap_or(0)).min(available_bytes);
    let there = end.saturating_sub(pixel_data.offset).checked_div(length).unwrap_or(0);
    (0..there.min(u64::from(pixel_data.frames)))
        .map(|frame| Place { offset: pixel_data.offset + frame * length, length })
        .collect()
}

/// The place of the next item; none at the end.
fn item<R: Read>(source: &mut Source<R>) -> Result<Option<Place>, ReadError> {
    let offset = source.position();
    let tag = crate::parse::tag(source.take()?, Encoding::ExplicitLittle);
    let length = u64::from(u32::from_le_bytes(source.take()?));
    match tag {
        SEQUENCE_END => Ok(None),
        ITEM if length < u64::from(u32::MAX) => {
            Ok(Some(Place { offset: source.position(), length }))
        }
        _ => Err(ReadError::Misplaced { tag, offset }),
    }
}

fn offsets(table: &[u8]) -> Vec<u64> {
    table
        .chunks_exact(4)
        .filter_map(|chunk| chunk.try_into().ok().map(|bytes| u64::from(u32::from_le_bytes(bytes))))
        .collect()
}
