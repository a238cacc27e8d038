//! Two records compared: a level for each field.

use super::field::{FIELDS, Field, Level};
use super::frequency::NameForm;
use super::names::{Forms, compare_names};
use super::places::{compare_area, compare_house_number, compare_postal_code, compare_telephones};
use super::record::Record;
use text::{BirthSlip, birth_slip, is_mobile};

/// The levels on which two records agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Comparison {
    levels: [Level; FIELDS],
    /// Given name, both forms.
    pub given: Forms,
    /// Family name, both forms.
    pub family: Forms,
    /// The form that stands as the given name.
    pub given_form: NameForm,
    /// The form that stands as the family name.
    pub family_form: NameForm,
    /// Whether a number of a mobile telephone is shared.
    pub shares_mobile: bool,
}

impl Comparison {
    /// The level of a field.
    pub fn level(&self, field: Field) -> Level {
        self.levels.get(field.place()).copied().unwrap_or(Level::Missing)
    }

    /// The levels of all fields, in the order of [`Field::ALL`]: an agreement pattern.
    pub fn pattern(&self) -> [Level; FIELDS] {
        self.levels
    }
}

/// Compares two records. Symmetric.
pub fn compare(one: &Record, other: &Record) -> Comparison {
    let (given, family) = compare_names(one, other);
    let mut levels = [Level::Missing; FIELDS];
    let mut set = |field: Field, level: Level| {
        if let Some(place) = levels.get_mut(field.place()) {
            *place = level;
        }
    };
    let main = principal(given);
    set(Field::GivenName, main.level);
    set(Field::GivenReadingBeside, main.reading_beside);
    set(Field::GivenWritingBeside, main.writing_beside);
    let given_form = if main.is_reading { NameForm::GivenReading } else { NameForm::GivenWriting };
    let main = principal(family);
    set(Field::FamilyName, main.level);
    set(Field::FamilyReadingBeside, main.reading_beside);
    set(Field::FamilyWritingBeside, main.writing_beside);
    let family_form =
        if main.is_reading { NameForm::FamilyReading } else { NameForm::FamilyWriting };
    set(Field::BirthDate, compare_birth(one, other));
    set(Field::Sex, compare_sex(one, other));
    set(Field::PostalCode, compare_postal_code(one, other));
    let area = compare_area(one, other);
    set(Field::Area, area);
    set(Field::HouseNumber, compare_house_number(one, other, area));
    set(Field::Telephone, compare_telephones(one, other));
    let insurance = compare_insurance(one, other);
    set(Field::Insurance, insurance);
    set(Field::InsuranceBranch, compare_branch(one, other, insurance));
    Comparison {
        levels,
        given,
        family,
        given_form,
        family_form,
        shares_mobile: shares_mobile(one, other),
    }
}

/// A name as one witness: the form that agrees better, and the other one beside it.
struct Principal {
    level: Level,
    is_reading: bool,
    reading_beside: Level,
    writing_beside: Level,
}

fn principal(forms: Forms) -> Principal {
    let Forms { writing, reading } = forms;
    let alone = |level, is_reading| Principal {
        level,
        is_reading,
        reading_beside: Level::Missing,
        writing_beside: Level::Missing,
    };
    match (writing.is_silent(), reading.is_silent()) {
        (true, true) => alone(writing.max(reading), false),
        (true, false) => Principal { writing_beside: writing, ..alone(reading, true) },
        (false, true) => alone(writing, false),
        (false, false) if !writing.is_same_name() && !reading.is_same_name() => {
            match writing <= reading {
                true => alone(writing, false),
                false => alone(reading, true),
            }
        }
        (false, false) if writing <= reading => {
            Principal { reading_beside: reading, ..alone(writing, false) }
        }
        (false, false) => Principal { writing_beside: writing, ..alone(reading, true) },
    }
}

fn compare_birth(one: &Record, other: &Record) -> Level {
    if one.birth == 0 || other.birth == 0 {
        return Level::Missing;
    }
    match birth_slip(one.birth, other.birth) {
        BirthSlip::Same => Level::Exact,
        BirthSlip::SamePlaceholder => Level::Placeholder,
        BirthSlip::Placeholder => Level::Near,
        BirthSlip::YearByOne => Level::YearByOne,
        BirthSlip::EraYears => Level::EraYears,
        BirthSlip::DayMonthSwapped => Level::DayMonthSwapped,
        BirthSlip::OneDigit => Level::OneEdit,
        BirthSlip::Partial => Level::Partial,
        BirthSlip::Other => Level::Differ,
    }
}

fn compare_sex(one: &Record, other: &Record) -> Level {
    match (one.sex, other.sex) {
        (' ', _) | (_, ' ') => Level::Missing,
        (one, other) if one == other => Level::Exact,
        _ => Level::Differ,
    }
}

fn compare_insurance(one: &Record, other: &Record) -> Level {
    match (one.insurance, other.insurance) {
        (0, _) | (_, 0) => Level::Missing,
        (one, other) if one == other => Level::Exact,
        _ => Level::Differ,
    }
}

fn compare_branch(one: &Record, other: &Record, insurance: Level) -> Level {
    match (insurance, one.branch, other.branch) {
        (Level::Exact, one, other) if one != 0 && other != 0 => match one == other {
            true => Level::Exact,
            false => Level::Differ,
        },
        _ => Level::Missing,
    }
}

fn shares_mobile(one: &Record, other: &Record) -> bool {
    one.telephones
        .iter()
        .filter(|telephone| is_mobile(telephone))
        .any(|telephone| other.telephones.binary_search(telephone).is_ok())
}
