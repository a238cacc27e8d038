//! Samples as numbers: of any width, with or without sign, in any bits of their container.

use crate::{ImageDescription, NativeFrame};

/// How a container holds its sample.
#[derive(Debug, Clone, Copy)]
pub struct Samples {
    /// Bits below the sample; older objects keep overlays there.
    shift: u32,
    bits: u32,
    signed: bool,
}

impl Samples {
    /// As the description says.
    pub fn of(description: &ImageDescription) -> Samples {
        let shift = description.high_bit + 1 - description.bits_stored;
        Samples {
            shift: shift.into(),
            bits: description.bits_stored.into(),
            signed: description.signed,
        }
    }

    /// The sample of a container.
    pub fn value(self, container: u32) -> i64 {
        let mask = u32::MAX >> (32 - self.bits.clamp(1, 32));
        let value = i64::from(container >> self.shift & mask);
        let sign = 1_i64 << (self.bits - 1);
        if self.signed && value & sign != 0 { value - (sign << 1) } else { value }
    }
}

/// The samples of a frame as numbers, one after the other.
pub fn numbers(frame: &NativeFrame) -> Vec<f64> {
    let description = &frame.description;
    let samples = Samples::of(description);
    match (description.float, description.bits_allocated) {
        (true, 64) => wide::<8>(&frame.bytes).map(f64::from_le_bytes).collect(),
        (true, _) => wide::<4>(&frame.bytes).map(|b| f32::from_le_bytes(b).into()).collect(),
        (false, _) => containers(frame).map(|container| samples.value(container) as f64).collect(),
    }
}

/// The containers of a frame's samples.
pub fn containers(frame: &NativeFrame) -> impl Iterator<Item = u32> + '_ {
    let width = frame.description.sample_bytes().max(1);
    frame.bytes.chunks_exact(width).map(|bytes| {
        bytes.iter().rev().fold(0, |container: u32, byte| container << 8 | u32::from(*byte))
    })
}

fn wide<const WIDTH: usize>(bytes: &[u8]) -> impl Iterator<Item = [u8; WIDTH]> + '_ {
    bytes.chunks_exact(WIDTH).filter_map(|chunk| chunk.try_into().ok())
}
