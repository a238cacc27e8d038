//! What a hospital restricts (confidentialityCode R, 公開除外) stays with its own people: in every
//! query, and on what pages read.

use crate::support;

use access::{Role, Viewer};
use ebrim::query::{ObjectIds, StoredQuery};
use model::document::DocumentEntry;
use model::item::VersionState;
use registry::Derivations;
use std::collections::BTreeSet;
use store::consent::{self, NewConsent};
use store::source::{self, FacilityRow};
use store::{Store, StoreError, document::row, fact_query, timeline_query};
use support::ask::*;
use support::*;
use testkit::for_each_engine;

const HOSPITAL: &str = "1310000001";
const CLINIC: &str = "1310000009";

/// Two laboratory results of Taro, of which the hospital restricts the second.
fn fill(store: &Store) {
    settle(store);
    for (number, level) in [(50, "N"), (51, "R")] {
        let lab = LabVersion {
            number,
            order_key: number.to_string(),
            sent: "20200101120000000".into(),
            state: VersionState::Current,
            is_delete_message: false,
        };
        let entry = DocumentEntry { confidentiality: vec![code(level)], ..lab.entry() };
        submit(store, prepare(set(number), vec![(entry, lab.bytes())], Vec::new())).unwrap();
    }
    let person_id = person_of(store, TARO);
    store
        .write_blocking(move |tx| -> Result<(), StoreError> {
            let clinic = FacilityRow {
                id: 0,
                code: CLINIC.into(),
                name: "医院".into(),
                short_name: "医院".into(),
                facility_type: "clinic".into(),
                mark: 1,
            };
            source::insert_facility(tx, &clinic, 0)?;
            for code in [HOSPITAL, CLINIC] {
                let viewer = source::facility_by_code(tx, code)?.unwrap().id;
                let new = NewConsent {
                    person_id,
                    discloser_facility_id: None,
                    viewer_facility_id: viewer,
                    categories: None,
                    permit: true,
                    from: now(),
                    until: None,
                    basis: "test",
                    actor: "test",
                    now: now(),
                };
                consent::insert(tx, &new)?;
            }
            Ok(())
        })
        .unwrap();
}

fn doctor_of(store: &Store, code: &'static str) -> Viewer {
    let facility = store.read_blocking(move |tx| source::facility_by_code(tx, code)).unwrap();
    Viewer { account_id: 0, facility_id: facility.unwrap().id, role: Role::Doctor }
}

fn oids(numbers: &[u64]) -> BTreeSet<String> {
    numbers.iter().map(|number| oid(*number)).collect()
}

/// Which of the documents have a line, and which have facts, with and without the restricted.
fn shown(store: &Store, number: u64, with_restricted: bool) -> (bool, bool) {
    read(store, move |tx| {
        let id = row::id_by_unique_id(tx, &oid(number))?.unwrap();
        let line = timeline_query::entry_of_document(tx, id, &|from, _| {
            with_restricted || !from.is_restricted
        })?;
        let facts =
            fact_query::of_document(tx, id, &|from, _| with_restricted || !from.is_restricted)?;
        Ok((line.is_some(), !facts.is_empty()))
    })
}

#[test]
fn only_the_hospitals_own_people_find_what_it_restricts() {
    for_each_engine(|store| {
        fill(store);
        let queries = || {
            [
                StoredQuery::FindDocuments(Box::new(find_of(patient_id(1)))),
                StoredQuery::GetDocuments(ObjectIds::UniqueIds(vec![oid(50), oid(51)])),
            ]
        };
        let (clinic, hospital) = (doctor_of(store, CLINIC), doctor_of(store, HOSPITAL));
        for query in queries() {
            let found = ask_as(store, Some(clinic), query).unwrap();
            assert_eq!(found.documents, oids(&[50]));
        }
        for query in queries() {
            let found = ask_as(store, Some(hospital), query).unwrap();
            assert_eq!(found.documents, oids(&[50, 51]));
        }
        let bringing = StoredQuery::GetSubmissionSets(vec![uuid(51)]);
        assert_eq!(ask_as(store, Some(clinic), bringing).unwrap(), Answered::default());
    });
}

#[test]
fn facts_and_lines_carry_the_restriction_of_their_document() {
    for_each_engine(|store| {
        fill(store);
        assert_eq!(shown(store, 50, false), (true, true));
        assert_eq!(shown(store, 51, false), (false, false));
        assert_eq!(shown(store, 51, true), (true, true));
    });
}

#[test]
fn a_version_that_is_shown_again_is_as_restricted_as_before() {
    for_each_engine(|store| {
        fill(store);
        let newer = LabVersion {
            number: 52,
            order_key: "51".into(),
            sent: "20200102120000000".into(),
            state: VersionState::Deleted,
            is_delete_message: false,
        };
        let content = LabVersion { number: 51, ..newer.clone() }.content();
        let mut derivations = Derivations::new();
        derivations.insert(oid(51), content);
        let prepared = newer.prepared();
        store
            .write_blocking(move |tx| registry::submit(tx, &prepared, &derivations, now()))
            .unwrap();
        assert_eq!(shown(store, 51, false), (false, false));
    });
}
