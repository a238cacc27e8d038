//! What a household shares, compared: address, telephone.

use super::field::Level;
use super::record::Record;

/// Areas from this share of common pairs of letters on (Dice) are much alike, and in part alike.
const NEAR_SHARE: f64 = 0.8;
const PARTIAL_SHARE: f64 = 0.4;

pub fn compare_postal_code(one: &Record, other: &Record) -> Level {
    match (one.postal_code.as_bytes(), other.postal_code.as_bytes()) {
        ([], _) | (_, []) => Level::Missing,
        (one, other) if one == other => Level::Exact,
        (one, other) if differing(one, other) == Some(1) => Level::OneEdit,
        _ => Level::Differ,
    }
}

pub fn compare_area(one: &Record, other: &Record) -> Level {
    if one.area == 0 || other.area == 0 {
        return Level::Missing;
    }
    if one.area == other.area {
        return Level::Exact;
    }
    match dice(&one.area_pairs, &other.area_pairs) {
        share if share >= NEAR_SHARE => Level::Near,
        share if share >= PARTIAL_SHARE => Level::Partial,
        _ => Level::Differ,
    }
}

/// The numbers of the house; nothing where the areas are not alike, because there the same number
/// is chance.
pub fn compare_house_number(one: &Record, other: &Record, area: Level) -> Level {
    let (one, other) = (one.house_number.as_ref(), other.house_number.as_ref());
    if one.is_empty() || other.is_empty() || matches!(area, Level::Differ) {
        Level::Missing
    } else if one == other {
        Level::Exact
    } else if continues(one, other)
        || continues(other, one)
        || differing(one.as_bytes(), other.as_bytes()) == Some(1)
    {
        Level::Partial
    } else {
        Level::Differ
    }
}

pub fn compare_telephones(one: &Record, other: &Record) -> Level {
    if one.telephones.is_empty() || other.telephones.is_empty() {
        return Level::Missing;
    }
    let mut level = Level::Differ;
    for telephone in &one.telephones {
        for counterpart in &other.telephones {
            if telephone == counterpart {
                return Level::Exact;
            }
            if differing(telephone.as_bytes(), counterpart.as_bytes()) == Some(1) {
                level = Level::OneEdit;
            }
        }
    }
    level
}

/// Whether a row of numbers goes on where another one ends: `1-2` and `1-2-3`.
fn continues(longer: &str, shorter: &str) -> bool {
    longer.strip_prefix(shorter).is_some_and(|rest| rest.starts_with('-'))
}

/// How many places differ; `None` for two lengths.
fn differing(one: &[u8], other: &[u8]) -> Option<usize> {
    (one.len() == other.len())
        .then(|| one.iter().zip(other).filter(|(one, other)| one != other).count())
}

/// The share of common elements of two sorted lists.
fn dice(one: &[u16], other: &[u16]) -> f64 {
    if one.is_empty() || other.is_empty() {
        return 0.0;
    }
    let (mut left, mut right, mut common) = (0, 0, 0_usize);
    while let (Some(a), Some(b)) = (one.get(left), other.get(right)) {
        match a.cmp(b) {
            std::cmp::Ordering::Less => left += 1,
            std::cmp::Ordering::Greater => right += 1,
            std::cmp::Ordering::Equal => {
                common += 1;
                left += 1;
                right += 1;
            }
        }
    }
    (2 * common) as f64 / (one.len() + other.len()) as f64
}
