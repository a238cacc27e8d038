//! Days and moments as SS-MIX2 writes them, in Japan.

use model::date::{civil_from_days, days_from_civil_checked};

/// A calendar day, counted from 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Day(pub(crate) i64);

impl Day {
    /// The day of a number `YYYYMMDD`.
    pub(crate) fn from_number(number: i64) -> Option<Day> {
        days_from_civil_checked(number / 10_000, number / 100 % 100, number % 100).map(Day)
    }

    pub(crate) fn plus(self, days: i64) -> Day {
        Day(self.0 + days)
    }

    /// `YYYYMMDD`.
    pub(crate) fn digits(self) -> String {
        let (year, month, day) = civil_from_days(self.0);
        format!("{year:04}{month:02}{day:02}")
    }

    pub(crate) fn year(self) -> i64 {
        civil_from_days(self.0).0
    }

    /// This day, or the Monday after it: clinics are closed at weekends.
    pub(crate) fn weekday(self) -> Day {
        // 1970-01-01 was a Thursday.
        match (self.0 + 3).rem_euclid(7) {
            5 => self.plus(2),
            6 => self.plus(1),
            _ => self,
        }
    }

    /// A moment of this day.
    pub(crate) fn at(self, hour: i64, minute: i64) -> Moment {
        Moment { milliseconds: ((self.0 * 24 + hour) * 60 + minute) * 60_000 }
    }
}

/// An instant of the clock in Japan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment {
    milliseconds: i64,
}

impl Moment {
    pub(crate) fn plus_minutes(self, minutes: i64) -> Moment {
        self.plus_ms(minutes * 60_000)
    }

    pub(crate) fn plus_ms(self, milliseconds: i64) -> Moment {
        Moment { milliseconds: self.milliseconds + milliseconds }
    }

    pub(crate) fn day(self) -> Day {
        Day(self.milliseconds.div_euclid(86_400_000))
    }

    /// `YYYYMMDDHHMM`.
    pub(crate) fn minutes(self) -> String {
        let minute = self.milliseconds.div_euclid(60_000).rem_euclid(1_440);
        format!("{}{:02}{:02}", self.day().digits(), minute / 60, minute % 60)
    }

    /// `YYYYMMDDHHMMSS`.
    pub(crate) fn seconds(self) -> String {
        format!("{}{:02}", self.minutes(), self.milliseconds.div_euclid(1_000).rem_euclid(60))
    }

    /// `YYYYMMDDHHMMSSFFF`, as in file names.
    pub(crate) fn full(self) -> String {
        format!("{}{:03}", self.seconds(), self.milliseconds.rem_euclid(1_000))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_moments_are_written_as_in_file_names() {
        let day = Day::from_number(20250329).unwrap();
        assert_eq!(day.weekday().digits(), "20250331", "a Saturday");
        assert_eq!(day.at(23, 59).plus_minutes(1).minutes(), "202503300000");
        assert_eq!(day.at(9, 5).plus_ms(61_002).full(), "20250329090601002");
        assert_eq!(Day::from_number(20250229), None);
    }
}
