//! The region's images: deterministic, with the traps that they are made for.

use region::images::{
    Images, ImagingChange, ImagingEvent, ImagingPlan, ImagingTruth, TextEncoding,
};
use region::{Region, RegionError, RegionPlan, generate};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

fn region() -> Region {
    generate(&RegionPlan { patients: 14, bystanders: 2, ..RegionPlan::new(7, 20250401) }).unwrap()
}

fn made(images: &Images) -> (BTreeMap<String, Vec<u8>>, ImagingTruth) {
    let mut files = BTreeMap::new();
    let truth = images
        .make(&mut |path, bytes| {
            assert!(files.insert(path.to_owned(), bytes.to_vec()).is_none(), "{path} twice");
            Ok(())
        })
        .unwrap();
    (files, truth)
}

fn scan(bytes: &[u8]) -> dicomfile::Scan {
    dicomfile::scan(bytes, Some(bytes.len() as u64)).unwrap()
}

#[test]
fn the_same_plan_gives_the_same_images() {
    let images = Images::of(&region(), &ImagingPlan::TINY);
    let (files, truth) = made(&images);
    assert_eq!(files.len(), truth.instances().count());
    let (again, _) = made(&Images::of(&region(), &ImagingPlan::TINY));
    assert!(files == again, "the same plan gave other bytes");
    let other = generate(&RegionPlan { seed: 8, ..RegionPlan::new(7, 20250401) }).unwrap();
    assert!(files != made(&Images::of(&other, &ImagingPlan::TINY)).0);

    let directory = tempfile::tempdir().unwrap();
    images.write(directory.path()).unwrap();
    for (_, _, instance) in truth.instances() {
        let bytes = std::fs::read(directory.path().join(&instance.path)).unwrap();
        assert!(bytes == files[&instance.path], "{}", instance.path);
        assert_eq!(bytes.len(), instance.size_bytes);
    }
    let written = std::fs::read(directory.path().join("imaging.json")).unwrap();
    assert_eq!(serde_json::from_slice::<ImagingTruth>(&written).unwrap(), truth);
}

#[test]
fn a_scan_finds_what_the_truth_says() {
    let (files, truth) = made(&Images::of(&region(), &ImagingPlan::TINY));
    let mut instances = BTreeSet::new();
    for (study, series, instance) in truth.instances() {
        let scan = scan(&files[&instance.path]);
        assert!(scan.notes.is_empty(), "{}: {:?}", instance.path, scan.notes);
        assert_eq!(scan.transfer_syntax.uid(), series.transfer_syntax_uid);
        let uid = |tag| scan.header.uid(tag).unwrap_or_default();
        assert_eq!(uid(dicomfile::tags::STUDY_INSTANCE_UID), study.study_uid);
        assert_eq!(uid(dicomfile::tags::SERIES_INSTANCE_UID), series.series_uid);
        assert_eq!(uid(dicomfile::tags::SOP_INSTANCE_UID), instance.instance_uid);
        assert_eq!(uid(dicomfile::tags::SOP_CLASS_UID), instance.sop_class_uid);
        assert_eq!(uid(dicomfile::tags::PATIENT_ID), study.patient_id);
        for uid in [&study.study_uid, &series.series_uid, &instance.instance_uid] {
            assert!(dicomfile::is_uid(uid), "{uid}");
        }
        let frames = scan.pixel_data.map_or(0, |found| found.frames as usize);
        assert_eq!(frames, instance.frames, "{}", instance.path);
        assert!(instances.insert((&study.server, &instance.instance_uid)));
    }
    let modalities: BTreeSet<&str> =
        truth.instances().map(|(_, series, _)| series.modality.as_str()).collect();
    for modality in ["CT", "MR", "CR", "DX", "US", "ES", "XC", "KO", "PR", "SR", "DOC"] {
        assert!(modalities.contains(modality), "no {modality} in {modalities:?}");
    }
    let syntaxes: BTreeSet<&str> =
        truth.instances().map(|(_, series, _)| series.transfer_syntax_uid.as_str()).collect();
    assert_eq!(syntaxes.len(), 5, "{syntaxes:?}");
}

#[test]
fn orders_lead_to_their_studies() {
    let region = region();
    let (_, truth) = made(&Images::of(&region, &ImagingPlan::TINY));
    let mut ordered = 0;
    for study in truth.studies.iter().filter(|study| study.copy_of.is_none()) {
        let Some(order) = &study.order else { continue };
        ordered += 1;
        let document = region
            .truth
            .documents
            .iter()
            .find(|one| {
                one.source == order.storage
                    && one.order_key == order.order_key
                    && ["OMG-11", "OMG-12"].contains(&one.data_type.as_str())
            })
            .unwrap();
        assert_eq!(Some(document.person), study.person);
        assert_eq!(document.care_date, study.date);
        let bytes = region.files().find(|(path, _)| *path == document.path.as_bytes()).unwrap().1;
        let message = String::from_utf8_lossy(bytes).into_owned();
        assert!(message.contains(&study.study_uid), "{}", document.path);
        assert!(message.contains(&study.accession), "{}", document.path);
    }
    assert!(ordered >= 8, "{ordered}");
}

#[test]
fn a_number_of_the_storage_may_be_another_patients_on_the_server() {
    let (_, truth) = made(&Images::of(&region(), &ImagingPlan::TINY));
    let has_images = |server: &str, patient_id: &str| {
        truth.studies.iter().any(|one| one.server == server && one.patient_id == patient_id)
    };
    let mut trapped = Vec::new();
    for server in &truth.servers {
        let numbers: BTreeSet<&str> =
            server.patients.iter().map(|patient| patient.patient_id.as_str()).collect();
        assert_eq!(numbers.len(), server.patients.len(), "a number twice on {}", server.name);
        for patient in &server.patients {
            let Some(by_the_rule) = &patient.by_the_rule else { continue };
            if *by_the_rule == patient.patient_id {
                continue;
            }
            let other = server.patients.iter().find(|one| one.patient_id == *by_the_rule).unwrap();
            assert_ne!(other.person, patient.person);
            assert!(has_images(&server.name, by_the_rule), "{by_the_rule} on {}", server.name);
            assert!(has_images(&server.name, &patient.patient_id));
            trapped.push((server.name.as_str(), other.person.is_some()));
        }
    }
    assert_eq!(
        trapped,
        [("minato-pacs", false), ("yamate-pacs", true), ("yamate-pacs", true)],
        "a stranger behind a cut number, two patients behind each other's padded ones"
    );
    let storage = |name: &str| truth.server(name).unwrap().patients[0].clone();
    let [cut, padded] = [storage("minato-pacs"), storage("yamate-pacs")];
    assert!(
        cut.storage_patient_id.unwrap().ends_with(&cut.patient_id) && cut.patient_id.len() == 6
    );
    assert_eq!(format!("00{}", padded.storage_patient_id.unwrap()), padded.patient_id);
}

#[test]
fn imported_studies_lie_about_their_text_and_name_their_importer() {
    let (files, truth) = made(&Images::of(&region(), &ImagingPlan::TINY));
    let mut encodings = BTreeSet::new();
    for study in truth.studies.iter().filter(|study| study.imported_by.is_some()) {
        let instance = &study.series[0].instances[0];
        let header = scan(&files[&instance.path]).header;
        let declared = header.bytes(dicomfile::tags::SPECIFIC_CHARACTER_SET);
        let declared = declared.map(|bytes| String::from_utf8_lossy(bytes).trim().to_owned());
        assert_eq!(declared, study.declared);
        assert_eq!(header.ascii(dicomfile::tags::STATION_NAME), Some("CDIMP01"));
        let devices = header.items(dicomfile::tags::CONTRIBUTING_EQUIPMENT_SEQUENCE);
        assert_eq!(devices.len(), 1);
        if study.copy_of.is_none() {
            assert!(!study.encoding.is_honest());
            let institution = header.bytes(dicomfile::tags::INSTITUTION_NAME).unwrap();
            assert!(institution.starts_with(b"\x95\x5C"), "表 in Shift_JIS ends in a backslash");
            encodings.insert(format!("{:?}", study.encoding));
        }
    }
    assert_eq!(encodings.len(), 3, "{encodings:?}");
}

#[test]
fn a_copy_has_the_uids_and_pixels_of_its_original_and_another_patient_id() {
    let (files, truth) = made(&Images::of(&region(), &ImagingPlan::TINY));
    let copy = truth.studies.iter().find(|study| study.copy_of.is_some()).unwrap();
    let original = truth
        .studies
        .iter()
        .find(|one| Some(&one.server) == copy.copy_of.as_ref() && one.study_uid == copy.study_uid)
        .unwrap();
    assert_eq!((copy.person, &copy.accession), (original.person, &original.accession));
    assert_ne!((&copy.server, &copy.patient_id), (&original.server, &original.patient_id));
    for (ours, theirs) in copy.series.iter().zip(&original.series) {
        assert_eq!(ours.series_uid, theirs.series_uid);
        for (ours, theirs) in ours.instances.iter().zip(&theirs.instances) {
            assert_eq!(ours.instance_uid, theirs.instance_uid);
            assert_ne!(ours.sha256, theirs.sha256, "the importer changed the header");
            let end = |path: &str| {
                let scan = scan(&files[path]);
                scan.pixel_data.map(|found| files[path][found.offset as usize..].to_vec())
            };
            assert!(end(&ours.path) == end(&theirs.path), "pixels of {}", ours.path);
        }
    }
}

#[test]
fn two_hospitals_and_three_modalities_interleave_on_one_persons_time_line() {
    let region = generate(&RegionPlan::new(1, 20250401)).unwrap();
    let (_, truth) = made(&Images::of(&region, &ImagingPlan::TINY));
    let mut line: Vec<(&str, &str, &str)> = truth
        .studies
        .iter()
        .filter(|study| study.person == Some(0) && study.imported_by.is_none())
        .map(|study| {
            (study.date.as_str(), study.server.as_str(), study.series[0].modality.as_str())
        })
        .collect();
    line.sort_unstable();
    let changes = line.windows(2).filter(|pair| pair[0].1 != pair[1].1).count();
    assert!(changes >= 5, "{line:?}");
    let modalities: BTreeSet<&str> = line.iter().map(|entry| entry.2).collect();
    assert!(modalities.len() >= 3, "{modalities:?}");
    assert!(line.iter().all(|entry| entry.0 < "20250401"));
}

fn happen(images: &mut Images, directory: &Path, event: ImagingEvent) -> ImagingChange {
    let change = images.later("minato-pacs", event).unwrap();
    change.apply(directory).unwrap();
    let (files, _) = made(images);
    for (path, bytes) in &files {
        let found = std::fs::read(directory.join(path)).unwrap();
        assert!(found == *bytes, "{event:?}: {path} on disk is another");
    }
    change
}

#[test]
fn later_events_change_what_they_say_and_nothing_else() {
    let directory = tempfile::tempdir().unwrap();
    let mut images = Images::of(&region(), &ImagingPlan::TINY);
    images.write(directory.path()).unwrap();
    let study_of = |images: &Images, change: &ImagingChange| {
        let (_, truth) = made(images);
        truth
            .studies
            .into_iter()
            .find(|one| one.server == change.server && one.study_uid == change.study_uid)
    };

    let moved = happen(&mut images, directory.path(), ImagingEvent::Move);
    let now = study_of(&images, &moved).unwrap();
    assert_ne!(moved.patient_id_before, now.patient_id);
    assert_eq!(moved.patient_id_after, Some(now.patient_id));

    let rejected = happen(&mut images, directory.path(), ImagingEvent::Reject);
    let now = study_of(&images, &rejected).unwrap();
    let note = now.series.last().unwrap();
    assert_eq!((note.modality.as_str(), note.instances.len()), ("KO", 1));
    assert_eq!(rejected.note_uid.as_ref(), Some(&note.instances[0].instance_uid));
    let path = directory.path().join(&note.instances[0].path);
    let scan = scan(&std::fs::read(path).unwrap());
    let title = &scan.header.items(dicomfile::tags::CONCEPT_NAME_CODE_SEQUENCE)[0];
    assert_eq!(title.ascii(dicomfile::tags::CODE_VALUE), Some("113001"));
    let evidence =
        &scan.header.items(dicomfile::tags::CURRENT_REQUESTED_PROCEDURE_EVIDENCE_SEQUENCE)[0];
    let series = &evidence.items(dicomfile::tags::REFERENCED_SERIES_SEQUENCE)[0];
    let named: Vec<&str> = series
        .items(dicomfile::tags::REFERENCED_SOP_SEQUENCE)
        .iter()
        .filter_map(|item| item.uid(dicomfile::tags::REFERENCED_SOP_INSTANCE_UID))
        .collect();
    assert_eq!(named, rejected.instance_uids);

    let replaced = happen(&mut images, directory.path(), ImagingEvent::Replace);
    assert_eq!(replaced.instance_uids.len(), 1);
    let vanished = happen(&mut images, directory.path(), ImagingEvent::Vanish);
    assert!(study_of(&images, &vanished).is_none());
    let uids: BTreeSet<&String> =
        [&moved, &rejected, &replaced, &vanished].map(|change| &change.study_uid).into();
    assert_eq!(uids.len(), 4, "each event has a study of its own");
    assert!(matches!(
        images.later("nowhere", ImagingEvent::Move),
        Err(RegionError::UnknownSource(_))
    ));
}

#[test]
fn a_bench_has_as_many_sections_as_it_wants() {
    let plan = ImagingPlan { matrix: 48, slices: 10, ..ImagingPlan::TINY };
    let (_, truth) = made(&Images::sections(&region(), &plan, 20));
    assert_eq!(truth.instances().count(), 200);
    assert!(truth.instances().all(|(_, series, _)| series.modality == "CT"));
    assert!(truth.studies.iter().all(|study| study.encoding == TextEncoding::Ir87));
    let uids: BTreeSet<&String> = truth.studies.iter().map(|study| &study.study_uid).collect();
    assert_eq!(uids.len(), 20);
}
