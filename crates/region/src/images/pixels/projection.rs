//! A radiograph: what the rays lose on their way from front to back through a body.

use super::Noise;
use super::section::hounsfield;
use crate::images::phantom::{Grid, Solid, Tissue, paint};
use crate::random::Random;

/// Pixels of a radiograph.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ProjectionGrid {
    pub(crate) columns: usize,
    pub(crate) rows: usize,
    pub(crate) spacing_mm: f32,
    /// Height of the first row in the body.
    pub(crate) top_mm: f32,
}

/// Thickness of tissue that is counted.
const DEPTH_MM: f32 = 280.0;

/// Twelve bits, dense tissue bright (MONOCHROME2).
pub(crate) fn projection(
    body: &[Solid],
    grid: &ProjectionGrid,
    seed: u64,
    noise: &Noise,
) -> Vec<i32> {
    let depth = (DEPTH_MM / grid.spacing_mm) as usize;
    let axial = Grid { columns: grid.columns, rows: depth, spacing_mm: grid.spacing_mm };
    let mut random = Random::new(seed, "projection");
    let mut slice = Vec::new();
    let mut image = Vec::with_capacity(grid.columns * grid.rows);
    for row in 0..grid.rows {
        paint(body, &axial, grid.top_mm - row as f32 * grid.spacing_mm, &mut slice);
        let mut sums = vec![0_i32; grid.columns];
        for line in slice.chunks(grid.columns) {
            for (sum, tissue) in sums.iter_mut().zip(line) {
                if *tissue != Tissue::Air {
                    *sum += hounsfield(*tissue, false) + 1_000;
                }
            }
        }
        let noise = noise.from(random.below(1 << 16));
        image.extend(sums.into_iter().zip(noise).map(|(sum, noise)| {
            let water_mm = sum as f32 / 1_000.0 * grid.spacing_mm;
            // A film's curve: steep in the middle, flat where it is dark and where it is clear.
            let value = shoulder((water_mm - 20.0) / 300.0) * 3_600.0 + 120.0;
            (value as i32 + noise * 14 / 37).clamp(0, 4_095)
        }));
    }
    image
}

fn shoulder(share: f32) -> f32 {
    let share = share.clamp(0.0, 1.0).sqrt();
    share * share * (3.0 - 2.0 * share)
}
