//! Leases and jobs: one holder at a time, old holders shut out.

use model::Timestamp;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::Mutex;
use store::job::{self, Job};
use store::lease::{self, Lease};
use store::{Store, StoreError, Tx, setting};
use testkit::for_each_engine;

type Done<T> = Result<T, StoreError>;

const T0: Timestamp = Timestamp(1_000_000_000);

fn at(seconds: i64) -> Timestamp {
    T0.plus_us(seconds * Timestamp::SECOND_US)
}

fn acquire(store: &Store, holder: &'static str, now: i64) -> Option<Lease> {
    store
        .write_blocking(move |tx| lease::acquire(tx, "pull x", holder, at(now), at(now + 60)))
        .unwrap()
}

fn claim(store: &Store, now: i64, limit: u32) -> Vec<Job> {
    store.write_blocking(move |tx| job::claim(tx, "scan", at(now), at(now + 60), limit)).unwrap()
}

fn enqueue(store: &Store, key: &'static str, run_after: i64) {
    store.write_blocking(move |tx| job::enqueue(tx, "scan", key, "{}", at(run_after))).unwrap();
}

fn keys(jobs: &[Job]) -> Vec<&str> {
    jobs.iter().map(|job| job.key.as_str()).collect()
}

#[test]
fn a_lease_has_one_holder_until_it_ends() {
    for_each_engine(|store| {
        let first = acquire(store, "one", 0).unwrap();
        assert_eq!(acquire(store, "two", 59), None);
        assert_eq!(acquire(store, "one", 59), None);
        let second = acquire(store, "two", 60).unwrap();
        assert!(second.fencing_token > first.fencing_token);
        let who = store.read_blocking(|tx| lease::holder(tx, "pull x", at(61))).unwrap();
        assert_eq!(who, Some(("two".to_owned(), at(120))));
    });
}

#[test]
fn a_holder_that_was_replaced_cannot_write() {
    for_each_engine(|store| {
        let old = acquire(store, "one", 0).unwrap();
        let new = acquire(store, "two", 60).unwrap();
        let write = |lease: Lease, value: &'static str| {
            store.write_blocking(move |tx| -> Done<()> {
                setting::set(tx, "by", value)?;
                lease::guard(tx, &lease)
            })
        };
        assert_eq!(write(new.clone(), "new"), Ok(()));
        assert_eq!(
            write(old.clone(), "old"),
            Err(StoreError::Fenced { name: "pull x".to_owned() })
        );
        let by = store.read_blocking(|tx| setting::get(tx, "by")).unwrap();
        assert_eq!(by.as_deref(), Some("new"));
        let renewed = store.write_blocking(move |tx| lease::renew(tx, &old, at(999)));
        assert!(matches!(renewed, Err(StoreError::Fenced { .. })));
    });
}

#[test]
fn a_lease_given_back_or_of_a_dead_holder_is_free_and_tokens_grow_on() {
    for_each_engine(|store| {
        let first = acquire(store, "one", 0).unwrap();
        let given_back = first.clone();
        store.write_blocking(move |tx| lease::release(tx, &given_back)).unwrap();
        let second = acquire(store, "two", 1).unwrap();
        let third = store
            .write_blocking(|tx| lease::take_over(tx, "pull x", "two", "three", at(90)))
            .unwrap()
            .unwrap();
        assert!(first.fencing_token < second.fencing_token);
        assert!(second.fencing_token < third.fencing_token);
        let wrong = |tx: &mut Tx| lease::take_over(tx, "pull x", "two", "four", at(90));
        assert_eq!(store.write_blocking(wrong), Ok(None));
    });
}

#[test]
fn of_many_that_reach_for_a_lease_one_gets_it() {
    for_each_engine(|store| {
        for round in 0..10 {
            let won = Mutex::new(0);
            std::thread::scope(|scope| {
                for _ in 0..4 {
                    scope.spawn(|| {
                        if acquire(store, "racer", round * 100).is_some() {
                            *won.lock().unwrap() += 1;
                        }
                    });
                }
            });
            assert_eq!(*won.lock().unwrap(), 1);
        }
    });
}

#[test]
fn jobs_come_in_the_order_in_which_they_are_due() {
    for_each_engine(|store| {
        enqueue(store, "late", 50);
        enqueue(store, "second", 2);
        enqueue(store, "first", 1);
        let claimed = claim(store, 10, 1);
        assert_eq!(keys(&claimed), ["first"]);
        assert_eq!(keys(&claim(store, 10, 5)), ["second"]);
        assert!(claim(store, 10, 5).is_empty());
        let waiting = store.read_blocking(|tx| job::waiting(tx, 10)).unwrap();
        assert_eq!(
            waiting.iter().map(|line| line.key.as_str()).collect::<Vec<_>>(),
            ["first", "second", "late"]
        );
    });
}

#[test]
fn a_job_whose_worker_died_is_taken_again_and_the_first_is_shut_out() {
    for_each_engine(|store| {
        enqueue(store, "a", 0);
        let dead = claim(store, 0, 1).remove(0);
        assert!(claim(store, 59, 1).is_empty());
        let alive = claim(store, 60, 1).remove(0);
        assert_eq!(alive.attempts, 2);
        let fenced = Err(StoreError::Fenced { name: "job scan a".to_owned() });
        for act in [job::finish, job::guard] {
            let dead = dead.clone();
            assert_eq!(store.write_blocking(move |tx| act(tx, &dead)), fenced);
        }
        store.write_blocking(move |tx| job::finish(tx, &alive)).unwrap();
        assert!(claim(store, 999, 1).is_empty());
    });
}

#[test]
fn a_job_that_was_removed_and_enqueued_again_is_another() {
    for_each_engine(|store| {
        enqueue(store, "a", 0);
        let first = claim(store, 0, 1).remove(0);
        let done = first.clone();
        store.write_blocking(move |tx| job::finish(tx, &done)).unwrap();
        enqueue(store, "a", 0);
        let second = claim(store, 0, 1).remove(0);
        assert_ne!(first.id, second.id);
        assert!(store.write_blocking(move |tx| job::guard(tx, &first)).is_err());
    });
}

#[test]
fn a_job_enqueued_while_it_runs_runs_once_more() {
    for_each_engine(|store| {
        enqueue(store, "a", 0);
        let running = claim(store, 0, 1).remove(0);
        enqueue(store, "a", 1);
        assert!(claim(store, 1, 1).is_empty());
        store.write_blocking(move |tx| job::finish(tx, &running)).unwrap();
        let again = claim(store, 1, 1).remove(0);
        assert_eq!(again.attempts, 1);
        store.write_blocking(move |tx| job::finish(tx, &again)).unwrap();
        assert!(claim(store, 999, 1).is_empty());
    });
}

#[test]
fn a_failed_job_waits_longer_each_time() {
    for_each_engine(|store| {
        enqueue(store, "a", 0);
        let mut now = 0;
        for wait in [1, 2, 4] {
            let failing = claim(store, now, 1).remove(0);
            let instant = at(now);
            store.write_blocking(move |tx| job::fail(tx, &failing, "no", instant)).unwrap();
            assert!(claim(store, now + wait - 1, 1).is_empty() || wait == 1);
            now += wait;
        }
        let line = store.read_blocking(|tx| job::waiting(tx, 1)).unwrap().remove(0);
        assert_eq!((line.attempts, line.last_error.as_str()), (3, "no"));
    });
}

#[test]
fn workers_that_race_do_each_job_once() {
    for_each_engine(|store| {
        store
            .write_blocking(|tx| -> Done<()> {
                (0..40).try_for_each(|n| job::enqueue(tx, "scan", &format!("{n}"), "", at(0)))
            })
            .unwrap();
        let done = Mutex::new(BTreeMap::new());
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    loop {
                        let claimed = claim(store, 0, 3);
                        if claimed.is_empty() {
                            break;
                        }
                        for job in claimed {
                            *done.lock().unwrap().entry(job.key.clone()).or_insert(0) += 1;
                            store.write_blocking(move |tx| job::finish(tx, &job)).unwrap();
                        }
                    }
                });
            }
        });
        let done = done.into_inner().unwrap();
        assert_eq!(done.len(), 40);
        assert!(done.values().all(|times| *times == 1), "{done:?}");
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Any history of takers and clock steps: a guarded write succeeds only for the newest.
    #[test]
    fn only_the_newest_token_writes(steps in proptest::collection::vec((0..4_usize, 0..90_i64), 1..20)) {
        let store = testkit::TestStore::sqlite();
        let holders = ["a", "b", "c", "d"];
        let (mut now, mut all, mut newest) = (0, Vec::new(), None);
        for (who, wait) in steps {
            now += wait;
            if let Some(lease) = acquire(&store, holders[who], now) {
                newest = Some(lease.fencing_token);
                all.push(lease);
            }
            for lease in all.clone() {
                let is_newest = Some(lease.fencing_token) == newest;
                let guarded = store.write_blocking(move |tx| lease::guard(tx, &lease));
                prop_assert_eq!(guarded.is_ok(), is_newest);
            }
        }
    }
}
