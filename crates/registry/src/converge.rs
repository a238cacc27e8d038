//! What the versions of one logical item come to, whatever the order in which they arrived.
//!
//! A pure function of what the source said of each version (SS-MIX2 guideline, update and
//! delete): an update renames the file from flag 1 to flag 2 and writes a new one; a delete
//! renames every file of the item to flag 0 and writes the delete message itself as flag 0.

use model::item::VersionState;
use model::{PartialTime, Timestamp};
use std::cmp::Ordering;

/// What the source said of one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// uniqueId of its document.
    pub unique_id: String,
    /// 発生日時 as sent.
    pub sent: String,
    /// The highest state that the source ever gave it (current < deprecated < deleted).
    pub told: VersionState,
    /// Whether its content is a cancel event.
    pub is_delete_message: bool,
}

/// What one version comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settled {
    /// Its state beside its siblings.
    pub state: VersionState,
    /// When it was deleted, if it was.
    pub deletion: Option<Deletion>,
    /// Whether an earlier version was current too when last heard of.
    pub two_current: bool,
}

/// When a version was deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deletion {
    /// A delete message was sent then.
    Message(Timestamp),
    /// Only the flag says so: known since somebody looked.
    Observed,
}

impl Version {
    /// The instant of `sent`, where its digits are a time.
    pub fn sent_at(&self) -> Option<Timestamp> {
        PartialTime::japan(&self.sent).ok().map(|time| time.first)
    }

    /// Whether this version is the message that deletes the ones before it. A cancel event in a
    /// file that the storage shows as valid deletes nothing.
    pub fn deletes(&self) -> bool {
        self.is_delete_message && self.told == VersionState::Deleted
    }

    /// The order of the versions of one item: by sending time, then digits; a delete message
    /// comes after what was sent at its own instant; then uniqueId.
    pub fn order(&self, other: &Version) -> Ordering {
        let key =
            |it: &Version| (it.sent_at(), it.sent.clone(), it.deletes(), it.unique_id.clone());
        key(self).cmp(&key(other))
    }
}

/// The state that remains when two observations of one version meet: storages only ever go from
/// current to deprecated to deleted, so the later of these wins and repeating an older
/// observation changes nothing.
pub fn join(one: VersionState, other: VersionState) -> VersionState {
    match (one, other) {
        (VersionState::Deleted, _) | (_, VersionState::Deleted) => VersionState::Deleted,
        (VersionState::Deprecated, _) | (_, VersionState::Deprecated) => VersionState::Deprecated,
        _ => VersionState::Current,
    }
}

/// What each of `versions` comes to; they are in [`Version::order`]. The newest that is current
/// by its flag stays current and the earlier ones are deprecated; a delete message deletes every
/// version before it.
pub fn settle(versions: &[Version]) -> Vec<Settled> {
    let mut settled = Vec::with_capacity(versions.len());
    let mut next_delete: Option<Deletion> = None;
    let mut current_at: Option<usize> = None;
    let mut two_current = false;
    for (index, version) in versions.iter().enumerate().rev() {
        if version.deletes() {
            next_delete = Some(version.sent_at().map_or(Deletion::Observed, Deletion::Message));
        }
        let deletion = match version.told {
            _ if next_delete.is_some() => next_delete,
            VersionState::Deleted => Some(Deletion::Observed),
            _ => None,
        };
        let mut state = version.told;
        if deletion.is_some() {
            state = VersionState::Deleted;
        } else if state == VersionState::Current {
            if current_at.is_some() {
                state = VersionState::Deprecated;
                two_current = true;
            } else {
                current_at = Some(index);
            }
        }
        settled.push(Settled { state, deletion, two_current: false });
    }
    settled.reverse();
    if let Some(index) = current_at {
        settled[index].two_current = two_current;
    }
    settled
}

/// The replacements among `versions` (in [`Version::order`]): pairs of places (newer, older).
/// Delete messages replace nothing.
pub fn chain(versions: &[Version]) -> Vec<(usize, usize)> {
    let places: Vec<usize> =
        (0..versions.len()).filter(|&place| !versions[place].deletes()).collect();
    places.windows(2).map(|pair| (pair[1], pair[0])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use VersionState::{Current, Deleted, Deprecated};

    fn version(sent: &str, told: VersionState, is_delete_message: bool) -> Version {
        Version { unique_id: format!("1.{sent}"), sent: sent.into(), told, is_delete_message }
    }

    fn states(versions: &[Version]) -> Vec<VersionState> {
        settle(versions).iter().map(|settled| settled.state).collect()
    }

    #[test]
    fn an_update_leaves_the_newest_current() {
        let versions =
            [version("20200101", Deprecated, false), version("20200102", Current, false)];
        assert_eq!(states(&versions), [Deprecated, Current]);
        assert!(!settle(&versions)[1].two_current);
        assert_eq!(chain(&versions), [(1, 0)]);
    }

    #[test]
    fn of_two_current_ones_the_newer_stays_and_is_flagged() {
        let versions = [version("20200101", Current, false), version("20200102", Current, false)];
        assert_eq!(states(&versions), [Deprecated, Current]);
        assert!(settle(&versions)[1].two_current);
        assert!(!settle(&versions)[0].two_current);
    }

    #[test]
    fn a_delete_message_deletes_what_was_sent_before_it_at_its_own_time() {
        let versions = [
            version("20200101", Deprecated, false),
            version("20200102", Current, false),
            version("20200103", Deleted, true),
            version("20200104", Current, false),
        ];
        assert_eq!(states(&versions), [Deleted, Deleted, Deleted, Current]);
        let at = PartialTime::japan("20200103").unwrap().first;
        assert_eq!(settle(&versions)[0].deletion, Some(Deletion::Message(at)));
        assert!(!settle(&versions)[3].two_current);
        assert_eq!(chain(&versions), [(1, 0), (3, 1)]);
    }

    #[test]
    fn a_deletion_without_a_message_is_observed() {
        let versions = [version("20200101", Deleted, false)];
        assert_eq!(settle(&versions)[0].deletion, Some(Deletion::Observed));
    }

    #[test]
    fn the_newest_current_one_wins_over_a_newer_deprecated_one() {
        let versions =
            [version("20200101", Current, false), version("20200102", Deprecated, false)];
        assert_eq!(states(&versions), [Current, Deprecated]);
    }

    #[test]
    fn a_cancel_event_shown_as_valid_deletes_nothing() {
        let versions = [version("20200101", Deprecated, false), version("20200102", Current, true)];
        assert_eq!(states(&versions), [Deprecated, Current]);
    }

    #[test]
    fn versions_are_ordered_by_instant_not_by_digits() {
        let day = version("20200102", Current, false);
        let exact = version("20200101235959999", Current, false);
        assert_eq!(exact.order(&day), Ordering::Less);
    }
}
