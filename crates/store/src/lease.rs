//! Named leases: who may do a piece of work (pull a source), with a fencing token.
//!
//! A lease ends by time, so a dead holder blocks nobody for long. A holder that only slept may
//! wake after another took over; therefore each of its writes calls [`guard`] in the same
//! transaction, which refuses an old token.

use crate::{StoreError, Tx};
use model::Timestamp;

/// A lease in hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// What is leased.
    pub name: String,
    /// Who holds it; unique to a process.
    pub holder: String,
    /// Grows with each new holder.
    pub fencing_token: i64,
}

statements! {
    ACQUIRE = "lease/acquire",
    RENEW = "lease/renew",
    HOLDS = "lease/holds",
    RELEASE = "lease/release",
    HOLDER = "lease/holder",
    TAKE_OVER = "lease/take_over",
}

/// Takes a lease until `until`, if at `now` nobody has it. Also the present holder is refused:
/// it [`renew`]s instead.
pub fn acquire(
    tx: &mut Tx,
    name: &str,
    holder: &str,
    now: Timestamp,
    until: Timestamp,
) -> Result<Option<Lease>, StoreError> {
    let token = tx.query_opt(&ACQUIRE, params![name, holder, now, until], |row| row.int(0))?;
    Ok(token.map(|fencing_token| Lease {
        name: name.to_owned(),
        holder: holder.to_owned(),
        fencing_token,
    }))
}

/// Takes a lease from a holder that is known to be dead (its process is gone), without waiting
/// for the end of its time. Its token is old from then on, should it be alive after all.
pub fn take_over(
    tx: &mut Tx,
    name: &str,
    dead_holder: &str,
    holder: &str,
    until: Timestamp,
) -> Result<Option<Lease>, StoreError> {
    let token =
        tx.query_opt(&TAKE_OVER, params![name, dead_holder, holder, until], |row| row.int(0))?;
    Ok(token.map(|fencing_token| Lease {
        name: name.to_owned(),
        holder: holder.to_owned(),
        fencing_token,
    }))
}

/// Keeps a lease until `until`. A lease that ran out but that nobody took is renewed too.
///
/// # Errors
/// [`StoreError::Fenced`] when another has taken it; so with [`guard`].
pub fn renew(tx: &mut Tx, lease: &Lease, until: Timestamp) -> Result<(), StoreError> {
    let key = params![&lease.name, &lease.holder, lease.fencing_token, until];
    held(lease, tx.execute(&RENEW, key)? > 0)
}

/// Refuses a holder that was replaced. Call it in the transaction that writes.
pub fn guard(tx: &mut Tx, lease: &Lease) -> Result<(), StoreError> {
    let key = params![&lease.name, &lease.holder, lease.fencing_token];
    held(lease, tx.query_opt(&HOLDS, key, |row| row.int(0))?.is_some())
}

/// Gives a lease back; nothing happens if another has it by now.
pub fn release(tx: &mut Tx, lease: &Lease) -> Result<(), StoreError> {
    let key = params![&lease.name, &lease.holder, lease.fencing_token];
    tx.execute(&RELEASE, key).map(|_| ())
}

/// Who holds a lease at `now`, and until when.
pub fn holder(
    tx: &mut Tx,
    name: &str,
    now: Timestamp,
) -> Result<Option<(String, Timestamp)>, StoreError> {
    tx.query_opt(&HOLDER, params![name, now], |row| Ok((row.text(0)?, Timestamp(row.int(1)?))))
}

fn held(lease: &Lease, held: bool) -> Result<(), StoreError> {
    match held {
        true => Ok(()),
        false => Err(StoreError::Fenced { name: lease.name.clone() }),
    }
}
