//! Studies as stored.

use crate::dialect::int_list;
use crate::study::StudyDescription;
use crate::{Disclosure, Row, StoreError, Tx};
use model::Timestamp;

crate::statements! {
    LOCK = "study/lock",
    LOCK_BY_ID = "study/lock_by_id",
    BY_ID = "study/by_id",
    BY_IDS = "study/by_ids",
    BY_UID = "study/by_uid",
    BY_ACCESSION = "study/by_accession",
    OF_IDENTITIES = "study/of_identities",
    OF_SOURCE = "study/of_source",
    OF_SOURCE_AND_IDENTITY = "study/of_source_and_identity",
    BEFORE = "study/before",
    TOTALS = "study/totals",
}

/// `started_us` of a study whose date is not said: it stands behind all others.
const UNKNOWN_START_US: i64 = i64::MIN;

/// How far the images of a study are here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StudyState {
    /// 要取得: its source has told of it, nothing is here.
    Known,
    /// 取得中: a pull is at it.
    Fetching,
    /// Less than its source has told of is here, and no pull is at it.
    Partly,
    /// サーバ保管: here, as far as its source has told.
    Held,
    /// Taken back or replaced at its source: shown to nobody.
    Hidden,
}

impl StudyState {
    /// The stable name, for pages, the command line and DICOMweb clients.
    pub fn name(self) -> &'static str {
        match self {
            StudyState::Known => "known",
            StudyState::Fetching => "fetching",
            StudyState::Partly => "partly",
            StudyState::Held => "held",
            StudyState::Hidden => "hidden",
        }
    }
}

/// What a source's C-FIND says it has of a study (PS3.4 C.6.2.1.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Told {
    /// Number of Study Related Series (0020,1206).
    pub series: Option<i64>,
    /// Number of Study Related Instances (0020,1208).
    pub instances: Option<i64>,
}

/// A study.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StudyRow {
    /// Row.
    pub id: i64,
    /// Whose.
    pub identity_id: i64,
    /// The source that has it.
    pub source_id: i64,
    /// Study Instance UID (0020,000D).
    pub study_instance_uid: String,
    /// What is said of it.
    pub said: StudyDescription,
    /// Series of which something is here and shown.
    pub series_count: i64,
    /// Instances that are here and shown.
    pub instance_count: i64,
    /// Those of them that are images.
    pub image_count: i64,
    /// Instances of which several objects with other bytes came.
    pub variant_count: i64,
    /// Bytes of the instances that are shown.
    pub total_bytes: i64,
    /// What its source said it has.
    pub told: Told,
    /// When it said so.
    pub told_at: Option<Timestamp>,
    /// When somebody asked for its images.
    pub wanted: Option<Timestamp>,
    /// Since when a pull is at it.
    pub fetching: Option<Timestamp>,
    /// Since when its source does not show it any more; what is here stays.
    pub disappeared: Option<Timestamp>,
    /// Since when it is hidden.
    pub hidden: Option<Timestamp>,
    /// Code of the reason for that.
    pub hidden_reason: String,
    /// The rule by which its source leaves it out of pulls; empty for none.
    pub left_out_by: String,
    /// The study of which it is an imported copy.
    pub copy_of: Option<i64>,
    /// Whether its facility shows it to its own people only.
    pub is_restricted: bool,
    /// Grows with every change that a manifest shows.
    pub revision: i64,
    /// uniqueId of its manifest; empty before there is one.
    pub manifest_unique_id: String,
    /// The revision that the manifest shows.
    pub manifest_revision: i64,
    /// The rules by which its texts were read.
    pub rules_version: i64,
    /// When the centre learned of it.
    pub created: Timestamp,
    /// When it last changed here.
    pub updated: Timestamp,
}

impl StudyRow {
    /// How far its images are here.
    pub fn state(&self) -> StudyState {
        let is_less = self.told.instances.is_some_and(|told| told > self.instance_count);
        match self.instance_count {
            _ if self.hidden.is_some() => StudyState::Hidden,
            _ if self.fetching.is_some() => StudyState::Fetching,
            0 => StudyState::Known,
            _ if is_less => StudyState::Partly,
            _ => StudyState::Held,
        }
    }

    /// What the decision on who may see it asks.
    pub fn disclosure(&self) -> Disclosure {
        Disclosure { source_id: Some(self.source_id), is_restricted: self.is_restricted }
    }

    /// Its place in a list, newest first.
    pub fn place(&self) -> After {
        After { started_us: self.said.started_us.unwrap_or(UNKNOWN_START_US), id: self.id }
    }
}

/// The place in a list of studies after which a page begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct After {
    started_us: i64,
    id: i64,
}

impl After {
    /// Before the first.
    pub const NOTHING: After = After { started_us: i64::MAX, id: i64::MAX };
}

/// What is here of a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SourceTotals {
    /// The source.
    pub source_id: i64,
    /// Studies that are known.
    pub studies: i64,
    /// Instances that are shown.
    pub instances: i64,
    /// Their bytes.
    pub bytes: i64,
    /// Studies of which nothing is here.
    pub known_only: i64,
    /// Studies that their source does not show any more.
    pub disappeared: i64,
}

/// The study of a source, an identity and a UID, locked until the transaction ends.
pub fn lock_study(
    tx: &mut Tx,
    identity_id: i64,
    source_id: i64,
    study_instance_uid: &str,
) -> Result<Option<StudyRow>, StoreError> {
    tx.query_opt(&LOCK, params![identity_id, source_id, study_instance_uid], read)
}

/// The study of a row, locked until the transaction ends.
pub(crate) fn lock_by_id(tx: &mut Tx, id: i64) -> Result<Option<StudyRow>, StoreError> {
    tx.query_opt(&LOCK_BY_ID, params![id], read)
}

/// The study of a row.
pub fn study_by_id(tx: &mut Tx, id: i64) -> Result<Option<StudyRow>, StoreError> {
    tx.query_opt(&BY_ID, params![id], read)
}

/// The studies of some rows, by row.
pub fn studies_by_ids(tx: &mut Tx, ids: &[i64]) -> Result<Vec<StudyRow>, StoreError> {
    tx.query(&BY_IDS, params![&int_list(ids)], read)
}

/// Every study of a UID: of which of them a reader may know is the caller's decision.
pub fn studies_by_uid(tx: &mut Tx, study_instance_uid: &str) -> Result<Vec<StudyRow>, StoreError> {
    tx.query(&BY_UID, params![study_instance_uid], read)
}

/// Every study of an accession number; who may know of it is the caller's decision.
pub fn studies_by_accession(tx: &mut Tx, number: &str) -> Result<Vec<StudyRow>, StoreError> {
    tx.query(&BY_ACCESSION, params![number], read)
}

/// A page of the studies of identities, newest first, that began between two instants; without a
/// range also those without a date.
pub fn studies_of_identities(
    tx: &mut Tx,
    identities: &[i64],
    range: Option<(Timestamp, Timestamp)>,
    after: After,
    page_rows: u32,
) -> Result<Vec<StudyRow>, StoreError> {
    let (from, to) = range.map_or((i64::MIN, i64::MAX), |(from, to)| (from.0, to.0));
    let identities = int_list(identities);
    let values = params![&identities, from, to, after.started_us, after.id, page_rows];
    tx.query(&OF_IDENTITIES, values, read)
}

/// A page of the studies of a source, by row, after `after_id`.
pub fn studies_of_source(
    tx: &mut Tx,
    source_id: i64,
    after_id: i64,
    page_rows: u32,
) -> Result<Vec<StudyRow>, StoreError> {
    tx.query(&OF_SOURCE, params![source_id, after_id, page_rows], read)
}

/// A page of all studies, those that came last first, before a row; who may know of them is the
/// caller's decision.
pub fn studies_before(
    tx: &mut Tx,
    before_id: i64,
    page_rows: u32,
) -> Result<Vec<StudyRow>, StoreError> {
    tx.query(&BEFORE, params![before_id, page_rows], read)
}

/// The studies that one source has of one identity, newest first.
pub fn studies_of_patient(
    tx: &mut Tx,
    identity_id: i64,
    source_id: i64,
) -> Result<Vec<StudyRow>, StoreError> {
    tx.query(&OF_SOURCE_AND_IDENTITY, params![identity_id, source_id], read)
}

/// What is here of each source.
pub fn totals(tx: &mut Tx) -> Result<Vec<SourceTotals>, StoreError> {
    tx.query(&TOTALS, &[], |row| {
        Ok(SourceTotals {
            source_id: row.int(0)?,
            studies: row.int(1)?,
            instances: row.int(2)?,
            bytes: row.int(3)?,
            known_only: row.int(4)?,
            disappeared: row.int(5)?,
        })
    })
}

/// The start as its column holds it.
pub(crate) fn stored_start(started_us: Option<i64>) -> i64 {
    started_us.unwrap_or(UNKNOWN_START_US)
}

pub(crate) fn list(text: &str) -> Result<Vec<String>, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::Damaged(format!("a list: {error}")))
}

fn read(row: &Row<'_>) -> Result<StudyRow, StoreError> {
    let instant = |column| Ok::<_, StoreError>(row.opt_int(column)?.map(Timestamp));
    Ok(StudyRow {
        id: row.int(0)?,
        identity_id: row.int(1)?,
        source_id: row.int(2)?,
        study_instance_uid: row.text(3)?,
        said: StudyDescription {
            study_date: row.text(4)?,
            study_time: row.text(5)?,
            started_us: Some(row.int(6)?).filter(|started| *started != UNKNOWN_START_US),
            day: row.int(7)?,
            description: row.text(8)?,
            accession_number: row.text(9)?,
            local_study_id: row.text(10)?,
            referring_physician: row.text(11)?,
            institution: row.text(12)?,
            patient_id: row.text(13)?,
            patient_name: row.text(14)?,
            patient_birth_date: row.text(15)?,
            patient_sex: row.text(16)?,
            modalities: list(row.text_ref(17)?)?,
            body_parts: list(row.text_ref(18)?)?,
            sop_classes: list(row.text_ref(19)?)?,
            character_set: row.text(20)?,
            text_verdict: row.text(21)?,
        },
        series_count: row.int(22)?,
        instance_count: row.int(23)?,
        image_count: row.int(24)?,
        variant_count: row.int(25)?,
        total_bytes: row.int(26)?,
        told: Told { series: row.opt_int(27)?, instances: row.opt_int(28)? },
        told_at: instant(29)?,
        wanted: instant(30)?,
        fetching: instant(31)?,
        disappeared: instant(32)?,
        hidden: instant(33)?,
        hidden_reason: row.text(34)?,
        left_out_by: row.text(35)?,
        copy_of: row.opt_int(36)?,
        is_restricted: row.flag(37)?,
        revision: row.int(38)?,
        manifest_unique_id: row.text(39)?,
        manifest_revision: row.int(40)?,
        rules_version: row.int(41)?,
        created: Timestamp(row.int(42)?),
        updated: Timestamp(row.int(43)?),
    })
}
