//! Submissions, replacements, updates, removals and queries for one patient by several clients at
//! once, beside what a gateway reads out of a storage: some order of them, one after the other,
//! explains every answer (linearisability).
//!
//! `MUSUBI_LINEAR_ENGINE` (sqlite, postgres), `MUSUBI_LINEAR_HISTORIES` and `MUSUBI_LINEAR_SEED`
//! ask for more of it; `cargo xtask linear` sets them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

mod model;
mod mutant;
mod random;
mod storage;
mod world;

use model::{Answer, Operation, Patient, State};
use std::sync::Barrier;
use testkit::TestStore;
use testkit::linear::{Call, Recorder, linearise};
use world::{Registry, System};

/// Histories over one store, which is then thrown away: its size stays that of a small centre.
const HISTORIES_OF_A_STORE: u64 = 500;
/// Histories, each of another patient, that run beside one another.
const LANES: u64 = 2;

type Calls = Vec<Call<Operation, Answer>>;

#[test]
fn every_history_on_sqlite_is_explained_by_some_order() {
    let (histories, seed) = asked_for("sqlite", 1_000);
    run_all(TestStore::sqlite_unsynced, histories, seed);
}

#[test]
fn every_history_on_postgresql_is_explained_by_some_order() {
    let (histories, seed) = asked_for("postgres", 1_000);
    run_all(TestStore::postgres, histories, seed);
}

#[test]
fn the_model_says_what_the_registry_does_where_requests_come_one_by_one() {
    const HISTORIES: u64 = 300;
    let store = TestStore::sqlite_unsynced();
    let registry = Registry::new(store.store(), HISTORIES);
    let mut refusals = 0;
    for history in 0..HISTORIES {
        let mut state = State::default();
        for operation in one_by_one(history) {
            let expected = state.apply(&operation);
            let answer = registry.answer(history, &operation);
            assert_eq!(answer, expected, "{operation:?} in history {history}: {state:?}");
            refusals += u32::from(matches!(answer, Answer::Refused(_)));
        }
    }
    assert!(refusals > 150, "only {refusals} refusals");
}

#[test]
fn of_two_replacements_of_one_document_one_wins() {
    const ROUNDS: u64 = 40;
    for store in [TestStore::sqlite_unsynced(), TestStore::postgres()] {
        let registry = Registry::new(store.store(), ROUNDS);
        for round in 0..ROUNDS {
            assert_eq!(registry.answer(round, &Operation::Submit { entry: 0 }), Answer::Done);
            let both = [1, 2].map(|entry| vec![Operation::Replace { entry, target: 0 }]);
            let calls = at_once(&registry, round, &both);
            let lost = Answer::Refused(vec!["XDSRegistryDeprecatedDocumentError"]);
            let won: Vec<_> = calls.iter().filter(|call| call.answer == Answer::Done).collect();
            let refused = calls.iter().filter(|call| call.answer == lost).count();
            assert_eq!((won.len(), refused), (1, 1), "{calls:?}");
            let Operation::Replace { entry, target } = won[0].operation else { unreachable!() };
            let Answer::Found(seen) = registry.answer(round, &Operation::All) else {
                panic!("no answer")
            };
            let documents: Vec<_> = seen.documents.into_iter().collect();
            assert_eq!(documents, [(0, (1, false)), (entry, (1, true))]);
            assert_eq!(seen.replaces.into_iter().collect::<Vec<_>>(), [(entry, target)]);
        }
    }
}

/// How many histories are asked for on an engine, and the first one's seed.
fn asked_for(engine: &str, ordinarily: u64) -> (u64, u64) {
    let number = |name: &str| -> Option<u64> {
        std::env::var(name)
            .ok()
            .map(|text| text.parse().unwrap_or_else(|_| panic!("{name}={text}")))
    };
    let seed = number("MUSUBI_LINEAR_SEED").unwrap_or(0);
    match std::env::var("MUSUBI_LINEAR_ENGINE") {
        Ok(asked) if asked != engine => (1, seed),
        _ => (number("MUSUBI_LINEAR_HISTORIES").unwrap_or(ordinarily), seed),
    }
}

fn run_all(make: fn() -> TestStore, histories: u64, seed: u64) {
    let (mut calls, mut overlaps, mut refused) = (0, 0, 0);
    for first in (0..histories).step_by(HISTORIES_OF_A_STORE as usize) {
        let store = make();
        let count = HISTORIES_OF_A_STORE.min(histories - first);
        let registry = &Registry::new(store.store(), count);
        let lanes: Vec<Vec<Calls>> = std::thread::scope(|scope| {
            let lanes: Vec<_> = (0..LANES)
                .map(|lane| {
                    let own = (lane..count).step_by(LANES as usize);
                    scope.spawn(move || own.map(|at| checked(registry, at, seed + first)).collect())
                })
                .collect();
            lanes.into_iter().map(|lane| lane.join().unwrap()).collect()
        });
        for history in lanes.iter().flatten() {
            calls += history.len();
            overlaps += overlapping(history);
            refused +=
                history.iter().filter(|call| matches!(call.answer, Answer::Refused(_))).count();
        }
    }
    println!(
        "{histories} histories from seed {seed}: {calls} calls, {overlaps} of them beside others, \
         {refused} refused; every history is explained"
    );
    // A history whose calls never meet shows nothing.
    assert!(overlaps * 4 >= calls, "{overlaps} of {calls} calls met another");
}

/// One history, run and explained.
fn checked(registry: &Registry, history: u64, seed: u64) -> Calls {
    let calls = at_once(registry, history, &random::requests(seed + history));
    if linearise(&Patient, &calls).is_none() {
        let mut lines: Vec<_> = calls.iter().collect();
        lines.sort_by_key(|call| call.invoked);
        let seed = seed + history;
        panic!("no order explains the history of seed {seed}:\n{lines:#?}");
    }
    calls
}

/// Runs each client's requests on a thread of its own.
fn at_once(system: &impl System, history: u64, plan: &[Vec<Operation>]) -> Calls {
    let recorder = &Recorder::default();
    let start = &Barrier::new(plan.len());
    std::thread::scope(|scope| {
        let clients: Vec<_> = plan
            .iter()
            .enumerate()
            .map(|(client, requests)| {
                scope.spawn(move || {
                    start.wait();
                    let calls = requests.iter().cloned().map(|request| {
                        recorder.call(client, request, |asked| system.answer(history, asked))
                    });
                    calls.collect::<Vec<_>>()
                })
            })
            .collect();
        clients.into_iter().flat_map(|client| client.join().unwrap()).collect()
    })
}

/// The requests of a history, a client's after another's in turn.
fn one_by_one(seed: u64) -> Vec<Operation> {
    let plan = random::requests(seed);
    (0..random::REQUESTS).flat_map(|at| plan.iter().map(move |client| client[at].clone())).collect()
}

/// How many calls were under way while another was.
fn overlapping(calls: &Calls) -> usize {
    let meet = |one: &Call<Operation, Answer>, other: &Call<Operation, Answer>| {
        one.client != other.client && one.invoked < other.answered && other.invoked < one.answered
    };
    calls.iter().filter(|one| calls.iter().any(|other| meet(one, other))).count()
}
