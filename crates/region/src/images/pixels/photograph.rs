//! Colour photographs: the inside of a bowel, and skin with a mole.

use super::Noise;
use super::section::smooth;

/// An endoscope's round picture: folds that lead into the dark, light on what is near.
pub(crate) fn endoscopy(size: [usize; 2], number: usize, noise: &Noise) -> Vec<u8> {
    let [columns, rows] = size;
    let blotches = blotches(noise, columns * rows, columns, number);
    let middle = [columns as f32 / 2.0, rows as f32 / 2.0];
    let shift = (number % 5) as f32 * 0.06 - 0.12;
    let mut pixels = Vec::with_capacity(columns * rows * 3);
    for (place, blotch) in blotches.iter().enumerate() {
        let x = ((place % columns) as f32 - middle[0]) / middle[1];
        let y = ((place / columns) as f32 - middle[1]) / middle[1];
        if x * x + y * y > 0.94 || x.abs() > 0.86 {
            pixels.extend([4, 4, 5]);
            continue;
        }
        pixels.extend(wall([x, y], shift, *blotch as f32));
    }
    pixels
}

/// A photograph of skin with a mole and a scale of centimetres.
pub(crate) fn skin(size: [usize; 2], noise: &Noise) -> Vec<u8> {
    let [columns, rows] = size;
    let blotches = blotches(noise, columns * rows, columns, 3);
    let mut pixels = Vec::with_capacity(columns * rows * 3);
    for (place, blotch) in blotches.iter().enumerate() {
        let [column, row] = [place % columns, place / columns];
        let x = (column as f32 - columns as f32 * 0.52) / rows as f32;
        let y = (row as f32 - rows as f32 * 0.45) / rows as f32;
        let blotch = *blotch as f32;
        let lit = 1.04 - 0.25 * (x * x + y * y) + x * 0.06;
        let mole = x * x * 1.2 + y * y * 2.1 + x * y * 0.8 + blotch * 0.0009;
        let rgb = match mole {
            mole if mole < 0.012 => [74.0, 44.0, 36.0],
            mole if mole < 0.026 => [104.0, 64.0, 48.0],
            mole if mole < 0.034 => [160.0, 108.0, 88.0],
            _ => [222.0, 178.0, 154.0],
        };
        pixels.extend(match ruler(column, row, rows) {
            Some(gray) => [gray; 3],
            None => rgb.map(|part| (part * lit + blotch * 0.5).clamp(0.0, 255.0) as u8),
        });
    }
    pixels
}

fn wall(place: [f32; 2], shift: f32, blotch: f32) -> [u8; 3] {
    let [x, y] = [place[0] - 0.10 - shift, place[1] + 0.06];
    let distance = (x * x * 1.1 + y * y + 0.18 * x * y).sqrt().max(0.01);
    // Rings come closer together the deeper they lie.
    let depth = 0.30 / distance + shift + blotch * 0.0016;
    let ring = (depth * 1.9).fract();
    let fold = if ring < 0.22 { 0.58 + 1.9 * ring } else { 1.06 - 0.30 * ring };
    let light = ((distance - 0.10) * 1.5).clamp(0.0, 1.0);
    let [dx, dy] = [place[0] + 0.42, place[1] - 0.30];
    let polyp = 1.0 - (dx * dx + dy * dy) / 0.030;
    let (fold, rosy) = if polyp > 0.0 { (0.72 + 0.42 * polyp.sqrt(), 0.86) } else { (fold, 1.0) };
    let shine = if blotch > 13.0 && light > 0.55 && ring > 0.2 { 60.0 } else { 0.0 };
    let part = |base: f32, tint: f32| {
        (base * tint * light * fold + blotch * 0.7 * light + shine).clamp(2.0, 255.0) as u8
    };
    [part(232.0, 1.0), part(128.0, rosy), part(104.0, rosy)]
}

/// Patches of some pixels, about 0.
fn blotches(noise: &Noise, count: usize, columns: usize, number: usize) -> Vec<i32> {
    let coarse = columns.div_ceil(4);
    let values: Vec<i32> =
        noise.from(number * 977).take(coarse * (count / columns.max(1)).div_ceil(4)).collect();
    let patches = smooth(&smooth(&values, coarse), coarse);
    let grain = noise.from(number * 131 + 5);
    let patch = |column: usize, row: usize| {
        patches.get(row * coarse + column.min(coarse - 1)).copied().unwrap_or_default()
    };
    (0..count)
        .zip(grain)
        .map(|(place, grain)| {
            let [column, row] = [place % columns, place / columns];
            let [right, down] = [(column % 4) as i32, (row % 4) as i32];
            let across = |row: usize| {
                patch(column / 4, row) * (4 - right) + patch(column / 4 + 1, row) * right
            };
            let last = (count / columns).div_ceil(4) - 1;
            let below = across((row / 4 + 1).min(last));
            (across(row / 4) * (4 - down) + below * down) / 16 + grain / 12
        })
        .collect()
}

fn ruler(column: usize, row: usize, rows: usize) -> Option<u8> {
    let step = rows / 8;
    let from_below = rows - row;
    if from_below > step {
        return None;
    }
    let is_long = column % step < 3 && from_below > step / 3;
    let is_short = column % (step / 5).max(1) < 2 && from_below > step * 2 / 3;
    Some(if is_long || is_short { 25 } else { 236 })
}
