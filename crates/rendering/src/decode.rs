//! A stored frame into plain samples: little endian, colour by pixel.
//!
//! The codecs are those that dicom-rs uses, called without its adapters: these believe the object's
//! size and the compressed one at once, and decode more frames than one.

mod codestream;
mod jpeg;
mod jpeg2000;
mod jpeg_ls;
mod jpeg_xl;
mod native;
mod run_length;

use crate::{ImageDescription, NativeFrame, Photometric, Reason};
use dicomfile::uids;
use model::limits::RENDER_EXPANSION;

/// Where a frame begins in the bytes that are given for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct Layout {
    /// Bits of the bytes before the frame's first one.
    pub skip_bits: u32,
    /// Bytes that are written in the opposite order, as big endian is: 1 where none are.
    pub swapped_bytes: u8,
}

/// Decodes one frame of a transfer syntax.
pub fn decode(
    bytes: &[u8],
    layout: Layout,
    transfer_syntax: &str,
    description: &ImageDescription,
) -> Result<NativeFrame, Reason> {
    match family(transfer_syntax)? {
        Family::Native => native::decode(bytes, layout, description),
        family => {
            check_expansion(bytes, description)?;
            match family {
                Family::RunLength => run_length::decode(bytes, description),
                Family::Jpeg => jpeg::decode(bytes, description),
                Family::JpegLs => jpeg_ls::decode(bytes, description),
                Family::Jpeg2000 => jpeg2000::decode(bytes, description),
                Family::JpegXl | Family::Native => jpeg_xl::decode(bytes, description),
            }
        }
    }
}

/// What decodes a transfer syntax.
#[derive(Clone, Copy)]
enum Family {
    Native,
    RunLength,
    Jpeg,
    JpegLs,
    Jpeg2000,
    JpegXl,
}

fn family(transfer_syntax: &str) -> Result<Family, Reason> {
    Ok(match transfer_syntax {
        uids::IMPLICIT_VR_LITTLE_ENDIAN
        | uids::EXPLICIT_VR_LITTLE_ENDIAN
        | uids::DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN
        | EXPLICIT_VR_BIG_ENDIAN
        | GE_PRIVATE_IMPLICIT => Family::Native,
        uids::RLE_LOSSLESS => Family::RunLength,
        uids::JPEG_BASELINE8_BIT
        | uids::JPEG_EXTENDED12_BIT
        | uids::JPEG_LOSSLESS
        | uids::JPEG_LOSSLESS_SV1
        | JPEG_PROGRESSIVE => Family::Jpeg,
        uids::JPEGLS_LOSSLESS | uids::JPEGLS_NEAR_LOSSLESS => Family::JpegLs,
        uids::JPEG2000_LOSSLESS
        | uids::JPEG2000
        | uids::HTJ2K_LOSSLESS
        | uids::HTJ2K_LOSSLESS_RPCL
        | uids::HTJ2K => Family::Jpeg2000,
        uids::JPEGXL_LOSSLESS | uids::JPEGXLJPEG_RECOMPRESSION | uids::JPEGXL => Family::JpegXl,
        uid => return Err(Reason::TransferSyntax { uid: uid.chars().take(64).collect() }),
    })
}

/// Retired, and still sent (PS3.5 A.3).
const EXPLICIT_VR_BIG_ENDIAN: &str = "1.2.840.10008.1.2.2";
/// GE's own, little endian but for its pixels.
pub const GE_PRIVATE_IMPLICIT: &str = "1.2.840.113619.5.2";
/// Retired: JPEG Full Progression, Non-Hierarchical (Process 10 & 12).
const JPEG_PROGRESSIVE: &str = "1.2.840.10008.1.2.4.55";

/// Frames up to this size decode whatever they were compressed to: a black frame is a few bytes.
const ALWAYS_DECODED_BYTES: u64 = 32 * 1024 * 1024;

fn check_expansion(bytes: &[u8], description: &ImageDescription) -> Result<(), Reason> {
    let (from, to) = (bytes.len() as u64, description.decoded_bytes() as u64);
    match to > ALWAYS_DECODED_BYTES && to / from.max(1) > RENDER_EXPANSION {
        true => Err(Reason::Expands { from, to }),
        false => Ok(()),
    }
}

/// A frame with samples of `bits` bits, as wide as the object says or wider if it must be.
fn frame_of(
    samples: impl Iterator<Item = u32>,
    description: &ImageDescription,
    photometric: Photometric,
    precision: u16,
) -> Result<NativeFrame, Reason> {
    let description = ImageDescription { photometric, planar: false, ..description.clone() };
    if precision > description.bits_allocated {
        return Err(Reason::attribute("BitsAllocated", description.bits_allocated));
    }
    let mut bytes = Vec::with_capacity(description.decoded_bytes());
    match description.bits_allocated {
        8 => bytes.extend(samples.map(|sample| sample as u8)),
        16 => samples.for_each(|sample| bytes.extend((sample as u16).to_le_bytes())),
        32 => samples.for_each(|sample| bytes.extend(sample.to_le_bytes())),
        bits => return Err(Reason::attribute("BitsAllocated", bits)),
    }
    check_length(&bytes, &description)?;
    Ok(NativeFrame { description, bytes })
}

fn check_length(bytes: &[u8], description: &ImageDescription) -> Result<(), Reason> {
    let (expected, found) = (description.decoded_bytes() as u64, bytes.len() as u64);
    match expected == found {
        true => Ok(()),
        false => Err(Reason::Truncated { expected, found }),
    }
}

/// Columns x rows x samples of a compressed frame must be the object's: a frame of another size is
/// another frame, and its header is what decoders allocate by.
fn check_size(
    columns: u32,
    rows: u32,
    samples: u32,
    description: &ImageDescription,
) -> Result<(), Reason> {
    let described = (description.columns, description.rows, u32::from(description.samples));
    match described == (columns, rows, samples) {
        true => Ok(()),
        false => Err(Reason::Differs {
            coded: format!("{columns}x{rows}x{samples}"),
            described: format!("{}x{}x{}", described.0, described.1, described.2),
        }),
    }
}
