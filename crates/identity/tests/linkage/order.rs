//! The same records give the same persons, in whatever order they come.

use super::people::{around, born, model, name, record, yamada, yamada_elsewhere};
use identity::linkage::{Insurance, MemoryIndex, Record, settle};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Families whose records are alike in every way that has gone wrong somewhere: twins, homophones,
/// father and son, kana alone, gaiji, slips, two numbers in one hospital, strangers of one name.
fn feed() -> Vec<Record> {
    let mut records = Vec::new();
    let mut domain_numbers = BTreeMap::new();
    let mut add = |domain: i64, evidence| {
        let number = domain_numbers.entry(domain).or_insert(0);
        *number += 1;
        records.push(record(domain, *number, &evidence));
    };
    for (given, kana, branch) in
        [("太郎", "タロウ", "01"), ("一美", "カズミ", "02"), ("和美", "カズミ", "03")]
    {
        for domain in 1..=4 {
            let mut evidence = if domain % 2 == 0 { yamada() } else { yamada_elsewhere() };
            evidence.demographics.name = name("山田", given);
            evidence.demographics.kana = name("ヤマダ", kana);
            evidence.insurance = (domain > 1)
                .then(|| Insurance::parse(&format!("01310001:港:1234:{branch}")).unwrap());
            match (domain, branch) {
                (3, "01") => evidence.demographics.name = name("山●", given),
                (3, _) => evidence.demographics.name = name("", ""),
                (4, "01") => evidence.demographics.birth = born("19490312"),
                (1, "03") => evidence.demographics.name = name("", ""),
                _ => {}
            }
            add(domain, evidence);
        }
    }
    let mut son = yamada();
    son.demographics.birth = born("19760401");
    son.insurance = None;
    add(1, son.clone());
    add(2, son);
    add(2, yamada());
    let mut stranger = yamada();
    stranger.demographics.address = "北町大字東郷45".to_owned();
    stranger.demographics.phones.clear();
    stranger.insurance = None;
    add(5, stranger.clone());
    stranger.demographics.kana = name("", "");
    add(6, stranger);
    records
}

/// Feeds records one by one; after each, the persons of everybody concerned are what the
/// settlement says.
fn persons(records: &[Record]) -> Vec<Vec<i64>> {
    let mut index = MemoryIndex::new();
    let mut person_of: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    for record in records {
        index.insert(record.clone());
        let found = around(&mut index, &Arc::new(record.clone()));
        for group in settle(&found, &[], &model()).groups {
            for member in &group.members {
                person_of.insert(*member, group.members.clone());
            }
        }
    }
    let mut persons: Vec<Vec<i64>> = person_of.into_values().collect();
    persons.sort_unstable();
    persons.dedup();
    persons
}

#[test]
fn the_feed_holds_links_and_questions() {
    let persons = persons(&feed());
    let sizes: Vec<usize> = persons.iter().map(Vec::len).collect();
    assert_eq!(sizes.iter().sum::<usize>(), feed().len(), "one record, one person: {persons:?}");
    assert!(sizes.iter().any(|size| *size > 1), "{persons:?}");
    let men: Vec<_> = persons.iter().filter(|members| members.contains(&1_001)).collect();
    assert!(!men[0].contains(&1_002) && !men[0].contains(&1_003), "{persons:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn the_same_feed_gives_the_same_persons_in_every_order(
        order in Just(feed()).prop_shuffle()
    ) {
        prop_assert_eq!(persons(&order), persons(&feed()));
    }
}
