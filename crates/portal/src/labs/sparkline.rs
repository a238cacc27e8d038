//! A small line of a row's values over true time, old to new, drawn on the server.

use model::Timestamp;

const WIDTH: f64 = 76.0;
const AIR: f64 = 4.0;
const TOP: f64 = 3.0;
const BOTTOM: f64 = 17.0;

/// What the template draws: points of a polyline, and the last point.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sparkline {
    /// `x,y x,y …`
    pub points: String,
    /// The last point.
    pub x: String,
    /// The last point.
    pub y: String,
}

/// Draws values between two instants; nothing where there are none.
pub fn draw(values: &[(Timestamp, f64)], from: Timestamp, to: Timestamp) -> Option<Sparkline> {
    let low = values.iter().map(|(_, value)| *value).fold(f64::INFINITY, f64::min);
    let high = values.iter().map(|(_, value)| *value).fold(f64::NEG_INFINITY, f64::max);
    let span_us = to.0.saturating_sub(from.0).max(1);
    let mut sorted = values.to_vec();
    sorted.sort_by_key(|(at, _)| *at);
    let place = |at: Timestamp, value: f64| {
        let along = at.0.saturating_sub(from.0) as f64 / span_us as f64;
        let up = if high > low { (value - low) / (high - low) } else { 0.5 };
        (AIR + along * (WIDTH - 2.0 * AIR), BOTTOM - up * (BOTTOM - TOP))
    };
    let points: Vec<String> = sorted
        .iter()
        .map(|(at, value)| {
            let (x, y) = place(*at, *value);
            format!("{x:.1},{y:.1}")
        })
        .collect();
    let (at, value) = sorted.last()?;
    let (x, y) = place(*at, *value);
    Some(Sparkline { points: points.join(" "), x: format!("{x:.1}"), y: format!("{y:.1}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_run_from_left_to_right_and_high_is_up() {
        let values = [(Timestamp(100), 8.0), (Timestamp(0), 4.0)];
        let line = draw(&values, Timestamp(0), Timestamp(100)).unwrap();
        assert_eq!(line.points, "4.0,17.0 72.0,3.0");
        assert_eq!((line.x.as_str(), line.y.as_str()), ("72.0", "3.0"));
    }

    #[test]
    fn one_value_is_a_point_and_none_is_nothing() {
        let one = draw(&[(Timestamp(50), 1.0)], Timestamp(0), Timestamp(100)).unwrap();
        assert_eq!(one.points, "38.0,10.0");
        assert_eq!(draw(&[], Timestamp(0), Timestamp(100)), None);
    }
}
