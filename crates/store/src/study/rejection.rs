//! Rejection notes (IHE RAD TF-3, Imaging Object Change Management): what they take back, whether
//! it is here already or comes later.

use crate::dialect::text_list;
use crate::{StoreError, Tx};
use model::Timestamp;

crate::statements! {
    PUT = "instance_rejection/put",
    OF_UIDS = "instance_rejection/of_uids",
}

/// An instance that a source took back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    /// Its SOP Instance UID.
    pub sop_instance_uid: String,
    /// Code of the reason.
    pub reason: String,
    /// When the note came.
    pub at: Timestamp,
}

/// Keeps that a note takes an instance back.
pub fn put_rejection(
    tx: &mut Tx,
    (identity_id, source_id): (i64, i64),
    rejection: &Rejection,
    note_uid: &str,
) -> Result<(), StoreError> {
    let Rejection { sop_instance_uid, reason, at } = rejection;
    let values = params![identity_id, source_id, sop_instance_uid, reason, note_uid, *at];
    tx.execute(&PUT, values).map(drop)
}

/// Those of some instances that were taken back.
pub fn rejections(
    tx: &mut Tx,
    (identity_id, source_id): (i64, i64),
    sop_instance_uids: &[String],
) -> Result<Vec<Rejection>, StoreError> {
    let uids = text_list(sop_instance_uids);
    let values = params![identity_id, source_id, &uids];
    tx.query(&OF_UIDS, values, |row| {
        Ok(Rejection {
            sop_instance_uid: row.text(0)?,
            reason: row.text(1)?,
            at: Timestamp(row.int(2)?),
        })
    })
}
