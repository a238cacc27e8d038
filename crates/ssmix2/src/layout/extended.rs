//! Data-kind folders and content folders of the extended storage (拡張ストレージ).

use super::NameError;
use super::file_name::{check_care_date, check_flag, check_patient_id, check_sent};
use model::Code;
use model::item::{ItemKey, Storage};

pub use super::extended_content::{ContentFile, mime_type, primary_file};

/// A data-kind folder (データ種別フォルダ): up to six parts joined by `^`, a local document code
/// and a standard one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataKind {
    /// The folder's whole name: the data type of its items' logical keys.
    pub name: String,
    /// Local code, name and system (parts 1–3).
    pub local: Code,
    /// Standard code, name and system (parts 4–6); `LN` is LOINC.
    pub standard: Code,
}

impl DataKind {
    /// Reads a folder's name. Total: missing parts are empty.
    pub fn parse(name: &str) -> DataKind {
        let parts: Vec<&str> = name.split('^').collect();
        let triple = |from: usize| Code {
            code: parts.get(from).copied().unwrap_or_default().to_owned(),
            text: parts.get(from + 1).copied().unwrap_or_default().to_owned(),
            system: parts.get(from + 2).copied().unwrap_or_default().to_owned(),
        };
        DataKind { name: name.to_owned(), local: triple(0), standard: triple(3) }
    }

    /// The document's name as the hospital calls it, else the standard name, else a code.
    pub fn document_name(&self) -> &str {
        [&self.local.text, &self.standard.text, &self.local.code, &self.standard.code]
            .into_iter()
            .map(String::as_str)
            .find(|part| !part.is_empty())
            .unwrap_or(&self.name)
    }

    /// Whether a content folder's code names this kind: the local code, the standard code, or
    /// (as in NHO's own samples) the whole folder name.
    pub fn is_named_by(&self, code: &str) -> bool {
        !code.is_empty()
            && (code == self.local.code || code == self.standard.code || code == self.name)
    }
}

/// A content folder (コンテンツフォルダ): one document.
///
/// `患者ID_診療日_データ種別コード_特定キー_発生日時_診療科_コンディションフラグ`; the department
/// is missing at some sites.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContentFolder {
    /// 患者ID, opaque.
    pub patient_id: String,
    /// 診療日: `YYYYMMDD` or `-`.
    pub care_date: String,
    /// The code by which the name calls its data kind.
    pub kind_code: String,
    /// 特定キー; may hold dots and underscores.
    pub order_key: String,
    /// 発生日時 as written, 14 digits or more.
    pub sent: String,
    /// 診療科 as written; `-` means none, empty that the part is missing.
    pub department: String,
    /// コンディションフラグ: one digit.
    pub flag: String,
}

impl ContentFolder {
    /// Reads a name from both ends: patient and care date from the front; flag, department (if
    /// there) and sending time from the back; the data kind's own codes tell where the kind
    /// ends and the order key begins.
    ///
    /// # Errors
    /// [`NameError`], with the reason of quarantine.
    pub fn parse(name: &str, kind: &DataKind) -> Result<ContentFolder, NameError> {
        let too_few = NameError::TooFewParts { found: name.split('_').count(), expected: 6 };
        let (patient_id, rest) = name.split_once('_').ok_or(too_few)?;
        let (care_date, rest) = rest.split_once('_').ok_or(too_few)?;
        let (rest, flag) = rest.rsplit_once('_').ok_or(too_few)?;
        let (rest, last) = rest.rsplit_once('_').ok_or(too_few)?;
        let (rest, sent, department) = if is_sent(last) {
            (rest, last, "")
        } else {
            let (rest, sent) = rest.rsplit_once('_').ok_or(too_few)?;
            (rest, sent, last)
        };
        let (kind_code, order_key) = split_kind(rest, kind).ok_or(too_few)?;
        check_flag(flag)?;
        check_patient_id(patient_id)?;
        check_care_date(care_date)?;
        check_sent(sent)?;
        if order_key.is_empty() {
            return Err(NameError::EmptyPart("order key"));
        }
        Ok(ContentFolder {
            patient_id: patient_id.to_owned(),
            care_date: care_date.to_owned(),
            kind_code: kind_code.to_owned(),
            order_key: order_key.to_owned(),
            sent: sent.to_owned(),
            department: department.to_owned(),
            flag: flag.to_owned(),
        })
    }

    /// The logical key of the item of which this folder is one version.
    pub fn item_key(&self, kind: &DataKind) -> ItemKey {
        ItemKey {
            patient_id: self.patient_id.clone(),
            care_date: self.care_date.clone(),
            data_type: kind.name.clone(),
            order_key: self.order_key.clone(),
            storage: Storage::Extended,
        }
    }
}

/// A sending time rather than a department: all digits, 14 of them or more.
fn is_sent(part: &str) -> bool {
    part.len() >= 14 && part.bytes().all(|byte| byte.is_ascii_digit())
}

fn split_kind<'a>(rest: &'a str, kind: &DataKind) -> Option<(&'a str, &'a str)> {
    [&kind.name, &kind.local.code, &kind.standard.code]
        .into_iter()
        .filter(|code| !code.is_empty())
        .find_map(|code| {
            let key = rest.strip_prefix(code.as_str())?.strip_prefix('_')?;
            Some((&rest[..code.len()], key))
        })
        .or_else(|| rest.split_once('_'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_local_and_standard_codes() {
        let kind = DataKind::parse("L12345^入院診療録^99ZZZ^11506-3^経過記録^LN");
        assert_eq!(kind.local.system, "99ZZZ");
        assert_eq!(kind.standard.code, "11506-3");
        assert_eq!(kind.document_name(), "入院診療録");
        let kind = DataKind::parse("^^^18842-5^退院時サマリー^LN");
        assert_eq!(kind.document_name(), "退院時サマリー");
        let kind = DataKind::parse("L-OBSERVATIONS^OBSERVATIONS^99ZL01");
        assert_eq!(kind.document_name(), "OBSERVATIONS");
        assert_eq!(kind.standard, Code::default());
    }

    #[test]
    fn reads_a_key_with_dots_and_a_sending_time_of_14_digits() {
        let kind = DataKind::parse("LJCS-100D^心電図^99ZZZ^28010-7^心電図^LN");
        let name =
            "1234567890_20231205_LJCS-100D_20231205101112.94.14239.1002_20231205112233_200_1";
        let folder = ContentFolder::parse(name, &kind).unwrap();
        assert_eq!(folder.kind_code, "LJCS-100D");
        assert_eq!(folder.order_key, "20231205101112.94.14239.1002");
        assert_eq!(folder.sent, "20231205112233");
        assert_eq!(folder.department, "200");
        assert_eq!(folder.flag, "1");
    }

    #[test]
    fn reads_a_name_without_department_and_with_the_whole_kind() {
        let kind = DataKind::parse("L-OBSERVATIONS^OBSERVATIONS^99ZL01");
        let name = "0123456789_20160101_L-OBSERVATIONS^OBSERVATIONS^99ZL01_000000020160101_201601011500321_1";
        let folder = ContentFolder::parse(name, &kind).unwrap();
        assert!(kind.is_named_by(&folder.kind_code));
        assert_eq!(folder.order_key, "000000020160101");
        assert_eq!(folder.sent, "201601011500321");
        assert_eq!(folder.department, "");
    }

    #[test]
    fn a_kind_code_with_underscores_is_told_from_the_key() {
        let kind = DataKind::parse("L_1_A^記録^99Z");
        let folder =
            ContentFolder::parse("1234567_-_L_1_A_KEY_9_20240101090000_-_0", &kind).unwrap();
        assert_eq!(folder.kind_code, "L_1_A");
        assert_eq!(folder.order_key, "KEY_9");
        assert_eq!(folder.care_date, "-");
        assert_eq!(folder.flag, "0");
    }

    proptest! {
        #[test]
        fn never_panics(name in "\\PC{0,80}", kind in "\\PC{0,40}") {
            let kind = DataKind::parse(&kind);
            let _ = kind.document_name();
            let _ = ContentFolder::parse(&name, &kind);
        }

        #[test]
        fn never_panics_on_underscores(name in "[0-9_^A-]{0,80}") {
            let _ = ContentFolder::parse(&name, &DataKind::parse("A^_^1"));
        }
    }
}
