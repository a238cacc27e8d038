//! JPEG 2000 and High-Throughput JPEG 2000 (ITU-T T.800, T.814), by OpenJPEG in Rust.

use super::{check_size, codestream, frame_of};
use crate::{ImageDescription, NativeFrame, Photometric, Reason};
use jpeg2k::{DecodeParameters, Image, ImageComponent};

/// Decodes the frame. Components that were transformed come out as red, green and blue.
pub fn decode(bytes: &[u8], description: &ImageDescription) -> Result<NativeFrame, Reason> {
    let header =
        codestream::jpeg2000(bytes).ok_or_else(|| Reason::undecodable("no JPEG 2000 header"))?;
    check_size(header.columns, header.rows, header.components, description)?;
    let parameters = DecodeParameters::new().strict(true).ignore_pclr_cmap_cdef();
    let image = Image::from_bytes_with(bytes, parameters).map_err(Reason::undecodable)?;
    let components = image.components();
    let is_whole = |one: &ImageComponent| {
        (one.width(), one.height()) == (description.columns, description.rows)
            && one.data().len() == description.pixels()
    };
    if components.len() != usize::from(description.samples) || !components.iter().all(is_whole) {
        return Err(Reason::undecodable("components of different sizes"));
    }
    // Signed samples that were compressed as unsigned ones have lost their sign's extension.
    let unused = match description.signed && !header.signed {
        true => 32_u32.saturating_sub(header.precision.into()),
        false => 0,
    };
    let extended = |sample: i32| (sample << unused >> unused) as u32;
    let photometric = match description.photometric {
        _ if description.samples == 1 => description.photometric,
        _ if header.transformed => Photometric::Rgb,
        Photometric::YbrIct | Photometric::YbrRct => Photometric::Rgb,
        other => other,
    };
    let data: Vec<&[i32]> = components.iter().map(ImageComponent::data).collect();
    match data.as_slice() {
        [grey] => {
            let samples = grey.iter().map(|sample| extended(*sample));
            frame_of(samples, description, photometric, header.precision)
        }
        [red, green, blue] => {
            let pixels = red.iter().zip(green.iter()).zip(blue.iter());
            let samples =
                pixels.flat_map(|((red, green), blue)| [*red, *green, *blue]).map(extended);
            frame_of(samples, description, photometric, header.precision)
        }
        _ => Err(Reason::attribute("SamplesPerPixel", data.len())),
    }
}
