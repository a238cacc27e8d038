//! Pictures as files.

use crate::picture::Picture;
use crate::{Format, Reason};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

/// Good enough for reference, a tenth of the bytes.
const JPEG_QUALITY: u8 = 85;

/// The picture as a file.
pub fn encode(picture: &Picture, format: Format) -> Result<Vec<u8>, Reason> {
    match format {
        Format::Jpeg => jpeg(picture),
        Format::Png => png(picture).map_err(Reason::undecodable),
    }
}

fn jpeg(picture: &Picture) -> Result<Vec<u8>, Reason> {
    let side =
        |pixels: usize| u16::try_from(pixels).map_err(|_| Reason::attribute("JPEG side", pixels));
    let (width, height) = (side(picture.width)?, side(picture.height)?);
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, JPEG_QUALITY);
    // Letters and flow in ultrasound are thin and coloured: no colour is averaged away.
    encoder.set_sampling_factor(SamplingFactor::F_1_1);
    let color = if picture.channels == 1 { ColorType::Luma } else { ColorType::Rgb };
    encoder.encode(&picture.bytes, width, height, color).map_err(Reason::undecodable)?;
    Ok(bytes)
}

fn png(picture: &Picture) -> Result<Vec<u8>, png::EncodingError> {
    let side = |pixels: usize| u32::try_from(pixels).unwrap_or(u32::MAX);
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, side(picture.width), side(picture.height));
    let grey = picture.channels == 1;
    encoder.set_color(if grey { png::ColorType::Grayscale } else { png::ColorType::Rgb });
    encoder.set_compression(png::Compression::Fast);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&picture.bytes)?;
    writer.finish()?;
    Ok(bytes)
}
