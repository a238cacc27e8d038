//! Blocking keys: two records are compared if they share one. 64 bits each, made of a rule's
//! number and what the rule looks at.

use super::record::{NamePart, Record, hash};
use serde::{Deserialize, Serialize};
use text::ERA_SLIP_YEARS;
use text::key::{fold_variants, kana_loose_key};

/// A key under which an identity is found. Signed, as databases keep it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct BlockingKey(pub i64);

/// The rules (identity.md §5.2). None looks at a Japanese name alone: such keys grow with the
/// region. The numbers are part of what is stored.
#[derive(Debug, Clone, Copy)]
enum Rule {
    /// B1: family name as read, or as written, and birth date.
    FamilyBirth = 1,
    /// B2: given name as read, and birth date; its consonants for names in letters.
    GivenReadingBirth = 2,
    /// B3: given name as written, and birth date.
    GivenWritingBirth = 3,
    /// B4: insurance number.
    Insurance = 4,
    /// B5: telephone and given name.
    TelephoneGiven = 5,
    /// B6: whole name and birth year; a year that slipped is probed for.
    NameYear = 6,
    /// B7: given name and address: other birth date, other family name.
    GivenAddress = 7,
    /// B8: given name, birth month and day: a year that slipped by any number.
    GivenDay = 8,
    /// In letters: birth date alone.
    LettersBirth = 15,
    /// In letters: both names, whichever comes first.
    LettersName = 16,
    /// In letters: a name and the birth year.
    LettersNameYear = 17,
    /// In letters: a name, birth month and day.
    LettersNameDay = 18,
    /// In letters: a name and the postal code.
    LettersNamePostalCode = 19,
    /// In letters: postal code and house number.
    LettersHouse = 20,
    /// In letters: a name and the house number.
    LettersNameHouse = 21,
    /// In letters: postal code, birth month and day.
    LettersPostalCodeDay = 22,
    /// In letters: postal code and birth year.
    LettersPostalCodeYear = 23,
}

/// The keys under which a record is kept: about twelve, for names in letters about twenty.
pub fn index_keys(record: &Record) -> Vec<BlockingKey> {
    let mut keys = Vec::with_capacity(24);
    names_and_birth(record, &mut keys);
    given_and_places(record, &mut keys);
    for name in whole_names(record) {
        keys.extend(name_and_year(record, name, record.birth / 10_000));
    }
    if record.family.is_in_letters || record.given.is_in_letters {
        letters(record, &mut keys);
    }
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
    let year = record.birth / 10_000;
    for name in whole_names(record) {
        for slip in ERA_SLIP_YEARS.into_iter().chain([1]) {
            keys.extend(name_and_year(record, name, year + slip));
            keys.extend(name_and_year(record, name, year.saturating_sub(slip)));
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
    let (given, family) = (&record.given, &record.family);
    for (rule, values) in [
        (Rule::FamilyBirth, [family.loose, family.folded]),
        (Rule::GivenReadingBirth, [given.loose, given.skeleton]),
        (Rule::GivenWritingBirth, [given.folded, 0]),
    ] {
        keys.extend(present(values).map(|value| key(rule, &[value, birth])));
    }
    if let Some(value) = spelling(given) {
        keys.push(key(Rule::GivenDay, &[value, birth % 10_000]));
    }
}

fn given_and_places(record: &Record, keys: &mut Vec<BlockingKey>) {
    let Some(given) = spelling(&record.given) else { return };
    for telephone in &record.telephones {
        let tail = telephone.len().saturating_sub(8);
        let digits = hash(telephone.get(tail..).unwrap_or_default());
        keys.push(key(Rule::TelephoneGiven, &[given, digits]));
    }
    if record.area != 0 && !record.house_number.is_empty() {
        let address = [given, record.area, hash(&record.house_number)];
        keys.push(key(Rule::GivenAddress, &address));
    }
}

/// Names in letters are mistyped in more ways than kanji and kana, and few in a region: they are
/// looked for under every two of names, birth date, postal code and house number.
fn letters(record: &Record, keys: &mut Vec<BlockingKey>) {
    let [given, family] = [record.given.skeleton, record.family.skeleton];
    let birth = u64::from(record.birth);
    let [postal_code, house] = [&record.postal_code, &record.house_number].map(|text| hash(text));
    if given != 0 && family != 0 {
        keys.push(key(Rule::LettersName, &[given.min(family), given.max(family)]));
    }
    if birth != 0 {
        keys.push(key(Rule::LettersBirth, &[birth]));
    }
    for name in present([given, family]) {
        if birth != 0 {
            keys.push(key(Rule::LettersNameYear, &[name, birth / 10_000]));
            keys.push(key(Rule::LettersNameDay, &[name, birth % 10_000]));
        }
        if postal_code != 0 {
            keys.push(key(Rule::LettersNamePostalCode, &[name, postal_code]));
        }
        if house != 0 {
            keys.push(key(Rule::LettersNameHouse, &[name, house]));
        }
    }
    if postal_code != 0 && house != 0 {
        keys.push(key(Rule::LettersHouse, &[postal_code, house]));
    }
    if postal_code != 0 && birth != 0 {
        keys.push(key(Rule::LettersPostalCodeDay, &[postal_code, birth % 10_000]));
        keys.push(key(Rule::LettersPostalCodeYear, &[postal_code, birth / 10_000]));
    }
}

/// Hashes of the whole name as read and as written, wherever it is parted.
fn whole_names(record: &Record) -> impl Iterator<Item = u64> {
    let whole = |form: fn(&NamePart) -> &[char]| -> String {
        form(&record.family).iter().chain(form(&record.given)).collect()
    };
    let reading = hash(&kana_loose_key(&whole(|part| &part.reading)));
    let writing = hash(&fold_variants(&whole(|part| &part.writing)));
    present([reading, writing])
}

fn name_and_year(record: &Record, name: u64, year: u32) -> Option<BlockingKey> {
    (record.birth != 0).then(|| key(Rule::NameYear, &[name, u64::from(year)]))
}

/// How a given name is looked for beside other evidence: as read, else as written.
fn spelling(part: &NamePart) -> Option<u64> {
    let consonants = if part.is_in_letters { part.skeleton } else { 0 };
    present([part.loose, consonants]).chain(present([part.folded, 0])).next()
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
