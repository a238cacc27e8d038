//! Telephone numbers as keys.

/// The digits of a telephone number, in the national form; `None` for what is none: fewer than
/// nine digits, more than eleven, or a row of one digit.
pub fn telephone_key(text: &str) -> Option<String> {
    use unicode_normalization::UnicodeNormalization;
    let digits: String = text.nfkc().filter(char::is_ascii_digit).collect();
    let is_abroad = text.nfkc().find(|character| !character.is_whitespace()) == Some('+');
    let national = match digits.strip_prefix("81") {
        Some(rest) if is_abroad => format!("0{}", rest.trim_start_matches('0')),
        _ => digits,
    };
    let distinct = |from: usize| {
        let tail = national.as_bytes().get(from..).unwrap_or_default();
        tail.iter().any(|digit| Some(digit) != tail.first())
    };
    ((9..=11).contains(&national.len()) && distinct(national.len().saturating_sub(6)))
        .then_some(national)
}

/// Whether a key is the number of a mobile telephone: a person's rather than a household's.
pub fn is_mobile(key: &str) -> bool {
    key.len() == 11 && ["070", "080", "090"].iter().any(|prefix| key.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::{is_mobile, telephone_key};

    #[test]
    fn forms_of_one_number_are_one_key() {
        for form in ["0859-20-1234", "０８５９（２０）１２３４", "+81 859-20-1234", "0859201234"]
        {
            assert_eq!(telephone_key(form).as_deref(), Some("0859201234"), "{form}");
        }
        for none in ["", "0", "なし", "000-0000-0000", "090-9999-9999", "123456789012"] {
            assert_eq!(telephone_key(none), None, "{none}");
        }
        assert!(is_mobile("09012345678"));
        assert!(!is_mobile("0859201234"));
    }
}
