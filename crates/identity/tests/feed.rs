//! Demographics as they come, on both engines.

use crate::common;

use common::{CENTRAL, NOW, PREFECTURAL, Region, adt, who};
use identity::WithdrawRequest;
use ports::{DemographicsUpdate, FeedError, IdentityFeed};
use store::person::{self, Identity};
use testkit::for_each_engine;

fn identity(region: &Region<'_>, local_id: &'static str) -> Identity {
    region
        .run(move |tx, _| Ok(person::identity_by_local_id(tx, CENTRAL, local_id)?.unwrap()))
        .unwrap()
}

#[test]
fn a_new_name_replaces_the_search_keys_of_the_old_one() {
    for_each_engine(|store| {
        let region = Region::new(store);
        region.patient(CENTRAL, "1", who("古川", "花子", ("フルカワ", "ハナコ"), "19570612", "F"));
        assert_eq!(region.names("フルカワ").len(), 1);
        let married = who("山田", "花子", ("ヤマダ", "ハナコ"), "19570612", "F");
        region.say(adt(CENTRAL, "1", "20260201", married)).unwrap();
        assert_eq!(region.names("ヤマダ"), vec!["山田 花子"]);
        assert!(region.names("フルカワ").is_empty());
        let late = who("古川", "花子", ("フルカワ", "ハナコ"), "19570612", "F");
        region.say(adt(CENTRAL, "1", "20251231", late)).unwrap();
        assert!(region.names("フルカワ").is_empty(), "an older message changes nothing");
    });
}

#[test]
fn other_messages_fill_gaps_and_never_beat_an_adt() {
    for_each_engine(|store| {
        let region = Region::new(store);
        region.enrol(CENTRAL, "1");
        let pid = |sent: &str, family: &str| DemographicsUpdate {
            authoritative: false,
            ..adt(CENTRAL, "1", sent, who(family, "花子", ("ヤマダ", "ハナコ"), "19570612", "F"))
        };
        region.say(pid("20260301", "仮")).unwrap();
        assert_eq!(region.names("ハナコ"), vec!["仮 花子"]);
        region.say(adt(CENTRAL, "1", "20200101", who("山田", "花子", ("", ""), "", ""))).unwrap();
        assert_eq!(
            region.names("ハナコ"),
            vec!["山田 花子"],
            "the reading comes from the other message"
        );
        region.say(pid("20260401", "違")).unwrap();
        let after = identity(&region, "1");
        assert_eq!(after.demographics.name.family, "山田");
        assert!(after.authoritative);
        assert_eq!(after.sent, "20200101");
    });
}

#[test]
fn the_newest_authoritative_identity_is_shown_for_a_person() {
    for_each_engine(|store| {
        let region = Region::new(store);
        let person = region.patient(
            CENTRAL,
            "1",
            who("山田", "花子", ("ヤマダ", "ハナコ"), "19570612", "F"),
        );
        region.enrol_same(PREFECTURAL, "2", &person.community_id);
        let newer = DemographicsUpdate {
            authoritative: false,
            ..adt(PREFECTURAL, "2", "20270101", who("仮", "", ("", ""), "", ""))
        };
        region.say(newer).unwrap();
        let shown = |region: &Region<'_>| {
            region.open(&person.community_id).unwrap().demographics.name.full()
        };
        assert_eq!(shown(&region), "山田 花子");
        region
            .say(adt(PREFECTURAL, "2", "20270101", who("川上", "花子", ("", ""), "", "")))
            .unwrap();
        assert_eq!(shown(&region), "川上 花子");
        let banner = region
            .run(move |tx, _| identity::shown_demographics(tx, person.person_id))
            .unwrap()
            .unwrap();
        assert_eq!(banner.demographics.name.full(), "川上 花子");
    });
}

#[test]
fn answers_each_update_in_order_and_refuses_who_is_not_enrolled() {
    for_each_engine(|store| {
        let region = Region::new(store);
        region.enrol(CENTRAL, "1");
        region.enrol(CENTRAL, "2");
        let gone = WithdrawRequest {
            domain_oid: CENTRAL.into(),
            local_id: "2".into(),
            actor: "nakamura".into(),
            now: NOW,
            basis: String::new(),
        };
        region.run(move |tx, _| identity::withdraw(tx, &gone)).unwrap();
        let update = |local_id: &str, family: &str| {
            adt(CENTRAL, local_id, "20260101", who(family, "", ("", ""), "", ""))
        };
        let updates = vec![
            update("404", "a"),
            update("1", "b"),
            update("2", "c"),
            update("1", "d"),
            update("1\0", "e"),
        ];
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let answers = runtime.block_on(region.feed.update(updates));
        let refused = Err(FeedError::NotEnrolled { domain_oid: CENTRAL.into() });
        assert_eq!(answers, vec![refused.clone(), Ok(()), refused.clone(), Ok(()), refused]);
        assert_eq!(identity(&region, "1").demographics.name.family, "d");
        assert_eq!(identity(&region, "2").demographics.name.family, "");
    });
}

#[test]
fn odd_bytes_in_a_name_are_kept_and_harm_nothing() {
    for_each_engine(|store| {
        let region = Region::new(store);
        region.enrol(CENTRAL, "1");
        let odd =
            who(&format!("山\0田{}", "長".repeat(5_000)), "\u{1}", ("ヤ\0マダ", ""), "1957", "F\0");
        region.say(adt(CENTRAL, "1", "2026\u{0}0101", odd.clone())).unwrap();
        let kept = identity(&region, "1");
        assert_eq!(kept.demographics.name, odd.name);
        assert_eq!(region.search("ヤマダ").found_count, 1);
    });
}
