//! FindDocuments and its kin: what fits is answered, one entry at a time.

use crate::support;

use ebrim::query::{CodeAsked, FindDocuments, FindSubmissionSets, Pattern, Span, StoredQuery};
use model::PartialTime;
use model::Timestamp;
use model::document::{Author, Availability, DocumentEntry, DocumentKind, ExtraSlot, ReferenceId};
use model::hl7::Person;
use std::collections::BTreeSet;
use std::ops::ControlFlow;
use store::{Store, StoreError, person};
use support::ask::*;
use support::*;
use testkit::for_each_engine;

fn asked(code: &str) -> Vec<CodeAsked> {
    vec![CodeAsked { code: code.into(), scheme: "1.2.392.99.7".into() }]
}

fn at(digits: &str) -> Timestamp {
    PartialTime::japan(digits).unwrap().first
}

fn find(store: &Store, query: FindDocuments) -> BTreeSet<String> {
    let found = ask(store, StoredQuery::FindDocuments(Box::new(query))).unwrap();
    assert_eq!(found.sets.len() + found.folders.len() + found.associations.len(), 0);
    found.documents
}

fn ids(numbers: &[u64]) -> BTreeSet<String> {
    numbers.iter().map(|number| oid(*number)).collect()
}

fn of_taro() -> FindDocuments {
    find_of(patient_id(1))
}

fn whole_of_taro() -> FindDocuments {
    FindDocuments {
        availability: vec![Availability::Approved, Availability::Deprecated],
        ..of_taro()
    }
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
    drug.authors = vec![written_by("D1", "山田"), written_by("D2", "佐藤")];
    drug.reference_ids = vec![reference("A1"), reference("A2")];
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
    let relation = association(6, model::document::AssociationType::Replaces, uuid(6), uuid(1));
    submit(store, prepare(set(6), vec![(entry(6, TARO, b"6"), b"6".to_vec())], vec![relation]))
        .unwrap();
}

fn written_by(id: &str, family: &str) -> Author {
    let person = Person { id: id.into(), family: family.into(), ..Person::default() };
    Author { person: Some(person), ..Author::default() }
}

fn reference(id: &str) -> ReferenceId {
    let id_type = "urn:ihe:iti:xds:2013:order".into();
    ReferenceId { id: id.into(), authority_oid: "1.2.3".into(), id_type, ..Default::default() }
}

#[test]
fn each_condition_narrows() {
    for_each_engine(|store| {
        fill(store);
        let all = whole_of_taro;
        assert_eq!(find(store, of_taro()), ids(&[2, 3, 5, 6]));
        let deprecated =
            FindDocuments { availability: vec![Availability::Deprecated], ..of_taro() };
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
        let on_demand = FindDocuments { kinds: vec![DocumentKind::OnDemand], ..all() };
        assert_eq!(find(store, on_demand), ids(&[]));
    });
}

#[test]
fn within_a_group_any_counts_and_of_every_group_one() {
    for_each_engine(|store| {
        fill(store);
        let all = whole_of_taro;
        let restricted = FindDocuments { confidentiality: vec![asked("R")], ..all() };
        assert_eq!(find(store, restricted), ids(&[3]));
        let both = FindDocuments { event_codes: vec![asked("CT"), asked("MR")], ..all() };
        assert_eq!(find(store, both), ids(&[1]));
        let neither = FindDocuments { event_codes: vec![asked("CT"), asked("US")], ..all() };
        assert_eq!(find(store, neither), ids(&[]));
        let either = vec![[asked("US"), asked("CT")].concat()];
        assert_eq!(find(store, FindDocuments { event_codes: either, ..all() }), ids(&[1]));
        let order = |id: &str| format!("{id}^^^&1.2.3&ISO^urn:ihe:iti:xds:2013:order");
        let by_reference = |groups: Vec<Vec<String>>| {
            let query = FindDocuments { reference_ids: groups, ..all() };
            let query = StoredQuery::FindDocumentsByReferenceId(Box::new(query));
            ask(store, query).unwrap().documents
        };
        assert_eq!(by_reference(vec![vec![order("A1")], vec![order("A2")]]), ids(&[2]));
        assert_eq!(by_reference(vec![vec![order("A1")], vec![order("A3")]]), ids(&[]));
        assert_eq!(by_reference(vec![vec![order("A3"), order("A2")]]), ids(&[2]));
    });
}

#[test]
fn authors_are_compared_as_like_does() {
    for_each_engine(|store| {
        fill(store);
        let by = |patterns: &[&str]| {
            let authors = patterns.iter().map(|one| Pattern((*one).into())).collect();
            find(store, FindDocuments { authors, ..whole_of_taro() })
        };
        assert_eq!(by(&["%山田%"]), ids(&[2]));
        assert_eq!(by(&["D_^佐藤"]), ids(&[2]));
        assert_eq!(by(&["山田"]), ids(&[]));
        assert_eq!(by(&["nobody", "%佐藤"]), ids(&[2]));
    });
}

#[test]
fn times_include_their_beginning_and_not_their_end() {
    for_each_engine(|store| {
        fill(store);
        let started = |from: Option<&str>, to: Option<&str>| {
            let span = Span { from: from.map(at), to: to.map(at) };
            find(store, FindDocuments { service_start: span, ..of_taro() })
        };
        // 3 has no service time, which never excludes.
        assert_eq!(started(Some("20200102"), None), ids(&[2, 3]));
        assert_eq!(started(None, Some("20200102")), ids(&[3, 5, 6]));
        assert_eq!(started(Some("20200101"), Some("20200103")), ids(&[2, 3, 5, 6]));
        let created = Span { from: Some(at("20210101")), to: None };
        assert_eq!(find(store, FindDocuments { creation: created, ..of_taro() }), ids(&[2]));
        let stopped = Span { from: Some(at("20200106")), to: None };
        let query = FindDocuments {
            service_stop: stopped,
            availability: vec![Availability::Deprecated],
            ..of_taro()
        };
        assert_eq!(find(store, query), ids(&[]));
    });
}

#[test]
fn a_query_stops_when_told() {
    for_each_engine(|store| {
        fill(store);
        let request = request(StoredQuery::FindDocuments(Box::new(of_taro())));
        let seen = store
            .read_blocking(move |tx| {
                let mut seen = 0;
                registry::stored_query::run(tx, &request, &asker(None), &mut |_| {
                    seen += 1;
                    ControlFlow::Break(())
                })?;
                Ok::<_, registry::stored_query::QueryError>(seen)
            })
            .unwrap();
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
        for asked in [1, 2] {
            assert_eq!(find(store, find_of(patient_id(asked))), ids(&[2, 3, 4, 5, 6]));
        }
        let both = FindDocuments { patients: vec![patient_id(1), patient_id(2)], ..of_taro() };
        let query = StoredQuery::FindDocumentsForMultiplePatients(Box::new(both));
        assert_eq!(ask(store, query).unwrap().documents, ids(&[2, 3, 4, 5, 6]));
        let resolved = read(store, |tx| registry::query::person_of(tx, &community_id(2)));
        assert_eq!(resolved, Some(taro));
        let answers =
            read(store, |tx| registry::query::documents_by_unique_id(tx, &[oid(4)], AFFINITY));
        assert_eq!(answers[0].patient_id.id, community_id(1).digits());
        assert_eq!(answers[0].object.entry.source_patient_id.id, HANAKO);
        assert_eq!(find(store, find_of(patient_id(77))), ids(&[]));
        let mut elsewhere = patient_id(1);
        elsewhere.authority.oid = "1.2.3".into();
        assert_eq!(find(store, find_of(elsewhere)), ids(&[]));
    });
}

#[test]
fn several_patients_or_all_of_them() {
    for_each_engine(|store| {
        fill(store);
        let many = |patients| {
            let query = FindDocuments { patients, class_codes: asked("document"), ..of_taro() };
            let query = StoredQuery::FindDocumentsForMultiplePatients(Box::new(query));
            ask(store, query).unwrap().documents
        };
        assert_eq!(many(vec![patient_id(2)]), ids(&[4]));
        assert_eq!(many(vec![patient_id(1), patient_id(2)]), ids(&[2, 3, 4, 5, 6]));
        assert_eq!(many(vec![]), ids(&[2, 3, 4, 5, 6]));
    });
}

#[test]
fn submission_sets_are_found_by_patient_time_and_source() {
    for_each_engine(|store| {
        fill(store);
        let find = |query: FindSubmissionSets| {
            ask(store, StoredQuery::FindSubmissionSets(Box::new(query))).unwrap().sets
        };
        let all = || FindSubmissionSets {
            patient: patient_id(1),
            availability: vec![Availability::Approved],
            ..FindSubmissionSets::default()
        };
        let sets = |numbers: &[u64]| -> BTreeSet<String> {
            numbers.iter().map(|number| oid(1_000_000 + number)).collect()
        };
        assert_eq!(find(all()), sets(&[1, 2, 3, 5, 6]));
        let from_now = Span { from: Some(now()), to: None };
        assert_eq!(find(FindSubmissionSets { submitted: from_now, ..all() }).len(), 5);
        let until_now = Span { from: None, to: Some(now()) };
        assert_eq!(find(FindSubmissionSets { submitted: until_now, ..all() }).len(), 0);
        let source_oids = vec!["1.2.392.99.5".into()];
        assert_eq!(find(FindSubmissionSets { source_oids, ..all() }).len(), 5);
        let source_oids = vec!["1.2.3".into()];
        assert_eq!(find(FindSubmissionSets { source_oids, ..all() }).len(), 0);
        let content_types = asked("other");
        assert_eq!(find(FindSubmissionSets { content_types, ..all() }).len(), 0);
        let author = Some(Pattern("%".into()));
        assert_eq!(find(FindSubmissionSets { author, ..all() }).len(), 0);
        let availability = vec![Availability::Deprecated];
        assert_eq!(find(FindSubmissionSets { availability, ..all() }).len(), 0);
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
        whole.authors = vec![Author {
            person: Some(Person {
                id: "d1".into(),
                family: "医師".into(),
                given: "太郎".into(),
                ..Default::default()
            }),
            institutions: vec![model::hl7::Organization {
                name: "病院".into(),
                ..Default::default()
            }],
            specialties: vec!["01".into()],
            ..Default::default()
        }];
        whole.reference_ids = vec![ReferenceId {
            id: "A1".into(),
            authority_oid: "1.2.3".into(),
            id_type: "urn:ihe:iti:xds:2013:order".into(),
            ..Default::default()
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
    });
}
