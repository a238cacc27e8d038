//! What several instances say of one study or series, put together: what the first one said stays,
//! gaps are filled by later ones, lists grow.

use crate::describe::rank_of_name;
use store::study::{SeriesDescription, StudyDescription};

/// Adds to what is known of a study what one of its instances says.
pub(crate) fn study(known: &mut StudyDescription, said: &StudyDescription) {
    if known.started_us.is_none() {
        known.study_date.clone_from(&said.study_date);
        known.study_time.clone_from(&said.study_time);
        known.started_us = said.started_us;
        known.day = said.day;
    }
    for (known, said) in [
        (&mut known.description, &said.description),
        (&mut known.accession_number, &said.accession_number),
        (&mut known.local_study_id, &said.local_study_id),
        (&mut known.referring_physician, &said.referring_physician),
        (&mut known.institution, &said.institution),
        (&mut known.patient_id, &said.patient_id),
        (&mut known.patient_name, &said.patient_name),
        (&mut known.patient_birth_date, &said.patient_birth_date),
        (&mut known.patient_sex, &said.patient_sex),
        (&mut known.character_set, &said.character_set),
    ] {
        fill(known, said);
    }
    union(&mut known.modalities, &said.modalities);
    union(&mut known.body_parts, &said.body_parts);
    union(&mut known.sop_classes, &said.sop_classes);
    worse(&mut known.text_verdict, &said.text_verdict);
}

/// Adds to what is known of a series what one of its instances says.
pub(crate) fn series(known: &mut SeriesDescription, said: &SeriesDescription) {
    known.series_number = known.series_number.or(said.series_number);
    for (known, said) in [
        (&mut known.modality, &said.modality),
        (&mut known.description, &said.description),
        (&mut known.body_part, &said.body_part),
        (&mut known.laterality, &said.laterality),
        (&mut known.protocol, &said.protocol),
        (&mut known.series_date, &said.series_date),
        (&mut known.series_time, &said.series_time),
        (&mut known.institution, &said.institution),
        (&mut known.station, &said.station),
        (&mut known.manufacturer, &said.manufacturer),
        (&mut known.device_model, &said.device_model),
        (&mut known.frame_of_reference_uid, &said.frame_of_reference_uid),
        (&mut known.character_set, &said.character_set),
    ] {
        fill(known, said);
    }
    worse(&mut known.text_verdict, &said.text_verdict);
}

fn fill(known: &mut String, said: &str) {
    if known.is_empty() {
        said.clone_into(known);
    }
}

fn union(known: &mut Vec<String>, said: &[String]) {
    for one in said {
        if let Err(place) = known.binary_search(one) {
            known.insert(place, one.clone());
        }
    }
}

fn worse(known: &mut String, said: &str) {
    if rank_of_name(said) > rank_of_name(known) {
        said.clone_into(known);
    }
}
