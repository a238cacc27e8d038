//! The name of a file of the standardized storage.

use super::{NameError, name_text};
use model::PartialTime;
use model::date::Precision;
use model::item::{ItemKey, Storage};
use std::fmt;

/// `患者ID_診療日_データ種別_特定キー_発生日時_診療科_コンディションフラグ`, without extension
/// (SS-MIX2 standardized storage, structure guideline 1.2).
///
/// [`fmt::Display`] writes the name again.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FileName {
    /// 患者ID, opaque.
    pub patient_id: String,
    /// 診療日: `YYYYMMDD` or `-`.
    pub care_date: String,
    /// データ種別, such as `OML-11`; unknown ones too.
    pub data_type: String,
    /// 特定キー (オーダ番号).
    pub order_key: String,
    /// 発生日時 as written: 17 digits, fewer at some sites.
    pub sent: String,
    /// 診療科 as written; `-` means none.
    pub department: String,
    /// コンディションフラグ: one digit.
    pub flag: String,
}

impl FileName {
    /// Reads a name from both ends: three parts from the front, three from the back, and what
    /// is left in the middle is the order key, underscores included.
    ///
    /// # Errors
    /// [`NameError`], with the reason of quarantine.
    pub fn parse(name: &str) -> Result<FileName, NameError> {
        let parts: Vec<&str> = name.split('_').collect();
        let [patient_id, care_date, data_type, key @ .., sent, department, flag] = parts.as_slice()
        else {
            return Err(NameError::TooFewParts { found: parts.len(), expected: 7 });
        };
        if key.is_empty() {
            return Err(NameError::TooFewParts { found: parts.len(), expected: 7 });
        }
        check_flag(flag)?;
        check_patient_id(patient_id)?;
        for (part, named) in [(data_type, "data type"), (department, "department")] {
            if part.is_empty() {
                return Err(NameError::EmptyPart(named));
            }
        }
        if key.iter().all(|part| part.is_empty()) {
            return Err(NameError::EmptyPart("order key"));
        }
        check_care_date(care_date)?;
        check_sent(sent)?;
        Ok(FileName {
            patient_id: (*patient_id).to_owned(),
            care_date: (*care_date).to_owned(),
            data_type: (*data_type).to_owned(),
            order_key: key.join("_"),
            sent: (*sent).to_owned(),
            department: (*department).to_owned(),
            flag: (*flag).to_owned(),
        })
    }

    /// Reads the bytes of a name, UTF-8 or CP932.
    ///
    /// # Errors
    /// [`NameError`], with the reason of quarantine.
    pub fn parse_bytes(name: &[u8]) -> Result<FileName, NameError> {
        FileName::parse(&name_text(name)?)
    }

    /// The logical key of the item of which this file is one version.
    pub fn item_key(&self) -> ItemKey {
        ItemKey {
            patient_id: self.patient_id.clone(),
            care_date: self.care_date.clone(),
            data_type: self.data_type.clone(),
            order_key: self.order_key.clone(),
            storage: Storage::Standardized,
        }
    }
}

impl fmt::Display for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let FileName { patient_id, care_date, data_type, order_key, sent, department, flag } = self;
        write!(f, "{patient_id}_{care_date}_{data_type}_{order_key}_{sent}_{department}_{flag}")
    }
}

pub(super) fn check_flag(flag: &str) -> Result<(), NameError> {
    match flag.as_bytes() {
        [digit] if digit.is_ascii_digit() => Ok(()),
        _ => Err(NameError::Flag),
    }
}

pub(crate) fn check_patient_id(patient_id: &str) -> Result<(), NameError> {
    if patient_id.is_empty() {
        return Err(NameError::EmptyPart("patient id"));
    }
    let foreign = |c: char| matches!(c, '/' | '\\') || c.is_control();
    if matches!(patient_id, "." | "..") || patient_id.contains(foreign) {
        return Err(NameError::PatientId);
    }
    Ok(())
}

/// `-`, or eight digits of a day that exists.
pub(crate) fn check_care_date(care_date: &str) -> Result<(), NameError> {
    if care_date == "-" {
        return Ok(());
    }
    match PartialTime::japan(care_date) {
        Ok(time) if time.precision == Precision::Day && care_date.len() == 8 => Ok(()),
        _ => Err(NameError::CareDate),
    }
}

/// Digits of a day at least, with or without a time of day.
pub(crate) fn check_sent(sent: &str) -> Result<(), NameError> {
    let all_digits = !sent.is_empty() && sent.bytes().all(|byte| byte.is_ascii_digit());
    match PartialTime::japan(sent) {
        Ok(time) if all_digits && time.precision >= Precision::Day => Ok(()),
        _ => Err(NameError::Sent),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_the_seven_parts() {
        let name = "9999013_-_PPR-01_999999999999999_20111209163030000_01_1";
        let parsed = FileName::parse(name).unwrap();
        assert_eq!(parsed.patient_id, "9999013");
        assert_eq!(parsed.care_date, "-");
        assert_eq!(parsed.data_type, "PPR-01");
        assert_eq!(parsed.order_key, "999999999999999");
        assert_eq!(parsed.sent, "20111209163030000");
        assert_eq!(parsed.department, "01");
        assert_eq!(parsed.flag, "1");
        assert_eq!(parsed.to_string(), name);
    }

    #[test]
    fn keeps_underscores_of_a_vendors_key() {
        let parsed = FileName::parse("1234567_20240101_OML-11_A_01_002_20240101090000000_-_2");
        assert_eq!(parsed.unwrap().order_key, "A_01_002");
    }

    #[test]
    fn refuses_each_fault_by_its_name() {
        let fault = |name: &str| FileName::parse(name).unwrap_err();
        assert_eq!(fault("Thumbs.db"), NameError::TooFewParts { found: 1, expected: 7 });
        assert_eq!(
            fault("1234567_20240101_OML-11_20240101090000000_-_1"),
            NameError::TooFewParts { found: 6, expected: 7 }
        );
        assert_eq!(fault("1234567_20240101_OML-11_1_20240101090000000_-_1.tmp"), NameError::Flag);
        assert_eq!(fault("1234567_20240231_OML-11_1_20240101090000000_-_1"), NameError::CareDate);
        assert_eq!(fault("1234567_202401_OML-11_1_20240101090000000_-_1"), NameError::CareDate);
        assert_eq!(fault("1234567_20240101_OML-11_1_20241301090000000_-_1"), NameError::Sent);
        assert_eq!(fault("1234567_20240101_OML-11_1_2024_-_1"), NameError::Sent);
        assert_eq!(
            fault("_20240101_OML-11_1_20240101090000000_-_1"),
            NameError::EmptyPart("patient id")
        );
        assert_eq!(fault(".._20240101_OML-11_1_20240101090000000_-_1"), NameError::PatientId);
    }

    #[test]
    fn a_name_in_bytes_of_cp932_is_read() {
        let parsed = FileName::parse_bytes(b"1234567_20240101_OMD_1_20240101090000000_\x93\xe0_1");
        assert_eq!(parsed.unwrap().department, "内");
    }

    proptest! {
        #[test]
        fn never_panics(name in proptest::collection::vec(any::<u8>(), 0..120)) {
            let _ = FileName::parse_bytes(&name);
        }

        #[test]
        fn what_is_written_is_read_again(
            patient in "[0-9A-Z]{1,15}", key in "[0-9A-Z_]{0,20}[0-9]", department in "[0-9]{2,3}|-",
            data_type in "[A-Z]{3}-[0-9]{2}", flag in "[0-9]",
        ) {
            let name = format!("{patient}_20240229_{data_type}_{key}_20240229235959999_{department}_{flag}");
            let parsed = FileName::parse(&name).unwrap();
            prop_assert_eq!(&parsed.order_key, &key);
            prop_assert_eq!(parsed.to_string(), name);
        }
    }
}
