//! One pass: what is taken, what is left alone, what changes.

use crate::common;

use common::{File, SOURCE, World, messages};
use gateway::{FollowMode, GatewayError, PullControl, PullCounts, SourceSettings};
use model::item::VersionState::{Current, Deleted, Deprecated};
use std::sync::{Arc, Mutex};

const PATIENT: &str = "1234567";
const OTHER: &str = "7654321";

fn counts(listed: i64, taken: i64, unchanged: i64, quarantined: i64) -> PullCounts {
    PullCounts { listed, taken, unchanged, quarantined }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_new_is_taken_once() {
    let world = World::new();
    world.enrol(PATIENT);
    world.put(&File::lab(PATIENT, "1"), messages::lab(PATIENT, "7.0"));
    world.put(&File::lab(PATIENT, "2"), messages::lab(PATIENT, "7.1"));
    assert_eq!(world.pull().await, counts(2, 2, 0, 0));
    assert_eq!(world.pull().await, counts(2, 0, 2, 0));
    world.put(&File::lab(PATIENT, "3"), messages::lab(PATIENT, "7.2"));
    assert_eq!(world.pull().await, counts(3, 1, 2, 0));
    assert_eq!(world.centre.count(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_a_patient_who_is_not_enrolled_is_read_or_kept() {
    let world = World::new();
    world.enrol(PATIENT);
    world.put(&File::lab(PATIENT, "1"), messages::lab(PATIENT, "7.0"));
    world.put(&File::lab(OTHER, "1"), messages::lab(OTHER, "UNSEEN"));
    world.put_at(&format!("765/432/{OTHER}/20240102/OML-11/no-name"), "UNSEEN");
    assert_eq!(world.pull().await, counts(1, 1, 0, 0));
    let kept = world.everything_kept().await;
    assert!(kept.contains(PATIENT), "the search itself works");
    assert!(!kept.contains(OTHER) && !kept.contains("UNSEEN"));
    world.enrol(OTHER);
    assert_eq!(world.pull().await, counts(3, 1, 1, 1), "enrolled later, read back to the start");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_patient_who_withdrew_is_read_no_more() {
    let world = World::new();
    world.enrol(PATIENT);
    world.put(&File::lab(PATIENT, "1"), messages::lab(PATIENT, "7.0"));
    world.pull().await;
    world.withdraw(PATIENT);
    world.put(&File::lab(PATIENT, "2"), messages::lab(PATIENT, "7.1"));
    assert_eq!(world.pull().await, counts(0, 0, 0, 0));
    assert_eq!(world.centre.count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_and_a_delete_are_noticed_by_their_names() {
    let world = World::new();
    world.enrol(PATIENT);
    let first = File::lab(PATIENT, "1");
    world.put(&first, messages::lab(PATIENT, "7.0"));
    world.pull().await;
    let first = world.reflag(&first, "2");
    let second = File::lab(PATIENT, "1").sent("20240103090000000");
    world.put(&second, messages::lab(PATIENT, "7.5"));
    assert_eq!(world.pull().await, counts(2, 2, 0, 0));
    let sent = |day: &str| format!("2024010{day}090000000");
    assert_eq!(
        world.centre.states(),
        [("1".into(), sent("2"), Deprecated), ("1".into(), sent("3"), Current)]
    );
    world.reflag(&first, "0");
    world.reflag(&second, "0");
    let delete = File::lab(PATIENT, "1").sent("20240104090000000").flag("0");
    world.put(&delete, messages::lab_cancelled(PATIENT));
    world.pull().await;
    let states: Vec<_> = world.centre.states().into_iter().map(|(_, _, state)| state).collect();
    assert_eq!(states, [Deleted, Deleted, Deleted]);
    let all = world.centre.all();
    let deletes: Vec<bool> =
        all.iter().map(|one| one.entry.intake.as_ref().unwrap().is_delete_message).collect();
    assert_eq!(deletes.iter().filter(|is| **is).count(), 1);
    assert_eq!(world.pull().await, counts(3, 0, 3, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_rewritten_in_place_replaces_what_it_held() {
    let world = World::new();
    world.enrol(PATIENT);
    let file = File::lab(PATIENT, "1");
    world.put(&file, messages::lab(PATIENT, "7.0"));
    world.pull().await;
    let old = world.centre.only().entry.unique_id;
    world.put(&file, messages::lab(PATIENT, "7.05"));
    assert_eq!(world.pull().await, counts(1, 1, 0, 0));
    for stored in world.centre.all() {
        let expected = if stored.entry.unique_id == old { Deprecated } else { Current };
        assert_eq!(stored.state, expected);
    }
    assert_eq!(world.centre.count(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_frame_around_the_same_message_is_no_new_version() {
    let world = World::new();
    world.enrol(PATIENT);
    let file = File::lab(PATIENT, "1");
    let message = messages::lab(PATIENT, "7.0");
    world.put(&file, &message);
    world.pull().await;
    world.put(&file, message.replace('\r', "\r\n") + "\x1c");
    assert_eq!(world.pull().await, counts(1, 1, 0, 0));
    assert_eq!(world.centre.only().bytes, message.as_bytes());
    assert_eq!(world.pull().await, counts(1, 0, 1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn several_roots_are_volumes_of_one_storage() {
    let world = World::with(|place, new| {
        std::fs::create_dir(place.join("std2")).unwrap();
        new.standardized.push(place.join("std2"));
    });
    world.enrol(PATIENT);
    let file = File::lab(PATIENT, "1");
    world.put(&file, messages::lab(PATIENT, "7.0"));
    let later = File::lab(PATIENT, "1").sent("20250101000000000");
    let second = world.place.path().join("std2");
    common::write(&second.join(later.path()), messages::lab(PATIENT, "8.0"));
    common::write(&second.join(file.path()), messages::lab(PATIENT, "7.0"));
    assert_eq!(world.pull().await, counts(3, 3, 0, 0));
    assert_eq!(world.centre.count(), 2, "a copy in another volume is the same document");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_sources_of_one_facility_keep_their_keys_apart() {
    let world = World::new();
    world.enrol(PATIENT);
    let old = world.place.path().join("old");
    let mut new = common_source(&world);
    (new.name, new.standardized) = ("north-old".into(), vec![old.clone()]);
    world.add_source(new);
    let file = File::lab(PATIENT, "1");
    world.put(&file, messages::lab(PATIENT, "7.0"));
    common::write(&old.join(file.path()), messages::lab(PATIENT, "7.0"));
    world.pull().await;
    world.gateway.pull("north-old", &PullControl::default()).await.unwrap();
    assert_eq!(world.centre.count(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn adt_00_speaks_with_authority_and_the_newest_of_a_batch_is_told() {
    let world = World::new();
    world.enrol(PATIENT);
    world.put(&File::lab(PATIENT, "1"), messages::lab(PATIENT, "7.0"));
    let basics = File::lab(PATIENT, "999999999999999").with_type("ADT-00", "-");
    world.put(
        &basics.clone().sent("20230101000000000").flag("2"),
        messages::basics(PATIENT, "旧姓"),
    );
    world.put(&basics.sent("20240101000000000"), messages::basics(PATIENT, "山田"));
    world.pull().await;
    let told = world.feed.told.lock().unwrap();
    let newest = |authoritative: bool| {
        let of_kind = told.iter().filter(|one| one.authoritative == authoritative);
        of_kind.max_by_key(|one| one.sent.clone()).cloned()
    };
    let basics = newest(true).unwrap();
    assert_eq!((basics.local_id.as_str(), basics.domain_oid.as_str()), (PATIENT, common::DOMAIN));
    assert_eq!(basics.demographics.name.full(), "山田 太郎");
    assert_eq!(newest(false).unwrap().sent, "20240102090000000");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_young_file_is_read_once_it_is_quiet() {
    let world = World::with(|_, new| {
        new.settings = SourceSettings { stability_s: 1, ..SourceSettings::default() };
    });
    world.enrol(PATIENT);
    let path = world.put(&File::lab(PATIENT, "1"), messages::lab(PATIENT, "7.0"));
    let modified = std::fs::metadata(path).unwrap().modified().unwrap();
    let at = modified.duration_since(std::time::UNIX_EPOCH).unwrap().as_micros();
    world.clock.set(model::Timestamp(i64::try_from(at).unwrap() + 999_000));
    assert_eq!(world.pull().await, counts(1, 1, 0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn progress_is_told_and_the_pull_is_reported() {
    let world = World::new();
    world.enrol(PATIENT);
    world.put(&File::lab(PATIENT, "1"), messages::lab(PATIENT, "7.0"));
    let seen = Arc::new(Mutex::new(Vec::new()));
    let telling = Arc::clone(&seen);
    let control = PullControl {
        progress: Some(Arc::new(move |progress| telling.lock().unwrap().push(*progress))),
        ..PullControl::default()
    };
    world.gateway.pull(SOURCE, &control).await.unwrap();
    let last = *seen.lock().unwrap().last().unwrap();
    assert_eq!((last.patients, last.patients_listed), (1, 1));
    assert_eq!(last.counts, counts(1, 1, 0, 0));
    let report = world.gateway.source_report(SOURCE).await.unwrap();
    assert_eq!(report.pulls.len(), 1);
    assert_eq!(
        (report.pulls[0].mode.as_str(), report.pulls[0].outcome.as_str()),
        ("pull", "complete")
    );
    assert_eq!(report.state.unwrap().state, "up");
    assert_eq!(report.freshness[0].category, "laboratory");
    assert_eq!(report.freshness[0].newest_sent, "20240102090000000");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sending_time_in_the_future_makes_nothing_fresh() {
    let world = World::new();
    world.enrol(PATIENT);
    let file = File::lab(PATIENT, "1").sent("29990102090000000");
    world.put(&file, messages::lab(PATIENT, "7.0"));
    assert_eq!(world.pull().await, counts(1, 1, 0, 0));
    assert_eq!(world.gateway.source_report(SOURCE).await.unwrap().freshness, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frozen_source_is_read_for_the_newly_enrolled_only() {
    let world = World::with(|_, new| new.settings.frozen = true);
    world.enrol(PATIENT);
    world.put(&File::lab(PATIENT, "1"), messages::lab(PATIENT, "7.0"));
    let control = PullControl::default();
    let follow = || world.gateway.follow_once(SOURCE, FollowMode::News, &control);
    assert_eq!(follow().await.unwrap(), counts(1, 1, 0, 0));
    assert_eq!(follow().await.unwrap(), counts(0, 0, 0, 0));
    world.enrol(OTHER);
    world.put(&File::lab(OTHER, "1"), messages::lab(OTHER, "7.0"));
    assert_eq!(follow().await.unwrap(), counts(1, 1, 0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn enrolment_finds_patients_and_mistyped_ones() {
    let world = World::new();
    world.put(&File::lab(PATIENT, "1"), messages::lab(PATIENT, "7.0"));
    world.put_at("123/45/12345/-/ADT-00/x", "");
    world.put_at("999/999/1234567/x", "");
    let source = world.gateway.source(SOURCE).await.unwrap();
    assert!(gateway::has_folder(&source, PATIENT).unwrap());
    assert!(!gateway::has_folder(&source, "1234568").unwrap());
    assert!(!gateway::has_folder(&source, "../../..").unwrap());
    assert_eq!(gateway::patients(&source).unwrap(), ["12345", PATIENT], "short IDs too");
    let error = world.gateway.source("south").await.unwrap_err();
    assert!(matches!(error, GatewayError::NoSource(name) if name == "south"));
}

fn common_source(world: &World) -> gateway::NewSource {
    gateway::NewSource {
        name: String::new(),
        facility_code: common::FACILITY.into(),
        domain_oid: common::DOMAIN.into(),
        standardized: vec![world.root()],
        extended: Vec::new(),
        transaction: Vec::new(),
        extended_transaction: Vec::new(),
        settings: SourceSettings { stability_s: 0, ..SourceSettings::default() },
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn basic_data_are_read_of_the_patient_asked_for_and_nothing_is_kept() {
    let world = World::new();
    let source = world.gateway.source(SOURCE).await.unwrap();
    assert_eq!(gateway::basics(&source, PATIENT).unwrap(), None);
    let basics = |patient: &str, sent: &str| File {
        key: "-".into(),
        ..File::lab(patient, "-").with_type("ADT-00", "-").sent(sent)
    };
    let old = basics(PATIENT, "20230101090000000");
    world.put(&old, messages::basics(PATIENT, "旧姓"));
    world.put(&basics(PATIENT, "20240101090000000"), messages::basics(PATIENT, "山田"));
    world.put(&basics(PATIENT, "20250101090000000"), "cut short");
    let other = basics(PATIENT, "20260101090000000").flag("0");
    world.put(&other, messages::basics(PATIENT, "消去"));
    let found = gateway::basics(&source, PATIENT).unwrap().unwrap();
    assert_eq!((found.name.family.as_str(), found.sex.as_str()), ("山田", "M"));
    assert_eq!(gateway::basics(&source, OTHER).unwrap(), None);
    assert!(!world.everything_kept().await.contains("山田"));
}
