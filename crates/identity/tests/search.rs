//! Search, on both engines: what is found, how it is ordered, and what it must not tell.

use crate::common;

use access::{Role, Viewer};
use common::{CENTRAL, CLINIC, NOW, PHARMACY, PREFECTURAL, Region, adt, request, who};
use identity::{ConsentRequest, Directory, EnrolRequest};
use model::CommunityId;
use ports::{PersonSearch, SearchError, SearchRequest};
use std::sync::Arc;
use store::audit;
use testkit::{ManualClock, for_each_engine};

fn people(region: &Region<'_>) {
    let taro = who("山田", "太郎", ("ヤマダ", "タロウ"), "19480312", "M");
    region.patient(CENTRAL, "00456712", taro);
    region.patient(CENTRAL, "2", who("山田", "太一", ("ヤマダ", "タイチ"), "19480321", "M"));
    region.patient(CENTRAL, "3", who("山田", "多郎", ("ﾔﾏﾀﾞ", "ﾀﾛｳ"), "19711002", "M"));
    region.patient(CENTRAL, "4", who("渡邊", "さくら", ("ワタナベ", "サクラ"), "19881103", "F"));
    region.patient(
        CENTRAL,
        "5",
        who("Nguyen", "Thi Lan", ("グエン", "ティ ラン"), "19940214", "F"),
    );
    region.patient(CENTRAL, "6", who("佐藤 一郎", "", ("", ""), "19890107", "M"));
}

#[test]
fn finds_by_every_form_a_name_is_typed_in() {
    for_each_engine(|store| {
        let region = Region::new(store);
        people(&region);
        for text in [
            "山田太郎",
            "山田　太郎",
            "太郎 山田",
            "ヤマダタロ 山",
            "00456712",
            "S23.3.12",
            "19480312",
            "1948/3/12",
            "昭和23年3月12日",
            "Ｓ２３．３．１２",
        ] {
            assert!(region.names(text).contains(&"山田 太郎".to_owned()), "{text}");
        }
        assert_eq!(region.names("やまだ　た").len(), 3);
        assert_eq!(region.names("ﾔﾏﾀﾞﾀﾛｳ"), vec!["山田 太郎", "山田 多郎"]);
        assert_eq!(region.names("たろう"), vec!["山田 太郎", "山田 多郎"]);
        assert_eq!(region.names("サクラ"), vec!["渡邊 さくら"]);
        assert_eq!(region.names("さくら"), vec!["渡邊 さくら"]);
        assert_eq!(region.names("nguyen"), vec!["Nguyen Thi Lan"]);
        assert_eq!(region.names("NGUYEN THI"), vec!["Nguyen Thi Lan"]);
        assert_eq!(region.names("佐藤"), vec!["佐藤 一郎"]);
        assert_eq!(region.names("佐藤一郎"), vec!["佐藤 一郎"]);
        assert_eq!(region.names("昭和64年1月7日"), vec!["佐藤 一郎"]);
        assert_eq!(region.names("S23"), vec!["山田 太一", "山田 太郎"]);
        assert_eq!(region.names("1948/3").len(), 2);
        for text in ["マダ", "田太郎", "456712", "0456712", "山田 花子", "19480313", "鈴木"]
        {
            assert!(region.names(text).is_empty(), "{text}");
        }
    });
}

#[test]
fn a_name_is_found_by_every_variant_of_its_kanji() {
    for_each_engine(|store| {
        let region = Region::new(store);
        people(&region);
        let kana = ("タカハシ", "クニオ");
        region.patient(CENTRAL, "7", who("髙橋", "國男", kana, "19500101", "M"));
        region.patient(CENTRAL, "8", who("高橋", "国男", kana, "19600101", "M"));
        region.patient(CENTRAL, "9", who("齋藤", "眞惠", ("サイトウ", "マサエ"), "19700101", "F"));
        for text in ["高橋国男", "髙橋國男", "高橋 國男", "高橋", "國男"] {
            assert_eq!(region.names(text), ["髙橋 國男", "高橋 国男"], "{text}: each as written");
        }
        for text in ["渡辺", "渡邉さくら", "渡邊"] {
            assert_eq!(region.names(text), ["渡邊 さくら"], "{text}");
        }
        for text in ["斎藤", "斉藤", "齊藤真恵"] {
            assert_eq!(region.names(text), ["齋藤 眞惠"], "{text}");
        }
        assert!(region.names("斎藤 慧").is_empty());
    });
}

#[test]
fn keys_of_an_earlier_rule_are_made_anew() {
    for_each_engine(|store| {
        let region = Region::new(store);
        let kana = ("タカハシ", "クニオ");
        let known = region.patient(CENTRAL, "7", who("髙橋", "國男", kana, "19500101", "M"));
        region.enrol(CENTRAL, "8");
        let id = known.identity_id;
        region
            .run(move |tx, _| {
                Ok(store::person_search::set_tokens(tx, id, &["髙橋國男".to_owned()])?)
            })
            .unwrap();
        assert!(region.names("高橋").is_empty());
        identity::refresh_search_keys(store).unwrap();
        assert_eq!(region.names("高橋"), ["髙橋 國男"]);
        assert_eq!(region.names("タカハシ"), ["髙橋 國男"]);
        region.run(move |tx, _| Ok(store::person_search::set_tokens(tx, id, &[])?)).unwrap();
        identity::refresh_search_keys(store).unwrap();
        assert!(region.names("高橋").is_empty(), "once made, they are not made again");
    });
}

#[test]
fn a_birth_date_beside_a_name_brings_its_people_to_the_top() {
    for_each_engine(|store| {
        let region = Region::new(store);
        people(&region);
        let page = region.search("ヤマダ 19711002");
        let found: Vec<(String, bool)> = page
            .persons
            .iter()
            .map(|found| (found.person.demographics.name.full(), found.birth_fits))
            .collect();
        assert_eq!(
            found,
            vec![
                ("山田 多郎".to_owned(), true),
                ("山田 太一".to_owned(), false),
                ("山田 太郎".to_owned(), false)
            ]
        );
        assert_eq!((page.found_count, page.birth_fits_count), (3, 1));
        assert!(region.names("ヤマダ 00456712").len() == 1, "an ID beside a name must fit");
        assert!(region.names("渡邊 00456712").is_empty());
    });
}

#[test]
fn finds_persons_not_identities_and_by_the_community_id() {
    for_each_engine(|store| {
        let region = Region::new(store);
        let here = region.patient(
            CENTRAL,
            "1",
            who("山田", "花子", ("ヤマダ", "ハナコ"), "19570612", "F"),
        );
        region.enrol_same(PREFECTURAL, "77", &here.community_id);
        let maiden = who("古川", "花子", ("フルカワ", "ハナコ"), "19570612", "F");
        region.say(adt(PREFECTURAL, "77", "20250101", maiden)).unwrap();
        for text in [
            "ヤマダ",
            "フルカワ",
            "77",
            "ハナコ",
            &here.community_id.to_string(),
            here.community_id.digits(),
        ] {
            assert_eq!(region.names(text), vec!["山田 花子"], "{text}: the newer name is shown");
        }
        let found = region.search("ハナコ").persons.remove(0);
        assert_eq!(found.person.facilities, region.facilities[..2].to_vec());
        assert!(region.names("ヤマダ フルカワ").is_empty(), "two names of two identities");
    });
}

#[test]
fn says_nothing_about_people_the_viewer_may_not_see() {
    for_each_engine(|store| {
        let region = Region::new(store);
        let viewers = vec![PHARMACY.to_owned()];
        let hidden = region.try_enrol(EnrolRequest { viewers, ..request(CENTRAL, "1") }).unwrap();
        region
            .say(adt(
                CENTRAL,
                "1",
                "20260101",
                who("山田", "隠", ("ヤマダ", "カクレ"), "19480312", "M"),
            ))
            .unwrap();
        for text in ["山田", "カクレ", "19480312", "1", hidden.community_id.digits()] {
            let page = region.search(text);
            assert_eq!(
                (page.found_count, page.persons.len(), page.too_many),
                (0, 0, false),
                "{text}"
            );
        }
        let pharmacist = Viewer { facility_id: region.facilities[3], ..region.doctor() };
        assert_eq!(region.search_as(pharmacist, "カクレ", None).found_count, 1);
        let operator = Viewer { role: Role::Operator, ..pharmacist };
        assert_eq!(region.search_as(operator, "カクレ", None).found_count, 0);
        let staff = Viewer { role: Role::Staff, ..pharmacist };
        assert_eq!(region.search_as(staff, "カクレ", None).found_count, 1);
    });
}

#[test]
fn an_identity_of_a_facility_that_does_not_disclose_matches_nothing_and_shows_nothing() {
    for_each_engine(|store| {
        let region = Region::new(store);
        let viewers = vec![PHARMACY.to_owned()];
        let person = region.try_enrol(EnrolRequest { viewers, ..request(CENTRAL, "1") }).unwrap();
        region
            .say(adt(
                CENTRAL,
                "1",
                "20200101",
                who("山田", "花子", ("ヤマダ", "ハナコ"), "19570612", "F"),
            ))
            .unwrap();
        let viewers = vec![PHARMACY.to_owned()];
        let same_as = Some(identity::SameAs::Community(person.community_id.clone()));
        region.try_enrol(EnrolRequest { viewers, same_as, ..request(PREFECTURAL, "88") }).unwrap();
        region
            .say(adt(
                PREFECTURAL,
                "88",
                "20260101",
                who("古川", "花子", ("フルカワ", "ハナコ"), "19570611", "F"),
            ))
            .unwrap();
        let only_central = ConsentRequest {
            person: person.community_id.clone(),
            discloser: Some("1300000001".into()),
            viewer: CLINIC.into(),
            categories: None,
            permit: true,
            from: NOW,
            until: None,
            basis: String::new(),
            actor: "nakamura".into(),
            now: NOW,
        };
        region.run(move |tx, _| identity::record_consent(tx, &only_central)).unwrap();
        assert_eq!(region.names("ハナコ"), vec!["山田 花子"]);
        for text in ["フルカワ", "88", "19570611"] {
            assert!(region.names(text).is_empty(), "{text}");
        }
        let open = region.open(&person.community_id).unwrap();
        assert_eq!(open.facilities, vec![region.facilities[0]]);
        assert_eq!(open.demographics.name.full(), "山田 花子");
    });
}

#[test]
fn pages_follow_one_another_and_lose_nobody() {
    for_each_engine(|store| {
        let region = Region::new(store);
        for number in 0..120 {
            let given = format!("{number:03}");
            region.patient(
                CENTRAL,
                &format!("a{number}"),
                who("鈴木", &given, ("スズキ", &given), "19500101", "M"),
            );
        }
        let mut seen: Vec<CommunityId> = Vec::new();
        let mut after = None;
        let mut sizes = Vec::new();
        loop {
            let page = region.search_as(region.doctor(), "すずき", after);
            assert_eq!(page.found_count, 120);
            sizes.push(page.persons.len());
            seen.extend(page.persons.into_iter().map(|found| found.person.community_id));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(sizes, vec![50, 50, 20]);
        let mut distinct = seen.clone();
        distinct.sort();
        distinct.dedup();
        assert_eq!(distinct.len(), 120);
    });
}

#[test]
fn the_directory_audits_what_was_typed_before_it_answers() {
    for_each_engine(|store| {
        let region = Region::new(store);
        people(&region);
        let directory = Directory::new(store.store(), Arc::new(ManualClock::new(NOW)));
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let search = |text: &str| {
            let request = SearchRequest {
                viewer: region.doctor(),
                actor: "sato".into(),
                text: text.into(),
                after: None,
            };
            runtime.block_on(directory.search(request))
        };
        assert_eq!(search("渡邊").unwrap().found_count, 1);
        assert_eq!(search("だれも いない").unwrap().found_count, 0);
        assert_eq!(search("　").unwrap_err(), SearchError::Empty);
        let rows = region.run(|tx, _| Ok(audit::recent(tx, i64::MAX, 2)?)).unwrap();
        assert_eq!((rows[1].action.as_str(), rows[1].actor.as_str()), ("search", "sato"));
        assert!(rows[1].detail.contains("渡邊") && !rows[1].detail.contains("さくら"));
        assert!(rows[0].detail.contains("だれも いない"));
        assert_eq!(rows[0].person_id, None);
    });
}
