//! Versions of one item arrive in any order, several times: the rows are always those of a
//! reference model that looks at what the source said and not at when.

use crate::support;

use model::PartialTime;
use model::item::VersionState::{self, Current, Deleted, Deprecated};
use ports::StateChange;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use registry::{Derivations, ErrorCode, RegistryError};
use std::cell::Cell;
use std::collections::BTreeMap;
use store::Store;
use support::*;
use testkit::{TestStore, for_each_engine};

/// One version as a source may show it over time.
#[derive(Debug, Clone)]
struct Told {
    minute: u8,
    /// States with which it is submitted; the greatest is what it finally is.
    states: Vec<VersionState>,
    is_delete_message: bool,
    /// A state that is announced beside submissions, never beyond the greatest.
    announced: Option<VersionState>,
}

/// One arrival: a version is submitted in a state, or a state is announced.
#[derive(Debug, Clone, Copy)]
enum Arrival {
    Submit(usize, VersionState),
    Announce(usize, VersionState),
}

fn rank(state: VersionState) -> u8 {
    match state {
        Current => 0,
        Deprecated => 1,
        Deleted => 2,
    }
}

fn told() -> impl Strategy<Value = Told> {
    let state = || prop::sample::select(vec![Current, Deprecated, Deleted]);
    let states = prop::collection::vec(state(), 1..3);
    (0_u8..5, states, prop::bool::weighted(0.3), prop::option::of(state())).prop_map(
        |(minute, states, is_delete_message, announced)| {
            let greatest = states.iter().copied().map(rank).max().unwrap_or(0);
            let announced = announced.filter(|state| rank(*state) <= greatest);
            Told { minute, states, is_delete_message, announced }
        },
    )
}

fn history() -> impl Strategy<Value = (Vec<Told>, Vec<Arrival>)> {
    prop::collection::vec(told(), 1..6).prop_flat_map(|versions| {
        let mut arrivals = Vec::new();
        for (place, told) in versions.iter().enumerate() {
            arrivals.extend(told.states.iter().map(|state| Arrival::Submit(place, *state)));
            arrivals.extend(told.announced.map(|state| Arrival::Announce(place, state)));
        }
        let again = prop::sample::subsequence(arrivals.clone(), 0..=arrivals.len());
        (Just(versions), Just(arrivals), again).prop_flat_map(|(versions, mut arrivals, again)| {
            arrivals.extend(again);
            (Just(versions), Just(arrivals).prop_shuffle())
        })
    })
}

fn version(base: u64, place: usize, told: &Told, state: VersionState) -> LabVersion {
    LabVersion {
        number: base + place as u64,
        order_key: format!("{base:015}"),
        sent: format!("2020010112{:02}00000", told.minute),
        state,
        is_delete_message: told.is_delete_message,
    }
}

/// What the rows must be: looks only at the final word on each version.
fn expected(base: u64, versions: &[Told]) -> BTreeMap<String, Found> {
    let word = |told: &Told| -> VersionState {
        *told.states.iter().max_by_key(|state| rank(**state)).unwrap()
    };
    let deletes =
        |place: usize| versions[place].is_delete_message && word(&versions[place]) == Deleted;
    // A delete message of the same instant as what it deletes comes after it.
    let key = |place: usize| (versions[place].minute, deletes(place), oid(base + place as u64));
    let mut places: Vec<usize> = (0..versions.len()).collect();
    places.sort_by_key(|place| key(*place));
    let deleted_by = |place: usize| {
        places
            .iter()
            .copied()
            .filter(|other| deletes(*other))
            .find(|other| key(*other) >= key(place))
    };
    let is_shown = |place: usize| word(&versions[place]) == Current && deleted_by(place).is_none();
    let current = places.iter().copied().rev().find(|place| is_shown(*place));
    let two_current = places.iter().filter(|place| is_shown(**place)).count() > 1;
    let mut all = BTreeMap::new();
    for &place in &places {
        let told = word(&versions[place]);
        let version = version(base, place, &versions[place], told);
        let deletion = match (deleted_by(place), told) {
            (Some(by), _) => {
                let sent = self::version(base, by, &versions[by], told).sent;
                Some((Some(PartialTime::japan(&sent).unwrap().first), "message".to_owned()))
            }
            (None, Deleted) => Some((None, "observed".to_owned())),
            _ => None,
        };
        let is_current = current == Some(place);
        let state = match deletion {
            Some(_) => Deleted,
            None if is_current => Current,
            None => Deprecated,
        };
        let earlier = places
            .iter()
            .copied()
            .rfind(|other| !deletes(*other) && !deletes(place) && key(*other) < key(place));
        let content = version.content();
        let mut flags: Vec<String> =
            content.flags.iter().map(|flag| flag.code().to_owned()).collect();
        if is_current && two_current {
            flags.push("two-current".to_owned());
        }
        let facts = content.facts.iter().map(|fact| format!("{} {}", fact.kind, fact.body));
        all.insert(
            oid(version.number),
            Found {
                state,
                approved: is_current,
                deletion,
                flags: serde_json::to_string(&flags).unwrap(),
                told,
                facts: if is_current { facts.collect() } else { Vec::new() },
                on_timeline: is_current,
                replaces: earlier.map(|place| oid(base + place as u64)).into_iter().collect(),
            },
        );
    }
    all
}

fn arrive(store: &Store, base: u64, versions: &[Told], arrivals: &[Arrival]) {
    for arrival in arrivals {
        let mut derivations = Derivations::new();
        loop {
            let known = derivations.clone();
            let done = match *arrival {
                Arrival::Submit(place, state) => {
                    let prepared = version(base, place, &versions[place], state).prepared();
                    store.write_blocking(move |tx| {
                        registry::submit(tx, &prepared, &known, now()).map(drop)
                    })
                }
                Arrival::Announce(place, state) => {
                    let change = StateChange { unique_id: oid(base + place as u64), state };
                    store.write_blocking(move |tx| {
                        registry::change_states(tx, std::slice::from_ref(&change), &known, now())
                            .map(drop)
                    })
                }
            };
            match done {
                Ok(()) => break,
                Err(RegistryError::NeedsContent { unique_id }) => {
                    let place = (0..versions.len())
                        .find(|place| oid(base + *place as u64) == unique_id)
                        .unwrap();
                    let content = version(base, place, &versions[place], Current).content();
                    assert!(derivations.insert(unique_id, content).is_none(), "asked twice");
                }
                // A state that goes back is refused where it would matter, and changes nothing.
                Err(RegistryError::Refused(refused))
                    if refused[0].code == ErrorCode::XdsMetadataUpdateError =>
                {
                    break;
                }
                Err(error) => panic!("{error}"),
            }
        }
    }
}

fn check(store: &TestStore, cases: u32) {
    settle(store);
    let next = Cell::new(0_u64);
    let mut runner =
        TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
    let outcome = runner.run(&history(), |(versions, arrivals)| {
        next.set(next.get() + 100);
        let base = next.get();
        arrive(store, base, &versions, &arrivals);
        let ids: Vec<String> = (0..versions.len()).map(|at| oid(base + at as u64)).collect();
        prop_assert_eq!(found(store, &ids), expected(base, &versions));
        Ok(())
    });
    outcome.unwrap();
}

#[test]
fn any_order_and_any_repetition_give_the_same_rows() {
    for_each_engine(|store| check(store, 200));
}

#[test]
fn an_update_hands_its_line_and_facts_over() {
    for_each_engine(|store| {
        settle(store);
        let told = |minute, state| Told {
            minute,
            states: vec![state],
            is_delete_message: false,
            announced: None,
        };
        let versions = [told(1, Current), told(2, Current)];
        arrive(store, 100, &versions, &[Arrival::Submit(1, Current), Arrival::Submit(0, Current)]);
        let both = [oid(100), oid(101)];
        let rows = found(store, &both);
        assert_eq!((rows[&oid(100)].state, rows[&oid(101)].state), (Deprecated, Current));
        assert_eq!(rows[&oid(101)].flags, "[\"two-current\"]");
        assert_eq!(rows[&oid(101)].facts.len(), 2);
        // The storage tells that the earlier one was renamed: no remark is left.
        arrive(store, 100, &versions, &[Arrival::Announce(0, Deprecated)]);
        assert_eq!(found(store, &both)[&oid(101)].flags, "[]");
        // The later one is deleted alone; the earlier stays deprecated.
        arrive(store, 100, &versions, &[Arrival::Announce(1, Deleted)]);
        let rows = found(store, &both);
        assert_eq!((rows[&oid(100)].state, rows[&oid(101)].state), (Deprecated, Deleted));
        assert_eq!(rows[&oid(101)].deletion, Some((None, "observed".to_owned())));
        assert_eq!(read(store, registry::stats).facts.get("lab_result"), None);
    });
}
