//! JPEG: baseline, extended and progressive of 8 bits, lossless of up to 16 (ITU-T T.81).

use super::codestream::{self, JpegHeader};
use super::{check_size, frame_of};
use crate::{ImageDescription, NativeFrame, Photometric, Reason};
use jpeg_decoder::{ColorTransform, Decoder};

/// Decodes the frame. Colour comes out as red, green and blue.
pub fn decode(bytes: &[u8], description: &ImageDescription) -> Result<NativeFrame, Reason> {
    let header = codestream::jpeg(bytes).ok_or_else(|| Reason::undecodable("no JPEG header"))?;
    check_size(header.columns, header.rows, header.components, description)?;
    let is_lossless = header.marker == 0xC3;
    if header.precision != 8 && !is_lossless {
        return Err(Reason::attribute("JPEG precision", header.precision));
    }
    let mut decoder = Decoder::new(bytes);
    let photometric = if description.samples == 1 {
        description.photometric
    } else {
        let is_rgb = is_rgb(&header, description, is_lossless);
        decoder.set_color_transform(if is_rgb {
            ColorTransform::RGB
        } else {
            ColorTransform::YCbCr
        });
        Photometric::Rgb
    };
    let decoded = decoder.decode().map_err(Reason::undecodable)?;
    match description.decoded_bytes() / description.sample_bytes() {
        samples if decoded.len() == samples * 2 => {
            let words = decoded.chunks_exact(2).map(|pair| match *pair {
                [first, second] => u32::from(u16::from_ne_bytes([first, second])),
                _ => 0,
            });
            frame_of(words, description, photometric, header.precision)
        }
        _ => frame_of(decoded.iter().copied().map(u32::from), description, photometric, 8),
    }
}

/// Whether three components are red, green and blue already. What the object says counts, but for
/// Adobe's segment, which says what was really done.
fn is_rgb(header: &JpegHeader, description: &ImageDescription, is_lossless: bool) -> bool {
    match header.adobe_transform {
        Some(0) => true,
        Some(1) if !is_lossless => false,
        _ => header.names_rgb || description.photometric == Photometric::Rgb,
    }
}
