//! Dates as pages show them: 2026/11/22 (日) 10:05, always Japan's clock, and eras beside births.

use crate::language::Language;
use model::date::{Precision, civil_from_days, days_from_civil, days_from_civil_checked};
use model::{PartialTime, Timestamp};

/// The eras since 1868 with their first day, newest first: letter, name, day as `YYYYMMDD`.
pub const ERAS: [(char, &str, i64); 5] = [
    ('R', "令和", 20190501),
    ('H', "平成", 19890108),
    ('S', "昭和", 19261225),
    ('T', "大正", 19120730),
    ('M', "明治", 18680125),
];

/// `2026/11/22` of a day number `YYYYMMDD`.
pub fn day(day: i64) -> String {
    let (year, month, date) = parts(day);
    format!("{year:04}/{month:02}/{date:02}")
}

/// `11/22` of a day number.
pub fn month_day(day: i64) -> String {
    let (_, month, date) = parts(day);
    format!("{month}/{date}")
}

/// `日` or `Sun` of a day number; empty for a day that does not exist.
pub fn weekday(day: i64, language: Language) -> &'static str {
    const JAPANESE: [&str; 7] = ["日", "月", "火", "水", "木", "金", "土"];
    const ENGLISH: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
    let (year, month, date) = parts(day);
    let Some(days) = days_from_civil_checked(year, month, date) else { return "" };
    // 1970-01-01 was a Thursday.
    let place = usize::try_from((days + 4).rem_euclid(7)).unwrap_or(0);
    match language {
        Language::Japanese => JAPANESE[place],
        Language::English => ENGLISH[place],
    }
}

/// `2026年11月` or `Nov 2026` of a day number.
pub fn month(day: i64, language: Language) -> String {
    const ENGLISH: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (year, month, _) = parts(day);
    match language {
        Language::Japanese => format!("{year}年{month}月"),
        Language::English => {
            let place = usize::try_from(month - 1).unwrap_or(0);
            format!("{} {year}", ENGLISH.get(place).unwrap_or(&"?"))
        }
    }
}

/// `2026/11/22 10:05` of an instant.
pub fn minute(at: Timestamp) -> String {
    format!("{} {}", day(at.jst_day()), clock(at))
}

/// `10:05` of an instant.
pub fn clock(at: Timestamp) -> String {
    let (hour, minute) = at.jst_hour_minute();
    format!("{hour:02}:{minute:02}")
}

/// A received time as exactly as it was sent: `2026`, `2026/11`, `2026/11/22 10:05`.
pub fn received(time: &PartialTime) -> String {
    let day_number = time.jst_day();
    let (year, month, _) = parts(day_number);
    match time.precision {
        Precision::Year => format!("{year:04}"),
        Precision::Month => format!("{year:04}/{month:02}"),
        Precision::Day => day(day_number),
        Precision::Hour | Precision::Minute | Precision::Second => minute(time.first),
    }
}

/// `昭和23年` or `S23` of a day number; nothing before Meiji.
pub fn era_year(day: i64, language: Language) -> Option<String> {
    let (letter, name, first) = ERAS.iter().find(|(_, _, first)| day >= *first)?;
    let year = parts(day).0 - parts(*first).0 + 1;
    Some(match (language, year) {
        (Language::Japanese, 1) => format!("{name}元年"),
        (Language::Japanese, _) => format!("{name}{year}年"),
        (Language::English, _) => format!("{letter}{year}"),
    })
}

/// Years lived on `today`. A birth on 29 February is counted from 1 March in common years.
pub fn age(birth: i64, today: i64) -> Option<i64> {
    let (birth_year, birth_month, birth_day) = parts(birth);
    let (year, month, date) = parts(today);
    let years = year - birth_year - i64::from((month, date) < (birth_month, birth_day));
    (years >= 0).then_some(years)
}

/// The day number `days` later.
pub fn plus_days(day: i64, days: i64) -> i64 {
    let (year, month, date) = parts(day);
    let (year, month, date) = civil_from_days(days_from_civil(year, month, date) + days);
    year * 10_000 + month * 100 + date
}

/// Days from one day number to another.
pub fn days_between(from: i64, to: i64) -> i64 {
    let number = |day| {
        let (year, month, date) = parts(day);
        days_from_civil(year, month, date)
    };
    number(to) - number(from)
}

/// Year, month and day of a day number.
pub fn parts(day: i64) -> (i64, i64, i64) {
    (day / 10_000, day / 100 % 100, day % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_shown_with_their_weekday() {
        assert_eq!(day(20261122), "2026/11/22");
        assert_eq!(weekday(20261122, Language::Japanese), "日");
        assert_eq!(weekday(19700101, Language::English), "Thu");
        assert_eq!(month(20261101, Language::English), "Nov 2026");
    }

    #[test]
    fn eras_begin_on_their_first_day() {
        let japanese = |day| era_year(day, Language::Japanese).unwrap();
        assert_eq!(japanese(19480312), "昭和23年");
        assert_eq!(japanese(19890107), "昭和64年");
        assert_eq!(japanese(19890108), "平成元年");
        assert_eq!(japanese(20190430), "平成31年");
        assert_eq!(japanese(20190501), "令和元年");
        assert_eq!(era_year(18671231, Language::Japanese), None);
    }

    #[test]
    fn a_birthday_adds_a_year_on_its_day() {
        assert_eq!(age(19480312, 20260311), Some(77));
        assert_eq!(age(19480312, 20260312), Some(78));
        assert_eq!(age(20000229, 20260228), Some(25));
        assert_eq!(age(20270101, 20260101), None);
    }

    #[test]
    fn days_are_added_over_months() {
        assert_eq!(plus_days(20261031, 21), 20261121);
        assert_eq!(plus_days(20260101, -1), 20251231);
        assert_eq!(days_between(20261031, 20261121), 21);
    }

    #[test]
    fn received_times_keep_their_exactness() {
        let shown = |digits| received(&PartialTime::japan(digits).unwrap());
        assert_eq!(shown("2026"), "2026");
        assert_eq!(shown("202611"), "2026/11");
        assert_eq!(shown("20261122"), "2026/11/22");
        assert_eq!(shown("20261122100501"), "2026/11/22 10:05");
    }
}
