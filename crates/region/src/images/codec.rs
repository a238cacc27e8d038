//! Pixel data as bytes, in the transfer syntaxes that the region's systems keep them.

use crate::plan::RegionError;
use dicomfile::TransferSyntax;
use jpeg_encoder::{ColorType, Encoder};
use serde::{Deserialize, Serialize};

/// A transfer syntax in which the region writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Syntax {
    /// Implicit VR Little Endian.
    ImplicitLittle,
    /// Explicit VR Little Endian.
    ExplicitLittle,
    /// Explicit VR Big Endian.
    ExplicitBig,
    /// Deflated Explicit VR Little Endian.
    Deflated,
    /// RLE Lossless (PS3.5 annex G).
    Rle,
    /// JPEG Baseline (Process 1), 8 bits.
    JpegBaseline,
}

impl Syntax {
    /// What `dicomfile` calls it.
    pub fn transfer_syntax(self) -> TransferSyntax {
        match self {
            Syntax::ImplicitLittle => TransferSyntax::IMPLICIT_LITTLE,
            Syntax::ExplicitLittle => TransferSyntax::EXPLICIT_LITTLE,
            Syntax::ExplicitBig => TransferSyntax::EXPLICIT_BIG,
            Syntax::Deflated => TransferSyntax::DEFLATED,
            Syntax::Rle => TransferSyntax::new("1.2.840.10008.1.2.5"),
            Syntax::JpegBaseline => TransferSyntax::new("1.2.840.10008.1.2.4.50"),
        }
    }
}

/// Frames of one size. Samples of colour stand pixel by pixel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Frames {
    pub(crate) columns: usize,
    pub(crate) rows: usize,
    pub(crate) samples: usize,
    /// 1 or 2; two bytes in little endian.
    pub(crate) bytes_each: usize,
    pub(crate) frames: Vec<Vec<u8>>,
}

/// Pixel data as they are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PixelData {
    Native(Vec<u8>),
    /// Basic offset table, then a fragment for each frame.
    Encapsulated(Vec<Vec<u8>>),
}

/// Writes frames in a syntax.
///
/// # Errors
/// When a frame is larger than JPEG allows.
pub(crate) fn encode(frames: &Frames, syntax: Syntax) -> Result<PixelData, RegionError> {
    match syntax {
        Syntax::Rle => {
            encapsulated(frames, |frame| Ok(rle(frame, frames.samples, frames.bytes_each)))
        }
        Syntax::JpegBaseline => encapsulated(frames, |frame| jpeg(frame, frames)),
        Syntax::ImplicitLittle
        | Syntax::ExplicitLittle
        | Syntax::ExplicitBig
        | Syntax::Deflated => Ok(PixelData::Native(frames.frames.concat())),
    }
}

fn encapsulated(
    frames: &Frames,
    write: impl Fn(&[u8]) -> Result<Vec<u8>, RegionError>,
) -> Result<PixelData, RegionError> {
    let mut fragments = vec![Vec::new()];
    for frame in &frames.frames {
        let mut fragment = write(frame)?;
        fragment.extend(std::iter::repeat_n(0, fragment.len() % 2));
        fragments.push(fragment);
    }
    fragments[0] = offsets(&fragments);
    Ok(PixelData::Encapsulated(fragments))
}

/// The basic offset table: where each fragment's item begins behind the table's (PS3.5 A.4).
fn offsets(fragments: &[Vec<u8>]) -> Vec<u8> {
    let mut at = 0_u32;
    let mut table = Vec::new();
    for fragment in fragments.iter().skip(1) {
        table.extend(at.to_le_bytes());
        at += 8 + fragment.len() as u32;
    }
    table
}

fn jpeg(frame: &[u8], frames: &Frames) -> Result<Vec<u8>, RegionError> {
    const QUALITY: u8 = 88;
    let colour = if frames.samples == 3 { ColorType::Rgb } else { ColorType::Luma };
    let mut bytes = Vec::new();
    let encoder = Encoder::new(&mut bytes, QUALITY);
    encoder.encode(frame, frames.columns as u16, frames.rows as u16, colour)?;
    Ok(bytes)
}

/// PS3.5 G.3: a header of 16 numbers, then a segment for each byte of each sample, the most
/// significant one first.
fn rle(frame: &[u8], samples: usize, bytes_each: usize) -> Vec<u8> {
    let step = samples * bytes_each;
    let mut header = vec![step as u32];
    let mut segments = Vec::new();
    for sample in 0..samples {
        for significance in (0..bytes_each).rev() {
            let start = sample * bytes_each + significance;
            let plane: Vec<u8> = frame.iter().skip(start).step_by(step).copied().collect();
            header.push(64 + segments.len() as u32);
            pack(&plane, &mut segments);
            segments.extend(std::iter::repeat_n(0, segments.len() % 2));
        }
    }
    header.resize(16, 0);
    let mut bytes: Vec<u8> = header.into_iter().flat_map(u32::to_le_bytes).collect();
    bytes.append(&mut segments);
    bytes
}

/// PackBits (PS3.5 G.3.1): runs of equal bytes, and stretches of others.
fn pack(plane: &[u8], out: &mut Vec<u8>) {
    const LONGEST: usize = 128;
    let run_at = |at: usize| {
        let first = plane.get(at);
        plane.iter().skip(at).take(LONGEST).take_while(|byte| Some(*byte) == first).count()
    };
    let mut at = 0;
    while at < plane.len() {
        let run = run_at(at);
        if run >= 3 {
            out.extend([(257 - run) as u8, plane[at]]);
            at += run;
            continue;
        }
        let mut end = at;
        while end < plane.len() && end - at < LONGEST && run_at(end) < 3 {
            end += 1;
        }
        out.push((end - at - 1) as u8);
        out.extend_from_slice(&plane[at..end]);
        at = end;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unpack(packed: &[u8], length: usize) -> Vec<u8> {
        let mut plane = Vec::new();
        let mut at = 0;
        while plane.len() < length {
            let count = packed[at] as i8;
            if count >= 0 {
                let end = at + 2 + count as usize;
                plane.extend_from_slice(&packed[at + 1..end]);
                at = end;
            } else {
                plane
                    .extend(std::iter::repeat_n(packed[at + 1], (1 - isize::from(count)) as usize));
                at += 2;
            }
        }
        plane
    }

    #[test]
    fn what_is_packed_unpacks_to_itself() {
        let patterns: [Vec<u8>; 4] = [
            vec![7; 1_000],
            (0..=255).cycle().take(700).collect(),
            [1, 1, 2, 2, 2, 3, 4, 4, 4, 4, 5].repeat(40),
            vec![9],
        ];
        for plane in patterns {
            let mut packed = Vec::new();
            pack(&plane, &mut packed);
            assert_eq!(unpack(&packed, plane.len()), plane);
        }
    }

    #[test]
    fn the_offset_table_leads_to_each_frame() {
        let frames = Frames {
            columns: 16,
            rows: 8,
            samples: 3,
            bytes_each: 1,
            frames: vec![vec![10; 384], vec![200; 384]],
        };
        for syntax in [Syntax::Rle, Syntax::JpegBaseline] {
            let PixelData::Encapsulated(fragments) = encode(&frames, syntax).unwrap() else {
                panic!("not encapsulated")
            };
            assert_eq!(fragments.len(), 3);
            let second = 8 + fragments[1].len() as u32;
            assert_eq!(fragments[0], [[0; 4], second.to_le_bytes()].concat());
        }
    }
}
