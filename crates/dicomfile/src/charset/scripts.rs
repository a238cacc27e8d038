//! Which words a script would have: letters of one kind, capitals where they belong, vowels.

use super::Coding;

/// Whether text of a Latin set is believable: a letter above ASCII stands beside one of ASCII, at
/// most two of them together, and no capital within a word that has begun small.
pub(crate) fn is_latin(text: &str) -> bool {
    let characters: Vec<char> = text.chars().collect();
    let at = |place: Option<usize>| place.and_then(|place| characters.get(place)).copied();
    let is_plain = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphabetic());
    let mut run = 0;
    for (place, character) in characters.iter().enumerate() {
        if character.is_ascii() {
            run = 0;
            continue;
        }
        run += 1;
        let before = at(place.checked_sub(1));
        let after = at(place.checked_add(1));
        let beyond = |c: Option<char>, further: Option<usize>| {
            c.is_some_and(|c| !c.is_ascii()) && is_plain(at(further))
        };
        let is_beside = is_plain(before)
            || is_plain(after)
            || beyond(before, place.checked_sub(2))
            || beyond(after, place.checked_add(2));
        let is_late_capital = character.is_uppercase() && before.is_some_and(|b| b.is_lowercase());
        if run > 2 || !is_letter(*character) || !is_beside || is_late_capital {
            return false;
        }
    }
    true
}

/// Whether text of a script beside ASCII is believable: its words are of its own letters alone,
/// and built as that script builds them.
pub(crate) fn is_of_script(text: &str, coding: Coding) -> bool {
    let mut words = 0;
    for word in words_of(text) {
        if word.is_ascii() {
            continue;
        }
        words += 1;
        let fits = word.chars().all(|c| !c.is_ascii())
            && match coding {
                Coding::Cyrillic => is_cased(word, "АЕЁИОУЫЭЮЯІЇЄаеёиоуыэюяіїє"),
                Coding::Greek => is_cased(word, "ΑΕΗΙΟΥΩαεηιουωάέήίόύώϊϋΐΰΆΈΉΊΌΎΏΪΫ"),
                Coding::Thai => is_thai(word),
                _ => word.chars().all(is_letter) && word.chars().count() > 1,
            };
        if !fits {
            return false;
        }
    }
    words > 0
}

/// The words of a value: what stands between delimiters, blanks and punctuation of ASCII.
pub(crate) fn words_of(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_ascii() && !c.is_ascii_alphabetic() || c == '\u{3000}')
        .filter(|word| !word.is_empty())
}

fn is_letter(character: char) -> bool {
    character.is_alphabetic() && !matches!(character, 'ª' | 'º')
}

/// Capitals at the beginning or throughout, at least one vowel, no long row without one.
fn is_cased(word: &str, vowels: &str) -> bool {
    let mut characters = word.chars();
    let Some(first) = characters.next() else { return false };
    let rest: Vec<char> = characters.collect();
    let is_title = first.is_uppercase() && rest.iter().all(|c| c.is_lowercase());
    let is_upper = first.is_uppercase() && rest.iter().all(|c| c.is_uppercase());
    let longest = word
        .split(|c| vowels.contains(c))
        .map(|consonants| consonants.chars().count())
        .max()
        .unwrap_or(0);
    let is_initial = rest.is_empty();
    let has_vowel = word.chars().any(|c| vowels.contains(c));
    word.chars().all(is_letter)
        && (is_title || is_upper)
        && (is_initial || has_vowel)
        && longest <= 5
}

/// Marks follow a consonant, leading vowels precede one.
fn is_thai(word: &str) -> bool {
    let is_consonant = |c: char| ('ก'..='ฮ').contains(&c);
    let characters: Vec<char> = word.chars().collect();
    characters.iter().enumerate().all(|(place, character)| {
        let before = place.checked_sub(1).and_then(|place| characters.get(place)).copied();
        let after = characters.get(place + 1).copied();
        match *character {
            'ั' | 'ิ'..='ฺ' | '็'..='๎' => {
                before.is_some_and(|b| is_consonant(b) || ('ั'..='๎').contains(&b))
            }
            'เ'..='ไ' => after.is_some_and(is_consonant),
            'ะ' | 'า' | 'ำ' | 'ๅ' => before.is_some(),
            other => is_consonant(other) || ('๐'..='๙').contains(&other) || other == 'ๆ',
        }
    })
}
