//! Histories of concurrent calls, and whether some order of the calls, one after the other,
//! explains every answer (linearisability).
//!
//! The check is the search of Wing and Gong with Lowe's memory: it tries each call that no other
//! must precede as the next one, and never looks twice at the same calls done with the same state.

use std::collections::HashSet;
use std::hash::Hash;
use std::sync::atomic::{AtomicU64, Ordering};

/// What a thing does where calls come one after the other.
pub trait Model {
    /// What it is between calls.
    type State: Clone + Eq + Hash;
    /// What is asked of it.
    type Operation;
    /// What it answers.
    type Answer;

    /// Before the first call.
    fn start(&self) -> Self::State;

    /// The state after an operation, or `None` where it would have answered otherwise.
    fn step(
        &self,
        state: &Self::State,
        operation: &Self::Operation,
        answer: &Self::Answer,
    ) -> Option<Self::State>;
}

/// A call that was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call<O, A> {
    /// Who called.
    pub client: usize,
    /// What was asked.
    pub operation: O,
    /// What was answered.
    pub answer: A,
    /// Place of the call among all calls and answers.
    pub invoked: u64,
    /// Place of the answer.
    pub answered: u64,
}

/// Gives calls and answers their places, for any number of threads.
#[derive(Debug, Default)]
pub struct Recorder(AtomicU64);

impl Recorder {
    /// Makes a call and notes when it began and ended.
    pub fn call<O, A>(
        &self,
        client: usize,
        operation: O,
        make: impl FnOnce(&O) -> A,
    ) -> Call<O, A> {
        let invoked = self.0.fetch_add(1, Ordering::SeqCst);
        let answer = make(&operation);
        let answered = self.0.fetch_add(1, Ordering::SeqCst);
        Call { client, operation, answer, invoked, answered }
    }
}

/// One level of the search: the state that these calls led to, and what was tried next.
struct Level<S> {
    state: S,
    done: u64,
    next: usize,
}

/// An order of the calls (by their places in `calls`) that explains every answer, and in which no
/// call comes before one that was answered before it was made; `None` where there is none.
///
/// # Panics
/// More than 64 calls.
pub fn linearise<M: Model>(
    model: &M,
    calls: &[Call<M::Operation, M::Answer>],
) -> Option<Vec<usize>> {
    assert!(calls.len() <= 64, "{} calls are too many for the search", calls.len());
    let all = if calls.len() == 64 { u64::MAX } else { (1 << calls.len()) - 1 };
    let mut seen = HashSet::new();
    let mut order = Vec::new();
    let mut levels = vec![Level { state: model.start(), done: 0, next: 0 }];
    while let Some(level) = levels.last_mut() {
        if level.done == all {
            return Some(order);
        }
        let is_open = |at: usize| level.done & 1 << at == 0;
        let open = (0..calls.len()).filter(|at| is_open(*at));
        let first_answer = open.map(|at| calls[at].answered).min().unwrap_or(u64::MAX);
        let candidate =
            (level.next..calls.len()).find(|at| is_open(*at) && calls[*at].invoked < first_answer);
        let Some(at) = candidate else {
            levels.pop();
            order.pop();
            continue;
        };
        level.next = at + 1;
        let done = level.done | 1 << at;
        let Some(state) = model.step(&level.state, &calls[at].operation, &calls[at].answer) else {
            continue;
        };
        if seen.insert((done, state.clone())) {
            order.push(at);
            levels.push(Level { state, done, next: 0 });
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A register that is written and read.
    struct Register;

    #[derive(Debug, Clone, Copy)]
    enum Operation {
        Write(u8),
        Read,
    }

    impl Model for Register {
        type State = u8;
        type Operation = Operation;
        type Answer = u8;

        fn start(&self) -> u8 {
            0
        }

        fn step(&self, state: &u8, operation: &Operation, answer: &u8) -> Option<u8> {
            match operation {
                Operation::Write(value) => Some(*value),
                Operation::Read => (state == answer).then_some(*state),
            }
        }
    }

    /// Calls as (operation, answer, invoked, answered).
    fn explained(calls: &[(Operation, u8, u64, u64)]) -> Option<Vec<usize>> {
        let calls: Vec<_> = calls
            .iter()
            .map(|&(operation, answer, invoked, answered)| Call {
                client: 0,
                operation,
                answer,
                invoked,
                answered,
            })
            .collect();
        linearise(&Register, &calls)
    }

    #[test]
    fn calls_at_the_same_time_may_take_effect_in_any_order() {
        use Operation::{Read, Write};
        for seen in [0, 1] {
            let calls = [(Write(1), 0, 0, 3), (Read, seen, 1, 2)];
            assert!(explained(&calls).is_some(), "{seen}");
        }
        let calls = [(Write(1), 0, 0, 5), (Write(2), 0, 1, 4), (Read, 1, 2, 3), (Read, 2, 6, 7)];
        assert_eq!(explained(&calls).unwrap(), [0, 2, 1, 3]);
        assert_eq!(explained(&[]).unwrap(), Vec::<usize>::new());
    }

    #[test]
    fn a_read_of_what_was_overwritten_before_is_not_explained() {
        use Operation::{Read, Write};
        assert_eq!(explained(&[(Write(1), 0, 0, 1), (Read, 0, 2, 3)]), None);
        let forth_and_back = [(Write(1), 0, 0, 9), (Read, 1, 1, 2), (Read, 0, 3, 4)];
        assert_eq!(explained(&forth_and_back), None);
        assert_eq!(explained(&[(Read, 7, 0, 1)]), None);
    }

    #[test]
    fn the_recorder_orders_calls_of_one_thread() {
        let recorder = Recorder::default();
        let one = recorder.call(0, 1, |operation| operation + 1);
        let two = recorder.call(0, 2, |operation| operation + 1);
        assert_eq!((one.answer, two.answer), (2, 3));
        assert!(one.invoked < one.answered && one.answered < two.invoked);
    }
}
