//! The studies of a patient that may be seen, each once.

use crate::patient::Patient;
use crate::refusal::Kind;
use model::entry::Category;
use model::limits::{STUDY_ROWS, UID_CHARACTERS};
use std::collections::HashMap;
use store::Tx;
use store::study::{After, StudyRow, studies_by_uid, studies_of_identities};

/// Every study that may be seen, newest first; those without a date at the end. What two sources
/// or identities both hold of one person, or what a hospital imported of a study that is here
/// itself, is one study.
pub fn all(tx: &mut Tx, patient: &Patient) -> Result<Vec<StudyRow>, Kind> {
    let page_rows = u32::try_from(STUDY_ROWS).unwrap_or(u32::MAX);
    let mut found = Vec::new();
    let mut after = After::NOTHING;
    loop {
        let rows = studies_of_identities(tx, &patient.identities, None, after, page_rows)?;
        let Some(last) = rows.last() else { break };
        after = last.place();
        let is_end = rows.len() < usize::try_from(page_rows).unwrap_or(usize::MAX);
        found.extend(rows.into_iter().filter(|row| may_see(patient, row)));
        if is_end {
            break;
        }
    }
    Ok(each_once(found))
}

/// The study of a UID, if it is this patient's and may be seen.
pub fn by_uid(tx: &mut Tx, patient: &Patient, uid: &str) -> Result<Option<StudyRow>, Kind> {
    if !is_uid(uid) {
        return Ok(None);
    }
    let mut rows = studies_by_uid(tx, uid)?;
    rows.retain(|row| patient.identities.contains(&row.identity_id) && may_see(patient, row));
    Ok(each_once(rows).into_iter().next())
}

fn may_see(patient: &Patient, study: &StudyRow) -> bool {
    study.hidden.is_none() && patient.permits(study.disclosure(), Category::Imaging)
}

/// Of one UID the row that holds most; copies give way to their originals.
fn each_once(rows: Vec<StudyRow>) -> Vec<StudyRow> {
    let mut fullest: HashMap<String, (i64, i64)> = HashMap::new();
    for row in &rows {
        let held = (row.instance_count, -row.id);
        let kept = fullest.entry(row.study_instance_uid.clone()).or_insert(held);
        *kept = held.max(*kept);
    }
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let is_shown = |row: &StudyRow| {
        fullest.get(&row.study_instance_uid) == Some(&(row.instance_count, -row.id))
            && row.copy_of.is_none_or(|original| !ids.contains(&original))
    };
    rows.into_iter().filter(|row| is_shown(row)).collect()
}

/// Whether a text is a UID (PS3.5 §9.1).
fn is_uid(text: &str) -> bool {
    let most = usize::try_from(UID_CHARACTERS).unwrap_or(usize::MAX);
    (1..=most).contains(&text.len()) && text.bytes().all(|it| it.is_ascii_digit() || it == b'.')
}

#[cfg(test)]
mod tests {
    use super::is_uid;

    #[test]
    fn only_uids_are_looked_up() {
        assert!(is_uid("1.2.840.10008.1"));
        for text in ["", "1.2/3", "../1", "1.2 3", "१.२", &"1".repeat(65)] {
            assert!(!is_uid(text), "{text}");
        }
    }
}
