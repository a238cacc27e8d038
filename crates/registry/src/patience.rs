//! How long an answer is made: while somebody waits for it, takes enough of it, and its time is
//! not over. Each answer holds a thread of the store and a snapshot of the database.

use model::limits::{QUERY_ANSWER_MS, QUERY_READER_BYTES_S, QUERY_READER_MS};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::time::Instant;

/// Held by whoever waits for an answer or reads it; when it is dropped, the answer is not made
/// any further.
#[derive(Debug)]
pub(crate) struct Interest(Arc<AtomicBool>);

/// What an answer has taken and may still take.
#[derive(Debug, Clone)]
pub(crate) struct Patience {
    is_gone: Arc<AtomicBool>,
    end: Instant,
    waited: Duration,
    sent_bytes: u64,
}

impl Patience {
    /// The patience for an answer that begins now, and the interest in it.
    pub(crate) fn begin() -> (Patience, Interest) {
        let is_gone = Arc::new(AtomicBool::new(false));
        let interest = Interest(is_gone.clone());
        let end = Instant::now() + Duration::from_millis(QUERY_ANSWER_MS);
        (Patience { is_gone, end, waited: Duration::ZERO, sent_bytes: 0 }, interest)
    }

    /// Whether nobody waits for the answer any more.
    pub(crate) fn is_gone(&self) -> bool {
        self.is_gone.load(Ordering::Relaxed)
    }

    /// Whether the answer is to be made further, `now`.
    pub(crate) fn lasts(&self, now: Instant) -> bool {
        !self.is_gone() && now < self.end
    }

    /// How long the reader may now take nothing.
    pub(crate) fn left(&self, now: Instant) -> Duration {
        let idle = Duration::from_millis(QUERY_READER_MS);
        let taken_ms = self.sent_bytes.saturating_mul(1_000) / QUERY_READER_BYTES_S;
        let by_rate = (idle + Duration::from_millis(taken_ms)).saturating_sub(self.waited);
        idle.min(by_rate).min(self.end.saturating_duration_since(now))
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

    #[test]
    fn it_ends_with_its_interest_and_with_its_time() {
        let (patience, interest) = Patience::begin();
        let begun = Instant::now();
        assert!(patience.lasts(begun));
        assert!(!patience.lasts(begun + Duration::from_millis(QUERY_ANSWER_MS + 1)));
        drop(interest);
        assert!(patience.is_gone() && !patience.lasts(begun));
    }

    #[test]
    fn a_reader_that_keeps_the_rate_may_go_on_and_a_slower_one_may_not() {
        let idle = Duration::from_millis(QUERY_READER_MS);
        let second = usize::try_from(QUERY_READER_BYTES_S).unwrap();
        let (mut patience, _interest) = Patience::begin();
        let now = Instant::now();
        for _ in 0..200 {
            patience.sent(second, Duration::from_secs(1));
        }
        assert_eq!(patience.left(now), idle);
        for _ in 0..60 {
            patience.sent(second / 2, Duration::from_secs(1));
        }
        assert_eq!(patience.left(now), Duration::ZERO);
    }

    #[test]
    fn no_wait_is_longer_than_what_is_left_of_the_answers_time() {
        let (mut patience, _interest) = Patience::begin();
        patience.sent(1 << 30, Duration::ZERO);
        let late = patience.end - Duration::from_secs(1);
        assert_eq!(patience.left(late), Duration::from_secs(1));
        assert_eq!(patience.left(patience.end), Duration::ZERO);
    }
}
