//! Modality values into brightness: which values are of interest (PS3.3 C.11.2).

use super::lut::Lut;
use crate::{Reason, Window, WindowFunction};
use dicomfile::{DataSet, tags};

/// The transformation of the values of interest.
#[derive(Debug)]
pub enum Voi {
    /// The first table of the VOI LUT Sequence (0028,3010).
    Table(Lut),
    /// A window.
    Window(Window),
    /// From the darkest value to the brightest.
    Range {
        /// The darkest.
        low: f64,
        /// The brightest.
        high: f64,
    },
}

impl Voi {
    /// The object's own: its first table, else its first window.
    pub fn read(header: &DataSet, signed: bool) -> Result<Option<Voi>, Reason> {
        if let Some(item) = header.items(tags::VOILUT_SEQUENCE).first()
            && let Some(lut) = Lut::read(item, tags::LUT_DESCRIPTOR, tags::LUT_DATA, signed)?
        {
            return Ok(Some(Voi::Table(lut)));
        }
        let center = header.decimal(tags::WINDOW_CENTER);
        let width = header.decimal(tags::WINDOW_WIDTH);
        let function = match header.ascii(tags::VOILUT_FUNCTION) {
            Some("SIGMOID") => WindowFunction::Sigmoid,
            Some("LINEAR_EXACT") => WindowFunction::LinearExact,
            _ => WindowFunction::Linear,
        };
        let window = center.zip(width).map(|(center, width)| Window { center, width, function });
        Ok(window.filter(is_possible).map(Voi::Window))
    }

    /// The brightness of a modality value, from 0 to 1.
    pub fn brightness(&self, value: f64) -> f64 {
        match self {
            Voi::Table(lut) => f64::from(lut.entry(value.round() as i64)) / f64::from(lut.whole()),
            Voi::Window(window) => through(window, value),
            Voi::Range { low, high } if high > low => (value - low) / (high - low),
            Voi::Range { .. } => 0.0,
        }
        .clamp(0.0, 1.0)
    }
}

/// Whether a window has a width that its function can use.
pub fn is_possible(window: &Window) -> bool {
    let least = if window.function == WindowFunction::Linear { 1.0 } else { f64::MIN_POSITIVE };
    window.center.is_finite() && window.width.is_finite() && window.width >= least
}

fn through(window: &Window, value: f64) -> f64 {
    let Window { center, width, function } = *window;
    match function {
        // C.11.2.1.2.1: the range has whole steps, so that its width is one less.
        WindowFunction::Linear if width <= 1.0 => f64::from(value > center - 0.5),
        WindowFunction::Linear => (value - (center - 0.5)) / (width - 1.0) + 0.5,
        WindowFunction::LinearExact => (value - center) / width + 0.5,
        WindowFunction::Sigmoid => 1.0 / (1.0 + (-4.0 * (value - center) / width).exp()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn brightness(function: WindowFunction, center: f64, width: f64, value: f64) -> f64 {
        Voi::Window(Window { center, width, function }).brightness(value)
    }

    #[test]
    fn the_standards_own_examples_hold() {
        // PS3.3 C.11.2.1.2.1, note: c=2048, w=4096 is (x - 0) / 4095; c=2048, w=1 is x > 2047.
        let linear = |width, value| brightness(WindowFunction::Linear, 2048.0, width, value);
        assert_eq!(linear(4096.0, 0.0), 0.0);
        assert_eq!(linear(4096.0, 4095.0), 1.0);
        assert!((linear(4096.0, 819.0) - 0.2).abs() < 1e-12);
        assert_eq!((linear(1.0, 2047.0), linear(1.0, 2048.0)), (0.0, 1.0));
        // C.11.2.1.3.2: c=0, w=100 of LINEAR_EXACT goes from -50 to 50.
        let exact = |value| brightness(WindowFunction::LinearExact, 0.0, 100.0, value);
        assert_eq!((exact(-50.0), exact(0.0), exact(50.0)), (0.0, 0.5, 1.0));
        let sigmoid = |value| brightness(WindowFunction::Sigmoid, 0.0, 100.0, value);
        assert_eq!(sigmoid(0.0), 0.5);
        assert!((sigmoid(50.0) - 0.880_797).abs() < 1e-6);
    }

    #[test]
    fn a_window_without_width_is_none() {
        let mut header = DataSet::new();
        header.put_str(tags::WINDOW_CENTER, "40\\50").put_str(tags::WINDOW_WIDTH, "0\\50");
        assert!(Voi::read(&header, false).unwrap().is_none());
        header.put_str(tags::WINDOW_WIDTH, "400\\50").put_str(tags::VOILUT_FUNCTION, "SIGMOID");
        let Some(Voi::Window(window)) = Voi::read(&header, false).unwrap() else { panic!() };
        assert_eq!((window.center, window.width), (40.0, 400.0));
        assert_eq!(window.function, WindowFunction::Sigmoid);
    }
}
