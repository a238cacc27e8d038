//! Japanese and English. Texts of the pages come from the `.ftl` files of this crate; medical
//! content is shown as received and never translated.

use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{LanguageIdentifier, Loader, static_loader};
use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Display;
use std::sync::LazyLock;

static_loader! {
    static LOCALES = {
        locales: "./locales",
        fallback_language: "ja",
        // Isolation marks are for mixed writing directions and would stand in copied text.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

static JAPANESE: LazyLock<LanguageIdentifier> = LazyLock::new(|| identifier("ja"));
static ENGLISH: LazyLock<LanguageIdentifier> = LazyLock::new(|| identifier("en"));

/// A language of the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Language {
    /// 日本語
    #[default]
    Japanese,
    /// English
    English,
}

impl Language {
    /// The code, as in `lang=` and in the account's row.
    pub fn code(self) -> &'static str {
        match self {
            Language::Japanese => "ja",
            Language::English => "en",
        }
    }

    /// The language of a code; anything unknown is Japanese.
    pub fn from_code(code: &str) -> Language {
        if code == "en" { Language::English } else { Language::Japanese }
    }

    /// The other one.
    pub fn other(self) -> Language {
        match self {
            Language::Japanese => Language::English,
            Language::English => Language::Japanese,
        }
    }

    /// Its own name for itself.
    pub fn name(self) -> &'static str {
        match self {
            Language::Japanese => "日本語",
            Language::English => "English",
        }
    }
}

/// The texts in one language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Texts {
    /// The language.
    pub language: Language,
}

impl Texts {
    /// The text of a key. An unknown key is shown as itself (a test keeps them known).
    pub fn get(&self, key: &str) -> String {
        LOCALES.try_lookup(self.identifier(), key).unwrap_or_else(|| key.to_owned())
    }

    /// The text of a key with its variables.
    pub fn with(&self, key: &str, variables: &[(&'static str, &str)]) -> String {
        let arguments: HashMap<Cow<'static, str>, FluentValue<'_>> = variables
            .iter()
            .map(|(name, value)| (Cow::Borrowed(*name), FluentValue::from(*value)))
            .collect();
        LOCALES
            .try_lookup_with_args(self.identifier(), key, &arguments)
            .unwrap_or_else(|| key.to_owned())
    }

    /// The text of a key with a number, grouped by thousands, as its variable `n`.
    pub fn count(&self, key: &str, number: usize) -> String {
        self.with(key, &[("n", &grouped(number))])
    }

    fn identifier(&self) -> &'static LanguageIdentifier {
        match self.language {
            Language::Japanese => &JAPANESE,
            Language::English => &ENGLISH,
        }
    }
}

/// A whole number with a comma between thousands.
pub fn grouped(number: impl Display) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

fn identifier(code: &str) -> LanguageIdentifier {
    code.parse().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_thousands() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_000), "1,000");
        assert_eq!(grouped(1_234_567), "1,234,567");
    }

    #[test]
    fn both_languages_answer() {
        let japanese = Texts::default();
        let english = Texts { language: Language::English };
        assert_eq!(japanese.get("nav-home"), "ホーム");
        assert_eq!(english.get("nav-home"), "Home");
        assert_eq!(english.get("no-such-key"), "no-such-key");
    }
}
