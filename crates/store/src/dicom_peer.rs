//! Application entities that speak DICOM with this centre (PS3.8).

use crate::{Row, StoreError, Tx};
use model::Timestamp;

/// A peer that is not yet known.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NewDicomPeer {
    /// Its name, the actor of audit rows.
    pub name: String,
    /// Its AE title.
    pub ae_title: String,
    /// The AE title by which it calls us and we call it; empty for the configured one.
    pub our_ae_title: String,
    /// Where it listens and from where it calls: a name or an address; empty for anywhere, which
    /// only a certificate makes safe.
    pub host: String,
    /// Its port; 0 where it only calls.
    pub port: u16,
    /// SHA-256 of the certificate that it shows, hexadecimal; empty for none.
    pub fingerprint: String,
    /// Whether we call it by TLS.
    pub is_tls: bool,
    /// Row of the facility as whose viewer it sees.
    pub facility_id: i64,
    /// The source whose images it gives.
    pub source_id: Option<i64>,
    /// Whether it may send (C-STORE, storage commitment).
    pub may_store: bool,
    /// Whether it may ask and fetch (C-FIND, C-MOVE, C-GET).
    pub may_query: bool,
}

/// A peer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DicomPeer {
    /// Row.
    pub id: i64,
    /// Whether it is refused like a stranger.
    pub is_disabled: bool,
    /// The rest.
    pub said: NewDicomPeer,
}

crate::statements! {
    INSERT = "dicom_peer/insert",
    ALL = "dicom_peer/all",
    BY_NAME = "dicom_peer/by_name",
    BY_AE_TITLE = "dicom_peer/by_ae_title",
    OF_SOURCE = "dicom_peer/of_source",
    SET_DISABLED = "dicom_peer/set_disabled",
    DELETE = "dicom_peer/delete",
}

/// Inserts a peer; `None` where its name is taken.
pub fn insert(tx: &mut Tx, new: &NewDicomPeer, now: Timestamp) -> Result<Option<i64>, StoreError> {
    let values = params![
        &new.name,
        &new.ae_title,
        &new.our_ae_title,
        &new.host,
        new.port,
        &new.fingerprint,
        new.is_tls,
        new.facility_id,
        new.source_id,
        new.may_store,
        new.may_query,
        now
    ];
    tx.insert(&INSERT, values)
}

/// Every peer, by name.
pub fn all(tx: &mut Tx) -> Result<Vec<DicomPeer>, StoreError> {
    tx.query(&ALL, &[], read)
}

/// The peer of a name.
pub fn by_name(tx: &mut Tx, name: &str) -> Result<Option<DicomPeer>, StoreError> {
    tx.query_opt(&BY_NAME, params![name], read)
}

/// The peers of an AE title: two hospitals may call their servers by the same one.
pub fn by_ae_title(tx: &mut Tx, ae_title: &str) -> Result<Vec<DicomPeer>, StoreError> {
    tx.query(&BY_AE_TITLE, params![ae_title], read)
}

/// The peers that give the images of a source, the first of which is asked for them.
pub fn of_source(tx: &mut Tx, source_id: i64) -> Result<Vec<DicomPeer>, StoreError> {
    tx.query(&OF_SOURCE, params![source_id], read)
}

/// Refuses a peer from now on, or admits it again.
pub fn set_disabled(tx: &mut Tx, id: i64, is_disabled: bool) -> Result<(), StoreError> {
    tx.execute(&SET_DISABLED, params![id, is_disabled]).map(drop)
}

/// Removes a peer. What it gave stays.
pub fn delete(tx: &mut Tx, id: i64) -> Result<(), StoreError> {
    tx.execute(&DELETE, params![id]).map(drop)
}

fn read(row: &Row<'_>) -> Result<DicomPeer, StoreError> {
    Ok(DicomPeer {
        id: row.int(0)?,
        is_disabled: row.flag(12)?,
        said: NewDicomPeer {
            name: row.text(1)?,
            ae_title: row.text(2)?,
            our_ae_title: row.text(3)?,
            host: row.text(4)?,
            port: u16::try_from(row.int(5)?)
                .map_err(|_| StoreError::Damaged("the port of a DICOM peer".to_owned()))?,
            fingerprint: row.text(6)?,
            is_tls: row.flag(7)?,
            facility_id: row.int(8)?,
            source_id: row.opt_int(9)?,
            may_store: row.flag(10)?,
            may_query: row.flag(11)?,
        },
    })
}
