//! Storages that contradict themselves or cannot be read whole: what they say is believed as far
//! as it goes, and nothing of it is silent.

use crate::common;

use common::centre::Faults;
use common::{File, SOURCE, World, messages};
use gateway::{FollowMode, ItemBytes, PullControl, QuarantineFilter};
use model::item::VersionState::{self, Current, Deleted, Deprecated};
use model::reason::Reason;
use ports::SinkError;
use std::os::unix::fs::PermissionsExt;

const PATIENT: &str = "1234567";

fn world() -> World {
    let world = World::new();
    world.enrol(PATIENT);
    world
}

fn with_transactions() -> World {
    let world = World::with(|place, new| {
        std::fs::create_dir(place.join("tr")).unwrap();
        new.transaction = vec![place.join("tr")];
        common::write(&place.join("std/readme"), "");
    });
    world.enrol(PATIENT);
    world
}

fn record(world: &World, day: &str, key: &str, kind: &str, bodies: &[String]) {
    let text: String = bodies
        .iter()
        .map(|body| {
            let facility = common::FACILITY;
            format!(
                "#SSMIX,2.00,{facility},{PATIENT},20240102,OML-11,{key},{kind},01,\
                 20240102090000000\r{body}"
            )
        })
        .collect();
    let path = world.place.path().join(format!("tr/2024/TR_{day}000000000_00001.DAT"));
    common::write(&path, text);
    let modified = std::fs::metadata(&path).unwrap().modified().unwrap();
    let at = modified.duration_since(std::time::UNIX_EPOCH).unwrap().as_micros();
    world.clock.set(model::Timestamp(i64::try_from(at).unwrap() + 3_600_000_000));
}

async fn follow(world: &World) -> (i64, i64) {
    let control = PullControl::default();
    let counts = world.gateway.follow_once(SOURCE, FollowMode::News, &control).await.unwrap();
    (counts.taken, counts.quarantined)
}

async fn pull(world: &World) -> (i64, i64) {
    let counts = world.pull().await;
    (counts.taken, counts.quarantined)
}

fn states(world: &World) -> Vec<VersionState> {
    world.centre.states().into_iter().map(|(_, _, state)| state).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_valid_again_after_its_deletion_waits_for_a_person() {
    let world = world();
    let file = File::lab(PATIENT, "1");
    world.put(&file, messages::lab(PATIENT, "7.0"));
    world.pull().await;
    let deleted = world.reflag(&file, "0");
    world.pull().await;
    world.reflag(&deleted, "1");
    assert_eq!(pull(&world).await, (0, 1));
    assert_eq!(world.reason().await, "brought-back");
    assert_eq!(states(&world), [Deleted], "it is not believed");
    let filter =
        QuarantineFilter { reason: Some(Reason::BroughtBack), ..QuarantineFilter::default() };
    let item = world.gateway.quarantine(&filter).await.unwrap().remove(0);
    let (_, bytes) = world.gateway.quarantine_show(item.row.id).await.unwrap();
    assert_eq!(bytes, ItemBytes::Kept(messages::lab(PATIENT, "7.0").into_bytes()));
    assert_eq!(pull(&world).await, (0, 0), "it is not tried again until it changes");
    // The hospital sends it anew, as the guideline has it, and puts the old file right.
    world.reflag(&file, "0");
    world.put(&file.sent("20240103090000000"), messages::lab(PATIENT, "7.0"));
    world.pull().await;
    assert_eq!(world.reasons().await, []);
    assert_eq!(states(&world), [Deleted, Current]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_message_in_another_frame_is_no_way_back() {
    let world = world();
    let file = File::lab(PATIENT, "1").flag("0");
    let message = messages::lab(PATIENT, "7.0");
    world.put(&file, &message);
    world.pull().await;
    std::fs::remove_file(world.root().join(file.path())).unwrap();
    world.put(&file.flag("1"), message.replace('\r', "\r\n") + "\x1c");
    assert_eq!(pull(&world).await, (0, 1));
    assert_eq!(world.reason().await, "brought-back");
    assert_eq!(states(&world), [Deleted]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_record_of_what_was_deleted_since_is_no_contradiction() {
    let world = with_transactions();
    let message = messages::lab(PATIENT, "7.0");
    world.put(&File::lab(PATIENT, "1").flag("0"), &message);
    record(&world, "20240102", "1", "INS", &[message]);
    assert_eq!(follow(&world).await, (2, 0), "the folder, then the record");
    assert_eq!(world.reasons().await, []);
    assert_eq!(states(&world), [Deleted]);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_records_of_one_moment_are_both_kept_and_said() {
    let world = with_transactions();
    let bodies = [messages::lab(PATIENT, "7.0"), messages::lab(PATIENT, "9.9")];
    record(&world, "20240102", "1", "INS", &bodies);
    assert_eq!(follow(&world).await, (1, 1));
    assert_eq!(world.reason().await, "two-current");
    assert_eq!(world.centre.count(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_files_of_one_moment_wait_until_the_hospital_says_which_holds() {
    for departments in [["01", "02"], ["02", "01"]] {
        let world = world();
        let [one, other] =
            departments.map(|code| File { department: code.into(), ..File::lab(PATIENT, "1") });
        world.put(&one, messages::lab(PATIENT, "7.0"));
        assert_eq!(pull(&world).await, (1, 0));
        world.put(&other, messages::lab(PATIENT, "9.9"));
        assert_eq!(pull(&world).await, (0, 1));
        assert_eq!(world.reason().await, "two-current");
        assert_eq!(world.centre.count(), 2, "neither is lost");
        let counts = world.pull().await;
        assert_eq!((counts.taken, counts.unchanged, counts.quarantined), (0, 2, 0));
        assert_eq!(world.reason().await, "two-current", "it waits on");
        world.reflag(&one, "2");
        world.pull().await;
        assert_eq!(world.reasons().await, []);
        let states = states(&world);
        assert!(states.contains(&Current) && states.contains(&Deprecated), "{states:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_rewritten_in_place_is_no_contradiction() {
    let world = world();
    let file = File::lab(PATIENT, "1");
    world.put(&file, messages::lab(PATIENT, "7.0"));
    world.pull().await;
    world.put(&file, messages::lab(PATIENT, "10.25"));
    assert_eq!(pull(&world).await, (1, 0));
    assert_eq!(world.reasons().await, []);
}

/// As root nothing is unreadable: the test runs itself again as nobody.
#[tokio::test(flavor = "multi_thread")]
async fn a_renamed_file_changes_its_version_even_where_its_bytes_cannot_be_read() {
    if rustix::process::geteuid().is_root() {
        let name = "a_renamed_file_changes_its_version_even_where_its_bytes_cannot_be_read";
        let run = std::process::Command::new("setpriv")
            .args(["--reuid=65534", "--regid=65534", "--clear-groups", "--"])
            .arg(std::env::current_exe().unwrap())
            .args(["--exact", name, "--nocapture"])
            .status();
        assert!(run.expect("setpriv of util-linux").success());
        return;
    }
    let world = world();
    let [deleted, replaced, kept] = ["1", "2", "3"].map(|key| File::lab(PATIENT, key));
    for (file, value) in [(&deleted, "7.1"), (&replaced, "7.2"), (&kept, "7.3")] {
        world.put(file, messages::lab(PATIENT, value));
    }
    world.pull().await;
    for (file, flag) in [(&deleted, "0"), (&replaced, "2")] {
        let renamed = world.root().join(world.reflag(file, flag).path());
        std::fs::set_permissions(renamed, std::fs::Permissions::from_mode(0o000)).unwrap();
    }
    assert_eq!(pull(&world).await, (0, 2));
    assert_eq!(states(&world), [Deleted, Deprecated, Current]);
    let reasons: Vec<String> =
        world.reasons().await.into_iter().map(|(reason, _)| reason).collect();
    assert_eq!(reasons, ["unreadable", "unreadable"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_whose_state_cannot_be_changed_fails_for_itself() {
    let damaged = SinkError::Refused { code: "XDSRepositoryError", context: "damaged".into() };
    for error in [damaged, SinkError::Unavailable("it cannot be read".into())] {
        let world = world();
        let file = |key: usize| File::lab(PATIENT, &format!("{key:015}"));
        for key in 0..30 {
            world.put(&file(key), messages::lab(PATIENT, &format!("7.{key:02}0")));
        }
        world.pull().await;
        world.centre.set(Faults { unchangeable: Some(("7.070", error)), ..Faults::default() });
        for key in 0..30 {
            world.put(&file(key), messages::lab(PATIENT, &format!("8.{key:02}11")));
        }
        assert_eq!(pull(&world).await, (29, 1));
        let states = states(&world);
        let of = |state| states.iter().filter(|is| **is == state).count();
        assert_eq!((of(Deprecated), of(Current)), (29, 31));
        let reason = world.reason().await;
        assert!(["refused", "failed"].contains(&reason.as_str()), "{reason}");
        world.centre.set(Faults::default());
        let control = PullControl::default();
        let all = QuarantineFilter::default();
        let counts = world.gateway.quarantine_retry(&all, &control).await.unwrap();
        assert_eq!(counts.taken, 1);
        assert_eq!(world.reasons().await, []);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rename_that_the_centre_does_not_take_is_told_again() {
    let world = world();
    let file = File::lab(PATIENT, "1");
    let path = world.put(&file, messages::lab(PATIENT, "7.0"));
    world.pull().await;
    // The renamed file is a link that leads out: only its name says something.
    std::fs::remove_file(path).unwrap();
    let renamed = world.root().join(file.flag("0").path());
    std::os::unix::fs::symlink("/dev/zero", renamed).unwrap();
    let error = SinkError::Refused { code: "XDSRepositoryError", context: "damaged".into() };
    world.centre.set(Faults { unchangeable: Some(("7.0", error)), ..Faults::default() });
    assert_eq!(pull(&world).await, (0, 1));
    assert_eq!((states(&world), world.reason().await), (vec![Current], "link-outside".to_owned()));
    world.centre.set(Faults::default());
    world.pull().await;
    assert_eq!(states(&world), [Deleted]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_paused_while_it_is_pulled_is_left_alone_in_order() {
    let world = world();
    for key in 0..3_000 {
        world.put(&File::lab(PATIENT, &format!("{key:015}")), messages::lab(PATIENT, "7.0"));
    }
    let pause = |store: &store::Store, paused: bool| {
        store.write_blocking(move |tx| gateway::pause(tx, SOURCE, paused)).unwrap();
    };
    let store = world.store.store();
    let control = PullControl {
        progress: Some(std::sync::Arc::new(move |_| {
            tokio::task::block_in_place(|| pause(&store, true));
        })),
        ..PullControl::default()
    };
    let ended = world.gateway.pull(SOURCE, &control).await;
    assert!(matches!(ended, Err(gateway::GatewayError::Paused(_))), "{ended:?}");
    let report = world.gateway.source_report(SOURCE).await.unwrap();
    let ended = &report.pulls[0];
    assert!(ended.outcome.contains("paused") && ended.finished_us.is_some(), "{ended:?}");
    let taken = world.centre.count();
    assert!(taken < 3_000, "{taken}");
    pause(&world.store.store(), false);
    assert_eq!(
        world.pull().await.unchanged,
        i64::try_from(taken).unwrap(),
        "all were in the ledger"
    );
    assert_eq!(world.centre.count(), 3_000);
}
