//! Storages that others wrote, read whole: counts and values against an independent reading.
#![allow(clippy::unwrap_used, clippy::print_stderr)]

use model::entry::Category;
use model::fact::{FactBody, LabResult, Status};
use model::reason::{Flag, Reason};
use ssmix2::layout::check_file_path;
use ssmix2::{Context, Derived, Examined, Expected, MIME_TYPE, derive, examine};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What became of one file.
enum Outcome {
    Taken(Box<(Examined, Derived)>),
    Refused(Reason),
}

fn take(root: &Path, path: &Path) -> Outcome {
    let relative = path.strip_prefix(root).unwrap();
    let names: Vec<&[u8]> = relative.iter().map(|name| name.to_str().unwrap().as_bytes()).collect();
    let name = match check_file_path(&names) {
        Ok(name) => name,
        Err(error) => return Outcome::Refused(error.reason()),
    };
    let bytes = std::fs::read(path).unwrap();
    let expected = Expected {
        patient_id: &name.patient_id,
        data_type: &name.data_type,
        care_date: &name.care_date,
        order_key: &name.order_key,
        sent: &name.sent,
        department: &name.department,
    };
    let examined = match examine(&bytes, &expected) {
        Ok(examined) => examined,
        Err((reason, _)) => return Outcome::Refused(reason),
    };
    let title = examined.title.compose();
    let context = Context {
        data_type: &name.data_type,
        care_date: &name.care_date,
        department: &name.department,
        sent: &name.sent,
        title: &title,
        mime_type: MIME_TYPE,
    };
    Outcome::Taken(Box::new((examined, derive(&bytes, &context))))
}

fn files_below(root: &Path) -> Vec<PathBuf> {
    let mut folders = vec![root.to_owned()];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            match entry.file_type().unwrap().is_dir() {
                true => folders.push(entry.path()),
                false => files.push(entry.path()),
            }
        }
    }
    files.sort();
    files
}

fn unpack_twins(folder: &Path) -> Option<PathBuf> {
    let archive = testkit::conformance_dir()?.join("ssmix2-twins.tar.xz");
    let status = std::process::Command::new("tar")
        .arg("-xJf")
        .arg(&archive)
        .arg("-C")
        .arg(folder)
        .status()
        .unwrap();
    assert!(status.success(), "tar could not unpack {}", archive.display());
    Some(folder.join("ssmixtwins"))
}

/// The unit of `u^u^99XYZ`, where `u` may hold the separator itself (`10^4/μL`).
fn unit(field: &str) -> String {
    let twice = field.strip_suffix("^99XYZ").unwrap_or(field);
    let (one, other) = (twice.get(..twice.len() / 2), twice.get(twice.len() / 2 + 1..));
    assert_eq!(one, other, "{field}");
    one.unwrap().to_owned()
}

/// Item code, value, unit and collection time of every OBX, read with nothing of the parser.
fn results_by_hand(bytes: &[u8]) -> Vec<[String; 4]> {
    let text = text::decode(bytes, text::CharacterSet::Iso2022Jp).text;
    let mut collected = String::new();
    let mut results = Vec::new();
    for line in text.lines() {
        let fields: Vec<&str> = line.split('|').collect();
        let first = |at: usize| {
            fields.get(at).and_then(|field| field.split('^').next()).unwrap_or("").to_owned()
        };
        match fields[0] {
            "SPM" => collected = first(17),
            "OBX" => results.push([first(3), first(5), unit(fields[6]), collected.clone()]),
            _ => {}
        }
    }
    results
}

fn results_of(derived: &Derived) -> Vec<[String; 4]> {
    let of = |result: &LabResult| {
        [
            result.item.codes[0].code.clone(),
            result.value.clone(),
            result.unit.codes.first().map(|unit| unit.code.clone()).unwrap_or_default(),
            result.collected.as_ref().map(|time| time.digits.clone()).unwrap_or_default(),
        ]
    };
    let results = derived.facts.iter().filter_map(|fact| match &fact.body {
        FactBody::LabResult(result) => Some(of(result)),
        _ => None,
    });
    results.collect()
}

#[test]
fn every_file_of_the_twins_gives_its_facts() {
    let folder = tempfile::tempdir().unwrap();
    let Some(root) = unpack_twins(folder.path()) else { return };
    let mut kinds: BTreeMap<&str, u32> = BTreeMap::new();
    let mut statuses: BTreeMap<(&str, &str), u32> = BTreeMap::new();
    let mut flags: BTreeMap<(String, &str), u32> = BTreeMap::new();
    let mut taken = 0;
    for path in files_below(&root) {
        let outcome = match take(&root, &path) {
            Outcome::Taken(outcome) => outcome,
            Outcome::Refused(reason) => panic!("{}: {reason:?}", path.display()),
        };
        let (examined, derived) = *outcome;
        taken += 1;
        assert_eq!(derived.flags, examined.flags, "{}", path.display());
        assert!(!examined.is_delete_message);
        assert!(!examined.demographics.name.is_empty() && !examined.demographics.kana.is_empty());
        for flag in &derived.flags {
            let data_type = examined.title.kind.clone();
            *flags.entry((data_type, flag.code())).or_default() += 1;
        }
        for fact in &derived.facts {
            *kinds.entry(fact.body.kind()).or_default() += 1;
            *statuses.entry((fact.body.kind(), fact.status.name())).or_default() += 1;
        }
        if derived.entry.category == Category::Laboratory {
            let by_hand = results_by_hand(&std::fs::read(&path).unwrap());
            assert_eq!(results_of(&derived), by_hand, "{}", path.display());
            assert_eq!(derived.entry.label, by_hand.len().to_string());
            let keys = derived.facts.iter().all(|fact| match &fact.body {
                FactBody::LabResult(result) => {
                    result.chart_key.starts_with("JC10:") && result.number.is_some()
                }
                _ => false,
            });
            assert!(keys, "{}", path.display());
        }
    }
    assert_eq!(taken, 5_181);
    let expected: BTreeMap<&str, u32> = [
        // 67 in ADT-00, the rest beside orders and visits.
        ("allergy", 2_000),
        ("demographics", 60),
        ("diagnosis", 122),
        ("injection_line", 854),
        ("insurance", 60),
        ("lab_result", 15_620),
        ("observation", 240),
        ("prescription_line", 3_314),
        ("visit", 1_379 + 95 + 95),
    ]
    .into();
    assert_eq!(kinds, expected);
    assert_eq!(statuses.get(&("diagnosis", "suspected")), Some(&55));
    assert_eq!(statuses.get(&("diagnosis", "active")), Some(&67));
    assert_eq!(flags, BTreeMap::new());
}

#[test]
fn every_file_of_the_nho_sample_has_its_outcome() {
    let Some(data) = testkit::conformance_dir() else { return };
    let root = data.join("ssmix2-nho/sampleData");
    let mut outcomes = BTreeMap::new();
    for path in files_below(&root) {
        let parts: Vec<_> =
            path.strip_prefix(&root).unwrap().iter().map(|part| part.to_str().unwrap()).collect();
        let key = format!("{}/{}/{}", parts[2], parts[4], &parts[5][parts[5].len() - 1..]);
        let outcome = match take(&root, &path) {
            Outcome::Refused(reason) => reason.code().to_owned(),
            Outcome::Taken(taken) => describe(&taken.1),
        };
        outcomes.insert(key, outcome);
    }
    insta::assert_json_snapshot!(outcomes);
}

fn describe(derived: &Derived) -> String {
    let facts: Vec<String> = derived
        .facts
        .iter()
        .map(|fact| format!("{}:{}", fact.body.kind(), fact.status.name()))
        .collect();
    let flags: Vec<&str> = derived.flags.iter().map(|flag| flag.code()).collect();
    format!("{} [{}] label {:?}", facts.join(" "), flags.join(" "), derived.entry.label)
}

/// The ten files of other patients are read all the same here, with the patient they name, to
/// see that their contents are understood.
#[test]
fn the_contents_of_the_nho_sample_are_understood() {
    let Some(data) = testkit::conformance_dir() else { return };
    let root = data.join("ssmix2-nho/sampleData/999");
    let mut counts: BTreeMap<String, BTreeMap<String, u32>> = BTreeMap::new();
    for path in files_below(&root) {
        let name = path.file_name().unwrap().to_str().unwrap();
        let name = ssmix2::layout::FileName::parse(name).unwrap();
        let bytes = std::fs::read(&path).unwrap();
        let context = Context {
            data_type: &name.data_type,
            care_date: &name.care_date,
            department: &name.department,
            sent: &name.sent,
            title: "",
            mime_type: MIME_TYPE,
        };
        let derived = derive(&bytes, &context);
        assert!(!derived.flags.contains(&Flag::TextDamaged), "{}", path.display());
        assert!(derived.facts.iter().all(|fact| fact.status != Status::Cancelled));
        let counts = counts.entry(name.data_type.clone()).or_default();
        for fact in &derived.facts {
            *counts.entry(format!("{}:{}", fact.body.kind(), fact.status.name())).or_default() += 1;
        }
    }
    insta::assert_json_snapshot!(counts);
}
