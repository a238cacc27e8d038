//! What a source says of a person, and its comparable form.

use model::date::{PartialTime, Precision};
use model::demographics::{Demographics, PersonName};
use model::limits::{LINKAGE_FORMER_NAMES, LINKAGE_TELEPHONES, LINKAGE_VALUE_CHARACTERS};
use serde::{Deserialize, Serialize};
use text::key::{fold_variants, kana_key, kana_loose_key};
use text::{address_key, is_unknown_birth, kana_skeleton, romaji_skeleton, telephone_key};

/// What a source says of one identity, as received. Never compared itself.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Evidence {
    /// Names, address, telephones, sex.
    pub demographics: Demographics,
    /// The birth date as eight digits, where it is no day that exists; else `demographics.birth`.
    pub birth_digits: Option<u32>,
    /// Former and other names (PID-9, FHIR `name.use` old or maiden).
    pub former_names: Vec<PersonName>,
    /// Health insurance, where the source tells it.
    pub insurance: Option<Insurance>,
    /// The last day on which the source saw the person, `YYYYMMDD`.
    pub last_seen_day: Option<u32>,
}

/// A health insurance certificate (JP-CLINS `JP_Insurance_memberID`).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Insurance {
    /// 保険者番号.
    pub insurer: String,
    /// 記号; empty for 後期高齢者.
    pub symbol: String,
    /// 番号.
    pub number: String,
    /// 枝番, the person's own since 2020.
    pub branch: String,
}

impl Insurance {
    /// Reads `保険者番号:記号:番号:枝番`; parts may be empty or in full width. `None` without an
    /// insurer or a number.
    pub fn parse(value: &str) -> Option<Insurance> {
        let mut parts = value.split([':', '：']).map(|part| part.trim().to_owned());
        let mut part = || parts.next().unwrap_or_default();
        let read = Insurance { insurer: part(), symbol: part(), number: part(), branch: part() };
        (!read.insurer.is_empty() && !read.number.is_empty()).then_some(read)
    }
}

/// An identity's key, the same in every run: what ties are broken by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RecordKey {
    /// Key of the patient-ID domain.
    pub domain: i64,
    /// Key of the identity.
    pub identity: i64,
}

/// One part of a name in its comparable forms. A form that is missing is empty, a hash of it 0.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NamePart {
    /// Kanji, hiragana or letters; kana as katakana.
    pub writing: Box<[char]>,
    /// The strict kana key.
    pub reading: Box<[char]>,
    /// Hash of the writing with variants folded.
    pub folded: u64,
    /// Hash of the loose kana key.
    pub loose: u64,
    /// Hash of the consonants, of the reading or of a writing in letters.
    pub skeleton: u64,
    /// Whether the writing is in letters.
    pub is_in_letters: bool,
}

/// The comparable form of an identity's demographics, made by the rules of
/// [`text::key::NORMALISATION_VERSION`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Whose.
    pub key: RecordKey,
    /// Given name; empty where the sender used one component for the whole name.
    pub given: NamePart,
    /// Family name, or the whole name.
    pub family: NamePart,
    /// Folded and loose hashes of former family names.
    pub former_families: Box<[u64]>,
    /// `YYYYMMDD`; 0 where it is not known.
    pub birth: u32,
    /// `M` or `F`; else a blank.
    pub sex: char,
    /// Seven digits, or what stands in their place abroad.
    pub postal_code: Box<str>,
    /// Hash of the area, 0 without one.
    pub area: u64,
    /// Pairs of letters of the area, hashed and sorted.
    pub area_pairs: Box<[u16]>,
    /// Numbers of the house.
    pub house_number: Box<str>,
    /// National numbers, sorted.
    pub telephones: Box<[Box<str>]>,
    /// Hash of insurer, symbol and number; 0 without one.
    pub insurance: u64,
    /// Branch under that number; 0 without one.
    pub branch: u16,
    /// The day on which the person died, `YYYYMMDD`; 0 where none is told.
    pub death: u32,
    /// The last day on which the source saw the person; 0 where it is not known.
    pub last_seen: u32,
}

impl Record {
    /// The comparable form of what a source says.
    pub fn new(key: RecordKey, evidence: &Evidence) -> Record {
        let demographics = &evidence.demographics;
        let name = split(&demographics.name);
        let kana = split(&demographics.kana);
        let address = address_key(bounded(&demographics.address));
        let insurance = evidence.insurance.as_ref();
        Record {
            key,
            given: NamePart::new(&name.given, &kana.given),
            family: NamePart::new(&name.family, &kana.family),
            former_families: former(&evidence.former_names),
            birth: birth(evidence),
            sex: match demographics.sex.as_str() {
                "M" => 'M',
                "F" => 'F',
                _ => ' ',
            },
            postal_code: dense(&demographics.postal_code).into(),
            area: hash(&address.area),
            area_pairs: pairs(&address.area),
            house_number: address.numbers.into(),
            telephones: telephones(&demographics.phones),
            insurance: insurance.map_or(0, insurance_hash),
            branch: insurance
                .map_or(0, |insurance| dense(&insurance.branch).parse().unwrap_or_default()),
            death: demographics.death.as_ref().and_then(day).unwrap_or_default(),
            last_seen: evidence.last_seen_day.unwrap_or_default(),
        }
    }
}

impl NamePart {
    fn new(writing: &str, reading: &str) -> NamePart {
        let raw_reading = bounded(reading);
        let (writing, raw_writing) = (kana_key(bounded(writing)), bounded(writing));
        let is_kana = |text: &str| !text.is_empty() && text.chars().all(is_katakana);
        // A name in katakana alone is a reading, whichever component it stands in; hiragana is
        // how some names are written.
        let is_reading = is_kana(&writing) && !raw_writing.chars().any(is_hiragana);
        let read = match (raw_reading.is_empty(), is_reading) {
            (true, true) => raw_writing,
            _ => raw_reading,
        };
        let written = if is_reading { String::new() } else { writing };
        let is_in_letters = written.chars().any(|character| character.is_ascii_alphabetic());
        let skeleton = match (read.is_empty(), is_in_letters) {
            (false, _) => kana_skeleton(read),
            (true, true) => romaji_skeleton(&written),
            (true, false) => String::new(),
        };
        NamePart {
            folded: hash(&fold_variants(&written)),
            loose: hash(&kana_loose_key(read)),
            skeleton: hash(&skeleton),
            writing: written.chars().collect(),
            reading: kana_key(read).chars().collect(),
            is_in_letters,
        }
    }

    /// Whether nothing was sent.
    pub fn is_empty(&self) -> bool {
        self.writing.is_empty() && self.reading.is_empty()
    }
}

/// A stable 64-bit hash (FNV-1a) of a key; 0 for an empty one. It is stored, so it must never
/// depend on the build.
pub fn hash(text: &str) -> u64 {
    if text.is_empty() {
        return 0;
    }
    let folded = text.bytes().fold(0xCBF2_9CE4_8422_2325_u64, |state, byte| {
        (state ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3)
    });
    folded.max(1)
}

fn bounded(text: &str) -> &str {
    let limit = usize::try_from(LINKAGE_VALUE_CHARACTERS).unwrap_or(usize::MAX);
    let trimmed = text.trim();
    match trimmed.char_indices().nth(limit) {
        Some((end, _)) => trimmed.get(..end).unwrap_or_default(),
        None => trimmed,
    }
}

/// Family and given name; a whole name with a blank in one component is two parts.
fn split(name: &PersonName) -> PersonName {
    if !name.given.trim().is_empty() {
        return name.clone();
    }
    match name.family.trim().split_once(char::is_whitespace) {
        Some((family, given)) => {
            PersonName { family: family.to_owned(), given: given.trim().to_owned() }
        }
        None => name.clone(),
    }
}

fn former(names: &[PersonName]) -> Box<[u64]> {
    let limit = usize::try_from(LINKAGE_FORMER_NAMES).unwrap_or(usize::MAX);
    let mut hashes: Vec<u64> = names
        .iter()
        .take(limit)
        .map(|name| NamePart::new(&split(name).family, ""))
        .flat_map(|part| [part.folded, part.loose])
        .filter(|hash| *hash != 0)
        .collect();
    hashes.sort_unstable();
    hashes.dedup();
    hashes.into()
}

fn birth(evidence: &Evidence) -> u32 {
    let known = evidence.demographics.birth.as_ref();
    let digits = evidence.birth_digits.or_else(|| day(known?));
    digits.filter(|digits| !is_unknown_birth(*digits)).unwrap_or_default()
}

fn day(time: &PartialTime) -> Option<u32> {
    (time.precision >= Precision::Day).then(|| u32::try_from(time.jst_day()).ok()).flatten()
}

/// Letters and digits alone, in half width.
fn dense(text: &str) -> String {
    kana_key(bounded(text)).chars().filter(|character| character.is_alphanumeric()).collect()
}

fn pairs(area: &str) -> Box<[u16]> {
    let characters: Vec<char> = area.chars().collect();
    let mut pairs: Vec<u16> = characters
        .windows(2)
        .map(|pair| {
            let folded = pair.iter().fold(0_u32, |state, character| {
                state.wrapping_mul(31).wrapping_add(u32::from(*character))
            });
            (folded ^ (folded >> 16)) as u16
        })
        .collect();
    pairs.sort_unstable();
    pairs.into()
}

fn telephones(received: &[String]) -> Box<[Box<str>]> {
    let limit = usize::try_from(LINKAGE_TELEPHONES).unwrap_or(usize::MAX);
    let mut keys: Vec<Box<str>> = received
        .iter()
        .take(limit)
        .filter_map(|telephone| telephone_key(bounded(telephone)))
        .map(String::into_boxed_str)
        .collect();
    keys.sort_unstable();
    keys.dedup();
    keys.into()
}

fn insurance_hash(insurance: &Insurance) -> u64 {
    let unpadded = |text: &str| dense(text).trim_start_matches('0').to_owned();
    let number = unpadded(&insurance.number);
    let insurer = unpadded(&insurance.insurer);
    match insurer.is_empty() || number.is_empty() {
        true => 0,
        false => hash(&format!("{insurer}:{}:{number}", dense(&insurance.symbol))),
    }
}

fn is_katakana(character: char) -> bool {
    matches!(character, '\u{30A1}'..='\u{30FC}')
}

fn is_hiragana(character: char) -> bool {
    matches!(character, '\u{3041}'..='\u{3096}')
}
