//! Names compared: writing with writing, reading with reading, letters with kana.

use super::field::Level;
use super::record::{NamePart, Record};
use strsim::{generic_damerau_levenshtein, generic_jaro_winkler};
use text::is_wildcard;
use text::key::{Kinship, kinship};

/// The levels of a name part in both forms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Forms {
    /// Writing against writing.
    pub writing: Level,
    /// Reading against reading, or letters against kana.
    pub reading: Level,
}

/// The levels of given and family name. Where a side has one component for the whole name, the
/// whole names are compared and both parts have that level; parts that changed places are
/// [`Level::Swapped`], as written where both are the same names in writing, else as read.
pub fn compare_names(one: &Record, other: &Record) -> (Forms, Forms) {
    let given = compare_part(&one.given, &other.given);
    let family = compare_part(&one.family, &other.family);
    let has_gap =
        [&one.given, &one.family, &other.given, &other.family].iter().any(|part| part.is_empty());
    if has_gap {
        let whole = compare_whole(one, other);
        if whole.writing.is_same_name() || whole.reading.is_same_name() {
            return (whole, whole);
        }
    }
    if is_apart(given) && is_apart(family) || has_gap && !is_agreed(given) && !is_agreed(family) {
        let as_written = Forms { writing: Level::Swapped, ..NOTHING };
        let as_read = Forms { reading: Level::Swapped, ..NOTHING };
        match crossed(one, other) {
            Crossed::AsWritten => return (as_written, as_written),
            Crossed::Alike => return (as_read, as_read),
            Crossed::One => return (as_read, NOTHING),
            Crossed::Neither => {}
        }
    }
    match is_apart(family) && is_former_name(one, other) {
        true => (given, Forms { writing: Level::Former, reading: Level::Missing }),
        false => (given, family),
    }
}

const NOTHING: Forms = Forms { writing: Level::Missing, reading: Level::Missing };

fn compare_part(one: &NamePart, other: &NamePart) -> Forms {
    if one.is_in_letters != other.is_in_letters
        && !(one.writing.is_empty() || other.writing.is_empty())
        || one.reading.is_empty() != other.reading.is_empty()
            && (one.is_in_letters || other.is_in_letters)
    {
        return Forms { writing: Level::Missing, reading: by_skeleton(one, other) };
    }
    Forms { writing: compare_writing(one, other), reading: compare_reading(one, other) }
}

fn by_skeleton(one: &NamePart, other: &NamePart) -> Level {
    match (one.skeleton, other.skeleton) {
        (0, _) | (_, 0) => Level::Missing,
        (one, other) if one == other => Level::Skeleton,
        _ => Level::Differ,
    }
}

fn compare_writing(one: &NamePart, other: &NamePart) -> Level {
    let is_in_letters = one.is_in_letters;
    match compare_characters(&one.writing, &other.writing, is_in_letters) {
        Level::Differ | Level::Near if is_in_letters && one.skeleton == other.skeleton => {
            Level::Skeleton
        }
        level => level,
    }
}

fn compare_reading(one: &NamePart, other: &NamePart) -> Level {
    match compare_characters(&one.reading, &other.reading, false) {
        Level::Exact => Level::Exact,
        Level::Missing => Level::Missing,
        _ if one.loose == other.loose => Level::Loose,
        level => level,
    }
}

fn compare_characters(one: &[char], other: &[char], is_in_letters: bool) -> Level {
    if one.is_empty() || other.is_empty() {
        return Level::Missing;
    }
    if one == other && !one.iter().any(|character| is_wildcard(*character)) {
        return Level::Exact;
    }
    if one.len() == other.len()
        && let Some(level) = place_by_place(one, other)
    {
        return level;
    }
    by_edits(one, other, is_in_letters)
}

/// The level of two names of one length that agree at every place; `None` where one does not.
fn place_by_place(one: &[char], other: &[char]) -> Option<Level> {
    let mut worst = Level::Exact;
    for (character, counterpart) in one.iter().zip(other) {
        let level = if is_wildcard(*character) || is_wildcard(*counterpart) {
            Level::Silent
        } else {
            match kinship(*character, *counterpart) {
                Kinship::Same => Level::Exact,
                Kinship::Variant => Level::Variant,
                Kinship::Similar => Level::Similar,
                Kinship::Other => return None,
            }
        };
        worst = match (worst, level) {
            (Level::Silent, _) | (_, Level::Silent) => Level::Silent,
            (worst, level) => worst.max(level),
        };
    }
    Some(worst)
}

/// In names of one or two kanji an edit is another name; letters and kana carry less each.
const EDITABLE_CHARACTERS: usize = 3;
/// Names in letters from this similarity on (Jaro and Winkler) are much alike.
const NEAR: f64 = 0.85;

fn by_edits(one: &[char], other: &[char], is_in_letters: bool) -> Level {
    let length = one.len().min(other.len());
    if length >= EDITABLE_CHARACTERS
        && one.len().abs_diff(other.len()) <= 1
        && generic_damerau_levenshtein(one, other) == 1
    {
        return Level::OneEdit;
    }
    let is_near = || generic_jaro_winkler(&Letters(one), &Letters(other)) >= NEAR;
    match is_in_letters && length >= EDITABLE_CHARACTERS && is_near() {
        true => Level::Near,
        false => Level::Differ,
    }
}

/// What `strsim` iterates over.
struct Letters<'a>(&'a [char]);

impl<'a> IntoIterator for &Letters<'a> {
    type Item = char;
    type IntoIter = std::iter::Copied<std::slice::Iter<'a, char>>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter().copied()
    }
}

fn compare_whole(one: &Record, other: &Record) -> Forms {
    let whole = |record: &Record, form: fn(&NamePart) -> &[char]| -> Vec<char> {
        [form(&record.family), form(&record.given)].concat()
    };
    let compare = |form: fn(&NamePart) -> &[char]| {
        compare_characters(&whole(one, form), &whole(other, form), one.family.is_in_letters)
    };
    Forms { writing: compare(|part| &part.writing), reading: compare(|part| &part.reading) }
}

/// Whether neither form of a part agrees.
fn is_apart(forms: Forms) -> bool {
    let apart = |level: Level| matches!(level, Level::Differ | Level::Near | Level::OneEdit);
    let silent = |level: Level| level.is_silent();
    (apart(forms.writing) || silent(forms.writing))
        && (apart(forms.reading) || silent(forms.reading))
        && !(silent(forms.writing) && silent(forms.reading))
}

/// How many parts of a name stand at the other place in the other record; one, where the other
/// part is missing.
enum Crossed {
    /// Both, the same as written.
    AsWritten,
    /// Both, in another way.
    Alike,
    One,
    Neither,
}

fn crossed(one: &Record, other: &Record) -> Crossed {
    let given = compare_part(&one.given, &other.family);
    let family = compare_part(&one.family, &other.given);
    let silent = |forms: Forms| forms.writing.is_silent() && forms.reading.is_silent();
    if given.writing.is_same_name() && family.writing.is_same_name() {
        Crossed::AsWritten
    } else if is_agreed(given) && is_alike(family) || is_alike(given) && is_agreed(family) {
        Crossed::Alike
    } else if is_agreed(given) && silent(family) || is_agreed(family) && silent(given) {
        Crossed::One
    } else {
        Crossed::Neither
    }
}

fn is_agreed(forms: Forms) -> bool {
    forms.writing.is_same_name() || forms.reading.is_same_name()
}

fn is_alike(forms: Forms) -> bool {
    let alike = |level: Level| matches!(level, Level::OneEdit | Level::Near);
    is_agreed(forms) || alike(forms.writing) || alike(forms.reading)
}

fn is_former_name(one: &Record, other: &Record) -> bool {
    let was = |former: &Record, now: &Record| {
        [now.family.folded, now.family.loose]
            .iter()
            .any(|hash| *hash != 0 && former.former_families.binary_search(hash).is_ok())
    };
    was(one, other) || was(other, one)
}
