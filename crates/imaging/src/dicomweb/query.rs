//! The query of a search (PS3.18 8.3.4).

use super::attributes::{Level, key};
use super::matching::Key;
use super::refusal::Refusal;
use dicomfile::{Tag, tags};

/// What a search wants.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wish {
    /// Keys, all of which must match.
    pub keys: Vec<Key>,
    /// How many matches are given at most; `None`: all.
    pub limit: Option<u64>,
    /// Matches before the first one that is given.
    pub offset: u64,
    /// What of the query was not taken into account, for a warning.
    pub ignored: Vec<String>,
}

impl Wish {
    /// Reads the query of a search for a level.
    ///
    /// # Errors
    /// A value that its key cannot have.
    pub(crate) fn read(query: &[(String, String)], level: Level) -> Result<Wish, Refusal> {
        let mut wish = Wish::default();
        for (name, value) in query {
            match name.as_str() {
                "accept" | "includefield" => {}
                "limit" => wish.limit = Some(number(name, value)?),
                "offset" => wish.offset = number(name, value)?,
                "fuzzymatching" if value == "true" => {
                    wish.ignored.push("fuzzymatching; literal matching was done".to_owned());
                }
                "fuzzymatching" => {}
                _ => match key(name) {
                    Some((_, own)) if own <= level => wish.keys.extend(Key::read(name, value)?),
                    _ => wish
                        .ignored
                        .push(name.chars().filter(char::is_ascii_graphic).take(64).collect()),
                },
            }
        }
        Ok(wish)
    }

    /// Adds a key of the address.
    ///
    /// # Errors
    /// It is no UID.
    pub(crate) fn with(mut self, name: &str, uid: &str) -> Result<Wish, Refusal> {
        self.keys.extend(Key::read(name, uid)?);
        Ok(self)
    }

    /// The key of an attribute.
    pub(crate) fn key(&self, tag: Tag) -> Option<&Key> {
        self.keys.iter().find(|key| key.tag == tag)
    }

    /// The keys of a level.
    pub(crate) fn of_level(&self, level: Level) -> impl Iterator<Item = &Key> {
        self.keys.iter().filter(move |key| key.level == level)
    }

    /// Whether it names patients, studies or requests, rather than looking through all.
    pub(crate) fn is_narrow(&self) -> bool {
        [tags::STUDY_INSTANCE_UID, tags::PATIENT_ID, tags::ACCESSION_NUMBER]
            .iter()
            .any(|tag| self.key(*tag).is_some_and(|key| !key.any_of().is_empty()))
    }
}

fn number(name: &str, value: &str) -> Result<u64, Refusal> {
    value.trim().parse().map_err(|_| Refusal::Bad(format!("{name} is no number")))
}
