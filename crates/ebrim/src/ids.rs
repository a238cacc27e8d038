//! Ids of a message: `urn:uuid:` ones are kept for ever, others are symbols of the message that
//! become new UUIDs, the same symbol the same UUID (ITI TF-3 4.2.3.1.1).

use model::IdSource;
use std::collections::HashMap;
use uuid::Uuid;

/// The ids of one message.
pub(crate) struct Ids<'i> {
    source: &'i dyn IdSource,
    declared: HashMap<String, Uuid>,
}

/// Why an id names nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum IdError {
    /// `urn:uuid:` and no UUID.
    NoUuid,
    /// A symbol that no object of the message has.
    Undeclared,
}

impl<'i> Ids<'i> {
    pub fn new(source: &'i dyn IdSource) -> Ids<'i> {
        Ids { source, declared: HashMap::new() }
    }

    /// The UUID of an object of the message. `false` where an object has this id already.
    pub fn declare(&mut self, id: &str) -> (Uuid, bool) {
        if id.is_empty() {
            return (self.source.uuid(), true);
        }
        if let Some(known) = self.declared.get(id) {
            return (*known, false);
        }
        let uuid = uuid_of(id).unwrap_or_else(|| self.source.uuid());
        self.declared.insert(id.to_owned(), uuid);
        (uuid, true)
    }

    /// The UUID that a reference names.
    pub fn resolve(&self, id: &str) -> Result<Uuid, IdError> {
        match self.declared.get(id) {
            Some(uuid) => Ok(*uuid),
            None if is_uuid_urn(id) => uuid_of(id).ok_or(IdError::NoUuid),
            None => Err(IdError::Undeclared),
        }
    }
}

/// Whether an id claims to be a UUID.
pub(crate) fn is_uuid_urn(id: &str) -> bool {
    id.get(..9).is_some_and(|start| start.eq_ignore_ascii_case("urn:uuid:"))
}

/// The UUID of a `urn:uuid:` id.
pub(crate) fn uuid_of(id: &str) -> Option<Uuid> {
    let digits = id.get(9..).filter(|digits| is_uuid_urn(id) && digits.len() == 36)?;
    Uuid::try_parse(digits).ok()
}
