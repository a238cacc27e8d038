//! Pictures in other sizes: areas are averaged when they shrink, pixels blended when they grow.

use crate::Viewport;
use crate::picture::Picture;

/// The picture as it fits its viewport.
pub fn fit(picture: Picture, viewport: &Viewport) -> Picture {
    let picture = crop(picture, viewport);
    let (width, height) = (picture.width, picture.height);
    if width == 0 || height == 0 {
        return picture;
    }
    let ratio =
        (f64::from(viewport.width) / width as f64).min(f64::from(viewport.height) / height as f64);
    if ratio >= 1.0 && !viewport.enlarge {
        return picture;
    }
    let side = |pixels: usize| ((pixels as f64 * ratio).round() as usize).max(1);
    resize(&picture, side(width), side(height))
}

/// The part of the picture that is shown.
fn crop(picture: Picture, viewport: &Viewport) -> Picture {
    let Some(region) = viewport.region else { return picture };
    let clamp = |start: u32, length: u32, all: usize| {
        let start = (start as usize).min(all.saturating_sub(1));
        (start, (length as usize).clamp(1, (all - start).max(1)))
    };
    let (left, width) = clamp(region.left, region.width, picture.width);
    let (top, height) = clamp(region.top, region.height, picture.height);
    let row_bytes = picture.width * picture.channels;
    let rows = picture.bytes.chunks_exact(row_bytes.max(1)).skip(top).take(height);
    let shown = left * picture.channels..(left + width) * picture.channels;
    let bytes = rows.flat_map(|row| row.get(shown.clone()).unwrap_or_default()).copied().collect();
    Picture { width, height, channels: picture.channels, bytes }
}

/// Weights of one place in the new direction: the first old place, and the share of each from it.
struct Weights {
    first: usize,
    shares: Vec<u32>,
}

/// Shares add up to this.
const WHOLE: u32 = 1 << 14;

fn resize(picture: &Picture, width: usize, height: usize) -> Picture {
    let channels = picture.channels;
    let across = weights(picture.width, width);
    let mut narrow = Vec::with_capacity(width * picture.height * channels);
    for row in picture.bytes.chunks_exact(picture.width * channels) {
        for weights in &across {
            for channel in 0..channels {
                let samples = row.iter().skip(weights.first * channels + channel);
                narrow.push(blend(samples.step_by(channels), &weights.shares));
            }
        }
    }
    let row_bytes = width * channels;
    let mut bytes = Vec::with_capacity(height * row_bytes);
    let mut sums = vec![0_u32; row_bytes];
    for weights in weights(picture.height, height) {
        sums.fill(WHOLE / 2);
        let rows = narrow.chunks_exact(row_bytes).skip(weights.first);
        for (row, share) in rows.zip(&weights.shares) {
            sums.iter_mut().zip(row).for_each(|(sum, value)| *sum += u32::from(*value) * share);
        }
        bytes.extend(sums.iter().map(|sum| (sum / WHOLE).min(255) as u8));
    }
    Picture { width, height, channels, bytes }
}

fn blend<'a>(samples: impl Iterator<Item = &'a u8>, shares: &[u32]) -> u8 {
    let sum: u32 = samples.zip(shares).map(|(value, share)| u32::from(*value) * share).sum();
    ((sum + WHOLE / 2) / WHOLE).min(255) as u8
}

fn weights(from: usize, to: usize) -> Vec<Weights> {
    let step = from as f64 / to as f64;
    let place = |number: usize| {
        let (start, end) = match step > 1.0 {
            true => (number as f64 * step, (number + 1) as f64 * step),
            // Growing: a box of one old pixel around the place gives a blend of two.
            false => {
                let middle = (number as f64 + 0.5) * step;
                (middle - 0.5, middle + 0.5)
            }
        };
        let (start, end) = (start.max(0.0), end.min(from as f64));
        let first = (start as usize).min(from - 1);
        let last = (end.ceil() as usize).clamp(first + 1, from);
        let covered = |old: usize| (end.min((old + 1) as f64) - start.max(old as f64)).max(0.0);
        let shares =
            (first..last).map(|old| (covered(old) / (end - start) * f64::from(WHOLE)) as u32);
        let mut shares: Vec<u32> = shares.collect();
        // Rounding down must not darken the picture.
        let missing = WHOLE.saturating_sub(shares.iter().sum());
        if let Some(share) = shares.iter_mut().max() {
            *share += missing;
        }
        Weights { first, shares }
    };
    (0..to).map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Region;

    fn viewport(width: u32, height: u32) -> Viewport {
        Viewport { width, height, region: None, enlarge: true }
    }

    fn grey(width: usize, height: usize, bytes: &[u8]) -> Picture {
        Picture { width, height, channels: 1, bytes: bytes.to_vec() }
    }

    #[test]
    fn shrinking_averages_areas_and_keeps_proportions() {
        let picture = grey(4, 2, &[0, 100, 10, 30, 100, 200, 10, 30]);
        let small = fit(picture, &viewport(2, 2));
        assert_eq!(small, grey(2, 1, &[100, 20]));
    }

    #[test]
    fn white_stays_white_in_every_size() {
        for (from, to) in [(7, 3), (512, 128), (3, 7), (1000, 999), (5, 5)] {
            let picture = Picture {
                width: from,
                height: from,
                channels: 3,
                bytes: vec![255; from * from * 3],
            };
            let fitted = fit(picture, &viewport(to, to));
            assert_eq!((fitted.width, fitted.height), (to as usize, to as usize));
            assert!(fitted.bytes.iter().all(|value| *value == 255), "{from} to {to}");
        }
    }

    #[test]
    fn growing_blends_and_is_not_done_unasked() {
        let picture = grey(2, 1, &[0, 100]);
        let large = fit(picture.clone(), &viewport(4, 4));
        assert_eq!(large, grey(4, 2, &[0, 25, 75, 100, 0, 25, 75, 100]));
        let unasked = Viewport { enlarge: false, ..viewport(4, 4) };
        assert_eq!(fit(picture.clone(), &unasked), picture);
    }

    #[test]
    fn a_region_is_cut_out_and_never_leaves_the_image() {
        let picture = grey(3, 2, &[1, 2, 3, 4, 5, 6]);
        let region = |left, top, width, height| Viewport {
            region: Some(Region { left, top, width, height }),
            enlarge: false,
            ..viewport(9, 9)
        };
        assert_eq!(fit(picture.clone(), &region(1, 1, 2, 1)), grey(2, 1, &[5, 6]));
        assert_eq!(fit(picture.clone(), &region(2, 0, 99, 99)), grey(1, 2, &[3, 6]));
        assert_eq!(fit(picture, &region(99, 99, 0, 0)), grey(1, 1, &[6]));
    }
}
