//! Slips in birth dates: what two different dates of one human look like.

/// How two birth dates, `YYYYMMDD`, are related. A date need not exist: what was typed wrong often
/// does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum BirthSlip {
    /// One date.
    Same,
    /// One date that is often written where none is known: 1 January.
    SamePlaceholder,
    /// One of them stands for an unknown day or month of the same year: the first of it.
    Placeholder,
    /// Month and day, one year apart: an era's year counted from 0, or an age.
    YearByOne,
    /// Month and day, 63 years (Showa for Heisei) or 30 years (Heisei for Reiwa) apart.
    EraYears,
    /// Day and month changed places.
    DayMonthSwapped,
    /// One digit differs, or two that stand side by side changed places.
    OneDigit,
    /// Two digits differ, or two of year, month and day are the same.
    Partial,
    /// Other dates.
    Other,
}

/// The years between an era's year read in the next era: Showa and Heisei, Heisei and Reiwa.
pub const ERA_SLIP_YEARS: [u32; 2] = [63, 30];

/// How two dates are related.
pub fn birth_slip(one: u32, other: u32) -> BirthSlip {
    let [year, month, day] = parts(one);
    let [other_year, other_month, other_day] = parts(other);
    let same_day = month == other_month && day == other_day;
    let years = year.abs_diff(other_year);
    if one == other {
        return match month == 1 && day == 1 {
            true => BirthSlip::SamePlaceholder,
            false => BirthSlip::Same,
        };
    }
    let stands_for_unknown = |month: u32, day: u32| day == 1 && month == 1;
    let is_first_of_month = month == other_month && (day == 1 || other_day == 1);
    if years == 0
        && (is_first_of_month
            || stands_for_unknown(month, day)
            || stands_for_unknown(other_month, other_day))
    {
        BirthSlip::Placeholder
    } else if same_day && years == 1 {
        BirthSlip::YearByOne
    } else if same_day && ERA_SLIP_YEARS.contains(&years) {
        BirthSlip::EraYears
    } else if years == 0 && month == other_day && day == other_month {
        BirthSlip::DayMonthSwapped
    } else {
        by_digits(one, other)
    }
}

/// Whether a date says nothing: a month or day of zeros or nines, years before 1868 or of nines.
pub fn is_unknown_birth(date: u32) -> bool {
    let [year, month, day] = parts(date);
    !(1868..9000).contains(&year) || [0, 99].contains(&month) || [0, 99].contains(&day)
}

fn parts(date: u32) -> [u32; 3] {
    [date / 10_000, date / 100 % 100, date % 100]
}

fn by_digits(one: u32, other: u32) -> BirthSlip {
    let digit = |date: u32, place: u32| date / 10_u32.pow(place) % 10;
    let differing: Vec<u32> =
        (0..8).filter(|place| digit(one, *place) != digit(other, *place)).collect();
    let swapped = match differing.as_slice() {
        [low, high] => {
            high - low == 1
                && digit(one, *low) == digit(other, *high)
                && digit(one, *high) == digit(other, *low)
        }
        _ => false,
    };
    let same_parts =
        parts(one).iter().zip(parts(other)).filter(|(part, other)| **part == *other).count();
    match differing.len() {
        1 => BirthSlip::OneDigit,
        2 if swapped => BirthSlip::OneDigit,
        2 => BirthSlip::Partial,
        _ if same_parts == 2 => BirthSlip::Partial,
        _ => BirthSlip::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn each_slip_is_known() {
        for (one, other, expected) in [
            (19480312, 19480312, BirthSlip::Same),
            (19480101, 19480101, BirthSlip::SamePlaceholder),
            (19480101, 19480312, BirthSlip::Placeholder),
            (19480301, 19480312, BirthSlip::Placeholder),
            (19480312, 19490312, BirthSlip::YearByOne),
            (19480312, 20110312, BirthSlip::EraYears),
            (19900312, 20200312, BirthSlip::EraYears),
            (19480312, 19481203, BirthSlip::DayMonthSwapped),
            (19480312, 19480318, BirthSlip::OneDigit),
            (19480312, 19840312, BirthSlip::OneDigit),
            (19480312, 19480329, BirthSlip::Partial),
            (19480312, 19620818, BirthSlip::Other),
        ] {
            assert_eq!(birth_slip(one, other), expected, "{one} {other}");
        }
    }

    #[test]
    fn dates_of_nines_and_zeros_say_nothing() {
        assert!(
            [99999999, 99991231, 0, 19480000, 19480399, 18000101].into_iter().all(is_unknown_birth)
        );
        assert!(![19480101, 20240229, 18680125].into_iter().any(is_unknown_birth));
    }

    proptest! {
        #[test]
        fn the_order_of_two_dates_does_not_matter(one in 0_u32..99_999_999, other in 0_u32..99_999_999) {
            prop_assert_eq!(birth_slip(one, other), birth_slip(other, one));
        }
    }
}
