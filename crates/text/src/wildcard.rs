//! Gaiji: characters that a system could not carry and wrote another sign for.

/// Whether a character only says that one stood here: `〓`, `●`, `■`, `□`, `?`, U+FFFD, and the
/// private use area, where each vendor keeps signs of its own. It matches any one character, and
/// says neither that two names agree nor that they differ.
pub fn is_wildcard(character: char) -> bool {
    matches!(
        character,
        '〓' | '●' | '■' | '□' | '?' | '？' | '\u{FFFD}' | '\u{E000}'..='\u{F8FF}'
            | '\u{F0000}'..='\u{FFFFD}' | '\u{100000}'..='\u{10FFFD}'
    )
}

#[cfg(test)]
mod tests {
    use super::is_wildcard;

    #[test]
    fn signs_of_missing_characters_and_private_places_are_wildcards() {
        for sign in
            ['〓', '●', '■', '□', '?', '？', '\u{E000}', '\u{F8FF}', '\u{F0001}', '\u{FFFD}']
        {
            assert!(is_wildcard(sign), "{sign}");
        }
        for character in ['山', 'ア', 'a', '○', '・'] {
            assert!(!is_wildcard(character), "{character}");
        }
    }
}
