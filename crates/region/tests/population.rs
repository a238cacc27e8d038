//! People at scale: the same seed gives the same people, and every oddity that linkage must bear
//! is among them.

use region::population::{DOMAINS, PopulationPlan, PopulationRecord};
use std::collections::{HashMap, HashSet};

fn records(seed: u64, persons: u64) -> Vec<PopulationRecord> {
    PopulationPlan::new(seed, persons).records().collect()
}

#[test]
fn the_same_seed_gives_the_same_people_and_another_one_others() {
    assert_eq!(records(7, 500), records(7, 500));
    assert_ne!(records(7, 500), records(8, 500));
    let longer = records(7, 1_000);
    assert_eq!(records(7, 500)[..500], longer[..500], "a longer stream begins like a short one");
}

#[test]
fn every_oddity_is_among_them() {
    let records = records(1, 20_000);
    let share = |is: &dyn Fn(&PopulationRecord) -> bool| {
        records.iter().filter(|record| is(record)).count() as f64 / records.len() as f64
    };
    let name = |record: &PopulationRecord| record.demographics.name.full();
    for (what, least, most, is) in [
        (
            "kana alone",
            0.005,
            0.05,
            &(|r: &PopulationRecord| name(r).is_empty()) as &dyn Fn(&_) -> bool,
        ),
        ("gaiji", 0.002, 0.1, &|r| name(r).contains(['〓', '●'])),
        ("variants", 0.001, 0.2, &|r| name(r).contains(['髙', '邊', '齋', '濱', '﨑'])),
        ("half width", 0.1, 0.6, &|r| r.demographics.kana.full().contains(['ｱ', 'ｷ', 'ﾀ', 'ｶ'])),
        ("twins", 0.002, 0.05, &|r| r.is_twin),
        ("former names", 0.000_1, 0.02, &|r| !r.former_names.is_empty()),
        ("no insurance", 0.1, 0.5, &|r| r.insurance.is_empty()),
        ("no birth date", 0.000_1, 0.01, &|r| r.demographics.birth.is_none()),
    ] {
        let found = share(is);
        assert!((least..most).contains(&found), "{what}: {found}");
    }
    assert!(records.iter().all(|record| (1..=DOMAINS).contains(&record.domain)));
}

#[test]
fn people_have_records_in_several_domains_and_households_share_what_households_share() {
    let records = records(2, 20_000);
    let mut domains: HashMap<u64, HashSet<u32>> = HashMap::new();
    let mut households: HashMap<u64, HashSet<u64>> = HashMap::new();
    for record in &records {
        domains.entry(record.person).or_default().insert(record.domain);
        households.entry(record.household).or_default().insert(record.person);
    }
    let in_several = domains.values().filter(|domains| domains.len() > 1).count();
    assert!(in_several * 2 > domains.len(), "{in_several} of {}", domains.len());
    assert!(households.values().any(|people| people.len() > 3));
    let born = |record: &PopulationRecord| record.demographics.birth.as_ref().map(|b| b.jst_day());
    let twins: Vec<_> = records.iter().filter(|record| record.is_twin).collect();
    let pairs = twins.iter().filter(|one| {
        twins.iter().any(|other| {
            one.household == other.household
                && one.person != other.person
                && born(one) == born(other)
        })
    });
    assert!(pairs.count() * 10 > twins.len() * 9, "twins are born on one day");
}
