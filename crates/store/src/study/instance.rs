//! Instances as stored.

use crate::dialect::{int_list, text_list};
use crate::study::InstanceDescription;
use crate::{ObjectKey, Row, StoreError, Tx};
use model::Timestamp;

crate::statements! {
    BY_ID = "instance/by_id",
    BY_UID = "instance/by_uid",
    OF_SERIES = "instance/of_series",
    OF_STUDY = "instance/of_study",
    ALL_OF_STUDY = "instance/all_of_study",
    MIDDLE_OF_SERIES = "instance/middle_of_series",
    HELD = "instance/held",
}

/// Instance Number of an instance that says none, in its column: it stands before all others.
pub const NO_INSTANCE_NUMBER: i64 = i64::MIN;

/// An instance with its object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstanceRow {
    /// Row.
    pub id: i64,
    /// Its study.
    pub study_id: i64,
    /// Its series.
    pub series_id: i64,
    /// What is said of it, and its bytes' place.
    pub said: InstanceDescription,
    /// Whether it is the object of its UID that came last; others have other bytes.
    pub is_latest: bool,
    /// Since when it is hidden.
    pub hidden: Option<Timestamp>,
    /// Code of the reason for that.
    pub hidden_reason: String,
    /// When it came.
    pub received: Timestamp,
}

impl InstanceRow {
    /// Its object.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] where the row names none.
    pub fn object(&self) -> Result<ObjectKey, StoreError> {
        object_key(&self.said.sha256, self.said.size)
    }

    /// Whether people see it.
    pub fn is_shown(&self) -> bool {
        self.is_latest && self.hidden.is_none()
    }

    /// Its place among the instances of its series: number and row.
    pub fn place(&self) -> (i64, i64) {
        (self.said.instance_number.unwrap_or(NO_INSTANCE_NUMBER), self.id)
    }
}

/// An instance that is kept, for storage commitment (PS3.4 J).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldInstance {
    /// SOP Instance UID.
    pub sop_instance_uid: String,
    /// SOP Class UID.
    pub sop_class_uid: String,
    /// Its object.
    pub object: ObjectKey,
}

/// The instance of a row.
pub fn instance_by_id(tx: &mut Tx, id: i64) -> Result<Option<InstanceRow>, StoreError> {
    tx.query_opt(&BY_ID, params![id], read)
}

/// The instances of a UID in some studies: the latest first, then earlier bytes; hidden ones too.
pub fn instances_by_uid(
    tx: &mut Tx,
    sop_instance_uid: &str,
    studies: &[i64],
) -> Result<Vec<InstanceRow>, StoreError> {
    tx.query(&BY_UID, params![sop_instance_uid, &int_list(studies)], read)
}

/// A page of what is shown of a series, by number; `after` is the [`InstanceRow::place`] of the
/// last one seen, `None` for the first page.
pub fn instances_of_series(
    tx: &mut Tx,
    series_id: i64,
    after: Option<(i64, i64)>,
    page_rows: u32,
) -> Result<Vec<InstanceRow>, StoreError> {
    let (number, id) = after.unwrap_or((NO_INSTANCE_NUMBER, i64::MIN));
    tx.query(&OF_SERIES, params![series_id, number, id, page_rows], read)
}

/// A page of what is shown of a study, by row.
pub fn instances_of_study(
    tx: &mut Tx,
    study_id: i64,
    after_id: i64,
    page_rows: u32,
) -> Result<Vec<InstanceRow>, StoreError> {
    tx.query(&OF_STUDY, params![study_id, after_id, page_rows], read)
}

/// A page of everything that is kept of a study, by row: hidden ones and earlier bytes too.
pub fn all_instances_of_study(
    tx: &mut Tx,
    study_id: i64,
    after_id: i64,
    page_rows: u32,
) -> Result<Vec<InstanceRow>, StoreError> {
    tx.query(&ALL_OF_STUDY, params![study_id, after_id, page_rows], read)
}

/// An image from the middle of a series of `images`, which stands for all of it.
pub fn middle_of_series(
    tx: &mut Tx,
    series_id: i64,
    images: i64,
) -> Result<Option<i64>, StoreError> {
    tx.query_opt(&MIDDLE_OF_SERIES, params![series_id, (images - 1).max(0) / 2], |row| row.int(0))
}

/// Those of some instances that are kept of a source.
pub fn held_instances(
    tx: &mut Tx,
    source_id: i64,
    sop_instance_uids: &[String],
) -> Result<Vec<HeldInstance>, StoreError> {
    tx.query(&HELD, params![source_id, &text_list(sop_instance_uids)], |row| {
        Ok(HeldInstance {
            sop_instance_uid: row.text(0)?,
            sop_class_uid: row.text(1)?,
            object: object_key(row.bytes_ref(2)?, row.int(3)?)?,
        })
    })
}

fn object_key(sha256: &[u8], size: i64) -> Result<ObjectKey, StoreError> {
    let sha256 = sha256
        .try_into()
        .map_err(|_| StoreError::Damaged("the name of an instance's object".to_owned()))?;
    Ok(ObjectKey { sha256, size: size.unsigned_abs() })
}

fn read(row: &Row<'_>) -> Result<InstanceRow, StoreError> {
    Ok(InstanceRow {
        id: row.int(0)?,
        study_id: row.int(1)?,
        series_id: row.int(2)?,
        said: InstanceDescription {
            sop_instance_uid: row.text(3)?,
            sop_class_uid: row.text(4)?,
            transfer_syntax_uid: row.text(5)?,
            instance_number: Some(row.int(6)?).filter(|number| *number != NO_INSTANCE_NUMBER),
            kind: row.text(7)?,
            title: row.text(8)?,
            pixel_rows: row.int(9)?,
            pixel_columns: row.int(10)?,
            frames: row.int(11)?,
            sha256: row.bytes(12)?,
            size: row.int(13)?,
            data_set_offset: row.int(14)?,
            data_set_sha256: row.bytes(15)?,
            pixel_offset: row.opt_int(16)?,
            pixel_size: row.opt_int(17)?,
            text_verdict: row.text(18)?,
        },
        is_latest: row.flag(19)?,
        hidden: row.opt_int(20)?.map(Timestamp),
        hidden_reason: row.text(21)?,
        received: Timestamp(row.int(22)?),
    })
}
