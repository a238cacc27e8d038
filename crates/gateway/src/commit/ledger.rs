//! The ledger of a pass: which places were taken, which wait in quarantine, which are gone, how
//! fresh the data are.

use super::Gone;
use crate::place;
use crate::workshop::{Prepared, Rejected};
use model::reason::Reason;
use model::{PartialTime, Timestamp};
use std::collections::BTreeMap;
use store::intake::{self, CursorRow, FileRow, NewQuarantine};
use store::source::{self as source_rows, FreshnessRow};
use store::{StoreError, Tx};

/// What is to be written to the ledger.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    taken: Vec<Taken>,
    pub rejected: Vec<Rejected>,
    pub gone: Vec<Gone>,
    freshness: Vec<FreshnessRow>,
    cursor: Option<CursorRow>,
    pub refused_patients: bool,
}

#[derive(Debug)]
struct Taken {
    patient_id: String,
    file: FileRow,
    was_quarantined: bool,
}

impl Ledger {
    /// A ledger of what no document has to be taken for.
    pub fn of(gone: Vec<Gone>, cursor: Option<CursorRow>) -> Ledger {
        Ledger { gone, cursor, ..Ledger::default() }
    }

    pub fn is_empty(&self) -> bool {
        self.taken.is_empty()
            && self.rejected.is_empty()
            && self.gone.is_empty()
            && self.cursor.is_none()
    }

    /// Notes what the centre has taken, and how fresh that is at `now`.
    pub fn take(&mut self, taken: &[Box<Prepared>], now: Timestamp) {
        self.freshness = freshness(taken, now);
        self.taken = taken.iter().map(|one| taken_row(one)).collect();
    }

    /// Writes all of it; answers how many items went into quarantine.
    pub fn write(
        &self,
        tx: &mut Tx,
        source_id: i64,
        domain_id: i64,
        now: Timestamp,
    ) -> Result<i64, StoreError> {
        for gone in &self.gone {
            for path in &gone.files {
                intake::forget_file(tx, source_id, &gone.patient_id, path)?;
            }
            for place in &gone.quarantined {
                intake::leave_quarantine(tx, source_id, place)?;
            }
        }
        for Taken { patient_id, file, was_quarantined } in &self.taken {
            if !patient_id.is_empty() {
                intake::put_file(tx, source_id, patient_id, file)?;
            }
            if *was_quarantined {
                intake::leave_quarantine(tx, source_id, &file.path)?;
            }
        }
        let mut quarantined = 0;
        for rejected in &self.rejected {
            // Withdrawn between listing and submitting: nothing is kept of the person.
            if self.refused_patients
                && rejected.reason == Reason::Refused
                && !source_rows::is_enrolled(tx, domain_id, &rejected.patient_id)?
            {
                continue;
            }
            put_rejected(tx, source_id, rejected, now)?;
            quarantined += 1;
        }
        for newest in &self.freshness {
            source_rows::raise_freshness(tx, source_id, newest)?;
        }
        if !self.taken.is_empty() {
            source_rows::item_taken(tx, source_id, now.0)?;
        }
        if let Some(cursor) = &self.cursor {
            intake::put_cursor(tx, source_id, cursor)?;
        }
        Ok(quarantined)
    }
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
    let is_record = place::is_record(&prepared.place);
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
