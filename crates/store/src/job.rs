//! The queue of jobs: leased to one worker at a time, fenced, done at least once.
//!
//! A job is named by kind and key; enqueueing it again while it waits is one run, enqueueing it
//! while it runs is one more run after. A worker that dies loses its lease, and another takes
//! the job with a higher fencing token; what the first still tries is then refused.

use crate::{StoreError, Tx};
use model::Timestamp;

/// A job in the hands of one worker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Its number; never used twice.
    pub id: i64,
    /// What kind of work.
    pub kind: String,
    /// What the work is about; unique within the kind.
    pub key: String,
    /// What the worker needs to know (JSON).
    pub payload: String,
    /// Which attempt this is, from 1.
    pub attempts: i64,
    /// Grows with each claim.
    pub fencing_token: i64,
    /// Grows with each enqueueing.
    pub revision: i64,
}

/// A line of the queue, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobLine {
    /// What kind of work.
    pub kind: String,
    /// What the work is about.
    pub key: String,
    /// Not before this instant.
    pub run_after: Timestamp,
    /// Attempts made.
    pub attempts: i64,
    /// Leased until this instant; zero when nobody has it.
    pub leased_until: Timestamp,
    /// How the last attempt failed.
    pub last_error: String,
}

statements! {
    ENQUEUE = "job/enqueue",
    CLAIM = "job/claim",
    RENEW = "job/renew",
    HOLDS = "job/holds",
    REMOVE = "job/remove",
    RELEASE = "job/release",
    FAIL = "job/fail",
    POSTPONE = "job/postpone",
    WAITING = "job/waiting",
}

/// Puts a job into the queue, not to run before `run_after`.
pub fn enqueue(
    tx: &mut Tx,
    kind: &str,
    key: &str,
    payload: &str,
    run_after: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(&ENQUEUE, params![kind, key, payload, run_after]).map(|_| ())
}

/// Takes up to `limit` jobs of a kind that are due at `now`, leased until `until`, in the order
/// in which they became due.
pub fn claim(
    tx: &mut Tx,
    kind: &str,
    now: Timestamp,
    until: Timestamp,
    limit: u32,
) -> Result<Vec<Job>, StoreError> {
    let mut jobs = tx.query(&CLAIM, params![kind, now, until, limit], |row| {
        Ok(Job {
            id: row.int(0)?,
            kind: row.text(1)?,
            key: row.text(2)?,
            payload: row.text(3)?,
            attempts: row.int(4)?,
            fencing_token: row.int(5)?,
            revision: row.int(6)?,
        })
    })?;
    jobs.sort_by_key(|job| job.id);
    Ok(jobs)
}

/// Keeps a job until `until`.
///
/// # Errors
/// [`StoreError::Fenced`] when another worker has taken it; so with the functions below.
pub fn renew(tx: &mut Tx, job: &Job, until: Timestamp) -> Result<(), StoreError> {
    let changed = tx.execute(&RENEW, params![job.id, job.fencing_token, until])?;
    held(job, changed)
}

/// Checks, within the transaction that writes the job's result, that the job is still ours.
pub fn guard(tx: &mut Tx, job: &Job) -> Result<(), StoreError> {
    let found = tx.query_opt(&HOLDS, params![job.id, job.fencing_token], |row| row.int(0))?;
    held(job, u64::from(found.is_some()))
}

/// The job is done: it leaves the queue, unless it was enqueued again meanwhile.
pub fn finish(tx: &mut Tx, job: &Job) -> Result<(), StoreError> {
    let gone = tx.execute(&REMOVE, params![job.id, job.fencing_token, job.revision])?;
    if gone > 0 {
        return Ok(());
    }
    let released = tx.execute(&RELEASE, params![job.id, job.fencing_token])?;
    held(job, released)
}

/// The attempt failed: the job waits for [`backoff_us`] and is tried again.
pub fn fail(tx: &mut Tx, job: &Job, error: &str, now: Timestamp) -> Result<(), StoreError> {
    let run_after = now.plus_us(backoff_us(job.attempts));
    let changed = tx.execute(&FAIL, params![job.id, job.fencing_token, run_after, error])?;
    held(job, changed)
}

/// It is too early for the job: it waits until `run_after`, as if it had not been claimed.
pub fn postpone(tx: &mut Tx, job: &Job, run_after: Timestamp) -> Result<(), StoreError> {
    let changed = tx.execute(&POSTPONE, params![job.id, job.fencing_token, run_after])?;
    held(job, changed)
}

/// The first `limit` jobs of all kinds.
pub fn waiting(tx: &mut Tx, limit: u32) -> Result<Vec<JobLine>, StoreError> {
    tx.query(&WAITING, params![limit], |row| {
        Ok(JobLine {
            kind: row.text(0)?,
            key: row.text(1)?,
            run_after: Timestamp(row.int(2)?),
            attempts: row.int(3)?,
            leased_until: Timestamp(row.int(4)?),
            last_error: row.text(5)?,
        })
    })
}

/// How long a job waits after its `attempts`-th attempt: a second, doubled each time, at most
/// an hour; in microseconds.
pub fn backoff_us(attempts: i64) -> i64 {
    let doublings = u32::try_from(attempts.clamp(1, 13) - 1).unwrap_or(0);
    (Timestamp::SECOND_US << doublings).min(3_600 * Timestamp::SECOND_US)
}

fn held(job: &Job, changed: u64) -> Result<(), StoreError> {
    match changed {
        0 => Err(StoreError::Fenced { name: format!("job {} {}", job.kind, job.key) }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_longer_each_time_and_never_more_than_an_hour() {
        let seconds: Vec<i64> =
            [0, 1, 2, 3, 12, 13, 9_000].map(|n| backoff_us(n) / Timestamp::SECOND_US).to_vec();
        assert_eq!(seconds, [1, 1, 2, 4, 2_048, 3_600, 3_600]);
    }
}
