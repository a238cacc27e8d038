//! Japanese eras (元号): as birth dates are written on cards, spoken and searched.

/// An era of the modern calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Era {
    /// 明治, from 1868-01-25
    Meiji,
    /// 大正, from 1912-07-30
    Taisho,
    /// 昭和, from 1926-12-25
    Showa,
    /// 平成, from 1989-01-08
    Heisei,
    /// 令和, from 2019-05-01
    Reiwa,
}

impl Era {
    /// Every era, the earliest first.
    pub const ALL: &'static [Era] = &[Era::Meiji, Era::Taisho, Era::Showa, Era::Heisei, Era::Reiwa];

    /// The name in kanji.
    pub fn name(self) -> &'static str {
        match self {
            Era::Meiji => "明治",
            Era::Taisho => "大正",
            Era::Showa => "昭和",
            Era::Heisei => "平成",
            Era::Reiwa => "令和",
        }
    }

    /// The letter of forms and cards.
    pub fn letter(self) -> char {
        match self {
            Era::Meiji => 'M',
            Era::Taisho => 'T',
            Era::Showa => 'S',
            Era::Heisei => 'H',
            Era::Reiwa => 'R',
        }
    }

    /// The first day, as `YYYYMMDD`. The last day of the era before is also this day for Taisho
    /// and Showa (the change took effect within the day); such a day counts to the new era.
    pub fn first_day(self) -> i64 {
        match self {
            Era::Meiji => 18680125,
            Era::Taisho => 19120730,
            Era::Showa => 19261225,
            Era::Heisei => 19890108,
            Era::Reiwa => 20190501,
        }
    }

    /// The era of a day `YYYYMMDD` with the year counted in it (1 is 元年); `None` before Meiji.
    pub fn of_day(day: i64) -> Option<(Era, i64)> {
        let era = Era::ALL.iter().copied().rev().find(|era| era.first_day() <= day)?;
        Some((era, day / 10_000 - era.first_day() / 10_000 + 1))
    }

    /// The Western year of a year of this era. People also write a later year of an era that has
    /// ended (平成32年 on a licence): up to `grace_years` years after its end are read.
    pub fn western_year(self, year: i64, grace_years: i64) -> Option<i64> {
        let western = self.first_day() / 10_000 + year - 1;
        let last = Era::ALL
            .iter()
            .find(|era| **era > self)
            .map_or(i64::MAX, |next| next.first_day() / 10_000 + grace_years);
        ((1..1_000).contains(&year) && western <= last).then_some(western)
    }

    /// The era and year as written beside a Western date, such as `昭和23年` and `令和元年`.
    pub fn label_of_day(day: i64) -> Option<String> {
        let (era, year) = Era::of_day(day)?;
        Some(match year {
            1 => format!("{}元年", era.name()),
            _ => format!("{}{year}年", era.name()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Era;
    use proptest::prelude::*;

    #[test]
    fn knows_the_days_on_which_eras_change() {
        assert_eq!(Era::of_day(19890107), Some((Era::Showa, 64)));
        assert_eq!(Era::of_day(19890108), Some((Era::Heisei, 1)));
        assert_eq!(Era::of_day(20190430), Some((Era::Heisei, 31)));
        assert_eq!(Era::of_day(19120729), Some((Era::Meiji, 45)));
        assert_eq!(Era::of_day(18671231), None);
        assert_eq!(Era::label_of_day(20190501).as_deref(), Some("令和元年"));
        assert_eq!(Era::label_of_day(19480312).as_deref(), Some("昭和23年"));
    }

    #[test]
    fn refuses_years_long_after_an_era() {
        assert_eq!(Era::Showa.western_year(23, 0), Some(1948));
        assert_eq!(Era::Showa.western_year(64, 0), Some(1989));
        assert_eq!(Era::Showa.western_year(65, 0), None);
        assert_eq!(Era::Heisei.western_year(32, 2), Some(2020));
        assert_eq!(Era::Showa.western_year(0, 0), None);
    }

    proptest! {
        #[test]
        fn a_day_and_its_era_year_name_the_same_western_year(year in 1869_i64..2100, month in 1_i64..13, day in 1_i64..29) {
            let number = year * 10_000 + month * 100 + day;
            let (era, era_year) = Era::of_day(number).expect("after 1868");
            prop_assert_eq!(era.western_year(era_year, 0), Some(year));
        }
    }
}
