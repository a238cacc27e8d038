//! The estimation as a job: one node of all does it, once a night.

use super::{Version, estimate_now};
use crate::error::IdentityError;
use model::Timestamp;
use model::limits::LINKAGE_ESTIMATE_HOURS;
use store::job::{claim, enqueue, fail, finish};
use store::{Store, StoreError};

const KIND: &str = "linkage-estimate";
const HOUR_US: i64 = 3_600 * Timestamp::SECOND_US;
/// Nights in Japan: 3 o'clock there is 18 o'clock UTC of the day before.
const NIGHT_HOUR_UTC: i64 = 18;

/// What a look at the job gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Nightly {
    /// It is not due, or another node has it.
    NotDue,
    /// It ran; `None` where there were too few records.
    Ran(Option<Version>),
}

/// Estimates weights if the night has come, and puts the next estimation on the list. Blocks.
///
/// # Errors
/// The database's; the job is tried again then.
pub fn run_if_due(store: &Store, now: Timestamp) -> Result<Nightly, IdentityError> {
    let hours = i64::try_from(LINKAGE_ESTIMATE_HOURS).unwrap_or(24);
    let next = next_night(now, hours);
    let until = now.plus_us(2 * HOUR_US);
    let taken = store.write_blocking(move |tx| -> Result<_, StoreError> {
        let taken = claim(tx, KIND, now, until, 1)?;
        // Each night is a job of its own: however often it is put on the list, it runs once.
        enqueue(tx, KIND, &next.0.to_string(), "{}", next)?;
        Ok(taken.into_iter().next())
    })?;
    let Some(job) = taken else { return Ok(Nightly::NotDue) };
    match estimate_now(store, now) {
        Ok(version) => {
            store.write_blocking(move |tx| finish(tx, &job))?;
            Ok(Nightly::Ran(version))
        }
        Err(error) => {
            let text = error.to_string();
            store.write_blocking(move |tx| fail(tx, &job, &text, now))?;
            Err(error)
        }
    }
}

fn next_night(now: Timestamp, hours: i64) -> Timestamp {
    let period = hours.max(1) * HOUR_US;
    let shifted = now.0 - NIGHT_HOUR_UTC * HOUR_US;
    Timestamp((shifted.div_euclid(period) + 1) * period + NIGHT_HOUR_UTC * HOUR_US)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_night_is_three_o_clock_in_japan_and_always_later() {
        let at = |hour: i64| Timestamp(20_000 * 24 * HOUR_US + hour * HOUR_US);
        assert_eq!(next_night(at(0), 24), at(18));
        assert_eq!(next_night(at(17), 24), at(18));
        assert_eq!(next_night(at(18), 24), at(18 + 24));
    }
}
