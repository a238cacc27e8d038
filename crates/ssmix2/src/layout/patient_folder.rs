//! The folder of a patient below a storage's root.

use super::NameError;
use super::file_name::check_patient_id;

/// The folders from a root to a patient: characters 1–3 of the ID, characters 4–6, the ID.
///
/// IDs shorter than six characters are not described by the guideline; what there is of the
/// second part is used, and without any there is no folder.
///
/// # Errors
/// [`NameError`] if the ID could lead out of the root or has fewer than four characters.
pub fn patient_folder(patient_id: &str) -> Result<[&str; 3], NameError> {
    check_patient_id(patient_id)?;
    let boundary = |characters: usize| {
        patient_id.char_indices().nth(characters).map_or(patient_id.len(), |(at, _)| at)
    };
    let (first, second) = (boundary(3), boundary(6));
    if first == second {
        return Err(NameError::EmptyPart("characters 4 to 6 of the patient id"));
    }
    Ok([&patient_id[..first], &patient_id[first..second], patient_id])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leads_to_the_patient_and_never_out_of_the_root() {
        assert_eq!(patient_folder("9999013"), Ok(["999", "901", "9999013"]));
        assert_eq!(patient_folder("12345"), Ok(["123", "45", "12345"]));
        assert!(patient_folder("../../etc").is_err());
        assert!(patient_folder("..").is_err());
        assert!(patient_folder("123").is_err());
        assert!(patient_folder("").is_err());
    }
}
