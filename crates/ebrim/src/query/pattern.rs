//! Patterns as SQL's LIKE has them.

/// A pattern: `%` stands for any text, `_` for any one character, everything else for itself.
/// Case counts.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Pattern(pub String);

impl Pattern {
    /// Whether a whole text fits. Time grows with the product of both lengths at worst.
    pub fn matches(&self, text: &str) -> bool {
        let pattern: Vec<char> = self.0.chars().collect();
        let text: Vec<char> = text.chars().collect();
        let (mut at, mut in_text) = (0, 0);
        // The last `%` and the text that it has swallowed so far.
        let mut retry: Option<(usize, usize)> = None;
        while in_text < text.len() {
            match pattern.get(at) {
                Some('%') => {
                    retry = Some((at, in_text));
                    at += 1;
                }
                Some(one) if *one == '_' || *one == text[in_text] => {
                    at += 1;
                    in_text += 1;
                }
                _ => {
                    let Some((percent, swallowed)) = retry else { return false };
                    retry = Some((percent, swallowed + 1));
                    at = percent + 1;
                    in_text = swallowed + 1;
                }
            }
        }
        pattern[at..].iter().all(|one| *one == '%')
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn percent_and_underscore_stand_for_what_sql_says() {
        let fits = |pattern: &str, text: &str| Pattern(pattern.into()).matches(text);
        assert!(fits("%Welby%", "11^Welby^Marcus"));
        assert!(fits("W_lby", "Welby") && !fits("W_lby", "Wlby"));
        assert!(fits("%", "") && fits("a%%b", "ab") && !fits("a%b", "abc"));
        assert!(!fits("welby", "Welby") && fits("%医師^_郎", "1^医師^太郎"));
    }

    /// The definition, by recursion over short texts.
    fn defined(pattern: &[char], text: &[char]) -> bool {
        match (pattern, text) {
            ([], text) => text.is_empty(),
            (['%', rest @ ..], text) => (0..=text.len()).any(|from| defined(rest, &text[from..])),
            ([one, rest @ ..], [first, more @ ..]) => {
                (*one == '_' || one == first) && defined(rest, more)
            }
            _ => false,
        }
    }

    proptest! {
        #[test]
        fn it_does_what_the_definition_says(pattern in "[ab%_]{0,6}", text in "[ab_%]{0,8}") {
            let chars = |text: &str| text.chars().collect::<Vec<_>>();
            let expected = defined(&chars(&pattern), &chars(&text));
            prop_assert_eq!(Pattern(pattern).matches(&text), expected);
        }
    }
}
