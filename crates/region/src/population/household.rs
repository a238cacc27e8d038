//! Households: who lives together, and what they share.

use super::address::Home;
use super::given_names::{GivenName, given_name, twin_name};
use super::surnames::{Surname, surname};
use crate::day::Day;
use crate::random::Random;

/// A person as they are.
#[derive(Debug, Clone)]
pub(super) struct Member {
    pub(super) person: u64,
    pub(super) surname: Surname,
    pub(super) given: GivenName,
    pub(super) is_woman: bool,
    pub(super) birth: Day,
    pub(super) mobile: Option<String>,
    pub(super) insurance: Certificate,
    pub(super) branch: usize,
    pub(super) is_twin: bool,
}

/// A health insurance number; members of a household mostly share it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Certificate {
    insurer: usize,
    symbol: usize,
    number: usize,
}

impl Certificate {
    pub(super) fn new(random: &mut Random) -> Certificate {
        Certificate {
            insurer: 1_310_000 + random.below(60) * 17,
            symbol: 1 + random.below(900),
            number: 1 + random.below(9_999_999),
        }
    }

    /// `保険者番号:記号:番号:枝番`.
    pub(super) fn line(&self, branch: Option<usize>) -> String {
        let branch = branch.map(|branch| format!("{branch:02}")).unwrap_or_default();
        format!("{:08}:{}:{}:{branch}", self.insurer, self.symbol, self.number)
    }
}

/// People who live together.
#[derive(Debug, Clone)]
pub(super) struct Household {
    pub(super) number: u64,
    pub(super) home: Home,
    pub(super) members: Vec<Member>,
}

/// From this age on everybody has a number of their own (後期高齢者医療).
const OWN_NUMBER_AGE_DAYS: i64 = 75 * 365;
/// The day on which the region is looked at: 2026-04-01.
const TODAY: Day = Day(20_544);

impl Household {
    /// A household, from a stream of its own. Its people are numbered from `first_person` on.
    pub(super) fn new(
        number: u64,
        first_person: u64,
        twins_thousandths: usize,
        random: &mut Random,
    ) -> Household {
        let family = surname(random);
        let home = Home::new(random);
        let shared = Certificate::new(random);
        let size = [1, 1, 2, 2, 2, 3, 3, 4, 4, 5].get(random.below(10)).copied().unwrap_or(2);
        let head_age = random.between(24, 92) * 365 + random.between(0, 364);
        let mut members: Vec<Member> = Vec::new();
        let mobile = |random: &mut Random, chance: usize| {
            random.chance(chance).then(|| {
                let prefix = ["090", "080", "070"].get(random.below(3)).copied().unwrap_or("090");
                format!("{prefix}-{:04}-{:04}", random.below(10_000), random.below(10_000))
            })
        };
        while members.len() < size {
            let place = members.len();
            let (is_woman, age_days, chance) = match place {
                0 => (random.chance(35), head_age, 85),
                1 => {
                    let head_is_woman = members.first().is_some_and(|head| head.is_woman);
                    (!head_is_woman, (head_age + random.between(-2_000, 1_000)).max(7_000), 85)
                }
                _ => (random.chance(49), child_age_days(head_age, random), 40),
            };
            let given = new_name(&members, is_woman, random);
            let given = match members.first() {
                // A son who carries his father's name.
                Some(head)
                    if place > 1 && !is_woman && !head.is_woman && random.below(300) == 0 =>
                {
                    head.given.clone()
                }
                _ => given,
            };
            let child = Member {
                person: 0,
                surname: family.clone(),
                given,
                is_woman,
                birth: TODAY.plus(-age_days),
                mobile: mobile(random, chance),
                insurance: if random.chance(80) {
                    shared.clone()
                } else {
                    Certificate::new(random)
                },
                branch: place + 1,
                is_twin: false,
            };
            let has_twin = place > 1 && random.below(1_000) < twins_thousandths;
            let twin = has_twin.then(|| twin_of(&child, random));
            members.push(child);
            if let Some(twin) = twin {
                if let Some(other) = members.last_mut() {
                    other.is_twin = true;
                }
                members.push(Member { branch: members.len() + 1, ..twin });
            }
        }
        for (place, member) in members.iter_mut().enumerate() {
            member.person = first_person + place as u64;
            if TODAY.0 - member.birth.0 > OWN_NUMBER_AGE_DAYS {
                member.insurance = Certificate::new(random);
                member.branch = 1;
            }
        }
        Household { number, home, members }
    }
}

/// Parents are 22 to 37 when a child is born; of young heads others live there, of any age.
fn child_age_days(head_age_days: i64, random: &mut Random) -> i64 {
    match head_age_days - random.between(8_000, 13_500) {
        age_days if age_days > 0 => age_days,
        _ => random.between(1, head_age_days),
    }
}

/// A name that nobody else in the household has.
fn new_name(members: &[Member], is_woman: bool, random: &mut Random) -> GivenName {
    const ATTEMPTS: usize = 8;
    let mut name = given_name(random, is_woman);
    for _ in 0..ATTEMPTS {
        if members.iter().all(|member| member.given.writing != name.writing) {
            break;
        }
        name = given_name(random, is_woman);
    }
    name
}

fn twin_of(child: &Member, random: &mut Random) -> Member {
    let is_woman = if random.chance(70) { child.is_woman } else { !child.is_woman };
    let given = match is_woman == child.is_woman {
        true => twin_name(random, &child.given, is_woman),
        false => given_name(random, is_woman),
    };
    Member { given, is_woman, is_twin: true, mobile: None, ..child.clone() }
}
