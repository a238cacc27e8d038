//! Reference ranges as sent, read where they are plain numbers.

/// The ends of a range; an open end is `None`.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Range {
    /// Lower end.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
}

/// Reads `4.9-6.0`, `4.9～6.0`, `<=0.14`, `≦5`, `60以上`, `>60`. Anything else is `None`: it is shown as
/// sent and not drawn.
pub fn read(sent: &str) -> Option<Range> {
    let text: String = sent.chars().filter(|c| !c.is_whitespace()).map(plain).collect();
    if let Some((low, high)) = split(&text) {
        let (low, high) = (number(low)?, number(high)?);
        return (low <= high).then_some(Range { low: Some(low), high: Some(high) });
    }
    for sign in ["<=", "<", "≦", "≤"] {
        if let Some(rest) = text.strip_prefix(sign) {
            return Some(Range { low: None, high: Some(number(rest)?) });
        }
    }
    for sign in [">=", ">", "≧", "≥"] {
        if let Some(rest) = text.strip_prefix(sign) {
            return Some(Range { low: Some(number(rest)?), high: None });
        }
    }
    if let Some(rest) = text.strip_suffix("以上").or_else(|| text.strip_suffix('-')) {
        return Some(Range { low: Some(number(rest)?), high: None });
    }
    let below = text.strip_suffix("以下").or_else(|| text.strip_suffix("未満"));
    below
        .or_else(|| text.strip_prefix('-'))
        .and_then(|rest| Some(Range { low: None, high: Some(number(rest)?) }))
}

/// A number as laboratories write it.
pub fn number(text: &str) -> Option<f64> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let shape = !digits.is_empty()
        && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
        && digits.bytes().any(|byte| byte.is_ascii_digit());
    shape.then(|| text.parse::<f64>().ok()).flatten().filter(|value| value.is_finite())
}

fn split(text: &str) -> Option<(&str, &str)> {
    // A hyphen at the very beginning would be a sign.
    let at = text.char_indices().skip(1).find(|(_, c)| *c == '-').map(|(at, _)| at)?;
    let (low, high) = (&text[..at], &text[at + 1..]);
    (!high.is_empty()).then_some((low, high))
}

fn plain(c: char) -> char {
    match c {
        '～' | '〜' | '~' | '－' | '−' | '–' | '—' | '‐' => '-',
        '！'..='｝' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ranges_are_read_as_laboratories_write_them() {
        let both = |low, high| Some(Range { low: Some(low), high: Some(high) });
        assert_eq!(read("4.9-6.0"), both(4.9, 6.0));
        assert_eq!(read("4.9 ～ 6.0"), both(4.9, 6.0));
        assert_eq!(read("４．９〜６．０"), both(4.9, 6.0));
        assert_eq!(read("-2.0-2.0"), both(-2.0, 2.0));
        assert_eq!(read("<=0.14"), Some(Range { low: None, high: Some(0.14) }));
        assert_eq!(read("60以上"), Some(Range { low: Some(60.0), high: None }));
        assert_eq!(read("0.3以下"), Some(Range { low: None, high: Some(0.3) }));
        for none in ["", "(-)", "陰性", "M:13-17 F:11-15", "6.0-4.9", "1:40", "."] {
            assert_eq!(read(none), None, "{none}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC{0,24}") {
            let _ = read(&text);
        }
    }
}
