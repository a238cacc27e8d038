//! Birth dates as people type them: Western and era forms, to the day, the month or the year.

use model::date::{days_from_civil, days_from_civil_checked};
use model::era::Era;

/// The days that a typed birth date covers, both included, as `YYYYMMDD`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BirthSpan {
    /// First day.
    pub first_day: i64,
    /// Last day.
    pub last_day: i64,
}

impl BirthSpan {
    /// Whether a birth day lies within.
    pub fn contains(&self, day: i64) -> bool {
        (self.first_day..=self.last_day).contains(&day)
    }
}

/// Reads `S23.3.12`, `昭和23年3月12日`, `H1/1/8`, `令和元年5月1日`, `S230312`, `19480312`,
/// `1948/3/12`, `1948-03-12`, `1948年3月`, `S23`, `昭和23年`, `1948`, in full or half width.
/// `None` for anything else, and for days that do not exist.
pub fn read_birth(text: &str) -> Option<BirthSpan> {
    let folded: String = text.chars().filter(|c| !c.is_whitespace()).flat_map(fold).collect();
    let (era, rest) = split_era(&folded);
    let parts = parts(rest)?;
    let numbers: Vec<i64> = match (era, parts.as_slice()) {
        (Some(_), [compact]) if compact.len() == 6 => cut(compact, &[2, 2, 2])?,
        (None, [compact]) if compact.len() == 8 => cut(compact, &[4, 2, 2])?,
        (None, [compact]) if compact.len() == 6 => cut(compact, &[4, 2])?,
        (era, parts) => plain(era, parts)?,
    };
    let year = match era {
        Some(era) => era.western_year(numbers[0], 0)?,
        None => numbers[0],
    };
    if !(1868..2200).contains(&year) {
        return None;
    }
    span(year, numbers.get(1).copied(), numbers.get(2).copied())
}

fn fold(character: char) -> Vec<char> {
    match character {
        '\u{FF01}'..='\u{FF5E}' => {
            char::from_u32(u32::from(character) - 0xFEE0).into_iter().collect()
        }
        '㍾' => vec!['明'],
        '㍽' => vec!['大'],
        '㍼' => vec!['昭'],
        '㍻' => vec!['平'],
        '㋿' => vec!['令'],
        '。' | '・' => vec!['.'],
        other => vec![other],
    }
}

fn split_era(text: &str) -> (Option<Era>, &str) {
    for era in Era::ALL {
        let first_kanji = era.name().chars().next().map(String::from).unwrap_or_default();
        let upper = era.letter().to_string();
        let lower = upper.to_lowercase();
        for name in [era.name(), &first_kanji, &upper, &lower] {
            if let Some(rest) = text.strip_prefix(name) {
                return (Some(*era), rest.trim_start_matches('.'));
            }
        }
    }
    (None, text)
}

/// The groups of digits between separators; a last separator (`日`, `年`) may stand at the end.
fn parts(text: &str) -> Option<Vec<String>> {
    let unclosed = text.strip_suffix(['日', '月', '年']).unwrap_or(text);
    let mut groups = Vec::new();
    for group in unclosed.split(['.', '/', '-', '年', '月']) {
        let group = if group == "元" && groups.is_empty() { "1" } else { group };
        if group.is_empty() || group.len() > 8 || !group.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        groups.push(group.to_owned());
    }
    (groups.len() <= 3).then_some(groups)
}

fn plain(era: Option<Era>, parts: &[String]) -> Option<Vec<i64>> {
    let year_digits = if era.is_some() { 1..=2 } else { 4..=4 };
    let fits = parts.iter().enumerate().all(|(place, part)| match place {
        0 => year_digits.contains(&part.len()),
        _ => part.len() <= 2,
    });
    if !fits {
        return None;
    }
    parts.iter().map(|part| part.parse().ok()).collect()
}

fn cut(compact: &str, lengths: &[usize]) -> Option<Vec<i64>> {
    let mut at = 0;
    lengths
        .iter()
        .map(|length| {
            let part = compact.get(at..at + length)?;
            at += length;
            part.parse().ok()
        })
        .collect()
}

fn span(year: i64, month: Option<i64>, day: Option<i64>) -> Option<BirthSpan> {
    let number = |month: i64, day: i64| year * 10_000 + month * 100 + day;
    match (month, day) {
        (None, _) => Some(BirthSpan { first_day: number(1, 1), last_day: number(12, 31) }),
        (Some(month), None) => {
            let first = days_from_civil_checked(year, month, 1)?;
            let next = if month == 12 {
                days_from_civil(year + 1, 1, 1)
            } else {
                days_from_civil(year, month + 1, 1)
            };
            Some(BirthSpan { first_day: number(month, 1), last_day: number(month, next - first) })
        }
        (Some(month), Some(day)) => {
            days_from_civil_checked(year, month, day)?;
            Some(BirthSpan { first_day: number(month, day), last_day: number(month, day) })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::date::civil_from_days;
    use proptest::prelude::*;

    fn read(text: &str) -> Option<(i64, i64)> {
        read_birth(text).map(|span| (span.first_day, span.last_day))
    }

    #[test]
    fn reads_every_form_of_one_day() {
        for text in [
            "S23.3.12",
            "s23.3.12",
            "Ｓ２３．３．１２",
            "昭和23年3月12日",
            "昭23.3.12",
            "㍼23.3.12",
            "S230312",
            "S23/03/12",
            "S.23.3.12",
            "19480312",
            "1948/3/12",
            "1948-03-12",
            "1948.3.12",
            "1948年3月12日",
            "１９４８０３１２",
            "昭和 23年 3月 12日",
        ] {
            assert_eq!(read(text), Some((19480312, 19480312)), "{text}");
        }
        assert_eq!(read("H1/1/8"), Some((19890108, 19890108)));
        assert_eq!(read("令和元年5月1日"), Some((20190501, 20190501)));
        assert_eq!(read("R2.2.29"), Some((20200229, 20200229)));
        assert_eq!(read("明治45.7.29"), Some((19120729, 19120729)));
    }

    #[test]
    fn a_month_or_a_year_is_its_days() {
        assert_eq!(read("S23"), Some((19480101, 19481231)));
        assert_eq!(read("昭和23年"), Some((19480101, 19481231)));
        assert_eq!(read("1948"), Some((19480101, 19481231)));
        assert_eq!(read("1948/2"), Some((19480201, 19480229)));
        assert_eq!(read("194802"), Some((19480201, 19480229)));
        assert_eq!(read("1948年12月"), Some((19481201, 19481231)));
    }

    #[test]
    fn refuses_what_is_no_date() {
        for text in [
            "",
            "S",
            "昭和",
            "S0.1.1",
            "S65.1.1",
            "R999.1.1",
            "19480231",
            "1948/13/1",
            "1948/2/30",
            "0001",
            "2500",
            "48/3/12",
            "1948//3",
            "1948/3/",
            "12345",
            "3月12日",
            "山田",
            "S23.3.12.1",
            "T16",
            "元年",
            "S23x",
            "-1948",
            "9999999999",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_day_reads_back_in_each_form(days in -36_000_i64..54_000) {
            let (year, month, day) = civil_from_days(days);
            let number = year * 10_000 + month * 100 + day;
            let (era, era_year) = Era::of_day(number).unwrap();
            let label = Era::label_of_day(number).unwrap();
            for text in [
                format!("{}{era_year}.{month}.{day}", era.letter()),
                format!("{}{era_year:02}{month:02}{day:02}", era.letter()),
                format!("{label}{month}月{day}日"),
                format!("{number}"),
                format!("{year}/{month}/{day}"),
            ] {
                prop_assert_eq!(read(&text), Some((number, number)), "{}", text);
            }
        }

        #[test]
        fn never_panics_and_spans_are_in_order(text in "[MTSHR明治昭和平成令元年月日0-9./\\-　 ]{0,16}|\\PC{0,24}") {
            if let Some(span) = read_birth(&text) {
                prop_assert!(span.first_day <= span.last_day);
            }
        }
    }
}
