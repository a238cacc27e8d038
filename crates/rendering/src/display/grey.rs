//! Grey images: the three stages of PS3.4 annex N, with a table for what has few values.

use super::modality::Modality;
use super::samples::{Samples, containers, numbers};
use super::voi::{Voi, is_possible};
use crate::{ImageDescription, NativeFrame, Photometric, Reason, Window};
use dicomfile::{DataSet, tags};

/// The frame's brightness, one byte a pixel.
pub fn display(
    frame: &NativeFrame,
    header: &DataSet,
    window: Option<&Window>,
) -> Result<Vec<u8>, Reason> {
    let description = &frame.description;
    let modality = Modality::read(header, description)?;
    let own = Voi::read(header, modality.is_signed(description))?;
    let asked = window.copied().filter(is_possible).map(Voi::Window);
    let voi = match asked.or(own) {
        Some(voi) => voi,
        None => unsaid(frame, header, &modality),
    };
    let is_inverse = description.photometric == Photometric::Monochrome1
        || header.ascii(tags::PRESENTATION_LUT_SHAPE) == Some("INVERSE");
    let shown = |stored: f64| {
        let brightness = (voi.brightness(modality.value(stored)) * 255.0).round() as u8;
        if is_inverse { 255 - brightness } else { brightness }
    };
    if description.float || description.bits_allocated > 16 {
        return Ok(numbers(frame).into_iter().map(shown).collect());
    }
    let samples = Samples::of(description);
    // Half a million pixels have at most 65,536 values.
    let containers_below = 1_u32 << description.bits_allocated;
    let table: Vec<u8> = match description.pixels() < containers_below as usize {
        true => Vec::new(),
        false => (0..containers_below).map(|one| shown(samples.value(one) as f64)).collect(),
    };
    let look_up = |container: u32| match table.get(container as usize) {
        Some(brightness) => *brightness,
        None => shown(samples.value(container) as f64),
    };
    Ok(match description.bits_allocated {
        8 => frame.bytes.iter().map(|byte| look_up((*byte).into())).collect(),
        _ => containers(frame).map(look_up).collect(),
    })
}

/// Where nothing is said: samples of up to 8 bits are brightness already (ultrasound, secondary
/// capture); wider ones rarely use their whole range.
fn unsaid(frame: &NativeFrame, header: &DataSet, modality: &Modality) -> Voi {
    let description = &frame.description;
    if !description.float && description.bits_stored <= 8 {
        let bits = u32::from(description.bits_stored);
        let (low, high) = match description.signed {
            true => (-(1_i64 << (bits - 1)), (1_i64 << (bits - 1)) - 1),
            false => (0, (1_i64 << bits) - 1),
        };
        let ends = [low, high].map(|stored| modality.value(stored as f64));
        return Voi::Range { low: ends[0].min(ends[1]), high: ends[0].max(ends[1]) };
    }
    let padding = Padding::read(header, description);
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for stored in numbers(frame) {
        if stored.is_finite() && !padding.holds(stored) {
            let value = modality.value(stored);
            (low, high) = (low.min(value), high.max(value));
        }
    }
    Voi::Range { low, high }
}

/// Stored values that mean that there is no value (PS3.3 C.7.5.1.1.2).
struct Padding(Option<(f64, f64)>);

impl Padding {
    fn read(header: &DataSet, description: &ImageDescription) -> Padding {
        let samples = Samples::of(description);
        // What is written as US may be a signed value all the same: the image's own sign counts.
        let number = |tag| {
            let wide = header.number(tag)?;
            Some(
                samples
                    .value((wide as u32) << (description.high_bit + 1 - description.bits_stored)),
            )
        };
        let first = number(tags::PIXEL_PADDING_VALUE);
        let limit = number(tags::PIXEL_PADDING_RANGE_LIMIT).or(first);
        let range = first.zip(limit).map(|(one, two)| (one.min(two) as f64, one.max(two) as f64));
        Padding(range)
    }

    fn holds(&self, stored: f64) -> bool {
        self.0.is_some_and(|(low, high)| (low..=high).contains(&stored))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dicomfile::VR;

    fn frame(values: &[i16], photometric: Photometric) -> NativeFrame {
        NativeFrame {
            description: ImageDescription {
                rows: 1,
                columns: values.len() as u32,
                samples: 1,
                bits_allocated: 16,
                bits_stored: 16,
                high_bit: 15,
                signed: true,
                float: false,
                photometric,
                planar: false,
            },
            bytes: values.iter().flat_map(|value| value.to_le_bytes()).collect(),
        }
    }

    #[test]
    fn values_pass_modality_window_and_inversion() {
        let mut header = DataSet::new();
        header.put_str(tags::RESCALE_INTERCEPT, "-1000").put_str(tags::RESCALE_SLOPE, "2");
        header.put_str(tags::WINDOW_CENTER, "50.5").put_str(tags::WINDOW_WIDTH, "101");
        let values = frame(&[0, 500, 525, 550, 1000], Photometric::Monochrome2);
        assert_eq!(display(&values, &header, None).unwrap(), [0, 0, 128, 255, 255]);
        let inverse = frame(&[0, 500, 525, 550, 1000], Photometric::Monochrome1);
        assert_eq!(display(&inverse, &header, None).unwrap(), [255, 255, 127, 0, 0]);
        header.put_str(tags::PRESENTATION_LUT_SHAPE, "INVERSE");
        assert_eq!(display(&values, &header, None).unwrap(), [255, 255, 127, 0, 0]);
    }

    #[test]
    fn a_window_that_was_asked_for_goes_before_the_objects_own() {
        let mut header = DataSet::new();
        header.put_str(tags::WINDOW_CENTER, "0").put_str(tags::WINDOW_WIDTH, "10");
        let asked =
            Window { center: 500.0, width: 1000.0, function: crate::WindowFunction::LinearExact };
        let values = frame(&[0, 500, 1000], Photometric::Monochrome2);
        assert_eq!(display(&values, &header, Some(&asked)).unwrap(), [0, 128, 255]);
    }

    #[test]
    fn without_a_window_the_values_without_padding_span_the_range() {
        let mut header = DataSet::new();
        header.put_bytes(tags::PIXEL_PADDING_VALUE, VR::US, (-2000_i16).to_le_bytes());
        let values = frame(&[-2000, -10, 0, 10], Photometric::Monochrome2);
        assert_eq!(display(&values, &header, None).unwrap(), [0, 0, 128, 255]);
    }

    #[test]
    fn samples_of_eight_bits_are_brightness_already() {
        let mut image = frame(&[], Photometric::Monochrome2);
        image.description = ImageDescription {
            columns: 3,
            bits_allocated: 8,
            bits_stored: 8,
            high_bit: 7,
            signed: false,
            ..image.description
        };
        image.bytes = vec![10, 20, 200];
        assert_eq!(display(&image, &DataSet::new(), None).unwrap(), [10, 20, 200]);
    }
}
