//! The picture in place of a frame that cannot be shown: it says why.

use crate::encode::encode;
use crate::picture::Picture;
use crate::{Format, Reason, RenderError, Viewport};
use font8x8::legacy::BASIC_LEGACY;

/// Pixels of a letter each way.
const LETTER: usize = 8;
/// Where nobody asked for a size.
const SIDE: usize = 256;
/// What a box too small for letters is at least.
const SIDE_AT_LEAST: usize = 64;
const GROUND: u8 = 40;
const INK: u8 = 210;

/// A placeholder that says `reason`.
pub fn placeholder(
    reason: &Reason,
    viewport: Option<&Viewport>,
    format: Format,
) -> Result<Vec<u8>, RenderError> {
    let side = |asked: Option<u32>| {
        asked.map_or(SIDE, |pixels| (pixels as usize).clamp(SIDE_AT_LEAST, 1024))
    };
    let width = side(viewport.map(|viewport| viewport.width));
    let height = side(viewport.map(|viewport| viewport.height));
    let picture = draw(&format!("Not shown: {reason}"), width, height);
    encode(&picture, format).map_err(|_| RenderError::Answer)
}

/// The text in the middle of a grey field; what has no place is left out.
fn draw(text: &str, width: usize, height: usize) -> Picture {
    let mut picture = Picture { width, height, channels: 1, bytes: vec![GROUND; width * height] };
    let lines = wrap(text, width / LETTER - 1);
    let line_height = LETTER + LETTER / 2;
    let mut top = height.saturating_sub(lines.len() * line_height) / 2;
    for line in &lines {
        let left = width.saturating_sub(line.len() * LETTER) / 2;
        for (number, letter) in line.bytes().enumerate() {
            put(&mut picture, letter, left + number * LETTER, top);
        }
        top += line_height;
    }
    picture
}

fn put(picture: &mut Picture, letter: u8, left: usize, top: usize) {
    let Some(glyph) = BASIC_LEGACY.get(usize::from(letter)) else { return };
    for (down, row) in glyph.iter().enumerate() {
        for across in 0..LETTER {
            let is_ink = row >> across & 1 == 1;
            let place = (top + down) * picture.width + left + across;
            if is_ink && let Some(pixel) = picture.bytes.get_mut(place) {
                *pixel = INK;
            }
        }
    }
}

/// Lines of at most `letters`, broken between words where that is possible.
fn wrap(text: &str, letters: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let mut word: String = word.chars().map(|c| if c.is_ascii() { c } else { '?' }).collect();
        while !word.is_empty() {
            let line = match lines.last() {
                Some(line) if line.is_empty() || line.len() + 1 + word.len() <= letters => {
                    lines.pop().unwrap_or_default()
                }
                _ => String::new(),
            };
            let joined = if line.is_empty() { word } else { format!("{line} {word}") };
            let (now, later) = joined.split_at(joined.len().min(letters));
            lines.push(now.to_owned());
            word = later.to_owned();
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reason_is_drawn_in_lines_that_fit() {
        assert_eq!(wrap("cut short: 12 of 100 bytes", 12), ["cut short:", "12 of 100", "bytes"]);
        assert_eq!(wrap("1.2.840.10008.1.2", 6), ["1.2.84", "0.1000", "8.1.2"]);
        let picture = draw("no pixel data", 128, 64);
        assert!(picture.bytes.contains(&INK) && picture.bytes.contains(&GROUND));
        let other = draw("no pixel dada", 128, 64);
        assert_ne!(picture, other, "another text is another picture");
    }

    #[test]
    fn every_size_that_may_be_asked_for_has_a_placeholder() {
        for pixels in [1, 63, 128, 8_192] {
            let viewport = Viewport { width: pixels, height: 1, region: None, enlarge: false };
            let bytes = placeholder(&Reason::NoPixelData, Some(&viewport), Format::Jpeg).unwrap();
            assert!(bytes.starts_with(&[0xFF, 0xD8]), "{pixels}");
        }
        let png = placeholder(&Reason::NoPixelData, None, Format::Png).unwrap();
        assert!(png.starts_with(b"\x89PNG"));
    }
}
