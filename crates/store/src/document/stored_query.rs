//! What stored queries read (ITI TF-2 3.18): objects by their ids, their owners, and the
//! associations at them. Which of it a query answers is the registry's.

use super::association::EndKind;
use super::folder::{self, FolderRow};
use super::row::availability;
use crate::dialect::{int_list, text_list};
use crate::{Row, StoreError, Tx};
use model::Timestamp;
use model::document::Availability;
use uuid::Uuid;

/// Whose a document is and who disclosed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Row.
    pub id: i64,
    /// entryUUID
    pub entry_uuid: Uuid,
    /// The identity that it hangs off.
    pub identity_id: i64,
    /// The person whose it is now.
    pub person_id: i64,
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
    /// The source that brought it.
    pub source_id: Option<i64>,
    /// Whether that is a storage, not a peer.
    pub of_storage: bool,
}

/// Whose a submission set or folder is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owner {
    /// Row.
    pub id: i64,
    /// entryUUID
    pub entry_uuid: Uuid,
    /// The identity that it hangs off.
    pub identity_id: i64,
    /// The person whose it is now.
    pub person_id: i64,
}

/// One end of an association.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LinkEnd {
    /// What it is.
    pub kind: EndKind,
    /// Its row.
    pub id: i64,
    /// Its entryUUID.
    pub uuid: Uuid,
}

/// An association with its ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Row; 0 for one that has none.
    pub id: i64,
    /// entryUUID
    pub entry_uuid: Uuid,
    /// Short name of its type.
    pub association_type: String,
    /// Whether it is a HasMember of status Original.
    pub original: bool,
    /// availabilityStatus
    pub availability: Availability,
    /// What was sent beside, as JSON; empty for nothing.
    pub details: String,
    /// sourceObject
    pub source: LinkEnd,
    /// targetObject
    pub target: LinkEnd,
}

/// The heads of documents, in the order of their rows.
pub fn heads(tx: &mut Tx, ids: &[i64]) -> Result<Vec<Head>, StoreError> {
    tx.query(&HEADS, params![&int_list(ids)], |row| {
        Ok(Head {
            id: row.int(0)?,
            entry_uuid: row.uuid(1)?,
            identity_id: row.int(2)?,
            person_id: row.int(3)?,
            facility_id: row.opt_int(4)?,
            category: row.text(5)?,
            submission_set_id: row.int(6)?,
            member_implied: row.flag(7)?,
            is_restricted: row.flag(8)?,
            source_id: row.opt_int(9)?,
            of_storage: row.flag(10)?,
        })
    })
}

/// The source that brought an object, and its facility.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Bringer {
    /// The source.
    pub source_id: Option<i64>,
    /// Its facility.
    pub facility_id: Option<i64>,
}

/// Who brought a submission set: its peer, else whoever brought its documents.
pub fn bringer_of_set(tx: &mut Tx, id: i64) -> Result<Bringer, StoreError> {
    Ok(tx.query_opt(&BRINGER_OF_SET, params![id], bringer)?.unwrap_or_default())
}

/// Who brought the set that brought a folder.
pub fn bringer_of_folder(tx: &mut Tx, id: i64) -> Result<Bringer, StoreError> {
    Ok(tx.query_opt(&BRINGER_OF_FOLDER, params![id], bringer)?.unwrap_or_default())
}

/// Who brought the set that brought an association.
pub fn bringer_of_link(tx: &mut Tx, id: i64) -> Result<Bringer, StoreError> {
    Ok(tx.query_opt(&BRINGER_OF_LINK, params![id], bringer)?.unwrap_or_default())
}

fn bringer(row: &Row<'_>) -> Result<Bringer, StoreError> {
    Ok(Bringer { source_id: row.opt_int(0)?, facility_id: row.opt_int(1)? })
}

/// The rows of documents by uniqueId; versions of one entry share it.
pub fn documents_by_unique_ids(tx: &mut Tx, ids: &[String]) -> Result<Vec<i64>, StoreError> {
    tx.query(&DOCUMENTS_BY_UNIQUE_IDS, params![&text_list(ids)], |row| row.int(0))
}

/// The rows of all versions of an entry, by its logicalID.
pub fn documents_by_logical(tx: &mut Tx, logical: Uuid) -> Result<Vec<i64>, StoreError> {
    tx.query(&DOCUMENTS_BY_LOGICAL_UUID, params![&logical], |row| row.int(0))
}

/// The rows of the documents that sets brought: set, document.
pub fn documents_of_sets(tx: &mut Tx, sets: &[i64]) -> Result<Vec<(i64, i64)>, StoreError> {
    tx.query(&DOCUMENTS_OF_SETS, params![&int_list(sets)], |row| Ok((row.int(0)?, row.int(1)?)))
}

/// The row of a folder.
pub fn folder_by_uuid(tx: &mut Tx, uuid: Uuid) -> Result<Option<i64>, StoreError> {
    tx.query_opt(&FOLDER_BY_UUID, params![&uuid], |row| row.int(0))
}

/// The rows of folders by uniqueId; versions of one folder share it.
pub fn folders_by_unique_ids(tx: &mut Tx, ids: &[String]) -> Result<Vec<i64>, StoreError> {
    tx.query(&FOLDERS_BY_UNIQUE_IDS, params![&text_list(ids)], |row| row.int(0))
}

/// The rows of all versions of a folder, by its logicalID.
pub fn folders_by_logical(tx: &mut Tx, logical: Uuid) -> Result<Vec<i64>, StoreError> {
    tx.query(&FOLDERS_BY_LOGICAL_UUID, params![&logical], |row| row.int(0))
}

/// The rows of folders of identities with `from <= lastUpdateTime < to`.
pub fn folders_of_identities(
    tx: &mut Tx,
    identities: &[i64],
    asked: &[Availability],
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<i64>, StoreError> {
    let statuses: Vec<i64> =
        asked.iter().map(|a| i64::from(*a == Availability::Approved)).collect();
    let (identities, statuses) = (int_list(identities), int_list(&statuses));
    tx.query(&FOLDERS_OF_IDENTITIES, params![&identities, &statuses, from, to], |row| row.int(0))
}

/// Folders with their owners, in the order of their rows.
pub fn folders(tx: &mut Tx, ids: &[i64]) -> Result<Vec<(FolderRow, Owner)>, StoreError> {
    tx.query(&FOLDERS, params![&int_list(ids)], |row| {
        let folder = folder::read(row)?;
        let owner = Owner {
            id: folder.id,
            entry_uuid: folder.folder.entry_uuid,
            identity_id: row.int(7)?,
            person_id: row.int(8)?,
        };
        Ok((folder, owner))
    })
}

/// The rows of the sets of identities with `from <= submissionTime < to`.
pub fn sets_of_identities(
    tx: &mut Tx,
    identities: &[i64],
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<i64>, StoreError> {
    tx.query(&SETS_OF_IDENTITIES, params![&int_list(identities), from, to], |row| row.int(0))
}

/// The rows of sets by uniqueId.
pub fn sets_by_unique_ids(tx: &mut Tx, ids: &[String]) -> Result<Vec<i64>, StoreError> {
    tx.query(&SETS_BY_UNIQUE_IDS, params![&text_list(ids)], |row| row.int(0))
}

/// The row of a set.
pub fn set_by_uuid(tx: &mut Tx, uuid: Uuid) -> Result<Option<i64>, StoreError> {
    tx.query_opt(&SET_BY_UUID, params![&uuid], |row| row.int(0))
}

/// Whose sets are, in the order of their rows.
pub fn set_owners(tx: &mut Tx, ids: &[i64]) -> Result<Vec<Owner>, StoreError> {
    tx.query(&SET_OWNERS, params![&int_list(ids)], |row| {
        Ok(Owner {
            id: row.int(0)?,
            entry_uuid: row.uuid(1)?,
            identity_id: row.int(2)?,
            person_id: row.int(3)?,
        })
    })
}

/// The associations whose source is one of these objects of a kind. A document's HasMember from
/// the set that brought it may have no row ([`Head::member_implied`]).
pub fn links_from(tx: &mut Tx, kind: EndKind, ids: &[i64]) -> Result<Vec<Link>, StoreError> {
    let found = tx.query(&LINKS_FROM, params![kind.number(), &int_list(ids)], |row| row.int(0))?;
    links(tx, &found)
}

/// The associations whose target is one of these objects of a kind, as [`links_from`].
pub fn links_to(tx: &mut Tx, kind: EndKind, ids: &[i64]) -> Result<Vec<Link>, StoreError> {
    let found = tx.query(&LINKS_TO, params![kind.number(), &int_list(ids)], |row| row.int(0))?;
    links(tx, &found)
}

/// Associations by their rows.
pub fn links(tx: &mut Tx, ids: &[i64]) -> Result<Vec<Link>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(whole(tx.query(&LINKS, params![&int_list(ids)], link)?))
}

/// The row of an association.
pub fn link_by_uuid(tx: &mut Tx, uuid: Uuid) -> Result<Option<i64>, StoreError> {
    tx.query_opt(&LINK_BY_UUID, params![&uuid], |row| row.int(0))
}

/// Persons that stand for themselves, after a row: row and community ID.
pub fn persons_after(
    tx: &mut Tx,
    after: i64,
    limit: i64,
) -> Result<Vec<(i64, String)>, StoreError> {
    tx.query(&PERSONS_AFTER, params![after, limit], |row| Ok((row.int(0)?, row.text(1)?)))
}

/// Without those of which an end is gone: another transaction removed it.
fn whole(links: Vec<Option<Link>>) -> Vec<Link> {
    links.into_iter().flatten().collect()
}

fn link(row: &Row<'_>) -> Result<Option<Link>, StoreError> {
    if row.opt_bytes(10)?.is_none() || row.opt_bytes(11)?.is_none() {
        return Ok(None);
    }
    let end = |kind: usize, id: usize, uuid: usize| -> Result<LinkEnd, StoreError> {
        let number = row.int(kind)?;
        let kind = EndKind::of_number(number)
            .ok_or_else(|| StoreError::Damaged(format!("{number} is no kind of object")))?;
        Ok(LinkEnd { kind, id: row.int(id)?, uuid: row.uuid(uuid)? })
    };
    Ok(Some(Link {
        id: row.int(0)?,
        entry_uuid: row.uuid(1)?,
        association_type: row.text(2)?,
        original: row.flag(3)?,
        availability: availability(row.int(4)?),
        details: row.text(5)?,
        source: end(6, 7, 10)?,
        target: end(8, 9, 11)?,
    }))
}

crate::statements! {
    HEADS = "xds_query/heads",
    BRINGER_OF_SET = "xds_query/bringer_of_set",
    BRINGER_OF_FOLDER = "xds_query/bringer_of_folder",
    BRINGER_OF_LINK = "xds_query/bringer_of_link",
    DOCUMENTS_BY_UNIQUE_IDS = "xds_query/documents_by_unique_ids",
    DOCUMENTS_BY_LOGICAL_UUID = "xds_query/documents_by_logical_uuid",
    DOCUMENTS_OF_SETS = "xds_query/documents_of_sets",
    FOLDER_BY_UUID = "xds_query/folder_by_uuid",
    FOLDERS_BY_UNIQUE_IDS = "xds_query/folders_by_unique_ids",
    FOLDERS_BY_LOGICAL_UUID = "xds_query/folders_by_logical_uuid",
    FOLDERS_OF_IDENTITIES = "xds_query/folders_of_identities",
    FOLDERS = "xds_query/folders",
    SETS_OF_IDENTITIES = "xds_query/sets_of_identities",
    SETS_BY_UNIQUE_IDS = "xds_query/sets_by_unique_ids",
    SET_BY_UUID = "xds_query/set_by_uuid",
    SET_OWNERS = "xds_query/set_owners",
    LINKS_FROM = "xds_query/links_from",
    LINKS_TO = "xds_query/links_to",
    LINKS = "xds_query/links",
    LINK_BY_UUID = "xds_query/link_by_uuid",
    PERSONS_AFTER = "xds_query/persons_after",
}
