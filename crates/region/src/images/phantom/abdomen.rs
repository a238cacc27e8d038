//! An upper abdomen after contrast: liver, spleen, kidneys, stomach, bowel.

use super::trunk::{ribs, spine, vessel};
use super::{Build, Solid, Tissue};
use crate::random::Random;

/// Lowest and highest slice of a usual scan.
pub(crate) const ABDOMEN_MM: [f32; 2] = [-110.0, 100.0];

/// The body.
pub(crate) fn abdomen(build: &Build) -> Vec<Solid> {
    let mut random = Random::new(build.seed, "abdomen");
    let ball = Solid::new;
    let mut body = vec![
        ball(Tissue::Skin, [0.0, 4.0, 0.0], [172.0, 118.0, 600.0]),
        ball(Tissue::Fat, [0.0, 4.0, 0.0], [170.0, 116.0, 600.0]),
        ball(Tissue::Muscle, [0.0, 6.0, 0.0], [152.0, 100.0, 600.0]),
        ball(Tissue::Fat, [0.0, -6.0, 0.0], [139.0, 84.0, 600.0]),
    ];
    for side in [-1.0, 1.0] {
        body.push(
            ball(Tissue::Muscle, [side * 34.0, 92.0, 0.0], [28.0, 20.0, 400.0])
                .along([1.0, 0.3 * -side]),
        );
        body.push(
            ball(Tissue::Muscle, [side * 30.0, 54.0, -120.0], [17.0, 19.0, 110.0])
                .leaning([-0.06 * side, 0.0]),
        );
        body.push(
            ball(Tissue::Muscle, [side * 40.0, -88.0, 0.0], [38.0, 7.0, 400.0])
                .along([1.0, 0.2 * side]),
        );
    }
    body.extend(bowel(&mut random));
    body.extend(stomach());
    body.extend(liver(build, &mut random));
    body.push(ball(Tissue::Spleen, [102.0, 34.0, 48.0], [24.0, 46.0, 48.0]).along([0.92, -0.35]));
    body.extend(pancreas());
    for side in [-1.0, 1.0] {
        body.extend(kidney(side));
    }
    let blood = |radius, places: &[[f32; 3]]| vessel(Tissue::Blood, radius, places);
    body.extend(blood(11.0, &[[10.0, 38.0, 220.0], [6.0, 38.0, -220.0]]));
    body.extend(blood(12.0, &[[-22.0, 30.0, 160.0], [-20.0, 38.0, -220.0]]));
    body.extend(blood(4.0, &[[6.0, 38.0, -6.0], [44.0, 40.0, -14.0]]));
    body.extend(blood(5.0, &[[-20.0, 38.0, -10.0], [-46.0, 42.0, -16.0]]));
    body.extend(blood(3.5, &[[7.0, 26.0, 10.0], [4.0, 8.0, -90.0]]));
    body.push(ball(Tissue::Calcification, [-4.0, 38.0, -60.0], [1.8, 4.0, 9.0]));
    body.extend(spine(66.0, 20.0, [-220.0, 220.0]));
    // Of the ribs the last ones, from where the chest's would be.
    body.extend(ribs([144.0, 94.0], 142.0 + 190.0, 6..12));
    body.iter().map(|solid| solid.scaled(build.size)).collect()
}

fn liver(build: &Build, random: &mut Random) -> Vec<Solid> {
    let ball = Solid::new;
    let mut parts = vec![
        ball(Tissue::Liver, [-66.0, 6.0, 46.0], [70.0, 74.0, 92.0]).along([0.95, 0.2]),
        ball(Tissue::Liver, [-78.0, 20.0, 0.0], [52.0, 56.0, 78.0]),
        ball(Tissue::Liver, [-6.0, -42.0, 62.0], [70.0, 32.0, 48.0]).along([0.97, -0.2]),
        ball(Tissue::Fat, [-20.0, -10.0, 28.0], [4.0, 24.0, 30.0]).along([0.6, 0.8]),
        ball(Tissue::Bowel, [-44.0, -50.0, 4.0], [17.0, 22.0, 30.0]),
        ball(Tissue::Water, [-44.0, -50.0, 4.0], [15.0, 20.0, 28.0]),
    ];
    let mut inner = vessel(Tissue::Blood, 6.0, &[[-22.0, 12.0, 24.0], [-58.0, 10.0, 40.0]]);
    inner.extend(vessel(Tissue::Blood, 4.5, &[[-58.0, 10.0, 40.0], [-100.0, 22.0, 28.0]]));
    inner.extend(vessel(Tissue::Blood, 4.5, &[[-58.0, 10.0, 40.0], [-94.0, -22.0, 58.0]]));
    for end in [[-104.0, 30.0, 74.0], [-70.0, -34.0, 78.0], [10.0, -44.0, 74.0]] {
        inner.extend(vessel(Tissue::Blood, 4.0, &[[-24.0, 26.0, 96.0], end]));
    }
    parts.extend(inner.into_iter().map(|solid| solid.only_in(Tissue::Liver)));
    if build.has_lesion {
        let place = [random.between(-110, -75) as f32, random.between(-15, 40) as f32, 40.0];
        parts.push(ball(Tissue::Blood, place, [18.0, 17.0, 16.0]).only_in(Tissue::Liver));
        parts.push(ball(Tissue::Tumour, place, [16.0, 15.0, 15.0]));
        parts.push(ball(Tissue::Water, [-50.0, 44.0, 52.0], [7.0; 3]).only_in(Tissue::Liver));
    }
    parts
}

fn kidney(side: f32) -> Vec<Solid> {
    let ball = Solid::new;
    let place = [side * 66.0, 44.0, -16.0];
    let mut parts = vec![
        ball(Tissue::Fat, place, [36.0, 36.0, 66.0]),
        ball(Tissue::KidneyCortex, place, [26.0, 28.0, 54.0]).along([0.9, 0.4 * side]),
    ];
    for level in 0..5 {
        let z = -50.0 + level as f32 * 17.0;
        for (dx, dy) in [(9.0, 9.0), (10.0, -8.0), (0.0, 17.0), (-2.0, -16.0)] {
            let center = [place[0] + side * dx, place[1] + dy, z];
            parts.push(
                ball(Tissue::KidneyMedulla, center, [6.5, 5.0, 7.0]).only_in(Tissue::KidneyCortex),
            );
        }
    }
    parts.push(ball(Tissue::Fat, [place[0] - side * 12.0, 44.0, -16.0], [16.0, 9.0, 26.0]));
    parts.push(ball(Tissue::Blood, [place[0] - side * 14.0, 42.0, -16.0], [14.0, 3.0, 4.0]));
    parts
}

/// Fluid with its gas in front: the patient lies on the back.
fn stomach() -> Vec<Solid> {
    let ball = Solid::new;
    let mut parts = Vec::new();
    for (tissue, less) in [(Tissue::Bowel, 0.0), (Tissue::Water, 5.0)] {
        parts.push(ball(tissue, [58.0, -16.0, 62.0], [42.0 - less, 46.0 - less, 44.0 - less]));
        parts.push(ball(tissue, [34.0, -48.0, 34.0], [48.0 - less, 24.0 - less, 34.0 - less]));
    }
    parts.push(ball(Tissue::Air, [56.0, -66.0, 58.0], [44.0, 32.0, 40.0]).only_in(Tissue::Water));
    parts
}

fn pancreas() -> Vec<Solid> {
    let places = [[-26.0, -4.0, 4.0], [0.0, -10.0, 14.0], [34.0, 4.0, 24.0], [74.0, 20.0, 34.0]];
    let mut parts = vessel(Tissue::Muscle, 9.0, &places);
    parts.extend(vessel(
        Tissue::Blood,
        3.5,
        &[[-16.0, 8.0, 14.0], [34.0, 16.0, 26.0], [84.0, 28.0, 40.0]],
    ));
    parts
}

fn bowel(random: &mut Random) -> Vec<Solid> {
    const LOOPS: usize = 46;
    let mut parts = Vec::new();
    for at in 0..LOOPS {
        let place = [
            random.between(-105, 105) as f32,
            random.between(-62, 18) as f32,
            random.between(-170, -8) as f32,
        ];
        let radius = random.between(11, 18) as f32;
        let long = radius * random.between(10, 22) as f32 / 10.0;
        let direction = [random.between(-10, 10) as f32, random.between(-10, 10) as f32 + 0.5];
        let solid = |tissue, less: f32| {
            Solid::new(tissue, place, [long - less, radius - less, radius - less]).along(direction)
        };
        parts.push(solid(Tissue::Bowel, 0.0));
        parts.push(solid(Tissue::Water, 4.0));
        if at % 3 == 0 {
            let gas = [place[0], place[1] - radius * 0.5, place[2]];
            parts.push(
                Solid::new(Tissue::Air, gas, [long, radius * 0.7, radius]).only_in(Tissue::Water),
            );
        }
    }
    for side in [-1.0, 1.0] {
        parts.push(Solid::new(Tissue::Bowel, [side * 112.0, 6.0, -70.0], [20.0, 22.0, 80.0]));
        parts.push(Solid::new(Tissue::Bowel, [side * 112.0, 6.0, -70.0], [17.0, 19.0, 78.0]));
        parts.push(Solid::new(Tissue::Air, [side * 112.0, -4.0, -70.0], [15.0, 11.0, 76.0]));
    }
    parts
}
