//! Times of messages: as received, with implausible ones remarked upon.

use crate::flags::Flags;
use hl7v2::Field;
use model::date::days_from_civil;
use model::reason::Flag;
use model::{PartialTime, Timestamp};

/// How far beyond its sending time a date may lie before it is implausible.
const FUTURE_DAYS: i64 = 366;
/// The first year in which something in a living patient's record can have happened.
const FIRST_YEAR: i64 = 1850;

/// Reads times and collects what is wrong with them.
#[derive(Debug, Default)]
pub(crate) struct Times {
    latest: Option<Timestamp>,
    pub(crate) flags: Flags,
}

impl Times {
    /// Times of a document sent at `sent` (発生日時); without one, no date is in the future.
    pub(crate) fn new(sent: &str) -> Times {
        let latest = PartialTime::japan(sent)
            .ok()
            .map(|time| time.first.plus_us(FUTURE_DAYS * Timestamp::DAY_US));
        Times { latest, flags: Flags::default() }
    }

    /// A time as received (TS, DT; the start of a DR). Digits that are no time are remarked upon
    /// and give none.
    pub(crate) fn read(&mut self, field: Field<'_>) -> Option<PartialTime> {
        self.read_text(&field.first().component(1).subcomponent(1).text())
    }

    /// The end of a range (DR component 2).
    pub(crate) fn read_end(&mut self, field: Field<'_>) -> Option<PartialTime> {
        self.read_text(&field.first().component(2).subcomponent(1).text())
    }

    /// The digits of a time.
    pub(crate) fn read_text(&mut self, received: &str) -> Option<PartialTime> {
        let received = received.trim();
        if received.is_empty() {
            return None;
        }
        let time = parse(received);
        if time.is_none() {
            self.flags.add(Flag::DateImplausible);
        }
        time
    }

    /// Whether something can have happened then; if not, it is remarked upon.
    pub(crate) fn is_plausible(&mut self, time: &PartialTime) -> bool {
        let first = days_from_civil(FIRST_YEAR, 1, 1) * Timestamp::DAY_US;
        let plausible =
            time.first.0 >= first && self.latest.is_none_or(|latest| time.first <= latest);
        if !plausible {
            self.flags.add(Flag::DateImplausible);
        }
        plausible
    }
}

/// Parts filled with zeros are parts that are not known: `20110700` is July 2011.
fn parse(received: &str) -> Option<PartialTime> {
    if let Ok(time) = PartialTime::japan(received) {
        return Some(time);
    }
    let known = match received.as_bytes() {
        [_, _, _, _, b'0', b'0', rest @ ..] if rest.iter().all(|byte| *byte == b'0') => 4,
        [_, _, _, _, _, _, b'0', b'0', rest @ ..] if rest.iter().all(|byte| *byte == b'0') => 6,
        _ => return None,
    };
    let time = PartialTime::japan(received.get(..known)?).ok()?;
    Some(PartialTime { digits: received.to_owned(), ..time })
}

/// The day `days` days after the day on which `start` begins, as a date.
pub(crate) fn days_after(start: &PartialTime, days: i64) -> Option<PartialTime> {
    let later = start.first.plus_us(days.saturating_mul(Timestamp::DAY_US));
    PartialTime::japan(&format!("{:08}", later.jst_day())).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::date::Precision;

    #[test]
    fn zero_filled_parts_are_unknown_and_nothing_to_remark_upon() {
        let mut times = Times::new("20240101000000000");
        let month = times.read_text("20110700").unwrap();
        assert_eq!(month.precision, Precision::Month);
        assert_eq!(month.digits, "20110700");
        assert_eq!(times.read_text("20110000").unwrap().precision, Precision::Year);
        assert_eq!(times.flags.into_vec(), []);
    }

    #[test]
    fn impossible_and_far_dates_are_remarked_upon() {
        let mut times = Times::new("20240101000000000");
        assert_eq!(times.read_text("20230231"), None);
        assert_eq!(times.flags.clone().into_vec(), [Flag::DateImplausible]);
        let mut times = Times::new("20240101000000000");
        let near = times.read_text("20241231").unwrap();
        assert!(times.is_plausible(&near));
        let far = times.read_text("20990101").unwrap();
        assert!(!times.is_plausible(&far));
        let ancient = times.read_text("0001").unwrap();
        assert!(!times.is_plausible(&ancient));
        assert_eq!(times.flags.into_vec(), [Flag::DateImplausible]);
    }

    #[test]
    fn counts_days_across_months() {
        let start = PartialTime::japan("20240228233000").unwrap();
        assert_eq!(days_after(&start, 2).unwrap().digits, "20240301");
    }
}
