//! Whether an entity matches the keys of a request (PS3.4 C.2.2.2).

use dicomfile::{DataSet, Element, Tag, VR, keyword_of, tags};
use std::collections::BTreeMap;

/// Tags of an identifier that are no keys.
const NO_KEYS: [Tag; 4] = [
    tags::SPECIFIC_CHARACTER_SET,
    tags::QUERY_RETRIEVE_LEVEL,
    tags::RETRIEVE_AE_TITLE,
    tags::TIMEZONE_OFFSET_FROM_UTC,
];

/// Whether every key matches.
pub(super) fn matches(keys: &DataSet, header: &DataSet) -> bool {
    keys.elements()
        .iter()
        .filter(|key| !NO_KEYS.contains(&key.tag))
        .all(|key| is_match(keys, key, header))
}

/// The identifier of an answer: what was asked for, as it stands in the entity's header.
pub(super) fn answer(keys: &DataSet, header: &DataSet, level: &str, title: &str) -> DataSet {
    let mut found = DataSet::new();
    for key in keys.elements() {
        match header.get(key.tag) {
            Some(element) => found.put(element.clone()),
            None => found.put(Element::new(key.tag, key.vr, Vec::new())),
        };
    }
    found.remove(tags::SPECIFIC_CHARACTER_SET);
    if let Some(declared) = header.get(tags::SPECIFIC_CHARACTER_SET) {
        found.put(declared.clone());
    }
    found.put_str(tags::QUERY_RETRIEVE_LEVEL, level).put_str(tags::RETRIEVE_AE_TITLE, title);
    found
}

/// The keys that have a value, by keyword.
pub(super) fn readable(keys: &DataSet) -> BTreeMap<String, String> {
    keys.elements()
        .iter()
        .filter(|key| !NO_KEYS.contains(&key.tag))
        .filter_map(|key| {
            let text = keys.text(key.tag)?.value.trim_matches(['\0', ' ']).to_owned();
            let name = keyword_of(key.tag).map_or_else(|| key.tag.to_string(), str::to_owned);
            (!text.is_empty()).then_some((name, text))
        })
        .collect()
}

fn is_match(keys: &DataSet, key: &Element, header: &DataSet) -> bool {
    let value = |set: &DataSet| {
        let text = set.text(key.tag).map(|text| text.value).unwrap_or_default();
        text.trim_matches(['\0', ' ']).to_owned()
    };
    let asked = value(keys);
    // Universal matching; sequences are given back and never matched.
    if asked.is_empty() || asked == "*" || matches!(key.vr, VR::SQ) {
        return true;
    }
    let found = value(header);
    let mut values = found.split('\\').map(|value| value.trim_matches([' ', '\0']));
    match key.vr {
        VR::UI => values.any(|value| asked.split('\\').any(|one| one.trim() == value)),
        VR::DA | VR::TM | VR::DT => values.any(|value| is_within(&asked, value)),
        VR::PN => values.any(|value| is_name(&asked, value)),
        VR::US | VR::UL | VR::SS | VR::SL => keys.number(key.tag) == header.number(key.tag),
        _ => values.any(|value| asked.split('\\').any(|one| is_like(one.trim(), value))),
    }
}

/// A range (PS3.4 C.2.2.2.5): open at either end, or one day or moment. What is given to the minute
/// covers its minute.
fn is_within(asked: &str, value: &str) -> bool {
    if value.is_empty() {
        return false;
    }
    let cut = |end: &str| value.get(..end.len()).unwrap_or(value).to_owned();
    match asked.split_once('-') {
        None => cut(asked) == asked,
        Some((from, to)) => {
            (from.is_empty() || value >= from) && (to.is_empty() || cut(to).as_str() <= to)
        }
    }
}

/// A name: any of its groups, or the whole, whatever the case (PS3.4 C.2.2.2.1).
fn is_name(asked: &str, value: &str) -> bool {
    let lower = |text: &str| text.trim_end_matches(['^', '=', ' ']).to_lowercase();
    let asked = lower(asked);
    std::iter::once(value)
        .chain(value.split('='))
        .filter(|part| !part.is_empty())
        .any(|part| is_like(&asked, &lower(part)))
}

/// `*` stands for any text and `?` for one character (PS3.4 C.2.2.2.4).
fn is_like(pattern: &str, value: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let value: Vec<char> = value.chars().collect();
    let (mut at, mut place) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while place < value.len() {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at, place));
                at += 1;
            }
            Some(letter) if *letter == '?' || value.get(place) == Some(letter) => {
                at += 1;
                place += 1;
            }
            _ => match star {
                Some((of_star, from)) => {
                    star = Some((of_star, from + 1));
                    (at, place) = (of_star + 1, from + 1);
                }
                None => return false,
            },
        }
    }
    pattern.iter().skip(at).all(|letter| *letter == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_stand_for_text_and_letters() {
        for (pattern, value, expected) in [
            ("YAMA*", "YAMADA^TAROU", true),
            ("*DA^*", "YAMADA^TAROU", true),
            ("YAMAD?^TAROU", "YAMADA^TAROU", true),
            ("YAMAD?", "YAMADA^TAROU", false),
            ("*?*?*", "A", false),
            ("", "", true),
            ("山*郎", "山田^太郎", true),
            ("CT", "ct", false),
        ] {
            assert_eq!(is_like(pattern, value), expected, "{pattern} {value}");
        }
    }

    #[test]
    fn names_match_by_any_group_whatever_their_case() {
        let name = "YAMADA^TAROU=山田^太郎=やまだ^たろう";
        for asked in ["yamada^tarou", "山田*", "*たろう", "YAMADA^TAROU^^"] {
            assert!(is_name(asked, name), "{asked}");
        }
        assert!(!is_name("YAMADA", name));
        assert!(!is_name("山本*", name));
    }

    #[test]
    fn ranges_are_open_or_closed() {
        for (asked, value, expected) in [
            ("20250101-20250131", "20250131", true),
            ("20250101-20250131", "20250201", false),
            ("-20250131", "20241231", true),
            ("20250101-", "20241231", false),
            ("20250101", "20250101", true),
            ("20250101-", "", false),
            ("0900-1030", "103059", true),
            ("0900-1030", "103100", false),
        ] {
            assert_eq!(is_within(asked, value), expected, "{asked} {value}");
        }
    }

    #[test]
    fn an_answer_has_what_was_asked_for_and_the_entitys_character_set() {
        let mut header = DataSet::new();
        header
            .put_str(tags::SPECIFIC_CHARACTER_SET, "ISO_IR 192")
            .put_str(tags::PATIENT_ID, "1")
            .put_str(tags::PATIENT_NAME, "=山田");
        let mut keys = DataSet::new();
        keys.put_str(tags::PATIENT_ID, "1").put_str(tags::STUDY_ID, "");
        assert!(matches(&keys, &header));
        let found = answer(&keys, &header, "STUDY", "PACS");
        assert_eq!(found.ascii(tags::PATIENT_ID), Some("1"));
        assert!(found.has(tags::STUDY_ID) && !found.has(tags::PATIENT_NAME));
        assert_eq!(found.ascii(tags::SPECIFIC_CHARACTER_SET), Some("ISO_IR 192"));
        assert_eq!(readable(&keys), BTreeMap::from([("PatientID".to_owned(), "1".to_owned())]));
        keys.put_str(tags::PATIENT_ID, "2");
        assert!(!matches(&keys, &header));
    }
}
