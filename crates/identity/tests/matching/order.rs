//! The same records give the same persons through the database too, in whatever order they come.

use super::{domain, domains, hanako, name, update, yamada};
use crate::common::{NOW, request};
use identity::{EnrolRequest, IdentityError};
use model::PartialTime;
use model::demographics::PersonName;
use ports::DemographicsUpdate;
use std::collections::BTreeMap;
use store::{StoreError, Tx, person};
use testkit::{CountingIds, TestStore};

/// Families whose records are alike: couples, homophonous twins, father and son, kana alone, gaiji,
/// slips, two numbers in one hospital, strangers of one name.
fn feed() -> Vec<DemographicsUpdate> {
    let mut feed = Vec::new();
    let mut add = |number: i64, said| {
        let local_id = format!("{}", feed.len() + 1);
        feed.push(update(number, &local_id, "20260101", said));
    };
    for (given, kana) in [("太郎", "タロウ"), ("一美", "カズミ"), ("和美", "カズミ")]
    {
        for number in 1..=3 {
            let mut said = yamada();
            said.name = name("山田", given);
            said.kana = name("ヤマダ", kana);
            match (number, given) {
                (3, "太郎") => said.name = name("山●", given),
                (3, _) => said.name = PersonName::default(),
                _ => {}
            }
            add(number, said);
        }
    }
    add(1, hanako());
    add(2, hanako());
    let mut slipped = yamada();
    slipped.birth = Some(PartialTime::japan("19490312").unwrap());
    add(4, slipped);
    let mut son = yamada();
    son.birth = Some(PartialTime::japan("19760401").unwrap());
    add(1, son.clone());
    add(4, son);
    add(2, yamada());
    let mut stranger = yamada();
    stranger.address = "北町大字東郷45".to_owned();
    stranger.phones.clear();
    add(4, stranger);
    feed
}

/// Persons as sets of local IDs; nothing stays in the database.
#[derive(Debug, PartialEq, Eq)]
struct Grouped(Vec<Vec<String>>);

#[derive(Debug)]
enum Ended {
    Grouped(Grouped),
    Failed(IdentityError),
}

impl From<StoreError> for Ended {
    fn from(error: StoreError) -> Ended {
        Ended::Failed(error.into())
    }
}

impl From<IdentityError> for Ended {
    fn from(error: IdentityError) -> Ended {
        Ended::Failed(error)
    }
}

fn grouped(store: &TestStore, feed: &[DemographicsUpdate]) -> Grouped {
    let feed = feed.to_vec();
    let ended = store.write_blocking(move |tx| -> Result<(), Ended> { take(tx, &feed) });
    match ended {
        Err(Ended::Grouped(grouped)) => grouped,
        Err(Ended::Failed(error)) => panic!("{error:?}"),
        Ok(()) => unreachable!("it always ends in an error, so that nothing stays"),
    }
}

fn take(tx: &mut Tx, feed: &[DemographicsUpdate]) -> Result<(), Ended> {
    let ids = CountingIds::new();
    domains(tx, 4)?;
    for update in feed {
        let viewers = Vec::new();
        let enrolment = EnrolRequest { viewers, ..request(&update.domain_oid, &update.local_id) };
        identity::enrol(tx, &ids, &enrolment)?;
        let answers = identity::take_demographics(tx, std::slice::from_ref(update), NOW)?;
        assert_eq!(answers, [Ok(())]);
    }
    let mut persons: BTreeMap<i64, Vec<String>> = BTreeMap::new();
    for number in 1..=4 {
        for update in feed.iter().filter(|update| update.domain_oid == domain(number)) {
            let found = person::identity_by_local_id(tx, &update.domain_oid, &update.local_id)?;
            persons.entry(found.unwrap().person_id).or_default().push(update.local_id.clone());
        }
    }
    let mut persons: Vec<Vec<String>> = persons.into_values().collect();
    persons.iter_mut().for_each(|members| members.sort_unstable());
    persons.sort_unstable();
    Err(Ended::Grouped(Grouped(persons)))
}

/// Fisher and Yates, by SplitMix64.
fn shuffled(feed: &[DemographicsUpdate], seed: u64) -> Vec<DemographicsUpdate> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    };
    let mut feed = feed.to_vec();
    for at in (1..feed.len()).rev() {
        let other = usize::try_from(next() % (at as u64 + 1)).unwrap();
        feed.swap(at, other);
    }
    feed
}

fn every_order_is_alike(store: &TestStore, orders: u64) {
    let feed = feed();
    let expected = grouped(store, &feed);
    let sizes: Vec<usize> = expected.0.iter().map(Vec::len).collect();
    assert_eq!(sizes.iter().sum::<usize>(), feed.len());
    assert!(sizes.iter().any(|size| *size > 1), "{expected:?}");
    assert!(sizes.iter().filter(|size| **size == 1).count() > 3, "{expected:?}");
    for seed in 1..=orders {
        let order = shuffled(&feed, seed);
        let found = grouped(store, &order);
        let came: Vec<&str> = order.iter().map(|update| update.local_id.as_str()).collect();
        assert_eq!(found, expected, "order {seed}: {came:?}");
    }
}

#[test]
fn a_thousand_orders_of_one_feed_give_the_same_persons() {
    every_order_is_alike(&TestStore::sqlite_unsynced(), 1_000);
}

#[test]
fn forty_orders_of_one_feed_give_the_same_persons_on_postgresql() {
    every_order_is_alike(&TestStore::postgres(), 40);
}
