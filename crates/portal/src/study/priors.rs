//! Other studies of the patient, beside the one that is open. They are listed, never read before
//! somebody opens one: the pictures of another hospital load only then.

use crate::images::card::{self, Card};
use crate::patient::Patient;
use page::Texts;
use store::study::StudyRow;

/// Other studies, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Priors {
    /// Those of the same body part; where no part is said, of the same modality.
    pub alike: Vec<Prior>,
    /// The others.
    pub others: Vec<Prior>,
}

/// Another study.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prior {
    /// What it is.
    pub card: Card,
    /// Where the viewer reads it; `None` where none of its pictures are here.
    pub contents: Option<String>,
}

/// Sorts the other studies of a patient by whether they are like the open one.
pub fn priors(patient: &Patient, all: &[StudyRow], open: &Card, texts: Texts) -> Priors {
    let mut priors = Priors::default();
    for study in all.iter().filter(|study| study.study_instance_uid != open.uid) {
        let Some(card) = card::card(patient, study, texts) else { continue };
        let is_alike = if open.parts.is_empty() || card.parts.is_empty() {
            open.modality == card.modality
        } else {
            card.parts.iter().any(|part| open.parts.contains(part))
        };
        let has_pictures = study.image_count > 0;
        let contents = has_pictures.then(|| format!("{}/contents?of={}", card.address, open.day));
        let into = if is_alike { &mut priors.alike } else { &mut priors.others };
        into.push(Prior { card, contents });
    }
    priors
}
