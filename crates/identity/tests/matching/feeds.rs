//! What comes by a feed is linked where it is certain, and only there.

use super::{fed, fed_at, hanako, identity, name, person_of, yamada, yamada_in_kana};
use crate::common::{NOW, Region};
use identity::review::{self, Question};
use store::person::{self, EventKind};
use store::{job, notification_consumer};
use testkit::for_each_engine;

#[test]
fn a_record_that_is_certain_is_linked_and_explained_and_told() {
    for_each_engine(|store| {
        let region = Region::new(store);
        region.run(|tx, _| Ok(notification_consumer::set(tx, &["portal".to_owned()])?)).unwrap();
        let one = fed(&region, 1, "1", yamada());
        let wife = fed(&region, 1, "2", hanako());
        let other = fed(&region, 2, "77", yamada());
        assert_eq!(person_of(&region, one), person_of(&region, other));
        assert_ne!(person_of(&region, one), person_of(&region, wife));
        let (events, jobs) = region
            .run(move |tx, _| Ok((person::events_of_identity(tx, other)?, job::waiting(tx, 100)?)))
            .unwrap();
        let linked = events.iter().find(|event| event.kind == EventKind::Linked).unwrap();
        assert_eq!(linked.actor, "linkage/1/japan-1");
        let evidence: serde_json::Value = serde_json::from_str(&linked.evidence).unwrap();
        let explanation = &evidence["given"]["explanation"];
        let parts = explanation["fields"].as_array().unwrap().iter();
        let fields: i64 = parts.map(|field| field["millibits"].as_i64().unwrap()).sum();
        let of = |name: &str| explanation[name].as_i64().unwrap();
        let sum = fields + of("household_millibits") + of("prior_millibits");
        assert_eq!(sum, of("total_millibits"));
        assert!(sum >= 12_000, "{sum}");
        let key = person_of(&region, one).to_string();
        assert!(jobs.iter().any(|job| job.kind == "iti-10:portal" && job.key == key), "{jobs:?}");
    });
}

#[test]
fn twins_and_two_patients_of_one_hospital_are_never_linked() {
    for_each_engine(|store| {
        let region = Region::new(store);
        let twin = |given: &str, kana: &str| {
            let mut said = yamada();
            said.name = name("山田", given);
            said.kana = name("ヤマダ", kana);
            said
        };
        let one = fed(&region, 1, "1", twin("一郎", "イチロウ"));
        let two = fed(&region, 2, "2", twin("二郎", "ジロウ"));
        let again = fed(&region, 1, "3", twin("一郎", "イチロウ"));
        let persons: std::collections::BTreeSet<i64> =
            [one, two, again].map(|identity| person_of(&region, identity)).into();
        assert_eq!(persons.len(), 3);
        let page = region.run(|tx, _| review::list(tx, None, 10)).unwrap();
        let asked: Vec<(i64, i64)> = page
            .reviews
            .iter()
            .map(|line| (line.one.identity_id, line.other.identity_id))
            .collect();
        assert_eq!(asked, [(one, again)], "twins are not asked about, a second number is");
    });
}

#[test]
fn what_new_demographics_contradict_stays_linked_and_raises_an_alarm() {
    for_each_engine(|store| {
        let region = Region::new(store);
        let one = fed(&region, 1, "1", yamada());
        let other = fed(&region, 2, "77", yamada());
        assert_eq!(person_of(&region, one), person_of(&region, other));
        fed_at(&region, 2, "77", ("20260201", hanako()));
        assert_eq!(person_of(&region, one), person_of(&region, other), "never silently undone");
        let page = region.run(|tx, _| review::list(tx, None, 10)).unwrap();
        assert_eq!((page.open_count, page.alarm_count), (1, 1));
        let Question::Contradiction { birth, sex, .. } = &page.reviews[0].question else {
            panic!("no alarm: {page:?}")
        };
        assert!(*birth && *sex);
        fed_at(&region, 1, "1", ("20260202", yamada()));
        assert_eq!(person_of(&region, one), person_of(&region, other), "it stands until answered");
        fed_at(&region, 2, "77", ("20260301", yamada()));
        let page = region.run(|tx, _| review::list(tx, None, 10)).unwrap();
        assert_eq!(page.open_count, 0, "the hospital has put it right");
        assert_eq!(person_of(&region, one), person_of(&region, other));
    });
}

#[test]
fn a_record_that_makes_a_machines_link_doubtful_has_it_taken_back_as_an_event() {
    for_each_engine(|store| {
        let region = Region::new(store);
        let one = fed(&region, 1, "1", yamada());
        let other = fed(&region, 2, "77", yamada());
        assert_eq!(person_of(&region, one), person_of(&region, other));
        let rival = fed(&region, 2, "78", yamada());
        assert_ne!(person_of(&region, one), person_of(&region, other));
        assert_ne!(person_of(&region, one), person_of(&region, rival));
        let moved = identity(&region, 2, "77").id;
        let events = region.run(move |tx, _| Ok(person::events_of_identity(tx, moved)?)).unwrap();
        let events: Vec<_> = [one, other]
            .into_iter()
            .flat_map(|id| {
                region.run(move |tx, _| Ok(person::events_of_identity(tx, id)?)).unwrap()
            })
            .chain(events)
            .collect();
        assert!(events.iter().any(|event| event.kind == EventKind::Unlinked), "{events:?}");
        let page = region.run(|tx, _| review::list(tx, None, 10)).unwrap();
        assert_eq!(page.open_count, 3, "each two of them are asked about");
    });
}

#[test]
fn a_review_closes_when_its_evidence_changes() {
    for_each_engine(|store| {
        let region = Region::new(store);
        let one = fed(&region, 1, "1", yamada());
        let other = fed(&region, 2, "77", yamada_in_kana());
        assert_ne!(person_of(&region, one), person_of(&region, other));
        let open = || region.run(|tx, _| review::list(tx, None, 10)).unwrap().open_count;
        assert_eq!(open(), 1);
        fed_at(&region, 2, "77", ("20260201", yamada()));
        assert_eq!(open(), 0, "the kanji came: it is certain");
        assert_eq!(person_of(&region, one), person_of(&region, other));
        let explained = region.run(move |tx, _| review::explain_pair(tx, one, other)).unwrap();
        assert_eq!(explained.fields.len(), 14);
        assert!(NOW.0 > 0 && explained.total_millibits >= 12_000);
    });
}
