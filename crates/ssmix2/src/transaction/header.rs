//! The header line of a record.

use crate::layout::extended::DataKind;
use crate::layout::{NameError, check_care_date, check_patient_id, check_sent};
use model::item::{ItemKey, Storage, VersionState};
use thiserror::Error;
use unicode_normalization::UnicodeNormalization;

/// What every record begins with.
pub(super) const MARK: &[u8] = b"#SSMIX,";

/// What a record says of its message (the columns 2–9 of the index database).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// Version of the record's layout, `2.00`.
    pub version: String,
    /// 医療施設ID.
    pub facility_id: String,
    /// 患者ID, opaque.
    pub patient_id: String,
    /// 診療日: `YYYYMMDD` or `-`.
    pub care_date: String,
    /// データ種別; in the extended storage the name of the data-kind folder.
    pub data_type: String,
    /// オーダNo (特定キー).
    pub order_key: String,
    /// 処理区分.
    pub processing: Processing,
    /// 診療科; `-` means none.
    pub department: String,
    /// トランザクション日時, 17 digits.
    pub sent: String,
}

/// 処理区分: what a record does to its item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Processing {
    /// `INS`: a new item or a new version of one.
    Insert,
    /// `DEL`: the item is deleted; the body is the delete message.
    Delete,
}

impl Processing {
    /// The state that the record gives to its own version.
    pub fn version_state(self) -> VersionState {
        match self {
            Processing::Insert => VersionState::Current,
            Processing::Delete => VersionState::Deleted,
        }
    }
}

/// Why a header line cannot be used. The texts never repeat the line: it may name a patient who
/// does not take part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum HeaderError {
    /// Fewer than ten parts between commas.
    #[error("header line has {found} parts between commas, expected 10")]
    TooFewParts {
        /// Parts found.
        found: usize,
    },
    /// The line is longer than the limit.
    #[error("header line is longer than the limit")]
    TooLong,
    /// The line cannot be read in any known character set.
    #[error("header line cannot be decoded")]
    Undecodable,
    /// 処理区分 is neither `INS` nor `DEL`.
    #[error("processing type of the header line is neither INS nor DEL")]
    Processing,
    /// The order key or the data type is missing.
    #[error("header line has an empty part: {0}")]
    EmptyPart(&'static str),
    /// Patient, care date or sending time break the rules of names.
    #[error("header line: {0}")]
    Name(NameError),
}

impl Header {
    /// Splits a header line (without its end) from both ends, since the name of a data-kind
    /// folder may hold commas. Nothing but the number of parts and the processing type is
    /// checked: see [`Header::check`].
    ///
    /// # Errors
    /// [`HeaderError`] if the line cannot be split.
    pub fn split(line: &[u8]) -> Result<Header, HeaderError> {
        let decoded = text::decode(line, text::detect(line));
        if decoded.damage_count > 0 {
            return Err(HeaderError::Undecodable);
        }
        let parts: Vec<&str> = decoded.text.trim_end().split(',').collect();
        let [_, version, facility, patient, date, kind @ .., order, processing, department, sent] =
            parts.as_slice()
        else {
            return Err(HeaderError::TooFewParts { found: parts.len() });
        };
        if kind.is_empty() {
            return Err(HeaderError::TooFewParts { found: parts.len() });
        }
        let processing = match processing.trim() {
            "INS" => Processing::Insert,
            "DEL" => Processing::Delete,
            _ => return Err(HeaderError::Processing),
        };
        Ok(Header {
            version: version.trim().to_owned(),
            facility_id: facility.trim().to_owned(),
            patient_id: patient.trim().to_owned(),
            care_date: date.trim().to_owned(),
            data_type: kind.join(",").trim().nfc().collect(),
            order_key: order.trim().to_owned(),
            processing,
            department: department.trim().to_owned(),
            sent: sent.trim().to_owned(),
        })
    }

    /// Demands what the grammar of file names demands of the same parts.
    ///
    /// # Errors
    /// [`HeaderError`] naming the part.
    pub fn check(&self) -> Result<(), HeaderError> {
        check_patient_id(&self.patient_id).map_err(HeaderError::Name)?;
        check_care_date(&self.care_date).map_err(HeaderError::Name)?;
        check_sent(&self.sent).map_err(HeaderError::Name)?;
        if self.order_key.is_empty() {
            return Err(HeaderError::EmptyPart("order key"));
        }
        if self.data_type.is_empty() {
            return Err(HeaderError::EmptyPart("data type"));
        }
        Ok(())
    }

    /// The logical key of the item, in the storage to which the transaction root belongs.
    pub fn item_key(&self, storage: Storage) -> ItemKey {
        ItemKey {
            patient_id: self.patient_id.clone(),
            care_date: self.care_date.clone(),
            data_type: self.data_type.clone(),
            order_key: self.order_key.clone(),
            storage,
        }
    }

    /// The data kind, for records of the extended storage.
    pub fn data_kind(&self) -> DataKind {
        DataKind::parse(&self.data_type)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_from_both_ends() {
        let line = "#SSMIX,2.00,1310000000,1234567890,20231205,L1^手術記録,その他^99Z,K1,DEL,-,20231205112233000";
        let header = Header::split(line.as_bytes()).unwrap();
        assert_eq!(header.data_type, "L1^手術記録,その他^99Z");
        assert_eq!(header.data_kind().local.text, "手術記録,その他");
        assert_eq!(header.order_key, "K1");
        assert_eq!(header.processing.version_state(), VersionState::Deleted);
        assert_eq!(header.check(), Ok(()));
    }

    #[test]
    fn a_comma_inside_a_kanji_of_iso_2022_jp_divides_nothing() {
        let line = "#SSMIX,2.00,1,1234567,-,L1^記録^99Z,1,INS,-,20231205112233000";
        let bytes = text::encode(line, text::CharacterSet::Iso2022Jp).unwrap();
        assert_eq!(Header::split(&bytes).unwrap().data_type, "L1^記録^99Z");
    }

    #[test]
    fn each_fault_has_its_name() {
        let fault = |line: &str| Header::split(line.as_bytes()).and_then(|header| header.check());
        let good = "#SSMIX,2.00,1,1234567,-,PPR-01,1,INS,-,20231205112233000";
        assert_eq!(fault(good), Ok(()));
        assert_eq!(fault("#SSMIX,2.00,1,12345"), Err(HeaderError::TooFewParts { found: 4 }));
        assert_eq!(fault(&good.replace("INS", "UPD")), Err(HeaderError::Processing));
        assert_eq!(
            fault(&good.replace(",-,PPR", ",2023,PPR")),
            Err(HeaderError::Name(NameError::CareDate))
        );
        assert_eq!(
            fault(&good.replace("20231205112233000", "")),
            Err(HeaderError::Name(NameError::Sent))
        );
        assert_eq!(
            fault(&good.replace("1234567", "../1")),
            Err(HeaderError::Name(NameError::PatientId))
        );
        assert_eq!(
            fault(&good.replace(",1,INS", ",,INS")),
            Err(HeaderError::EmptyPart("order key"))
        );
    }
}
