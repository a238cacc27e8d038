//! Studies of images among the entries. A study that is here stands in the place of its manifest's
//! document; one of which only its being is known stands by itself.

use super::shown::Shown;
use crate::images::{card, read};
use crate::patient::Patient;
use crate::refusal::Kind;
use model::Timestamp;
use model::entry::{Abnormal, Category};
use page::Texts;
use std::collections::HashMap;
use store::Tx;
use store::study::{StudyRow, studies_of_manifests};
use store::timeline_query::Entry;

/// Sets studies among entries that are sorted newest first.
pub fn with_studies(
    tx: &mut Tx,
    patient: &Patient,
    shown: Vec<Shown>,
    texts: Texts,
) -> Result<Vec<Shown>, Kind> {
    let studies = read::all(tx, patient)?;
    if studies.is_empty() {
        return Ok(shown);
    }
    let manifests: HashMap<i64, i64> =
        studies_of_manifests(tx, &patient.identities)?.into_iter().collect();
    let mut left: HashMap<i64, &StudyRow> = studies.iter().map(|study| (study.id, study)).collect();
    let mut all = Vec::with_capacity(shown.len() + studies.len());
    for mut entry in shown {
        match manifests.get(&entry.entry.document_id) {
            None => all.push(entry),
            // A manifest of a study that another entry already tells of, or that is hidden, tells
            // nothing by itself.
            Some(study) => {
                let Some(study) = left.remove(study) else { continue };
                entry.study = card::card(patient, study, texts);
                entry.entry.label = card::modality(study);
                all.push(entry);
            }
        }
    }
    let added: Vec<Shown> = studies
        .iter()
        .filter(|study| left.contains_key(&study.id))
        .filter_map(|study| alone(patient, study, texts))
        .collect();
    for entry in added {
        let is_older = |it: &Shown| it.entry.day < entry.entry.day;
        let place = all.iter().position(is_older).unwrap_or(all.len());
        all.insert(place, entry);
    }
    Ok(all)
}

/// The entry of a study that has no document. Its number is none of a document's.
fn alone(patient: &Patient, study: &StudyRow, texts: Texts) -> Option<Shown> {
    let card = card::card(patient, study, texts)?;
    let entry = Entry {
        identity_id: study.identity_id,
        at: study.said.started_us.map(Timestamp),
        document_id: -study.id,
        day: study.said.day,
        source_id: Some(study.source_id),
        category: Category::Imaging,
        label: card.modality.clone(),
        item_count: 1,
        abnormal: Abnormal::None,
        department: String::new(),
        inpatient: None,
        until_day: None,
        content_key: -study.id,
        taken: study.created,
    };
    Some(Shown { entry, facility: card.facility, also_from: Vec::new(), study: Some(card) })
}
