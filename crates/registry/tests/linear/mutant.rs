//! The check finds what is wrong: registries with a fault, and histories written by hand.

use super::model::{Answer, Entry, Operation, Patient, State, VERSIONS};
use super::random::{CLIENTS, Numbers};
use super::world::{Registry, System};
use super::{at_once, one_by_one};
use model::item::VersionState;
use std::collections::HashMap;
use std::sync::Mutex;
use testkit::TestStore;
use testkit::linear::{Call, Recorder, linearise};

/// What is wrong with a registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    Nothing,
    /// A query shows what was before the last change.
    StaleRead,
    /// A replacement registers the new document and leaves the old one Approved.
    LostReplace,
    /// Whether a document is Approved is not looked at when it is replaced.
    ReplacesTwice,
    /// A version is written over one that its writer did not see.
    LostVersion,
    /// A refused change of status is done all the same.
    HalfRefused,
    /// A whole answer is put together of two looks.
    TornAnswer,
    /// A replacement joins the folder also where the membership was taken back.
    DeprecatedMember,
    /// Another patient's document replaces one of this patient.
    OtherPatient,
    /// A version takes its associations along although it is not asked to.
    AlwaysPropagates,
    /// What a storage said of a version is taken back.
    TakesBack,
    /// A version that was removed for good comes again.
    ForgetsRemoval,
    /// Another one than its storage says what is valid of it.
    OverrulesStorage,
}

const FAULTS: [Fault; 12] = [
    Fault::StaleRead,
    Fault::LostReplace,
    Fault::ReplacesTwice,
    Fault::LostVersion,
    Fault::HalfRefused,
    Fault::TornAnswer,
    Fault::DeprecatedMember,
    Fault::OtherPatient,
    Fault::AlwaysPropagates,
    Fault::TakesBack,
    Fault::ForgetsRemoval,
    Fault::OverrulesStorage,
];

/// The model as a registry, with a fault.
struct Faulty {
    fault: Fault,
    /// Per history: what is, and what was before the last change.
    states: Mutex<HashMap<u64, (State, State)>>,
}

impl Faulty {
    fn new(fault: Fault) -> Faulty {
        Faulty { fault, states: Mutex::default() }
    }
}

impl System for Faulty {
    fn answer(&self, history: u64, operation: &Operation) -> Answer {
        let mut states = self.states.lock().unwrap();
        let (state, before) = states.entry(history).or_default();
        if operation.is_query() {
            return match (self.fault, operation) {
                (Fault::StaleRead, _) => before.apply(operation),
                (Fault::TornAnswer, Operation::All) => torn(state, before),
                _ => state.apply(operation),
            };
        }
        *before = state.clone();
        let undone = |state: &mut State, first: Operation| {
            let is_wrong = state.clone().apply(operation) != Answer::Done;
            if is_wrong && state.apply(&first) == Answer::Done {
                return state.apply(operation);
            }
            state.apply(operation)
        };
        match (self.fault, operation.clone()) {
            (Fault::LostReplace, Operation::Replace { target, .. }) => {
                let answer = state.apply(operation);
                if answer == Answer::Done {
                    state.apply(&Operation::Status { target, approved: true });
                }
                answer
            }
            (Fault::ReplacesTwice, Operation::Replace { target, .. }) => {
                undone(state, Operation::Status { target, approved: true })
            }
            (Fault::DeprecatedMember, Operation::Replace { entry, target }) => {
                let answer = state.apply(operation);
                if answer == Answer::Done && state.was_put(target) {
                    state.join(entry);
                }
                answer
            }
            (Fault::OtherPatient, Operation::Steal { target }) => {
                state.apply(&Operation::Status { target, approved: false })
            }
            (Fault::AlwaysPropagates, Operation::Version { entry, logical, previous, .. }) => {
                state.apply(&Operation::Version { entry, logical, previous, propagates: true })
            }
            (Fault::LostVersion, Operation::Version { entry, logical, propagates, .. }) => {
                let versions = 1..4_u32;
                let any = versions.map(|previous| {
                    state.apply(&Operation::Version { entry, logical, previous, propagates })
                });
                any.into_iter()
                    .find(|answer| *answer == Answer::Done)
                    .unwrap_or_else(|| before.clone().apply(operation))
            }
            (Fault::HalfRefused, Operation::Status { target, approved }) => {
                let answer = state.apply(operation);
                if answer != Answer::Done {
                    state.apply(&Operation::Status { target, approved: !approved });
                }
                answer
            }
            (Fault::TakesBack, Operation::Intake { entry, told }) => {
                let answer = state.apply(operation);
                if answer != Answer::Done {
                    state.tell(entry, told);
                }
                Answer::Done
            }
            (Fault::ForgetsRemoval, Operation::Intake { .. }) => {
                state.forget_removals();
                state.apply(operation)
            }
            (Fault::OverrulesStorage, Operation::Status { target, approved: false })
                if target >= VERSIONS =>
            {
                state.apply(&Operation::Intake { entry: target, told: VersionState::Deprecated })
            }
            _ => state.apply(operation),
        }
    }
}

/// The documents of now, the relationships of before.
fn torn(state: &mut State, before: &mut State) -> Answer {
    match (state.apply(&Operation::All), before.apply(&Operation::All)) {
        (Answer::Found(now), Answer::Found(earlier)) => {
            Answer::Found(super::model::Seen { replaces: earlier.replaces, ..now })
        }
        (now, _) => now,
    }
}

/// A registry whose queries are answered from what was before the last change.
struct StaleRegistry<'a> {
    registry: &'a Registry,
    answers: Mutex<HashMap<(u64, String), Answer>>,
}

impl System for StaleRegistry<'_> {
    fn answer(&self, history: u64, operation: &Operation) -> Answer {
        let now = self.registry.answer(history, operation);
        if !operation.is_query() {
            return now;
        }
        let key = (history, format!("{operation:?}"));
        self.answers.lock().unwrap().insert(key, now.clone()).unwrap_or(now)
    }
}

/// Runs a history's requests one after the other; whether they are explained.
fn is_explained(system: &impl System, history: u64) -> bool {
    let recorder = Recorder::default();
    let requests = one_by_one(history).into_iter().enumerate();
    let calls: Vec<_> = requests
        .map(|(at, request)| {
            recorder.call(at % CLIENTS, request, |asked| system.answer(history, asked))
        })
        .collect();
    linearise(&Patient, &calls).is_some()
}

#[test]
fn every_fault_is_found_and_its_absence_is_not() {
    for fault in FAULTS {
        let faulty = Faulty::new(fault);
        let found = (0..4_000).filter(|history| !is_explained(&faulty, *history)).take(5).count();
        assert_eq!(found, 5, "{fault:?} was found in fewer of 4,000 histories");
    }
    let sound = Faulty::new(Fault::Nothing);
    assert!((0..300).all(|history| is_explained(&sound, history)));
    for history in 300..400 {
        let calls = at_once(&sound, history, &super::random::requests(history));
        assert!(linearise(&Patient, &calls).is_some(), "{calls:#?}");
    }
}

#[test]
fn a_stale_read_of_the_registry_itself_is_found() {
    const HISTORIES: u64 = 60;
    let store = TestStore::sqlite_unsynced();
    let registry = Registry::new(store.store(), HISTORIES);
    let stale = StaleRegistry { registry: &registry, answers: Mutex::default() };
    let found = (0..HISTORIES).filter(|history| !is_explained(&stale, *history)).count();
    assert!(found >= 5, "found in {found} of {HISTORIES} histories");
}

/// A call as (operation, answer, invoked, answered).
type Written = (Operation, Answer, u64, u64);

fn explained(calls: &[Written]) -> bool {
    let calls: Vec<_> = calls
        .iter()
        .cloned()
        .map(|(operation, answer, invoked, answered)| Call {
            client: 0,
            operation,
            answer,
            invoked,
            answered,
        })
        .collect();
    linearise(&Patient, &calls).is_some()
}

fn found(documents: &[(Entry, bool)]) -> Answer {
    Answer::Found(super::model::Seen {
        documents: documents.iter().map(|(entry, approved)| (*entry, (1, *approved))).collect(),
        ..super::model::Seen::default()
    })
}

#[test]
fn histories_of_which_one_knows() {
    let begin = (Operation::Submit { entry: 0 }, Answer::Done, 0, 1);
    let replace = |entry, invoked, answered| {
        (Operation::Replace { entry, target: 0 }, Answer::Done, invoked, answered)
    };
    let find = |documents: &[(Entry, bool)], invoked, answered| {
        (Operation::Find, found(documents), invoked, answered)
    };
    let lost = Answer::Refused(vec!["XDSRegistryDeprecatedDocumentError"]);
    let refused = (Operation::Replace { entry: 2, target: 0 }, lost, 2, 5);
    assert!(explained(&[begin.clone(), replace(1, 3, 4), refused]));
    assert!(!explained(&[begin.clone(), replace(1, 3, 4), replace(2, 2, 5)]), "both win");
    // While it is under way, before and after are both right; both documents, or none, are not.
    for (seen, is_right) in [
        (&[(0, true)][..], true),
        (&[(1, true)], true),
        (&[(0, true), (1, true)], false),
        (&[], false),
    ] {
        let history = [begin.clone(), replace(1, 2, 5), find(seen, 3, 4)];
        assert_eq!(explained(&history), is_right, "{seen:?}");
    }
    let (new, old) = (find(&[(1, true)], 3, 4), find(&[(0, true)], 5, 6));
    assert!(!explained(&[begin.clone(), replace(1, 2, 7), new, old]), "new, then old again");
    let (old, new) = (find(&[(0, true)], 3, 4), find(&[(1, true)], 5, 6));
    assert!(explained(&[begin.clone(), replace(1, 2, 7), old, new]));
    let late = find(&[(0, true)], 4, 5);
    assert!(!explained(&[begin, replace(1, 2, 3), late]), "what was answered is seen");
}

#[test]
fn the_requests_of_a_seed_are_always_the_same_and_of_every_kind() {
    assert_eq!(one_by_one(7), one_by_one(7));
    assert_ne!(one_by_one(7), one_by_one(8));
    let all: Vec<_> = (0..50).flat_map(one_by_one).collect();
    let of = |kind: fn(&Operation) -> bool| all.iter().filter(|one| kind(one)).count();
    assert!(of(|one| matches!(one, Operation::Replace { .. })) > 50);
    assert!(of(|one| matches!(one, Operation::Version { .. })) > 20);
    assert!(of(|one| matches!(one, Operation::Status { approved: true, .. })) > 20);
    assert!(of(|one| matches!(one, Operation::Status { approved: false, .. })) > 20);
    assert!(of(|one| matches!(one, Operation::OnDemand { .. })) > 20);
    assert!(of(|one| matches!(one, Operation::Snapshot { .. })) > 20);
    assert!(of(|one| matches!(one, Operation::Intake { .. })) > 50);
    assert!(of(|one| matches!(one, Operation::Remove { .. })) > 10);
    assert!(of(Operation::is_query) > 100);
    let mut numbers = Numbers(1);
    assert!((0..100).all(|_| numbers.below(3) < 3));
}
