//! The people: households, and the numbers each hospital has given them.

use crate::day::Day;
use crate::habits::{SOURCES, SourceSpec};
use crate::names::{FAMILY, MEN, TOWNS, WOMEN};
use crate::plan::RegionPlan;
use crate::random::Random;

/// A person as the region knows them.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) number: u32,
    pub(crate) household: u32,
    pub(crate) is_enrolled: bool,
    pub(crate) family: [&'static str; 2],
    pub(crate) given: [&'static str; 2],
    pub(crate) is_woman: bool,
    pub(crate) birth: Day,
    pub(crate) postal_code: &'static str,
    pub(crate) address: String,
    pub(crate) phone: String,
    pub(crate) insurer: String,
    pub(crate) memberships: Vec<Membership>,
}

/// A person's record in one source.
#[derive(Debug, Clone)]
pub(crate) struct Membership {
    pub(crate) source: usize,
    pub(crate) patient_id: String,
}

impl Person {
    pub(crate) fn age_on(&self, day: Day) -> i64 {
        (day.0 - self.birth.0) / 365
    }

    pub(crate) fn sex(&self) -> &'static str {
        if self.is_woman { "F" } else { "M" }
    }
}

/// Everybody: first who is enrolled, then the bystanders, who have records but take no part.
pub(crate) fn people(plan: &RegionPlan, reference: Day) -> Vec<Person> {
    let mut random = Random::new(plan.seed, "people");
    let mut people: Vec<Person> = Vec::new();
    let mut household = 0;
    let total = plan.patients + plan.bystanders;
    while (people.len() as u32) < total {
        let size = random.between(1, 4) as u32;
        let home = home(&mut random);
        for place in 0..size {
            let number = people.len() as u32;
            if number >= total {
                break;
            }
            let mut person = member(&mut random, &home, place, reference);
            person.number = number;
            person.household = household;
            person.is_enrolled = number < plan.patients;
            person.memberships = memberships(&mut random, number, plan);
            people.push(person);
        }
        household += 1;
    }
    people
}

struct Home {
    family: [&'static str; 2],
    postal_code: &'static str,
    address: String,
    phone: String,
    insurer: String,
}

fn home(random: &mut Random) -> Home {
    let family = random.pick(FAMILY).copied().unwrap_or(["山田", "ヤマダ"]);
    let [postal_code, town] = random.pick(TOWNS).copied().unwrap_or(["689-9001", "鳥取県港市"]);
    let full_width = |number: i64| -> String {
        number.to_string().chars().filter_map(|c| char::from_u32(c as u32 + 0xFEE0)).collect()
    };
    let (block, house) = (random.between(1, 9), random.between(1, 60));
    Home {
        family,
        postal_code,
        address: format!("{town}{}－{}", full_width(block), full_width(house)),
        phone: format!("0859-{:02}-{:04}", random.between(20, 49), random.between(0, 9_999)),
        insurer: format!("0131{:04}", random.between(1, 9_999)),
    }
}

fn member(random: &mut Random, home: &Home, place: u32, reference: Day) -> Person {
    let age = match place {
        0 | 1 => random.between(38, 88),
        _ => random.between(2, 60),
    };
    let is_woman = if place < 2 { place == 1 || random.chance(40) } else { random.chance(50) };
    let list = if is_woman { WOMEN } else { MEN };
    Person {
        number: 0,
        household: 0,
        is_enrolled: false,
        family: home.family,
        given: random.pick(list).copied().unwrap_or(["花子", "ハナコ"]),
        is_woman,
        birth: reference.plus(-age * 365 - random.between(0, 364)),
        postal_code: home.postal_code,
        address: home.address.clone(),
        phone: home.phone.clone(),
        insurer: home.insurer.clone(),
        memberships: Vec::new(),
    }
}

/// Which hospitals a person goes to. The first people are spread so that every storage has
/// somebody, and the very first is known everywhere.
fn memberships(random: &mut Random, number: u32, plan: &RegionPlan) -> Vec<Membership> {
    let everywhere = number == 0;
    let home_hospital = number as usize % 3;
    let goes_to = |hospital: usize, random: &mut Random| {
        everywhere || hospital == home_hospital || random.chance(32)
    };
    let hospitals = [goes_to(0, random), goes_to(1, random), goes_to(2, random)];
    // Of the third hospital's patients some came only before, some only after the change.
    let old_and_new = [random.chance(75), random.chance(80)];
    let mut found = Vec::new();
    for (at, source) in SOURCES.iter().enumerate() {
        let is_known = match source.name {
            "hokubu-old" => hospitals[2] && (everywhere || old_and_new[0]),
            "hokubu" => hospitals[2] && (everywhere || old_and_new[1] || !old_and_new[0]),
            _ => hospitals.get(source.facility).copied().unwrap_or(false),
        };
        if is_known {
            found.push(Membership { source: at, patient_id: patient_id(source, number, plan) });
        }
    }
    found
}

/// A number in a source's own series; without padding it begins with a digit that is not zero.
fn patient_id(source: &SourceSpec, number: u32, plan: &RegionPlan) -> String {
    let mut random = Random::new(plan.seed, source.name);
    let first = random.between(1_000, 5_000) as u64;
    let step = random.between(7, 90) as u64;
    let serial = first + step * u64::from(number);
    let width = source.id_width;
    if source.is_id_padded {
        format!("{serial:0width$}")
    } else {
        format!("{}", 4 * 10_u64.pow(width as u32 - 1) + serial)
    }
}
