//! Back-pressure and speed: bytes read ahead of the database, files read per second.

use std::sync::{Arc, Condvar, Mutex, PoisonError};

/// Bytes that may be read ahead. Taking waits until others have given back; a single item larger
/// than the whole budget passes alone.
#[derive(Debug)]
pub struct ByteBudget {
    bytes_max: u64,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug)]
struct State {
    used: u64,
    closed: bool,
}

/// Bytes in use; given back when dropped.
#[derive(Debug)]
pub struct Permit {
    budget: Arc<ByteBudget>,
    bytes: u64,
}

impl ByteBudget {
    /// A budget of `bytes_max` bytes.
    pub fn new(bytes_max: u64) -> Arc<ByteBudget> {
        let state = Mutex::new(State { used: 0, closed: false });
        Arc::new(ByteBudget { bytes_max, state, changed: Condvar::new() })
    }

    /// Takes bytes, waiting for room; `None` once the budget is closed.
    pub fn take(self: &Arc<Self>, bytes: u64) -> Option<Permit> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        while !state.closed && state.used > 0 && state.used + bytes > self.bytes_max {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        if state.closed {
            return None;
        }
        state.used += bytes;
        Some(Permit { budget: Arc::clone(self), bytes })
    }

    /// Lets nobody in any more and wakes those who wait: the pass has ended.
    pub fn close(&self) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).closed = true;
        self.changed.notify_all();
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut state = self.budget.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.used = state.used.saturating_sub(self.bytes);
        drop(state);
        self.budget.changed.notify_all();
    }
}

/// A maximum rate: gives each file its moment.
#[derive(Debug)]
pub struct Throttle {
    interval_us: i64,
    next_us: Mutex<i64>,
}

impl Throttle {
    /// At most `files_per_second_max` files a second; 0 for no limit.
    pub fn new(files_per_second_max: u32) -> Throttle {
        let interval_us = match i64::from(files_per_second_max) {
            0 => 0,
            rate => 1_000_000 / rate,
        };
        Throttle { interval_us, next_us: Mutex::new(i64::MIN) }
    }

    /// How long the file that comes at `now_us` has to wait, in microseconds. Time that was not
    /// used is not saved up.
    pub fn wait_us(&self, now_us: i64) -> u64 {
        if self.interval_us == 0 {
            return 0;
        }
        let mut next = self.next_us.lock().unwrap_or_else(PoisonError::into_inner);
        let at = (*next).max(now_us);
        *next = at + self.interval_us;
        u64::try_from(at - now_us).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_larger_than_the_budget_passes_alone() {
        let budget = ByteBudget::new(10);
        let large = budget.take(50).unwrap();
        let waiting = Arc::clone(&budget);
        let thread = std::thread::spawn(move || waiting.take(1).is_some());
        drop(large);
        assert!(thread.join().unwrap());
        let _held = budget.take(10).unwrap();
        let waiting = Arc::clone(&budget);
        let thread = std::thread::spawn(move || waiting.take(1).is_none());
        budget.close();
        assert!(thread.join().unwrap(), "a closed budget wakes those who wait");
    }

    #[test]
    fn files_come_at_the_rate_and_no_faster() {
        let throttle = Throttle::new(10);
        assert_eq!(throttle.wait_us(0), 0);
        assert_eq!(throttle.wait_us(0), 100_000);
        assert_eq!(throttle.wait_us(50_000), 150_000);
        assert_eq!(throttle.wait_us(10_000_000), 0);
        assert_eq!(throttle.wait_us(10_000_000), 100_000);
        assert_eq!(Throttle::new(0).wait_us(5), 0);
    }
}
