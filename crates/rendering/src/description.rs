//! What an object says of its pixels: the Image Pixel module (PS3.3 C.7.6.3).

use crate::Reason;

use dicomfile::{DataSet, Tag, tags};
use model::limits::RENDER_FRAME_PIXELS;
use serde::{Deserialize, Serialize};

/// How samples lie in a frame, and what they mean.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageDescription {
    /// Rows (0028,0010).
    pub rows: u32,
    /// Columns (0028,0011).
    pub columns: u32,
    /// Samples per Pixel (0028,0002): 1 or 3.
    pub samples: u16,
    /// Bits Allocated (0028,0100): 1, 8, 16, 32 or 64.
    pub bits_allocated: u16,
    /// Bits Stored (0028,0101).
    pub bits_stored: u16,
    /// High Bit (0028,0102).
    pub high_bit: u16,
    /// Pixel Representation (0028,0103): whether samples have a sign.
    pub signed: bool,
    /// Whether the samples are floating-point numbers (7FE0,0008) or (7FE0,0009).
    pub float: bool,
    /// Photometric Interpretation (0028,0004).
    pub photometric: Photometric,
    /// Planar Configuration (0028,0006): whether one colour follows the other.
    pub planar: bool,
}

/// Photometric Interpretation (PS3.3 C.7.6.3.1.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Photometric {
    /// The least value is white.
    Monochrome1,
    /// The least value is black.
    Monochrome2,
    /// Values are places in the palette.
    PaletteColor,
    /// Red, green, blue.
    Rgb,
    /// Luminance and two colour differences, full range.
    YbrFull,
    /// The same, with colour for two neighbours at a time.
    YbrFull422,
    /// The same, in the range of video.
    YbrPartial422,
    /// The same, with colour for four neighbours at a time.
    YbrPartial420,
    /// JPEG 2000's irreversible transformation.
    YbrIct,
    /// JPEG 2000's reversible transformation.
    YbrRct,
}

impl Photometric {
    const NAMES: [(&str, Photometric); 10] = [
        ("MONOCHROME1", Photometric::Monochrome1),
        ("MONOCHROME2", Photometric::Monochrome2),
        ("PALETTE COLOR", Photometric::PaletteColor),
        ("RGB", Photometric::Rgb),
        ("YBR_FULL", Photometric::YbrFull),
        ("YBR_FULL_422", Photometric::YbrFull422),
        ("YBR_PARTIAL_422", Photometric::YbrPartial422),
        ("YBR_PARTIAL_420", Photometric::YbrPartial420),
        ("YBR_ICT", Photometric::YbrIct),
        ("YBR_RCT", Photometric::YbrRct),
    ];

    /// Its defined term.
    pub fn term(self) -> &'static str {
        Photometric::NAMES.iter().find(|(_, one)| *one == self).map_or("", |(name, _)| name)
    }

    fn of(term: &str) -> Option<Photometric> {
        Photometric::NAMES.iter().find(|(name, _)| *name == term).map(|(_, one)| *one)
    }

    /// Whether each pixel has three samples.
    fn is_color(self) -> bool {
        !matches!(
            self,
            Photometric::Monochrome1 | Photometric::Monochrome2 | Photometric::PaletteColor
        )
    }
}

impl ImageDescription {
    /// Reads the module, and refuses what cannot be an image before anything is allocated for it.
    pub fn read(header: &DataSet) -> Result<ImageDescription, Reason> {
        let (rows, columns) = (side(header, tags::ROWS)?, side(header, tags::COLUMNS)?);
        let pixels = u64::from(rows) * u64::from(columns);
        if pixels > RENDER_FRAME_PIXELS {
            return Err(Reason::TooLarge { pixels });
        }
        let float = header.has(FLOAT_PIXEL_DATA) || header.has(DOUBLE_FLOAT_PIXEL_DATA);
        let bits_allocated = match (float, header.has(DOUBLE_FLOAT_PIXEL_DATA)) {
            (true, true) => 64,
            (true, false) => 32,
            _ => bits(header, tags::BITS_ALLOCATED, "BitsAllocated")?
                .ok_or_else(|| Reason::missing("BitsAllocated"))?,
        };
        if !float && !matches!(bits_allocated, 1 | 8 | 16 | 32) {
            return Err(Reason::attribute("BitsAllocated", bits_allocated));
        }
        let stored = bits(header, tags::BITS_STORED, "BitsStored")?;
        let bits_stored = stored.filter(|bits| (1..=bits_allocated).contains(bits) && !float);
        let bits_stored = bits_stored.unwrap_or(bits_allocated);
        let high_bit = bits(header, tags::HIGH_BIT, "HighBit")?;
        let high_bit = high_bit.filter(|bit| (bits_stored - 1..bits_allocated).contains(bit));
        let photometric = photometric(header)?;
        let samples = if photometric.is_color() { 3 } else { 1 };
        match header.number(tags::SAMPLES_PER_PIXEL) {
            None => {}
            Some(told) if told == i64::from(samples) => {}
            Some(told) => return Err(Reason::attribute("SamplesPerPixel", told)),
        }
        Ok(ImageDescription {
            rows,
            columns,
            samples,
            bits_allocated,
            bits_stored,
            high_bit: high_bit.unwrap_or(bits_stored - 1),
            signed: header.number(tags::PIXEL_REPRESENTATION) == Some(1),
            float,
            photometric,
            planar: samples > 1 && header.number(tags::PLANAR_CONFIGURATION) == Some(1),
        })
    }

    /// Pixels of a frame.
    pub fn pixels(&self) -> usize {
        self.rows as usize * self.columns as usize
    }

    /// Bits of a frame as it stands uncompressed in an object.
    pub(crate) fn frame_bits(&self) -> u64 {
        let bits = self.pixels() as u64 * u64::from(self.bits_allocated);
        match self.photometric {
            Photometric::YbrFull422 | Photometric::YbrPartial422 => bits * 2,
            Photometric::YbrPartial420 => bits * 3 / 2,
            _ => bits * u64::from(self.samples),
        }
    }

    /// Bytes of one decoded sample.
    pub(crate) fn sample_bytes(&self) -> usize {
        usize::from(self.bits_allocated).div_ceil(8)
    }

    /// Bytes of a decoded frame.
    pub(crate) fn decoded_bytes(&self) -> usize {
        self.pixels() * usize::from(self.samples) * self.sample_bytes()
    }
}

/// Float Pixel Data and Double Float Pixel Data (PS3.3 C.7.6.24, C.7.6.25).
pub(crate) const FLOAT_PIXEL_DATA: Tag = tags::FLOAT_PIXEL_DATA;
pub(crate) const DOUBLE_FLOAT_PIXEL_DATA: Tag = tags::DOUBLE_FLOAT_PIXEL_DATA;

fn side(header: &DataSet, tag: Tag) -> Result<u32, Reason> {
    let name = if tag == tags::ROWS { "Rows" } else { "Columns" };
    match header.number(tag) {
        None => Err(Reason::missing(name)),
        Some(pixels @ 1..=65_535) => Ok(pixels as u32),
        Some(pixels) => Err(Reason::attribute(name, pixels)),
    }
}

fn bits(header: &DataSet, tag: Tag, name: &str) -> Result<Option<u16>, Reason> {
    let Some(bits) = header.number(tag) else { return Ok(None) };
    u16::try_from(bits).map(Some).map_err(|_| Reason::attribute(name, bits))
}

fn photometric(header: &DataSet) -> Result<Photometric, Reason> {
    match header.ascii(tags::PHOTOMETRIC_INTERPRETATION) {
        Some(term) => Photometric::of(term)
            .ok_or_else(|| Reason::attribute("PhotometricInterpretation", term)),
        // It is of type 1, but one sample can only be grey.
        None if header.number(tags::SAMPLES_PER_PIXEL).is_none_or(|samples| samples == 1) => {
            Ok(Photometric::Monochrome2)
        }
        None => Err(Reason::missing("PhotometricInterpretation")),
    }
}
