//! Queries: what fits is answered, one entry at a time.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use model::PartialTime;
use model::Timestamp;
use model::document::{AssociationType, Availability, DocumentEntry, ExtraSlot};
use registry::query::{CodeAsked, FindDocuments, Span};
use std::collections::BTreeSet;
use std::ops::ControlFlow;
use store::{Store, StoreError, person};
use support::*;
use testkit::for_each_engine;

fn asked(code: &str) -> Vec<CodeAsked> {
    vec![CodeAsked { code: code.into(), scheme: "1.2.392.99.7".into() }]
}

fn at(digits: &str) -> Timestamp {
    PartialTime::japan(digits).unwrap().first
}

fn find(store: &Store, query: FindDocuments) -> BTreeSet<String> {
    read(store, move |tx| {
        let mut found = BTreeSet::new();
        registry::query::find_documents(tx, &query, AFFINITY, |answer| {
            assert_eq!(answer.patient_id.authority.oid, AFFINITY);
            assert!(found.insert(answer.object.entry.unique_id));
            ControlFlow::Continue(())
        })?;
        Ok(found)
    })
}

fn ids(numbers: &[u64]) -> BTreeSet<String> {
    numbers.iter().map(|number| oid(*number)).collect()
}

/// 1: laboratory of 1 January. 2: prescription of 2 January. 3: no service time. 4: another
/// patient. 5: of Taro's record elsewhere. 6 replaces 1.
fn fill(store: &Store) {
    settle(store);
    let mut lab = entry(1, TARO, b"1");
    lab.class_code = code("laboratory");
    lab.event_codes = vec![code("CT"), code("MR")];
    lab.service_stop = Some(PartialTime::japan("20200105").unwrap());
    let mut drug = entry(2, TARO, b"2");
    drug.type_code = code("OMP-01");
    drug.practice_setting = code("05");
    drug.service_start = Some(PartialTime::japan("20200102").unwrap());
    drug.creation_time = PartialTime::japan("20210101").unwrap();
    let mut timeless = entry(3, TARO, b"3");
    timeless.service_start = None;
    timeless.format_code = code("urn:other");
    timeless.confidentiality = vec![code("R")];
    timeless.facility_type = code("clinic");
    let all = [lab, drug, timeless, entry(4, HANAKO, b"4"), entry(5, TARO_TOO, b"5")];
    for (place, entry) in all.into_iter().enumerate() {
        let bytes = (place + 1).to_string().into_bytes();
        submit(store, prepare(set(place as u64 + 1), vec![(entry, bytes)], vec![])).unwrap();
    }
    let relation = association(6, AssociationType::Replaces, uuid(6), uuid(1));
    submit(store, prepare(set(6), vec![(entry(6, TARO, b"6"), b"6".to_vec())], vec![relation]))
        .unwrap();
}

#[test]
fn each_condition_narrows() {
    for_each_engine(|store| {
        fill(store);
        let all = || FindDocuments {
            availability: vec![Availability::Approved, Availability::Deprecated],
            ..FindDocuments::of_person(person_of(store, TARO))
        };
        let approved = FindDocuments::of_person(person_of(store, TARO));
        assert_eq!(find(store, approved.clone()), ids(&[2, 3, 5, 6]));
        let deprecated =
            FindDocuments { availability: vec![Availability::Deprecated], ..approved.clone() };
        assert_eq!(find(store, deprecated), ids(&[1]));
        assert_eq!(find(store, FindDocuments { availability: vec![], ..all() }), ids(&[]));
        assert_eq!(find(store, all()), ids(&[1, 2, 3, 5, 6]));
        let by_class = FindDocuments { class_codes: asked("laboratory"), ..all() };
        assert_eq!(find(store, by_class), ids(&[1]));
        let by_type = FindDocuments { type_codes: asked("OMP-01"), ..all() };
        assert_eq!(find(store, by_type), ids(&[2]));
        let mut other_scheme = asked("OMP-01");
        other_scheme[0].scheme = "1.2.3".into();
        let by_scheme = FindDocuments { type_codes: other_scheme, ..all() };
        assert_eq!(find(store, by_scheme), ids(&[]));
        let by_format = FindDocuments { format_codes: asked("urn:other"), ..all() };
        assert_eq!(find(store, by_format), ids(&[3]));
        let by_practice = FindDocuments { practice_settings: asked("05"), ..all() };
        assert_eq!(find(store, by_practice), ids(&[2]));
        let by_facility = FindDocuments { facility_types: asked("clinic"), ..all() };
        assert_eq!(find(store, by_facility), ids(&[3]));
        let restricted = FindDocuments { confidentiality: vec![asked("R")], ..all() };
        assert_eq!(find(store, restricted), ids(&[3]));
        let both = FindDocuments { event_codes: vec![asked("CT"), asked("MR")], ..all() };
        assert_eq!(find(store, both), ids(&[1]));
        let neither = FindDocuments { event_codes: vec![asked("CT"), asked("US")], ..all() };
        assert_eq!(find(store, neither), ids(&[]));
    });
}

#[test]
fn times_include_their_beginning_and_not_their_end() {
    for_each_engine(|store| {
        fill(store);
        let person_id = person_of(store, TARO);
        let started = |from: Option<&str>, to: Option<&str>| {
            let span = Span { from: from.map(at), to: to.map(at) };
            find(
                store,
                FindDocuments { service_start: span, ..FindDocuments::of_person(person_id) },
            )
        };
        // 3 has no service time, which never excludes.
        assert_eq!(started(Some("20200102"), None), ids(&[2, 3]));
        assert_eq!(started(None, Some("20200102")), ids(&[3, 5, 6]));
        assert_eq!(started(Some("20200101"), Some("20200103")), ids(&[2, 3, 5, 6]));
        let created = Span { from: Some(at("20210101")), to: None };
        let query = FindDocuments { creation: created, ..FindDocuments::of_person(person_id) };
        assert_eq!(find(store, query), ids(&[2]));
        let stopped = Span { from: Some(at("20200106")), to: None };
        let query = FindDocuments {
            service_stop: stopped,
            availability: vec![Availability::Deprecated],
            ..FindDocuments::of_person(person_id)
        };
        assert_eq!(find(store, query), ids(&[]));
    });
}

#[test]
fn a_query_stops_when_told() {
    for_each_engine(|store| {
        fill(store);
        let query = FindDocuments::of_person(person_of(store, TARO));
        let seen = read(store, move |tx| {
            let mut seen = 0;
            registry::query::find_documents(tx, &query, AFFINITY, |_| {
                seen += 1;
                ControlFlow::Break(())
            })?;
            Ok(seen)
        });
        assert_eq!(seen, 1);
    });
}

#[test]
fn the_patient_id_is_that_of_today() {
    for_each_engine(|store| {
        fill(store);
        let (taro, hanako) = (person_of(store, TARO), person_of(store, HANAKO));
        store
            .write_blocking(move |tx| -> Result<(), StoreError> {
                for identity in person::identities_of_person(tx, hanako)? {
                    person::move_identity(tx, identity.id, taro, now())?;
                }
                person::set_merged_into(tx, hanako, Some(taro))
            })
            .unwrap();
        assert_eq!(find(store, FindDocuments::of_person(taro)), ids(&[2, 3, 4, 5, 6]));
        let resolved = read(store, |tx| registry::query::person_of(tx, &community_id(2)));
        assert_eq!(resolved, Some(taro));
        let answers =
            read(store, |tx| registry::query::documents_by_uuid(tx, &[uuid(4)], AFFINITY));
        assert_eq!(answers[0].patient_id.id, community_id(1).digits());
        assert_eq!(answers[0].object.entry.source_patient_id.id, HANAKO);
        let nobody = read(store, |tx| registry::query::person_of(tx, &community_id(77)));
        assert_eq!(nobody, None);
    });
}

#[test]
fn an_answer_is_what_was_submitted() {
    for_each_engine(|store| {
        settle(store);
        let version = LabVersion {
            number: 1,
            order_key: "5".into(),
            sent: "20200101120000000".into(),
            state: model::item::VersionState::Current,
            is_delete_message: false,
        };
        let mut whole: DocumentEntry = version.entry();
        whole.service_stop = Some(PartialTime::japan("20200101120000.5").unwrap());
        whole.event_codes = vec![code("CT")];
        whole.authors = vec![model::document::Author {
            person: Some(model::hl7::Person {
                id: "d1".into(),
                family: "医師".into(),
                given: "太郎".into(),
            }),
            institutions: vec![model::hl7::Organization {
                name: "病院".into(),
                ..Default::default()
            }],
            specialties: vec!["01".into()],
        }];
        whole.reference_ids = vec![model::document::ReferenceId {
            id: "A1".into(),
            authority_oid: "1.2.3".into(),
            id_type: "urn:ihe:iti:xds:2013:order".into(),
        }];
        whole.source_patient_info = Some(Box::new(model::demographics::Demographics {
            sex: "M".into(),
            ..Default::default()
        }));
        whole.source_patient_id.authority.namespace = "HOSP".into();
        whole.extra =
            vec![ExtraSlot { name: "urn:x:y".into(), values: vec!["1".into(), "2".into()] }];
        whole.intake.as_mut().unwrap().flags = vec![model::reason::Flag::CareDateDiffers];
        submit(store, prepare(set(1), vec![(whole.clone(), version.bytes())], vec![])).unwrap();
        let answers = read(store, |tx| {
            registry::query::documents_by_unique_id(tx, &[oid(1), oid(404)], AFFINITY)
        });
        assert_eq!(answers.len(), 1);
        assert_eq!(answers[0].object.entry, whole);
        assert_eq!(answers[0].availability, Availability::Approved);
        let sets = read(store, |tx| registry::query::submission_sets_of(tx, uuid(1), AFFINITY));
        assert_eq!(sets.len(), 1);
        assert_eq!(sets[0].object, set(1));
        let person_id = person_of(store, TARO);
        let found = read(store, move |tx| {
            let mut found = Vec::new();
            let span = Span { from: Some(now()), to: None };
            registry::query::find_submission_sets(tx, person_id, span, AFFINITY, |answer| {
                found.push(answer.object.unique_id);
                ControlFlow::Continue(())
            })?;
            Ok(found)
        });
        assert_eq!(found, [set(1).unique_id]);
    });
}
