//! Numbers and comparators in the texts that results come as.
//!
//! The standard forbids SN in OBX-5, so `< 0.5` and `100以上` arrive as text.

/// What a value holds when the whole of it is one number, with a comparator or without.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Number {
    /// `<`, `<=`, `>`, `>=`, or empty.
    pub(crate) comparator: &'static str,
    /// The number as decimal text.
    pub(crate) decimal: String,
}

/// Reads one number out of a value; `None` if the value is anything else (`1+`, `2.3(±)`,
/// `陰性`, two numbers), or is too long to be one.
pub(crate) fn number(value: &str) -> Option<Number> {
    const LONGEST: usize = 64;
    let value = value.trim();
    if value.is_empty() || value.len() > LONGEST {
        return None;
    }
    if value.is_ascii() {
        return read(value);
    }
    let narrow: String = value.chars().map(narrow).collect();
    read(narrow.trim())
}

fn read(value: &str) -> Option<Number> {
    const BEFORE: &[(&str, &str)] = &[
        ("<=", "<="),
        ("=<", "<="),
        ("≦", "<="),
        ("≤", "<="),
        ("<", "<"),
        (">=", ">="),
        ("=>", ">="),
        ("≧", ">="),
        ("≥", ">="),
        (">", ">"),
    ];
    const AFTER: &[(&str, &str)] = &[("未満", "<"), ("以下", "<="), ("以上", ">="), ("超", ">")];
    let (comparator, digits) = BEFORE
        .iter()
        .find_map(|(written, meaning)| Some((*meaning, value.strip_prefix(written)?)))
        .or_else(|| {
            AFTER
                .iter()
                .find_map(|(written, meaning)| Some((*meaning, value.strip_suffix(written)?)))
        })
        .unwrap_or(("", value));
    let digits = digits.trim();
    let decimal = match digits.find(['e', 'E']) {
        Some(at) => shift(&decimal(digits.get(..at)?)?, digits.get(at + 1..)?)?,
        None => decimal(digits)?,
    };
    Some(Number { comparator, decimal })
}

/// Moves the decimal point by an exponent: analysers write `1.229e+04`.
fn shift(decimal: &str, exponent: &str) -> Option<String> {
    const MOST: usize = 15;
    let (is_negative, digits) = match exponent.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, exponent.strip_prefix('+').unwrap_or(exponent)),
    };
    let is_short =
        matches!(digits.len(), 1..=2) && digits.bytes().all(|byte| byte.is_ascii_digit());
    let places: usize = digits.parse().ok().filter(|places| is_short && *places <= MOST)?;
    let (sign, unsigned) = match decimal.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", decimal),
    };
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let (whole, fraction) = if is_negative {
        let padded = format!("{}{whole}", "0".repeat(places));
        let (before, after) = padded.split_at(padded.len() - places);
        (before.to_owned(), format!("{after}{fraction}"))
    } else {
        let padded = format!("{fraction}{}", "0".repeat(places.saturating_sub(fraction.len())));
        let (before, after) = padded.split_at(places);
        (format!("{whole}{before}"), after.to_owned())
    };
    let whole = match whole.trim_start_matches('0') {
        "" => "0",
        significant => significant,
    };
    Some(match fraction.as_str() {
        "" => format!("{sign}{whole}"),
        fraction => format!("{sign}{whole}.{fraction}"),
    })
}

/// Plain decimal notation; commas only as separators of thousands.
fn decimal(digits: &str) -> Option<String> {
    let (sign, unsigned) = match digits.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", digits),
    };
    let (whole, fraction) = match unsigned.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (unsigned, None),
    };
    let are_digits =
        |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if fraction.is_some_and(|part| !are_digits(part)) {
        return None;
    }
    let whole = match whole {
        "" if fraction.is_some() => "0".to_owned(),
        grouped if grouped.contains(',') => ungroup(grouped)?,
        plain if are_digits(plain) => plain.to_owned(),
        _ => return None,
    };
    Some(match fraction {
        Some(fraction) => format!("{sign}{whole}.{fraction}"),
        None => format!("{sign}{whole}"),
    })
}

fn ungroup(grouped: &str) -> Option<String> {
    let mut groups = grouped.split(',');
    let first = groups.next()?;
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let first_fits = matches!(first.len(), 1..=3) && digits(first);
    let rest_fit = groups.all(|group| group.len() == 3 && digits(group));
    (first_fits && rest_fit).then(|| grouped.replace(',', ""))
}

/// Full-width forms of what a number is written with.
fn narrow(character: char) -> char {
    match character {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(character as u32 - 0xFEE0).unwrap_or(character),
        '\u{3000}' => ' ',
        '−' | '‐' | '–' => '-',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parts(value: &str) -> Option<(&'static str, String)> {
        number(value).map(|number| (number.comparator, number.decimal))
    }

    #[test]
    fn reads_numbers_with_and_without_comparators() {
        for (value, comparator, decimal) in [
            ("7.2", "", "7.2"),
            ("  12 ", "", "12"),
            ("-14", "", "-14"),
            ("< 0.5", "<", "0.5"),
            (">= 100", ">=", "100"),
            ("＜０．５", "<", "0.5"),
            ("≧1,234.5", ">=", "1234.5"),
            ("0.03未満", "<", "0.03"),
            ("100以上", ">=", "100"),
            (".5", "", "0.5"),
            ("−3.1", "", "-3.1"),
            ("1.229e+04", "", "12290"),
            ("1.22957E4", "", "12295.7"),
            ("<5e-3", "<", "0.005"),
            ("-12.5e-1", "", "-1.25"),
            ("0e0", "", "0"),
        ] {
            assert_eq!(parts(value), Some((comparator, decimal.to_owned())), "{value}");
        }
    }

    #[test]
    fn leaves_everything_else_alone() {
        for value in [
            "", " ", "-", "  -", "1+", " 2 +", "(+)", "+1", "陰性", "2.3(±)", "1-4", "12,34",
            "1.2.3", "5.", "1e", "e5", "1e99", "1e1.5", "<", "< 未満", "0.13(0)", "8.42:4", "1/2",
            "２＋",
        ] {
            assert_eq!(parts(value), None, "{value}");
        }
    }

    proptest! {
        #[test]
        fn never_panics_and_gives_only_decimals(value in "\\PC{0,70}") {
            if let Some(number) = number(&value) {
                prop_assert!(number.decimal.parse::<f64>().is_ok());
            }
        }

        #[test]
        fn every_decimal_is_itself(value in "-?[0-9]{1,12}(\\.[0-9]{1,6})?") {
            prop_assert_eq!(parts(&value), Some(("", value.clone())));
        }
    }
}
