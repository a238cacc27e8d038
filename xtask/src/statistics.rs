//! Figures of repeated measurements, and a generator for random moments that can be repeated.

/// The middle one of `values`; 0 if there are none.
pub fn median(values: &[f64]) -> f64 {
    quantile(values, 0.5)
}

/// The smallest value that at least the share `share` of `values` does not exceed.
pub fn quantile(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let rank = (share * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or(0.0)
}

/// A sequence of numbers that looks random and repeats by its seed (SplitMix64).
pub struct Sequence(pub u64);

impl Sequence {
    /// A number from 0 up to, not including, `bound`.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound.max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_values_that_were_measured() {
        let values = [5.0, 1.0, 3.0, 2.0, 4.0];
        assert_eq!(median(&values), 3.0);
        assert_eq!(quantile(&values, 0.95), 5.0);
        assert_eq!(quantile(&values, 0.2), 1.0);
        assert_eq!(median(&[]), 0.0);
    }

    #[test]
    fn a_sequence_repeats_by_its_seed() {
        let mut first = Sequence(7);
        let mut second = Sequence(7);
        let drawn: Vec<_> = (0..50).map(|_| first.below(1_000)).collect();
        assert!(drawn.iter().all(|number| *number < 1_000 && *number == second.below(1_000)));
        assert!(drawn.iter().any(|number| *number != drawn[0]));
    }
}
