//! Following by transaction storage: only enrolled patients' records, once each, in any order.

use crate::common;

use common::{File, SOURCE, World, messages};
use gateway::{
    FollowMode, GatewayError, ItemBytes, PullControl, PullCounts, QuarantineFilter, SourceChange,
};
use model::item::VersionState::{Current, Deleted};
use std::path::PathBuf;

const PATIENT: &str = "1234567";
const OTHER: &str = "7654321";

fn world() -> World {
    World::with(|place, new| {
        std::fs::create_dir(place.join("tr")).unwrap();
        new.transaction = vec![place.join("tr")];
        // A marker, because an empty standardized root means that the share is not mounted.
        common::write(&place.join("std/readme"), "");
    })
}

fn record(patient: &str, key: &str, kind: &str, sent: &str, body: &str) -> String {
    format!(
        "#SSMIX,2.00,{},{patient},20240102,OML-11,{key},{kind},01,{sent}\r{body}",
        common::FACILITY
    )
}

fn file(world: &World, day: &str, text: &str) -> PathBuf {
    let name = format!("tr/{}/TR_{day}000000000_00001.DAT", &day[..4]);
    common::write(&world.place.path().join(name), text)
}

async fn follow(world: &World) -> PullCounts {
    let control = PullControl::default();
    world.gateway.follow_once(SOURCE, FollowMode::News, &control).await.unwrap()
}

/// The clock an hour after now, so that every file has been left alone for a while.
fn later(world: &World, path: &PathBuf) {
    let modified = std::fs::metadata(path).unwrap().modified().unwrap();
    let at = modified.duration_since(std::time::UNIX_EPOCH).unwrap().as_micros();
    world.clock.set(model::Timestamp(i64::try_from(at).unwrap() + 3_600_000_000));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_root_that_lost_its_files_is_a_share_that_is_not_mounted() {
    let world = world();
    world.enrol(PATIENT);
    let control = PullControl::default();
    let follow_once = || world.gateway.follow_once(SOURCE, FollowMode::News, &control);
    assert_eq!(follow(&world).await.taken, 0, "one that nothing was read from may be empty");
    let text = record(PATIENT, "1", "INS", "20240102090000000", &messages::lab(PATIENT, "7.0"));
    let path = file(&world, "20240102", &text);
    later(&world, &path);
    assert_eq!(follow(&world).await.taken, 1);
    let (share, aside) = (world.place.path().join("tr"), world.place.path().join("aside"));
    std::fs::rename(&share, &aside).unwrap();
    std::fs::create_dir(&share).unwrap();
    let error = follow_once().await.unwrap_err();
    assert!(matches!(error, GatewayError::Down { .. }), "{error}");
    let (state, reason) = common::state(&world).await;
    assert_eq!(state, "down");
    assert!(reason.contains("empty"), "{reason}");
    std::fs::remove_dir(&share).unwrap();
    std::fs::rename(&aside, &share).unwrap();
    assert_eq!(follow(&world).await.taken, 0);
    assert_eq!(common::state(&world).await.0, "up");
    // What fails only while the records are read is told as well.
    let broken = share.join("2024/TR_20240103000000000_00001.DAT");
    std::fs::create_dir(&broken).unwrap();
    let error = follow_once().await.unwrap_err();
    assert!(matches!(error, GatewayError::Down { .. }), "{error}");
    let (state, reason) = common::state(&world).await;
    assert_eq!(state, "down");
    assert!(reason.contains("transaction root"), "{reason}");
}

#[tokio::test(flavor = "multi_thread")]
async fn records_of_enrolled_patients_are_taken_and_the_others_passed_over() {
    let world = world();
    world.enrol(PATIENT);
    let text = record(PATIENT, "1", "INS", "20240102090000000", &messages::lab(PATIENT, "7.0"))
        + &record(OTHER, "1", "INS", "20240102090001000", &messages::lab(OTHER, "UNSEEN"))
        + &record(PATIENT, "2", "INS", "20240102090002000", &messages::lab(PATIENT, "7.2"));
    let path = file(&world, "20240102", &text);
    later(&world, &path);
    assert_eq!(follow(&world).await.taken, 2);
    assert_eq!(follow(&world).await.taken, 0, "the cursor stands behind what was taken");
    let kept = world.everything_kept().await;
    assert!(!kept.contains(OTHER) && !kept.contains("UNSEEN"));
    let appended =
        text + &record(PATIENT, "3", "INS", "20240102100000000", &messages::lab(PATIENT, "7"));
    file(&world, "20240102", &appended);
    assert_eq!(follow(&world).await.taken, 1);
    let next = record(PATIENT, "4", "INS", "20240103090000000", &messages::lab(PATIENT, "7.4"));
    file(&world, "20240103", &next);
    assert_eq!(follow(&world).await.taken, 1);
    assert_eq!(world.centre.count(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_half_written_tail_waits() {
    let world = world();
    world.enrol(PATIENT);
    let whole = record(PATIENT, "1", "INS", "20240102090000000", &messages::lab(PATIENT, "7.0"));
    let half = record(PATIENT, "2", "INS", "20240102090002000", "MSH|^~\\&|LAB|H");
    let path = file(&world, "20240102", &format!("{whole}{half}"));
    let modified = std::fs::metadata(&path).unwrap().modified().unwrap();
    let at = modified.duration_since(std::time::UNIX_EPOCH).unwrap().as_micros();
    world.clock.set(model::Timestamp(i64::try_from(at).unwrap() - 1));
    assert_eq!(follow(&world).await.taken, 1);
    assert_eq!(world.reasons().await, []);
    let second = record(PATIENT, "2", "INS", "20240102090002000", &messages::lab(PATIENT, "7.2"));
    file(&world, "20240102", &format!("{whole}{second}"));
    later(&world, &path);
    assert_eq!(follow(&world).await.taken, 1);
    assert_eq!(world.centre.count(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delete_record_is_kept_as_a_deleted_version_that_deletes() {
    let world = world();
    world.enrol(PATIENT);
    let text = record(PATIENT, "1", "INS", "20240102090000000", &messages::lab(PATIENT, "7.0"))
        + &record(PATIENT, "1", "DEL", "20240103090000000", &messages::lab_cancelled(PATIENT))
        + &record(PATIENT, "2", "DEL", "20240103090000001", "");
    let path = file(&world, "20240102", &text);
    later(&world, &path);
    assert_eq!(follow(&world).await.taken, 3);
    let states: Vec<_> =
        world.centre.states().into_iter().map(|(key, _, state)| (key, state)).collect();
    assert_eq!(states, [("1".into(), Current), ("1".into(), Deleted), ("2".into(), Deleted)]);
    let all = world.centre.all();
    for stored in all.iter().filter(|stored| stored.state == Deleted) {
        // By this the registry deletes the earlier versions, whenever they arrive.
        assert!(stored.entry.intake.as_ref().unwrap().is_delete_message);
    }
    let bare = all.iter().find(|stored| stored.entry.mime_type == "text/plain").unwrap();
    assert!(bare.bytes.starts_with(b"#SSMIX,2.00,") && bare.bytes.ends_with(b"20240103090000001"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_and_the_storages_file_are_one_version() {
    let world = world();
    world.enrol(PATIENT);
    let message = messages::lab(PATIENT, "7.0");
    world.put(&File::lab(PATIENT, "1"), message.replace('\r', "\n") + "\x1c");
    let text = record(PATIENT, "1", "INS", "20240102090000000", &message);
    let path = file(&world, "20240102", &text);
    later(&world, &path);
    let counts = follow(&world).await;
    assert_eq!((counts.taken, counts.quarantined), (2, 0));
    assert_eq!(world.centre.count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_newly_enrolled_are_read_from_their_folders() {
    let world = world();
    world.enrol(PATIENT);
    world.put(&File::lab(PATIENT, "1"), messages::lab(PATIENT, "7.0"));
    assert_eq!(follow(&world).await.taken, 1);
    world.put(&File::lab(PATIENT, "2"), messages::lab(PATIENT, "7.1"));
    assert_eq!(follow(&world).await.taken, 0, "news come by the transaction storage");
    world.enrol(OTHER);
    world.put(&File::lab(OTHER, "1"), messages::lab(OTHER, "7.2"));
    assert_eq!(follow(&world).await.taken, 1);
    let control = PullControl::default();
    let compared = world.gateway.follow_once(SOURCE, FollowMode::Reconcile, &control).await;
    assert_eq!(compared.unwrap().taken, 1, "what bypassed it is found by comparison");
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_records_wait_and_never_stop_the_next() {
    let world = world();
    world.enrol(PATIENT);
    let text = "garbage before the first record\r".to_owned()
        + &record(PATIENT, "1", "INS", "20240102090000000", &messages::lab(OTHER, "SECRET"))
        + &record(PATIENT, "2", "INS", "20241399", &messages::lab(PATIENT, "7.1"))
        + "#SSMIX,2.00,broken\rMSH|^~\\&|UNSEEN\r"
        + &record(PATIENT, "3", "INS", "20240102090003000", &messages::lab(PATIENT, "7.2"));
    let path = file(&world, "20240102", &text);
    later(&world, &path);
    let counts = follow(&world).await;
    assert_eq!((counts.taken, counts.quarantined), (1, 4));
    let reasons: Vec<String> =
        world.reasons().await.into_iter().map(|(reason, _)| reason).collect();
    assert_eq!(
        reasons,
        ["patient-mismatch", "record-malformed", "record-malformed", "sent-time-impossible"]
    );
    let kept = world.everything_kept().await;
    assert!(!kept.contains("SECRET") && !kept.contains("UNSEEN") && !kept.contains("garbage"));
    assert_eq!(follow(&world).await.quarantined, 0);

    let mismatch = QuarantineFilter {
        reason: Some(model::reason::Reason::PatientMismatch),
        ..QuarantineFilter::default()
    };
    let item = world.gateway.quarantine(&mismatch).await.unwrap().remove(0);
    let (_, bytes) = world.gateway.quarantine_show(item.row.id).await.unwrap();
    assert_eq!(bytes, ItemBytes::FromSource(messages::lab(OTHER, "SECRET").into_bytes()));
    let right = text.replace(&messages::lab(OTHER, "SECRET"), &messages::lab(PATIENT, "SECRET"));
    file(&world, "20240102", &right);
    let control = PullControl::default();
    let counts = world.gateway.quarantine_retry(&mismatch, &control).await.unwrap();
    assert_eq!((counts.taken, counts.quarantined), (1, 0));
    assert_eq!(world.reasons().await.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_records_are_read_in_pieces() {
    let world = world();
    world.enrol(PATIENT);
    let text: String = (0..500)
        .map(|key| {
            let patient = if key % 2 == 0 { PATIENT } else { OTHER };
            let body = messages::lab(patient, "7.0");
            record(patient, &format!("{key:015}"), "INS", "20240102090000000", &body)
        })
        .collect();
    let path = file(&world, "20240102", &text);
    later(&world, &path);
    assert_eq!(follow(&world).await.taken, 250);
    assert_eq!(world.centre.count(), 250);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_loop_follows_every_source_until_it_is_asked_to_stop() {
    let world = world();
    world.enrol(PATIENT);
    world.put(&File::lab(PATIENT, "1"), messages::lab(PATIENT, "7.0"));
    let stop = gateway::Stop::new();
    let (gateway, asked) = (world.gateway.clone(), stop.clone());
    let running = tokio::spawn(async move { gateway.run(asked).await });
    while world.centre.count() == 0 {
        tokio::task::yield_now().await;
    }
    stop.ask();
    running.await.unwrap();
    assert_eq!(world.centre.only().entry.intake.unwrap().item.order_key, "1");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_of_the_extended_storage_leads_to_its_folder() {
    let world = World::with(|place, new| {
        std::fs::create_dir_all(place.join("tr")).unwrap();
        common::write(&place.join("std/readme"), "");
        common::write(&place.join("ext/readme"), "");
        new.extended = vec![place.join("ext")];
        new.extended_transaction = vec![place.join("tr")];
    });
    world.enrol(PATIENT);
    follow(&world).await;
    let kind = "L1^\u{8a18}\u{9332}^99Z";
    let name = format!("{PATIENT}_20240102_L1_77_20240102120000000_01_1");
    let at = format!("ext/123/456/{PATIENT}/20240102/{kind}/{name}/note.txt");
    common::write(&world.place.path().join(at), "text");
    assert_eq!(follow(&world).await.taken, 0, "no record speaks of it yet");
    let record = format!(
        "#SSMIX,2.00,{},{PATIENT},20240102,{kind},77,INS,01,20240102120000000\rtext\r",
        common::FACILITY
    );
    let path = file(&world, "20240102", &record);
    later(&world, &path);
    assert_eq!(follow(&world).await.taken, 1);
    assert_eq!(world.centre.only().bytes, "text");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_records_of_its_own_the_extended_storage_is_compared_alone() {
    let world = World::with(|place, new| {
        for name in ["tr", "ext"] {
            std::fs::create_dir(place.join(name)).unwrap();
        }
        new.transaction = vec![place.join("tr")];
        new.extended = vec![place.join("ext")];
        common::write(&place.join("std/readme"), "");
        common::write(&place.join("ext/readme"), "");
    });
    world.enrol(PATIENT);
    follow(&world).await;
    let kind = "L1^退院時サマリー^99Z^18842-5^退院時サマリー^LN";
    let name = format!("{PATIENT}_20240102_L1_77_20240102120000000_01_1");
    let at = format!("ext/123/456/{PATIENT}/20240102/{kind}/{name}/main_document.html");
    common::write(&world.place.path().join(at), "<html/>");
    world.put(&File::lab(PATIENT, "1"), messages::lab(PATIENT, "7.0"));
    assert_eq!(follow(&world).await.taken, 0, "no record tells of either");
    let control = PullControl::default();
    let mode = FollowMode::NewsAndExtended;
    let compared = world.gateway.follow_once(SOURCE, mode, &control).await.unwrap();
    assert_eq!((compared.listed, compared.taken), (1, 1), "the summary alone was looked at");
    let again = world.gateway.follow_once(SOURCE, mode, &control).await.unwrap();
    assert_eq!((again.taken, again.unchanged), (0, 1));
    assert_eq!(world.pull().await.taken, 1, "what is new in the other root was not forgotten");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_is_changed_while_it_is_followed_and_the_change_is_audited() {
    let world = world();
    let (clock, place) = (world.clock.clone(), world.place.path().to_owned());
    let change = |change: SourceChange| {
        let now = model::Clock::now(clock.as_ref());
        world
            .store
            .write_blocking(move |tx| gateway::change_source(tx, SOURCE, &change, "nakamura", now))
    };
    let hours = vec!["22:00-06:00".parse().unwrap()];
    let first = change(SourceChange {
        allowed_hours: Some(hours.clone()),
        extended_interval_s: Some(120),
        extended_transaction: Some(vec![place.join("ext-tr")]),
        ..SourceChange::default()
    })
    .unwrap();
    assert_eq!((&first.settings.allowed_hours, first.settings.extended_interval_s), (&hours, 120));
    assert_eq!(first.settings.follow_interval_s, 60, "what is not given stays");
    let roles: Vec<&str> = first.roots.iter().map(|root| root.role.name()).collect();
    assert_eq!(roles.len(), 3, "{roles:?}");
    assert_eq!(world.gateway.source(SOURCE).await.unwrap(), first);
    let relative = SourceChange {
        standardized: Some(vec!["std".into()]),
        parallelism: Some(9),
        ..SourceChange::default()
    };
    assert!(matches!(change(relative), Err(GatewayError::Invalid { .. })));
    assert_eq!(world.gateway.source(SOURCE).await.unwrap(), first, "refused as a whole");
    let rows = world.store.read_blocking(|tx| store::audit::recent(tx, i64::MAX, 10)).unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!((rows[0].action.as_str(), rows[0].actor.as_str()), ("setting-change", "nakamura"));
    assert!(rows[0].detail.contains("22:00-06:00") && rows[0].detail.contains("ext-tr"));
}
