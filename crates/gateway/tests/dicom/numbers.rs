//! Numbers that could be another patient's: nothing of another human comes in, and no query
//! carries a number of another domain.

use super::world::{DOMAIN, HANAKO, PACS, TARO, World, study_of, taro};
use crate::common;
use dicomfile::tags;
use gateway::{FollowMode, PullControl};
use model::demographics::Demographics;
use store::{StoreError, domain};

/// The EHR's number of Taro; padded, it is somebody else's at the server.
const EHR_NUMBER: &str = "12345";

fn rule(world: &World, rule: &str) {
    let rule = rule.parse().unwrap();
    let put = world.plain.store.write_blocking(move |tx| -> Result<(), StoreError> {
        let from = domain::by_oid(tx, common::DOMAIN)?.unwrap().id;
        let to = domain::by_oid(tx, DOMAIN)?.unwrap().id;
        domain::put_rule(tx, from, to, &rule)
    });
    put.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_padded_number_that_is_another_human_s_brings_nothing_in() {
    let world = World::new().await;
    let hanako = Demographics { sex: "F".into(), ..taro() };
    world.enrol_in(common::DOMAIN, EHR_NUMBER, 11, &hanako);
    world.pacs.state().sets.extend(study_of(TARO, "1.2.1", &[3]));
    world.pull().await;
    assert!(world.pacs.asked_numbers().is_empty(), "without a rule no number is made");
    rule(&world, "pad:10");
    world.pull().await;
    assert_eq!(world.pacs.asked_numbers(), [TARO], "the EHR's own number never goes out");
    let place = format!("dicom/number/{}/{EHR_NUMBER}", common::DOMAIN);
    assert_eq!(world.quarantine().await, [("patient-mismatch".to_owned(), place)]);
    assert!(world.plain.feed.told.lock().unwrap().is_empty());
    assert_eq!(world.pacs.state().sent, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_demographics_bear_out_is_told_to_the_identity_feed() {
    let world = World::new().await;
    world.enrol_in(common::DOMAIN, EHR_NUMBER, 11, &taro());
    world.pacs.state().sets.extend(study_of(TARO, "1.2.1", &[3]));
    rule(&world, "pad:10");
    world.pull().await;
    let told = world.plain.feed.told.lock().unwrap().clone();
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].domain_oid.as_str(), told[0].local_id.as_str()), (DOMAIN, TARO));
    assert_eq!(told[0].demographics.name.full(), "山田 太郎");
    assert_eq!(world.pacs.state().sent, 0, "who takes part is for others to decide");
    let asked = world.pacs.state().asked.len();
    let control = PullControl::default();
    world.gateway.follow_once(PACS, FollowMode::News, &control).await.unwrap();
    assert_eq!(world.pacs.state().asked.len(), asked, "looked for again at night only");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_enrolled_number_whose_patient_is_another_human_there_is_not_fetched() {
    let world = World::new().await;
    world.enrol(TARO, 11);
    world.enrol(HANAKO, 12);
    let mut sets = study_of(TARO, "1.2.1", &[3]);
    for set in &mut sets {
        set.put_str(tags::PATIENT_BIRTH_DATE, "19751231");
    }
    world.pacs.state().sets.extend(sets);
    world.pacs.state().sets.extend(study_of(HANAKO, "1.2.2", &[2]));
    world.pull().await;
    assert!(world.studies(TARO).is_empty());
    assert_eq!(world.studies(HANAKO)[0].instance_count, 2, "the next patient goes on");
    let place = format!("dicom/patient/{TARO}");
    assert_eq!(world.quarantine().await, [("patient-mismatch".to_owned(), place)]);
    for set in &mut world.pacs.state().sets {
        set.put_str(tags::PATIENT_BIRTH_DATE, "19610203");
    }
    world.pull().await;
    assert_eq!(world.studies(TARO)[0].instance_count, 3);
    assert!(world.quarantine().await.is_empty(), "what was put right leaves quarantine");
}

#[tokio::test(flavor = "multi_thread")]
async fn studies_of_other_numbers_that_a_loose_server_gives_are_dropped() {
    let world = World::new().await;
    world.enrol("12", 11);
    world.enrol("12*", 12);
    world.pacs.state().is_loose = true;
    world.pacs.state().sets.extend(study_of("12", "1.2.1", &[1]));
    world.pacs.state().sets.extend(study_of("123", "1.2.2", &[4]));
    world.pull().await;
    let studies = world.studies("12");
    assert_eq!((studies.len(), studies[0].study_instance_uid.as_str()), (1, "1.2.1"));
    assert_eq!(world.pacs.state().sent, 1);
    assert_eq!(world.pacs.asked_numbers(), ["12"], "a pattern is no number to ask for");
    let place = "dicom/patient/12*".to_owned();
    assert_eq!(world.quarantine().await, [("patient-unknown".to_owned(), place)]);
}
