//! Asking work to stop: it ends at the next safe place, and what it did stays.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;

/// A request to stop, shared by all who work and all who wait.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    asked: Mutex<bool>,
    threads: Condvar,
    tasks: Notify,
}

impl Stop {
    /// A request not yet made.
    pub fn new() -> Stop {
        Stop::default()
    }

    /// Asks to stop.
    pub fn ask(&self) {
        *self.0.asked.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.0.threads.notify_all();
        self.0.tasks.notify_waiters();
    }

    /// Whether it was asked.
    pub fn is_asked(&self) -> bool {
        *self.0.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits on a thread until it is asked, at most `wait_max`; answers whether it was.
    pub fn asked_within(&self, wait_max: Duration) -> bool {
        let asked = self.0.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.0.threads.wait_timeout_while(asked, wait_max, |asked| !*asked);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }

    /// Waits until it is asked.
    pub async fn asked(&self) {
        let waiting = self.0.tasks.notified();
        tokio::pin!(waiting);
        waiting.as_mut().enable();
        if !self.is_asked() {
            waiting.await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_waits_is_woken() {
        let stop = Stop::new();
        assert!(!stop.asked_within(Duration::ZERO));
        let waiting = stop.clone();
        let thread = std::thread::spawn(move || waiting.asked_within(Duration::MAX));
        stop.ask();
        assert!(thread.join().unwrap() && stop.is_asked());
    }
}
