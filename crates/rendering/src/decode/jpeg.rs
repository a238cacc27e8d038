//! JPEG: baseline, extended and progressive of 8 bits, lossless of up to 16 (ITU-T T.81).
//!
//! Two decoders, because the one that knows the lossless process starts threads for the others,
//! and a child has none to start.

use super::codestream::{self, JpegHeader};
use super::{check_end, check_size, frame_of};
use crate::{ImageDescription, NativeFrame, Photometric, Reason};
use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;

/// Decodes the frame. Colour comes out as red, green and blue.
pub fn decode(bytes: &[u8], description: &ImageDescription) -> Result<NativeFrame, Reason> {
    let header = codestream::jpeg(bytes).ok_or_else(|| Reason::undecodable("no JPEG header"))?;
    check_size(header.columns, header.rows, header.components, description)?;
    let is_lossless = header.marker == 0xC3;
    let photometric = match description.samples {
        1 => description.photometric,
        _ => Photometric::Rgb,
    };
    let is_rgb = is_rgb(&header, description, is_lossless);
    if is_lossless {
        let decoded = lossless(bytes, description, is_rgb)?;
        if header.precision > 8 {
            let words = decoded.chunks_exact(2).map(|pair| match *pair {
                [first, second] => u32::from(u16::from_ne_bytes([first, second])),
                _ => 0,
            });
            return frame_of(words, description, photometric, header.precision);
        }
        return frame_of(decoded.into_iter().map(u32::from), description, photometric, 8);
    }
    if header.precision != 8 {
        return Err(Reason::attribute("JPEG precision", header.precision));
    }
    let decoded = lossy(bytes, description, is_rgb)?;
    frame_of(decoded.into_iter().map(u32::from), description, photometric, 8)
}

fn lossless(bytes: &[u8], description: &ImageDescription, is_rgb: bool) -> Result<Vec<u8>, Reason> {
    use jpeg_decoder::{ColorTransform, Decoder};
    let mut decoder = Decoder::new(bytes);
    if description.samples > 1 {
        decoder.set_color_transform(match is_rgb {
            true => ColorTransform::RGB,
            false => ColorTransform::YCbCr,
        });
    }
    decoder.decode().map_err(Reason::undecodable)
}

fn lossy(bytes: &[u8], description: &ImageDescription, is_rgb: bool) -> Result<Vec<u8>, Reason> {
    // The decoder fills what is missing with grey; a picture must not look whole that is not.
    check_end(bytes)?;
    let options = DecoderOptions::new_fast().set_max_width(65_535).set_max_height(65_535);
    let mut decoder = zune_jpeg::JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode_headers().map_err(Reason::undecodable)?;
    let wanted = match (description.samples, is_rgb, decoder.input_colorspace()) {
        (1, ..) => ColorSpace::Luma,
        // What the decoder takes for luminance and differences comes out as it went in.
        (_, true, Some(ColorSpace::YCbCr)) => ColorSpace::YCbCr,
        _ => ColorSpace::RGB,
    };
    decoder.set_options(options.jpeg_set_out_colorspace(wanted));
    decoder.decode().map_err(Reason::undecodable)
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
