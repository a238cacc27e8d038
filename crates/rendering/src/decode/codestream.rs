//! The sizes that compressed frames say of themselves, read before a decoder allocates by them.

/// The frame header of JPEG and JPEG-LS (ITU-T T.81 B.2.2, T.87 C.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JpegHeader {
    /// The marker's second octet, SOF0 to SOF15 or SOF55.
    pub marker: u8,
    /// Bits of a sample.
    pub precision: u16,
    /// Lines.
    pub rows: u32,
    /// Samples per line.
    pub columns: u32,
    /// Components.
    pub components: u32,
    /// The colour transformation that Adobe's segment names, if there is one.
    pub adobe_transform: Option<u8>,
    /// Whether the components are named R, G and B.
    pub names_rgb: bool,
}

/// Reads the segments up to the frame header.
pub fn jpeg(bytes: &[u8]) -> Option<JpegHeader> {
    let mut rest = bytes.strip_prefix(&[0xFF, 0xD8])?;
    let mut adobe_transform = None;
    loop {
        // Fill octets before a marker are allowed; anything else is skipped as decoders do.
        let start =
            rest.windows(2).position(|pair| pair[0] == 0xFF && !matches!(pair[1], 0 | 0xFF))?;
        let marker = *rest.get(start + 1)?;
        rest = rest.get(start + 2..)?;
        if matches!(marker, 0x01 | 0xD0..=0xD8) {
            continue;
        }
        let length = usize::from(u16::from_be_bytes([*rest.first()?, *rest.get(1)?]));
        let segment = rest.get(2..length)?;
        match marker {
            0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF | 0xF7 => {
                return frame_header(marker, segment, adobe_transform);
            }
            0xEE if segment.starts_with(b"Adobe") => adobe_transform = segment.get(11).copied(),
            0xDA | 0xD9 => return None,
            _ => {}
        }
        rest = rest.get(length..)?;
    }
}

fn frame_header(marker: u8, segment: &[u8], adobe_transform: Option<u8>) -> Option<JpegHeader> {
    let [precision, row_high, row_low, column_high, column_low, components, list @ ..] = segment
    else {
        return None;
    };
    let names: Vec<u8> = list.chunks(3).filter_map(|one| one.first().copied()).collect();
    Some(JpegHeader {
        marker,
        precision: u16::from(*precision),
        rows: u32::from(u16::from_be_bytes([*row_high, *row_low])),
        columns: u32::from(u16::from_be_bytes([*column_high, *column_low])),
        components: u32::from(*components),
        adobe_transform,
        names_rgb: names == b"RGB" || names == b"rgb",
    })
}

/// The SIZ segment of JPEG 2000 (ITU-T T.800 A.5.1), as far as it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Jpeg2000Header {
    /// Rows.
    pub rows: u32,
    /// Columns.
    pub columns: u32,
    /// Components.
    pub components: u32,
    /// Bits of a sample of the first component.
    pub precision: u16,
    /// Whether it has a sign.
    pub signed: bool,
    /// Whether the components were transformed into luminance and colour differences.
    pub transformed: bool,
}

/// Reads SIZ and COD; the codestream may stand in a JP2 file, as some write it.
pub fn jpeg2000(bytes: &[u8]) -> Option<Jpeg2000Header> {
    let start =
        bytes.windows(4).take(JP2_BOXES).position(|mark| mark == [0xFF, 0x4F, 0xFF, 0x51])?;
    let siz = bytes.get(start + 4..)?;
    let word = |place: usize| Some(u32::from_be_bytes(siz.get(place..place + 4)?.try_into().ok()?));
    let half = |place: usize| Some(u16::from_be_bytes(siz.get(place..place + 2)?.try_into().ok()?));
    let sample = *siz.get(38)?;
    let length = usize::from(half(0)?);
    Some(Jpeg2000Header {
        columns: word(4)?.checked_sub(word(12)?)?,
        rows: word(8)?.checked_sub(word(16)?)?,
        components: u32::from(half(36)?),
        precision: u16::from(sample & 0x7F) + 1,
        signed: sample & 0x80 != 0,
        transformed: is_transformed(siz.get(length..)?),
    })
}

/// Whether COD (T.800 A.6.1), somewhere before the first tile, names a component transformation.
fn is_transformed(mut rest: &[u8]) -> bool {
    while let [0xFF, marker, high, low, segment @ ..] = rest {
        match (*marker, segment) {
            (0x52, [_, _, _, _, transformation, ..]) => return *transformation != 0,
            (0x90, _) => return false,
            _ => {}
        }
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        rest = rest.get(2 + length..).unwrap_or_default();
    }
    false
}

/// How far into a JP2 file the codestream may begin.
const JP2_BOXES: usize = 64 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_jpegs_header_is_found_behind_other_segments() {
        let mut bytes = vec![0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 1, 2, 0xFF, 0xFF, 0xEE, 0, 14];
        bytes.extend(b"Adobe\0\x64\0\0\0\0\x01");
        bytes.extend([0xFF, 0xC3, 0, 11, 12, 2, 0, 1, 0, 1, 1, 0x11, 0]);
        let header = jpeg(&bytes).unwrap();
        assert_eq!((header.marker, header.precision), (0xC3, 12));
        assert_eq!((header.rows, header.columns, header.components), (512, 256, 1));
        assert_eq!(header.adobe_transform, Some(1));
        for end in 0..bytes.len() - 4 {
            assert_eq!(jpeg(&bytes[..end]), None, "cut at {end}");
        }
    }

    #[test]
    fn a_jpeg_2000_header_says_size_precision_and_transformation() {
        let mut bytes = vec![0xFF, 0x4F, 0xFF, 0x51, 0, 41, 0, 0];
        for word in [300_u32, 200, 0, 0, 300, 200, 0, 0] {
            bytes.extend(word.to_be_bytes());
        }
        bytes.extend([0, 1, 0x8F, 1, 1]);
        bytes.extend([0xFF, 0x52, 0, 12, 0, 0, 0, 1, 1, 5, 4, 4, 0, 0]);
        let header = jpeg2000(&bytes).unwrap();
        assert_eq!((header.columns, header.rows, header.components), (300, 200, 1));
        assert_eq!((header.precision, header.signed, header.transformed), (16, true, true));
        assert_eq!(jpeg2000(&bytes[..30]), None);
    }
}
