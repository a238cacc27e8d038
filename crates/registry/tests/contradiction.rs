//! Storages that contradict themselves: what was deleted is valid again, or two versions of one
//! moment are. Nothing of it is ever silent.

use crate::support;

use model::document::AssociationType;
use model::item::VersionState::{self, Current, Deleted, Deprecated};
use ports::{Outcome, StateChange};
use registry::{Derivations, RegistryError};
use store::Store;
use support::*;
use testkit::for_each_engine;

fn lab(number: u64, key: &str, minute: u64, state: VersionState) -> LabVersion {
    LabVersion {
        number,
        order_key: key.into(),
        sent: format!("2020010112{minute:02}00000"),
        state,
        is_delete_message: false,
    }
}

/// Submits, deriving what is asked for from `versions`.
fn try_submit(store: &Store, version: &LabVersion) -> Result<Outcome, RegistryError> {
    submit(store, version.prepared()).map(|done| done.outcome)
}

fn change(store: &Store, number: u64, state: VersionState, known: &[&LabVersion]) {
    let known: Derivations = known.iter().map(|one| (oid(one.number), one.content())).collect();
    let change = StateChange { unique_id: oid(number), state };
    let done = store.write_blocking(move |tx| {
        registry::change_states(tx, std::slice::from_ref(&change), &known, now())
    });
    done.unwrap().remove(0).unwrap();
}

fn state(store: &Store, number: u64) -> (VersionState, String) {
    let found = found(store, &[oid(number)]);
    (found[&oid(number)].state, found[&oid(number)].flags.clone())
}

#[test]
fn what_was_deleted_is_never_brought_back_silently() {
    for_each_engine(|store| {
        settle(store);
        // By the name alone, and by a delete message that stands still.
        let message = LabVersion { is_delete_message: true, ..lab(12, "b", 5, Deleted) };
        for (number, key, message) in [(1, "a", None), (11, "b", Some(message))] {
            try_submit(store, &lab(number, key, 1, Current)).unwrap();
            if let Some(message) = message {
                try_submit(store, &message).unwrap();
            }
            try_submit(store, &lab(number, key, 1, Deleted)).unwrap();
            for shown in [Current, Deprecated] {
                let again = try_submit(store, &lab(number, key, 1, shown));
                if shown == Current || key == "a" {
                    assert_eq!(code_of(again), "XDSMetadataUpdateError", "{key} {shown:?}");
                }
            }
            assert_eq!(state(store, number).0, Deleted);
            let same = try_submit(store, &lab(number, key, 1, Deleted)).unwrap();
            assert_eq!(same, Outcome::AlreadyThere);
            // The hospital sends it anew: that is taken.
            try_submit(store, &lab(number + 2, key, 9, Current)).unwrap();
            assert_eq!(state(store, number + 2).0, Current);
        }
    });
}

#[test]
fn what_was_replaced_comes_back_only_where_nothing_newer_stands() {
    for_each_engine(|store| {
        settle(store);
        try_submit(store, &lab(1, "a", 1, Deprecated)).unwrap();
        let alone = try_submit(store, &lab(1, "a", 1, Current));
        assert_eq!(code_of(alone), "XDSMetadataUpdateError");
        try_submit(store, &lab(2, "a", 2, Current)).unwrap();
        let older = try_submit(store, &lab(1, "a", 1, Current)).unwrap();
        assert_eq!(older, Outcome::AlreadyThere, "the record of what an update replaced");
        assert_eq!((state(store, 1).0, state(store, 2).0), (Deprecated, Current));
    });
}

#[test]
fn a_file_rewritten_to_what_it_was_before_is_not_lost() {
    for_each_engine(|store| {
        settle(store);
        for (first, second, key) in [(1, 2, "a"), (14, 13, "b")] {
            let of = |number| lab(number, key, 1, Current);
            try_submit(store, &of(first)).unwrap();
            try_submit(store, &of(second)).unwrap();
            change(store, first, Deprecated, &[&of(second)]);
            assert_eq!(state(store, second), (Current, "[]".to_owned()));
            assert_eq!(code_of(try_submit(store, &of(first))), "XDSMetadataUpdateError");
            assert_eq!(state(store, second).0, Current);
        }
    });
}

#[test]
fn of_two_versions_of_one_moment_the_same_is_shown_in_any_order_and_both_say_so() {
    for_each_engine(|store| {
        settle(store);
        for (one, other, key) in [(1, 2, "a"), (14, 13, "b")] {
            let of = |number| lab(number, key, 1, Current);
            assert_eq!(try_submit(store, &of(one)).unwrap(), Outcome::Registered);
            assert_eq!(try_submit(store, &of(other)).unwrap(), Outcome::TwoCurrent);
            for again in [one, other] {
                assert_eq!(try_submit(store, &of(again)).unwrap(), Outcome::TwoCurrent);
            }
            let (shown, beside) = (one.max(other), one.min(other));
            assert_eq!(state(store, shown), (Current, "[\"two-current\"]".to_owned()));
            assert_eq!(state(store, beside).0, Deprecated);
            // The hospital says which one holds.
            change(store, shown, Deprecated, &[&of(beside)]);
            assert_eq!(state(store, beside), (Current, "[]".to_owned()));
            assert_eq!(try_submit(store, &of(beside)).unwrap(), Outcome::AlreadyThere);
        }
        // A version of another moment is an update that was not renamed: no contradiction.
        try_submit(store, &lab(21, "c", 1, Current)).unwrap();
        assert_eq!(try_submit(store, &lab(22, "c", 2, Current)).unwrap(), Outcome::Registered);
    });
}

#[test]
fn whoever_replaces_a_result_brings_no_older_one_back() {
    for_each_engine(|store| {
        settle(store);
        for (first, key) in [(1, "a"), (11, "b")] {
            let (older, newer) = (lab(first, key, 1, Current), lab(first + 1, key, 2, Current));
            try_submit(store, &older).unwrap();
            try_submit(store, &newer).unwrap();
            let shown = state(store, first + 1);
            assert_eq!(shown, (Current, "[\"two-current\"]".to_owned()));
            let relation =
                association(first + 2, AssociationType::Replaces, uuid(first + 2), uuid(first + 1));
            let replacement = vec![(entry(first + 2, TARO, b"x"), b"x".to_vec())];
            submit(store, prepare(set(first + 2), replacement, vec![relation])).unwrap();
            let states = [first, first + 1, first + 2].map(|number| state(store, number).0);
            assert_eq!(states, [Deprecated, Deprecated, Current]);
            // A later result of the storage itself stands beside it.
            try_submit(store, &lab(first + 3, key, 3, Current)).unwrap();
            assert_eq!(state(store, first + 3).0, Current);
        }
    });
}
