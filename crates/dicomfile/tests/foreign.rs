//! Files that nobody here wrote, read as pydicom reads them.

use dicomfile::charset::SpecificCharacterSet;
use dicomfile::{DataSet, Scan, is_text, scan, tags};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

/// What pydicom says of its files, or why the test is skipped.
fn pydicom() -> Result<Value, String> {
    let python = std::env::var("MUSUBI_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let has = Command::new(&python).args(["-c", "import pydicom, data_store"]).output().unwrap();
    if !has.status.success() {
        let why = "has no pydicom and pydicom-data; MUSUBI_PYTHON names one that has";
        return Err(format!("skipped: {python} {why}"));
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/pydicom_reads.py");
    let output = Command::new(&python).arg(script).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(serde_json::from_slice(&output.stdout).unwrap())
}

#[test]
fn pydicoms_character_sets_are_read_as_pydicom_reads_them() {
    let told = match pydicom() {
        Ok(told) => told,
        Err(skipped) => return println!("{skipped}"),
    };
    let mut compared = 0;
    let mut differing = Vec::new();
    for (path, expected) in told["charsets"].as_object().unwrap() {
        let bytes = std::fs::read(path).unwrap();
        let found = texts(&scan(&bytes[..], Some(bytes.len() as u64)).unwrap().header);
        for (place, text) in expected["texts"].as_object().unwrap() {
            // pydicom knows the representations of some private elements, which come without.
            let is_private = place[..4].ends_with(['1', '3', '5', '7', '9', 'B', 'D', 'F']);
            if is_private {
                continue;
            }
            compared += 1;
            let ours = found.get(place).map(String::as_str).unwrap_or_default();
            if normal(ours) != normal(text.as_str().unwrap()) {
                differing.push(format!("{path} {place}: {ours:?} instead of {text}"));
            }
        }
    }
    assert_eq!(differing, Vec::<String>::new());
    assert!(compared > 100, "only {compared} values were compared");
}

#[test]
fn every_file_of_pydicom_is_scanned_and_has_pydicoms_identifiers() {
    let told = match pydicom() {
        Ok(told) => told,
        Err(skipped) => return println!("{skipped}"),
    };
    let (mut same, mut unread, mut differing) = (0, Vec::new(), Vec::new());
    for (path, expected) in told["files"].as_object().unwrap() {
        let bytes = std::fs::read(path).unwrap();
        let (scan, problem) = match scan(&bytes[..], Some(bytes.len() as u64)) {
            Ok(scan) => (scan, None),
            Err(failed) => (*failed.scan, Some(failed.problem)),
        };
        let instance = &expected["instance"];
        match problem {
            Some(problem) if instance.is_string() => unread.push(format!("{path}: {problem}")),
            Some(_) => {}
            None if instance.is_string() && identifiers(&scan) != *expected => {
                differing.push(format!("{path}: {} instead of {expected}", identifiers(&scan)));
            }
            None => same += usize::from(instance.is_string()),
        }
    }
    println!("{same} files with the same identifiers; not read to the end: {unread:#?}");
    assert_eq!(differing, Vec::<String>::new());
    assert!(same > 100, "only {same} files were compared");
}

fn identifiers(scan: &Scan) -> Value {
    let header = &scan.header;
    serde_json::json!({
        "study": header.uid(tags::STUDY_INSTANCE_UID),
        "series": header.uid(tags::SERIES_INSTANCE_UID),
        "instance": header.uid(tags::SOP_INSTANCE_UID),
        "name": header.text(tags::PATIENT_NAME).map(|name| name.value),
    })
}

/// All text of a data set by the places of its elements.
fn texts(set: &DataSet) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut open = vec![(String::new(), set, None::<SpecificCharacterSet>)];
    while let Some((path, set, outer)) = open.pop() {
        let declared = set.character_set(outer.as_ref());
        for element in set.elements() {
            let place = format!("{path}{:04X}{:04X}", element.tag.group(), element.tag.element());
            for (number, item) in element.items().iter().enumerate() {
                open.push((format!("{place}[{number}]"), item, Some(declared.clone())));
            }
            if is_text(element.vr)
                && let Some(text) = set.text_by(element.tag, &declared, &Default::default())
            {
                found.insert(place, text.value);
            }
        }
    }
    found
}

/// Without the blanks around values and the empty groups of names, which pydicom leaves out.
fn normal(text: &str) -> String {
    let trimmed = |value: &str| value.trim_matches([' ', '\0']).trim_end_matches('=').to_owned();
    text.split('\\').map(trimmed).collect::<Vec<_>>().join("\\")
}
