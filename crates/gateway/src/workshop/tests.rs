//! Renames and removals between listing and reading.

use super::*;
use crate::place;
use crate::settings::SourceSettings;
use crate::source::Root;
use model::item::{ItemKey, Storage};
use std::path::Path;
use store::source::{DomainRow, FacilityRow};
use testkit::ManualClock;

const FOLDER: &str = "123/456/1234567/20240102/OML-11";
const MESSAGE: &str = "MSH|^~\\&|L|H|G|C|20240102||OUL^R22^OUL_R22|1|P|2.5\rPID|1||1234567^^^^PI\r\
                       SPM|1||||||||||||||||20240102\rOBX|1|NM|1^A^99Z||7|||||F\r";

fn name(flag: &str) -> String {
    format!("1234567_20240102_OML-11_1_20240102090000000_01_{flag}")
}

fn workshop(root: &Path) -> Workshop {
    let facility = FacilityRow {
        id: 1,
        code: "1310000001".into(),
        name: "北病院".into(),
        short_name: "北".into(),
        facility_type: "hospital".into(),
        mark: 0,
    };
    let source = Source {
        id: 1,
        name: "north".into(),
        oid: "2.25.1".into(),
        kind: "ssmix2".into(),
        paused: false,
        settings: SourceSettings { stability_s: 0, ..SourceSettings::default() },
        facility,
        domain: DomainRow { id: 1, oid: "1.2.3".into(), name: "north".into() },
        roots: vec![Root { role: RootRole::Standardized, ordinal: 0, path: root.to_owned() }],
    };
    let opened = RootFolder::open(root).unwrap();
    Workshop {
        source: Arc::new(source),
        codes: Arc::new(Codes::built_in().unwrap()),
        repository_oid: "1.2".into(),
        clock: Arc::new(ManualClock::default()),
        roots: [((RootRole::Standardized, 0), opened)].into(),
        throttle: Throttle::new(0),
        budget: ByteBudget::new(1_000_000),
        stop: Stop::new(),
    }
}

fn candidate(flag: &str) -> Candidate {
    let relative = format!("{FOLDER}/{}", name(flag)).into_bytes();
    Candidate {
        place: place::place(RootRole::Standardized, 0, &relative),
        role: RootRole::Standardized,
        ordinal: 0,
        relative,
        item: ItemKey {
            patient_id: "1234567".into(),
            care_date: "20240102".into(),
            data_type: "OML-11".into(),
            order_key: "1".into(),
            storage: Storage::Standardized,
        },
        sent: "20240102090000000".into(),
        department: "01".into(),
        state: VersionState::Current,
        flags: Vec::new(),
        kind: None,
        stamp: None,
        known: None,
        was_quarantined: None,
        is_deletion: false,
    }
}

fn outcome(workshop: &Workshop, candidate: Candidate) -> Outcome {
    let mut outcomes = Vec::new();
    workshop.process(vec![candidate], &mut |outcome| {
        outcomes.push(outcome);
        true
    });
    outcomes.pop().unwrap()
}

#[test]
fn a_file_renamed_under_the_reader_is_taken_under_its_new_name() {
    let root = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(root.path().join(FOLDER)).unwrap();
    std::fs::write(root.path().join(FOLDER).join(name("2")), MESSAGE).unwrap();
    // Listed as current; by the time it is read the hospital has written its successor.
    let Outcome::Prepared(taken) = outcome(&workshop(root.path()), candidate("1")) else {
        panic!("it is taken")
    };
    assert!(taken.place.ends_with(b"_2"));
    assert_eq!(taken.state, VersionState::Deprecated);
    let intake = taken.submission.documents[0].0.intake.as_ref().unwrap();
    assert_eq!(intake.state, VersionState::Deprecated);
}

#[test]
fn a_file_that_does_not_come_back_vanished() {
    let root = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(root.path().join(FOLDER)).unwrap();
    let Outcome::Rejected(rejected) = outcome(&workshop(root.path()), candidate("1")) else {
        panic!("it is quarantined")
    };
    assert_eq!(rejected.reason, Reason::Vanished);
    let gone = tempfile::tempdir().unwrap();
    let Outcome::Rejected(rejected) = outcome(&workshop(gone.path()), candidate("1")) else {
        panic!("it is quarantined")
    };
    assert_eq!(rejected.reason, Reason::Vanished);
}

#[test]
fn a_closed_pass_reads_nothing_more() {
    let root = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(root.path().join(FOLDER)).unwrap();
    std::fs::write(root.path().join(FOLDER).join(name("1")), MESSAGE).unwrap();
    let workshop = workshop(root.path());
    workshop.budget.close();
    let mut outcomes = 0;
    workshop.process(vec![candidate("1")], &mut |_| {
        outcomes += 1;
        true
    });
    assert_eq!(outcomes, 0);
}
