//! Ultrasound: a fan of speckle that moves from frame to frame, with flow in colour.

use super::Noise;
use super::section::smooth;

/// The picture of a convex probe.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fan {
    pub(crate) columns: usize,
    pub(crate) rows: usize,
    pub(crate) frames: usize,
}

/// Whether flow is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Doppler {
    Off,
    Colour,
}

/// Rays and samples of a ray in the speckle's own grid.
const RAYS: usize = 256;
const SAMPLES: usize = 512;
/// Half of the opening, as its tangent.
const OPENING: f32 = 0.72;

/// One frame as RGB, three bytes a pixel.
pub(crate) fn frame(fan: &Fan, number: usize, doppler: Doppler, noise: &Noise) -> Vec<u8> {
    let speckle = speckle(noise);
    let beat = beat(number, fan.frames);
    let scale = fan.rows as f32;
    let mut pixels = Vec::with_capacity(fan.columns * fan.rows * 3);
    for row in 0..fan.rows {
        for column in 0..fan.columns {
            // In heights of the picture, the probe's centre above its upper edge.
            let x = (column as f32 - fan.columns as f32 / 2.0) / scale;
            let y = row as f32 / scale + 0.16;
            pixels.extend(pixel(x, y, beat, doppler, &speckle));
        }
    }
    scale_bar(fan, &mut pixels);
    pixels
}

fn pixel(x: f32, y: f32, beat: f32, doppler: Doppler, speckle: &[i32]) -> [u8; 3] {
    let distance = (x * x + y * y).sqrt();
    let slope = x / y;
    if !(0.24..1.12).contains(&distance) || slope.abs() > OPENING {
        return [0; 3];
    }
    let depth = (distance - 0.24) / 0.88;
    let moved = depth + 0.012 * beat;
    let ray = ((slope / OPENING + 1.0) / 2.0 * (RAYS - 1) as f32) as usize;
    let sample = ((moved.clamp(0.0, 1.0)) * (SAMPLES - 1) as f32) as usize;
    let grain = speckle.get(sample * RAYS + ray).copied().unwrap_or_default() as f32 / 100.0;
    let place = [x, y + 0.012 * beat];
    let gain = 1.06 - 0.42 * depth;
    let brightness = (echo(place, beat) * gain * grain).clamp(0.0, 250.0) as u8;
    if doppler == Doppler::Colour
        && let Some(colour) = flow(place, beat, grain)
    {
        return colour;
    }
    [brightness; 3]
}

/// Mean brightness of the organs: liver with vessels, gall bladder, kidney, diaphragm.
fn echo(place: [f32; 2], beat: f32) -> f32 {
    let inside = |center: [f32; 2], radii: [f32; 2], lean: f32| {
        let [dx, dy] = [place[0] - center[0], place[1] - center[1]];
        let [u, v] = [dx + lean * dy, dy - lean * dx];
        u * u / (radii[0] * radii[0]) + v * v / (radii[1] * radii[1])
    };
    let bladder = inside([-0.16, 0.56], [0.075, 0.13], 0.4);
    let shadowless = place[1] > 0.66 && (place[0] / place[1] + 0.285).abs() < 0.10;
    let kidney = inside([0.24, 0.72], [0.22, 0.10], 0.25);
    let sinus = inside([0.24, 0.72], [0.13, 0.04], 0.25);
    let vessel = inside([0.02, 0.52], [0.18, 0.022 + 0.006 * beat], -0.35);
    let branch = inside([-0.05, 0.38], [0.09, 0.012], 0.5);
    let cava = inside([-0.02, 0.86], [0.28, 0.035 + 0.008 * beat], -0.1);
    let arc = inside([0.0, 0.62], [0.62, 0.46], 0.0);
    let skin = (place[0] * place[0] + place[1] * place[1]).sqrt();
    match () {
        () if skin < 0.27 => 150.0,
        () if skin < 0.33 => 95.0,
        () if bladder < 0.8 => 6.0,
        () if bladder < 1.0 => 150.0,
        () if sinus < 1.0 => 165.0,
        () if kidney < 0.9 => 52.0,
        () if kidney < 1.0 => 150.0,
        () if vessel < 0.8 || branch < 0.8 || cava < 0.85 => 10.0,
        () if vessel < 1.25 || cava < 1.0 => 165.0,
        () if (0.97..1.05).contains(&arc) && place[1] > 0.7 => 230.0,
        () if arc >= 1.05 && place[1] > 0.7 => 40.0,
        () if shadowless => 140.0,
        () => 88.0,
    }
}

/// Red towards the probe, blue away from it, within the box.
fn flow(place: [f32; 2], beat: f32, grain: f32) -> Option<[u8; 3]> {
    let in_box = place[0].abs() < 0.24 && (0.40..0.66).contains(&place[1]);
    if !in_box {
        return None;
    }
    let on_edge = place[0].abs() > 0.236 || !(0.404..0.656).contains(&place[1]);
    if on_edge {
        return Some([190, 190, 190]);
    }
    let [dx, dy] = [place[0] - 0.02, place[1] - 0.52];
    let [u, v] = [dx - 0.35 * dy, dy + 0.35 * dx];
    let radius = 0.020 + 0.006 * beat;
    let profile = 1.0 - v * v / (radius * radius);
    if profile <= 0.0 || u.abs() > 0.17 {
        return None;
    }
    let speed = profile * (0.55 + 0.45 * beat) * (0.8 + 0.2 * grain);
    let strong = (90.0 + 165.0 * speed).clamp(0.0, 255.0) as u8;
    let mild = (150.0 * speed * speed).clamp(0.0, 200.0) as u8;
    Some(if u < 0.05 { [strong, mild, 0] } else { [0, mild, strong] })
}

/// Rayleigh-like grains, wider across than along the rays; 100 is the mean.
fn speckle(noise: &Noise) -> Vec<i32> {
    let part = |start: usize| -> Vec<i32> {
        let values: Vec<i32> = noise.from(start).take(RAYS * SAMPLES).collect();
        smooth(&values, RAYS)
    };
    let [real, imaginary] = [part(7), part(31_007)];
    let length = |(a, b): (&i32, &i32)| ((a * a + b * b) as f32).sqrt();
    real.iter().zip(&imaginary).map(|pair| (length(pair) * 8.4) as i32).collect()
}

/// From 0 to 1 and back over the loop.
fn beat(number: usize, frames: usize) -> f32 {
    let share = (number % frames.max(1)) as f32 / frames.max(1) as f32;
    let wave = 1.0 - (2.0 * share - 1.0).abs();
    wave * wave * (3.0 - 2.0 * wave)
}

fn scale_bar(fan: &Fan, pixels: &mut [u8]) {
    let width = fan.columns;
    let (top, bottom) = (fan.rows / 12, fan.rows / 3);
    for row in top..bottom {
        let gray = (255 * (bottom - row) / (bottom - top)) as u8;
        let start = (row * width + width.saturating_sub(14)) * 3;
        if let Some(line) = pixels.get_mut(start..start + 24) {
            line.fill(gray);
        }
    }
}
