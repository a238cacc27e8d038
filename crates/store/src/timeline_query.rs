//! Reads for the timeline: lines, the sources behind them and how fresh those are.
//!
//! Lines leave here only through [`entries`], [`taken_since`] and [`entry_of_document`], which
//! take the decision on who may see what as a function: what it refuses is never returned.

use crate::dialect::int_list;
use crate::{Disclosure, Row, StoreError, Tx, intake};
use model::entry::{Abnormal, Category};
use model::reason::Reason;
use model::{Timestamp, limits};
use std::ops::ControlFlow;

crate::statements! {
    ENTRIES = "timeline_query/entries",
    ENTRY_OF_DOCUMENT = "timeline_query/entry_of_document",
    COUNT_OF_IDENTITIES = "timeline_query/count_of_identities",
    TAKEN_SINCE = "timeline_query/taken_since",
    SOURCES = "timeline_query/sources",
    PATIENT_SOURCES = "timeline_query/patient_sources",
    PEER_SOURCES = "timeline_query/peer_sources",
    FRESHNESS = "timeline_query/freshness",
}

/// One line of the timeline as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Whose.
    pub identity_id: i64,
    /// When; `None` where neither message nor folder say.
    pub at: Option<Timestamp>,
    /// The document.
    pub document_id: i64,
    /// The day in Japan, `YYYYMMDD`; 0 where unknown.
    pub day: i64,
    /// The source, if it came by intake.
    pub source_id: Option<i64>,
    /// The row it stands on.
    pub category: Category,
    /// What the cell says.
    pub label: String,
    /// The number of items within.
    pub item_count: usize,
    /// The worst flag within.
    pub abnormal: Abnormal,
    /// Department as sent.
    pub department: String,
    /// In-patient or out-patient, where said.
    pub inpatient: Option<bool>,
    /// The last day of what it tells of, `YYYYMMDD`.
    pub until_day: Option<i64>,
    /// Equal for equal bytes.
    pub content_key: i64,
    /// When the centre took it.
    pub taken: Timestamp,
}

/// A source with its facility and its present state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceRow {
    /// The source.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// `ssmix2` and others.
    pub kind: String,
    /// Switched off by an operator.
    pub paused: bool,
    /// The domain of its patient IDs.
    pub domain_id: i64,
    /// Its facility.
    pub facility_id: i64,
    /// Ten-digit facility code.
    pub facility_code: String,
    /// The facility's name.
    pub facility_name: String,
    /// The facility's short name.
    pub facility_short: String,
    /// The facility's mark: 0 to 14, five colours by three shapes.
    pub mark: i64,
    /// The state's name as the gateway wrote it; empty before the first pull.
    pub state: String,
    /// Why it is in that state; a reason's code or words.
    pub reason: String,
    /// Since when.
    pub since: Option<Timestamp>,
    /// The last time an item came.
    pub last_item: Option<Timestamp>,
    /// When its last complete pass began: what was there before has been read.
    pub read_until: Option<Timestamp>,
    /// That is longer ago than the source's own age allows, or [`limits::READ_AGE_MS`].
    pub is_behind: bool,
    /// Something of the patient whose page it is cannot be read.
    pub is_unreadable: bool,
    /// The enrolment of the patient whose page it is is suspended here: nothing is taken or shown.
    pub is_suspended: bool,
}

/// What a peer's source gave of a patient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PeerGift {
    /// The source.
    pub source_id: i64,
    /// The kind.
    pub category: Category,
    /// Whether it is for the facility's own people only.
    pub is_restricted: bool,
    /// When the last of it came.
    pub taken: Timestamp,
}

/// How far a source was read for one identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PatientSource {
    /// The source.
    pub source_id: i64,
    /// Whether the patient's folders were once read to the end.
    pub is_read: bool,
    /// Whether something of the patient's waits in quarantine as unreadable.
    pub is_unreadable: bool,
}

/// The newest data of one kind of one source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FreshnessRow {
    /// The source.
    pub source_id: i64,
    /// The kind.
    pub category: Category,
    /// Sending time of the newest item.
    pub newest_sent: Timestamp,
    /// When the centre took something of this kind last.
    pub taken: Timestamp,
}

/// What the peers' sources gave of identities: unlike a storage's, they number no patients.
pub fn peer_sources(tx: &mut Tx, identities: &[i64]) -> Result<Vec<PeerGift>, StoreError> {
    tx.query(&PEER_SOURCES, params![&int_list(identities)], |row| {
        Ok(PeerGift {
            source_id: row.int(0)?,
            category: category(row.text_ref(1)?)?,
            is_restricted: row.flag(2)?,
            taken: Timestamp(row.int(3)?),
        })
    })
}

/// Reads every line of `identities` that `permits` lets through (disclosure, category), newest
/// first; lines of one instant in the order of their documents.
pub fn entries(
    tx: &mut Tx,
    identities: &[i64],
    permits: &dyn Fn(Disclosure, Category) -> bool,
) -> Result<Vec<Entry>, StoreError> {
    let mut found = Vec::new();
    tx.for_each(&ENTRIES, params![&int_list(identities)], |row| {
        keep(&mut found, row, permits)?;
        Ok::<_, StoreError>(ControlFlow::Continue(()))
    })?;
    newest_first(&mut found);
    Ok(found)
}

/// Like [`entries`], of what the centre took after `since`.
pub fn taken_since(
    tx: &mut Tx,
    identities: &[i64],
    since: Timestamp,
    permits: &dyn Fn(Disclosure, Category) -> bool,
) -> Result<Vec<Entry>, StoreError> {
    let mut found = Vec::new();
    tx.for_each(&TAKEN_SINCE, params![&int_list(identities), since], |row| {
        keep(&mut found, row, permits)?;
        Ok::<_, StoreError>(ControlFlow::Continue(()))
    })?;
    newest_first(&mut found);
    Ok(found)
}

/// The line of a document, if `permits` lets it through.
pub fn entry_of_document(
    tx: &mut Tx,
    document_id: i64,
    permits: &dyn Fn(Disclosure, Category) -> bool,
) -> Result<Option<Entry>, StoreError> {
    let mut found = Vec::new();
    tx.for_each(&ENTRY_OF_DOCUMENT, params![document_id], |row| {
        keep(&mut found, row, permits)?;
        Ok::<_, StoreError>(ControlFlow::Continue(()))
    })?;
    Ok(found.pop())
}

/// How many lines hang off each identity that has any.
pub fn counts_of_identities(
    tx: &mut Tx,
    identities: &[i64],
) -> Result<Vec<(i64, i64)>, StoreError> {
    tx.query(&COUNT_OF_IDENTITIES, params![&int_list(identities)], |row| {
        Ok((row.int(0)?, row.int(1)?))
    })
}

/// How far the sources that number these identities were read for each of them.
pub fn patient_sources(tx: &mut Tx, identities: &[i64]) -> Result<Vec<PatientSource>, StoreError> {
    let identities = int_list(identities);
    let parameters = params![&identities, intake::COMPLETED_MARK, Reason::Unreadable.code()];
    tx.query(&PATIENT_SOURCES, parameters, |row| {
        Ok(PatientSource {
            source_id: row.int(0)?,
            is_read: row.flag(1)?,
            is_unreadable: row.flag(2)?,
        })
    })
}

/// Every source as it is at `now`, in the order of the facilities' marks.
pub fn sources(tx: &mut Tx, now: Timestamp) -> Result<Vec<SourceRow>, StoreError> {
    let common_ms = i64::try_from(limits::READ_AGE_MS).unwrap_or(i64::MAX);
    tx.query(&SOURCES, params![], |row| {
        let read_until = row.opt_int(14)?.map(Timestamp);
        let age_ms = row.opt_int(15)?.unwrap_or(common_ms);
        let fresh_from = now.plus_us(age_ms.saturating_mul(-1_000));
        Ok(SourceRow {
            id: row.int(0)?,
            name: row.text(1)?,
            kind: row.text(2)?,
            paused: row.flag(3)?,
            domain_id: row.int(4)?,
            facility_id: row.int(5)?,
            facility_code: row.text(6)?,
            facility_name: row.text(7)?,
            facility_short: row.text(8)?,
            mark: row.int(9)?,
            state: row.opt_text(10)?.unwrap_or_default(),
            reason: row.opt_text(11)?.unwrap_or_default(),
            since: row.opt_int(12)?.map(Timestamp),
            last_item: row.opt_int(13)?.map(Timestamp),
            read_until,
            is_behind: read_until.is_some_and(|at| at < fresh_from),
            is_unreadable: false,
            is_suspended: false,
        })
    })
}

/// The newest data per source and kind.
pub fn freshness(tx: &mut Tx) -> Result<Vec<FreshnessRow>, StoreError> {
    tx.query(&FRESHNESS, params![], |row| {
        Ok(FreshnessRow {
            source_id: row.int(0)?,
            category: category(row.text_ref(1)?)?,
            newest_sent: Timestamp(row.int(3)?),
            taken: Timestamp(row.int(4)?),
        })
    })
}

fn keep(
    found: &mut Vec<Entry>,
    row: &Row<'_>,
    permits: &dyn Fn(Disclosure, Category) -> bool,
) -> Result<(), StoreError> {
    let category = category(row.text_ref(5)?)?;
    let disclosure = Disclosure { source_id: row.opt_int(4)?, is_restricted: row.flag(15)? };
    if permits(disclosure, category) {
        found.push(entry(row, disclosure.source_id, category)?);
    }
    Ok(())
}

fn entry(row: &Row<'_>, source_id: Option<i64>, category: Category) -> Result<Entry, StoreError> {
    Ok(Entry {
        identity_id: row.int(0)?,
        at: known(row.int(1)?),
        document_id: row.int(2)?,
        day: row.int(3)?,
        source_id,
        category,
        label: row.text(6)?,
        item_count: usize::try_from(row.int(7)?).unwrap_or(0),
        abnormal: abnormal(row.int(8)?)?,
        department: row.text(9)?,
        inpatient: row.opt_int(10)?.map(|flag| flag == 1),
        until_day: row.opt_int(12)?,
        content_key: row.int(13)?,
        taken: Timestamp(row.int(14)?),
    })
}

fn newest_first(found: &mut [Entry]) {
    found.sort_unstable_by_key(|entry| (std::cmp::Reverse(entry.at), entry.document_id));
}

fn category(name: &str) -> Result<Category, StoreError> {
    Category::from_name(name)
        .ok_or_else(|| StoreError::Damaged(format!("{name:?} is no category of the timeline")))
}

fn abnormal(number: i64) -> Result<Abnormal, StoreError> {
    const ALL: [Abnormal; 7] = [
        Abnormal::None,
        Abnormal::Abnormal,
        Abnormal::Low,
        Abnormal::High,
        Abnormal::VeryLow,
        Abnormal::VeryHigh,
        Abnormal::VeryAbnormal,
    ];
    usize::try_from(number)
        .ok()
        .and_then(|place| ALL.get(place).copied())
        .ok_or_else(|| StoreError::Damaged(format!("{number} is no flag of a timeline entry")))
}

/// An instant of a fact or line; the smallest integer stands for "not known".
pub(crate) fn known(at_us: i64) -> Option<Timestamp> {
    (at_us != i64::MIN).then_some(Timestamp(at_us))
}
