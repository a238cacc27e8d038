//! The writing side of a pass: submissions to the centre, then the ledger. The ledger is written
//! after the centre's answer, so a kill at any moment costs only doing some items twice, which
//! is a no-op (at least once, idempotent).

mod centre;
mod ledger;
mod refusal;

use crate::error::GatewayError;
use crate::gateway::Gateway;
use crate::source::Source;
use crate::workshop::{Outcome, Prepared};
use ledger::Ledger;
use model::reason::Reason;
use model::{Timestamp, limits};
use ports::{DemographicsUpdate, FeedError, Receipt, StateChange};
use refusal::{is_unknown_patient, refused, two_current};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use store::StoreError;
use store::intake::{CursorRow, PullCounts};
use store::lease::{self, Lease};

/// Writes for one pass over one source.
pub(crate) struct Committer {
    pub gateway: Gateway,
    pub source: Arc<Source>,
    pub lease: Lease,
}

/// What one batch brings.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    pub outcomes: Vec<Outcome>,
    /// Places of a patient that are no longer listed.
    pub gone: Vec<Gone>,
    /// A transaction cursor to move once all of this is safe.
    pub cursor: Option<CursorRow>,
}

/// Places that a complete listing of a patient's folders no longer has.
#[derive(Debug, Clone, Default)]
pub(crate) struct Gone {
    pub patient_id: String,
    pub files: Vec<Vec<u8>>,
    pub quarantined: Vec<Vec<u8>>,
    /// What the new names of places say of the versions that were read there.
    pub renamed: Vec<(Vec<u8>, StateChange)>,
}

impl Committer {
    /// Gives a batch to the centre and then writes the ledger.
    pub async fn commit(&self, batch: Batch) -> Result<PullCounts, GatewayError> {
        let mut counts = PullCounts::default();
        let mut ledger = Ledger::of(batch.gone, batch.cursor);
        let mut prepared = Vec::new();
        // Those of whom it was known before that two are current.
        let mut rivals = 0;
        for outcome in batch.outcomes {
            match outcome {
                Outcome::Prepared(one) => prepared.push(one),
                Outcome::Rejected(one) => ledger.rejected.push(*one),
                Outcome::Unchanged => counts.unchanged += 1,
            }
        }
        self.feed(&prepared).await?;
        self.rename(&mut ledger.gone).await?;
        let answers = self.submit(&prepared).await?;
        let mut taken = Vec::with_capacity(prepared.len());
        for (one, answer) in prepared.into_iter().zip(answers) {
            match answer {
                // Of a rewritten place the earlier content is no rival: it is history now.
                Ok(Receipt { outcome: ports::Outcome::TwoCurrent }) if one.superseded.is_none() => {
                    rivals += i64::from(one.was_quarantined == Some(Reason::TwoCurrent));
                    ledger.rejected.push(two_current(&one));
                }
                Ok(_) => taken.push(one),
                Err(error) => {
                    ledger.refused_patients |= is_unknown_patient(&error);
                    ledger.rejected.push(refused(&one, &error));
                }
            }
        }
        let failed = self.supersede(&taken).await?;
        for (at, error) in failed.iter().rev() {
            ledger.rejected.push(refused(&taken.remove(*at), error));
        }
        counts.taken = i64::try_from(taken.len()).unwrap_or(i64::MAX);
        ledger.take(&taken, self.gateway.now());
        if !ledger.is_empty() {
            counts.quarantined = (self.write(ledger).await? - rivals).max(0);
            counts.unchanged += rivals;
        }
        // Only now the bytes read ahead are given back.
        drop(taken);
        Ok(counts)
    }

    /// Keeps the lease while there is nothing to write.
    pub async fn renew(&self) -> Result<(), GatewayError> {
        let lease = self.lease.clone();
        let until = self.lease_end();
        let renewed = self.gateway.store().write(move |tx| lease::renew(tx, &lease, until)).await;
        self.fenced(renewed)
    }

    /// Tells the identity role what the newest messages of each patient say, before the ledger
    /// forgets that they are new.
    async fn feed(&self, prepared: &[Box<Prepared>]) -> Result<(), GatewayError> {
        let mut newest: BTreeMap<(&str, bool), &DemographicsUpdate> = BTreeMap::new();
        for update in prepared.iter().filter_map(|one| one.demographics.as_ref()) {
            let slot = newest.entry((&update.local_id, update.authoritative)).or_insert(update);
            if update.sent > slot.sent {
                *slot = update;
            }
        }
        if newest.is_empty() {
            return Ok(());
        }
        let mut updates: Vec<DemographicsUpdate> = newest.into_values().cloned().collect();
        for attempt in 1.. {
            let answers = self.gateway.feed().update(updates.clone()).await;
            let mut answers = answers.into_iter();
            updates.retain(|_| matches!(answers.next(), Some(Err(FeedError::Unavailable(_)))));
            if updates.is_empty() {
                break;
            }
            if attempt >= limits::INTAKE_ATTEMPTS {
                let error = FeedError::Unavailable("identity feed".to_owned());
                return Err(GatewayError::CentreUnavailable(Box::new(error)));
            }
            pause(attempt).await;
        }
        Ok(())
    }

    /// Writes the ledger, guarded by the lease; answers how many items went into quarantine.
    async fn write(&self, ledger: Ledger) -> Result<i64, GatewayError> {
        let (source_id, domain_id) = (self.source.id, self.source.domain.id);
        let (lease, until, now) = (self.lease.clone(), self.lease_end(), self.gateway.now());
        let written = self
            .gateway
            .store()
            .write_bulk(move |tx| {
                lease::renew(tx, &lease, until)?;
                ledger.write(tx, source_id, domain_id, now)
            })
            .await;
        self.fenced(written)
    }

    fn lease_end(&self) -> Timestamp {
        self.gateway.now().plus_us(limits::LEASE_MS as i64 * 1_000)
    }

    fn fenced<T>(&self, result: Result<T, StoreError>) -> Result<T, GatewayError> {
        result.map_err(|error| match error {
            StoreError::Fenced { .. } => GatewayError::LeaseLost(self.source.name.clone()),
            other => GatewayError::Store(other),
        })
    }
}

async fn pause(attempt: u64) {
    tokio::time::sleep(Duration::from_millis(100 << attempt.min(6))).await;
}
