//! Weights estimated from counts.

use super::people::{born, name, record, yamada, yamada_elsewhere};
use identity::linkage::{
    EstimateError, Field, Level, PatternCounts, Weights, compare, estimate, guard,
    is_household_pair, one_to_one,
};

/// Pairs of one human, of which the birth date differs in one of ten, and of two.
fn counts() -> (PatternCounts, PatternCounts) {
    let (mut candidates, mut random) = (PatternCounts::default(), PatternCounts::default());
    let one = record(1, 1, &yamada());
    let mut stranger = yamada_elsewhere();
    stranger.demographics.name = name("森", "節子");
    stranger.demographics.kana = name("モリ", "セツコ");
    stranger.demographics.birth = born("19620818");
    stranger.demographics.address = "北町大字北浜7".to_owned();
    stranger.demographics.phones = vec!["0858-31-9876".to_owned()];
    stranger.insurance = None;
    let stranger = record(2, 2, &stranger);
    for number in 0..2_000 {
        let mut other = yamada_elsewhere();
        if number % 10 == 0 {
            other.demographics.birth = born("19620818");
        }
        candidates.add(&compare(&one, &record(2, 1, &other)));
        candidates.add(&compare(&one, &stranger));
        random.add(&compare(&one, &stranger));
    }
    (candidates, random)
}

#[test]
fn levels_get_the_shares_that_were_seen() {
    let (candidates, random) = counts();
    let found = estimate("test-1", &candidates, &random, &Weights::japan()).unwrap();
    assert!((found.matches - 0.5).abs() < 0.01, "{}", found.matches);
    let birth = found.weights.of(Field::BirthDate, Level::Differ).unwrap();
    assert!((birth.m - 0.1).abs() < 0.01 && birth.u > 0.98, "{birth:?}");
    let given = found.weights.of(Field::GivenName, Level::Exact).unwrap();
    assert!(given.m <= 0.99 && given.m > 0.95, "held back from certainty: {given:?}");
    assert_eq!(found.weights.version(), "test-1");
}

#[test]
fn too_few_pairs_give_no_weights() {
    let (candidates, _) = counts();
    let none = PatternCounts::default();
    let error = estimate("test-1", &candidates, &none, &Weights::japan()).unwrap_err();
    assert_eq!(error, EstimateError::TooFew { pairs: 0, needed: 200 });
}

#[test]
fn a_model_that_decides_otherwise_too_often_is_refused() {
    assert_eq!(guard([1_000, 50], [1_040, 52], 5), Ok(()));
    let moved =
        |what, moved_percent| Err(EstimateError::Moved { what, moved_percent, limit_percent: 5 });
    assert_eq!(guard([1_000, 50], [1_100, 50], 5), moved("automatic links", 10));
    assert_eq!(guard([1_000, 50], [1_000, 10], 5), moved("reviews", 80));
}

#[test]
fn each_record_is_learnt_from_once() {
    let pairs = [(1, 11, 30_000), (1, 12, 20_000), (2, 12, 25_000), (3, 12, 10_000)];
    assert_eq!(one_to_one(&pairs), [0, 2]);
}

#[test]
fn members_of_one_household_are_no_match_to_learn_from() {
    let wife = {
        let mut evidence = yamada_elsewhere();
        evidence.demographics.name = name("山田", "花子");
        evidence.demographics.kana = name("ヤマダ", "ハナコ");
        evidence.demographics.birth = born("19500707");
        record(2, 1, &evidence)
    };
    let one = record(1, 1, &yamada());
    assert!(is_household_pair(&compare(&one, &wife)));
    assert!(!is_household_pair(&compare(&one, &record(2, 2, &yamada_elsewhere()))));
}

#[test]
fn weights_survive_being_stored() {
    let weights = Weights::japan();
    let json = serde_json::to_string(&weights).unwrap();
    let read: Weights = serde_json::from_str(&json).unwrap();
    assert_eq!(read, weights);
}
