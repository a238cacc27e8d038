//! Submissions: whole or not at all, once or many times.

use crate::support;

use model::document::{AssociationType, Folder};
use model::item::VersionState;
use ports::Outcome;
use registry::{DocumentCounts, Stats};
use store::Store;
use support::*;
use testkit::for_each_engine;

fn stats(store: &Store) -> Stats {
    read(store, registry::stats)
}

fn lab(number: u64, state: VersionState) -> LabVersion {
    LabVersion {
        number,
        order_key: "000000000000001".into(),
        sent: format!("2020010112000{number}000"),
        state,
        is_delete_message: false,
    }
}

#[test]
fn a_submission_becomes_rows_and_counts() {
    for_each_engine(|store| {
        settle(store);
        let done = submit(store, lab(1, VersionState::Current).prepared()).unwrap();
        assert_eq!(done.outcome, Outcome::Registered);
        assert_eq!(done.documents.len(), 1);
        let stats = stats(store);
        let one = DocumentCounts { current: 1, deprecated: 0, deleted: 0 };
        assert_eq!(stats.documents.get("OML-11"), Some(&one));
        assert_eq!(stats.facts.get("lab_result"), Some(&2));
        assert_eq!((stats.identities, stats.persons), (4, 3));
        let json = serde_json::to_value(&stats).unwrap();
        assert_eq!(json["documents"]["OML-11"]["current"], 1);
        assert!(json["quarantine"].is_object());
    });
}

#[test]
fn a_failing_rule_leaves_nothing() {
    for_each_engine(|store| {
        settle(store);
        let before = stats(store);
        let replaces = association(1, AssociationType::Replaces, uuid(2), uuid(777));
        let wrong = prepare(
            set(1),
            vec![
                (lab(1, VersionState::Current).entry(), lab(1, VersionState::Current).bytes()),
                (entry(2, TARO, b"two"), b"two".to_vec()),
            ],
            vec![replaces],
        );
        assert_eq!(code_of(submit(store, wrong)), "UnresolvedReferenceException");
        assert_eq!(stats(store), before);
        assert!(found(store, &[oid(1), oid(2)]).is_empty());
        // Its set's uniqueId is free, too.
        let right = prepare(set(1), vec![(entry(2, TARO, b"two"), b"two".to_vec())], vec![]);
        assert_eq!(submit(store, right).unwrap().outcome, Outcome::Registered);
    });
}

#[test]
fn a_repeated_submission_changes_nothing() {
    for_each_engine(|store| {
        settle(store);
        let version = lab(1, VersionState::Current);
        submit(store, version.prepared()).unwrap();
        let (before, rows) = (stats(store), found(store, &[oid(1)]));
        assert_eq!(submit(store, version.prepared()).unwrap().outcome, Outcome::AlreadyThere);
        // The same document in a set of another name is no new submission either.
        let again = prepare(set(99), vec![(version.entry(), version.bytes())], vec![]);
        let done = submit(store, again).unwrap();
        assert_eq!((done.outcome, done.documents), (Outcome::AlreadyThere, vec![]));
        assert_eq!((stats(store), found(store, &[oid(1)])), (before, rows));
    });
}

#[test]
fn a_known_unique_id_with_other_bytes_is_refused() {
    for_each_engine(|store| {
        settle(store);
        submit(store, prepare(set(1), vec![(entry(1, TARO, b"abc"), b"abc".to_vec())], vec![]))
            .unwrap();
        let other = |set_number: u64, bytes: &[u8]| {
            let documents = vec![(entry(1, TARO, bytes), bytes.to_vec())];
            code_of(submit(store, prepare(set(set_number), documents, vec![])))
        };
        assert_eq!(other(2, b"abd"), "XDSNonIdenticalHash");
        assert_eq!(other(2, b"abcd"), "XDSNonIdenticalSize");
        assert_eq!(other(1, b"abd"), "XDSNonIdenticalHash");
    });
}

#[test]
fn a_known_unique_id_of_another_patient_is_refused() {
    for_each_engine(|store| {
        settle(store);
        submit(store, prepare(set(1), vec![(entry(1, TARO, b"abc"), b"abc".to_vec())], vec![]))
            .unwrap();
        let documents = vec![(entry(1, HANAKO, b"abc"), b"abc".to_vec())];
        let refused = submit(store, prepare(set(2), documents, vec![]));
        assert_eq!(code_of(refused), "XDSPatientIdDoesNotMatch");
    });
}

#[test]
fn unique_ids_and_uuids_are_never_given_twice() {
    for_each_engine(|store| {
        settle(store);
        submit(store, prepare(set(1), vec![(entry(1, TARO, b"1"), b"1".to_vec())], vec![]))
            .unwrap();
        let other = prepare(set(1), vec![(entry(2, TARO, b"2"), b"2".to_vec())], vec![]);
        assert_eq!(code_of(submit(store, other)), "XDSDuplicateUniqueIdInRegistry");
        let mut reused = entry(3, TARO, b"3");
        reused.entry_uuid = uuid(1);
        let other = prepare(set(3), vec![(reused, b"3".to_vec())], vec![]);
        assert_eq!(code_of(submit(store, other)), "XDSRegistryMetadataError");
        let mut renamed = set(1);
        renamed.unique_id = oid(5);
        let other = prepare(renamed, vec![(entry(4, TARO, b"4"), b"4".to_vec())], vec![]);
        assert_eq!(code_of(submit(store, other)), "XDSRegistryMetadataError");
        assert_eq!(stats(store).documents.values().map(|c| c.current).sum::<u64>(), 1);
    });
}

#[test]
fn the_patient_is_known_enrolled_and_one() {
    for_each_engine(|store| {
        settle(store);
        let of = |set_number: u64, patients: &[&str]| {
            let documents = patients
                .iter()
                .enumerate()
                .map(|(at, patient)| {
                    let number = set_number * 10 + at as u64;
                    (entry(number, patient, b"x"), b"x".to_vec())
                })
                .collect();
            submit(store, prepare(set(set_number), documents, vec![]))
        };
        assert_eq!(code_of(of(1, &["nobody"])), "XDSUnknownPatientId");
        assert_eq!(code_of(of(2, &[JIRO])), "XDSUnknownPatientId");
        assert_eq!(code_of(of(3, &[TARO, HANAKO])), "XDSPatientIdDoesNotMatch");
        assert_eq!(of(4, &[TARO, TARO_TOO]).unwrap().documents.len(), 2);
    });
}

#[test]
fn a_source_files_only_under_ids_of_its_own_domain() {
    for_each_engine(|store| {
        settle(store);
        let refused = |change: fn(&mut model::document::DocumentEntry)| {
            let version = lab(1, VersionState::Current);
            let mut entry = version.entry();
            change(&mut entry);
            match try_prepare(set(1), vec![(entry, version.bytes())], vec![], vec![]) {
                Ok(prepared) => code_of(submit(store, prepared)),
                Err(problems) => problems[0].code.name(),
            }
        };
        let unknown = refused(|entry| entry.intake.as_mut().unwrap().source = "none".into());
        assert_eq!(unknown, "XDSRegistryMetadataError");
        let foreign = refused(|entry| entry.intake.as_mut().unwrap().source = SOURCE_TWO.into());
        assert_eq!(foreign, "XDSRegistryMetadataError");
        let other = refused(|entry| entry.source_patient_id.id = HANAKO.into());
        assert_eq!(other, "XDSPatientIdDoesNotMatch");
    });
}

#[test]
fn a_folder_stands_for_itself_and_repeats() {
    for_each_engine(|store| {
        settle(store);
        submit(store, prepare(set(1), vec![(entry(1, TARO, b"1"), b"1".to_vec())], vec![]))
            .unwrap();
        let folder = Folder {
            entry_uuid: uuid(50),
            unique_id: oid(50),
            codes: vec![code("episode")],
            title: "入院".into(),
            ..Folder::default()
        };
        let holds = association(1, AssociationType::HasMember, uuid(50), uuid(1));
        let submission =
            || try_prepare(set(2), vec![], vec![folder.clone()], vec![holds.clone()]).unwrap();
        assert_eq!(submit(store, submission()).unwrap().outcome, Outcome::Registered);
        assert_eq!(submit(store, submission()).unwrap().outcome, Outcome::AlreadyThere);
        let folders = read(store, |tx| registry::query::folders_of(tx, uuid(1), AFFINITY));
        assert_eq!(folders.len(), 1);
        assert_eq!(folders[0].object.0, folder);
        assert_eq!(folders[0].patient_id.id, community_id(1).digits());
        let empty = try_prepare(set(3), vec![], vec![], vec![]);
        assert_eq!(empty.unwrap_err()[0].code.name(), "XDSRegistryMetadataError");
    });
}
