//! Person names: component groups and components (PS3.5 6.2.1.1).

/// A person name of up to three component groups.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PersonName {
    /// In letters of one byte: romaji, or half-width katakana.
    pub alphabetic: Group,
    /// In kanji.
    pub ideographic: Group,
    /// In kana.
    pub phonetic: Group,
}

/// One component group.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Group {
    /// Family name complex.
    pub family: String,
    /// Given name complex.
    pub given: String,
    /// Middle name.
    pub middle: String,
    /// Name prefix.
    pub prefix: String,
    /// Name suffix.
    pub suffix: String,
}

impl PersonName {
    /// Reads a decoded value, one of those between `\`. More groups than three are left out;
    /// components beyond the fifth stay in the suffix.
    pub fn parse(value: &str) -> PersonName {
        let mut groups = value.split('=').map(Group::parse);
        let mut next = || groups.next().unwrap_or_default();
        PersonName { alphabetic: next(), ideographic: next(), phonetic: next() }
    }

    /// The group to show first: kanji, then letters, then kana.
    pub fn shown(&self) -> &Group {
        [&self.ideographic, &self.alphabetic]
            .into_iter()
            .find(|group| !group.is_empty())
            .unwrap_or(&self.phonetic)
    }
}

impl Group {
    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        *self == Group::default()
    }

    /// Its components that have a value, in the order of the standard, with a blank between them.
    pub fn text(&self) -> String {
        let all = [&self.family, &self.given, &self.middle, &self.prefix, &self.suffix];
        let filled: Vec<&str> =
            all.into_iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
        filled.join(" ")
    }

    fn parse(group: &str) -> Group {
        let mut components = group.splitn(5, '^').map(|part| part.trim_matches(' ').to_owned());
        let mut next = || components.next().unwrap_or_default();
        Group {
            family: next(),
            given: next(),
            middle: next(),
            prefix: next(),
            suffix: next().trim_end_matches('^').to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_and_components_are_told_apart() {
        let name = PersonName::parse("Yamada^Tarou^^Dr=山田^太郎=やまだ^たろう");
        assert_eq!(name.alphabetic.prefix, "Dr");
        assert_eq!(
            (name.ideographic.family.as_str(), name.shown().text().as_str()),
            ("山田", "山田 太郎")
        );
        assert_eq!(name.phonetic.given, "たろう");
        assert_eq!(PersonName::parse("ﾔﾏﾀﾞ^ﾀﾛｳ^^^").shown().text(), "ﾔﾏﾀﾞ ﾀﾛｳ");
        assert!(PersonName::parse("").shown().is_empty());
    }
}
