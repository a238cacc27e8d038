//! A day as somebody types it into the field "to date": Western or era, day, month or year.

use model::date::days_from_civil_checked;
use page::dates::ERAS;

/// A day, month or year as typed: every day from `first` to `last`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TypedDay {
    /// `YYYYMMDD`
    pub first: i64,
    /// `YYYYMMDD`
    pub last: i64,
}

/// Reads a day, month or year: `1948/3/12`, `1948-03-12`, `19480312`, `S23.3.12`, `昭和23年3月12日`, `昭23`,
/// and years or months of these forms.
pub fn read_day(word: &str) -> Option<TypedDay> {
    let word = half_width(word);
    match read_era(&word) {
        Some((offset, rest)) => {
            let (year, month, day) = read_parts(rest, 2)?;
            span(year + offset, month, day)
        }
        None => {
            let (year, month, day) = read_parts(&word, 4)?;
            (1_868..=2_200).contains(&year).then(|| span(year, month, day)).flatten()
        }
    }
}

/// Splits an era off: what to add to its years, and the rest.
fn read_era(word: &str) -> Option<(i64, &str)> {
    for (letter, name, first) in ERAS {
        let short = name.chars().next()?;
        let rest = word
            .strip_prefix(name)
            .or_else(|| word.strip_prefix(short))
            .or_else(|| word.strip_prefix(letter))
            .or_else(|| word.strip_prefix(letter.to_ascii_lowercase()));
        if let Some(rest) = rest {
            return Some((first / 10_000 - 1, rest.trim_start_matches('.')));
        }
    }
    None
}

/// Year, month and day with separators, or digits alone (`year_digits` for the year, then two
/// and two).
fn read_parts(text: &str, year_digits: usize) -> Option<(i64, Option<i64>, Option<i64>)> {
    let text = text.replace("元年", "1年");
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return read_digits(&text, year_digits);
    }
    let text = text.trim_end_matches(['年', '月', '日']);
    let mut parts = text.split(['/', '-', '.', '年', '月']);
    let number = |part: Option<&str>| -> Option<Option<i64>> {
        match part {
            None => Some(None),
            Some(digits) if digits.len() <= 4 && !digits.is_empty() => digits
                .bytes()
                .all(|byte| byte.is_ascii_digit())
                .then(|| digits.parse().ok())
                .map(Some)?,
            Some(_) => None,
        }
    };
    let year = number(parts.next())??;
    let month = number(parts.next())?;
    let day = number(parts.next())?;
    let has_month_or_marks = month.is_some() || year_digits == 2;
    (parts.next().is_none() && (has_month_or_marks || text.len() == 4))
        .then_some((year, month, day))
}

fn read_digits(text: &str, year_digits: usize) -> Option<(i64, Option<i64>, Option<i64>)> {
    let number = |from: usize, to: usize| text.get(from..to).and_then(|part| part.parse().ok());
    let (y, m, d) = (year_digits, year_digits + 2, year_digits + 4);
    match text.len() {
        length if length == d => Some((number(0, y)?, Some(number(y, m)?), Some(number(m, d)?))),
        length if length <= 2 && y == 2 => Some((number(0, length)?, None, None)),
        _ => None,
    }
}

fn span(year: i64, month: Option<i64>, day: Option<i64>) -> Option<TypedDay> {
    let exact = |month: i64, day: i64| {
        days_from_civil_checked(year, month, day).map(|_| year * 10_000 + month * 100 + day)
    };
    match (month, day) {
        (Some(month), Some(day)) => exact(month, day).map(|day| TypedDay { first: day, last: day }),
        (Some(month), None) if (1..=12).contains(&month) => {
            let last = (28..=31).rev().find_map(|day| exact(month, day))?;
            Some(TypedDay { first: exact(month, 1)?, last })
        }
        (None, None) => Some(TypedDay { first: exact(1, 1)?, last: exact(12, 31)? }),
        _ => None,
    }
}

/// Full-width letters, digits and signs as their half-width forms.
fn half_width(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '！'..='～' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
            '‐' | '‑' | '–' | '—' | '−' | 'ー'
                if text.contains(|c: char| c.is_ascii_digit() || ('０'..='９').contains(&c)) =>
            {
                '-'
            }
            other => other,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(word: &str) -> (i64, i64) {
        let birth = read_day(word).unwrap_or_else(|| panic!("{word} is no date"));
        (birth.first, birth.last)
    }

    #[test]
    fn every_usual_form_of_one_birth_date_is_the_same_day() {
        for word in [
            "1948/3/12",
            "1948/03/12",
            "1948-3-12",
            "1948.3.12",
            "19480312",
            "1948年3月12日",
            "S23.3.12",
            "s23.3.12",
            "S23/3/12",
            "S23-03-12",
            "S230312",
            "S.23.3.12",
            "昭和23年3月12日",
            "昭23.3.12",
            "昭和23.3.12",
            "１９４８／３／１２",
            "Ｓ２３．３．１２",
        ] {
            assert_eq!(day(word), (19480312, 19480312), "{word}");
        }
    }

    #[test]
    fn years_and_months_are_spans() {
        assert_eq!(day("S23"), (19480101, 19481231));
        assert_eq!(day("昭和23年"), (19480101, 19481231));
        assert_eq!(day("1948年"), (19480101, 19481231));
        assert_eq!(day("1948/2"), (19480201, 19480229));
        assert_eq!(day("令和元年5月1日"), (20190501, 20190501));
        assert_eq!(day("H1.1.8"), (19890108, 19890108));
    }

    #[test]
    fn what_is_no_day_is_no_birth_date() {
        for word in [
            "1948/2/30",
            "19481332",
            "S23.13.1",
            "00123456",
            "山田",
            "S",
            "昭和",
            "1948//3",
            "12345",
        ] {
            assert_eq!(read_day(word), None, "{word}");
        }
    }
}
