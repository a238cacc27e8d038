//! What a hospital has of a person: the truth of some day, through the habits of its system and
//! the slips of its desk.

use super::PopulationPlan;
use super::address::{AddressStyle, Home};
use super::dirt::Dirt;
use super::given_names::in_other_kanji;
use super::household::{Certificate, Household, Member};
use super::surnames::{Surname, common_form, surname};
use crate::day::Day;
use crate::random::Random;
use model::PartialTime;
use model::demographics::{Demographics, PersonName};

/// How many patient-ID domains there are.
pub const DOMAINS: u32 = 6;

/// A record of a person in one domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PopulationRecord {
    /// Who it is: the truth.
    pub person: u64,
    /// Where they were born into or live.
    pub household: u64,
    /// Whether they have a twin.
    pub is_twin: bool,
    /// The domain, from 1 on.
    pub domain: u32,
    /// What the domain's source says.
    pub demographics: Demographics,
    /// Former names, where it tells them.
    pub former_names: Vec<PersonName>,
    /// `保険者番号:記号:番号:枝番`; empty without one.
    pub insurance: String,
}

/// How a domain's system writes.
struct Habits {
    address: AddressStyle,
    has_half_width_kana: bool,
    has_large_kana_only: bool,
    has_whole_names: bool,
    /// What it writes for a register's own form of a character: the common form, gaiji or itself.
    register_form: RegisterForm,
}

#[derive(Clone, Copy)]
enum RegisterForm {
    Kept,
    Common,
    Gaiji(char),
}

/// The state of a person at one time of their life.
struct Life<'a> {
    surname: &'a Surname,
    former: Option<&'a Surname>,
    home: &'a Home,
    insurance: &'a Certificate,
    branch: usize,
}

/// Adds a person's records.
pub(super) fn register(
    member: &Member,
    household: &Household,
    plan: &PopulationPlan,
    random: &mut Random,
    records: &mut Vec<PopulationRecord>,
) {
    let dirt = &plan.dirt;
    let age_years = (20_544 - member.birth.0) / 365;
    let is_married =
        member.is_woman && (22..=45).contains(&age_years) && chance(random, dirt.married);
    let has_moved = is_married || chance(random, dirt.moved);
    let later_surname = if is_married { surname(random) } else { member.surname.clone() };
    let later_home = if has_moved { Home::new(random) } else { household.home.clone() };
    let is_insured_anew = is_married || chance(random, dirt.insurance_changed);
    let later_insurance =
        if is_insured_anew { Certificate::new(random) } else { member.insurance.clone() };
    let before = Life {
        surname: &member.surname,
        former: None,
        home: &household.home,
        insurance: &member.insurance,
        branch: member.branch,
    };
    let after = Life {
        surname: &later_surname,
        former: is_married.then_some(&member.surname),
        home: &later_home,
        insurance: &later_insurance,
        branch: if is_insured_anew { 1 + random.below(4) } else { member.branch },
    };
    let first = random.below(DOMAINS as usize) as u32;
    let count = [1, 1, 1, 1, 2, 2, 2, 3, 3, 4].get(random.below(10)).copied().unwrap_or(1);
    for visit in 0..count {
        let domain = (first + visit) % DOMAINS + 1;
        let again = 1 + usize::from(chance(random, dirt.second_number));
        for _ in 0..again {
            let life = if random.chance(50) { &before } else { &after };
            records.push(written(member, household, life, domain, dirt, random));
        }
    }
}

fn habits(domain: u32) -> Habits {
    let [full, dashes, building] =
        [AddressStyle::Full, AddressStyle::Dashes, AddressStyle::Building];
    let (address, has_half_width_kana, has_large_kana_only, has_whole_names, register_form) =
        match domain {
            1 => (full, false, false, false, RegisterForm::Kept),
            2 => (dashes, true, false, false, RegisterForm::Common),
            3 => (building, false, true, false, RegisterForm::Gaiji('〓')),
            4 => (full, true, true, true, RegisterForm::Common),
            5 => (dashes, false, false, false, RegisterForm::Gaiji('●')),
            _ => (building, false, false, false, RegisterForm::Kept),
        };
    Habits { address, has_half_width_kana, has_large_kana_only, has_whole_names, register_form }
}

fn written(
    member: &Member,
    household: &Household,
    life: &Life<'_>,
    domain: u32,
    dirt: &Dirt,
    random: &mut Random,
) -> PopulationRecord {
    let habits = habits(domain);
    let (name, kana) = names(member, life, &habits, dirt, random);
    let is_woman = member.is_woman != chance(random, dirt.sex_wrong);
    let has_address = !chance(random, dirt.address_missing);
    let demographics = Demographics {
        name,
        kana,
        birth: birth(member.birth, dirt, random),
        sex: if is_woman { "F" } else { "M" }.to_owned(),
        postal_code: if has_address { life.home.postal_code() } else { String::new() },
        address: if has_address { life.home.line(habits.address) } else { String::new() },
        phones: telephones(member, life, dirt, random),
        death: None,
    };
    let tells_former = chance(random, dirt.former_name_told);
    let former_names = life
        .former
        .filter(|_| tells_former)
        .map(|former| PersonName {
            family: former.writing.clone(),
            given: member.given.writing.clone(),
        })
        .into_iter()
        .collect();
    PopulationRecord {
        person: member.person,
        household: household.number,
        is_twin: member.is_twin,
        domain,
        demographics,
        former_names,
        insurance: insurance(household, life, dirt, random),
    }
}

fn names(
    member: &Member,
    life: &Life<'_>,
    habits: &Habits,
    dirt: &Dirt,
    random: &mut Random,
) -> (PersonName, PersonName) {
    let given = match chance(random, dirt.wrong_kanji) {
        true => in_other_kanji(random, &member.given, member.is_woman),
        false => member.given.clone(),
    };
    let written = |text: &str| -> String {
        text.chars()
            .map(|character| match (common_form(character), habits.register_form) {
                (Some(common), RegisterForm::Common) => common,
                (Some(_), RegisterForm::Gaiji(sign)) => sign,
                _ => character,
            })
            .collect()
    };
    let mut name =
        PersonName { family: written(&life.surname.writing), given: written(&given.writing) };
    let mut kana =
        PersonName { family: life.surname.reading.clone(), given: given.reading.clone() };
    if chance(random, dirt.kana_slip) {
        kana.given = slipped(&kana.given, random);
    }
    for part in [&mut kana.family, &mut kana.given] {
        if habits.has_large_kana_only {
            *part = part.replace('ョ', "ヨ").replace('ュ', "ユ").replace('ャ', "ヤ");
        }
        if habits.has_half_width_kana {
            *part = half_width(part);
        }
    }
    if chance(random, dirt.swapped) {
        name = PersonName { family: name.given, given: name.family };
        kana = PersonName { family: kana.given, given: kana.family };
    }
    if habits.has_whole_names {
        name = PersonName {
            family: format!("{}　{}", name.family, name.given),
            given: String::new(),
        };
        kana =
            PersonName { family: format!("{} {}", kana.family, kana.given), given: String::new() };
    }
    if chance(random, dirt.kana_only) {
        name = PersonName::default();
    } else if chance(random, dirt.kana_missing) {
        kana = PersonName::default();
    }
    (name, kana)
}

/// Another kana in the place of one.
fn slipped(kana: &str, random: &mut Random) -> String {
    let at = random.below(kana.chars().count());
    let others: Vec<char> = "アイカキコサシタトナノマミヤリル".chars().collect();
    let other = random.pick(&others).copied().unwrap_or('ア');
    kana.chars()
        .enumerate()
        .map(|(place, character)| if place == at { other } else { character })
        .collect()
}

fn half_width(kana: &str) -> String {
    const FULL: &str = "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワンャュョッ";
    const HALF: &str = "ｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜﾝｬｭｮｯ";
    const VOICED: &str = "ガギグゲゴザジズゼゾダヂヅデドバビブベボ";
    const UNVOICED: &str = "カキクケコサシスセソタチツテトハヒフヘホ";
    let half = |character: char| {
        FULL.chars().zip(HALF.chars()).find_map(|(full, half)| (full == character).then_some(half))
    };
    let mut out = String::new();
    for character in kana.chars() {
        let voiced = VOICED.chars().zip(UNVOICED.chars()).find(|(voiced, _)| *voiced == character);
        out.push(half(voiced.map_or(character, |(_, base)| base)).unwrap_or(character));
        if voiced.is_some() {
            out.push('ﾞ');
        }
    }
    out
}

fn birth(birth: Day, dirt: &Dirt, random: &mut Random) -> Option<PartialTime> {
    if chance(random, dirt.birth_missing) {
        return None;
    }
    let digits = birth.digits();
    let received = match chance(random, dirt.birth_slip) {
        true => birth_slip(&digits, random),
        false => digits.clone(),
    };
    PartialTime::japan(&received).or_else(|_| PartialTime::japan(&digits)).ok()
}

fn birth_slip(digits: &str, random: &mut Random) -> String {
    let number: i64 = digits.parse().unwrap_or(19_480_312);
    let (year, month, day) = (number / 10_000, number / 100 % 100, number % 100);
    let (year, month, day) = match random.below(10) {
        0 | 1 => (year + if random.chance(50) { 1 } else { -1 }, month, day),
        2 if year < 1960 => (year + 63, month, day),
        2 => (year - 30, month, day),
        3 => (year, day, month),
        4 => (year, 1, 1),
        5 => (year, month, 1),
        6 | 7 => (year, month, (day + 9) % 28 + 1),
        8 => (year, month % 12 + 1, day),
        _ => (year - 10, month, day),
    };
    format!("{year:04}{month:02}{day:02}")
}

fn telephones(member: &Member, life: &Life<'_>, dirt: &Dirt, random: &mut Random) -> Vec<String> {
    if chance(random, dirt.telephone_missing) {
        return Vec::new();
    }
    let home = life.home.telephone.clone();
    let mut numbers = match (&member.mobile, random.below(3)) {
        (Some(mobile), 0) => vec![mobile.clone()],
        (Some(mobile), 1) => vec![home, mobile.clone()],
        _ => vec![home],
    };
    if chance(random, dirt.telephone_slip)
        && let Some(number) = numbers.first_mut()
    {
        let digit = random.below(10).to_string();
        number.pop();
        number.push_str(&digit);
    }
    numbers
}

fn insurance(household: &Household, life: &Life<'_>, dirt: &Dirt, random: &mut Random) -> String {
    if chance(random, dirt.insurance_missing) {
        return String::new();
    }
    if chance(random, dirt.insurance_of_another)
        && let Some(other) = random.pick(&household.members)
    {
        return other.insurance.line(Some(other.branch));
    }
    let has_branch = !chance(random, dirt.branch_missing);
    life.insurance.line(has_branch.then_some(life.branch))
}

fn chance(random: &mut Random, thousandths: usize) -> bool {
    random.below(1_000) < thousandths
}
