//! Blocking keys: two records are compared if they share one. 64 bits each, made of a rule's
//! number and what the rule looks at.

use super::record::{Record, hash};
use serde::{Deserialize, Serialize};
use text::ERA_SLIP_YEARS;

/// A key under which an identity is found. Signed, as databases keep it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct BlockingKey(pub i64);

/// The rules (identity.md §5.2). No rule looks at a name alone: such keys grow with the region.
#[derive(Debug, Clone, Copy)]
enum Rule {
    /// Family name as read, birth date.
    FamilyReadingBirth = 1,
    /// Given name as read, birth date.
    GivenReadingBirth = 2,
    /// Given name as written, birth date.
    GivenWritingBirth = 3,
    /// Insurance number.
    Insurance = 4,
    /// Telephone and given name.
    TelephoneGiven = 5,
    /// Whole name and birth year; a slipped year is probed for.
    NameBirthYear = 6,
    /// Given name and household address: other birth date, other family name.
    GivenAddress = 7,
    /// Whole given name, month and day: a year that slipped by any number.
    GivenBirthDay = 8,
    /// Family name as written, birth date: letters, or no reading.
    FamilyWritingBirth = 9,
    /// Address and birth date: both names written in another way.
    AddressBirth = 10,
    /// Family name and address with the year of birth: given name written in another way.
    FamilyAddress = 11,
}

/// The keys under which a record is kept.
pub fn index_keys(record: &Record) -> Vec<BlockingKey> {
    let mut keys = Vec::with_capacity(24);
    names_and_birth(record, &mut keys);
    names_and_places(record, &mut keys);
    keys.extend(name_and_year(record, record.birth / 10_000));
    if record.insurance != 0 {
        keys.push(key(Rule::Insurance, &[record.insurance]));
    }
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// The keys to look for: those of the record, and those of birth years that are slips of its own.
/// If a record's probes find another one's keys, then the other's probes find the record's.
pub fn probe_keys(record: &Record) -> Vec<BlockingKey> {
    let mut keys = index_keys(record);
    if record.birth != 0 {
        let year = record.birth / 10_000;
        for slip in ERA_SLIP_YEARS.into_iter().chain([1]) {
            keys.extend(name_and_year(record, year + slip));
            keys.extend(name_and_year(record, year.saturating_sub(slip)));
        }
    }
    keys.sort_unstable();
    keys.dedup();
    keys
}

fn names_and_birth(record: &Record, keys: &mut Vec<BlockingKey>) {
    if record.birth == 0 {
        return;
    }
    let birth = u64::from(record.birth);
    let month_and_day = u64::from(record.birth % 10_000);
    let (given, family) = (&record.given, &record.family);
    for (rule, part) in [
        (Rule::FamilyReadingBirth, sounds(family)),
        (Rule::GivenReadingBirth, sounds(given)),
        (Rule::GivenWritingBirth, [given.folded, 0]),
        (Rule::FamilyWritingBirth, [family.folded, 0]),
    ] {
        keys.extend(present(part).map(|value| key(rule, &[value, birth])));
    }
    for value in present([given.loose, given.folded]) {
        keys.push(key(Rule::GivenBirthDay, &[value, month_and_day]));
    }
    if let Some(address) = address(record) {
        keys.push(key(Rule::AddressBirth, &[address, birth]));
    }
}

fn names_and_places(record: &Record, keys: &mut Vec<BlockingKey>) {
    let given = &record.given;
    for telephone in &record.telephones {
        let tail = telephone.len().saturating_sub(8);
        let digits = hash(telephone.get(tail..).unwrap_or_default());
        for value in present([given.loose, given.folded]) {
            keys.push(key(Rule::TelephoneGiven, &[value, digits]));
        }
    }
    if let Some(address) = address(record) {
        for value in present([given.loose, given.folded]) {
            keys.push(key(Rule::GivenAddress, &[value, address]));
        }
        for value in present([record.family.loose, record.family.folded]) {
            let year = u64::from(record.birth / 10_000);
            keys.push(key(Rule::FamilyAddress, &[value, address, year]));
        }
    }
}

/// Keys of the whole name and a birth year, by reading and by writing.
fn name_and_year(record: &Record, year: u32) -> impl Iterator<Item = BlockingKey> {
    let whole = |form: fn(&super::record::NamePart) -> &[char]| {
        let name: String = form(&record.family).iter().chain(form(&record.given)).collect();
        name
    };
    let reading = hash(&text::key::kana_loose_key(&whole(|part| &part.reading)));
    let writing = hash(&text::key::fold_variants(&whole(|part| &part.writing)));
    let is_known = record.birth != 0;
    present([reading, writing])
        .filter(move |_| is_known)
        .map(move |value| key(Rule::NameBirthYear, &[value, u64::from(year)]))
}

/// How a name sounds: its reading, or its consonants where it is in letters.
fn sounds(part: &super::record::NamePart) -> [u64; 2] {
    match part.is_in_letters {
        true => [part.skeleton, part.loose],
        false => [part.loose, if part.reading.is_empty() { 0 } else { part.skeleton }],
    }
}

fn address(record: &Record) -> Option<u64> {
    (record.area != 0 && !record.house_number.is_empty())
        .then(|| record.area ^ hash(&record.house_number).rotate_left(17))
}

fn present(values: [u64; 2]) -> impl Iterator<Item = u64> {
    values.into_iter().filter(|value| *value != 0)
}

/// A rule and its values in 64 bits; the mixing is SplitMix64's, and part of what is stored.
fn key(rule: Rule, values: &[u64]) -> BlockingKey {
    let mixed = values.iter().fold(rule as u64, |state, value| {
        let mut mixed = (state ^ value).wrapping_add(0x9E37_79B9_7F4A_7C15);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    });
    BlockingKey(i64::from_ne_bytes(mixed.to_ne_bytes()))
}
