//! Noise by the table: drawn once, then read from changing places. A bench wants thousands of
//! slices, and nobody looks at a grain twice.

use crate::random::Random;

const ENTRIES: usize = 1 << 16;

/// Values about 0 with a standard deviation of about 37.
#[derive(Debug, Clone)]
pub(crate) struct Noise {
    table: Vec<i8>,
}

impl Noise {
    pub(crate) fn new(seed: u64) -> Noise {
        let mut random = Random::new(seed, "noise");
        // The mean of four bytes is close enough to a bell.
        let table = (0..ENTRIES).map(|_| {
            let bytes = random.bits().to_le_bytes();
            let sum: i32 = bytes.iter().take(4).map(|byte| i32::from(*byte)).sum();
            ((sum - 510) / 4) as i8
        });
        Noise { table: table.collect() }
    }

    /// Values from a place on, over and over.
    pub(crate) fn from(&self, start: usize) -> impl Iterator<Item = i32> {
        let start = start % ENTRIES;
        self.table[start..].iter().chain(self.table.iter().cycle()).map(|value| i32::from(*value))
    }
}
