//! The same plan gives the same bytes; later events change what they should.

use model::item::VersionState;
use region::{Change, LaterEvent, Region, RegionError, RegionPlan, generate};
use std::collections::BTreeMap;
use std::path::Path;

fn small(seed: u64) -> RegionPlan {
    RegionPlan { patients: 6, bystanders: 1, ..RegionPlan::new(seed, 20250401) }
}

fn bytes_of(region: &Region) -> BTreeMap<Vec<u8>, Vec<u8>> {
    region.files().map(|(path, bytes)| (path.to_vec(), bytes.to_vec())).collect()
}

/// Everything below a directory, by path.
fn on_disk(directory: &Path) -> BTreeMap<Vec<u8>, Vec<u8>> {
    use std::os::unix::ffi::OsStrExt as _;
    let mut found = BTreeMap::new();
    let mut folders = vec![directory.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(directory).unwrap();
                found.insert(name.as_os_str().as_bytes().to_vec(), std::fs::read(&path).unwrap());
            }
        }
    }
    found
}

#[test]
fn the_same_plan_gives_the_same_bytes() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    generate(&small(3)).unwrap().write(one.path()).unwrap();
    generate(&small(3)).unwrap().write(two.path()).unwrap();
    let (one, two) = (on_disk(one.path()), on_disk(two.path()));
    assert!(one == two, "the same plan gave other bytes");
    assert!(bytes_of(&generate(&small(4)).unwrap()) != bytes_of(&generate(&small(3)).unwrap()));
    assert!(one.contains_key("truth.json".as_bytes()));
    let truth: region::Truth = serde_json::from_slice(&one["truth.json".as_bytes()]).unwrap();
    assert_eq!(truth, generate(&small(3)).unwrap().truth);
    let manifest: region::Manifest =
        serde_json::from_slice(&one["region.json".as_bytes()]).unwrap();
    assert_eq!(manifest.facilities.iter().filter(|one| one.facility_type == "hospital").count(), 3);
    assert_eq!(manifest.facilities.iter().filter(|one| one.facility_type == "clinic").count(), 2);
    for source in &manifest.sources {
        for root in
            source.roots.iter().chain([&source.extended_root]).chain(&source.transaction_root)
        {
            assert!(one.keys().any(|path| path.starts_with(root.as_bytes())), "{root}");
        }
    }
}

#[test]
fn enrolment_lists_say_who_is_the_same_person() {
    let directory = tempfile::tempdir().unwrap();
    let region = generate(&small(3)).unwrap();
    region.write(directory.path()).unwrap();
    let mut persons: BTreeMap<String, u32> = BTreeMap::new();
    let mut listed = 0;
    for source in &region.manifest.sources {
        let list = std::fs::read_to_string(directory.path().join(&source.enrolment)).unwrap();
        let mut lines = list.lines();
        assert_eq!(lines.next(), Some("patient_id,same_as"));
        for line in lines {
            let (patient_id, same_as) = line.split_once(',').unwrap();
            let person = region
                .truth
                .persons
                .iter()
                .find(|person| {
                    person.identities.iter().any(|identity| {
                        identity.source == source.name && identity.patient_id == patient_id
                    })
                })
                .unwrap();
            assert!(person.is_enrolled);
            listed += 1;
            match same_as {
                "" => assert!(!persons.values().any(|number| *number == person.number)),
                earlier => assert_eq!(persons[earlier], person.number),
            }
            persons.insert(format!("{}:{patient_id}", source.name), person.number);
        }
    }
    assert_eq!(listed, region.truth.counts(true).identities);
    assert!(region.truth.counts(false).identities > listed, "bystanders have records too");
}

#[test]
fn patient_numbers_differ_in_width_and_are_unique() {
    let region = generate(&RegionPlan::new(1, 20250401)).unwrap();
    let mut numbers = std::collections::BTreeSet::new();
    for identity in region.truth.persons.iter().flat_map(|person| &person.identities) {
        assert!(numbers.insert((&identity.source, &identity.patient_id)));
        let width = match identity.source.as_str() {
            "minato" => 10,
            "yamate" => 8,
            "hokubu-old" => 7,
            _ => 9,
        };
        assert_eq!(identity.patient_id.len(), width);
    }
    assert_eq!(region.truth.enrolled_persons(), 40);
}

#[test]
fn nothing_is_dated_on_or_after_the_reference_day() {
    let region = generate(&RegionPlan::new(5, 20250401)).unwrap();
    for document in &region.truth.documents {
        assert!(document.sent.as_str() < "20250401", "{}", document.path);
        assert!(document.care_date.as_str() < "20250401", "{}", document.path);
    }
}

fn happen(region: &mut Region, directory: &Path, source: &str, event: LaterEvent) -> Change {
    let change = region.later(source, event).unwrap();
    change.apply(directory).unwrap();
    let mut disk = on_disk(directory);
    disk.retain(|path, _| path.contains(&b'/'));
    assert!(disk == bytes_of(region), "{event:?} in {source}: disk and region differ");
    change
}

#[test]
fn later_events_change_files_records_and_truth() {
    let directory = tempfile::tempdir().unwrap();
    let mut region = generate(&RegionPlan { patients: 3, ..small(9) }).unwrap();
    region.write(directory.path()).unwrap();
    for source in ["minato", "yamate", "hokubu"] {
        let states = |region: &Region, change: &Change| -> Vec<VersionState> {
            let mut found: Vec<_> = region
                .truth
                .documents
                .iter()
                .filter(|one| {
                    one.source == source
                        && one.patient_id == change.patient_id
                        && one.order_key == change.order_key
                        && one.data_type == "OML-11"
                })
                .map(|one| (one.sent.clone(), one.state))
                .collect();
            found.sort();
            found.into_iter().map(|(_, state)| state).collect()
        };
        let change = happen(&mut region, directory.path(), source, LaterEvent::Update);
        assert_ne!(change.before, change.after);
        assert_eq!(change.before.len(), change.after.len());
        assert!(change.after.iter().all(|value| value.status == "C"));
        let found = states(&region, &change);
        assert_eq!(found.last(), Some(&VersionState::Current));
        assert_eq!(found.iter().filter(|state| **state == VersionState::Current).count(), 1);

        let change = happen(&mut region, directory.path(), source, LaterEvent::LateRecord);
        assert!(change.before.is_empty() && !change.after.is_empty());
        assert_eq!(states(&region, &change), [VersionState::Current]);

        let change = happen(&mut region, directory.path(), source, LaterEvent::Delete);
        assert!(change.after.is_empty() && !change.before.is_empty());
        assert!(states(&region, &change).iter().all(|state| *state == VersionState::Deleted));
    }
    let records: Vec<_> =
        region.files().filter(|(path, _)| path.ends_with(b"0401000000000_00001.DAT")).collect();
    assert_eq!(records.len(), 2, "one file a day, of the sources that write them");
    for (_, bytes) in records {
        assert_eq!(bytes.windows(7).filter(|window| *window == b"#SSMIX,").count(), 3);
    }
    assert!(matches!(
        region.later("nowhere", LaterEvent::Update),
        Err(RegionError::UnknownSource(_))
    ));
}

#[test]
fn a_heavy_patient_has_as_many_documents_as_planned() {
    let region = generate(&RegionPlan::heavy(1, 20250401, 5_000)).unwrap();
    let current: u32 = region.truth.counts(true).documents.values().map(|one| one.current).sum();
    assert!((4_900..5_400).contains(&current), "{current}");
    assert_eq!(region.truth.persons.len(), 1);
    assert_eq!(region.truth.persons[0].identities.len(), 4);
}

#[test]
fn an_impossible_reference_day_is_refused() {
    let refused = generate(&RegionPlan::new(1, 20250230)).unwrap_err();
    assert!(matches!(refused, RegionError::ReferenceDay(20250230)));
}
