//! CT and MR: the tissues of a slice as values, with the scanner's blur and noise.

use super::Noise;
use crate::images::phantom::{Grid, Solid, Tissue, paint};
use crate::random::Random;

/// How an MR sequence weights tissues.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Contrast {
    T1,
    T2,
    Flair,
}

/// A slice to make.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Section<'a> {
    pub(crate) body: &'a [Solid],
    pub(crate) grid: Grid,
    pub(crate) z_mm: f32,
    /// Number of the slice; its noise is its own.
    pub(crate) number: usize,
    pub(crate) seed: u64,
    pub(crate) noise: &'a Noise,
    /// Standard deviation of the noise, in Hounsfield units or percent of a usual MR signal.
    pub(crate) deviation: i32,
}

/// Hounsfield units, -1024 to 3071 (PS3.3 C.8.2.1).
pub(crate) fn ct_values(section: &Section<'_>, with_contrast: bool) -> Vec<i32> {
    let blurred = section.blurred(section.deviation, |tissue| hounsfield(tissue, with_contrast));
    blurred.into_iter().map(|value| value.clamp(-1_024, 3_071)).collect()
}

/// Arbitrary units from 0, brighter in the middle than at the rim of the coil.
pub(crate) fn mr_values(section: &Section<'_>, contrast: Contrast) -> Vec<i32> {
    let mut values = section.blurred(section.deviation * 3, |tissue| signal(tissue, contrast));
    let Grid { columns, rows, .. } = section.grid;
    for (row, line) in values.chunks_mut(columns).enumerate() {
        let y = 2.0 * row as f32 / rows as f32 - 1.0;
        for (column, value) in line.iter_mut().enumerate() {
            let x = 2.0 * column as f32 / columns as f32 - 1.0;
            let sensitivity = 1.08 - 0.16 * (x * x + y * y) + 0.05 * x;
            *value = ((*value as f32 * sensitivity) as i32).abs();
        }
    }
    values
}

/// Hounsfield units of a tissue on average.
pub(crate) fn hounsfield(tissue: Tissue, with_contrast: bool) -> i32 {
    let plain = match tissue {
        Tissue::Air => -1_000,
        Tissue::Lung => -860,
        Tissue::Fat => -100,
        Tissue::Muscle => 52,
        Tissue::Skin => 40,
        Tissue::Water => 0,
        Tissue::Csf => 8,
        Tissue::Gray => 40,
        Tissue::White => 29,
        Tissue::Dura => 56,
        Tissue::Blood => 44,
        Tissue::Clot => 72,
        Tissue::Edema => 18,
        Tissue::Liver => 58,
        Tissue::Spleen => 50,
        Tissue::KidneyCortex => 36,
        Tissue::KidneyMedulla => 32,
        Tissue::Bowel => 44,
        Tissue::Tumour => 38,
        Tissue::Marrow => 210,
        Tissue::Bone => 820,
        Tissue::Calcification => 420,
    };
    let taken_up = match tissue {
        Tissue::Blood => 125,
        Tissue::Liver => 55,
        Tissue::Spleen => 75,
        Tissue::KidneyCortex => 150,
        Tissue::KidneyMedulla => 85,
        Tissue::Bowel => 40,
        Tissue::Muscle | Tissue::Skin => 12,
        Tissue::Tumour => 22,
        _ => 0,
    };
    plain + if with_contrast { taken_up } else { 0 }
}

fn signal(tissue: Tissue, contrast: Contrast) -> i32 {
    let [t1, t2, flair] = match tissue {
        Tissue::Air | Tissue::Lung => [6, 6, 6],
        Tissue::Fat => [1_150, 820, 700],
        Tissue::Muscle => [420, 190, 240],
        Tissue::Skin => [560, 320, 330],
        Tissue::Water | Tissue::Csf => [170, 1_250, 90],
        Tissue::Gray => [520, 620, 620],
        Tissue::White => [720, 440, 470],
        Tissue::Dura => [330, 180, 240],
        Tissue::Blood => [260, 110, 140],
        Tissue::Clot => [640, 300, 420],
        Tissue::Edema => [430, 1_000, 1_080],
        Tissue::Marrow => [760, 480, 430],
        Tissue::Bone | Tissue::Calcification => [60, 45, 50],
        Tissue::Tumour => [480, 760, 800],
        Tissue::Liver
        | Tissue::Spleen
        | Tissue::KidneyCortex
        | Tissue::KidneyMedulla
        | Tissue::Bowel => [520, 420, 450],
    };
    match contrast {
        Contrast::T1 => t1,
        Contrast::T2 => t2,
        Contrast::Flair => flair,
    }
}

impl Section<'_> {
    /// Values of the tissues with noise, blurred as by the scanner's kernel.
    fn blurred(&self, deviation: i32, value: impl Fn(Tissue) -> i32) -> Vec<i32> {
        let mut tissues = Vec::new();
        paint(self.body, &self.grid, self.z_mm, &mut tissues);
        let mut random = Random::new(self.seed, &format!("slice-{}", self.number));
        let columns = self.grid.columns;
        // The table's deviation is 37, and the blur takes three eighths of it.
        let percent = deviation * 100 * 8 / (3 * 37);
        let mut values = Vec::with_capacity(tissues.len());
        for line in tissues.chunks(columns) {
            let noise = self.noise.from(random.below(1 << 16));
            let noisy = |(tissue, noise): (&Tissue, i32)| value(*tissue) + noise * percent / 100;
            values.extend(line.iter().zip(noise).map(noisy));
        }
        smooth(&values, columns)
    }
}

/// A binomial kernel of three by three.
pub(super) fn smooth(values: &[i32], columns: usize) -> Vec<i32> {
    let mut lines = Vec::with_capacity(values.len());
    for line in values.chunks(columns) {
        let last = line.len().saturating_sub(1);
        lines.extend(
            (0..line.len())
                .map(|at| line[at.saturating_sub(1)] + 2 * line[at] + line[(at + 1).min(last)]),
        );
    }
    let mut smoothed = Vec::with_capacity(values.len());
    let rows = lines.len() / columns.max(1);
    for row in 0..rows {
        let line = |row: usize| &lines[row * columns..(row + 1) * columns];
        let (above, here, below) =
            (line(row.saturating_sub(1)), line(row), line((row + 1).min(rows - 1)));
        let of_three = above.iter().zip(here).zip(below);
        smoothed.extend(of_three.map(|((above, here), below)| (above + 2 * here + below) >> 4));
    }
    smoothed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn air_water_and_bone_have_their_hounsfield_units() {
        let noise = Noise::new(1);
        let grid = Grid { columns: 90, rows: 90, spacing_mm: 1.0 };
        let body = [
            Solid::new(Tissue::Water, [0.0; 3], [40.0; 3]),
            Solid::new(Tissue::Bone, [20.0, 0.0, 0.0], [8.0; 3]),
        ];
        let section = Section {
            body: &body,
            grid,
            z_mm: 0.0,
            number: 0,
            seed: 1,
            noise: &noise,
            deviation: 10,
        };
        let values = ct_values(&section, false);
        let mean = |rows: std::ops::Range<usize>, columns: std::ops::Range<usize>| {
            let places: Vec<i32> = rows
                .flat_map(|row| columns.clone().map(move |column| row * 90 + column))
                .map(|place| values[place])
                .collect();
            let mean = places.iter().sum::<i32>() / places.len() as i32;
            let squares: i32 = places.iter().map(|value| (value - mean) * (value - mean)).sum();
            (mean, squares / places.len() as i32)
        };
        let (water, variance) = mean(35..55, 20..40);
        assert!(water.abs() <= 4, "{water}");
        assert!((25..400).contains(&variance), "noise of some units: {variance}");
        assert!((mean(0..4, 0..90).0 + 1_000).abs() <= 4);
        assert!((mean(43..47, 62..67).0 - 820).abs() <= 12);
    }

    #[test]
    fn sequences_weight_fluid_their_own_way() {
        let of = |contrast| signal(Tissue::Csf, contrast);
        assert!(of(Contrast::T2) > signal(Tissue::White, Contrast::T2));
        assert!(of(Contrast::T1) < signal(Tissue::White, Contrast::T1));
        assert!(of(Contrast::Flair) < signal(Tissue::Edema, Contrast::Flair));
    }
}
