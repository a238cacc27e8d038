//! How long an answer is made: while somebody waits for it, takes enough of it, and its time is
//! not over. Each answer holds a thread of the store and a snapshot of the database.

use model::limits::{QUERY_ANSWER_MS, QUERY_READER_BYTES_S, QUERY_READER_MS};
use model::{Clock, Timestamp};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Held by whoever waits for an answer or reads it; when it is dropped, the answer is not made
/// any further.
#[derive(Debug)]
pub(crate) struct Interest(Arc<AtomicBool>);

/// What an answer has taken and may still take.
#[derive(Clone)]
pub(crate) struct Patience {
    is_gone: Arc<AtomicBool>,
    clock: Arc<dyn Clock>,
    begun: Timestamp,
    waited: Duration,
    sent_bytes: u64,
}

impl Patience {
    /// The patience for an answer that begins now, and the interest in it.
    pub(crate) fn begin(clock: Arc<dyn Clock>) -> (Patience, Interest) {
        let is_gone = Arc::new(AtomicBool::new(false));
        let interest = Interest(is_gone.clone());
        let begun = clock.now();
        (Patience { is_gone, clock, begun, waited: Duration::ZERO, sent_bytes: 0 }, interest)
    }

    /// Whether nobody waits for the answer any more.
    pub(crate) fn is_gone(&self) -> bool {
        self.is_gone.load(Ordering::Relaxed)
    }

    /// Whether the answer is to be made further.
    pub(crate) fn lasts(&self) -> bool {
        !self.is_gone() && self.taken() < Duration::from_millis(QUERY_ANSWER_MS)
    }

    /// The time that the answer has taken so far.
    pub(crate) fn taken(&self) -> Duration {
        let taken_us = self.clock.now().0.saturating_sub(self.begun.0);
        Duration::from_micros(u64::try_from(taken_us).unwrap_or(0))
    }

    /// How long the reader may now take nothing.
    pub(crate) fn left(&self) -> Duration {
        let idle = Duration::from_millis(QUERY_READER_MS);
        let by_bytes_ms = self.sent_bytes.saturating_mul(1_000) / QUERY_READER_BYTES_S;
        let by_rate = (idle + Duration::from_millis(by_bytes_ms)).saturating_sub(self.waited);
        let whole = Duration::from_millis(QUERY_ANSWER_MS).saturating_sub(self.taken());
        idle.min(by_rate).min(whole)
    }

    /// Notes a piece of so many bytes, and for how long its reader was waited for.
    pub(crate) fn sent(&mut self, bytes: usize, waited: Duration) {
        self.sent_bytes += bytes as u64;
        self.waited += waited;
    }
}

impl Drop for Interest {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use testkit::ManualClock;

    fn begun() -> (Patience, Interest, Arc<ManualClock>) {
        let clock = Arc::new(ManualClock::new(Timestamp(0)));
        let (patience, interest) = Patience::begin(clock.clone());
        (patience, interest, clock)
    }

    #[test]
    fn it_ends_with_its_interest_and_with_its_time() {
        let (patience, interest, clock) = begun();
        assert!(patience.lasts());
        drop(interest);
        assert!(patience.is_gone() && !patience.lasts());
        let (patience, _interest) = Patience::begin(clock.clone());
        clock.advance_us(1_000 * QUERY_ANSWER_MS as i64);
        assert!(!patience.is_gone() && !patience.lasts());
    }

    #[test]
    fn a_reader_that_keeps_the_rate_may_go_on_and_a_slower_one_may_not() {
        let idle = Duration::from_millis(QUERY_READER_MS);
        let second = usize::try_from(QUERY_READER_BYTES_S).unwrap();
        let (mut patience, _interest, _) = begun();
        for _ in 0..200 {
            patience.sent(second, Duration::from_secs(1));
        }
        assert_eq!(patience.left(), idle);
        for _ in 0..60 {
            patience.sent(second / 2, Duration::from_secs(1));
        }
        assert_eq!(patience.left(), Duration::ZERO);
    }

    #[test]
    fn no_wait_is_longer_than_what_is_left_of_the_answers_time() {
        let (mut patience, _interest, clock) = begun();
        patience.sent(1 << 30, Duration::ZERO);
        clock.advance_us(1_000 * (QUERY_ANSWER_MS as i64 - 1_000));
        assert_eq!(patience.left(), Duration::from_secs(1));
        clock.advance_us(1_000_000);
        assert_eq!(patience.left(), Duration::ZERO);
    }
}
