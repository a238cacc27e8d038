//! What a household shares, compared: address, telephone.

use super::field::Level;
use super::record::Record;

/// Areas are alike by their share of common pairs of letters (Dice), from the most alike on.
const SHARES: [(f64, Level); 4] =
    [(0.9, Level::OneEdit), (0.75, Level::Near), (0.5, Level::Partial), (0.3, Level::Similar)];

pub fn compare_postal_code(one: &Record, other: &Record) -> Level {
    match (one.postal_code.as_bytes(), other.postal_code.as_bytes()) {
        ([], _) | (_, []) => Level::Missing,
        (one, other) if one == other => Level::Exact,
        (one, other) if is_one_slip(one, other) => Level::OneEdit,
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
    let share = dice(&one.area_pairs, &other.area_pairs);
    let alike = SHARES.iter().find(|(least, _)| share >= *least);
    alike.map_or(Level::Differ, |(_, level)| *level)
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
        || is_one_slip(one.as_bytes(), other.as_bytes())
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
            if is_one_slip(telephone.as_bytes(), counterpart.as_bytes()) {
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

/// Whether one digit differs, or two that stand side by side changed places.
fn is_one_slip(one: &[u8], other: &[u8]) -> bool {
    if one.len() != other.len() {
        return false;
    }
    let mut differing = one.iter().zip(other).enumerate().filter(|(_, (one, other))| one != other);
    match (differing.next(), differing.next(), differing.next()) {
        (Some(_), None, _) => true,
        (Some((at, (first, crossed))), Some((next, (second, counterpart))), None) => {
            next == at + 1 && first == counterpart && second == crossed
        }
        _ => false,
    }
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
