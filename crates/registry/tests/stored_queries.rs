//! Queries by ids: what is in the answer, which associations, whose eyes.

use crate::support;

use access::{Role, Viewer};
use ebrim::query::{
    ContentFilter, Contents, FindDocuments, FindFolders, GetAll, ObjectIds, RelatedDocuments,
    StoredQuery,
};
use model::document::{AssociationType, Availability, DocumentKind, Folder};
use model::entry::Category;
use registry::Derivations;
use registry::stored_query::{self, Object, QueryError};
use std::cell::Cell;
use std::collections::BTreeSet;
use store::consent::{self, NewConsent};
use store::source::{self, FacilityRow};
use store::{Store, StoreError};
use support::ask::*;
use support::*;
use testkit::for_each_engine;
use uuid::Uuid;

const HAS_MEMBER: &str = "HasMember";

/// Set 1 brings 1 and 2 in folder 7, of which 2 appends to 1. Set 3 brings 3, which transforms
/// 1. Set 4 brings 4 of another patient. 5 is a set with a document on its own.
fn fill(store: &Store) {
    settle(store);
    let bytes = |number: u64| number.to_string().into_bytes();
    let document =
        |number: u64, patient: &str| (entry(number, patient, &bytes(number)), bytes(number));
    let folder = Folder {
        entry_uuid: uuid(7),
        unique_id: oid(7),
        codes: vec![code("episode")],
        title: "入院".into(),
        ..Folder::default()
    };
    let within = vec![
        association(1, AssociationType::HasMember, uuid(7), uuid(1)),
        association(2, AssociationType::HasMember, uuid(7), uuid(2)),
        association(3, AssociationType::Appends, uuid(2), uuid(1)),
    ];
    let both = vec![document(1, TARO), document(2, TARO)];
    let prepared = try_prepare(set(1), both, vec![folder], within).unwrap();
    submit(store, prepared).unwrap();
    let transforms = association(4, AssociationType::Transforms, uuid(3), uuid(1));
    submit(store, prepare(set(3), vec![document(3, TARO)], vec![transforms])).unwrap();
    submit(store, prepare(set(4), vec![document(4, HANAKO)], vec![])).unwrap();
    submit(store, prepare(set(5), vec![document(5, TARO)], vec![])).unwrap();
}

fn oids(numbers: &[u64]) -> BTreeSet<String> {
    numbers.iter().map(|number| oid(*number)).collect()
}

fn sets(numbers: &[u64]) -> BTreeSet<String> {
    numbers.iter().map(|number| set(*number).unique_id).collect()
}

fn member(source: Uuid, target: Uuid) -> (String, Uuid, Uuid) {
    (HAS_MEMBER.to_owned(), source, target)
}

fn of_set(number: u64, target: Uuid) -> (String, Uuid, Uuid) {
    member(set(number).entry_uuid, target)
}

fn link(kind: AssociationType, source: u64, target: u64) -> (String, Uuid, Uuid) {
    (kind.name().to_owned(), uuid(source), uuid(target))
}

fn by_uuid(numbers: &[u64]) -> ObjectIds {
    ObjectIds::Uuids(numbers.iter().map(|number| uuid(*number)).collect())
}

fn stable() -> ContentFilter {
    ContentFilter { kinds: vec![DocumentKind::Stable], ..ContentFilter::default() }
}

#[test]
fn a_query_that_nobody_waits_for_stops_at_the_next_row() {
    for_each_engine(|store| {
        fill(store);
        let other = ebrim::query::CodeAsked { code: "other".into(), scheme: "1".into() };
        // None of the rows fits: nothing is sent by which a client could be missed.
        let nothing = FindDocuments { practice_settings: vec![other], ..find_of(patient_id(1)) };
        for query in [
            StoredQuery::FindDocuments(Box::new(nothing.clone())),
            StoredQuery::FindDocumentsForMultiplePatients(Box::new(FindDocuments {
                patients: Vec::new(),
                ..nothing
            })),
        ] {
            let rows_until = |last: usize| {
                let query = request(query.clone());
                let rows = store.read_blocking(move |tx| {
                    let rows = Cell::new(0);
                    let is_wanted = || {
                        rows.set(rows.get() + 1);
                        rows.get() <= last
                    };
                    let mut visit = |_: Object<'_>| panic!("nothing fits");
                    stored_query::run_while(&is_wanted, tx, &query, &asker(None), &mut visit)?;
                    Ok::<_, QueryError>(rows.get())
                });
                rows.unwrap()
            };
            assert!(rows_until(usize::MAX) >= 4);
            assert_eq!(rows_until(2), 3);
        }
    });
}

#[test]
fn documents_by_their_ids() {
    for_each_engine(|store| {
        fill(store);
        let get = |ids| ask(store, StoredQuery::GetDocuments(ids));
        assert_eq!(get(by_uuid(&[1, 3, 99])).unwrap().documents, oids(&[1, 3]));
        assert_eq!(get(ObjectIds::UniqueIds(vec![oid(2), oid(98)])).unwrap().documents, oids(&[2]));
        assert_eq!(get(ObjectIds::LogicalIds(vec![uuid(5)])).unwrap().documents, oids(&[5]));
        assert_eq!(get(by_uuid(&[1, 4])).unwrap_err(), "XDSResultNotSinglePatient");
        let mut ids_only = request(StoredQuery::GetDocuments(by_uuid(&[1, 4])));
        ids_only.returns = ebrim::query::ReturnType::ObjectRef;
        let count = store.read_blocking(move |tx| {
            let mut count = 0;
            registry::stored_query::run(tx, &ids_only, &asker(None), &mut |_| {
                count += 1;
                std::ops::ControlFlow::Continue(())
            })
            .map(|_| count)
        });
        assert_eq!(count.unwrap(), 2);
    });
}

#[test]
fn associations_at_documents_folders_and_sets() {
    for_each_engine(|store| {
        fill(store);
        let get = |numbers: &[Uuid]| {
            ask(store, StoredQuery::GetAssociations(numbers.to_vec())).unwrap().associations
        };
        let at_document = get(&[uuid(1)]);
        let expected = BTreeSet::from([
            of_set(1, uuid(1)),
            member(uuid(7), uuid(1)),
            link(AssociationType::Appends, 2, 1),
            link(AssociationType::Transforms, 3, 1),
        ]);
        assert_eq!(at_document, expected);
        assert_eq!(get(&[set(5).entry_uuid]), BTreeSet::from([of_set(5, uuid(5))]));
        assert_eq!(get(&[uuid(99)]), BTreeSet::new());
        let with = ask(store, StoredQuery::GetDocumentsAndAssociations(by_uuid(&[1]))).unwrap();
        assert_eq!(with.documents, oids(&[1]));
        assert_eq!(with.associations, expected);
    });
}

#[test]
fn sets_of_documents_and_folders() {
    for_each_engine(|store| {
        fill(store);
        let found = ask(store, StoredQuery::GetSubmissionSets(vec![uuid(1), uuid(5)])).unwrap();
        assert_eq!(found.sets, sets(&[1, 5]));
        assert_eq!(found.associations, BTreeSet::from([of_set(1, uuid(1)), of_set(5, uuid(5))]));
        let of_folder = ask(store, StoredQuery::GetSubmissionSets(vec![uuid(7)])).unwrap();
        assert_eq!(of_folder.sets, sets(&[1]));
        assert_eq!(of_folder.associations, BTreeSet::from([of_set(1, uuid(7))]));
    });
}

#[test]
fn contents_have_those_associations_of_which_both_ends_are_there() {
    for_each_engine(|store| {
        fill(store);
        let of = ObjectIds::Uuids(vec![set(1).entry_uuid]);
        let ask_set = |filter| {
            let contents = Contents { of: of.clone(), filter };
            ask(store, StoredQuery::GetSubmissionSetAndContents(Box::new(contents))).unwrap()
        };
        let all = ask_set(stable());
        assert_eq!((all.sets, all.folders), (sets(&[1]), oids(&[7])));
        assert_eq!(all.documents, oids(&[1, 2]));
        for expected in [
            of_set(1, uuid(1)),
            of_set(1, uuid(2)),
            of_set(1, uuid(7)),
            member(uuid(7), uuid(1)),
            member(uuid(7), uuid(2)),
            link(AssociationType::Appends, 2, 1),
        ] {
            assert!(all.associations.contains(&expected), "{expected:?}");
        }
        assert!(!all.associations.contains(&link(AssociationType::Transforms, 3, 1)));
        let other = ebrim::query::CodeAsked { code: "other".into(), scheme: "1".into() };
        let none = ask_set(ContentFilter { format_codes: vec![other], ..stable() });
        assert_eq!((none.documents, none.folders), (oids(&[]), oids(&[7])));
        assert!(none.associations.iter().all(|(_, _, target)| *target == uuid(7)));
        let contents = Contents { of: ObjectIds::UniqueIds(vec![oid(7)]), filter: stable() };
        let folder = ask(store, StoredQuery::GetFolderAndContents(Box::new(contents))).unwrap();
        assert_eq!((folder.sets, folder.folders), (sets(&[]), oids(&[7])));
        assert_eq!(folder.documents, oids(&[1, 2]));
        let expected = BTreeSet::from([
            member(uuid(7), uuid(1)),
            member(uuid(7), uuid(2)),
            link(AssociationType::Appends, 2, 1),
        ]);
        assert_eq!(folder.associations, expected);
    });
}

#[test]
fn related_documents_come_with_the_one_asked_for() {
    for_each_engine(|store| {
        fill(store);
        let related = |types: &[AssociationType]| {
            let query = RelatedDocuments {
                of: by_uuid(&[1]),
                association_types: types.to_vec(),
                kinds: vec![DocumentKind::Stable],
            };
            ask(store, StoredQuery::GetRelatedDocuments(Box::new(query))).unwrap()
        };
        let appended = related(&[AssociationType::Appends]);
        assert_eq!(appended.documents, oids(&[1, 2]));
        assert_eq!(appended.associations, BTreeSet::from([link(AssociationType::Appends, 2, 1)]));
        let both = related(&[AssociationType::Appends, AssociationType::Transforms]);
        assert_eq!(both.documents, oids(&[1, 2, 3]));
        assert_eq!(related(&[AssociationType::Replaces]), Answered::default());
        assert_eq!(related(&[AssociationType::HasMember]), Answered::default());
    });
}

#[test]
fn folders_by_patient_id_and_document() {
    for_each_engine(|store| {
        fill(store);
        let asked = |code: &str| {
            vec![ebrim::query::CodeAsked { code: code.into(), scheme: "1.2.392.99.7".into() }]
        };
        let find = |codes| {
            let query = FindFolders {
                patients: vec![patient_id(1)],
                availability: vec![Availability::Approved],
                codes,
                ..FindFolders::default()
            };
            ask(store, StoredQuery::FindFolders(Box::new(query))).unwrap().folders
        };
        assert_eq!(find(vec![]), oids(&[7]));
        assert_eq!(find(vec![asked("episode")]), oids(&[7]));
        assert_eq!(find(vec![asked("episode"), asked("other")]), oids(&[]));
        let get = |ids| ask(store, StoredQuery::GetFolders(ids)).unwrap().folders;
        assert_eq!(get(by_uuid(&[7, 1])), oids(&[7]));
        assert_eq!(get(ObjectIds::UniqueIds(vec![oid(7)])), oids(&[7]));
        let of = |number| {
            ask(store, StoredQuery::GetFoldersForDocument(by_uuid(&[number]))).unwrap().folders
        };
        assert_eq!(of(2), oids(&[7]));
        assert_eq!(of(3), oids(&[]));
    });
}

#[test]
fn everything_of_a_patient() {
    for_each_engine(|store| {
        fill(store);
        let query = GetAll {
            patient: patient_id(1),
            document_availability: vec![Availability::Approved],
            set_availability: vec![Availability::Approved],
            folder_availability: vec![Availability::Approved],
            filter: stable(),
        };
        let all = ask(store, StoredQuery::GetAll(Box::new(query.clone()))).unwrap();
        assert_eq!(all.documents, oids(&[1, 2, 3, 5]));
        assert_eq!(all.sets, sets(&[1, 3, 5]));
        assert_eq!(all.folders, oids(&[7]));
        for expected in [
            of_set(1, uuid(1)),
            of_set(1, uuid(7)),
            of_set(5, uuid(5)),
            member(uuid(7), uuid(2)),
            link(AssociationType::Transforms, 3, 1),
        ] {
            assert!(all.associations.contains(&expected), "{expected:?}");
        }
        let without_sets = GetAll { set_availability: vec![Availability::Deprecated], ..query };
        let found = ask(store, StoredQuery::GetAll(Box::new(without_sets))).unwrap();
        assert_eq!(found.sets, sets(&[]));
        assert!(!found.associations.contains(&of_set(1, uuid(1))));
    });
}

#[test]
fn what_consent_does_not_open_is_not_there_in_any_query() {
    for_each_engine(|store| {
        fill(store);
        let lab = LabVersion {
            number: 50,
            order_key: "1".into(),
            sent: "20200101120000000".into(),
            state: model::item::VersionState::Current,
            is_delete_message: false,
        };
        let prepared = lab.prepared();
        store
            .write_blocking(move |tx| {
                registry::submit(tx, &prepared, &Derivations::new(), now()).map(drop)
            })
            .unwrap();
        let viewer = clinic(store, &[Category::Laboratory]);
        let ask_viewer = |query| ask_as(store, Some(viewer), query).unwrap();
        let found = ask_viewer(StoredQuery::FindDocuments(Box::new(find_of(patient_id(1)))));
        assert_eq!(found.documents, oids(&[50]));
        let hidden = ask_viewer(StoredQuery::FindDocuments(Box::new(find_of(patient_id(2)))));
        assert_eq!(hidden, Answered::default());
        assert_eq!(ask_viewer(StoredQuery::GetDocuments(by_uuid(&[1]))), Answered::default());
        // Of another patient, and hidden: as if only the one was asked for.
        let some = ask_viewer(StoredQuery::GetDocuments(by_uuid(&[50, 4])));
        assert_eq!(some.documents, oids(&[50]));
        assert_eq!(ask_viewer(StoredQuery::GetAssociations(vec![uuid(1)])), Answered::default());
        assert_eq!(ask_viewer(StoredQuery::GetFolders(by_uuid(&[7]))), Answered::default());
        let sets_found = ask_viewer(StoredQuery::GetSubmissionSets(vec![uuid(1), uuid(50)]));
        assert_eq!(sets_found.sets, sets(&[50]));
        let query = GetAll {
            patient: patient_id(1),
            document_availability: vec![Availability::Approved],
            set_availability: vec![Availability::Approved],
            folder_availability: vec![Availability::Approved],
            filter: stable(),
        };
        let all = ask_viewer(StoredQuery::GetAll(Box::new(query)));
        assert_eq!((all.documents, all.sets), (oids(&[50]), sets(&[50])));
        assert_eq!(all.folders, oids(&[]));
        assert_eq!(all.associations, BTreeSet::from([of_set(50, uuid(50))]));
        let many = find_of(patient_id(1));
        let many = ebrim::query::FindDocuments { patients: vec![], ..many };
        let many = ask_viewer(StoredQuery::FindDocumentsForMultiplePatients(Box::new(many)));
        assert_eq!(many.documents, oids(&[50]));
    });
}

/// A clinic to which Taro has opened kinds of data.
fn clinic(store: &Store, opened: &'static [Category]) -> Viewer {
    let person_id = person_of(store, TARO);
    let facility_id = store
        .write_blocking(move |tx| -> Result<i64, StoreError> {
            let clinic = FacilityRow {
                id: 0,
                code: "1310000009".into(),
                name: "医院".into(),
                short_name: "医院".into(),
                facility_type: "clinic".into(),
                mark: 1,
            };
            let viewer = source::insert_facility(tx, &clinic, 0)?.unwrap();
            let new = NewConsent {
                person_id,
                discloser_facility_id: None,
                viewer_facility_id: viewer,
                categories: Some(opened),
                permit: true,
                from: now(),
                until: None,
                basis: "test",
                actor: "test",
                now: now(),
            };
            consent::insert(tx, &new)?;
            Ok(viewer)
        })
        .unwrap();
    Viewer { account_id: 0, facility_id, role: Role::Doctor }
}
