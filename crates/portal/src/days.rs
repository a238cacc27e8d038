//! Which days a filter covers, and dates typed into "jump to date".

use crate::typed_day;
use page::dates;

/// A period counted back from today.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Period {
    /// Everything.
    #[default]
    All,
    /// Three months.
    Months3,
    /// One year.
    Year1,
    /// Three years.
    Years3,
}

impl Period {
    /// Every period, in the order of the list.
    pub const ALL: [Period; 4] = [Period::All, Period::Months3, Period::Year1, Period::Years3];

    /// Its name in addresses; empty for everything.
    pub fn name(self) -> &'static str {
        match self {
            Period::All => "",
            Period::Months3 => "3m",
            Period::Year1 => "1y",
            Period::Years3 => "3y",
        }
    }

    /// The key of its word.
    pub fn key(self) -> &'static str {
        match self {
            Period::All => "period-all",
            Period::Months3 => "period-3m",
            Period::Year1 => "period-1y",
            Period::Years3 => "period-3y",
        }
    }

    /// The period of a name; anything unknown is everything.
    pub fn from_name(name: &str) -> Period {
        Period::ALL.into_iter().find(|period| period.name() == name).unwrap_or_default()
    }

    /// The first day that it covers.
    pub fn first_day(self, today: i64) -> Option<i64> {
        match self {
            Period::All => None,
            Period::Months3 => Some(dates::plus_days(today, -92)),
            Period::Year1 => Some(dates::plus_days(today, -366)),
            Period::Years3 => Some(dates::plus_days(today, -1_096)),
        }
    }
}

/// A date typed into "jump to date": any form of a birth date will do; of a span its last day.
pub fn read_day(typed: &str) -> Option<i64> {
    typed_day::read_day(typed.trim()).map(|span| span.last)
}
