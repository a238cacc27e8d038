//! The delimiters of a message.

/// Delimiters as named by MSH-1 and MSH-2 (HL7 v2.5 §2.5.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Separators {
    /// Between fields, `|`.
    pub field: char,
    /// Between components, `^`.
    pub component: char,
    /// Between repetitions, `~`.
    pub repetition: char,
    /// Around escape sequences, `\`.
    pub escape: char,
    /// Between subcomponents, `&`.
    pub subcomponent: char,
}

impl Default for Separators {
    fn default() -> Separators {
        Separators { field: '|', component: '^', repetition: '~', escape: '\\', subcomponent: '&' }
    }
}

impl Separators {
    /// MSH-2 of these delimiters.
    pub fn encoding_characters(&self) -> String {
        [self.component, self.repetition, self.escape, self.subcomponent].iter().collect()
    }

    /// Delimiters from MSH-1 and MSH-2; what MSH-2 leaves out, or names twice, is the standard's.
    pub(crate) fn from_header(field: char, encoding_characters: &str) -> Separators {
        let mut separators = Separators { field, ..Separators::default() };
        let mut named = encoding_characters.chars();
        for slot in [
            &mut separators.component,
            &mut separators.repetition,
            &mut separators.escape,
            &mut separators.subcomponent,
        ] {
            match named.next() {
                Some(character) if !character.is_alphanumeric() && !character.is_control() => {
                    *slot = character;
                }
                _ => break,
            }
        }
        if separators.are_distinct() {
            separators
        } else {
            Separators { field, ..Separators::default() }
        }
    }

    fn are_distinct(&self) -> bool {
        let all = [self.field, self.component, self.repetition, self.escape, self.subcomponent];
        all.iter().enumerate().all(|(at, one)| !all.iter().skip(at + 1).any(|two| one == two))
    }
}
