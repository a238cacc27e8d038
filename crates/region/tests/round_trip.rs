//! The region's storages read with the crate that reads hospitals' storages.

use model::fact::FactBody;
use model::item::{Storage, VersionState};
use region::truth::{DocumentTruth, LabValue};
use region::{Region, RegionPlan, generate};
use ssmix2::layout::{check_content_path, check_file_path};
use ssmix2::transaction::{Item, Processing, Reader, Tail};
use ssmix2::{Context, Expected, MIME_TYPE, derive, examine};
use std::collections::BTreeMap;
use text::Verdict;

fn region() -> Region {
    generate(&RegionPlan { patients: 12, bystanders: 2, ..RegionPlan::new(7, 20250401) }).unwrap()
}

/// The documents of the truth by their key: source, patient, date, type, order, sent.
fn by_key(region: &Region) -> BTreeMap<[String; 6], &DocumentTruth> {
    let key = |one: &DocumentTruth| {
        let parts = [
            &one.source,
            &one.patient_id,
            &one.care_date,
            &one.data_type,
            &one.order_key,
            &one.sent,
        ];
        parts.map(Clone::clone)
    };
    let found: BTreeMap<_, _> = region.truth.documents.iter().map(|one| (key(one), one)).collect();
    assert_eq!(found.len(), region.truth.documents.len(), "two versions with one key");
    found
}

fn names(path: &[u8]) -> Vec<&[u8]> {
    path.split(|byte| *byte == b'/').collect()
}

#[test]
fn every_file_is_where_its_name_says_and_holds_what_the_truth_says() {
    let region = region();
    let truth = by_key(&region);
    let mut seen = 0;
    for (path, bytes) in region.files() {
        let names = names(path);
        let source = std::str::from_utf8(names[0]).unwrap();
        if !names[1].starts_with(b"standard") {
            continue;
        }
        let name = check_file_path(&names[2..]).unwrap();
        let key = [
            source.to_owned(),
            name.patient_id.clone(),
            name.care_date.clone(),
            name.data_type.clone(),
            name.order_key.clone(),
            name.sent.clone(),
        ];
        let document = truth[&key];
        seen += 1;
        assert_eq!(name.flag, document.state.flag().to_string());
        assert_eq!(name.department, document.department);
        let examined = examine(
            bytes,
            &Expected {
                patient_id: &name.patient_id,
                data_type: &name.data_type,
                care_date: &name.care_date,
                order_key: &name.order_key,
                sent: &name.sent,
                department: &name.department,
            },
        )
        .unwrap_or_else(|refused| panic!("{}: {refused:?}", document.path));
        assert_eq!(examined.is_delete_message, document.is_delete_message, "{}", document.path);
        check_person(&region, document, &examined.demographics);
        check_facts(bytes, document);
    }
    let expected = region.truth.documents.iter().filter(|one| one.storage == Storage::Standardized);
    assert_eq!(seen, expected.count());
    assert!(seen > 500, "{seen}");
}

fn check_person(
    region: &Region,
    document: &DocumentTruth,
    found: &model::demographics::Demographics,
) {
    let person = region.truth.persons.iter().find(|one| one.number == document.person).unwrap();
    assert_eq!(found.birth.as_ref().unwrap().digits, person.birth);
    assert_eq!(found.sex, person.sex);
    let written = |text: &str| match document.source.as_str() {
        "minato" => text.replace('髙', "高").replace('﨑', "崎"),
        _ => text.to_owned(),
    };
    let name = format!("{}{}", found.name.family, found.name.given).replace('　', "");
    assert_eq!(name, written(&format!("{}{}", person.family, person.given)));
    let kana = text::key::kana_key(&format!("{}{}", found.kana.family, found.kana.given));
    assert_eq!(kana, text::key::kana_key(&format!("{}{}", person.family_kana, person.given_kana)));
    assert_eq!(found.phones, std::slice::from_ref(&person.phone));
    assert_eq!(found.address, person.address);
}

fn check_facts(bytes: &[u8], document: &DocumentTruth) {
    let derived = derive(
        bytes,
        &Context {
            data_type: &document.data_type,
            care_date: &document.care_date,
            department: &document.department,
            sent: &document.sent,
            title: "",
            mime_type: MIME_TYPE,
        },
    );
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    for fact in &derived.facts {
        *counts.entry(fact.body.kind().to_owned()).or_default() += 1;
    }
    assert_eq!(counts, document.facts, "{}", document.path);
    let verdict = match document.source.as_str() {
        "yamate" => Verdict::Differs,
        "hokubu-old" => Verdict::Undeclared,
        _ => Verdict::AsDeclared,
    };
    assert_eq!(derived.report.verdict, verdict, "{}", document.path);
    assert_eq!((derived.report.damage_count, derived.report.gaiji_count), (0, 0));
    let care_date = [model::reason::Flag::CareDateDiffers, model::reason::Flag::CareDateMissing];
    for flag in &derived.flags {
        assert!(!care_date.contains(flag), "{flag:?} {}", document.path);
    }
    let values: Vec<LabValue> = derived
        .facts
        .iter()
        .filter_map(|fact| match &fact.body {
            FactBody::LabResult(result) => Some(lab_value(result)),
            _ => None,
        })
        .collect();
    if document.data_type == "OML-11" {
        assert_eq!(values, document.lab_values, "{}", document.path);
    }
}

fn lab_value(result: &model::fact::LabResult) -> LabValue {
    let code = |system: &dyn Fn(&str) -> bool| {
        let found = result.item.codes.iter().find(|code| system(&code.system));
        found.map(|code| code.code.clone()).unwrap_or_default()
    };
    LabValue {
        jlac10: code(&|system| system == "JC10"),
        local_code: code(&|system| system.starts_with("99")),
        name: result.item.display().to_owned(),
        value: result.value.clone(),
        unit: result.unit.codes.first().map(|code| code.code.clone()).unwrap_or_default(),
        reference_range: result.reference_range.clone(),
        flag: result.flags.first().cloned().unwrap_or_default(),
        status: result.result_status.clone(),
        collected: result.collected.as_ref().unwrap().digits.clone(),
    }
}

#[test]
fn every_content_folder_is_where_its_name_says() {
    let region = region();
    let truth = by_key(&region);
    let mut seen = std::collections::BTreeSet::new();
    for (path, bytes) in region.files() {
        let names = names(path);
        let source = std::str::from_utf8(names[0]).unwrap();
        if names[1] != b"extended" {
            continue;
        }
        assert!(!bytes.is_empty());
        let (kind, folder) = check_content_path(&names[2..8]).unwrap();
        let key = [
            source.to_owned(),
            folder.patient_id,
            folder.care_date,
            kind.name,
            folder.order_key,
            folder.sent,
        ];
        let document = truth[&key];
        assert_eq!(folder.flag, document.state.flag().to_string());
        seen.insert(key);
    }
    let expected = region.truth.documents.iter().filter(|one| one.storage == Storage::Extended);
    assert_eq!(seen.len(), expected.count());
    assert!(seen.len() > 30, "{}", seen.len());
}

#[test]
fn transaction_records_are_the_files_of_the_last_weeks() {
    let region = region();
    let truth = by_key(&region);
    let mut seen = 0;
    for (path, bytes) in region.files().filter(|(path, _)| path.ends_with(b".DAT")) {
        let source = std::str::from_utf8(names(path)[0]).unwrap();
        let mut reader = Reader::new(bytes, 0, Tail::Closed);
        while let Some(item) = reader.next(&mut |_| true).unwrap() {
            let Item::Record(record) = item else { panic!("{item:?}") };
            record.header.check().unwrap();
            let header = record.header;
            let key = [
                source.to_owned(),
                header.patient_id,
                header.care_date,
                header.data_type,
                header.order_key,
                header.sent,
            ];
            let document = truth[&key];
            let is_delete = header.processing == Processing::Delete;
            assert_eq!(is_delete, document.is_delete_message);
            let stored =
                region.files().find(|(path, _)| *path == document.path.as_bytes()).unwrap();
            assert_eq!(record.body, stored.1, "{}", document.path);
            seen += 1;
        }
    }
    assert!(seen > 50, "{seen}");
}

#[test]
fn every_state_and_kind_of_fact_occurs() {
    let region = region();
    let counts = region.truth.counts(true);
    for kind in [
        "visit",
        "death",
        "diagnosis",
        "allergy",
        "prescription_line",
        "injection_line",
        "lab_order",
        "lab_result",
        "imaging_order",
        "imaging_performed",
        "endoscopy_order",
        "endoscopy_performed",
        "physiology_order",
        "physiology_performed",
        "physiology_result",
        "observation",
        "diet",
        "insurance",
        "demographics",
        "bacteriology",
    ] {
        assert!(counts.facts.get(kind).is_some_and(|count| *count > 0), "{kind}");
    }
    for state in [VersionState::Current, VersionState::Deprecated, VersionState::Deleted] {
        for source in &region.manifest.sources {
            let found = region.truth.documents.iter().any(|document| {
                document.source == source.name && document.state == state && document.is_enrolled
            });
            assert!(found, "{state:?} in {}", source.name);
        }
    }
    let has = |wanted: bool| {
        let identities = region.truth.persons.iter().flat_map(|person| &person.identities);
        identities.filter(|identity| identity.has_allergy_record == wanted).count()
    };
    assert!(has(true) > 2 && has(false) > 2, "with and without an allergy record");
}
