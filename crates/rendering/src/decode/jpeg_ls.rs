//! JPEG-LS (ITU-T T.87), lossless and near-lossless, by CharLS.

use super::{check_size, codestream, frame_of, native};
use crate::{ImageDescription, NativeFrame, Reason};
use charls::CharLS;

/// Decodes the frame.
pub fn decode(bytes: &[u8], description: &ImageDescription) -> Result<NativeFrame, Reason> {
    let header = codestream::jpeg(bytes).ok_or_else(|| Reason::undecodable("no JPEG-LS header"))?;
    check_size(header.columns, header.rows, header.components, description)?;
    let decoded = CharLS::default().decode(bytes).map_err(Reason::undecodable)?;
    let sample_bytes = if header.precision > 8 { 2 } else { 1 };
    let decoded = match description.samples > 1 && is_by_plane(bytes) {
        true => native::by_pixel(&decoded, description.pixels(), sample_bytes),
        false => decoded,
    };
    if sample_bytes == 1 {
        let samples = decoded.iter().copied().map(u32::from);
        return frame_of(samples, description, description.photometric, header.precision);
    }
    let words = decoded.chunks_exact(2).map(|pair| match *pair {
        [first, second] => u32::from(u16::from_ne_bytes([first, second])),
        _ => 0,
    });
    frame_of(words, description, description.photometric, header.precision)
}

/// Whether the first scan holds one component only (T.87 C.2.3): CharLS then gives planes.
fn is_by_plane(bytes: &[u8]) -> bool {
    let scan = bytes.windows(5).find(|window| window.starts_with(&[0xFF, 0xDA]));
    scan.is_some_and(|scan| scan.last() == Some(&1))
}
