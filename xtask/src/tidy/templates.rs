//! Templates hold no words: what a person reads comes from the Fluent files, in both languages.

use super::Violation;

/// What may stand in a template in letters: names that are the same in every language.
const NAMES: &[&str] =
    &["Musubi", "JSON", "HL7", "XML", "SS-MIX2", "TOTP", "ICD-10", "JLAC10", "HOT", "ja", "en"];
/// Attributes whose value a person reads or hears.
const SPOKEN: &[&str] = &["title", "alt", "placeholder", "aria-label", "aria-description", "label"];

/// Words in a template.
pub fn words(path: &str, text: &str) -> Vec<Violation> {
    let mut violations = Vec::new();
    let without_comments = blank_between(text.to_owned(), "{#", "#}");
    // Blocks of the layout inside of a tag, and names of keys on a keyboard, are no words.
    let without_classes = blank_between(without_comments, "_class %}", "{% endblock %}");
    let without_attributes = blank_between(without_classes, "_attributes %}", "{% endblock %}");
    let without_keys = blank_between(without_attributes, "<kbd>", "</kbd>");
    let without_code = blank_between(without_keys, "{%", "%}");
    let visible = blank_between(without_code, "{{", "}}");
    let mut report = |place: usize, words: &str| {
        if let Some(word) = first_word(words) {
            let line = text[..place].lines().count().max(1);
            let message = format!("`{word}` is written into the template: use a Fluent key");
            violations.push(Violation::new("template-text", path, line, message));
        }
    };
    for (place, tag) in tags(&visible) {
        for attribute in SPOKEN {
            let begins = format!(" {attribute}=\"");
            for (at, _) in tag.match_indices(&begins) {
                let value = &tag[at + begins.len()..];
                report(place + at, &value[..value.find('"').unwrap_or(value.len())]);
            }
        }
    }
    let outside = blank_between(blank_between(visible, "<", ">"), "&", ";");
    let mut place = 0;
    for line in outside.split_inclusive('\n') {
        report(place, line);
        place += line.len();
    }
    violations
}

fn tags(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.match_indices('<').map(|(place, _)| {
        let tag = &text[place..];
        (place, &tag[..tag.find('>').unwrap_or(tag.len())])
    })
}

fn first_word(text: &str) -> Option<&str> {
    text.split(|letter: char| !(letter.is_alphanumeric() || letter == '-')).find(|word| {
        word.chars().filter(|letter| letter.is_alphabetic()).count() > 1 && !NAMES.contains(word)
    })
}

/// Replaces what stands from `open` to `close` by blanks; lines and places stay.
fn blank_between(text: String, open: &str, close: &str) -> String {
    let mut bytes = text.clone().into_bytes();
    let mut from = 0;
    while let Some(start) = text[from..].find(open).map(|offset| from + offset) {
        let end =
            text[start..].find(close).map_or(text.len(), |offset| start + offset + close.len());
        bytes[start..end].iter_mut().filter(|byte| **byte != b'\n').for_each(|byte| *byte = b' ');
        from = end;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn words_are_found_in_text_and_in_spoken_attributes() {
        for bad in ["<p>検査</p>", "<p>\nResults {{ n }}</p>", "<a title=\"Next page\">›</a>"] {
            assert_eq!(words("a.html", bad).len(), 1, "{bad}");
        }
    }

    #[test]
    fn keys_code_entities_and_names_are_fine() {
        let good = "{# a comment #}<p class=\"lab\" title=\"{{ t(\"x\") }}\">{{ t(\"results\") }} &middot; \
                    {% if a %}n / N{% endif %} Musubi</p>{% block app_class %} lined{% endblock %}<kbd>Enter</kbd>";
        assert!(words("a.html", good).is_empty());
    }
}
