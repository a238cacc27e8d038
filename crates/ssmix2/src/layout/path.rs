//! Whether a path and the name at its end say the same.

use super::extended::{ContentFolder, DataKind};
use super::{FileName, NameError, name_text, patient_folder};
use model::reason::Reason;
use thiserror::Error;

/// Why a path below a root is not taken.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PathError {
    /// A name does not follow the grammar.
    #[error(transparent)]
    Name(#[from] NameError),
    /// The path has another depth than the storage's.
    #[error("path has {found} parts below the root, expected {expected}")]
    Depth {
        /// Parts found.
        found: usize,
        /// Parts of the grammar.
        expected: usize,
    },
    /// Folders and name disagree: they could be of two patients.
    #[error("{part} of the name is not that of its folders")]
    Mismatch {
        /// Which part: patient, care date or data type.
        part: &'static str,
    },
}

impl PathError {
    /// The reason under which such a path waits in quarantine.
    pub fn reason(&self) -> Reason {
        match self {
            PathError::Name(error) => error.reason(),
            PathError::Depth { .. } | PathError::Mismatch { .. } => Reason::PathMismatch,
        }
    }
}

/// Reads the path of a file of the standardized storage, given as the names below the root
/// (`999/901/9999013/20110701/OMP-01/<file>`), and demands that folders and name agree about
/// patient, care date and data type.
///
/// # Errors
/// [`PathError`], with the reason of quarantine.
pub fn check_file_path(names: &[&[u8]]) -> Result<FileName, PathError> {
    let [first, second, patient, care_date, data_type, file] = names else {
        return Err(PathError::Depth { found: names.len(), expected: 6 });
    };
    let name = FileName::parse_bytes(file)?;
    check_patient([first, second, patient], &name.patient_id)?;
    if name_text(care_date)? != name.care_date {
        return Err(PathError::Mismatch { part: "care date" });
    }
    if name_text(data_type)? != name.data_type {
        return Err(PathError::Mismatch { part: "data type" });
    }
    Ok(name)
}

/// Reads the path of a content folder of the extended storage, given as the names below the
/// root (`123/456/1234567/20231205/<data kind>/<content folder>`), and demands that folders and
/// name agree about patient, care date and data kind.
///
/// # Errors
/// [`PathError`], with the reason of quarantine.
pub fn check_content_path(names: &[&[u8]]) -> Result<(DataKind, ContentFolder), PathError> {
    let [first, second, patient, care_date, kind, content] = names else {
        return Err(PathError::Depth { found: names.len(), expected: 6 });
    };
    let kind = DataKind::parse(&name_text(kind)?);
    let folder = ContentFolder::parse(&name_text(content)?, &kind)?;
    check_patient([first, second, patient], &folder.patient_id)?;
    if name_text(care_date)? != folder.care_date {
        return Err(PathError::Mismatch { part: "care date" });
    }
    if !kind.is_named_by(&folder.kind_code) {
        return Err(PathError::Mismatch { part: "data kind" });
    }
    Ok((kind, folder))
}

fn check_patient(folders: [&[u8]; 3], patient_id: &str) -> Result<(), PathError> {
    let expected = patient_folder(patient_id)?;
    for (folder, expected) in folders.iter().zip(expected) {
        if name_text(folder)? != expected {
            return Err(PathError::Mismatch { part: "patient" });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str) -> Result<FileName, PathError> {
        check_file_path(&path.split('/').map(str::as_bytes).collect::<Vec<_>>())
    }

    fn content(path: &str) -> Result<(DataKind, ContentFolder), PathError> {
        check_content_path(&path.split('/').map(str::as_bytes).collect::<Vec<_>>())
    }

    #[test]
    fn a_path_that_agrees_with_its_name_is_taken() {
        let path = "999/901/9999013/20110701/OMP-01/\
                    9999013_20110701_OMP-01_000000011000185_20110701224603984_01_1";
        assert_eq!(file(path).unwrap().order_key, "000000011000185");
    }

    #[test]
    fn each_disagreement_is_a_mismatch() {
        let name = "9999013_20110701_OMP-01_1_20110701224603984_01_1";
        for (folders, part) in [
            ("999/901/9999014/20110701/OMP-01", "patient"),
            ("999/902/9999013/20110701/OMP-01", "patient"),
            ("998/901/9999013/20110701/OMP-01", "patient"),
            ("999/901/9999013/20110702/OMP-01", "care date"),
            ("999/901/9999013/-/OMP-01", "care date"),
            ("999/901/9999013/20110701/OMP-02", "data type"),
        ] {
            let error = file(&format!("{folders}/{name}")).unwrap_err();
            assert_eq!(error, PathError::Mismatch { part });
            assert_eq!(error.reason(), Reason::PathMismatch);
        }
        assert_eq!(
            file(&format!("999/901/9999013/20110701/{name}")),
            Err(PathError::Depth { found: 5, expected: 6 })
        );
    }

    #[test]
    fn a_content_folder_must_be_of_its_patient_and_kind() {
        let kind = "L12345^入院診療録^99ZZZ^11506-3^経過記録^LN";
        let path = format!(
            "123/456/1234567/20231205/{kind}/1234567_20231205_L12345_7_20231205112233_01_1"
        );
        assert_eq!(content(&path).unwrap().1.order_key, "7");
        let other = format!(
            "123/456/1234568/20231205/{kind}/1234567_20231205_L12345_7_20231205112233_01_1"
        );
        assert_eq!(content(&other), Err(PathError::Mismatch { part: "patient" }));
        let other =
            format!("123/456/1234567/20231205/{kind}/1234567_20231205_L99_7_20231205112233_01_1");
        assert_eq!(content(&other), Err(PathError::Mismatch { part: "data kind" }));
    }
}
