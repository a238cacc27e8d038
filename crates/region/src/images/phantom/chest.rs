//! A chest: lungs with their vessels, heart and great vessels, ribs, shoulders.

use super::trunk::{ribs, spine, vessel};
use super::{Build, Solid, Tissue, tube};
use crate::random::Random;

/// Lowest and highest slice of a usual chest scan.
pub(crate) const CHEST_MM: [f32; 2] = [-150.0, 130.0];

/// The body.
pub(crate) fn chest(build: &Build) -> Vec<Solid> {
    let mut random = Random::new(build.seed, "chest");
    let mut body = wall();
    body.extend(lungs());
    body.extend(mediastinum());
    body.extend(below_the_diaphragm());
    body.extend(lung_vessels(&mut random));
    if build.has_lesion {
        let side = if random.chance(50) { 1.0 } else { -1.0 };
        let place = [side * 88.0, random.between(-20, 25) as f32, random.between(10, 45) as f32];
        body.extend(nodule(place));
    }
    body.extend(bones());
    body.iter().map(|solid| solid.scaled(build.size)).collect()
}

fn wall() -> Vec<Solid> {
    let ball = Solid::new;
    let mut wall = Vec::new();
    for (tissue, less) in [(Tissue::Skin, 0.0), (Tissue::Fat, 2.0), (Tissue::Muscle, 15.0)] {
        wall.push(ball(tissue, [0.0, 4.0, -40.0], [172.0 - less, 116.0 - less, 460.0]));
        wall.push(ball(tissue, [0.0, 14.0, 158.0], [215.0 - less, 84.0 - less, 84.0 - less]));
        wall.push(ball(tissue, [0.0, 16.0, 230.0], [66.0 - less / 2.0, 62.0 - less / 2.0, 140.0]));
        for side in [-1.0, 1.0] {
            wall.push(ball(
                tissue,
                [side * 70.0, -88.0, 0.0],
                [58.0 - less, 36.0 - less, 56.0 - less],
            ));
        }
    }
    // The wall between the ribs, and fat between the muscles of the back.
    for side in [-1.0, 1.0] {
        wall.push(
            ball(Tissue::Fat, [side * 118.0, 42.0, 60.0], [5.0, 38.0, 80.0])
                .along([1.0, 0.5 * side]),
        );
        wall.push(
            ball(Tissue::Fat, [side * 78.0, -86.0, 20.0], [52.0, 3.0, 60.0])
                .along([1.0, 0.3 * side]),
        );
    }
    wall
}

fn lungs() -> Vec<Solid> {
    let ball = Solid::new;
    let mut lungs = Vec::new();
    for (side, width) in [(-1.0, 62.0), (1.0, 58.0)] {
        let air = |center, radii| ball(Tissue::Lung, center, radii);
        lungs.push(air([side * 74.0, 2.0, -20.0], [width, 80.0, 145.0]));
        lungs.push(air([side * 64.0, 36.0, -45.0], [width - 4.0, 54.0, 120.0]));
        lungs.push(air([side * 62.0, -30.0, 0.0], [width - 10.0, 52.0, 105.0]));
        lungs.push(air([side * 56.0, 14.0, 60.0], [46.0, 60.0, 82.0]));
    }
    lungs
}

fn mediastinum() -> Vec<Solid> {
    let ball = Solid::new;
    let mut parts = vec![
        ball(Tissue::Fat, [0.0, -6.0, 55.0], [30.0, 62.0, 95.0]),
        ball(Tissue::Fat, [4.0, -10.0, -40.0], [34.0, 74.0, 80.0]),
        ball(Tissue::Fat, [18.0, -30.0, -58.0], [62.0, 54.0, 58.0]).along([0.85, 0.5]),
        ball(Tissue::Muscle, [20.0, -28.0, -58.0], [57.0, 48.0, 53.0]).along([0.85, 0.5]),
        ball(Tissue::Blood, [36.0, -26.0, -62.0], [32.0, 24.0, 36.0]).along([0.85, 0.5]),
        ball(Tissue::Blood, [-4.0, -42.0, -58.0], [34.0, 22.0, 38.0]).along([0.85, 0.5]),
        ball(Tissue::Blood, [2.0, 4.0, -40.0], [34.0, 18.0, 24.0]),
        ball(Tissue::Blood, [-34.0, -18.0, -52.0], [16.0, 24.0, 28.0]),
    ];
    let blood = |radius, places: &[[f32; 3]]| vessel(Tissue::Blood, radius, places);
    parts.extend(blood(15.0, &[[0.0, -18.0, -36.0], [-8.0, -26.0, 30.0], [-4.0, -18.0, 48.0]]));
    parts.extend(blood(13.0, &[[-4.0, -18.0, 48.0], [8.0, 2.0, 60.0], [20.0, 26.0, 46.0]]));
    parts.extend(blood(12.0, &[[20.0, 26.0, 46.0], [22.0, 38.0, 0.0], [14.0, 38.0, -260.0]]));
    parts.extend(blood(9.0, &[[-25.0, -16.0, 100.0], [-25.0, -14.0, -30.0]]));
    parts.extend(blood(13.0, &[[14.0, -38.0, -12.0], [12.0, -22.0, 22.0]]));
    parts.extend(blood(9.5, &[[10.0, -14.0, 20.0], [-14.0, -2.0, 16.0], [-48.0, 8.0, 6.0]]));
    parts.extend(blood(9.5, &[[12.0, -16.0, 24.0], [46.0, 12.0, 14.0]]));
    parts.extend(blood(5.0, &[[-2.0, -14.0, 66.0], [-22.0, -6.0, 130.0]]));
    parts.extend(blood(4.5, &[[8.0, -2.0, 68.0], [20.0, -4.0, 130.0]]));
    // Two walls, then the air in them: the air of one must not be closed by another's wall.
    let airways: [(f32, &[[f32; 3]]); 3] = [
        (9.0, &[[0.0, 14.0, 230.0], [2.0, 18.0, 26.0]]),
        (7.0, &[[2.0, 18.0, 26.0], [-24.0, 20.0, 4.0], [-50.0, 24.0, -14.0]]),
        (6.5, &[[2.0, 18.0, 26.0], [30.0, 22.0, 0.0], [52.0, 28.0, -16.0]]),
    ];
    for (tissue, less) in [(Tissue::Muscle, 0.0), (Tissue::Air, 1.8)] {
        for (radius, places) in airways {
            parts.extend(vessel(tissue, radius - less, places));
        }
    }
    parts.extend(vessel(Tissue::Muscle, 6.5, &[[6.0, 36.0, 160.0], [10.0, 32.0, -160.0]]));
    parts.push(ball(Tissue::Air, [7.0, 35.0, 40.0], [1.8, 1.4, 50.0]));
    parts
}

fn below_the_diaphragm() -> Vec<Solid> {
    let ball = Solid::new;
    vec![
        ball(Tissue::Liver, [-58.0, 2.0, -178.0], [84.0, 82.0, 78.0]),
        ball(Tissue::Liver, [0.0, -30.0, -182.0], [62.0, 44.0, 60.0]),
        ball(Tissue::Fat, [70.0, 0.0, -186.0], [68.0, 78.0, 70.0]),
        ball(Tissue::Spleen, [96.0, 36.0, -176.0], [26.0, 42.0, 46.0]).along([1.0, 0.3]),
        ball(Tissue::Bowel, [62.0, -18.0, -164.0], [40.0, 40.0, 38.0]),
        ball(Tissue::Air, [62.0, -30.0, -152.0], [30.0, 24.0, 20.0]),
    ]
}

/// Branches from the roots of the lungs outwards, each parting twice.
fn lung_vessels(random: &mut Random) -> Vec<Solid> {
    const BRANCHES: usize = 26;
    let mut solids = Vec::new();
    let mut jitter = |size: i64| random.between(-size, size) as f32;
    for side in [-1.0, 1.0] {
        let root = [side * 42.0, 12.0, 4.0];
        for branch in 0..BRANCHES {
            let share = branch as f32 / BRANCHES as f32;
            let [cos, sin] = super::trunk::half_turn((share * 3.7) % 1.0);
            let end = [
                side * (78.0 + 34.0 * sin) + jitter(8),
                cos * 62.0 + jitter(12),
                -118.0 + share * 225.0 + jitter(10),
            ];
            let middle =
                [0, 1, 2].map(|axis| root[axis] + (end[axis] - root[axis]) * 0.55 + jitter(5));
            let red = |from, to, radii| {
                tube(Tissue::Blood, from, to, radii).map(|solid| solid.only_in(Tissue::Lung))
            };
            solids.extend(red(root, middle, [3.8, 2.3]));
            for _ in 0..3 {
                let near = [end[0] + jitter(22), end[1] + jitter(24), end[2] + jitter(20)];
                let half = [0, 1, 2].map(|axis| (middle[axis] + near[axis]) / 2.0 + jitter(4));
                solids.extend(red(middle, half, [2.1, 1.5]));
                solids.extend(red(half, near, [1.5, 0.8]));
                let twig = [near[0] + jitter(20), near[1] + jitter(20), near[2] + jitter(16)];
                solids.extend(red(half, twig, [1.2, 0.7]));
            }
        }
    }
    solids
}

/// A round shadow with spicules.
fn nodule(place: [f32; 3]) -> Vec<Solid> {
    let mut solids = vec![Solid::new(Tissue::Tumour, place, [9.0, 8.0, 8.5]).only_in(Tissue::Lung)];
    for (dx, dy) in [(1.0, 0.2), (-0.7, 0.8), (0.3, -1.0), (-0.9, -0.5)] {
        let end = [place[0] + dx * 15.0, place[1] + dy * 15.0, place[2] + 4.0];
        solids.extend(
            tube(Tissue::Tumour, place, end, [1.6, 0.6]).map(|solid| solid.only_in(Tissue::Lung)),
        );
    }
    solids
}

fn bones() -> Vec<Solid> {
    let mut bones = spine(60.0, 16.0, [-270.0, 250.0]);
    bones.extend(ribs([141.0, 98.0], 142.0, 0..11));
    for (tissue, less) in [(Tissue::Bone, 0.0), (Tissue::Marrow, 1.8)] {
        bones.push(
            Solid::new(tissue, [0.0, -96.0, 20.0], [17.0 - less, 6.5 - less, 82.0])
                .leaning([0.0, -0.1]),
        );
        for side in [-1.0, 1.0] {
            bones.push(
                Solid::new(tissue, [side * 112.0, 74.0, 74.0], [44.0, 5.0 - less, 66.0 - less])
                    .along([1.0, -0.55 * side]),
            );
            bones.push(Solid::new(
                tissue,
                [side * 158.0, 22.0, 128.0],
                [25.0 - less, 24.0 - less, 26.0 - less],
            ));
            bones.extend(
                tube(
                    tissue,
                    [side * 14.0, -82.0, 118.0],
                    [side * 132.0, -6.0, 146.0],
                    [7.0 - less, 6.0 - less],
                )
                .map(|solid| if less > 0.0 { solid.only_in(Tissue::Bone) } else { solid }),
            );
        }
    }
    bones
}
