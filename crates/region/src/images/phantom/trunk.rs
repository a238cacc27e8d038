//! What chest and abdomen have in common: spine and ribs.

use super::{Solid, Tissue, tube};

/// Height of a vertebra with its disc.
const VERTEBRA_MM: f32 = 24.0;

/// Vertebrae between two heights about the axis at `depth_mm`, bodies of that radius.
pub(super) fn spine(depth_mm: f32, radius_mm: f32, heights_mm: [f32; 2]) -> Vec<Solid> {
    let middle = (heights_mm[0] + heights_mm[1]) / 2.0;
    let half = (heights_mm[1] - heights_mm[0]) / 2.0 + 40.0;
    let back = depth_mm + radius_mm;
    let mut solids = vec![Solid::new(
        Tissue::Muscle,
        [0.0, depth_mm, middle],
        [radius_mm - 1.0, radius_mm * 0.8, half],
    )];
    let mut z = heights_mm[0];
    while z <= heights_mm[1] {
        let wide = radius_mm * 1.08;
        // Twice the height, cut by the disc's solids: bodies are flat above and below.
        for (tissue, less) in [(Tissue::Bone, 0.0), (Tissue::Marrow, 1.6)] {
            for part in [-5.0, 0.0, 5.0] {
                solids.push(Solid::new(
                    tissue,
                    [0.0, depth_mm, z + part],
                    [wide - less, radius_mm * 0.86 - less, 6.5 - less / 2.0],
                ));
            }
        }
        for side in [-1.0, 1.0] {
            solids.push(Solid::new(
                Tissue::Bone,
                [side * radius_mm * 0.72, back + 3.0, z + 2.0],
                [3.6, 9.0, 6.0],
            ));
            solids.push(
                Solid::new(
                    Tissue::Bone,
                    [side * radius_mm * 1.5, back + 8.0, z + 2.0],
                    [radius_mm * 0.9, 4.2, 5.0],
                )
                .along([side, 0.35]),
            );
            solids.push(
                Solid::new(Tissue::Bone, [side * 7.0, back + 14.0, z - 2.0], [9.0, 3.2, 8.0])
                    .along([side, -0.7]),
            );
        }
        solids.push(Solid::new(Tissue::Bone, [0.0, back + 26.0, z - 8.0], [3.0, 13.0, 7.0]));
        z += VERTEBRA_MM;
    }
    solids.push(Solid::new(Tissue::Fat, [0.0, back + 4.0, middle], [9.0, 7.5, half]));
    solids.push(Solid::new(Tissue::Csf, [0.0, back + 4.0, middle], [7.8, 6.4, half]));
    solids.push(Solid::new(Tissue::Gray, [0.0, back + 4.0, middle], [4.8, 3.8, half]));
    solids
}

/// Ribs along an elliptic wall: numbers from the first, each lower towards the front.
pub(super) fn ribs(wall_mm: [f32; 2], first_mm: f32, numbers: std::ops::Range<u8>) -> Vec<Solid> {
    const STEPS: usize = 44;
    const FALL_MM: f32 = 62.0;
    let mut solids = Vec::new();
    for number in numbers {
        let narrow = match number {
            0 => 0.56,
            1 => 0.76,
            2 => 0.90,
            3 => 0.97,
            _ => 1.0,
        };
        let [rx, ry] = wall_mm.map(|radius| radius * narrow);
        let back_mm = wall_mm[1] * (1.0 - narrow) * 0.5;
        // The lowest ribs end at the side.
        let end = if number < 9 { 0.86 } else { 0.62 };
        let points: Vec<[f32; 3]> = (0..=STEPS)
            .map(|at| {
                let share = at as f32 / STEPS as f32;
                let [cos, sin] = half_turn(0.06 + share * (end - 0.06));
                let fall = FALL_MM * share * (1.6 - 0.6 * share);
                let z = first_mm - f32::from(number) * VERTEBRA_MM - fall;
                [rx * sin, ry * cos + back_mm, z]
            })
            .collect();
        for side in [-1.0, 1.0] {
            for pair in points.windows(2) {
                let [from, to] = [pair[0], pair[1]].map(|[x, y, z]| [side * x, y, z]);
                for (tissue, thick, high) in [(Tissue::Bone, 4.0, 7.0), (Tissue::Marrow, 2.2, 5.2)]
                {
                    let center = [0, 1, 2].map(|axis| (from[axis] + to[axis]) / 2.0);
                    let along = [to[0] - from[0], to[1] - from[1]];
                    let long = (along[0] * along[0] + along[1] * along[1]).sqrt() + 1.5;
                    let solid = Solid::new(tissue, center, [long, thick, high]);
                    solids.push(match tissue {
                        Tissue::Marrow => solid.along(along).only_in(Tissue::Bone),
                        _ => solid.along(along),
                    });
                }
            }
        }
    }
    solids
}

/// A vessel through a list of places.
pub(super) fn vessel(tissue: Tissue, radius_mm: f32, places: &[[f32; 3]]) -> Vec<Solid> {
    let pairs = places.windows(2);
    pairs.flat_map(|pair| tube(tissue, pair[0], pair[1], [radius_mm; 2])).collect()
}

/// Cosine and sine of a share of half a turn, by the parabola that Bhaskara gave: the libraries'
/// own functions differ in their last digit from one machine to another.
pub(crate) fn half_turn(share: f32) -> [f32; 2] {
    let sine = |share: f32| {
        let share = share.clamp(0.0, 1.0);
        let product = share * (1.0 - share);
        16.0 * product / (5.0 - 4.0 * product)
    };
    let cosine = if share <= 0.5 { sine(share + 0.5) } else { -sine(share - 0.5) };
    [cosine, sine(share)]
}

#[cfg(test)]
mod tests {
    use super::half_turn;

    #[test]
    fn the_half_turn_is_close_to_the_circle() {
        for step in 0..=100 {
            let share = step as f32 / 100.0;
            let [cos, sin] = half_turn(share);
            let angle = share * std::f32::consts::PI;
            assert!((cos - angle.cos()).abs() < 0.002, "{share}");
            assert!((sin - angle.sin()).abs() < 0.002, "{share}");
        }
    }
}
