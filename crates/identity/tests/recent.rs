//! Persons that an account saw: what is new since, and who may still be seen. On both engines.

use crate::common;

use common::{CENTRAL, NOW, Region, who};
use model::{CommunityId, Timestamp};
use store::account::{self, NewAccount};
use store::{Tx, consent};
use testkit::for_each_engine;

const MINUTE_US: i64 = 60 * Timestamp::SECOND_US;
const VISIT_US: i64 = 15 * MINUTE_US;

fn make_account(region: &Region<'_>) -> i64 {
    let facility_id = region.facilities[2];
    region
        .run(move |tx: &mut Tx, _| {
            let new = NewAccount {
                login: "sato",
                display_name: "佐藤",
                facility_id,
                role: "doctor",
                password_hash: "",
                totp_secret: &[],
                language: "ja",
            };
            Ok(account::insert(tx, &new, NOW)?.unwrap())
        })
        .unwrap()
}

#[test]
fn the_visit_before_this_one_stays_while_pages_are_turned() {
    for_each_engine(|store| {
        let region = Region::new(store);
        let account_id = make_account(&region);
        let person_id = region.enrol(CENTRAL, "1").person_id;
        let see = |minutes: i64| {
            let now = NOW.plus_us(minutes * MINUTE_US);
            let record = move |tx: &mut Tx, _: &testkit::CountingIds| {
                Ok(account::record_view(tx, account_id, person_id, now, VISIT_US)?)
            };
            region.run(record).unwrap().map(|at| (at.0 - NOW.0) / MINUTE_US)
        };
        assert_eq!(see(0), None);
        assert_eq!(see(10), None);
        assert_eq!(see(60), Some(10));
        assert_eq!(see(70), Some(10));
        assert_eq!(see(85), Some(10));
        assert_eq!(see(101), Some(85));
    });
}

#[test]
fn only_persons_that_may_still_be_seen_are_listed_the_newest_first() {
    for_each_engine(|store| {
        let region = Region::new(store);
        let account_id = make_account(&region);
        let people: Vec<(i64, CommunityId)> = ["1", "2", "3"]
            .into_iter()
            .map(|id| {
                let person =
                    region.patient(CENTRAL, id, who("山田", id, ("ヤマダ", id), "19480312", "M"));
                (person.person_id, person.community_id)
            })
            .collect();
        let ids: Vec<i64> = people.iter().map(|(id, _)| *id).collect();
        let (first, second) = (ids[0], ids[1]);
        region
            .run(move |tx, _| {
                for (place, id) in ids.iter().enumerate() {
                    let at = NOW.plus_us(place as i64 * MINUTE_US);
                    account::record_view(tx, account_id, *id, at, VISIT_US)?;
                }
                let at = NOW.plus_us(60 * MINUTE_US);
                account::record_view(tx, account_id, first, at, VISIT_US)?;
                consent::withdraw_of_person(tx, second, NOW)?;
                Ok(())
            })
            .unwrap();
        let viewer = access::Viewer { account_id, ..region.doctor() };
        let recent =
            region.run(move |tx, _| Ok(access::recent_persons(tx, &viewer, 10, NOW)?)).unwrap();
        let listed: Vec<&CommunityId> = recent.iter().map(|one| &one.person.community_id).collect();
        assert_eq!(listed, vec![&people[0].1, &people[2].1]);
        assert_eq!(recent[0].previous, Some(NOW));
        assert_eq!(recent[1].previous, None);
        assert_eq!(recent[0].person.demographics.name.full(), "山田 1");
        let facility = region.facilities[2];
        let count =
            region.run(move |tx, _| Ok(consent::count_persons_for_viewer(tx, facility, NOW)?));
        assert_eq!(count.unwrap(), 2);
    });
}
