//! Where records that are said to be of one human cannot all be right.

use crate::date::{PartialTime, Precision};
use crate::demographics::Demographics;

/// In what records of one person contradict each other. What a record does not say contradicts
/// nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Contradiction {
    /// Two birth dates differ in a part that both have: year, month or day.
    pub birth: bool,
    /// One record is a man's, another a woman's. Other and unknown contradict neither.
    pub sex: bool,
}

impl Contradiction {
    /// What contradicts within these records.
    pub fn among<'a>(records: impl IntoIterator<Item = &'a Demographics>) -> Contradiction {
        let records: Vec<&Demographics> = records.into_iter().collect();
        let mut births: Vec<&PartialTime> = records
            .iter()
            .filter_map(|record| record.birth.as_ref())
            .filter(|birth| !birth.is_unknown())
            .collect();
        births.sort_by_key(|birth| (birth.jst_day(), birth.precision));
        births.dedup_by_key(|birth| (birth.jst_day(), birth.precision.min(Precision::Day)));
        let birth = births
            .iter()
            .enumerate()
            .any(|(place, one)| births[place + 1..].iter().any(|other| differ(one, other)));
        let is = |sex: &str| records.iter().any(|record| record.sex == sex);
        Contradiction { birth, sex: is("M") && is("F") }
    }

    /// Whether there is any.
    pub fn is_any(self) -> bool {
        self.birth || self.sex
    }
}

fn differ(one: &PartialTime, other: &PartialTime) -> bool {
    let parts =
        |time: &PartialTime| (time.jst_day() / 10_000, time.jst_day() / 100, time.jst_day());
    let ((year, month, day), (other_year, other_month, other_day)) = (parts(one), parts(other));
    match one.precision.min(other.precision) {
        Precision::Year => year != other_year,
        Precision::Month => month != other_month,
        _ => day != other_day,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(birth: &str, sex: &str) -> Demographics {
        Demographics {
            birth: PartialTime::japan(birth).ok(),
            sex: sex.to_owned(),
            ..Demographics::default()
        }
    }

    fn among(records: &[Demographics]) -> (bool, bool) {
        let found = Contradiction::among(records);
        assert_eq!(found.is_any(), found.birth || found.sex);
        (found.birth, found.sex)
    }

    #[test]
    fn what_both_say_is_compared_and_what_one_does_not_say_is_not() {
        let man = record("19480312", "M");
        assert_eq!(among(&[man.clone(), record("19480312", "M")]), (false, false));
        assert_eq!(among(&[man.clone(), record("1948", "")]), (false, false));
        assert_eq!(among(&[man.clone(), record("194803", "O")]), (false, false));
        assert_eq!(among(&[man.clone(), record("194804", "U")]), (true, false));
        assert_eq!(among(&[man.clone(), record("19480313", "M")]), (true, false));
        assert_eq!(among(&[man.clone(), record("1949", "F")]), (true, true));
        assert_eq!(among(&[man.clone(), record("", ""), record("19480312", "F")]), (false, true));
        assert_eq!(among(&[record("1948", "M"), man, record("19480101", "M")]), (true, false));
        assert_eq!(among(&[]), (false, false));
    }
}
