//! A synthetic region taken in by the binary, compared with the truth that it knows of itself;
//! then what happens in its hospitals later.

use crate::support;

use region::{Change, LaterEvent, Region, RegionPlan};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;
use support::Node;
use support::dump::Dump;

const REFERENCE_DAY: i64 = 20261120;

#[test]
fn every_count_and_value_is_that_of_the_truth() {
    let (node, region, _) = pulled(1);
    let counts = region.truth.counts(true);
    let stats = node.stats();
    assert_eq!(stats["documents"], documents(&region));
    assert_eq!(stats["facts"], json!(counts.facts));
    assert_eq!(stats["identities"], json!(counts.identities));
    assert_eq!(stats["persons"], json!(region.truth.enrolled_persons()));
    assert_eq!(stats["quarantine"], json!({}));

    let dump = Dump::read(&node.run(&["dump"]));
    let mut compared = 0;
    for person in region.truth.persons.iter().filter(|person| person.is_enrolled) {
        for identity in &person.identities {
            for (document, value) in region.truth.lab_values(&identity.source, &identity.patient_id)
            {
                let values = dump.lab_values(
                    &identity.source,
                    &identity.patient_id,
                    &document.care_date,
                    &document.order_key,
                );
                let wanted = expected(value);
                assert!(
                    values.contains(&wanted),
                    "{}: {wanted:?} not in {values:?}",
                    document.path
                );
                compared += 1;
            }
        }
    }
    assert!(compared > 1_000, "only {compared} values were compared");
    let bystanders = region.truth.persons.iter().filter(|person| !person.is_enrolled);
    for identity in bystanders.flat_map(|person| &person.identities) {
        let (source, patient) = (&identity.source, &identity.patient_id);
        assert!(!dump.knows_patient(source, patient), "{source} {patient} takes no part");
    }
}

#[test]
fn following_adds_nothing_to_a_complete_pull_and_finds_every_later_event() {
    let (node, mut region, directory) = pulled(2);
    let before = node.run(&["dump"]);
    for source in region.manifest.sources.clone() {
        node.run(&["pull", "--source", &source.name, "--follow"]);
    }
    assert_same(&node.run(&["dump"]), &before);

    // One source with a transaction storage, one whose directories are compared.
    for source in ["minato", "yamate"] {
        for event in [LaterEvent::Update, LaterEvent::Delete, LaterEvent::LateRecord] {
            let change = region.later(source, event).expect("event");
            change.apply(&directory).expect("applied");
            age(&directory.join(source).join("transaction"));
            let before = Dump::read(&node.run(&["dump"]));
            assert_eq!(
                values(&before, &change),
                change.before.iter().map(expected).collect::<Vec<_>>()
            );
            node.run(&["pull", "--source", source, "--follow"]);
            let after = Dump::read(&node.run(&["dump"]));
            let wanted: Vec<_> = change.after.iter().map(expected).collect();
            assert_eq!(values(&after, &change), wanted, "{source} {event:?}");
            let lines = after.timeline_entries(
                source,
                &change.patient_id,
                &change.care_date,
                &change.order_key,
            );
            assert_eq!(lines, usize::from(!change.after.is_empty()), "{source} {event:?}");
        }
    }
    assert_eq!(node.stats()["documents"], documents(&region));
    assert_eq!(node.stats()["facts"], json!(region.truth.counts(true).facts));

    // What the records told, the folders tell too.
    let followed = node.run(&["dump"]);
    for source in &region.manifest.sources {
        node.run(&["pull", "--source", &source.name]);
    }
    assert_same(&node.run(&["dump"]), &followed);
}

#[test]
fn a_root_that_is_empty_or_gone_marks_the_source_down_and_deletes_nothing() {
    let (node, _, directory) = pulled(3);
    let before = node.run(&["dump"]);
    let (root, away) = (directory.join("yamate/standard"), directory.join("away"));
    for prepare in [|_: &Path| {}, |root: &Path| std::fs::create_dir(root).expect("directory")] {
        if root.exists() {
            std::fs::rename(&root, &away).expect("move away");
        }
        prepare(&root);
        assert!(!node.try_run(&["pull", "--source", "yamate"]).status.success());
        assert_eq!(node.run(&["dump"]), before);
        assert!(node.run(&["source", "list"]).contains("down"));
    }
    std::fs::remove_dir(&root).expect("empty");
    std::fs::rename(&away, &root).expect("move back");
    node.run(&["pull", "--source", "yamate"]);
    assert_eq!(node.run(&["dump"]), before);
    assert!(!node.run(&["source", "list"]).contains("down"));
}

#[test]
fn a_backup_comes_back_as_the_same_state_and_never_over_another() {
    let (node, _, _) = pulled(4);
    let backup = node.path("backup");
    let backup = backup.to_str().expect("utf-8");
    node.run(&["backup", backup]);
    let before = node.run(&["dump"]);
    assert!(!node.try_run(&["restore", backup]).status.success(), "restored over a state");

    let other = Node::empty();
    std::fs::copy(node.path("centre/musubi.toml"), other.path("centre/musubi.toml")).expect("copy");
    other.run(&["restore", backup]);
    assert_eq!(other.run(&["dump"]), before);
}

/// Two dumps, compared by line so that a difference can be read. Left out is the flag that a
/// version was last seen with: a record tells of a deletion without naming the versions that it
/// ends, the folders rename each. What holds of a version is compared.
fn assert_same(left: &str, right: &str) {
    const SEEN_FLAG: usize = 11;
    let without_seen_flag = |line: &str| {
        let mut row: Vec<&str> = line.split('\t').collect();
        if row[0] == "document" {
            row.remove(SEEN_FLAG);
        }
        row.join("\t")
    };
    let lines = |text: &str| text.lines().map(without_seen_flag).collect::<BTreeSet<_>>();
    let (left, right) = (lines(left), lines(right));
    let differing: Vec<_> = left.symmetric_difference(&right).collect();
    assert!(differing.is_empty(), "{differing:#?}");
}

/// The truth's counts by typeCode: the standard code where a data-kind folder names one.
fn documents(region: &Region) -> Value {
    let mut sums = region::truth::Counts::default();
    for (data_type, counts) in region.truth.counts(true).documents {
        let code = data_type.split('^').nth(3).unwrap_or(&data_type).to_owned();
        let one = BTreeMap::from([(code, counts)]);
        sums.add(&region::truth::Counts { documents: one, ..Default::default() });
    }
    json!(sums.documents)
}

/// The last record of a transaction file counts as complete when the file has rested a while:
/// here it has rested ten seconds.
fn age(folder: &Path) {
    let mut waiting = vec![folder.to_owned()];
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            let entries = std::fs::read_dir(&path).expect("folder");
            waiting.extend(entries.map(|entry| entry.expect("entry").path()));
        } else if let Ok(file) = std::fs::File::options().append(true).open(&path) {
            let modified = file.metadata().and_then(|data| data.modified()).expect("time");
            file.set_modified(modified - Duration::from_secs(10)).expect("aged");
        }
    }
}

/// Jlac10, local code, value, unit, range, flag, status, collected.
fn expected(value: &region::truth::LabValue) -> [String; 8] {
    [
        &value.jlac10,
        &value.local_code,
        &value.value,
        &value.unit,
        &value.reference_range,
        &value.flag,
        &value.status,
        &value.collected,
    ]
    .map(Clone::clone)
}

fn values(dump: &Dump, change: &Change) -> Vec<[String; 8]> {
    dump.lab_values(&change.source, &change.patient_id, &change.care_date, &change.order_key)
}

/// A node with a region of eight people pulled, the region, and where it was written.
fn pulled(seed: u64) -> (Node, Region, std::path::PathBuf) {
    let plan = RegionPlan { patients: 8, bystanders: 2, ..RegionPlan::new(seed, REFERENCE_DAY) };
    let region = region::generate(&plan).expect("region");
    let node = Node::empty();
    let directory = node.path("region");
    region.write(&directory).expect("written");
    let mut codes = BTreeMap::new();
    for facility in &region.manifest.facilities {
        codes.insert(facility.facility_type.clone(), facility.code.clone());
        node.run(&[
            "facility",
            "add",
            &facility.code,
            &facility.name,
            "--type",
            &facility.facility_type,
        ]);
    }
    for source in &region.manifest.sources {
        let below = |path: &str| directory.join(path).to_str().expect("utf-8").to_owned();
        let mut add = vec!["source", "add", &source.name, "--facility", &source.facility_code];
        let (roots, extended): (Vec<String>, String) =
            (source.roots.iter().map(|root| below(root)).collect(), below(&source.extended_root));
        let transaction = source.transaction_root.as_deref().map(below);
        add.extend([
            "--kind",
            "ssmix2",
            "--domain",
            &source.domain_oid,
            "--extended-root",
            &extended,
            "--root",
        ]);
        add.extend(roots.iter().map(String::as_str));
        if let Some(transaction) = &transaction {
            add.extend(["--transaction-root", transaction]);
        }
        node.run(&add);
        let list = below(&source.enrolment);
        node.run(&[
            "enrol",
            "--source",
            &source.name,
            "--list",
            &list,
            "--viewer",
            &codes["clinic"],
        ]);
        node.run(&["pull", "--source", &source.name]);
    }
    let quarantine: Vec<Value> = node.quarantine();
    assert_eq!(quarantine, Vec::<Value>::new());
    (node, region, directory)
}
