//! JPEG XL (ISO/IEC 18181).

use super::{check_size, frame_of};
use crate::{ImageDescription, NativeFrame, Photometric, Reason};
use jxl_oxide::{AllocTracker, JxlImage};
use model::limits::WORKER_MEMORY_BYTES;

/// Decodes the frame. Colour comes out as red, green and blue.
pub fn decode(bytes: &[u8], description: &ImageDescription) -> Result<NativeFrame, Reason> {
    let tracker = AllocTracker::with_limit(WORKER_MEMORY_BYTES as usize / 2);
    let image =
        JxlImage::builder().alloc_tracker(tracker).read(bytes).map_err(Reason::undecodable)?;
    let channels = image.pixel_format().channels() as u32;
    check_size(image.width(), image.height(), channels, description)?;
    let render = image.render_frame(0).map_err(Reason::undecodable)?;
    let samples = description.pixels() * usize::from(description.samples);
    let photometric =
        if description.samples == 1 { description.photometric } else { Photometric::Rgb };
    let mut stream = render.stream();
    let precision = image.image_header().metadata.bit_depth.bits_per_sample();
    if precision <= 8 {
        let mut decoded = vec![0_u8; samples];
        let count = stream.write_to_buffer(&mut decoded);
        let decoded = decoded.into_iter().take(count).map(u32::from);
        return frame_of(decoded, description, photometric, 8);
    }
    let mut decoded = vec![0_f32; samples];
    let count = stream.write_to_buffer(&mut decoded);
    // The stream's own 16 bits stretch 12 to 16; DICOM keeps them as they are.
    let whole = f64::from((1_u32 << precision.min(16)) - 1);
    let words = decoded
        .into_iter()
        .take(count)
        .map(|sample| (f64::from(sample) * whole).round().clamp(0.0, whole) as u32);
    frame_of(words, description, photometric, precision.min(16) as u16)
}
