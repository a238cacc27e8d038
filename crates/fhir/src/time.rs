//! Dates and times (FHIR R4 2.24.0.1: date, dateTime).

use model::date::Precision;
use model::{PartialTime, Timestamp};

/// Reads `YYYY`, `YYYY-MM` or `YYYY-MM-DD`, days as Japan counts them.
pub fn read_date(text: &str) -> Option<PartialTime> {
    let digits = date_digits(text)?;
    PartialTime::japan(&digits).ok()
}

/// Reads a date, or a date with a time and its zone.
pub(crate) fn read_time(text: &str) -> Option<PartialTime> {
    let Some((date, time)) = text.split_once('T') else { return read_date(text) };
    let date = date_digits(date).filter(|digits| digits.len() == 8)?;
    let (time, zone) = match time.strip_suffix('Z') {
        Some(time) => (time, "+0000".to_owned()),
        None => {
            let at = time.rfind(['+', '-'])?;
            (time.get(..at)?, time.get(at..)?.replace(':', ""))
        }
    };
    let time = time.split('.').next().unwrap_or_default().replace(':', "");
    let is_time = time.len() == 6 && time.bytes().all(|byte| byte.is_ascii_digit());
    let is_zone = zone.len() == 5 && zone.bytes().skip(1).all(|byte| byte.is_ascii_digit());
    let read = || PartialTime::japan(&format!("{date}{time}{zone}")).ok();
    if is_time && is_zone { read() } else { None }
}

/// A date as FHIR writes it, as exact as it is known.
pub(crate) fn write_date(time: &PartialTime) -> String {
    let (year, month, day) = time.first.jst_date();
    match time.precision {
        Precision::Year => format!("{year:04}"),
        Precision::Month => format!("{year:04}-{month:02}"),
        _ => format!("{year:04}-{month:02}-{day:02}"),
    }
}

/// A date, or a date with a time in Japan's zone.
pub(crate) fn write_time(time: &PartialTime) -> String {
    match time.precision {
        Precision::Year | Precision::Month | Precision::Day => write_date(time),
        _ => write_instant(time.first),
    }
}

/// An instant in Japan's zone.
pub(crate) fn write_instant(at: Timestamp) -> String {
    let (year, month, day) = at.jst_date();
    let (hour, minute) = at.jst_hour_minute();
    let second = at.0.div_euclid(Timestamp::SECOND_US).rem_euclid(60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}+09:00")
}

/// The digits of a date with nothing but hyphens where they belong.
fn date_digits(text: &str) -> Option<String> {
    let parts: Vec<&str> = text.split('-').collect();
    let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    let is_date = matches!(lengths.as_slice(), [4] | [4, 2] | [4, 2, 2]);
    let digits = parts.concat();
    (is_date && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_keep_how_exact_they_are() {
        for text in ["1957", "1957-06", "1957-06-12"] {
            assert_eq!(write_date(&read_date(text).unwrap()), text);
        }
        for text in ["1957-6-12", "19570612", "1957-13", "1957-02-30", "昭和32年", "", "-"] {
            assert_eq!(read_date(text), None, "{text}");
        }
    }

    #[test]
    fn times_are_told_in_japans_zone() {
        let read = |text: &str| write_time(&read_time(text).unwrap());
        assert_eq!(read("2026-01-01T12:00:00Z"), "2026-01-01T21:00:00+09:00");
        assert_eq!(read("2026-01-01T12:00:00.123-05:00"), "2026-01-02T02:00:00+09:00");
        assert_eq!(read("2026-01"), "2026-01");
        assert_eq!(read_time("2026-01-01T12:00:00"), None);
        assert_eq!(read_time("2026-01T12:00:00Z"), None);
    }
}
