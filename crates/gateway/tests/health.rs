//! Sources that cannot be read as a whole, several workers, and ends at bad moments.

use crate::common;

use common::centre::Faults;
use common::{File, SOURCE, World, messages, state};
use gateway::{GatewayError, Progress, PullControl, SourceSettings, Stop};
use model::{Clock, PartialTime, Timestamp};
use std::sync::Arc;
use store::StoreError;
use store::lease;

const PATIENT: &str = "1234567";

fn filled(files: usize) -> World {
    let world = World::new();
    world.enrol(PATIENT);
    for key in 0..files {
        world.put(&File::lab(PATIENT, &format!("{key:015}")), messages::lab(PATIENT, "7.0"));
    }
    world
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_or_empty_root_marks_the_source_down_and_deletes_nothing() {
    let world = filled(2);
    world.pull().await;
    let (root, aside) = (world.root(), world.place.path().join("aside"));
    std::fs::rename(&root, &aside).unwrap();
    let error = world.try_pull().await.unwrap_err();
    assert!(matches!(error, GatewayError::Down { .. }), "{error}");
    let (down, reason) = state(&world).await;
    assert_eq!(down, "down");
    assert!(reason.contains("no longer there"), "{reason}");

    std::fs::create_dir(&root).unwrap();
    assert!(matches!(world.try_pull().await, Err(GatewayError::Down { .. })));
    assert!(state(&world).await.1.contains("empty"));

    std::fs::remove_dir(&root).unwrap();
    std::fs::rename(&aside, &root).unwrap();
    let counts = world.pull().await;
    assert_eq!((counts.taken, counts.unchanged), (0, 2), "nothing was forgotten either");
    assert_eq!(state(&world).await.0, "up");
    assert_eq!(world.centre.count(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_absent_patient_folder_forgets_nothing() {
    let world = filled(2);
    world.put_at("999/999/9999999/-/ADT-00/x", "");
    world.pull().await;
    let (folder, aside) = (world.root().join("123"), world.place.path().join("aside"));
    std::fs::rename(&folder, &aside).unwrap();
    assert_eq!(world.pull().await.listed, 0);
    std::fs::rename(&aside, &folder).unwrap();
    assert_eq!(world.pull().await.unchanged, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_source_and_one_outside_its_hours_are_left_alone() {
    let world = filled(1);
    let pause = |paused: bool| {
        let set = move |tx: &mut store::Tx| gateway::pause(tx, SOURCE, paused);
        world.store.write_blocking(set).unwrap();
    };
    pause(true);
    assert!(matches!(world.try_pull().await, Err(GatewayError::Paused(_))));
    pause(false);
    let settings = SourceSettings {
        allowed_hours: vec!["20:00-06:00".parse().unwrap()],
        stability_s: 0,
        ..SourceSettings::default()
    };
    world.store.write_blocking(move |tx| gateway::change_settings(tx, SOURCE, &settings)).unwrap();
    world.clock.set(PartialTime::japan("202608010700").unwrap().first);
    let error = world.try_pull().await.unwrap_err();
    assert!(error.to_string().contains("20:00-06:00"), "{error}");
    world.clock.set(PartialTime::japan("202608012300").unwrap().first);
    assert_eq!(world.pull().await.taken, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pass_that_outlives_its_hours_ends_and_the_next_one_goes_on() {
    let world = filled(3);
    let settings = SourceSettings {
        allowed_hours: vec!["20:00-06:00".parse().unwrap()],
        stability_s: 0,
        ..SourceSettings::default()
    };
    world.store.write_blocking(move |tx| gateway::change_settings(tx, SOURCE, &settings)).unwrap();
    let at = |digits: &str| PartialTime::japan(digits).unwrap().first;
    world.clock.set(at("202608012300"));
    let (clock, morning) = (world.clock.clone(), at("202608020601"));
    let dawn: gateway::ProgressFn = std::sync::Arc::new(move |_| clock.set(morning));
    let control = PullControl { progress: Some(dawn), ..PullControl::default() };
    let error = world.gateway.pull(SOURCE, &control).await.unwrap_err();
    assert!(matches!(error, GatewayError::OutsideHours { .. }), "{error}");
    world.clock.set(at("202608022300"));
    let counts = world.pull().await;
    assert_eq!(counts.taken + counts.unchanged, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn too_little_free_disk_stops_intake_with_a_clear_error() {
    let world = filled(1);
    let full =
        common::gateway_over(&world.store, &world.centre, &world.feed, &world.clock, u64::MAX);
    let error = full.pull(SOURCE, &PullControl::default()).await.unwrap_err();
    assert!(matches!(error, GatewayError::DiskFull { .. }));
    assert!(error.to_string().contains("reading goes on"), "{error}");
    assert!(full.source_report(SOURCE).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn two_workers_never_pull_one_source_at_once() {
    let world = filled(1);
    let now = world.clock.now();
    let source_id = world.gateway.source(SOURCE).await.unwrap().id;
    let name = format!("source/{source_id}");
    let until = now.plus_us(60 * Timestamp::SECOND_US);
    let held = world
        .store
        .write_blocking(move |tx| lease::acquire(tx, &name, "another machine", now, until))
        .unwrap()
        .unwrap();
    assert!(matches!(world.try_pull().await, Err(GatewayError::Busy(_))));
    world.clock.advance_us(61 * Timestamp::SECOND_US);
    assert_eq!(world.pull().await.taken, 1, "a lease that ran out is free");
    let guarded = world.store.write_blocking(move |tx| lease::guard(tx, &held));
    assert!(matches!(guarded, Err(StoreError::Fenced { .. })), "the old holder is shut out");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_lease_of_a_killed_process_is_taken_over_at_once() {
    let world = filled(1);
    let mut process = std::process::Command::new("true").spawn().unwrap();
    let dead = process.id();
    process.wait().unwrap();
    let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap();
    let space = std::fs::read_link("/proc/self/ns/pid").unwrap();
    let holder = format!("{}/{}/{dead}/1/nonce", boot.trim(), space.display());
    let source_id = world.gateway.source(SOURCE).await.unwrap().id;
    let (now, until) = (world.clock.now(), world.clock.now().plus_us(60_000_000));
    world
        .store
        .write_blocking(move |tx| {
            lease::acquire(tx, &format!("source/{source_id}"), &holder, now, until)
        })
        .unwrap()
        .unwrap();
    assert_eq!(world.pull().await.taken, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_moment_it_ends_at_the_next_pull_goes_on() {
    let world = filled(600);
    world.centre.set(Faults { stops_after: Some(300), ..Faults::default() });
    let error = world.try_pull().await.unwrap_err();
    assert!(matches!(error, GatewayError::CentreUnavailable(_)), "{error}");
    let before = world.centre.count();
    assert!((1..600).contains(&before));
    assert_eq!(world.reasons().await, [], "the centre's standstill is no item's fault");
    world.centre.set(Faults::default());
    let counts = world.pull().await;
    assert_eq!(counts.taken + counts.unchanged, 600);
    assert_eq!(world.centre.count(), 600);
    assert_eq!(world.pull().await.unchanged, 600);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_pull_gives_its_lease_back() {
    let world = filled(1);
    let stop = Stop::new();
    let control = PullControl { stop: stop.clone(), progress: None };
    {
        let pull = world.gateway.pull(SOURCE, &control);
        futures::pin_mut!(pull);
        // Polled once and dropped, wherever it stands then.
        let _ = futures::poll!(pull.as_mut());
    }
    let done = loop {
        match world.try_pull().await {
            Err(GatewayError::Busy(_)) => tokio::task::yield_now().await,
            other => break other.unwrap(),
        }
    };
    assert_eq!(done.taken + done.unchanged, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn asked_to_stop_it_ends_with_what_it_has() {
    let world = filled(300);
    let stop = Stop::new();
    let asking = stop.clone();
    let ask_once_taken = move |progress: &Progress| {
        if progress.counts.taken > 0 {
            asking.ask();
        }
    };
    let control = PullControl { stop, progress: Some(Arc::new(ask_once_taken)) };
    let error = world.gateway.pull(SOURCE, &control).await.unwrap_err();
    assert!(matches!(error, GatewayError::Stopped));
    let taken = world.centre.count();
    assert!(taken > 0);
    assert_eq!(world.pull().await.unchanged, i64::try_from(taken).unwrap());
    assert_eq!(world.centre.count(), 300);
}
