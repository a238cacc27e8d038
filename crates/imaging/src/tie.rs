//! Imported copies: the same study at two sources of one person. The hospital that made it has the
//! original; the other's is tied to it and shown once.

use crate::error::ImagingError;
use store::study::{self, StudyRow};
use store::{Tx, person, source};

/// Ties a new study and those of the same UID to the original among them.
pub(crate) fn tie(
    tx: &mut Tx,
    study_id: i64,
    study_instance_uid: &str,
) -> Result<(), ImagingError> {
    let all = study::studies_by_uid(tx, study_instance_uid)?;
    if all.len() < 2 {
        return Ok(());
    }
    let identities: Vec<i64> = all.iter().map(|study| study.identity_id).collect();
    let persons = person::identities_by_ids(tx, &identities)?;
    let person_of = |study: &StudyRow| {
        persons.iter().find(|one| one.id == study.identity_id).map(|one| one.person_id)
    };
    let ours = all.iter().find(|study| study.id == study_id).and_then(person_of);
    let of_person: Vec<&StudyRow> =
        all.iter().filter(|study| ours.is_some() && person_of(study) == ours).collect();
    let sources = source::sources(tx)?;
    let is_own = |study: &&&StudyRow| {
        let of = sources.iter().find(|source| source.id == study.source_id);
        let institution = study.said.institution.as_str();
        of.is_some_and(|of| {
            let facility = &of.facility;
            !institution.is_empty()
                && (institution == facility.name || institution == facility.short_name)
        })
    };
    // Where no institution tells, the one that came first is the original.
    let original = of_person.iter().find(is_own).or_else(|| of_person.first());
    let Some(original) = original.map(|study| study.id) else { return Ok(()) };
    for study in of_person {
        let copy_of = Some(original).filter(|original| *original != study.id);
        if study.copy_of != copy_of {
            study::set_copy_of(tx, study.id, copy_of)?;
        }
    }
    Ok(())
}
