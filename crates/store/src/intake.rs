//! What the gateway keeps of its reading: files seen, cursors, quarantine, pulls.

use crate::{Row, StoreError, Tx};

crate::statements! {
    FILE_BY_PATIENT = "intake_file/by_patient",
    FILE_LISTED = "intake_file/listed",
    FILE_UPSERT = "intake_file/upsert",
    FILE_DELETE = "intake_file/delete",
    FILE_FORGET_COMPLETED = "intake_file/forget_completed",
    CURSOR_BY_SOURCE = "transaction_cursor/by_source",
    CURSOR_UPSERT = "transaction_cursor/upsert",
    QUARANTINE_UPSERT = "quarantine/upsert",
    QUARANTINE_SET_IN_OBJECTS = "quarantine/set_in_objects",
    QUARANTINE_DELETE_BYTES_BY_PLACE = "quarantine/delete_bytes_by_place",
    QUARANTINE_DELETE_BY_PLACE = "quarantine/delete_by_place",
    QUARANTINE_INSERT_BYTES = "quarantine/insert_bytes",
    QUARANTINE_BYTES = "quarantine/bytes",
    QUARANTINE_BY_PATIENT = "quarantine/by_patient",
    QUARANTINE_BY_ID = "quarantine/by_id",
    QUARANTINE_PAGE = "quarantine/page",
    QUARANTINE_COUNT_BY_REASON = "quarantine/count_by_reason",
    PULL_INSERT = "pull/insert",
    PULL_UPDATE = "pull/update",
    PULL_RECENT = "pull/recent",
    PULL_LAST_COMPLETE = "pull/last_complete",
}

/// The place in the ledger of a patient that says: the folders were once read to the end.
pub const COMPLETED_MARK: &[u8] = b"";

/// One file (or content folder, or transaction record) that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRow {
    /// The place: role, number of the root and path below it, as bytes.
    pub path: Vec<u8>,
    /// Bytes; for a content folder those of all its files.
    pub size: i64,
    /// Modification time.
    pub modified_us: i64,
    /// `taken` or `quarantined`.
    pub outcome: String,
    /// uniqueId of the document made of it; empty when quarantined.
    pub unique_id: String,
}

/// How far a transaction storage was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CursorRow {
    /// Number of the root among the transaction roots.
    pub root_ordinal: i64,
    /// The file, as a path below the root.
    pub file: Vec<u8>,
    /// Offset of the first byte not yet dealt with.
    pub byte_offset: i64,
    /// Sending time of the last record dealt with.
    pub last_sent: String,
}

/// An item that is to go into quarantine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewQuarantine {
    /// Where it is.
    pub place: Vec<u8>,
    /// The enrolled patient in whose folder it is; empty where that is not known.
    pub patient_id: String,
    /// Code of the reason.
    pub reason: String,
    /// What exactly, and what to do; nothing of a patient.
    pub detail: String,
    /// Its bytes' number.
    pub size: i64,
    /// Their SHA-256, where they were read.
    pub sha256: Option<Vec<u8>>,
    /// Modification time.
    pub modified_us: i64,
    /// The bytes, where they may be kept.
    pub bytes: Option<Vec<u8>>,
}

/// An item in quarantine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuarantineRow {
    /// Surrogate id: the number that `musubi quarantine` takes.
    pub id: i64,
    /// The source.
    pub source_id: i64,
    /// Its name.
    pub source: String,
    /// Where it is.
    pub place: Vec<u8>,
    /// The enrolled patient in whose folder it is.
    pub patient_id: String,
    /// Code of the reason.
    pub reason: String,
    /// What exactly.
    pub detail: String,
    /// Number of its bytes.
    pub size: i64,
    /// Their SHA-256.
    pub sha256: Option<Vec<u8>>,
    /// Modification time.
    pub modified_us: i64,
    /// How often it was tried.
    pub attempts: i64,
    /// Since when it is here.
    pub first_us: i64,
    /// When it was last tried.
    pub last_us: i64,
}

/// The counters of one pull.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PullCounts {
    /// Items listed.
    pub listed: i64,
    /// Items taken.
    pub taken: i64,
    /// Items already known.
    pub unchanged: i64,
    /// Items quarantined.
    pub quarantined: i64,
}

/// One pull.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PullRow {
    /// Surrogate id.
    pub id: i64,
    /// `pull`, `follow`, `retry`.
    pub mode: String,
    /// When it began.
    pub started_us: i64,
    /// When it ended; `None` while it runs, or when it was killed.
    pub finished_us: Option<i64>,
    /// Its counters.
    pub counts: PullCounts,
    /// `running`, `complete`, or why it ended early.
    pub outcome: String,
}

/// What was read of one patient's folder of a source, by path.
pub fn files_of_patient(
    tx: &mut Tx,
    source_id: i64,
    patient_id: &str,
) -> Result<Vec<FileRow>, StoreError> {
    tx.query(&FILE_BY_PATIENT, params![source_id, patient_id], |row| {
        Ok(FileRow {
            path: row.bytes(0)?,
            size: row.int(1)?,
            modified_us: row.int(2)?,
            outcome: row.text(3)?,
            unique_id: row.text(4)?,
        })
    })
}

/// Those of some patients whose places in a source were once read to the end.
pub fn listed_patients(
    tx: &mut Tx,
    source_id: i64,
    patients: &[String],
) -> Result<Vec<String>, StoreError> {
    let patients = crate::dialect::text_list(patients);
    let values = params![source_id, COMPLETED_MARK, &patients];
    tx.query(&FILE_LISTED, values, |row| row.text(0))
}

/// Keeps what was read.
pub fn put_file(
    tx: &mut Tx,
    source_id: i64,
    patient_id: &str,
    file: &FileRow,
) -> Result<(), StoreError> {
    let row = params![
        source_id,
        patient_id,
        &file.path,
        file.size,
        file.modified_us,
        &file.outcome,
        &file.unique_id
    ];
    tx.execute(&FILE_UPSERT, row).map(|_| ())
}

/// Forgets a file, so that it is read again when it is listed again.
pub fn forget_file(
    tx: &mut Tx,
    source_id: i64,
    patient_id: &str,
    path: &[u8],
) -> Result<(), StoreError> {
    tx.execute(&FILE_DELETE, params![source_id, patient_id, path]).map(|_| ())
}

/// Lets the folders of a patient be read from the beginning by every source of a domain: what
/// happened while the patient took no part was passed over.
pub fn forget_completed(tx: &mut Tx, domain_id: i64, patient_id: &str) -> Result<(), StoreError> {
    let mark: &[u8] = b"";
    tx.execute(&FILE_FORGET_COMPLETED, params![domain_id, patient_id, mark]).map(|_| ())
}

/// How far the transaction storages of a source were read.
pub fn cursors(tx: &mut Tx, source_id: i64) -> Result<Vec<CursorRow>, StoreError> {
    tx.query(&CURSOR_BY_SOURCE, params![source_id], |row| {
        Ok(CursorRow {
            root_ordinal: row.int(0)?,
            file: row.bytes(1)?,
            byte_offset: row.int(2)?,
            last_sent: row.text(3)?,
        })
    })
}

/// Moves a cursor.
pub fn put_cursor(tx: &mut Tx, source_id: i64, cursor: &CursorRow) -> Result<(), StoreError> {
    let row = params![
        source_id,
        cursor.root_ordinal,
        &cursor.file,
        cursor.byte_offset,
        &cursor.last_sent
    ];
    tx.execute(&CURSOR_UPSERT, row).map(|_| ())
}

/// Puts an item into quarantine, or counts one more attempt at it.
pub fn put_quarantine(
    tx: &mut Tx,
    source_id: i64,
    item: &NewQuarantine,
    now_us: i64,
) -> Result<(), StoreError> {
    tx.execute(&QUARANTINE_DELETE_BYTES_BY_PLACE, params![source_id, &item.place])?;
    let id = tx.query_opt(
        &QUARANTINE_UPSERT,
        params![
            source_id,
            &item.place,
            &item.patient_id,
            &item.reason,
            &item.detail,
            item.size,
            &item.sha256,
            item.modified_us,
            now_us
        ],
        |row| row.int(0),
    )?;
    if let (Some(id), Some(bytes)) = (id, &item.bytes) {
        tx.execute(&QUARANTINE_INSERT_BYTES, params![id, bytes])?;
    }
    Ok(())
}

/// Says that the bytes of a quarantined item are the object of its SHA-256, as those of DICOM
/// instances are.
pub fn keep_quarantined_object(
    tx: &mut Tx,
    source_id: i64,
    place: &[u8],
) -> Result<(), StoreError> {
    tx.execute(&QUARANTINE_SET_IN_OBJECTS, params![source_id, place]).map(drop)
}

/// Lets an item leave quarantine; `true` when it was there.
pub fn leave_quarantine(tx: &mut Tx, source_id: i64, place: &[u8]) -> Result<bool, StoreError> {
    tx.execute(&QUARANTINE_DELETE_BYTES_BY_PLACE, params![source_id, place])?;
    Ok(tx.execute(&QUARANTINE_DELETE_BY_PLACE, params![source_id, place])? > 0)
}

/// The quarantined places of one patient's folders with the codes of their reasons.
pub fn quarantined_of_patient(
    tx: &mut Tx,
    source_id: i64,
    patient_id: &str,
) -> Result<Vec<(Vec<u8>, String)>, StoreError> {
    tx.query(&QUARANTINE_BY_PATIENT, params![source_id, patient_id], |row| {
        Ok((row.bytes(0)?, row.text(1)?))
    })
}

/// A page of the quarantine, by id, after `after_id`; `None` for any source or reason.
pub fn quarantine_page(
    tx: &mut Tx,
    source_id: Option<i64>,
    reason: Option<&str>,
    after_id: i64,
    page_rows: u32,
) -> Result<Vec<QuarantineRow>, StoreError> {
    tx.query(&QUARANTINE_PAGE, params![source_id, reason, after_id, page_rows], quarantine)
}

/// One item in quarantine.
pub fn quarantine_by_id(tx: &mut Tx, id: i64) -> Result<Option<QuarantineRow>, StoreError> {
    tx.query_opt(&QUARANTINE_BY_ID, params![id], quarantine)
}

/// The bytes of an item in quarantine, where they were kept.
pub fn quarantine_bytes(tx: &mut Tx, id: i64) -> Result<Option<Vec<u8>>, StoreError> {
    tx.query_opt(&QUARANTINE_BYTES, params![id], |row| row.bytes(0))
}

/// How many items wait for which reason, in all or of one source.
pub fn quarantine_counts(
    tx: &mut Tx,
    source_id: Option<i64>,
) -> Result<Vec<(String, i64)>, StoreError> {
    tx.query(&QUARANTINE_COUNT_BY_REASON, params![source_id], |row| Ok((row.text(0)?, row.int(1)?)))
}

/// Begins a pull.
pub fn begin_pull(tx: &mut Tx, source_id: i64, mode: &str, now_us: i64) -> Result<i64, StoreError> {
    tx.query_opt(&PULL_INSERT, params![source_id, mode, now_us], |row| row.int(0))?
        .ok_or_else(|| StoreError::Damaged("the row of a pull was not kept".to_owned()))
}

/// Keeps the counters of a pull; `finished_us` when it ended.
pub fn update_pull(
    tx: &mut Tx,
    pull_id: i64,
    counts: PullCounts,
    finished_us: Option<i64>,
    outcome: &str,
) -> Result<(), StoreError> {
    let row = params![
        pull_id,
        finished_us,
        counts.listed,
        counts.taken,
        counts.unchanged,
        counts.quarantined,
        outcome
    ];
    tx.execute(&PULL_UPDATE, row).map(|_| ())
}

/// The newest pulls of a source, newest first.
pub fn recent_pulls(
    tx: &mut Tx,
    source_id: i64,
    rows_max: u32,
) -> Result<Vec<PullRow>, StoreError> {
    tx.query(&PULL_RECENT, params![source_id, rows_max], |row| {
        Ok(PullRow {
            id: row.int(0)?,
            mode: row.text(1)?,
            started_us: row.int(2)?,
            finished_us: row.opt_int(3)?,
            counts: PullCounts {
                listed: row.int(4)?,
                taken: row.int(5)?,
                unchanged: row.int(6)?,
                quarantined: row.int(7)?,
            },
            outcome: row.text(8)?,
        })
    })
}

/// When the newest complete pull of a source ended.
pub fn last_complete_pull(tx: &mut Tx, source_id: i64) -> Result<Option<i64>, StoreError> {
    tx.query_opt(&PULL_LAST_COMPLETE, params![source_id], |row| row.int(0))
}

fn quarantine(row: &Row<'_>) -> Result<QuarantineRow, StoreError> {
    Ok(QuarantineRow {
        id: row.int(0)?,
        source_id: row.int(1)?,
        source: row.text(2)?,
        place: row.bytes(3)?,
        patient_id: row.text(4)?,
        reason: row.text(5)?,
        detail: row.text(6)?,
        size: row.int(7)?,
        sha256: row.opt_bytes(8)?,
        modified_us: row.int(9)?,
        attempts: row.int(10)?,
        first_us: row.int(11)?,
        last_us: row.int(12)?,
    })
}
