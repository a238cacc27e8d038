//! Time and identifiers as parameters, so that a run can be replayed.

use serde::{Deserialize, Serialize};

/// An instant: microseconds since 1970-01-01T00:00:00 UTC.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// Microseconds in one second.
    pub const SECOND_US: i64 = 1_000_000;
    /// Microseconds in one day.
    pub const DAY_US: i64 = 86_400 * Self::SECOND_US;
    /// Japan Standard Time is UTC+9, without daylight saving.
    pub const JST_OFFSET_US: i64 = 9 * 3_600 * Self::SECOND_US;

    /// The calendar day in Japan, as the number `YYYYMMDD`.
    pub fn jst_day(self) -> i64 {
        let (year, month, day) = self.jst_date();
        year * 10_000 + month * 100 + day
    }

    /// Year, month and day of the calendar in Japan.
    pub fn jst_date(self) -> (i64, i64, i64) {
        crate::date::civil_from_days((self.0 + Self::JST_OFFSET_US).div_euclid(Self::DAY_US))
    }

    /// Hour and minute of the clock in Japan.
    pub fn jst_hour_minute(self) -> (i64, i64) {
        let second_of_day =
            (self.0 + Self::JST_OFFSET_US).rem_euclid(Self::DAY_US) / Self::SECOND_US;
        (second_of_day / 3_600, second_of_day / 60 % 60)
    }

    /// This instant moved by `delta_us` microseconds, kept inside the range of the type.
    pub fn plus_us(self, delta_us: i64) -> Timestamp {
        Timestamp(self.0.saturating_add(delta_us))
    }
}

/// Where "now" comes from. The binary gives the system's clock, tests a manual one.
pub trait Clock: Send + Sync {
    /// The present instant.
    fn now(&self) -> Timestamp;
}

/// Where new identifiers and secrets come from. The binary gives the system's randomness,
/// tests a counter.
pub trait IdSource: Send + Sync {
    /// Fills `bytes` with fresh random bytes.
    fn fill(&self, bytes: &mut [u8]);

    /// A fresh UUID (version 4).
    fn uuid(&self) -> uuid::Uuid {
        let mut bytes = [0_u8; 16];
        self.fill(&mut bytes);
        uuid::Builder::from_random_bytes(bytes).into_uuid()
    }
}
