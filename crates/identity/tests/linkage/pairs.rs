//! Two records, judged.

use super::people::{born, model, name, record, yamada, yamada_elsewhere};
use identity::linkage::{
    Assessment, ConditionName, Evidence, Field, Insurance, Level, Standing, Veto, assess,
};

fn judge(one: &Evidence, other: &Evidence) -> Assessment {
    let (one, other) = (record(1, 1, one), record(2, 1, other));
    let judged = assess(&one, &other, &model());
    assert_eq!(assess(&other, &one, &model()).score, judged.score, "a judgement has no direction");
    judged
}

/// The conditions of the gate that do not hold.
fn failed(judged: &Assessment) -> Vec<ConditionName> {
    let conditions = judged.gate.conditions.iter();
    conditions.filter(|condition| !condition.holds).map(|condition| condition.name).collect()
}

#[test]
fn writings_of_one_record_are_linked() {
    let judged = judge(&yamada(), &yamada_elsewhere());
    assert_eq!(judged.standing, Standing::Automatic, "{judged:?}");
    for field in [Field::GivenName, Field::FamilyName, Field::BirthDate, Field::Area] {
        assert_eq!(judged.comparison.level(field), Level::Exact, "{field:?}");
    }
    assert!(judged.score.total_millibits > 10_000);
}

#[test]
fn variants_are_the_same_name_on_a_level_of_their_own() {
    let mut one = yamada();
    let mut other = yamada_elsewhere();
    one.demographics.name = name("渡邊", "太郎");
    other.demographics.name = name("渡辺", "太郎");
    for evidence in [&mut one, &mut other] {
        evidence.demographics.kana = name("ワタナベ", "タロウ");
    }
    let judged = judge(&one, &other);
    assert_eq!(judged.comparison.family.writing, Level::Variant);
    assert_eq!(judged.standing, Standing::Automatic);
    other.demographics.name = name("渡部", "太郎");
    assert_eq!(judge(&one, &other).comparison.family.writing, Level::Differ);
}

#[test]
fn gaiji_neither_agree_nor_differ() {
    let mut other = yamada_elsewhere();
    other.demographics.name = name("山●", "太郎");
    let judged = judge(&yamada(), &other);
    assert_eq!(judged.comparison.family.writing, Level::Silent);
    assert_eq!(judged.standing, Standing::Automatic, "the reading says the rest");
    other.demographics.name = name("川●", "太郎");
    assert_eq!(judge(&yamada(), &other).comparison.family.writing, Level::Differ);
    other.demographics.name = name("山田", "〓〓");
    other.demographics.kana = name("", "");
    let unknown = judge(&yamada(), &other);
    assert_eq!(unknown.comparison.level(Field::GivenName), Level::Silent);
    assert_ne!(unknown.standing, Standing::Automatic, "nobody's given name is 〓〓");
}

#[test]
fn a_reading_alone_needs_a_witness_of_the_person() {
    let mut other = yamada_elsewhere();
    other.demographics.name = name("", "");
    other.insurance = None;
    let judged = judge(&yamada(), &other);
    assert_eq!(judged.standing, Standing::Review, "the household's address is no witness");
    assert_eq!(failed(&judged), [ConditionName::ReadingHasWitness, ConditionName::Witness]);
    other.insurance = Insurance::parse("1310001:港:１２３４:1");
    assert_eq!(judge(&yamada(), &other).standing, Standing::Automatic, "number and branch are");
}

#[test]
fn twins_are_two_however_much_they_share() {
    let mut other = yamada_elsewhere();
    other.demographics.name = name("山田", "次郎");
    other.demographics.kana = name("ヤマダ", "ジロウ");
    other.insurance = Insurance::parse("01310001:港:1234:");
    let judged = judge(&yamada(), &other);
    assert_eq!((judged.standing, judged.vetoes.as_slice()), (Standing::Apart, &[Veto::Twins][..]));
    other.insurance = Insurance::parse("01310001:港:1234:02");
    assert_eq!(judge(&yamada(), &other).vetoes, [Veto::BranchConflict, Veto::Twins]);
}

#[test]
fn twins_whose_names_sound_alike_are_never_linked_by_the_machine() {
    let (mut one, mut other) = (yamada(), yamada_elsewhere());
    one.demographics.name = name("山田", "一美");
    other.demographics.name = name("山田", "和美");
    for evidence in [&mut one, &mut other] {
        evidence.demographics.kana = name("ヤマダ", "カズミ");
        evidence.insurance = None;
    }
    let judged = judge(&one, &other);
    assert_eq!(judged.vetoes, [Veto::GivenWritingDiffers]);
    assert_ne!(judged.standing, Standing::Automatic);
    other.demographics.name = name("", "");
    assert_ne!(judge(&one, &other).standing, Standing::Automatic, "nor where one has no kanji");
}

#[test]
fn father_and_son_of_one_name_stay_two() {
    let mut son = yamada_elsewhere();
    son.demographics.birth = born("19750820");
    son.insurance = Insurance::parse("01310001:港:1234:03");
    let judged = judge(&yamada(), &son);
    assert_eq!(judged.standing, Standing::Apart);
    son.insurance = None;
    let judged = judge(&yamada(), &son);
    assert_ne!(judged.standing, Standing::Automatic);
    assert!(failed(&judged).contains(&ConditionName::BirthDate));
}

#[test]
fn strangers_of_one_name_and_birthday_are_not_linked_without_more() {
    let mut stranger = yamada_elsewhere();
    stranger.demographics.address = "北町大字東郷45".to_owned();
    stranger.demographics.postal_code = "689-9102".to_owned();
    stranger.demographics.phones = vec!["0858-31-9876".to_owned()];
    stranger.insurance = Insurance::parse("01319999:北:777:01");
    let judged = judge(&yamada(), &stranger);
    assert!(judged.gate.is_passed(), "name, kanji and birthday agree");
    assert_ne!(judged.standing, Standing::Automatic, "{judged:?}");
}

#[test]
fn slips_of_the_birth_date_are_for_a_human() {
    for (digits, level) in [
        ("19490312", Level::YearByOne),
        ("20110312", Level::EraYears),
        ("19481203", Level::DayMonthSwapped),
        ("19480318", Level::OneEdit),
        ("19480301", Level::Near),
    ] {
        let mut other = yamada_elsewhere();
        other.demographics.birth = born(digits);
        let judged = judge(&yamada(), &other);
        assert_eq!(judged.comparison.level(Field::BirthDate), level, "{digits}");
        assert_eq!(judged.standing, Standing::Review, "{digits}");
    }
}

#[test]
fn a_former_name_opens_the_gate_only_where_it_is_documented() {
    let mut married = yamada_elsewhere();
    married.demographics.name = name("佐藤", "太郎");
    married.demographics.kana = name("サトウ", "タロウ");
    assert_eq!(judge(&yamada(), &married).standing, Standing::Review);
    married.former_names = vec![name("山田", "太郎")];
    let judged = judge(&yamada(), &married);
    assert_eq!(judged.comparison.level(Field::FamilyName), Level::Former);
    assert_eq!(judged.standing, Standing::Automatic);
}

#[test]
fn names_without_separator_and_in_the_wrong_order_are_read() {
    let mut other = yamada_elsewhere();
    other.demographics.name = name("山田太郎", "");
    other.demographics.kana = name("ヤマダタロウ", "");
    assert_eq!(judge(&yamada(), &other).standing, Standing::Automatic);
    other.demographics.name = name("山田　太郎", "");
    assert_eq!(judge(&yamada(), &other).standing, Standing::Automatic);
    other.demographics.name = name("太郎", "山田");
    other.demographics.kana = name("タロウ", "ヤマダ");
    let judged = judge(&yamada(), &other);
    assert_eq!(judged.comparison.level(Field::GivenName), Level::Swapped);
    assert_eq!(judged.standing, Standing::Automatic);
    other.demographics.name = name("", "");
    let judged = judge(&yamada(), &other);
    assert_eq!(judged.comparison.level(Field::GivenName), Level::Swapped);
    assert_ne!(judged.standing, Standing::Automatic, "as read alone");
}

#[test]
fn letters_are_compared_with_kana_by_their_consonants() {
    let mut other = yamada_elsewhere();
    other.demographics.name = name("YAMADA", "TARO");
    other.demographics.kana = name("", "");
    let judged = judge(&yamada(), &other);
    assert_eq!(judged.comparison.level(Field::GivenName), Level::Skeleton);
    assert_eq!(judged.standing, Standing::Review);
}

#[test]
fn two_patients_of_one_domain_are_a_question_to_their_hospital() {
    let one = record(1, 1, &yamada());
    let other = record(1, 2, &yamada_elsewhere());
    let judged = assess(&one, &other, &model());
    assert_eq!(judged.vetoes, [Veto::SameDomain]);
    assert_eq!(judged.standing, Standing::Review);
}

#[test]
fn who_was_seen_after_a_death_is_somebody_else_or_a_mistake() {
    let mut dead = yamada();
    dead.demographics.death = born("20240110");
    let mut seen = yamada_elsewhere();
    seen.last_seen_day = Some(20240220);
    assert_eq!(judge(&dead, &seen).standing, Standing::Automatic, "papers of the weeks after");
    seen.last_seen_day = Some(20250601);
    assert_eq!(judge(&dead, &seen).vetoes, [Veto::SeenAfterDeath]);
}
