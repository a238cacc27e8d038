//! What a human is asked, what the answers do, and how they are taken back.

use super::{fed, fed_at, name, person_of, yamada, yamada_in_kana};
use crate::common::{NOW, Region};
use identity::IdentityError;
use identity::review::{
    self, DecideOutcome, DecideRequest, Question, ReviewCase, ReviewLine, ReviewState, UndoRequest,
    Verdict,
};
use model::PartialTime;
use model::demographics::Demographics;
use testkit::for_each_engine;

fn open(region: &Region<'_>) -> Vec<ReviewLine> {
    region.run(|tx, _| review::list(tx, None, 100)).unwrap().reviews
}

fn case(region: &Region<'_>, review_id: i64) -> ReviewCase {
    region.run(move |tx, _| review::case(tx, review_id, "sato", NOW)).unwrap()
}

fn decide(
    region: &Region<'_>,
    review_id: i64,
    verdict: Verdict,
) -> Result<DecideOutcome, IdentityError> {
    let request = DecideRequest {
        review_id,
        verdict,
        actor: "sato".to_owned(),
        now: NOW,
        note: "both cards shown".to_owned(),
    };
    region.run(move |tx, ids| review::decide(tx, ids, &request))
}

fn undo(region: &Region<'_>, decision_id: i64) -> Result<i64, IdentityError> {
    let request = UndoRequest { decision_id, actor: "sato".to_owned(), now: NOW };
    region.run(move |tx, ids| review::undo(tx, ids, &request))
}

fn between(region: &Region<'_>, one: i64, other: i64) -> ReviewLine {
    let pair = (one.min(other), one.max(other));
    let lines = open(region);
    let found = lines.iter().find(|line| (line.one.identity_id, line.other.identity_id) == pair);
    found.unwrap_or_else(|| panic!("nothing is asked about {pair:?}: {lines:?}")).clone()
}

#[test]
fn a_case_shows_both_sides_and_bits_that_add_up_to_its_score() {
    for_each_engine(|store| {
        let region = Region::new(store);
        let one = fed(&region, 1, "1", yamada());
        let other = fed(&region, 2, "77", yamada_in_kana());
        let line = between(&region, one, other);
        assert!(matches!(line.question, Question::MayBeOne { .. }));
        let case = case(&region, line.id);
        assert_eq!(case.state, ReviewState::Open);
        let explanation = case.explanation.unwrap();
        let fields: i32 = explanation.fields.iter().map(|field| field.millibits).sum();
        let sum = fields + explanation.household_millibits + explanation.prior_millibits;
        assert_eq!(
            (sum, explanation.total_millibits),
            (line.score_millibits, line.score_millibits)
        );
        assert_eq!(case.one.identity.demographics, yamada());
        assert_eq!(case.other.identity.demographics, yamada_in_kana());
        let same = case.effects.same.unwrap();
        assert_eq!(same.len(), 1);
        assert_eq!(same[0].community_id.as_ref(), Some(&case.one.community_id));
        assert_eq!(same[0].identities.len(), 2);
        assert_eq!(case.effects.not_same.len(), 2);
    });
}

#[test]
fn whoever_says_that_two_are_one_has_seen_in_what_they_differ() {
    for_each_engine(|store| {
        let region = Region::new(store);
        let one = fed(&region, 1, "1", yamada());
        let slipped = Demographics { birth: PartialTime::japan("19480321").ok(), ..yamada() };
        let other = fed(&region, 2, "77", slipped);
        let asked = between(&region, one, other);
        assert!(matches!(asked.question, Question::MayBeOne { .. }), "{:?}", asked.question);
        let done = decide(&region, asked.id, Verdict::Same).unwrap();
        assert_eq!(person_of(&region, one), person_of(&region, other));
        assert!(open(&region).is_empty(), "no alarm about what was answered: {:?}", open(&region));
        undo(&region, done.decision_id).unwrap();
        assert_ne!(person_of(&region, one), person_of(&region, other));
        assert_eq!(open(&region).len(), 1);
    });
}

#[test]
fn the_list_is_paged_by_key_and_what_was_put_off_comes_last() {
    for_each_engine(|store| {
        let region = Region::new(store);
        for (number, family) in ["山田", "川上", "古川"].into_iter().enumerate() {
            let mut said = yamada();
            said.name = name(family, ["太郎", "次郎", "三郎"][number]);
            said.kana = name(
                ["ヤマダ", "カワカミ", "フルカワ"][number],
                ["タロウ", "ジロウ", "サブロウ"][number],
            );
            said.birth = Some(model::PartialTime::japan(&format!("19{number}80312")).unwrap());
            said.address = format!("港市中央町{number}-7");
            said.phones = vec![format!("0859-20-123{number}")];
            fed(&region, 1, family, said.clone());
            said.name = name("", "");
            fed(&region, 2, family, said);
        }
        let first = open(&region)[0].id;
        decide(&region, first, Verdict::Later).unwrap();
        let mut found = Vec::new();
        let mut after = None;
        loop {
            let page = region.run(move |tx, _| review::list(tx, after, 1)).unwrap();
            assert_eq!((page.open_count, page.alarm_count), (3, 0));
            found.extend(page.reviews);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(found.len(), 3);
        assert_eq!(found[2].id, first);
        assert_eq!(found.iter().filter(|line| line.is_put_off).count(), 1);
    });
}

#[test]
fn the_same_joins_both_persons_and_closes_what_else_was_asked_and_can_be_taken_back() {
    for_each_engine(|store| {
        let region = Region::new(store);
        let one = fed(&region, 1, "1", yamada());
        let other = fed(&region, 2, "77", yamada_in_kana());
        let third = fed(&region, 3, "9", yamada());
        assert_eq!(person_of(&region, one), person_of(&region, third));
        let asked = open(&region);
        assert_eq!(asked.len(), 1, "two persons are asked about once: {asked:?}");
        let decided = decide(&region, asked[0].id, Verdict::Same).unwrap();
        assert_eq!(decided.events.len(), 1);
        let persons = [one, other, third].map(|identity| person_of(&region, identity));
        assert_eq!(persons[0], persons[1]);
        assert_eq!(persons[0], persons[2]);
        assert!(open(&region).is_empty());
        let again = decide(&region, asked[0].id, Verdict::Same).unwrap_err();
        assert!(matches!(again, IdentityError::ReviewClosed { .. }), "{again}");
        assert_eq!(undo(&region, decided.decision_id).unwrap(), asked[0].id);
        assert_ne!(person_of(&region, one), person_of(&region, other));
        assert_eq!(person_of(&region, one), person_of(&region, third));
        assert_eq!(open(&region).len(), 1, "it waits again");
        let twice = undo(&region, decided.decision_id).unwrap_err();
        assert!(matches!(twice, IdentityError::NoSuchDecision(_)), "{twice}");
        let kept = case(&region, asked[0].id).decisions;
        assert_eq!((kept[0].note.as_str(), kept[0].undone.is_some()), ("both cards shown", true));
    });
}

#[test]
fn two_who_are_not_the_same_are_not_tied_again_by_a_third_record() {
    for_each_engine(|store| {
        let region = Region::new(store);
        let one = fed(&region, 1, "1", yamada());
        let other = fed(&region, 2, "77", yamada_in_kana());
        let line = between(&region, one, other);
        let decided = decide(&region, line.id, Verdict::NotSame).unwrap();
        assert!(open(&region).is_empty());
        fed_at(&region, 2, "77", ("20260201", yamada()));
        assert_ne!(person_of(&region, one), person_of(&region, other), "it would be certain");
        let third = fed(&region, 3, "9", yamada());
        assert_ne!(person_of(&region, one), person_of(&region, other));
        for line in open(&region) {
            let pair = [line.one.identity_id, line.other.identity_id];
            assert!(pair.contains(&third), "only the third is asked about: {line:?}");
        }
        let asked = between(&region, one, third);
        decide(&region, asked.id, Verdict::Same).unwrap();
        assert_eq!(person_of(&region, one), person_of(&region, third));
        assert_ne!(person_of(&region, one), person_of(&region, other));
        assert!(open(&region).is_empty(), "one record is never offered to two persons");
        let restored = undo(&region, decided.decision_id).unwrap();
        assert_eq!(restored, line.id);
    });
}

#[test]
fn an_alarm_is_answered_by_parting_or_by_standing_to_it() {
    for_each_engine(|store| {
        let region = Region::new(store);
        for verdict in [Verdict::Same, Verdict::NotSame] {
            let local = |number: i64| format!("{}-{number}", verdict.name());
            let one = fed(&region, 1, &local(1), yamada_of(verdict));
            let other = fed(&region, 2, &local(2), yamada_of(verdict));
            assert_eq!(person_of(&region, one), person_of(&region, other));
            let mut changed = yamada_of(verdict);
            changed.sex = "F".to_owned();
            fed_at(&region, 2, &local(2), ("20260201", changed.clone()));
            let line = between(&region, one, other);
            let before = case(&region, line.id);
            assert!(matches!(line.question, Question::Contradiction { sex: true, .. }));
            assert_eq!(before.effects.not_same.len(), 2);
            decide(&region, line.id, verdict).unwrap();
            let is_one = person_of(&region, one) == person_of(&region, other);
            assert_eq!(is_one, verdict == Verdict::Same);
            changed.phones.push("0859-20-9999".to_owned());
            fed_at(&region, 2, &local(2), ("20260301", changed));
            let is_one = person_of(&region, one) == person_of(&region, other);
            assert_eq!(is_one, verdict == Verdict::Same);
            assert!(open(&region).is_empty(), "nobody is asked twice: {:?}", open(&region));
        }
    });
}

/// Two men who share nothing.
fn yamada_of(verdict: Verdict) -> model::demographics::Demographics {
    let mut said = yamada();
    if verdict == Verdict::NotSame {
        said.name = name("古川", "一郎");
        said.kana = name("フルカワ", "イチロウ");
        said.birth = Some(model::PartialTime::japan("19600422").unwrap());
        said.phones = vec!["0859-99-0000".to_owned()];
        said.address = "北町大字東郷45".to_owned();
    }
    said
}
