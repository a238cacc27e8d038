//! RLE Lossless (PS3.5 annex G): each byte of each sample is a segment of its own, the highest
//! byte first.

use super::check_length;
use crate::{ImageDescription, NativeFrame, Photometric, Reason};

/// Bytes of the header: the number of segments and fifteen offsets.
const HEADER_BYTES: usize = 64;

/// Decodes the frame.
pub fn decode(bytes: &[u8], description: &ImageDescription) -> Result<NativeFrame, Reason> {
    let sample_bytes = description.sample_bytes();
    let stride = usize::from(description.samples) * sample_bytes;
    let mut decoded = vec![0; description.decoded_bytes()];
    let header = bytes.get(..HEADER_BYTES).ok_or_else(|| Reason::undecodable("no RLE header"))?;
    let mut words = header.chunks_exact(4).map(|word| match *word {
        [a, b, c, d] => u32::from_le_bytes([a, b, c, d]) as usize,
        _ => 0,
    });
    let segments = words.next().unwrap_or_default();
    if segments != stride {
        return Err(Reason::undecodable(format!("{segments} segments in place of {stride}")));
    }
    for (number, offset) in words.take(segments).enumerate() {
        let segment = bytes.get(offset..).ok_or_else(|| Reason::undecodable("segment outside"))?;
        let (sample, byte) = (number / sample_bytes, number % sample_bytes);
        let first = sample * sample_bytes + (sample_bytes - 1 - byte);
        let mut places = decoded.iter_mut().skip(first).step_by(stride);
        let missing = fill(segment, &mut places);
        if missing {
            let expected = description.pixels() as u64;
            let found = expected - 1 - places.len() as u64;
            return Err(Reason::Truncated { expected, found });
        }
    }
    let photometric = match description.photometric {
        // Segments are whole planes: every pixel has its colour, whatever the object says.
        Photometric::YbrFull422 => Photometric::YbrFull,
        other => other,
    };
    let description = ImageDescription { planar: false, photometric, ..description.clone() };
    check_length(&decoded, &description)?;
    Ok(NativeFrame { description, bytes: decoded })
}

/// Fills the places with what the segment unpacks to (PackBits); says whether some are left.
fn fill<'a>(mut segment: &[u8], places: &mut impl Iterator<Item = &'a mut u8>) -> bool {
    while let Some((control, rest)) = segment.split_first() {
        let control = *control as i8;
        let used = match control {
            0.. => {
                let count = control as usize + 1;
                let literal = rest.get(..count).unwrap_or(rest);
                for byte in literal {
                    let Some(place) = places.next() else { return false };
                    *place = *byte;
                }
                literal.len()
            }
            -128 => 0,
            _ => {
                let Some(byte) = rest.first() else { break };
                for _ in 0..1 - i32::from(control) {
                    let Some(place) = places.next() else { return false };
                    *place = *byte;
                }
                1
            }
        };
        segment = rest.get(used..).unwrap_or_default();
    }
    places.next().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(segments: &[&[u8]]) -> Vec<u8> {
        let mut bytes = (segments.len() as u32).to_le_bytes().to_vec();
        let mut offset = HEADER_BYTES as u32;
        for number in 0..15 {
            let segment = segments.get(number).map_or(0, |segment| segment.len() as u32);
            bytes.extend(if segment == 0 { 0 } else { offset }.to_le_bytes());
            offset += segment;
        }
        bytes.extend(segments.concat());
        bytes
    }

    fn words() -> ImageDescription {
        ImageDescription {
            rows: 2,
            columns: 2,
            samples: 1,
            bits_allocated: 16,
            bits_stored: 16,
            high_bit: 15,
            signed: false,
            float: false,
            photometric: Photometric::Monochrome2,
            planar: false,
        }
    }

    #[test]
    fn runs_and_literals_become_samples_of_two_bytes() {
        // 4 times 1 as the high byte; 2, then 3 times 9 as the low one.
        let bytes = frame(&[&[0xFD, 1], &[0, 2, 0xFE, 9]]);
        let frame = decode(&bytes, &words()).unwrap();
        assert_eq!(frame.bytes, [2, 1, 9, 1, 9, 1, 9, 1]);
    }

    #[test]
    fn lies_are_told() {
        let short = frame(&[&[0xFD, 1], &[0, 2]]);
        assert_eq!(decode(&short, &words()), Err(Reason::Truncated { expected: 4, found: 1 }));
        assert!(matches!(decode(&frame(&[&[0xFD, 1]]), &words()), Err(Reason::Undecodable { .. })));
        let mut outside = frame(&[&[0xFD, 1], &[0xFD, 1]]);
        outside[4..8].copy_from_slice(&u32::MAX.to_le_bytes());
        assert!(matches!(decode(&outside, &words()), Err(Reason::Undecodable { .. })));
        assert!(decode(&outside[..10], &words()).is_err());
    }

    #[test]
    fn a_run_beyond_the_frame_is_cut() {
        let bytes = frame(&[&[0x81, 7], &[0x81, 8]]);
        assert_eq!(decode(&bytes, &words()).unwrap().bytes, [8, 7, 8, 7, 8, 7, 8, 7]);
    }
}
