//! Weights estimated of the records, the guard, the job of the night; keys made again.

use crate::common::{NOW, Region};
use crate::matching::{domain, domains, identity, name, person_of, yamada};
use identity::estimation::{Nightly, Version, estimate_now, run_if_due, versions};
use identity::{EnrolRequest, Rebuilt};
use model::PartialTime;
use model::demographics::Demographics;
use testkit::{TestStore, for_each_engine};

const FAMILIES: [(&str, &str); 8] = [
    ("山田", "ヤマダ"),
    ("川上", "カワカミ"),
    ("古川", "フルカワ"),
    ("佐藤", "サトウ"),
    ("鈴木", "スズキ"),
    ("高橋", "タカハシ"),
    ("田中", "タナカ"),
    ("渡辺", "ワタナベ"),
];

/// A man of a number, nobody like him.
fn person(number: usize) -> Demographics {
    let (family, kana) = FAMILIES[number % FAMILIES.len()];
    let given = ["一郎", "次郎", "三郎", "四郎", "五郎"][number / 8 % 5];
    let read = ["イチロウ", "ジロウ", "サブロウ", "シロウ", "ゴロウ"][number / 8 % 5];
    let birth = format!("19{:02}{:02}{:02}", 30 + number % 60, 1 + number % 12, 2 + number % 26);
    Demographics {
        name: name(family, given),
        kana: name(kana, read),
        birth: Some(PartialTime::japan(&birth).unwrap()),
        phones: vec![format!("0859-2{}-{number:04}", number % 10)],
        address: format!("港市中央町{}-{}", number % 9 + 1, number),
        ..yamada()
    }
}

/// So many people, each with a record in two hospitals.
fn region_of(store: &TestStore, people: usize) -> Region<'_> {
    let region = Region::new(store);
    let filled = region.run(move |tx, ids| {
        domains(tx, 2)?;
        for number in 0..people {
            for hospital in [1, 2] {
                let update = crate::matching::update(
                    hospital,
                    &number.to_string(),
                    "20260101",
                    person(number),
                );
                let request = crate::common::request(&update.domain_oid, &update.local_id);
                identity::enrol(tx, ids, &EnrolRequest { viewers: Vec::new(), ..request })?;
                let said = identity::take_demographics(tx, &[update], NOW)?;
                assert_eq!(said, [Ok(())]);
            }
        }
        Ok(())
    });
    filled.unwrap();
    region
}

#[test]
fn few_records_give_no_weights_and_the_night_comes_again() {
    for_each_engine(|store| {
        let region = Region::new(store);
        assert_eq!(run_if_due(&store.store(), NOW).unwrap(), Nightly::NotDue);
        let tomorrow = NOW.plus_us(24 * 3_600_000_000);
        assert_eq!(run_if_due(&store.store(), tomorrow).unwrap(), Nightly::Ran(None));
        assert_eq!(run_if_due(&store.store(), tomorrow).unwrap(), Nightly::NotDue);
        let later = tomorrow.plus_us(24 * 3_600_000_000);
        assert_eq!(run_if_due(&store.store(), later).unwrap(), Nightly::Ran(None));
        assert!(region.run(|tx, _| versions(tx, 10)).unwrap().is_empty());
    });
}

#[test]
fn estimated_weights_are_versions_and_decide_only_if_the_guard_lets_them() {
    for_each_engine(|store| {
        let region = region_of(store, 260);
        let made: Version = estimate_now(&store.store(), NOW).unwrap().unwrap();
        let report = &made.report;
        assert_eq!(report.identities, 520);
        assert!(report.before[0] >= 200, "{report:?}");
        assert_eq!(made.state == "active", report.refusal.is_empty(), "{made:?}");
        let moved = report.before[0].abs_diff(report.after[0]) * 100 / report.before[0].max(1);
        assert_eq!(report.refusal.contains("automatic links"), moved > 10, "{report:?}");
        let kept = region.run(|tx, _| versions(tx, 10)).unwrap();
        assert_eq!(kept, [made]);
        // Whichever decides now, what was linked before stays so.
        let again = crate::matching::fed_at(
            &region,
            1,
            "0",
            ("20260301", Demographics { phones: vec!["0859-99-1".to_owned()], ..person(0) }),
        );
        let other = identity(&region, 2, "0").id;
        assert_eq!(person_of(&region, again), person_of(&region, other));
    });
}

#[test]
fn keys_of_older_rules_are_made_again_in_steps_and_only_once() {
    for_each_engine(|store| {
        let region = region_of(store, 120);
        let whole = |region: &Region<'_>| -> Vec<Rebuilt> {
            let mut steps = Vec::new();
            let mut after = i64::MIN;
            loop {
                let step = region.run(move |tx, _| identity::rebuild(tx, after, NOW)).unwrap();
                steps.push(step);
                match step.last {
                    Some(last) => after = last,
                    None => return steps,
                }
            }
        };
        assert_eq!(whole(&region).len(), 1, "nothing is older");
        region
            .run(|tx, _| {
                for row in store::link::evidence_page(tx, 0, 1_000)? {
                    let old = store::link::NewEvidence {
                        identity_id: row.identity_id,
                        domain_id: row.domain_id,
                        norm_version: 0,
                        evidence: &row.evidence,
                        keys: &[],
                    };
                    store::link::put_evidence(tx, &old, NOW)?;
                }
                Ok(())
            })
            .unwrap();
        let steps = whole(&region);
        let counts: Vec<u64> = steps.iter().map(|step| step.identities).collect();
        assert_eq!(counts, [200, 40, 0]);
        assert_eq!(whole(&region).len(), 1);
        let one = identity(&region, 1, "7").id;
        let domain = domain(2);
        let other = region
            .run(move |tx, _| {
                Ok(store::person::identity_by_local_id(tx, &domain, "7")?.unwrap().id)
            })
            .unwrap();
        assert_eq!(person_of(&region, one), person_of(&region, other), "links stand meanwhile");
        let third = crate::matching::fed(&region, 3, "7", person(7));
        assert_eq!(person_of(&region, one), person_of(&region, third), "and are found by keys");
    });
}
