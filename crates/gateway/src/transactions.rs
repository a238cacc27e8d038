//! Reading the transaction storages of a source from their cursors on (ssmix2.md §1.6): only the
//! header line of a record is looked at before it is known whose it is, and records of patients
//! who are not enrolled are passed over.

use crate::beneath::{EntryKind, FileStamp, RootFolder, Trouble};
use crate::commit::{Batch, Gone};
use crate::error::GatewayError;
use crate::listing::Candidate;
use crate::place::{self, RootRole};
use crate::session::{self, Session};
use crate::source::Root;
use crate::workshop::{Outcome, Rejected, Workshop};
use model::item::Storage;
use model::reason::Reason;
use ssmix2::transaction::{Header, Item, Processing, Reader, Record, Tail, is_transaction_file};
use std::collections::{BTreeSet, HashSet};
use std::io::{Seek, SeekFrom};
use std::sync::Arc;
use store::StoreError;
use store::intake::{self, CursorRow};
use store::source as rows;

/// Records read before what they brought is written.
const CHUNK_RECORDS: usize = 128;
/// Bytes passed over before the cursor is moved at the latest.
const CHUNK_BYTES: u64 = 64 * 1024 * 1024;
/// Enrolled patients fetched at one time.
const PAGE_ROWS: u32 = 5_000;

/// What one look at a transaction storage brought.
struct Chunk {
    outcomes: Vec<Outcome>,
    /// Patients of whom a record of the extended storage speaks.
    changed: BTreeSet<String>,
    cursor: CursorRow,
    /// Nothing more is complete.
    at_end: bool,
}

/// Follows every transaction storage of a source; answers the patients whose extended folders
/// have to be compared.
pub(crate) async fn follow(session: &mut Session) -> Result<Vec<String>, GatewayError> {
    let enrolled = Arc::new(enrolled(session).await?);
    let roots: Vec<Root> = session.source.transaction_roots().cloned().collect();
    let mut changed = BTreeSet::new();
    for root in roots {
        let mut cursor = cursor_of(session, &root).await?;
        loop {
            if session.workshop.stop.is_asked() {
                return Err(GatewayError::Stopped);
            }
            session::check_still_allowed(&session.gateway, &session.source).await?;
            let (workshop, enrolled) = (Arc::clone(&session.workshop), Arc::clone(&enrolled));
            let (at, from) = (root.clone(), cursor.clone());
            let chunk =
                tokio::task::spawn_blocking(move || read_chunk(&workshop, &at, from, &enrolled))
                    .await
                    .map_err(|error| GatewayError::Thread(error.to_string()))?
                    .map_err(|reason| GatewayError::Down {
                        source_name: session.source.name.clone(),
                        reason,
                    })?;
            let at_end = chunk.at_end;
            let moved = chunk.cursor != cursor;
            cursor = chunk.cursor.clone();
            changed.extend(write_chunk(session, chunk, moved).await?);
            if at_end {
                break;
            }
        }
    }
    Ok(changed.into_iter().collect())
}

async fn write_chunk(
    session: &mut Session,
    chunk: Chunk,
    moved: bool,
) -> Result<BTreeSet<String>, GatewayError> {
    session.counts.listed += i64::try_from(chunk.outcomes.len()).unwrap_or(i64::MAX);
    // With the cursor goes what it passed: should this turn end before their folders are
    // compared, these patients are looked at like newly enrolled ones in the next.
    let again = |patient_id: &String| Gone {
        patient_id: patient_id.clone(),
        files: vec![intake::COMPLETED_MARK.to_vec()],
        ..Gone::default()
    };
    let batch = Batch {
        outcomes: chunk.outcomes,
        gone: chunk.changed.iter().map(again).collect(),
        cursor: moved.then_some(chunk.cursor),
    };
    let counts = session.committer.commit(batch).await?;
    session.counts.taken += counts.taken;
    session.counts.quarantined += counts.quarantined;
    Ok(chunk.changed)
}

async fn enrolled(session: &Session) -> Result<HashSet<String>, GatewayError> {
    let domain_id = session.source.domain.id;
    let read = session.gateway.store().read(move |tx| {
        let mut all = HashSet::new();
        let mut after = String::new();
        loop {
            let page = rows::enrolled(tx, domain_id, &after, PAGE_ROWS)?;
            let Some(last) = page.last() else { return Ok::<_, StoreError>(all) };
            after.clone_from(last);
            all.extend(page);
        }
    });
    Ok(read.await?)
}

/// Cursors of the two kinds of transaction roots share one table: those of the extended storage
/// count from this number on.
const EXTENDED_FROM: i64 = 1_000;

/// The number under which the cursor of a transaction root is kept; `None` for other roots.
pub(crate) fn cursor_number(root: &Root) -> Option<i64> {
    match root.role {
        RootRole::Transaction => Some(i64::from(root.ordinal)),
        RootRole::ExtendedTransaction => Some(EXTENDED_FROM + i64::from(root.ordinal)),
        RootRole::Standardized | RootRole::Extended => None,
    }
}

async fn cursor_of(session: &Session, root: &Root) -> Result<CursorRow, GatewayError> {
    let source_id = session.source.id;
    let cursors = session.gateway.store().read(move |tx| intake::cursors(tx, source_id)).await?;
    let root_ordinal = cursor_number(root).unwrap_or_default();
    Ok(cursors.into_iter().find(|cursor| cursor.root_ordinal == root_ordinal).unwrap_or(
        CursorRow { root_ordinal, file: Vec::new(), byte_offset: 0, last_sent: String::new() },
    ))
}

/// Reads on from a cursor, at most a chunk.
fn read_chunk(
    workshop: &Workshop,
    root: &Root,
    mut cursor: CursorRow,
    enrolled: &HashSet<String>,
) -> Result<Chunk, String> {
    let shown =
        |trouble: Trouble| format!("the {} root {}: {trouble}", root.role, root.path.display());
    let folder =
        workshop.roots.get(&(root.role, root.ordinal)).ok_or_else(|| shown(Trouble::Missing))?;
    let files = files(folder).map_err(shown)?;
    let mut chunk = Chunk {
        outcomes: Vec::new(),
        changed: BTreeSet::new(),
        cursor: cursor.clone(),
        at_end: true,
    };
    let mut passed = 0;
    let from = files.partition_point(|file| file_order(file) < file_order(&cursor.file));
    for (at, file) in files.iter().enumerate().skip(from) {
        if *file != cursor.file {
            cursor = CursorRow { file: file.clone(), byte_offset: 0, ..cursor };
        }
        let is_newest = at + 1 == files.len();
        let more = read_file(
            workshop,
            root,
            folder,
            is_newest,
            &mut cursor,
            enrolled,
            &mut chunk,
            &mut passed,
        );
        match more {
            Ok(true) => {}
            Ok(false) => {
                chunk.at_end = false;
                break;
            }
            // Deleted after its time, between listing and reading.
            Err(Trouble::Missing) => {}
            Err(trouble) => return Err(shown(trouble)),
        }
    }
    chunk.cursor = cursor;
    Ok(chunk)
}

/// Reads one file from the cursor on; answers whether it was read to its present end.
#[allow(clippy::too_many_arguments)]
fn read_file(
    workshop: &Workshop,
    root: &Root,
    folder: &RootFolder,
    is_newest: bool,
    cursor: &mut CursorRow,
    enrolled: &HashSet<String>,
    chunk: &mut Chunk,
    passed: &mut u64,
) -> Result<bool, Trouble> {
    let mut open = folder.open_file(&cursor.file)?;
    let mut offset = u64::try_from(cursor.byte_offset).unwrap_or(0);
    if offset > open.stamp.size {
        // Not the file that was read: begin again, everything is idempotent.
        offset = 0;
    }
    let refused = |error: std::io::Error| Trouble::Refused(error.to_string());
    open.file.seek(SeekFrom::Start(offset)).map_err(refused)?;
    let tail = tail_of(workshop, is_newest, open.stamp);
    let mut reader = Reader::new(open.file, offset, tail);
    let mut wanted = |header: &Header| enrolled.contains(&header.patient_id);
    loop {
        if chunk.outcomes.len() >= CHUNK_RECORDS
            || *passed >= CHUNK_BYTES
            || workshop.stop.is_asked()
        {
            return Ok(false);
        }
        let Some(item) = reader.next(&mut wanted).map_err(refused)? else { return Ok(true) };
        let end = item.end();
        *passed += end.saturating_sub(offset);
        offset = end;
        if !take_item(workshop, root, cursor, item, chunk) {
            return Ok(false);
        }
        cursor.byte_offset = i64::try_from(end).unwrap_or(i64::MAX);
    }
}

/// Makes an outcome of an item; answers whether to go on.
fn take_item(
    workshop: &Workshop,
    root: &Root,
    cursor: &mut CursorRow,
    item: Item,
    chunk: &mut Chunk,
) -> bool {
    match item {
        Item::PassedOver { .. } => {}
        Item::Record(record) => {
            cursor.last_sent.clone_from(&record.header.sent);
            if root.role == RootRole::ExtendedTransaction {
                chunk.changed.insert(record.header.patient_id);
                return true;
            }
            match prepare(workshop, root, &cursor.file, record) {
                Some(outcome) => chunk.outcomes.push(outcome),
                None => return false,
            }
        }
        Item::Refused { offset, end, reason, detail, header } => {
            chunk.outcomes.push(Outcome::Rejected(Box::new(Rejected {
                place: place::record_place(root.role, root.ordinal, &cursor.file, offset),
                patient_id: header.map(|header| header.patient_id).unwrap_or_default(),
                reason,
                detail,
                stamp: Some(FileStamp { size: end - offset, modified_us: 0 }),
                sha256: None,
                bytes: None,
                known_unique_id: String::new(),
            })));
        }
    }
    true
}

/// Reads the record at a place again, for a retry.
///
/// # Errors
/// Why it is no longer there.
pub(crate) fn read_again(
    workshop: &Workshop,
    root: &Root,
    file: &[u8],
    offset: u64,
    enrolled: &dyn Fn(&str) -> bool,
) -> Result<Option<Outcome>, (Reason, String)> {
    let vanished = |detail: String| (Reason::Vanished, detail);
    let folder = workshop
        .roots
        .get(&(root.role, root.ordinal))
        .ok_or_else(|| vanished("its root is no longer one of the source's".to_owned()))?;
    let mut open = folder.open_file(file).map_err(|trouble| vanished(trouble.to_string()))?;
    let sought = open.file.seek(SeekFrom::Start(offset));
    sought.map_err(|error| (Reason::Unreadable, error.to_string()))?;
    let mut reader = Reader::new(open.file, offset, Tail::Closed);
    let item = reader
        .next(&mut |header| enrolled(&header.patient_id))
        .map_err(|error| (Reason::Unreadable, error.to_string()))?;
    match item {
        Some(Item::Record(record)) => Ok(prepare(workshop, root, file, record)),
        Some(Item::Refused { reason, detail, .. }) => Err((reason, detail)),
        Some(Item::PassedOver { .. }) | None => Ok(None),
    }
}

/// The message of the record at a place, for whoever shows it; `None` where there is no record.
pub(crate) fn read_body(
    folder: &RootFolder,
    file: &[u8],
    offset: u64,
) -> Result<Option<Vec<u8>>, Trouble> {
    let refused = |error: std::io::Error| Trouble::Refused(error.to_string());
    let mut open = folder.open_file(file)?;
    open.file.seek(SeekFrom::Start(offset)).map_err(refused)?;
    let item = Reader::new(open.file, offset, Tail::Closed).next(&mut |_| true).map_err(refused)?;
    Ok(match item {
        Some(Item::Record(record)) => Some(record.body),
        _ => None,
    })
}

fn prepare(workshop: &Workshop, root: &Root, file: &[u8], record: Record) -> Option<Outcome> {
    let Record { header, body, offset, .. } = record;
    let line = header_line(&header);
    let candidate = Candidate {
        place: place::record_place(root.role, root.ordinal, file, offset),
        role: root.role,
        ordinal: root.ordinal,
        relative: file.to_vec(),
        item: header.item_key(Storage::Standardized),
        sent: header.sent.clone(),
        department: if header.department == "-" {
            String::new()
        } else {
            header.department.clone()
        },
        state: header.processing.version_state(),
        flags: Vec::new(),
        kind: None,
        stamp: None,
        known: None,
        was_quarantined: None,
        is_deletion: header.processing == Processing::Delete,
    };
    Some(match workshop.prepare_record(candidate, body, &line)? {
        Ok(prepared) => Outcome::Prepared(prepared),
        Err(rejected) => Outcome::Rejected(rejected),
    })
}

fn header_line(header: &Header) -> String {
    let processing = match header.processing {
        Processing::Insert => "INS",
        Processing::Delete => "DEL",
    };
    let Header { version, facility_id, patient_id, care_date, data_type, order_key, .. } = header;
    let Header { department, sent, .. } = header;
    format!(
        "#SSMIX,{version},{facility_id},{patient_id},{care_date},{data_type},{order_key},\
         {processing},{department},{sent}"
    )
}

/// The last record of the newest file counts once the file has been left alone for a while.
fn tail_of(workshop: &Workshop, is_newest: bool, stamp: FileStamp) -> Tail {
    let quiet_us = i64::from(workshop.source.settings.stability_s) * 1_000_000;
    let age_us = workshop.clock.now().0 - stamp.modified_us;
    match is_newest && age_us < quiet_us {
        true => Tail::Open,
        false => Tail::Closed,
    }
}

/// The transaction files below a root, oldest first: `<YYYY>/TR_….DAT`, or without the year.
fn files(root: &RootFolder) -> Result<Vec<Vec<u8>>, Trouble> {
    let mut found = Vec::new();
    for entry in root.folder(b"")?.entries()? {
        if is_transaction_file(&entry.name) {
            found.push(entry.name);
        } else if entry.kind == EntryKind::Folder {
            for file in root.folder(&entry.name)?.entries()? {
                if is_transaction_file(&file.name) {
                    found.push(crate::listing::join(&entry.name, &file.name));
                }
            }
        }
    }
    found.sort_by(|a, b| file_order(a).cmp(&file_order(b)));
    Ok(found)
}

/// Files are ordered by their names alone: the folders only say the year.
fn file_order(path: &[u8]) -> (&[u8], &[u8]) {
    (path.rsplit(|byte| *byte == b'/').next().unwrap_or_default(), path)
}
