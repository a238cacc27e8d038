//! QIDO-RS.

use super::centre::{From, ask, fill, get, peers};
use crate::support::{STUDY, TARO, World, on_each_engine, slice};
use http::StatusCode;

async fn count(world: &World, query: &str) -> usize {
    let answer = get(world, query).await;
    match answer.status {
        StatusCode::NO_CONTENT => 0,
        StatusCode::OK => answer.json().as_array().unwrap().len(),
        other => panic!("{query}: {other}"),
    }
}

#[test]
fn every_key_finds_what_it_names_and_nothing_else() {
    on_each_engine(async |world| {
        fill(world).await;
        let found = [
            "PatientID=00123",
            "00100020=00123",
            "PatientName=*%E5%B1%B1%E7%94%B0*&PatientID=00123",
            "PatientName=yamada%5Etaro",
            "StudyDate=20260105",
            "StudyDate=20260101-20260131",
            "StudyDate=-20260131",
            "StudyTime=10-11",
            "AccessionNumber=A77",
            "AccessionNumber=A?7",
            "ModalitiesInStudy=MR,CT",
            "StudyDescription=%E8%83%B8%E9%83%A8*",
            "StudyInstanceUID=1.2.840.99999.1,1.2.3",
            "",
        ];
        for query in found {
            assert_eq!(count(world, &format!("/dicomweb/studies?{query}")).await, 1, "{query}");
        }
        let nothing = [
            "PatientID=0123",
            "PatientName=*%E5%B1%B1%E6%9C%AC*",
            "StudyDate=20260106-",
            "StudyTime=-09",
            "AccessionNumber=A78",
            "ModalitiesInStudy=MR",
            "StudyInstanceUID=1.2.3",
            "PatientID=00123&StudyDate=20270101",
        ];
        for query in nothing {
            assert_eq!(count(world, &format!("/dicomweb/studies?{query}")).await, 0, "{query}");
        }
    });
}

#[test]
fn a_match_says_what_the_standard_asks_for_in_utf_8() {
    on_each_engine(async |world| {
        fill(world).await;
        let study = &get(world, "/dicomweb/studies?PatientID=00123").await.json()[0];
        assert_eq!(study["00100010"]["Value"][0]["Ideographic"], "山田^太郎");
        assert_eq!(study["00081030"]["Value"][0], "胸部CT");
        assert_eq!(study["00201208"]["Value"][0], 3);
        assert_eq!(study["00080056"]["Value"][0], "ONLINE");
        assert_eq!(study["00100024"]["Value"][0]["00400032"]["Value"][0], "1.2.392.99.11");
        let place = format!("http://centre.example.jp/dicomweb/studies/{STUDY}");
        assert_eq!(study["00081190"]["Value"][0], place);
        let series = &get(world, &format!("/dicomweb/studies/{STUDY}/series?Modality=CT")).await;
        assert_eq!(series.json()[0]["00200011"]["Value"][0], 2);
        let one = format!("/dicomweb/studies/{STUDY}/series/{STUDY}.1/instances?InstanceNumber=2");
        let instances = get(world, &one).await.json();
        assert_eq!(instances.as_array().unwrap().len(), 1);
        assert_eq!(instances[0]["00080018"]["Value"][0], format!("{STUDY}.1.2"));
        assert_eq!(instances[0]["00280010"]["Value"][0], 4);
    });
}

#[test]
fn pages_go_on_until_everything_was_given_once() {
    on_each_engine(async |world| {
        for number in 1..=7 {
            world.send(&slice(TARO, number)).await.unwrap();
        }
        let (mut found, mut offset) = (Vec::new(), 0);
        loop {
            let path = format!("/dicomweb/studies/{STUDY}/instances?limit=3&offset={offset}");
            let page = get(world, &path).await;
            let has_more = page.header("warning").contains("additional results");
            let page = page.json();
            let uids =
                page.as_array().unwrap().iter().map(|one| one["00080018"]["Value"][0].clone());
            found.extend(uids);
            offset += 3;
            assert_eq!(has_more, offset < 7);
            if !has_more {
                break;
            }
        }
        assert_eq!(found.len(), 7);
        found.dedup();
        assert_eq!(found.len(), 7, "{found:?}");
        assert_eq!(count(world, "/dicomweb/instances?PatientID=00123&limit=100").await, 7);
    });
}

#[test]
fn what_is_not_taken_into_account_is_said() {
    on_each_engine(async |world| {
        fill(world).await;
        let path = "/dicomweb/studies?PatientID=00123&fuzzymatching=true&PatientWeight=1";
        let answer = get(world, path).await;
        assert_eq!(answer.status, StatusCode::OK);
        let warnings: Vec<&str> =
            answer.headers.get_all("warning").iter().map(|one| one.to_str().unwrap()).collect();
        assert_eq!(warnings.len(), 2, "{warnings:?}");
        assert!(warnings.iter().any(|one| one.contains("PatientWeight")));
    });
}

#[test]
fn a_search_is_audited_with_its_keys_for_each_person_and_never_with_results() {
    on_each_engine(async |world| {
        fill(world).await;
        peers(world).await;
        let path = "/dicomweb/studies?PatientID=00123";
        assert_eq!(ask(world, From::Peer("open"), path, "").await.status, StatusCode::OK);
        let rows = world.store().read(|tx| {
            let whose = store::person::identity_by_local_id(tx, crate::support::DOMAIN, TARO)?;
            store::audit::of_person(tx, whose.unwrap().person_id, i64::MAX, 10)
        });
        let mut rows = rows.await.unwrap();
        rows.retain(|row| row.actor == "open");
        assert_eq!(rows.len(), 1);
        assert_eq!((rows[0].action.as_str(), rows[0].actor.as_str()), ("search", "open"));
        assert!(rows[0].detail.contains("PatientID") && !rows[0].detail.contains(STUDY));
    });
}
