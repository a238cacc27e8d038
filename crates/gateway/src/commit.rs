//! The writing side of a pass: submissions to the centre, then the ledger. The ledger is written
//! after the centre's answer, so a kill at any moment costs only doing some items twice, which
//! is a no-op (at least once, idempotent).

use crate::error::GatewayError;
use crate::gateway::Gateway;
use crate::place;
use crate::source::Source;
use crate::workshop::{Outcome, Prepared, Rejected, keeps_bytes};
use futures::future::BoxFuture;
use model::item::VersionState;
use model::reason::Reason;
use model::{PartialTime, Timestamp, limits};
use ports::{DemographicsUpdate, FeedError, Receipt, SinkError, StateChange, Submission};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use store::intake::{self, CursorRow, FileRow, NewQuarantine, PullCounts};
use store::lease::{self, Lease};
use store::source::{self as source_rows, FreshnessRow};
use store::{StoreError, Tx};

/// Codes by which the centre says that our own identifier stands for other bytes already: the
/// same content in another frame, of which only the state matters.
const KNOWN_IN_ANOTHER_FRAME: [&str; 2] = ["XDSNonIdenticalHash", "XDSNonIdenticalSize"];
/// The code by which the centre says that a state would go back: what was deleted or replaced is
/// shown as valid.
const BROUGHT_BACK: &str = "XDSMetadataUpdateError";
/// The code for a document that is not registered.
const UNKNOWN_DOCUMENT: &str = "XDSDocumentUniqueIdError";
/// What a person is told of two versions of one moment.
const TWO_CURRENT: &str = "another version with other bytes has the same key and sending time and \
                           is shown as valid too; both are kept, one of them is shown with a \
                           remark; ask the hospital which one holds";
/// The code for a patient who is not (or no longer) enrolled.
const UNKNOWN_PATIENT: &str = "XDSUnknownPatientId";

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

type Answer = Result<Receipt, SinkError>;

#[derive(Debug)]
struct Taken {
    patient_id: String,
    file: FileRow,
    was_quarantined: bool,
}

/// What is to be written to the ledger.
#[derive(Debug, Default)]
struct Ledger {
    taken: Vec<Taken>,
    rejected: Vec<Rejected>,
    gone: Vec<Gone>,
    freshness: Vec<FreshnessRow>,
    cursor: Option<CursorRow>,
    refused_patients: bool,
}

impl Ledger {
    fn is_empty(&self) -> bool {
        self.taken.is_empty()
            && self.rejected.is_empty()
            && self.gone.is_empty()
            && self.cursor.is_none()
    }
}

impl Committer {
    /// Gives a batch to the centre and then writes the ledger.
    pub async fn commit(&self, batch: Batch) -> Result<PullCounts, GatewayError> {
        let mut counts = PullCounts::default();
        let mut ledger = Ledger { gone: batch.gone, cursor: batch.cursor, ..Ledger::default() };
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
        ledger.freshness = freshness(&taken, self.gateway.now());
        ledger.taken = taken.iter().map(|one| taken_row(one)).collect();
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

    /// Submits each.
    async fn submit(&self, prepared: &[Box<Prepared>]) -> Result<Vec<Answer>, GatewayError> {
        let sink = self.gateway.sink();
        let give = |waiting: &[usize]| {
            let submissions: Vec<Submission> =
                waiting.iter().map(|at| prepared[*at].submission.clone()).collect();
            sink.submit(submissions)
        };
        let mut answers = self.persist(prepared.len(), &give).await?;
        self.settle_known(prepared, &mut answers).await?;
        for (one, answer) in prepared.iter().zip(&mut answers) {
            // A record tells what was so when it was written; what became of it since, the
            // storage or a later record has told already.
            if is_record(&one.place) && answer.as_ref().is_err_and(|e| has_code(e, BROUGHT_BACK)) {
                *answer = Ok(Receipt { outcome: ports::Outcome::AlreadyThere });
            }
        }
        Ok(answers)
    }

    /// Gives `count` things to the centre; what it cannot store now is tried again. Where the
    /// centre stands still the pass ends; where it lives and only a few do not go through, those
    /// fail for themselves.
    async fn persist<'a>(
        &'a self,
        count: usize,
        give: &(dyn Fn(&[usize]) -> BoxFuture<'a, Vec<Answer>> + Sync),
    ) -> Result<Vec<Answer>, GatewayError> {
        let mut answers: Vec<Option<Answer>> = vec![None; count];
        let mut waiting: Vec<usize> = (0..count).collect();
        for attempt in 1..=limits::INTAKE_ATTEMPTS {
            if waiting.is_empty() {
                break;
            }
            if attempt > 1 {
                pause(attempt - 1).await;
            }
            let given = give(&waiting).await;
            for (at, answer) in waiting.iter().zip(given) {
                answers[*at] = Some(answer);
            }
            let unavailable = |answer: &Option<Answer>| {
                !matches!(answer, Some(Ok(_) | Err(SinkError::Refused { .. })))
            };
            waiting.retain(|at| unavailable(&answers[*at]));
        }
        let none = || SinkError::Unavailable("it gave no answer".to_owned());
        if let Some(first) = waiting.first()
            && !(self.centre_is_alive().await && is_few(waiting.len(), count))
        {
            let error = answers.swap_remove(*first).and_then(Result::err);
            return Err(GatewayError::CentreUnavailable(Box::new(error.unwrap_or_else(none))));
        }
        Ok(answers.into_iter().map(|answer| answer.unwrap_or_else(|| Err(none()))).collect())
    }

    /// Whether the centre answers at all: a document that nobody has must be refused, not put off.
    async fn centre_is_alive(&self) -> bool {
        let nobodys = StateChange { unique_id: "2.25.0".to_owned(), state: VersionState::Deleted };
        let answers = self.gateway.sink().change_states(vec![nobodys]).await;
        matches!(answers.first(), Some(Ok(_) | Err(SinkError::Refused { .. })))
    }

    /// What is there already in another frame gets the state that it has here.
    async fn settle_known(
        &self,
        prepared: &[Box<Prepared>],
        answers: &mut [Answer],
    ) -> Result<(), GatewayError> {
        let is_known =
            |error: &SinkError| KNOWN_IN_ANOTHER_FRAME.iter().any(|c| has_code(error, c));
        let known: Vec<usize> =
            (0..answers.len()).filter(|at| answers[*at].as_ref().is_err_and(is_known)).collect();
        let changes = known
            .iter()
            .map(|at| StateChange {
                unique_id: prepared[*at].unique_id.clone(),
                state: prepared[*at].state,
            })
            .collect();
        for (at, answer) in known.iter().zip(self.change_states(changes).await?) {
            answers[*at] = answer;
        }
        Ok(())
    }

    /// Tells what the new names of places say of their versions: that needs no bytes. Where the
    /// centre does not take it, the ledger keeps the old place, and the next pass tells it again.
    async fn rename(&self, gone: &mut [Gone]) -> Result<(), GatewayError> {
        let changes: Vec<StateChange> = gone
            .iter()
            .flat_map(|gone| gone.renamed.iter().map(|(_, change)| change.clone()))
            .collect();
        let mut answers = self.change_states(changes).await?.into_iter();
        for gone in gone {
            for (place, _) in &gone.renamed {
                let Some(Err(error)) = answers.next() else { continue };
                if !is_settled(&error) {
                    tracing::warn!(source = self.source.name, %error, "a version kept its state");
                    gone.files.retain(|file| file != place);
                }
            }
        }
        Ok(())
    }

    /// The documents that stood at rewritten places are history, and attachments share the state
    /// of their document. Answers the places of the items of which that does not go through: they
    /// fail for themselves.
    async fn supersede(
        &self,
        taken: &[Box<Prepared>],
    ) -> Result<BTreeMap<usize, SinkError>, GatewayError> {
        let mut owners = Vec::new();
        let mut changes = Vec::new();
        for (at, one) in taken.iter().enumerate() {
            let attached = one.attached.iter().map(|unique_id| (unique_id.clone(), one.state));
            for (unique_id, state) in one.superseded.clone().into_iter().chain(attached) {
                owners.push(at);
                changes.push(StateChange { unique_id, state });
            }
        }
        let mut failed: BTreeMap<usize, SinkError> = BTreeMap::new();
        for (owner, answer) in owners.into_iter().zip(self.change_states(changes).await?) {
            match answer {
                Ok(_) => {}
                Err(error) if is_settled(&error) => {
                    tracing::debug!(source = self.source.name, %error, "a version kept its state");
                }
                Err(error) => {
                    failed.entry(owner).or_insert(error);
                }
            }
        }
        Ok(failed)
    }

    async fn change_states(&self, changes: Vec<StateChange>) -> Result<Vec<Answer>, GatewayError> {
        let sink = self.gateway.sink();
        let give = |waiting: &[usize]| {
            sink.change_states(waiting.iter().map(|at| changes[*at].clone()).collect())
        };
        self.persist(changes.len(), &give).await
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
                write_ledger(tx, source_id, domain_id, &ledger, now)
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

fn write_ledger(
    tx: &mut Tx,
    source_id: i64,
    domain_id: i64,
    ledger: &Ledger,
    now: Timestamp,
) -> Result<i64, StoreError> {
    for gone in &ledger.gone {
        for path in &gone.files {
            intake::forget_file(tx, source_id, &gone.patient_id, path)?;
        }
        for place in &gone.quarantined {
            intake::leave_quarantine(tx, source_id, place)?;
        }
    }
    for Taken { patient_id, file, was_quarantined } in &ledger.taken {
        if !patient_id.is_empty() {
            intake::put_file(tx, source_id, patient_id, file)?;
        }
        if *was_quarantined {
            intake::leave_quarantine(tx, source_id, &file.path)?;
        }
    }
    let mut quarantined = 0;
    for rejected in &ledger.rejected {
        // Withdrawn between listing and submitting: nothing is kept of the person.
        if ledger.refused_patients
            && rejected.reason == Reason::Refused
            && !source_rows::is_enrolled(tx, domain_id, &rejected.patient_id)?
        {
            continue;
        }
        put_rejected(tx, source_id, rejected, now)?;
        quarantined += 1;
    }
    for newest in &ledger.freshness {
        source_rows::raise_freshness(tx, source_id, newest)?;
    }
    if !ledger.taken.is_empty() {
        source_rows::item_taken(tx, source_id, now.0)?;
    }
    if let Some(cursor) = &ledger.cursor {
        intake::put_cursor(tx, source_id, cursor)?;
    }
    Ok(quarantined)
}

fn put_rejected(
    tx: &mut Tx,
    source_id: i64,
    rejected: &Rejected,
    now: Timestamp,
) -> Result<(), StoreError> {
    let size = rejected.stamp.map_or(0, |stamp| i64::try_from(stamp.size).unwrap_or(i64::MAX));
    let modified_us = rejected.stamp.map_or(0, |stamp| stamp.modified_us);
    let item = NewQuarantine {
        place: rejected.place.clone(),
        patient_id: rejected.patient_id.clone(),
        reason: rejected.reason.code().to_owned(),
        detail: rejected.detail.clone(),
        size,
        sha256: rejected.sha256.map(|hash| hash.to_vec()),
        modified_us,
        bytes: rejected.bytes.clone(),
    };
    intake::put_quarantine(tx, source_id, &item, now.0)?;
    // What was read whole is not read again until it changes; what could not be is.
    let is_file = place::split(&rejected.place).is_some_and(|(role, _, _)| role.has_folders());
    let is_settled = rejected.sha256.is_some() || rejected.reason == Reason::TooLarge;
    if is_file && is_settled && rejected.stamp.is_some() {
        let file = FileRow {
            path: rejected.place.clone(),
            size,
            modified_us,
            outcome: "quarantined".to_owned(),
            unique_id: rejected.known_unique_id.clone(),
        };
        intake::put_file(tx, source_id, &rejected.patient_id, &file)?;
    }
    Ok(())
}

fn taken_row(prepared: &Prepared) -> Taken {
    // A transaction record is read once, by its cursor: the ledger of files does not need it.
    let is_record = is_record(&prepared.place);
    Taken {
        patient_id: if is_record { String::new() } else { prepared.patient_id.clone() },
        file: FileRow {
            path: prepared.place.clone(),
            size: i64::try_from(prepared.stamp.size).unwrap_or(i64::MAX),
            modified_us: prepared.stamp.modified_us,
            outcome: "taken".to_owned(),
            unique_id: prepared.unique_id.clone(),
        },
        was_quarantined: prepared.was_quarantined.is_some(),
    }
}

/// A version that is kept although another one contradicts it, for the quarantine.
fn two_current(prepared: &Prepared) -> Rejected {
    Rejected {
        place: prepared.place.clone(),
        patient_id: prepared.patient_id.clone(),
        reason: Reason::TwoCurrent,
        detail: TWO_CURRENT.to_owned(),
        stamp: Some(prepared.stamp),
        sha256: Some(prepared.sha256),
        bytes: prepared.submission.documents.first().map(|(_, bytes)| bytes.to_vec()),
        known_unique_id: prepared.unique_id.clone(),
    }
}

fn refused(prepared: &Prepared, error: &SinkError) -> Rejected {
    let reason = match error {
        SinkError::Refused { code, .. } if *code == BROUGHT_BACK => Reason::BroughtBack,
        SinkError::Refused { .. } => Reason::Refused,
        SinkError::Unavailable(_) => Reason::Failed,
    };
    let bytes = prepared.submission.documents.first().map(|(_, bytes)| bytes.to_vec());
    Rejected {
        place: prepared.place.clone(),
        patient_id: prepared.patient_id.clone(),
        reason,
        detail: error.to_string(),
        stamp: Some(prepared.stamp),
        sha256: keeps_bytes(reason).then_some(prepared.sha256),
        bytes: bytes.filter(|_| keeps_bytes(reason)),
        known_unique_id: prepared
            .superseded
            .as_ref()
            .map(|(old, _)| old.clone())
            .unwrap_or_default(),
    }
}

/// Whether so few of a batch do not go through that it is their own fault.
fn is_few(failed: usize, of: usize) -> bool {
    failed <= 1 || failed * 10 <= of
}

fn is_unknown_patient(error: &SinkError) -> bool {
    has_code(error, UNKNOWN_PATIENT)
}

fn has_code(error: &SinkError, wanted: &str) -> bool {
    matches!(error, SinkError::Refused { code, .. } if *code == wanted)
}

/// Whether a state that was not changed needs nobody: the version went further already, or was
/// never taken.
fn is_settled(error: &SinkError) -> bool {
    has_code(error, BROUGHT_BACK) || has_code(error, UNKNOWN_DOCUMENT)
}

/// Whether a place is a record of a transaction storage.
fn is_record(wanted: &[u8]) -> bool {
    place::split(wanted).is_some_and(|(role, _, _)| !role.has_folders())
}

/// The newest sending time of each category. One that lies in the future says nothing about how
/// fresh the data are.
fn freshness(taken: &[Box<Prepared>], now: Timestamp) -> Vec<FreshnessRow> {
    let mut newest: BTreeMap<&'static str, FreshnessRow> = BTreeMap::new();
    for one in taken {
        let Ok(sent) = PartialTime::japan(&one.sent) else { continue };
        if sent.first > now.plus_us(Timestamp::DAY_US) {
            continue;
        }
        let row = FreshnessRow {
            category: one.category.to_owned(),
            newest_sent: one.sent.clone(),
            newest_sent_us: sent.first.0,
            taken_us: now.0,
        };
        let slot = newest.entry(one.category).or_insert_with(|| row.clone());
        if row.newest_sent_us > slot.newest_sent_us {
            *slot = row;
        }
    }
    newest.into_values().collect()
}

async fn pause(attempt: u64) {
    tokio::time::sleep(Duration::from_millis(100 << attempt.min(6))).await;
}
