//! Records grouped into persons.

use super::people::{around, born, model, name, record, settled, yamada, yamada_elsewhere};
use identity::linkage::{
    Decision, Insurance, MemoryIndex, ReviewReason, Settlement, Tie, Veto, decide,
};
use std::sync::Arc;

fn groups(settlement: &Settlement) -> Vec<Vec<i64>> {
    settlement.groups.iter().map(|group| group.members.clone()).collect()
}

#[test]
fn a_record_joins_its_person_or_is_a_new_one() {
    let (one, other) = (record(1, 1, &yamada()), record(2, 1, &yamada_elsewhere()));
    let settlement = settled(&[one.clone(), other], &[]);
    assert_eq!(groups(&settlement), [[1_001, 2_001]]);
    assert!(settlement.reviews.is_empty());
    let joined = Decision::Automatic { members: vec![1_001], reviews: Vec::new() };
    assert_eq!(decide(2_001, &settlement), joined);
    let mut stranger = yamada();
    stranger.demographics.name = name("森", "節子");
    stranger.demographics.kana = name("モリ", "セツコ");
    stranger.demographics.birth = born("19620818");
    let alone = settled(&[one, record(2, 1, &stranger)], &[]);
    assert_eq!(decide(2_001, &alone), Decision::New);
}

#[test]
fn two_patients_of_one_hospital_leave_a_third_record_to_a_human() {
    let records =
        [record(1, 1, &yamada()), record(1, 2, &yamada()), record(2, 1, &yamada_elsewhere())];
    let settlement = settled(&records, &[]);
    assert_eq!(groups(&settlement), [[1_001], [1_002], [2_001]]);
    let reasons: Vec<_> = settlement.reviews.iter().map(|review| review.reason).collect();
    assert!(reasons.contains(&ReviewReason::Vetoed(Veto::SameDomain)), "{reasons:?}");
    assert_eq!(reasons.iter().filter(|r| **r == ReviewReason::RunnerUp).count(), 2);
}

/// OpenCR, client-registry#2: a record matches person 1 and what a human has split from person 1.
#[test]
fn what_a_human_has_parted_no_third_record_ties_again() {
    let records = [
        record(1, 1, &yamada()),
        record(2, 1, &yamada_elsewhere()),
        record(3, 1, &yamada()),
        record(4, 1, &yamada_elsewhere()),
    ];
    let parted = Tie::Apart(2_001, 3_001);
    let settlement = settled(&records, &[parted]);
    for group in groups(&settlement) {
        assert!(!(group.contains(&2_001) && group.contains(&3_001)), "{settlement:?}");
    }
    assert!(
        !settlement.reviews.iter().any(|review| (review.one, review.other) == (2_001, 3_001)),
        "what was answered is not asked again"
    );
    assert_eq!(groups(&settlement), [vec![1_001, 4_001], vec![2_001], vec![3_001]]);
    assert!(
        settlement.reviews.iter().all(|review| review.reason == ReviewReason::RunnerUp),
        "whose the others are, a human says: {settlement:?}"
    );
    assert_eq!(groups(&settled(&records, &[])), [[1_001, 2_001, 3_001, 4_001]]);
}

#[test]
fn what_a_human_has_tied_stays_whatever_the_evidence() {
    let mut other = yamada_elsewhere();
    other.demographics.name = name("佐藤", "太郎");
    other.demographics.kana = name("サトウ", "タロウ");
    let records = [record(1, 1, &yamada()), record(2, 1, &other)];
    assert_eq!(groups(&settled(&records, &[])), [[1_001], [2_001]]);
    assert_eq!(groups(&settled(&records, &[Tie::Same(2_001, 1_001)])), [[1_001, 2_001]]);
}

#[test]
fn a_newcomer_must_agree_with_every_member() {
    // The second record has neither kanji nor insurance; the third's kanji contradict the first's.
    let mut first = yamada();
    first.demographics.name = name("山田", "一美");
    let mut second = yamada_elsewhere();
    second.demographics.name = name("", "");
    second.demographics.phones.push("090-1234-5678".to_owned());
    let mut third = yamada_elsewhere();
    third.demographics.name = name("山田", "和美");
    for evidence in [&mut first, &mut second, &mut third] {
        evidence.demographics.kana = name("ヤマダ", "カズミ");
        evidence.insurance = None;
        evidence.demographics.phones.push("090-1234-5678".to_owned());
    }
    let records = [record(1, 1, &first), record(2, 1, &second), record(3, 1, &third)];
    let settlement = settled(&records, &[]);
    assert_eq!(groups(&settlement), [[1_001], [2_001], [3_001]], "the second is either's");
    assert_eq!(groups(&settled(&records[..2], &[])), [[1_001, 2_001]], "alone it is the first's");
}

#[test]
fn a_key_that_too_many_hold_links_nobody() {
    let mut index = MemoryIndex::new();
    let mut crowd = yamada();
    crowd.insurance = Insurance::parse("06010001:記号:9999:");
    for number in 0..600 {
        let mut evidence = crowd.clone();
        evidence.demographics.birth = born(&format!("{}0520", 1930 + number % 60));
        evidence.demographics.kana = name("サクラ", "アイウコ");
        evidence.demographics.name = name("", "");
        evidence.demographics.phones.clear();
        evidence.demographics.address = format!("{number}");
        index.insert(record(5, number, &evidence));
    }
    let (mut one, mut other) = (yamada(), yamada_elsewhere());
    for evidence in [&mut one, &mut other] {
        evidence.insurance = crowd.insurance.clone();
    }
    index.insert(record(1, 1, &one));
    let seed = Arc::new(record(2, 1, &other));
    index.insert(seed.as_ref().clone());
    let found = around(&mut index, &seed);
    assert!(found.incomplete.contains(&2_001));
    let settlement = identity::linkage::settle(&found, &[], &model());
    match decide(2_001, &settlement) {
        Decision::Review(reviews) => assert_eq!(reviews[0].reason, ReviewReason::Incomplete),
        other => panic!("{other:?}"),
    }
}
