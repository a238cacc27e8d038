//! Documents as they are answered: every attribute in one row.

use super::metadata::{self, Columns, OriginColumns};
use super::row::{availability, version_state};
use crate::{Row, StoreError, Tx, dialect};
use model::Timestamp;
use model::document::{Availability, DocumentEntry};
use model::item::{ItemKey, VersionState};
use std::ops::ControlFlow;

/// A document as it is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryRow {
    /// Row.
    pub id: i64,
    /// Its metadata.
    pub entry: DocumentEntry,
    /// availabilityStatus
    pub availability: Availability,
    /// What this version came to beside its siblings.
    pub state: VersionState,
    /// When it was deleted.
    pub deleted: Option<Timestamp>,
    /// `message` or `observed`.
    pub deletion_known_from: Option<String>,
    /// Its remarks as a JSON array of codes.
    pub flags: String,
    /// SHA-256 of its bytes.
    pub sha256: Vec<u8>,
    /// When it was registered.
    pub created: Timestamp,
    /// The person whose it is now.
    pub person_id: i64,
    /// That person's community ID.
    pub community_id: String,
    /// The identity that it hangs off.
    pub identity_id: i64,
    /// The facility whose source brought it.
    pub facility_id: Option<i64>,
    /// Name of its category.
    pub category: String,
    /// The set that brought it.
    pub submission_set_id: i64,
    /// Whether the set's HasMember to it has no row.
    pub member_implied: bool,
    /// Whether its facility shows it to its own people only.
    pub is_restricted: bool,
}

/// What a query asks of columns; times are `from <= t < to`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryFilter {
    /// The availabilities asked for.
    pub availability: Vec<Availability>,
    /// Codes of classCode; none means any.
    pub class_codes: Vec<String>,
    /// Codes of typeCode; none means any.
    pub type_codes: Vec<String>,
    /// Codes of formatCode; none means any.
    pub format_codes: Vec<String>,
    /// creationTime
    pub creation: (Timestamp, Timestamp),
    /// serviceStartTime; an entry without one always fits.
    pub service_start: (Timestamp, Timestamp),
    /// serviceStopTime; an entry without one always fits.
    pub service_stop: (Timestamp, Timestamp),
}

/// Each document of identities that fits a filter, in no order, one at a time.
pub fn of_identities(
    tx: &mut Tx,
    identities: &[i64],
    filter: &EntryFilter,
    mut visit: impl FnMut(EntryRow) -> ControlFlow<()>,
) -> Result<(), StoreError> {
    let statuses: Vec<i64> =
        filter.availability.iter().map(|a| i64::from(*a == Availability::Approved)).collect();
    let (identities, statuses) = (dialect::int_list(identities), dialect::int_list(&statuses));
    let classes = dialect::text_list(&filter.class_codes);
    let types = dialect::text_list(&filter.type_codes);
    let formats = dialect::text_list(&filter.format_codes);
    let parameters = params![
        &identities,
        &statuses,
        &classes,
        &types,
        &formats,
        filter.creation.0,
        filter.creation.1,
        filter.service_start.0,
        filter.service_start.1,
        filter.service_stop.0,
        filter.service_stop.1,
    ];
    tx.for_each(&OF_IDENTITIES, parameters, |row| Ok(visit(read(row)?)))
}

/// The documents of rows, by row.
pub fn of_ids(tx: &mut Tx, ids: &[i64]) -> Result<Vec<EntryRow>, StoreError> {
    tx.query(&OF_IDS, params![&dialect::int_list(ids)], read)
}

fn read(row: &Row<'_>) -> Result<EntryRow, StoreError> {
    let unique_id = row.text(2)?;
    let told = version_state(row.int(19)?)?;
    let local_id = row.text(11)?;
    let origin = match (row.opt_text(13)?, row.opt_int(14)?) {
        (Some(source), Some(storage)) => Some(OriginColumns {
            source,
            item: ItemKey {
                patient_id: local_id.clone(),
                care_date: row.text(16)?,
                data_type: row.text(15)?,
                order_key: row.text(17)?,
                storage: metadata::storage_of_number(storage),
            },
            sent: row.text(18)?,
            told,
            is_delete_message: row.flag(20)?,
        }),
        _ => None,
    };
    let columns = Columns {
        entry_uuid: row.uuid(1)?,
        unique_id: unique_id.clone(),
        mime_type: row.text(3)?,
        class_code: row.text(4)?,
        type_code: row.text(5)?,
        format_code: row.text(6)?,
        creation: Timestamp(row.int(7)?),
        service_start: row.opt_int(8)?.map(Timestamp),
        service_stop: row.opt_int(9)?.map(Timestamp),
        size: row.int(10)?.unsigned_abs(),
        local_id,
        domain_oid: row.text(12)?,
        origin,
    };
    let entry = metadata::read(row.text_ref(30)?, columns)
        .map_err(|error| StoreError::Damaged(format!("metadata of {unique_id}: {error}")))?;
    Ok(EntryRow {
        id: row.int(0)?,
        entry,
        availability: availability(row.int(21)?),
        state: version_state(row.int(22)?)?,
        deleted: row.opt_int(23)?.map(Timestamp),
        deletion_known_from: row.opt_text(24)?,
        flags: row.text(25)?,
        sha256: row.bytes(26)?,
        created: Timestamp(row.int(27)?),
        person_id: row.int(28)?,
        community_id: row.text(29)?,
        identity_id: row.int(31)?,
        facility_id: row.opt_int(32)?,
        category: row.text(33)?,
        submission_set_id: row.int(34)?,
        member_implied: row.flag(35)?,
        is_restricted: row.flag(36)?,
    })
}

crate::statements! {
    OF_IDENTITIES = "document/entries_of_identities",
    OF_IDS = "document/entries_of_ids",
}
