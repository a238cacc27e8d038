//! Identifiers that count.

use model::IdSource;
use std::sync::atomic::{AtomicU64, Ordering};

/// Gives bytes that count up: different each time, the same in each run.
#[derive(Debug, Default)]
pub struct CountingIds(AtomicU64);

impl CountingIds {
    /// Begins to count.
    pub fn new() -> CountingIds {
        CountingIds::default()
    }
}

impl IdSource for CountingIds {
    fn fill(&self, bytes: &mut [u8]) {
        let number = self.0.fetch_add(1, Ordering::SeqCst) + 1;
        bytes.fill(0);
        for (to, from) in bytes.iter_mut().rev().zip(number.to_le_bytes()) {
            *to = from;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::CountingIds;
    use model::IdSource;

    #[test]
    fn every_id_is_new_and_every_run_the_same() {
        let (one, two) = (CountingIds::new(), CountingIds::new());
        let first: Vec<_> = (0..300).map(|_| one.uuid()).collect();
        let again: Vec<_> = (0..300).map(|_| two.uuid()).collect();
        let distinct: std::collections::HashSet<_> = first.iter().collect();
        assert_eq!(first, again);
        assert_eq!(distinct.len(), 300);
    }
}
