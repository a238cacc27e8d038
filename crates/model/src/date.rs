//! Dates that keep their received digits and, beside them, the first instant that they cover.

use crate::clock::Timestamp;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A date or time as received, with the first instant it covers.
///
/// `digits` is what the sender wrote (HL7 v2 TS, XDS DTM: `YYYY[MM[DD[HH[MM[SS[.S…]]]]]]`, a
/// zone if there was one); `first` is in UTC. A time without a zone is Japan's in SS-MIX2 and
/// UTC in XDS. Hours 24–47 of late-night shifts count on into the next day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartialTime {
    /// The digits as received, zone and dots included.
    pub digits: String,
    /// The first instant covered.
    pub first: Timestamp,
    /// How many of the digits are meaningful.
    pub precision: Precision,
}

/// How exact a [`PartialTime`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Precision {
    /// `YYYY`
    Year,
    /// `YYYYMM`
    Month,
    /// `YYYYMMDD`
    Day,
    /// `YYYYMMDDHH`
    Hour,
    /// `YYYYMMDDHHMM`
    Minute,
    /// `YYYYMMDDHHMMSS` and finer
    Second,
}

/// Why digits are no date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum DateError {
    /// Something other than digits, one dot and a zone.
    #[error("not a date: expected YYYY[MM[DD[HH[MM[SS[.S]]]]]][+ZZZZ]")]
    Malformed,
    /// Digits that name no day or no time of day.
    #[error("impossible date: no such day or time of day")]
    Impossible,
}

/// The zone that a time without one is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DefaultZone {
    /// Japan Standard Time: HL7 v2 messages of SS-MIX2.
    Japan,
    /// UTC: XDS metadata (ITI TF-3 table 4.2.3.1.7-2, DTM).
    Utc,
}

impl Default for PartialTime {
    fn default() -> PartialTime {
        PartialTime::unknown()
    }
}

impl PartialTime {
    /// No time at all: no digits, before every instant.
    pub fn unknown() -> PartialTime {
        PartialTime {
            digits: String::new(),
            first: Timestamp(i64::MIN),
            precision: Precision::Year,
        }
    }

    /// Whether it is no time at all.
    pub fn is_unknown(&self) -> bool {
        self.digits.is_empty() && self.first == Timestamp(i64::MIN)
    }

    /// Reads digits as received. Tolerates a missing dot before milliseconds, a dot after
    /// twelve digits (`201601011500.321`), zero-filled parts and hours 24–47.
    pub fn parse(received: &str, zone: DefaultZone) -> Result<PartialTime, DateError> {
        let trimmed = received.trim();
        let (body, offset_us) = split_zone(trimmed, zone)?;
        let whole: String = body.chars().filter(|c| *c != '.').collect();
        if body.chars().filter(|c| *c == '.').count() > 1
            || whole.is_empty()
            || !whole.bytes().all(|b| b.is_ascii_digit())
        {
            return Err(DateError::Malformed);
        }
        let dot = body.find('.').unwrap_or(whole.len());
        let (main, fraction) = match dot {
            d if d < 14 && d < whole.len() => (&whole[..d], &whole[d..]),
            _ => whole.split_at(whole.len().min(14)),
        };
        let precision = match main.len() {
            4 => Precision::Year,
            6 => Precision::Month,
            8 => Precision::Day,
            10 => Precision::Hour,
            12 => Precision::Minute,
            14 => Precision::Second,
            _ => return Err(DateError::Malformed),
        };
        let part = |from: usize, to: usize, missing: i64| -> i64 {
            main.get(from..to).and_then(|s| s.parse().ok()).unwrap_or(missing)
        };
        let days = days_from_civil_checked(part(0, 4, 0), part(4, 6, 1), part(6, 8, 1))
            .ok_or(DateError::Impossible)?;
        let (hour, minute, second) = (part(8, 10, 0), part(10, 12, 0), part(12, 14, 0));
        if hour > 47 || minute > 59 || second > 60 {
            return Err(DateError::Impossible);
        }
        let micros = if precision == Precision::Second { fraction_us(fraction) } else { 0 };
        let first = days * Timestamp::DAY_US
            + (hour * 3_600 + minute * 60 + second) * Timestamp::SECOND_US
            + micros
            - offset_us;
        Ok(PartialTime { digits: trimmed.to_owned(), first: Timestamp(first), precision })
    }

    /// Reads a time of an SS-MIX2 message or file name: no zone means Japan.
    pub fn japan(received: &str) -> Result<PartialTime, DateError> {
        PartialTime::parse(received, DefaultZone::Japan)
    }

    /// The calendar day in Japan on which it begins, as `YYYYMMDD`.
    pub fn jst_day(&self) -> i64 {
        self.first.jst_day()
    }

    /// The first instant after the covered span.
    pub fn end(&self) -> Timestamp {
        let (year, month, _) = self.first.jst_date();
        let local = |days: i64| Timestamp(days * Timestamp::DAY_US - Timestamp::JST_OFFSET_US);
        match self.precision {
            Precision::Year => local(days_from_civil(year + 1, 1, 1)),
            Precision::Month if month == 12 => local(days_from_civil(year + 1, 1, 1)),
            Precision::Month => local(days_from_civil(year, month + 1, 1)),
            Precision::Day => self.first.plus_us(Timestamp::DAY_US),
            Precision::Hour => self.first.plus_us(3_600 * Timestamp::SECOND_US),
            Precision::Minute => self.first.plus_us(60 * Timestamp::SECOND_US),
            Precision::Second => self.first.plus_us(Timestamp::SECOND_US),
        }
    }
}

/// Days since 1970-01-01 of a day of the proleptic Gregorian calendar.
pub fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let shifted_month = (month + 9) % 12;
    let day_of_year = (153 * shifted_month + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// Year, month and day of a number of days since 1970-01-01.
pub fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

/// Like [`days_from_civil`], refusing days that do not exist.
pub fn days_from_civil_checked(year: i64, month: i64, day: i64) -> Option<i64> {
    let days = days_from_civil(year, month, day);
    ((1..=12).contains(&month) && day >= 1 && civil_from_days(days) == (year, month, day))
        .then_some(days)
}

fn split_zone(text: &str, zone: DefaultZone) -> Result<(&str, i64), DateError> {
    let Some(at) = text.rfind(['+', '-']) else {
        return Ok(match zone {
            DefaultZone::Japan => (text, Timestamp::JST_OFFSET_US),
            DefaultZone::Utc => (text, 0),
        });
    };
    let digits = &text[at + 1..];
    if digits.len() != 4 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(DateError::Malformed);
    }
    let number: i64 = digits.parse().map_err(|_| DateError::Malformed)?;
    let seconds = (number / 100) * 3_600 + (number % 100) * 60;
    let sign = if text[at..].starts_with('-') { -1 } else { 1 };
    Ok((&text[..at], sign * seconds * Timestamp::SECOND_US))
}

fn fraction_us(fraction: &str) -> i64 {
    let six: String = fraction.chars().chain("000000".chars()).take(6).collect();
    six.parse().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn first(text: &str) -> i64 {
        PartialTime::japan(text).expect(text).first.0
    }

    #[test]
    fn reads_each_precision_as_its_first_instant_in_japan() {
        let midnight = first("20110701");
        assert_eq!(first("2011"), first("20110101"));
        assert_eq!(first("201107"), midnight);
        assert_eq!(first("2011070103"), midnight + 3 * 3_600_000_000);
        assert_eq!(
            first("20110701030405.5"),
            midnight + (3 * 3600 + 4 * 60 + 5) * 1_000_000 + 500_000
        );
        assert_eq!(PartialTime::japan("20110701").expect("day").jst_day(), 20110701);
    }

    #[test]
    fn tolerates_what_hospitals_write() {
        assert_eq!(first("20110701224603984"), first("20110701224603.984"));
        assert_eq!(first("201601011500.321"), first("201601011500"));
        assert_eq!(first("201101022530"), first("201101030130"));
        assert_eq!(first("20110701000000+0000"), first("20110701090000"));
    }

    #[test]
    fn refuses_days_that_do_not_exist() {
        assert_eq!(PartialTime::japan("20110231"), Err(DateError::Impossible));
        assert_eq!(PartialTime::japan("201107014860"), Err(DateError::Impossible));
        assert_eq!(PartialTime::japan("2011070"), Err(DateError::Malformed));
        assert_eq!(PartialTime::japan("平成23年"), Err(DateError::Malformed));
    }

    proptest! {
        #[test]
        fn days_and_dates_are_inverse(days in -800_000_i64..800_000) {
            let (year, month, day) = civil_from_days(days);
            prop_assert_eq!(days_from_civil_checked(year, month, day), Some(days));
        }

        #[test]
        fn never_panics(text in "\\PC{0,24}") {
            let _ = PartialTime::japan(&text);
        }
    }
}
