//! Ellipsoids and how a slice of them is painted.

use super::Tissue;

/// An ellipsoid, turned within the axial plane and sheared along the body's axis.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Solid {
    center_mm: [f32; 3],
    radii_mm: [f32; 3],
    /// Cosine and sine of the turn within the plane.
    turn: [f32; 2],
    /// How far x and y move with each millimetre of z.
    lean: [f32; 2],
    tissue: Tissue,
    within: Option<Tissue>,
}

impl Solid {
    /// An upright ellipsoid.
    pub(crate) fn new(tissue: Tissue, center_mm: [f32; 3], radii_mm: [f32; 3]) -> Solid {
        Solid { center_mm, radii_mm, turn: [1.0, 0.0], lean: [0.0, 0.0], tissue, within: None }
    }

    /// Turned so that its first axis points along `direction` in the plane.
    pub(crate) fn along(self, direction: [f32; 2]) -> Solid {
        let [x, y] = direction;
        let length = (x * x + y * y).sqrt().max(f32::EPSILON);
        Solid { turn: [x / length, y / length], ..self }
    }

    /// Moving by so many millimetres of x and y with each millimetre of z.
    pub(crate) fn leaning(self, lean: [f32; 2]) -> Solid {
        Solid { lean, ..self }
    }

    /// Painted only where that tissue stands.
    pub(crate) fn only_in(self, tissue: Tissue) -> Solid {
        Solid { within: Some(tissue), ..self }
    }

    /// The same, larger or smaller about the origin.
    pub(crate) fn scaled(self, factor: f32) -> Solid {
        Solid {
            center_mm: self.center_mm.map(|part| part * factor),
            radii_mm: self.radii_mm.map(|part| part * factor),
            ..self
        }
    }
}

/// A chain of balls from one place to another.
pub(crate) fn tube(
    tissue: Tissue,
    from: [f32; 3],
    to: [f32; 3],
    radii_mm: [f32; 2],
) -> impl Iterator<Item = Solid> {
    let difference = [to[0] - from[0], to[1] - from[1], to[2] - from[2]];
    let length = difference.iter().map(|part| part * part).sum::<f32>().sqrt();
    let thinnest = radii_mm[0].min(radii_mm[1]).max(0.5);
    let count = (length / (thinnest * 0.7)).ceil().clamp(1.0, 200.0) as usize;
    (0..=count).map(move |at| {
        let share = at as f32 / count as f32;
        let place = |axis: usize| from[axis] + difference[axis] * share;
        let radius = radii_mm[0] + (radii_mm[1] - radii_mm[0]) * share;
        Solid::new(tissue, [place(0), place(1), place(2)], [radius; 3])
    })
}

/// Pixels of an axial slice about the body's axis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Grid {
    pub(crate) columns: usize,
    pub(crate) rows: usize,
    pub(crate) spacing_mm: f32,
}

impl Grid {
    /// Pixels of the slice.
    pub(crate) fn len(&self) -> usize {
        self.columns * self.rows
    }

    /// The centre of the first pixel: x and y of ImagePositionPatient.
    pub(crate) fn origin_mm(&self) -> [f32; 2] {
        [self.columns, self.rows].map(|count| -(count as f32 - 1.0) / 2.0 * self.spacing_mm)
    }
}

/// Paints the slice of a body at a height over air.
pub(crate) fn paint(body: &[Solid], grid: &Grid, z_mm: f32, slice: &mut Vec<Tissue>) {
    slice.clear();
    slice.resize(grid.len(), Tissue::Air);
    for solid in body {
        solid.paint(grid, z_mm, slice);
    }
}

impl Solid {
    fn paint(&self, grid: &Grid, z_mm: f32, slice: &mut [Tissue]) {
        let [center_x, center_y, center_z] = self.center_mm;
        let height = (z_mm - center_z) / self.radii_mm[2];
        if height * height >= 1.0 {
            return;
        }
        let cut = (1.0 - height * height).sqrt();
        let [a, b] = [self.radii_mm[0] * cut, self.radii_mm[1] * cut].map(|r| 1.0 / (r * r));
        let [cos, sin] = self.turn;
        // u²·a + v²·b ≤ 1, with u and v the turned offsets, as a quadratic in the offset of x.
        let squared = cos * cos * a + sin * sin * b;
        let mixed = 2.0 * cos * sin * (a - b);
        let of_y = sin * sin * a + cos * cos * b;
        let [origin_x, origin_y] = grid.origin_mm();
        let center_x = center_x + self.lean[0] * (z_mm - center_z);
        let center_y = center_y + self.lean[1] * (z_mm - center_z);
        let reach =
            (squared / (squared * of_y - mixed * mixed / 4.0).max(f32::MIN_POSITIVE)).sqrt();
        let rows = span([center_y - reach, center_y + reach], origin_y, grid.spacing_mm, grid.rows);
        for row in rows {
            let y = origin_y + row as f32 * grid.spacing_mm - center_y;
            let root = mixed * mixed * y * y - 4.0 * squared * (of_y * y * y - 1.0);
            if root < 0.0 {
                continue;
            }
            let half = root.sqrt() / (2.0 * squared);
            let middle = center_x - mixed * y / (2.0 * squared);
            let columns =
                span([middle - half, middle + half], origin_x, grid.spacing_mm, grid.columns);
            let start = row * grid.columns;
            let line = slice.get_mut(start + columns.start..start + columns.end);
            self.fill(line.unwrap_or_default());
        }
    }

    fn fill(&self, line: &mut [Tissue]) {
        match self.within {
            None => line.fill(self.tissue),
            Some(within) => {
                for place in line.iter_mut().filter(|place| **place == within) {
                    *place = self.tissue;
                }
            }
        }
    }
}

/// The pixels whose centres lie between two places of an axis.
fn span(
    ends_mm: [f32; 2],
    origin_mm: f32,
    spacing_mm: f32,
    count: usize,
) -> std::ops::Range<usize> {
    let place = |mm: f32| ((mm - origin_mm) / spacing_mm).ceil().clamp(0.0, count as f32) as usize;
    let [start, end] = ends_mm.map(place);
    start..end.max(start)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GRID: Grid = Grid { columns: 101, rows: 101, spacing_mm: 1.0 };

    fn area(solid: Solid, z_mm: f32) -> usize {
        let mut slice = Vec::new();
        paint(&[solid], &GRID, z_mm, &mut slice);
        slice.iter().filter(|tissue| **tissue == Tissue::Bone).count()
    }

    #[test]
    fn an_ellipse_has_its_area_however_it_is_turned() {
        let solid = Solid::new(Tissue::Bone, [3.0, -4.0, 0.0], [30.0, 10.0, 20.0]);
        let expected = std::f32::consts::PI * 300.0;
        for direction in [[1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [-0.3, 0.8]] {
            let found = area(solid.along(direction), 0.0) as f32;
            assert!((found - expected).abs() < expected * 0.02, "{direction:?}: {found}");
        }
        let higher = area(solid, 10.0) as f32;
        assert!((higher - expected * 0.75).abs() < expected * 0.02, "{higher}");
        assert_eq!(area(solid, 20.0), 0);
    }

    #[test]
    fn what_is_limited_to_a_tissue_leaves_the_rest() {
        let outer = Solid::new(Tissue::Fat, [0.0; 3], [20.0; 3]);
        let inner = Solid::new(Tissue::Bone, [20.0, 0.0, 0.0], [10.0; 3]).only_in(Tissue::Fat);
        let mut slice = Vec::new();
        paint(&[outer, inner], &GRID, 0.0, &mut slice);
        let bone = slice.iter().filter(|tissue| **tissue == Tissue::Bone).count();
        assert!((100..200).contains(&bone), "{bone}");
        assert_eq!(slice[50 * 101 + 75], Tissue::Air, "outside of the fat");
    }

    #[test]
    fn a_tube_is_without_gaps_and_leans_as_told() {
        let solids: Vec<Solid> =
            tube(Tissue::Bone, [-20.0, 0.0, -30.0], [20.0, 0.0, 30.0], [4.0, 2.0]).collect();
        for z in -30..=30 {
            let mut slice = Vec::new();
            paint(&solids, &GRID, z as f32, &mut slice);
            assert!(slice.contains(&Tissue::Bone), "{z}");
        }
        let leaning = Solid::new(Tissue::Bone, [0.0; 3], [5.0, 5.0, 40.0]).leaning([0.5, 0.0]);
        let mut slice = Vec::new();
        paint(&[leaning], &GRID, 20.0, &mut slice);
        assert_eq!(slice[50 * 101 + 60], Tissue::Bone);
        assert_eq!(slice[50 * 101 + 50], Tissue::Air);
    }
}
