//! A clock that only moves when told.

use model::{Clock, Timestamp};
use std::sync::atomic::{AtomicI64, Ordering};

/// A clock that only moves when told.
#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// A clock that stands at `start`.
    pub fn new(start: Timestamp) -> ManualClock {
        ManualClock(AtomicI64::new(start.0))
    }

    /// Moves it by `delta_us` microseconds (back, where negative).
    pub fn advance_us(&self, delta_us: i64) {
        self.0.fetch_add(delta_us, Ordering::SeqCst);
    }

    /// Sets it.
    pub fn set(&self, now: Timestamp) {
        self.0.store(now.0, Ordering::SeqCst);
    }
}

impl Default for ManualClock {
    /// Stands at 2026-01-01T00:00:00Z.
    fn default() -> ManualClock {
        ManualClock::new(Timestamp(1_767_225_600 * Timestamp::SECOND_US))
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}
