//! Storages that nobody here wrote, taken in by the binary as its operator runs it.

use crate::support;

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use support::{Node, conformance};

#[test]
fn the_twins_storage_gives_every_file_once_and_every_value_as_another_reader_reads_it() {
    let Some(archive) = conformance("ssmix2-twins.tar.xz") else { return };
    let node = Node::new();
    let root = unpack(&archive, &node.path("twins"));
    node.add_source(&root);
    node.pull();

    let stats = node.stats();
    let documents = |current: u64| json!({"current": current, "deprecated": 0, "deleted": 0});
    assert_eq!(
        stats["documents"],
        json!({
            "ADT-00": documents(60), "ADT-12": documents(1379), "ADT-22": documents(95),
            "ADT-52": documents(95), "OML-11": documents(1746), "OMP-01": documents(1319),
            "OMP-02": documents(427), "PPR-01": documents(60),
        })
    );
    assert_eq!(stats["quarantine"], json!({}));
    assert_eq!((&stats["identities"], &stats["persons"]), (&json!(60), &json!(60)));
    assert_eq!(stats["facts"]["lab_result"], json!(15_620));

    let before = node.run(&["dump"]);
    node.pull();
    assert_eq!(node.run(&["dump"]), before, "a second pull must add nothing");

    let ours = lab_values(&before);
    let theirs = independent_lab_values(&root);
    assert_eq!(theirs.len(), 15_620);
    assert_eq!(ours.len(), theirs.len());
    for (place, value) in &theirs {
        assert_eq!(ours.get(place), Some(value), "{place:?}");
    }
}

#[test]
fn every_file_of_the_nho_sample_is_a_document_or_waits_for_a_stated_reason() {
    let Some(sample) = conformance("ssmix2-nho/sampleData") else { return };
    let node = Node::new();
    node.add_source(&sample);
    node.pull();

    let taken =
        ["ADT-00", "ADT-22", "ADT-42", "ADT-52", "OML-01", "OMP-01", "OMP-02", "OMP-11", "OMP-12"];
    let stats = node.stats();
    for data_type in taken {
        let counts = json!({"current": 1, "deprecated": 0, "deleted": 0});
        assert_eq!(stats["documents"][data_type], counts, "{data_type}");
    }
    assert_eq!(stats["documents"].as_object().map(serde_json::Map::len), Some(taken.len()));
    assert_eq!(
        stats["facts"],
        json!({
            "allergy": 1, "demographics": 1, "injection_line": 8, "insurance": 1, "lab_order": 7,
            "observation": 3, "prescription_line": 5, "visit": 3,
        })
    );

    // Read from the files by hand: the PID of each is another patient than its folder, and the
    // file in the ADT-31 folder names another patient, date and type.
    let mut reasons: Vec<(String, String)> = node
        .quarantine()
        .iter()
        .map(|item| {
            let place = item["place"].as_str().expect("place");
            let name = place.rsplit('/').next().expect("name").split('_').collect::<Vec<_>>();
            (
                format!("{} {}", name[0], name[2]),
                item["reason"].as_str().expect("reason").to_owned(),
            )
        })
        .collect();
    reasons.sort();
    let expected: Vec<(String, String)> = [
        ("0000001 OMP-11", "patient-mismatch"),
        ("0000001 OMP-11", "patient-mismatch"),
        ("9999013 ADT-61", "patient-mismatch"),
        ("9999013 OMD", "patient-mismatch"),
        ("9999013 OMG-01", "patient-mismatch"),
        ("9999013 OMG-02", "patient-mismatch"),
        ("9999013 OMG-03", "patient-mismatch"),
        ("9999013 OMG-11", "patient-mismatch"),
        ("9999013 OMG-12", "patient-mismatch"),
        ("9999013 OMG-13", "patient-mismatch"),
        ("9999013 OML-11", "patient-mismatch"),
        ("9999013 OMP-11", "path-mismatch"),
        ("9999013 PPR-01", "patient-mismatch"),
    ]
    .map(|(file, reason)| (file.to_owned(), reason.to_owned()))
    .to_vec();
    assert_eq!(reasons, expected);
}

/// Patient, care date, order key and segment index of a result.
type Place = (String, String, String, u64);
/// Code, value, unit, range, flag, status and collection time of a result.
type Reading = [String; 7];

/// The results of a dump, by the logical key of their documents.
fn lab_values(dump: &str) -> BTreeMap<Place, Reading> {
    let rows: Vec<Vec<&str>> = dump.lines().map(|line| line.split('\t').collect()).collect();
    let items: BTreeMap<&str, (&str, &str, &str)> = rows
        .iter()
        .filter(|row| row[0] == "document")
        .map(|row| (row[1], (row[5], row[8], row[9])))
        .collect();
    rows.iter()
        .filter(|row| row[0] == "fact" && row[3] == "lab_result")
        .map(|row| {
            let (patient, care_date, order) = items[row[1]];
            let body = row.last().expect("body").replace("\\\"", "\"").replace("\\\\", "\\");
            let fact: Value = serde_json::from_str(&body).expect("json");
            let index = fact["place"]["index"].as_u64().expect("index");
            let result = &fact["body"];
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let reading = [
                text(&result["item"][0]["code"]),
                text(&result["value"]),
                text(&result["unit"][0]["code"]),
                text(&result["reference_range"]),
                text(&result["flags"][0]),
                text(&result["result_status"]),
                text(&result["collected"]["digits"]),
            ];
            ((patient.to_owned(), care_date.to_owned(), order.to_owned(), index), reading)
        })
        .collect()
}

fn independent_lab_values(root: &Path) -> BTreeMap<Place, Reading> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/read_labs.py");
    let output = Command::new("python3").arg(script).arg(root).output().expect("python3");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout)
        .expect("utf-8")
        .lines()
        .map(|line| {
            let row: Value = serde_json::from_str(line).expect("json");
            let text = |name: &str| row[name].as_str().expect("text").to_owned();
            let place = (
                text("patient"),
                text("care_date"),
                text("order"),
                row["index"].as_u64().expect("index"),
            );
            (place, ["code", "value", "unit", "range", "flag", "status", "collected"].map(text))
        })
        .collect()
}

fn unpack(archive: &Path, into: &Path) -> PathBuf {
    std::fs::create_dir(into).expect("directory");
    let status =
        Command::new("tar").arg("-xJf").arg(archive).arg("-C").arg(into).status().expect("tar");
    assert!(status.success());
    into.join("ssmixtwins")
}
