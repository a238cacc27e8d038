//! The XDS metadata of an item of the standardized storage, attribute by attribute.

use crate::common;

use common::{File, World, messages};
use gateway::{RestrictedRule, SourceSettings};
use model::document::DocumentEntry;

const PATIENT: &str = "1234567";

async fn entry(world: World) -> DocumentEntry {
    world.enrol(PATIENT);
    world.put(&File::lab(PATIENT, "000000000000001"), messages::lab(PATIENT, "7.0"));
    world.pull().await;
    world.centre.only().entry
}

#[tokio::test(flavor = "multi_thread")]
async fn a_laboratory_result() {
    insta::assert_json_snapshot!(entry(World::new()).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_storage_gives_the_same_identifiers_in_another_database() {
    let (one, other) = (entry(World::new()).await, entry(World::new()).await);
    assert_eq!(one, other);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_source_restricts_is_marked() {
    let world = World::with(|_, new| {
        let rule = RestrictedRule {
            departments: vec!["01".into()],
            data_types: vec!["OML".into()],
            reason: "test".into(),
        };
        new.settings =
            SourceSettings { stability_s: 0, restricted: vec![rule], ..SourceSettings::default() };
    });
    assert_eq!(entry(world).await.confidentiality[0].code, "R");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_set_is_of_the_source_and_holds_one_version() {
    let world = World::new();
    world.enrol(PATIENT);
    world.put(&File::lab(PATIENT, "1"), messages::lab(PATIENT, "7.0"));
    world.put(&File::lab(PATIENT, "2"), messages::lab(PATIENT, "7.0"));
    world.pull().await;
    let submissions = world.centre.submissions.lock().unwrap().clone();
    let source = world.gateway.source(common::SOURCE).await.unwrap();
    let mut ids = std::collections::BTreeSet::new();
    for submission in &submissions {
        assert_eq!(submission.documents.len(), 1);
        assert_eq!(submission.set.source_oid, source.oid);
        assert_eq!(submission.set.content_type.code, "storage-item");
        let entry = &submission.documents[0].0;
        ids.extend([
            submission.set.unique_id.clone(),
            submission.set.entry_uuid.to_string(),
            entry.unique_id.clone(),
            entry.entry_uuid.to_string(),
        ]);
    }
    assert_eq!(ids.len(), 8, "no identifier stands for two objects");
}

/// A visit whose message knows its department by another code than the file's name, without a
/// name for it.
#[tokio::test(flavor = "multi_thread")]
async fn a_department_sent_as_a_bare_code_travels_with_the_regions_name() {
    let world = World::new();
    world.enrol(PATIENT);
    for (key, place, department) in [("1", "01", "018"), ("2", "9Z", "018"), ("3", "01", "01")] {
        let message = format!(
            "MSH|^~\\&|EHR|H|GW|C|20240102||ADT^A04^ADT_A01|1|P|2.5\rEVN||20240102\r{}\r\
             PV1|1|O|{place}^^^^^C|||||||||||||||||||||||||||||||||||||||||20240102\r",
            messages::pid(PATIENT)
        );
        let file = File::lab(PATIENT, key).with_type("ADT-12", "20240102");
        world.put(&File { department: department.into(), ..file }, message);
    }
    assert_eq!(world.pull().await.taken, 3);
    let mut names: Vec<_> = world
        .centre
        .all()
        .into_iter()
        .map(|stored| {
            let key = stored.entry.intake.unwrap().item.order_key;
            (key, stored.entry.practice_setting.display, stored.entry.extra)
        })
        .collect();
    names.sort_by(|one, other| one.0.cmp(&other.0));
    let [(_, file, slots), (_, _, unlisted), (_, same, none)] = names.as_slice() else {
        panic!("three visits")
    };
    assert_eq!((file.as_str(), same.as_str()), ("一般内科", "内科"));
    assert_eq!(slots[0].name, model::code::DEPARTMENT_NAMES_SLOT);
    assert_eq!(slots[0].values, ["01^内科^1.2.392.200250.2.2.2"]);
    assert!(unlisted.is_empty(), "a code that no list knows stays as sent");
    assert!(none.is_empty(), "the practice setting says it already");
}
