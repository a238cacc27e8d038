//! The condition flag (コンディションフラグ).

use model::item::VersionState;
use model::reason::Flag;

/// The state that a condition flag gives to a stored version: 1 current, 2 superseded, 0
/// deleted (guideline, as required by NHO).
///
/// A flag of another value hides nothing: the version counts as current and is remarked upon.
pub fn version_state(flag: &str) -> (VersionState, Option<Flag>) {
    match flag.parse().ok().and_then(VersionState::from_flag) {
        Some(state) => (state, None),
        None => (VersionState::Current, Some(Flag::ConditionFlagUnknown)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_flag_is_current_and_remarked_upon() {
        assert_eq!(version_state("0"), (VersionState::Deleted, None));
        assert_eq!(version_state("1"), (VersionState::Current, None));
        assert_eq!(version_state("2"), (VersionState::Deprecated, None));
        assert_eq!(version_state("7"), (VersionState::Current, Some(Flag::ConditionFlagUnknown)));
    }
}
