//! What the registry answers when it does not register: violated rules, or a store that fails.

pub use ebrim::{ErrorCode, Problem};
use ports::SinkError;
use store::StoreError;
use thiserror::Error;

/// Why a use case of the registry did not commit.
#[derive(Debug, Error)]
pub enum RegistryError {
    /// Rules are broken, each by itself; nothing was written. They stay broken however often
    /// the same is sent.
    #[error("{}", listed(.0))]
    Refused(Vec<Problem>),
    /// A version becomes current whose facts are not at hand: read its bytes, derive, and run
    /// the use case again with the result in [`crate::Derivations`]. Nothing was written.
    #[error("the facts of document {unique_id} must be derived first")]
    NeedsContent {
        /// uniqueId of the version.
        unique_id: String,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A row does not read as what was once written.
    #[error("stored metadata of {unique_id} does not read: {reason}; restore it from a backup")]
    Damaged {
        /// uniqueId of the object.
        unique_id: String,
        /// What does not read.
        reason: String,
    },
}

impl From<Problem> for RegistryError {
    fn from(problem: Problem) -> RegistryError {
        RegistryError::Refused(vec![problem])
    }
}

/// Broken rules as a gateway learns them: the code of the first, the text of all.
pub fn refusal(problems: &[Problem]) -> SinkError {
    let code = problems.first().map_or(ErrorCode::XdsRegistryError, |first| first.code);
    SinkError::Refused { code: code.name(), context: listed(problems) }
}

/// Keeps the problems of a use case that can go on: `None` where the result was refused.
pub(crate) fn collect<T>(
    result: Result<T, RegistryError>,
    problems: &mut Vec<Problem>,
) -> Result<Option<T>, RegistryError> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(RegistryError::Refused(found)) => {
            problems.extend(found);
            Ok(None)
        }
        Err(other) => Err(other),
    }
}

fn listed(problems: &[Problem]) -> String {
    let texts: Vec<String> = problems.iter().map(Problem::code_context).collect();
    texts.join("; ")
}
