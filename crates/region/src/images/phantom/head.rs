//! A head: scalp, skull, brain with its furrows and ventricles, orbits, base.

use super::trunk::half_turn;
use super::{Build, Solid, Tissue};
use crate::random::Random;

/// Lowest and highest slice of a usual scan.
pub(crate) const HEAD_MM: [f32; 2] = [-62.0, 88.0];

/// The body.
pub(crate) fn head(build: &Build) -> Vec<Solid> {
    let mut random = Random::new(build.seed, "head");
    let mut body = skull();
    body.extend(furrows(&mut random));
    body.extend(deep_nuclei());
    body.extend(midline());
    body.extend(below_the_tentorium(&mut random));
    if build.has_lesion {
        let side = if random.chance(50) { 1.0 } else { -1.0 };
        body.extend(bleeding(side));
    }
    body.extend(spots(&mut random));
    body.extend(base());
    body.iter().map(|solid| solid.scaled(build.size)).collect()
}

fn skull() -> Vec<Solid> {
    let shells = [
        (Tissue::Skin, 0.0),
        (Tissue::Fat, 1.6),
        (Tissue::Muscle, 4.6),
        (Tissue::Bone, 6.4),
        (Tissue::Marrow, 8.4),
        (Tissue::Bone, 10.8),
        (Tissue::Csf, 12.6),
        (Tissue::Gray, 14.6),
        (Tissue::White, 18.6),
    ];
    let shell = |(tissue, less): (Tissue, f32)| {
        Solid::new(tissue, [0.0, 0.0, -6.0], [78.0 - less, 97.0 - less, 102.0 - less])
    };
    shells.map(shell).to_vec()
}

/// Furrows with the cortex that lines them.
fn furrows(random: &mut Random) -> Vec<Solid> {
    const RINGS: usize = 11;
    const EACH: usize = 22;
    let mut linings = Vec::new();
    let mut clefts = Vec::new();
    for ring in 0..RINGS {
        let z = -42.0 + ring as f32 * 12.0;
        let height = (z + 6.0) / 86.0;
        let cut = (1.0 - height * height).max(0.05).sqrt();
        for at in 0..EACH {
            let offset = random.between(-30, 30) as f32 / 100.0;
            let share = 2.0 * (at as f32 + 0.5 + offset) / EACH as f32;
            let [cos, sin] = if share <= 1.0 {
                half_turn(share)
            } else {
                half_turn(share - 1.0).map(|part| -part)
            };
            let deep = random.between(9, 17) as f32;
            let place = [61.0 * cut * cos, 80.0 * cut * sin, z + random.between(-4, 4) as f32];
            let slant = random.between(-35, 35) as f32 / 100.0;
            let direction = [cos - slant * sin, sin + slant * cos];
            let solid = |tissue, long: f32, thick: f32| {
                Solid::new(tissue, place, [long, thick, 9.0]).along(direction)
            };
            linings.push(solid(Tissue::Gray, deep + 3.0, 4.2).only_in(Tissue::White));
            clefts.push(solid(Tissue::Csf, deep, 0.95).only_in(Tissue::Gray));
        }
    }
    linings.extend(clefts);
    // The lateral fissures.
    for side in [-1.0, 1.0] {
        let insula = Solid::new(Tissue::Gray, [side * 42.0, -10.0, 4.0], [13.0, 8.0, 18.0]);
        linings.push(insula.along([1.0, 0.25 * side]).only_in(Tissue::White));
        let cleft = Solid::new(Tissue::Csf, [side * 52.0, -12.0, 2.0], [16.0, 2.2, 18.0]);
        linings.push(cleft.along([1.0, 0.25 * side]).only_in(Tissue::Gray));
    }
    linings
}

fn deep_nuclei() -> Vec<Solid> {
    let ball = Solid::new;
    let mut parts = Vec::new();
    for side in [-1.0, 1.0] {
        parts.push(
            ball(Tissue::Gray, [side * 25.0, -6.0, 6.0], [7.0, 16.0, 11.0])
                .along([1.0, 0.25 * side]),
        );
        parts.push(
            ball(Tissue::Gray, [side * 11.0, 6.0, 7.0], [8.0, 14.0, 10.0]).along([1.0, 0.3 * side]),
        );
        parts.push(ball(Tissue::Gray, [side * 14.5, -25.0, 12.0], [5.0, 8.0, 12.0]));
        parts.push(
            ball(Tissue::Csf, [side * 8.0, -28.0, 15.0], [3.6, 13.0, 10.0])
                .along([1.0, 0.3 * side]),
        );
        parts
            .push(ball(Tissue::Csf, [side * 10.0, -2.0, 24.0], [4.4, 30.0, 6.5]).along([1.0, 0.0]));
        parts.push(
            ball(Tissue::Csf, [side * 20.0, 30.0, 14.0], [5.0, 18.0, 11.0])
                .along([1.0, -0.35 * side]),
        );
        parts.push(
            ball(Tissue::Csf, [side * 30.0, 16.0, -12.0], [3.4, 14.0, 5.0])
                .along([1.0, -0.5 * side]),
        );
        parts.push(ball(Tissue::Calcification, [side * 19.0, 27.0, 15.0], [2.4, 3.6, 3.0]));
    }
    parts.push(ball(Tissue::Csf, [0.0, 2.0, 3.0], [2.2, 13.0, 9.0]));
    parts.push(ball(Tissue::Calcification, [0.0, 22.0, 8.0], [2.2, 2.6, 2.4]));
    parts
}

/// The fissure between the halves and the falx in it.
fn midline() -> Vec<Solid> {
    let ball = Solid::new;
    let mut parts = Vec::new();
    for (y, long) in [(-62.0, 26.0), (62.0, 26.0)] {
        parts.push(ball(Tissue::Gray, [0.0, y, 20.0], [6.0, long, 64.0]).only_in(Tissue::White));
        parts.push(ball(Tissue::Csf, [0.0, y, 20.0], [1.6, long, 64.0]).only_in(Tissue::Gray));
    }
    parts.push(ball(Tissue::Gray, [0.0, 0.0, 70.0], [6.0, 78.0, 38.0]).only_in(Tissue::White));
    parts.push(ball(Tissue::Csf, [0.0, 0.0, 72.0], [1.6, 78.0, 36.0]).only_in(Tissue::Gray));
    parts.push(ball(Tissue::Dura, [0.0, -64.0, 22.0], [0.8, 24.0, 60.0]).only_in(Tissue::Csf));
    parts.push(ball(Tissue::Dura, [0.0, 64.0, 22.0], [0.8, 24.0, 60.0]).only_in(Tissue::Csf));
    parts.push(ball(Tissue::Dura, [0.0, 0.0, 74.0], [0.8, 80.0, 34.0]).only_in(Tissue::Csf));
    parts
}

fn below_the_tentorium(random: &mut Random) -> Vec<Solid> {
    let ball = Solid::new;
    let mut parts = vec![
        ball(Tissue::Dura, [0.0, 52.0, -30.0], [52.0, 38.0, 22.0]).only_in(Tissue::Gray),
        ball(Tissue::Csf, [0.0, 50.0, -40.0], [53.0, 36.0, 27.0]),
        ball(Tissue::Gray, [0.0, 50.0, -40.0], [50.0, 34.0, 26.0]),
        ball(Tissue::White, [-22.0, 46.0, -40.0], [16.0, 16.0, 13.0]),
        ball(Tissue::White, [22.0, 46.0, -40.0], [16.0, 16.0, 13.0]),
        ball(Tissue::Csf, [0.0, 8.0, -30.0], [22.0, 14.0, 9.0]),
        ball(Tissue::White, [0.0, 18.0, -36.0], [14.5, 12.5, 40.0]),
        ball(Tissue::Csf, [0.0, 33.0, -34.0], [7.0, 4.5, 10.0]),
        ball(Tissue::Blood, [0.0, 5.0, -34.0], [1.8, 1.8, 12.0]),
    ];
    for _ in 0..26 {
        let place = [
            random.between(-44, 44) as f32,
            random.between(36, 78) as f32,
            random.between(-60, -20) as f32,
        ];
        let leaf = ball(Tissue::Csf, place, [random.between(6, 12) as f32, 0.7, 5.0]);
        parts.push(leaf.only_in(Tissue::Gray));
    }
    parts
}

/// A bleeding into the basal ganglia with its oedema.
fn bleeding(side: f32) -> Vec<Solid> {
    let place = [side * 29.0, -2.0, 12.0];
    let ball = |tissue, radii| Solid::new(tissue, place, radii).along([1.0, 0.25 * side]);
    vec![
        ball(Tissue::Edema, [19.0, 26.0, 21.0]).only_in(Tissue::White),
        ball(Tissue::Edema, [19.0, 26.0, 21.0]).only_in(Tissue::Gray),
        ball(Tissue::Clot, [13.0, 20.0, 15.0]),
        Solid::new(Tissue::Clot, [place[0] - side * 5.0, 12.0, 14.0], [8.0, 9.0, 8.0]),
    ]
}

/// Small spots in the white matter, as age leaves them.
fn spots(random: &mut Random) -> Vec<Solid> {
    (0..14)
        .map(|at| {
            let side = if at % 2 == 0 { 1.0 } else { -1.0 };
            let place = [
                side * random.between(18, 36) as f32,
                random.between(-44, 44) as f32,
                random.between(18, 44) as f32,
            ];
            let radius = random.between(15, 40) as f32 / 10.0;
            Solid::new(Tissue::Edema, place, [radius, radius * 1.3, radius]).only_in(Tissue::White)
        })
        .collect()
}

fn base() -> Vec<Solid> {
    let ball = Solid::new;
    let mut parts = vec![
        ball(Tissue::Bone, [0.0, -62.0, -58.0], [26.0, 28.0, 24.0]),
        ball(Tissue::Air, [-7.0, -64.0, -58.0], [5.6, 22.0, 20.0]),
        ball(Tissue::Air, [7.0, -64.0, -58.0], [5.6, 22.0, 20.0]),
        ball(Tissue::Bone, [0.0, -30.0, -52.0], [20.0, 13.0, 12.0]),
        ball(Tissue::Air, [0.0, -32.0, -54.0], [12.0, 9.0, 9.0]),
        ball(Tissue::Bone, [0.0, -84.0, -24.0], [24.0, 7.0, 14.0]),
        ball(Tissue::Air, [-9.0, -84.0, -24.0], [7.0, 3.6, 10.0]),
        ball(Tissue::Air, [9.0, -84.0, -24.0], [8.0, 3.6, 11.0]),
        ball(Tissue::Skin, [0.0, -104.0, -66.0], [14.0, 16.0, 22.0]),
    ];
    for side in [-1.0, 1.0] {
        parts.push(
            ball(Tissue::Bone, [side * 34.0, -66.0, -46.0], [22.0, 26.0, 20.0])
                .along([1.0, 0.2 * side]),
        );
        parts.push(
            ball(Tissue::Fat, [side * 34.0, -68.0, -46.0], [19.0, 24.0, 17.5])
                .along([1.0, 0.2 * side]),
        );
        parts.push(
            ball(Tissue::Muscle, [side * 27.0, -56.0, -46.0], [2.0, 18.0, 6.0])
                .along([1.0, 0.35 * side]),
        );
        parts.push(
            ball(Tissue::Muscle, [side * 42.0, -58.0, -46.0], [1.8, 16.0, 6.0])
                .along([1.0, -0.1 * side]),
        );
        parts.push(
            ball(Tissue::Muscle, [side * 34.0, -56.0, -46.0], [2.0, 18.0, 3.0])
                .along([1.0, 0.2 * side]),
        );
        parts.push(ball(Tissue::Dura, [side * 34.0, -80.0, -46.0], [12.6; 3]));
        parts.push(ball(Tissue::Water, [side * 34.0, -80.0, -46.0], [11.6; 3]));
        parts.push(ball(Tissue::Tumour, [side * 34.0, -89.0, -46.0], [4.6, 2.2, 4.6]));
        parts.push(
            ball(Tissue::Bone, [side * 36.0, 12.0, -50.0], [27.0, 8.5, 11.0])
                .along([1.0, -0.55 * side]),
        );
        parts.push(ball(Tissue::Bone, [side * 58.0, 26.0, -50.0], [12.0, 15.0, 18.0]));
        for at in 0..7 {
            let [dx, dy] = [(at % 3) as f32 * 5.0 - 5.0, (at / 3) as f32 * 7.0 - 7.0];
            let place = [side * 58.0 + dx, 26.0 + dy, -50.0 + (at % 2) as f32 * 4.0];
            parts.push(ball(Tissue::Air, place, [2.2, 3.0, 6.0]).only_in(Tissue::Bone));
        }
        parts.push(
            ball(Tissue::Skin, [side * 80.0, 10.0, -46.0], [4.0, 12.0, 22.0])
                .along([1.0, 0.4 * side]),
        );
    }
    parts
}
