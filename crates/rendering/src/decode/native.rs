//! Frames that are not compressed (PS3.5 8.1, 8.2).

use super::{Layout, check_length};
use crate::{ImageDescription, NativeFrame, Photometric, Reason};

/// The frame's samples, little endian and colour by pixel.
pub fn decode(
    bytes: &[u8],
    layout: Layout,
    description: &ImageDescription,
) -> Result<NativeFrame, Reason> {
    let bits = u64::from(layout.skip_bits) + description.frame_bits();
    let (expected, found) = (bits.div_ceil(8), bytes.len() as u64);
    if found < expected {
        return Err(Reason::Truncated { expected, found });
    }
    let mut bytes = bytes.to_vec();
    if layout.swapped_bytes > 1 {
        bytes.chunks_exact_mut(layout.swapped_bytes.into()).for_each(<[u8]>::reverse);
    }
    if description.bits_allocated == 1 {
        return Ok(unpacked(&bytes, layout, description));
    }
    bytes.drain(..layout.skip_bits as usize / 8);
    bytes.truncate(description.frame_bits().div_ceil(8) as usize);
    let (bytes, photometric) = match description.photometric {
        Photometric::YbrFull422 | Photometric::YbrPartial422 if description.bits_allocated == 8 => {
            (each_with_color(&bytes), full(description.photometric))
        }
        Photometric::YbrFull422 | Photometric::YbrPartial422 | Photometric::YbrPartial420 => {
            let term = description.photometric.term();
            return Err(Reason::attribute("PhotometricInterpretation", term));
        }
        other if description.planar => {
            (by_pixel(&bytes, description.pixels(), description.sample_bytes()), other)
        }
        other => (bytes, other),
    };
    let description = ImageDescription { planar: false, photometric, ..description.clone() };
    check_length(&bytes, &description)?;
    Ok(NativeFrame { description, bytes })
}

/// The colour model once every pixel has its own colour. Partial range keeps its name.
fn full(photometric: Photometric) -> Photometric {
    match photometric {
        Photometric::YbrFull422 => Photometric::YbrFull,
        other => other,
    }
}

/// Single bits, the first one lowest, as bytes of 0 and 1.
fn unpacked(bytes: &[u8], layout: Layout, description: &ImageDescription) -> NativeFrame {
    let first = layout.skip_bits as usize;
    let bits = first..first + description.pixels();
    let bit = |place: usize| bytes.get(place / 8).map_or(0, |byte| byte >> (place % 8) & 1);
    let bytes = bits.map(bit).collect();
    let description =
        ImageDescription { bits_allocated: 8, bits_stored: 1, high_bit: 0, ..description.clone() };
    NativeFrame { description, bytes }
}

/// Y1 Y2 B R for two pixels into Y1 B R, Y2 B R.
fn each_with_color(bytes: &[u8]) -> Vec<u8> {
    let mut pixels = Vec::with_capacity(bytes.len() / 4 * 6);
    for pair in bytes.chunks_exact(4) {
        if let [first, second, blue, red] = *pair {
            pixels.extend([first, blue, red, second, blue, red]);
        }
    }
    pixels
}

/// Three planes into pixels of three samples.
pub fn by_pixel(planes: &[u8], pixels: usize, sample_bytes: usize) -> Vec<u8> {
    let plane = |number: usize| {
        let start = number * pixels * sample_bytes;
        planes.get(start..).unwrap_or_default().chunks_exact(sample_bytes)
    };
    let mut bytes = Vec::with_capacity(planes.len());
    for ((red, green), blue) in plane(0).zip(plane(1)).zip(plane(2)).take(pixels) {
        bytes.extend_from_slice(red);
        bytes.extend_from_slice(green);
        bytes.extend_from_slice(blue);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn description(photometric: Photometric, bits: u16, samples: u16) -> ImageDescription {
        ImageDescription {
            rows: 1,
            columns: 4,
            samples,
            bits_allocated: bits,
            bits_stored: bits,
            high_bit: bits - 1,
            signed: false,
            float: false,
            photometric,
            planar: false,
        }
    }

    const PLAIN: Layout = Layout { skip_bits: 0, swapped_bytes: 1 };

    #[test]
    fn single_bits_are_taken_from_wherever_the_frame_begins() {
        let image = description(Photometric::Monochrome2, 1, 1);
        let layout = Layout { skip_bits: 6, swapped_bytes: 1 };
        let frame = decode(&[0b1000_0000, 0b01], layout, &image).unwrap();
        assert_eq!(frame.bytes, [0, 1, 1, 0]);
        assert_eq!(frame.description.bits_allocated, 8);
        assert!(decode(&[0], layout, &image).is_err());
    }

    #[test]
    fn planes_and_shared_colour_become_pixels() {
        let planar = ImageDescription { planar: true, ..description(Photometric::Rgb, 8, 3) };
        let frame = decode(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0], PLAIN, &planar).unwrap();
        assert_eq!(frame.bytes, [1, 5, 9, 2, 6, 10, 3, 7, 11, 4, 8, 12]);
        let shared = description(Photometric::YbrFull422, 8, 3);
        let frame = decode(&[1, 2, 100, 200, 3, 4, 101, 201], PLAIN, &shared).unwrap();
        assert_eq!(frame.bytes, [1, 100, 200, 2, 100, 200, 3, 101, 201, 4, 101, 201]);
        assert_eq!(frame.description.photometric, Photometric::YbrFull);
    }

    #[test]
    fn big_endian_is_turned_around_and_what_is_missing_is_told() {
        let image = description(Photometric::Monochrome2, 16, 1);
        let layout = Layout { skip_bits: 0, swapped_bytes: 2 };
        let frame = decode(&[1, 2, 3, 4, 5, 6, 7, 8], layout, &image).unwrap();
        assert_eq!(frame.bytes, [2, 1, 4, 3, 6, 5, 8, 7]);
        let cut = decode(&[1, 2, 3], layout, &image);
        assert_eq!(cut, Err(Reason::Truncated { expected: 8, found: 3 }));
    }
}
