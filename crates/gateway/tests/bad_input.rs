//! Bad input: what each gets. Every case is one faulty thing beside a good file, which is taken
//! all the same.

use crate::common;

use common::{File, World, messages};
use model::reason::Flag;
use std::os::unix::fs::symlink;
use std::path::Path;

const PATIENT: &str = "1234567";
const OTHER: &str = "7654321";

/// A world with one good file, to which a fault is added.
fn world(add_fault: impl FnOnce(&World)) -> World {
    let world = World::new();
    world.enrol(PATIENT);
    world.put(&File::lab(PATIENT, "GOOD"), messages::lab(PATIENT, "7.0"));
    add_fault(&world);
    world
}

/// Pulls; the good file is taken and the fault waits under the reason answered.
async fn reason_of(add_fault: impl FnOnce(&World)) -> String {
    let world = world(add_fault);
    let counts = world.pull().await;
    assert_eq!((counts.taken, counts.quarantined), (1, 1));
    assert_eq!(world.centre.only().entry.intake.unwrap().item.order_key, "GOOD");
    let reason = world.reason().await;
    let again = world.pull().await;
    assert_eq!((again.taken, again.quarantined), (0, 0), "nothing is done twice");
    assert_eq!(world.reason().await, reason, "and it goes on waiting");
    reason
}

/// Pulls; both files are taken, the second with remarks.
async fn flags_of(file: &File, bytes: impl AsRef<[u8]>) -> Vec<Flag> {
    let world = world(|world| {
        world.put(file, bytes);
    });
    assert_eq!(world.pull().await.taken, 2);
    let all = world.centre.all();
    let faulty = all.iter().filter_map(|one| one.entry.intake.as_ref());
    let faulty = faulty.filter(|intake| intake.item.order_key == file.key).last().unwrap();
    faulty.flags.clone()
}

async fn reason_of_bytes(bytes: impl AsRef<[u8]>) -> String {
    reason_of(|world| {
        world.put(&File::lab(PATIENT, "BAD"), bytes);
    })
    .await
}

async fn reason_of_name(path: &str) -> String {
    reason_of(|world| {
        world.put_at(path, messages::lab(PATIENT, "7.0"));
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn another_patients_message_is_quarantined_and_not_kept() {
    let world = world(|world| {
        world.put(&File::lab(PATIENT, "BAD"), messages::lab(OTHER, "SECRET"));
    });
    assert_eq!(world.pull().await.quarantined, 1);
    assert_eq!(world.reason().await, "patient-mismatch");
    let kept = world.everything_kept().await;
    assert!(!kept.contains(OTHER) && !kept.contains("SECRET"));
    let items = world.gateway.quarantine(&Default::default()).await.unwrap();
    assert_eq!(items[0].row.sha256.as_ref().map(Vec::len), Some(32));
    assert_eq!(items[0].row.size, messages::lab(OTHER, "SECRET").len() as i64);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_without_a_patient_is_quarantined() {
    let nobody = messages::lab(PATIENT, "7.0").replace(&format!("{PATIENT}^^^^PI"), "");
    assert_eq!(reason_of_bytes(nobody).await, "patient-unknown");
    let undecodable = messages::lab(PATIENT, "7.0").into_bytes();
    let at = undecodable.windows(7).position(|part| part == PATIENT.as_bytes()).unwrap();
    let mut bytes = undecodable;
    bytes.splice(at..at + 2, [0xFF, 0xFE]);
    assert_eq!(reason_of_bytes(bytes).await, "patient-undecodable");
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_are_no_messages() {
    assert_eq!(reason_of_bytes("").await, "empty");
    assert_eq!(reason_of_bytes("\x1c").await, "empty");
    assert_eq!(reason_of_bytes("%PDF-1.7").await, "not-hl7");
    assert_eq!(reason_of_bytes("MSH|^~\\&|LAB|H").await, "truncated");
    let before_pid = messages::lab(PATIENT, "7.0").split("PID").next().unwrap().to_owned();
    assert_eq!(reason_of_bytes(before_pid).await, "truncated");
    let order = messages::lab(PATIENT, "7.0").replace("OUL^R22^OUL_R22", "RDE^O11^RDE_O11");
    assert_eq!(reason_of_bytes(order).await, "type-mismatch");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_large_or_too_long() {
    let reason = reason_of(|world| {
        let path = world.put(&File::lab(PATIENT, "BAD"), "MSH|");
        let file = std::fs::OpenOptions::new().write(true).open(path).unwrap();
        file.set_len(60 * 1024 * 1024).unwrap();
    });
    assert_eq!(reason.await, "too-large");
    let many = messages::lab(PATIENT, "7.0") + &"NTE|1\r".repeat(1_000_000);
    assert_eq!(reason_of_bytes(many).await, "too-many-segments");
}

#[tokio::test(flavor = "multi_thread")]
async fn names_that_break_the_grammar() {
    let folder = File::lab(PATIENT, "BAD").folder();
    let named = |name: &str| format!("{folder}/{name}");
    assert_eq!(reason_of_name(&named("notes.txt")).await, "name-malformed");
    let file = File::lab(PATIENT, "BAD");
    assert_eq!(reason_of_name(&named(&file.clone().flag("1.tmp").name())).await, "name-malformed");
    let sent = file.clone().sent("20241399000000000").name();
    assert_eq!(reason_of_name(&named(&sent)).await, "sent-time-impossible");
    let other = File::lab(OTHER, "BAD").name();
    assert_eq!(reason_of_name(&named(&other)).await, "path-mismatch");
    let day = file.with_type("OML-11", "20240231");
    assert_eq!(reason_of_name(&day.path()).await, "care-date-impossible");
    assert_eq!(reason_of_name("123/456/1234567/stray").await, "name-malformed");
    let deep = format!("{}/file", named("folder"));
    assert_eq!(reason_of_name(&deep).await, "name-malformed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_no_character_set_explains() {
    use std::os::unix::ffi::OsStrExt;
    let reason = reason_of(|world| {
        let folder = world.root().join(File::lab(PATIENT, "BAD").folder());
        let name = std::ffi::OsStr::from_bytes(b"1234567_20240102_OML-11_\xff\xff_1_-_1");
        common::write(&folder.join(name), "");
    });
    assert_eq!(reason.await, "name-malformed");
}

#[tokio::test(flavor = "multi_thread")]
async fn links_that_lead_out() {
    let outside = tempfile::tempdir().unwrap();
    let secret = common::write(&outside.path().join("secret"), messages::lab(PATIENT, "9.9"));
    let link = |to: &Path| {
        let to = to.to_owned();
        reason_of(move |world| {
            let at = world.root().join(File::lab(PATIENT, "BAD").path());
            symlink(to, at).unwrap();
        })
    };
    assert_eq!(link(&secret).await, "link-outside");
    assert_eq!(link(Path::new("/dev/zero")).await, "link-outside");
    assert_eq!(link(Path::new("../../../../../../secret")).await, "link-outside");
    let reason = reason_of(|world| {
        let date = world.root().join("123/456/1234567/20240303");
        symlink(outside.path(), date).unwrap();
    });
    assert_eq!(reason.await, "link-outside");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_stays_inside_is_followed() {
    let world = world(|world| {
        let file = File::lab(PATIENT, "LINKED");
        world.put_at("volume2/file", messages::lab(PATIENT, "7.0"));
        symlink("../../../../../volume2/file", world.root().join(file.path())).unwrap();
    });
    assert_eq!(world.pull().await.taken, 2);
    assert_eq!(world.pull().await.unchanged, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn things_that_are_no_files() {
    let make = |kind: rustix::fs::FileType| {
        reason_of(move |world| {
            let path = world.root().join(File::lab(PATIENT, "BAD").path());
            let mode = rustix::fs::Mode::from_bits_truncate(0o600);
            rustix::fs::mknodat(rustix::fs::CWD, &path, kind, mode, 0).unwrap();
        })
    };
    assert_eq!(make(rustix::fs::FileType::Fifo).await, "not-a-file");
    let socket = reason_of(|world| {
        // A socket's path is short: it is made elsewhere and moved.
        let short = tempfile::tempdir().unwrap();
        let at = short.path().join("s");
        let _listener = std::os::unix::net::UnixListener::bind(&at).unwrap();
        std::fs::rename(&at, world.root().join(File::lab(PATIENT, "BAD").path())).unwrap();
    });
    assert_eq!(socket.await, "not-a-file");
    let linked = reason_of(|world| {
        let fifo = world.root().join("fifo");
        let mode = rustix::fs::Mode::from_bits_truncate(0o600);
        let kind = rustix::fs::FileType::Fifo;
        rustix::fs::mknodat(rustix::fs::CWD, &fifo, kind, mode, 0).unwrap();
        let at = world.root().join(File::lab(PATIENT, "BAD").path());
        symlink("../../../../../fifo", at).unwrap();
    });
    assert_eq!(linked.await, "not-a-file");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_current_files_for_one_key_at_one_time() {
    let world = world(|world| {
        let file = File::lab(PATIENT, "GOOD");
        world.put(&File { department: "02".into(), ..file }, messages::lab(PATIENT, "9.9"));
    });
    let counts = world.pull().await;
    assert_eq!((counts.taken, counts.quarantined), (1, 1));
    assert_eq!(world.reason().await, "two-current");
    assert_eq!(world.centre.count(), 2, "neither is lost");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_taken_with_a_remark() {
    let file = File::lab(PATIENT, "000000000000001");
    let differs = messages::lab_of(PATIENT, "20240105", "7.0");
    assert!(flags_of(&file, differs).await.contains(&Flag::CareDateDiffers));
    let missing = messages::lab_of(PATIENT, "", "7.0");
    assert!(flags_of(&file, missing).await.contains(&Flag::CareDateMissing));
    let future = messages::lab_of(PATIENT, "29990105", "7.0");
    assert!(flags_of(&file, future).await.contains(&Flag::DateImplausible));
    let mut damaged = messages::lab(PATIENT, "7.0").into_bytes();
    let at = damaged.windows(3).position(|part| part == "総".as_bytes()).unwrap();
    damaged[at + 1] = b' ';
    assert!(flags_of(&file, damaged).await.contains(&Flag::TextDamaged));
    let unknown = File::lab(PATIENT, "000000000000001").with_type("OML-12", "20240102");
    assert!(flags_of(&unknown, messages::lab(PATIENT, "7.0")).await.contains(&Flag::UnknownType));
    let flag = File::lab(PATIENT, "000000000000001").flag("7");
    let flags = flags_of(&flag, messages::lab(PATIENT, "7.0")).await;
    assert!(flags.contains(&Flag::ConditionFlagUnknown));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_folders_care_date_is_used_where_the_message_has_none() {
    let world = World::new();
    world.enrol(PATIENT);
    world.put(&File::lab(PATIENT, "1"), messages::lab_of(PATIENT, "", "7.0"));
    world.pull().await;
    let entry = world.centre.only().entry;
    assert_eq!(entry.service_start.unwrap().digits, "20240102");
}

/// As root nothing is unreadable: the test runs itself again as nobody.
#[tokio::test(flavor = "multi_thread")]
async fn an_unreadable_folder_costs_only_what_is_in_it() {
    if rustix::process::geteuid().is_root() {
        let run = std::process::Command::new("setpriv")
            .args(["--reuid=65534", "--regid=65534", "--clear-groups", "--"])
            .arg(std::env::current_exe().unwrap())
            .args(["--exact", "an_unreadable_folder_costs_only_what_is_in_it", "--nocapture"])
            .status();
        assert!(run.expect("setpriv of util-linux").success());
        return;
    }
    use std::os::unix::fs::PermissionsExt;
    let world = world(|world| {
        let day = File::lab(PATIENT, "BAD").with_type("OML-11", "20240303");
        world.put(&day, messages::lab_of(PATIENT, "20240303", "7.0"));
        world.put(&File::lab(PATIENT, "SHUT"), messages::lab(PATIENT, "7.0"));
    });
    let shut = [
        world.root().join("123/456/1234567/20240303"),
        world.root().join(File::lab(PATIENT, "SHUT").path()),
    ];
    let set = |mode: u32| {
        for path in &shut {
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
        }
    };
    set(0o000);
    let counts = world.pull().await;
    assert_eq!((counts.taken, counts.quarantined), (1, 2));
    let reasons: Vec<String> =
        world.reasons().await.into_iter().map(|(reason, _)| reason).collect();
    assert_eq!(reasons, ["unreadable", "unreadable"]);
    set(0o755);
    let counts = world.pull().await;
    assert_eq!((counts.taken, counts.quarantined), (2, 0));
    assert_eq!(world.reasons().await, []);
}
