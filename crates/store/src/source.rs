//! Facilities, patient-ID domains, sources with their roots, state and freshness.

use crate::{Row, StoreError, Tx};
use std::ops::ControlFlow;

crate::statements! {
    FACILITY_INSERT = "facility/insert",
    FACILITY_BY_CODE = "facility/by_code",
    FACILITY_LIST = "facility/list",
    FACILITY_COUNT = "facility/count",
    DOMAIN_INSERT = "domain/insert",
    DOMAIN_BY_OID = "domain/by_oid",
    SOURCE_INSERT = "source/insert",
    SOURCE_BY_NAME = "source/by_name",
    SOURCE_LIST = "source/list",
    SOURCE_UPDATE_SETTINGS = "source/update_settings",
    SOURCE_UPDATE_PAUSED = "source/update_paused",
    SOURCE_FEEDS_OF_DOMAIN = "source/feeds_of_domain",
    SOURCE_FEED_ENROLMENT = "source/feed_enrolment",
    SOURCE_UPDATE_FEED_ENROLMENT = "source/update_feed_enrolment",
    SOURCE_READ_AGE = "source/read_age",
    SOURCE_UPDATE_READ_AGE = "source/update_read_age",
    SOURCE_ENROLLED = "source/enrolled",
    SOURCE_ENROLLED_COUNT = "source/enrolled_count",
    SOURCE_IS_ENROLLED = "source/is_enrolled",
    SOURCE_REPORT = "source/report",
    ROOT_INSERT = "source_root/insert",
    ROOT_DELETE = "source_root/delete",
    ROOT_BY_SOURCE = "source_root/by_source",
    STATE_BY_SOURCE = "source_state/by_source",
    STATE_SET = "source_state/set",
    STATE_ITEM_TAKEN = "source_state/item_taken",
    FRESHNESS_RAISE = "source_freshness/raise",
    FRESHNESS_BY_SOURCE = "source_freshness/by_source",
}

/// The kind of a peer's source: it gives by itself, nothing is read out of it.
pub const KIND_PEER: &str = "xds";

/// A facility (医療機関).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FacilityRow {
    /// Surrogate id; 0 for one that is to be inserted.
    pub id: i64,
    /// Ten-digit facility code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// What fits into a narrow column.
    pub short_name: String,
    /// Its type, a code of the region's list (`hospital`, `clinic`, …).
    pub facility_type: String,
    /// Which of the page's marks tells it from the others (0 to 7).
    pub mark: i64,
}

/// A patient-ID domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DomainRow {
    /// Surrogate id.
    pub id: i64,
    /// OID of the assigning authority.
    pub oid: String,
    /// Its name.
    pub name: String,
}

/// A source with its facility and domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceRow {
    /// Surrogate id.
    pub id: i64,
    /// Its name, unique in the region.
    pub name: String,
    /// `ssmix2`, …
    pub kind: String,
    /// OID of the system, from which its documents' uniqueIds are made.
    pub oid: String,
    /// Settings as JSON.
    pub settings: String,
    /// Whether an operator paused it.
    pub paused: bool,
    /// The facility it belongs to.
    pub facility: FacilityRow,
    /// The domain in which it numbers patients.
    pub domain: DomainRow,
}

/// One root of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RootRow {
    /// `standardized`, `extended`, `transaction` …
    pub role: String,
    /// Number among the roots of its role, from 0.
    pub ordinal: i64,
    /// Path, as bytes.
    pub path: Vec<u8>,
}

/// What is known of a source's liveness.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateRow {
    /// `up` or `down`.
    pub state: String,
    /// Why, when it is down.
    pub reason: String,
    /// Since when it is in this state.
    pub since_us: i64,
    /// When its roots were last readable.
    pub last_contact_us: Option<i64>,
    /// When something was last taken from it.
    pub last_item_us: Option<i64>,
}

/// The newest data of one category.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FreshnessRow {
    /// Name of the category.
    pub category: String,
    /// Sending time as sent.
    pub newest_sent: String,
    /// The instant.
    pub newest_sent_us: i64,
    /// When it was taken.
    pub taken_us: i64,
}

/// What was taken for one patient, of one data type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportRow {
    /// Local ID.
    pub patient_id: String,
    /// Data type.
    pub data_type: String,
    /// Stored versions.
    pub documents: i64,
    /// When the first was taken.
    pub first_us: i64,
    /// When the last was taken.
    pub last_us: i64,
}

/// Inserts a facility; `None` when its code is taken.
pub fn insert_facility(
    tx: &mut Tx,
    facility: &FacilityRow,
    now_us: i64,
) -> Result<Option<i64>, StoreError> {
    let mark = tx.query_opt(&FACILITY_COUNT, &[], |row| row.int(0))?.unwrap_or(0) % 8;
    tx.query_opt(
        &FACILITY_INSERT,
        params![
            &facility.code,
            &facility.name,
            &facility.short_name,
            &facility.facility_type,
            mark,
            now_us
        ],
        |row| row.int(0),
    )
}

/// The facility of a code.
pub fn facility_by_code(tx: &mut Tx, code: &str) -> Result<Option<FacilityRow>, StoreError> {
    tx.query_opt(&FACILITY_BY_CODE, params![code], |row| facility(row, 0))
}

/// Every facility, by code.
pub fn facilities(tx: &mut Tx) -> Result<Vec<FacilityRow>, StoreError> {
    tx.query(&FACILITY_LIST, &[], |row| facility(row, 0))
}

/// The domain of an OID, made with `name` where there is none yet.
pub fn ensure_domain(tx: &mut Tx, oid: &str, name: &str) -> Result<DomainRow, StoreError> {
    tx.query_opt(&DOMAIN_INSERT, params![oid, name], |row| row.int(0))?;
    tx.query_opt(&DOMAIN_BY_OID, params![oid], |row| domain(row, 0))?
        .ok_or_else(|| StoreError::Damaged(format!("domain {oid} was not kept")))
}

/// Inserts a source with its roots; `None` when its name is taken. `source.id` and `paused` are
/// not looked at.
pub fn insert_source(
    tx: &mut Tx,
    source: &SourceRow,
    roots: &[RootRow],
    now_us: i64,
) -> Result<Option<i64>, StoreError> {
    let id = tx.query_opt(
        &SOURCE_INSERT,
        params![
            &source.name,
            source.facility.id,
            source.domain.id,
            &source.kind,
            &source.oid,
            &source.settings,
            now_us
        ],
        |row| row.int(0),
    )?;
    if let Some(id) = id {
        replace_roots(tx, id, roots)?;
    }
    Ok(id)
}

/// Gives a source other roots.
pub fn replace_roots(tx: &mut Tx, source_id: i64, roots: &[RootRow]) -> Result<(), StoreError> {
    tx.execute(&ROOT_DELETE, params![source_id])?;
    for root in roots {
        tx.execute(&ROOT_INSERT, params![source_id, &root.role, root.ordinal, &root.path])?;
    }
    Ok(())
}

/// The source of a name.
pub fn source_by_name(tx: &mut Tx, name: &str) -> Result<Option<SourceRow>, StoreError> {
    tx.query_opt(&SOURCE_BY_NAME, params![name], source)
}

/// Every source, by name.
pub fn sources(tx: &mut Tx) -> Result<Vec<SourceRow>, StoreError> {
    tx.query(&SOURCE_LIST, &[], source)
}

/// The roots of a source, by role and number.
pub fn roots(tx: &mut Tx, source_id: i64) -> Result<Vec<RootRow>, StoreError> {
    tx.query(&ROOT_BY_SOURCE, params![source_id], |row| {
        Ok(RootRow { role: row.text(0)?, ordinal: row.int(1)?, path: row.bytes(2)? })
    })
}

/// Changes the settings (JSON) of a source.
pub fn update_settings(tx: &mut Tx, source_id: i64, settings: &str) -> Result<(), StoreError> {
    tx.execute(&SOURCE_UPDATE_SETTINGS, params![source_id, settings]).map(|_| ())
}

/// Pauses a source or lets it go on.
pub fn update_paused(tx: &mut Tx, source_id: i64, paused: bool) -> Result<(), StoreError> {
    tx.execute(&SOURCE_UPDATE_PAUSED, params![source_id, paused]).map(|_| ())
}

/// How old a source's last complete reading may be before pages say so, in milliseconds; `None`
/// for the age that is common to all ([`model::limits::READ_AGE_MS`]).
pub fn read_age_ms(tx: &mut Tx, source_id: i64) -> Result<Option<i64>, StoreError> {
    Ok(tx.query_opt(&SOURCE_READ_AGE, params![source_id], |row| row.opt_int(0))?.flatten())
}

/// Changes that age.
pub fn update_read_age_ms(
    tx: &mut Tx,
    source_id: i64,
    age_ms: Option<i64>,
) -> Result<(), StoreError> {
    tx.execute(&SOURCE_UPDATE_READ_AGE, params![source_id, age_ms]).map(|_| ())
}

/// What a source says of patients of whom a feed tells first; empty where it says nothing.
pub fn feed_enrolment(tx: &mut Tx, source_id: i64) -> Result<String, StoreError> {
    let said = tx.query_opt(&SOURCE_FEED_ENROLMENT, params![source_id], |row| row.text(0))?;
    Ok(said.unwrap_or_default())
}

/// What the sources of a domain say of patients of whom a feed tells first, each word once.
pub fn feeds_of_domain(tx: &mut Tx, domain_oid: &str) -> Result<Vec<String>, StoreError> {
    tx.query(&SOURCE_FEEDS_OF_DOMAIN, params![domain_oid], |row| row.text(0))
}

/// Changes what a source says of patients of whom a feed tells first.
pub fn update_feed_enrolment(tx: &mut Tx, source_id: i64, said: &str) -> Result<(), StoreError> {
    tx.execute(&SOURCE_UPDATE_FEED_ENROLMENT, params![source_id, said]).map(|_| ())
}

/// Local IDs enrolled in a domain, in order, after `after` (empty: from the first).
pub fn enrolled(
    tx: &mut Tx,
    domain_id: i64,
    after: &str,
    page_rows: u32,
) -> Result<Vec<String>, StoreError> {
    tx.query(&SOURCE_ENROLLED, params![domain_id, after, page_rows], |row| row.text(0))
}

/// How many local IDs are enrolled in a domain.
pub fn enrolled_count(tx: &mut Tx, domain_id: i64) -> Result<i64, StoreError> {
    let count = tx.query_opt(&SOURCE_ENROLLED_COUNT, params![domain_id], |row| row.int(0))?;
    Ok(count.unwrap_or(0))
}

/// Whether a local ID is enrolled in a domain.
pub fn is_enrolled(tx: &mut Tx, domain_id: i64, local_id: &str) -> Result<bool, StoreError> {
    let found =
        tx.query_opt(&SOURCE_IS_ENROLLED, params![domain_id, local_id], |row| row.text(0))?;
    Ok(found.is_some())
}

/// What is known of a source's liveness.
pub fn state(tx: &mut Tx, source_id: i64) -> Result<Option<StateRow>, StoreError> {
    tx.query_opt(&STATE_BY_SOURCE, params![source_id], |row| {
        Ok(StateRow {
            state: row.text(0)?,
            reason: row.text(1)?,
            since_us: row.int(2)?,
            last_contact_us: row.opt_int(3)?,
            last_item_us: row.opt_int(4)?,
        })
    })
}

/// Sets the state of a source at `now_us`; `contact` says whether it was reached.
pub fn set_state(
    tx: &mut Tx,
    source_id: i64,
    state: &str,
    reason: &str,
    contact: bool,
    now_us: i64,
) -> Result<(), StoreError> {
    let contact_us = contact.then_some(now_us);
    tx.execute(&STATE_SET, params![source_id, state, reason, now_us, contact_us]).map(|_| ())
}

/// Something was taken from a source at `now_us`.
pub fn item_taken(tx: &mut Tx, source_id: i64, now_us: i64) -> Result<(), StoreError> {
    tx.execute(&STATE_ITEM_TAKEN, params![source_id, now_us]).map(|_| ())
}

/// Raises the newest data of a category; an older sending time changes nothing.
pub fn raise_freshness(
    tx: &mut Tx,
    source_id: i64,
    newest: &FreshnessRow,
) -> Result<(), StoreError> {
    let row = params![
        source_id,
        &newest.category,
        &newest.newest_sent,
        newest.newest_sent_us,
        newest.taken_us
    ];
    tx.execute(&FRESHNESS_RAISE, row).map(|_| ())
}

/// The newest data of every category.
pub fn freshness(tx: &mut Tx, source_id: i64) -> Result<Vec<FreshnessRow>, StoreError> {
    tx.query(&FRESHNESS_BY_SOURCE, params![source_id], |row| {
        Ok(FreshnessRow {
            category: row.text(0)?,
            newest_sent: row.text(1)?,
            newest_sent_us: row.int(2)?,
            taken_us: row.int(3)?,
        })
    })
}

/// What was taken from a source, by patient and data type, one row at a time.
pub fn report(
    tx: &mut Tx,
    source_id: i64,
    mut each: impl FnMut(ReportRow),
) -> Result<(), StoreError> {
    tx.for_each(&SOURCE_REPORT, params![source_id], |row| {
        each(ReportRow {
            patient_id: row.text(0)?,
            data_type: row.text(1)?,
            documents: row.int(2)?,
            first_us: row.int(3)?,
            last_us: row.int(4)?,
        });
        Ok(ControlFlow::Continue(()))
    })
}

fn facility(row: &Row<'_>, from: usize) -> Result<FacilityRow, StoreError> {
    Ok(FacilityRow {
        id: row.int(from)?,
        code: row.text(from + 1)?,
        name: row.text(from + 2)?,
        short_name: row.text(from + 3)?,
        facility_type: row.text(from + 4)?,
        mark: row.int(from + 5)?,
    })
}

fn domain(row: &Row<'_>, from: usize) -> Result<DomainRow, StoreError> {
    Ok(DomainRow { id: row.int(from)?, oid: row.text(from + 1)?, name: row.text(from + 2)? })
}

fn source(row: &Row<'_>) -> Result<SourceRow, StoreError> {
    Ok(SourceRow {
        id: row.int(0)?,
        name: row.text(1)?,
        kind: row.text(2)?,
        oid: row.text(3)?,
        settings: row.text(4)?,
        paused: row.flag(5)?,
        facility: facility(row, 6)?,
        domain: domain(row, 12)?,
    })
}
