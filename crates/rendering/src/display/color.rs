//! Colour images: samples down to 8 bits, luminance and colour differences into red, green, blue.

use super::samples::{Samples, containers};
use crate::{NativeFrame, Photometric, Reason};

/// The frame's colours.
pub fn display(frame: &NativeFrame) -> Result<Vec<u8>, Reason> {
    let description = &frame.description;
    if description.float || description.samples != 3 {
        return Err(Reason::attribute("SamplesPerPixel", description.samples));
    }
    let mut bytes = match (description.bits_allocated, description.bits_stored) {
        (8, 8) => frame.bytes.clone(),
        (_, bits) => {
            let samples = Samples::of(description);
            let whole = (1_i64 << bits) - 1;
            let half = if description.signed { 1_i64 << (bits - 1) } else { 0 };
            let byte = |container| ((samples.value(container) + half) * 255 / whole) as u8;
            containers(frame).map(byte).collect()
        }
    };
    match description.photometric {
        Photometric::Rgb | Photometric::YbrIct | Photometric::YbrRct => {}
        Photometric::YbrPartial422 | Photometric::YbrPartial420 => each(&mut bytes, from_partial),
        _ => each(&mut bytes, from_full),
    }
    Ok(bytes)
}

fn each(bytes: &mut [u8], convert: impl Fn([f32; 3]) -> [f32; 3]) {
    for pixel in bytes.chunks_exact_mut(3) {
        if let [first, second, third] = pixel {
            let values = [*first, *second, *third].map(f32::from);
            [*first, *second, *third] =
                convert(values).map(|value| value.round().clamp(0.0, 255.0) as u8);
        }
    }
}

/// PS3.3 C.7.6.3.1.2, YBR_FULL, turned around.
fn from_full([luminance, blue, red]: [f32; 3]) -> [f32; 3] {
    let (blue, red) = (blue - 128.0, red - 128.0);
    [
        luminance + 1.402 * red,
        luminance - 0.344_136_3 * blue - 0.714_136_3 * red,
        luminance + 1.772 * blue,
    ]
}

/// PS3.3 C.7.6.3.1.2, YBR_PARTIAL_422 (ITU-R BT.601), turned around.
fn from_partial([luminance, blue, red]: [f32; 3]) -> [f32; 3] {
    let (luminance, blue, red) = (1.164_4 * (luminance - 16.0), blue - 128.0, red - 128.0);
    [
        luminance + 1.596 * red,
        luminance - 0.391_7 * blue - 0.812_9 * red,
        luminance + 2.017_2 * blue,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ImageDescription;

    fn frame(photometric: Photometric, bits: u16, bytes: &[u8]) -> NativeFrame {
        let description = ImageDescription {
            rows: 1,
            columns: 1,
            samples: 3,
            bits_allocated: bits,
            bits_stored: bits,
            high_bit: bits - 1,
            signed: false,
            float: false,
            photometric,
            planar: false,
        };
        NativeFrame { description, bytes: bytes.to_vec() }
    }

    #[test]
    fn colour_differences_become_colours() {
        let red = frame(Photometric::YbrFull, 8, &[76, 85, 255]);
        assert_eq!(display(&red).unwrap(), [254, 0, 0]);
        let white = frame(Photometric::YbrPartial422, 8, &[235, 128, 128]);
        assert_eq!(display(&white).unwrap(), [255, 255, 255]);
        let kept = frame(Photometric::Rgb, 8, &[1, 2, 3]);
        assert_eq!(display(&kept).unwrap(), [1, 2, 3]);
    }

    #[test]
    fn wide_samples_come_down_to_eight_bits() {
        let wide = frame(Photometric::Rgb, 16, &[0, 0, 0, 128, 255, 255]);
        assert_eq!(display(&wide).unwrap(), [0, 127, 255]);
    }
}
