//! C-FIND (PS3.4 C.4.1, C.6): of a patient or of studies that are named. Who asks for everybody is
//! given nobody: a peer finds patients by PIX and PDQ.

use super::peers::Known;
use super::sight::{self, Seen};
use crate::archive::Archive;
use dicomfile::{DataSet, Tag, tags};
use dimse::{FindAnswers, FindRequest, Status};
use model::limits::IMAGING_PAGE_ROWS;
use store::audit::{self, Action, NewAuditEvent, Outcome};
use store::study::{self, After, InstanceRow, SeriesRow, StudyRow};
use store::{StoreError, Tx};

/// What is asked.
#[derive(Debug, Clone)]
struct Keys {
    level: String,
    patient_id: String,
    studies: Vec<String>,
    series: Vec<String>,
    instances: Vec<String>,
    accession_number: String,
    modality: Vec<String>,
    /// Study Date (0008,0020): a day or a range, as digits.
    date: String,
}

/// Answers with what the peer may see.
pub(super) async fn answer(
    archive: &Archive,
    affinity_oid: &str,
    known: &Known,
    request: &FindRequest,
    answers: &mut FindAnswers<'_>,
) -> Status {
    let Some(keys) = Keys::of(&request.identifier) else {
        return Status::DATA_SET_DOES_NOT_MATCH;
    };
    let (peer, asked, now) = (known.clone(), keys.clone(), archive.clock().now());
    let found = archive.store().write(move |tx| studies(tx, &peer, &asked, now)).await;
    let found = match found {
        Ok(found) => found,
        Err(error) => return super::unavailable(&error),
    };
    for seen in found {
        let given = of_study(archive, affinity_oid, &keys, &seen, request, answers).await;
        match given {
            Ok(true) => {}
            // The peer has cancelled or is gone; which of both, the association knows.
            Ok(false) => return Status::CANCELLED,
            Err(error) => return super::unavailable(&error),
        }
        if keys.level == "PATIENT" {
            return Status::SUCCESS;
        }
    }
    Status::SUCCESS
}

impl Keys {
    fn of(set: &DataSet) -> Option<Keys> {
        let list = |tag: Tag| -> Vec<String> {
            let values = set.ascii_values(tag).into_iter();
            values.filter(|value| !value.is_empty() && *value != "*").map(str::to_owned).collect()
        };
        let text =
            |tag: Tag| set.text(tag).map(|text| text.value.trim().to_owned()).unwrap_or_default();
        let level = set.ascii(tags::QUERY_RETRIEVE_LEVEL)?.to_owned();
        matches!(level.as_str(), "PATIENT" | "STUDY" | "SERIES" | "IMAGE").then(|| Keys {
            level,
            patient_id: text(tags::PATIENT_ID),
            studies: list(tags::STUDY_INSTANCE_UID),
            series: list(tags::SERIES_INSTANCE_UID),
            instances: list(tags::SOP_INSTANCE_UID),
            accession_number: text(tags::ACCESSION_NUMBER),
            modality: [list(tags::MODALITIES_IN_STUDY), list(tags::MODALITY)].concat(),
            date: set.ascii(tags::STUDY_DATE).unwrap_or_default().to_owned(),
        })
    }

    fn matches(&self, row: &StudyRow) -> bool {
        let (from, to) = self.date.split_once('-').unwrap_or((&self.date, &self.date));
        let day = row.said.study_date.replace('.', "");
        let is_within =
            (from.is_empty() || day.as_str() >= from) && (to.is_empty() || day.as_str() <= to);
        let of_modality = self.modality.is_empty()
            || row.said.modalities.iter().any(|one| self.modality.contains(one));
        is_within
            && of_modality
            && (self.studies.is_empty() || self.studies.contains(&row.study_instance_uid))
            && (self.accession_number.is_empty()
                || self.accession_number == row.said.accession_number)
    }
}

/// The studies that match and that the peer may see, with the audit record of the question.
fn studies(
    tx: &mut Tx,
    known: &Known,
    keys: &Keys,
    now: model::Timestamp,
) -> Result<Vec<Seen>, StoreError> {
    let mut rows = Vec::new();
    if !keys.patient_id.is_empty() {
        let identities = sight::identities_of(tx, known, &keys.patient_id)?;
        let page_rows = u32::try_from(IMAGING_PAGE_ROWS).unwrap_or(u32::MAX);
        let mut after = After::NOTHING;
        while !identities.is_empty() {
            let page = study::studies_of_identities(tx, &identities, None, after, page_rows)?;
            let Some(last) = page.last() else { break };
            after = last.place();
            rows.extend(page);
        }
    } else if !keys.studies.is_empty() {
        for uid in &keys.studies {
            rows.extend(study::studies_by_uid(tx, uid)?);
        }
    } else if !keys.accession_number.is_empty() {
        rows = study::studies_by_accession(tx, &keys.accession_number)?;
    }
    rows.retain(|row| keys.matches(row));
    let seen = sight::seen(tx, known, rows, now)?;
    let mut persons: Vec<i64> = seen.iter().map(|one| one.person_id).collect();
    persons.sort_unstable();
    persons.dedup();
    let detail = serde_json::json!({
        "transaction": "C-FIND", "level": keys.level, "studies": keys.studies,
    });
    let event = NewAuditEvent {
        at: now,
        actor: &known.name,
        account_id: None,
        action: Action::Search,
        outcome: Outcome::Success,
        person_id: None,
        detail: &detail.to_string(),
    };
    audit::insert_each(tx, &persons, &event)?;
    Ok(seen)
}

/// The matches within a study; `false` where nothing more need be sent.
async fn of_study(
    archive: &Archive,
    affinity_oid: &str,
    keys: &Keys,
    seen: &Seen,
    request: &FindRequest,
    answers: &mut FindAnswers<'_>,
) -> Result<bool, StoreError> {
    let base = study_answer(seen, affinity_oid, keys);
    if matches!(keys.level.as_str(), "PATIENT" | "STUDY") {
        return Ok(answers.send(&asked(&base, &request.identifier)).await.is_ok());
    }
    let id = seen.row.id;
    let all = archive.store().read(move |tx| study::series_of_studies(tx, &[id])).await?;
    for series in all {
        let is_asked = keys.series.is_empty() || keys.series.contains(&series.series_instance_uid);
        if !is_asked || series.instance_count == 0 {
            continue;
        }
        let base = series_answer(&base, &series);
        if keys.level == "SERIES" {
            if answers.send(&asked(&base, &request.identifier)).await.is_err() {
                return Ok(false);
            }
            continue;
        }
        let (mut after, series_id) = (None, series.id);
        let page_rows = u32::try_from(IMAGING_PAGE_ROWS).unwrap_or(u32::MAX);
        loop {
            let read =
                move |tx: &mut Tx| study::instances_of_series(tx, series_id, after, page_rows);
            let page = archive.store().read(read).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.place());
            for instance in &page {
                let uid = &instance.said.sop_instance_uid;
                if !keys.instances.is_empty() && !keys.instances.contains(uid) {
                    continue;
                }
                let answer = asked(&instance_answer(&base, instance), &request.identifier);
                if answers.send(&answer).await.is_err() {
                    return Ok(false);
                }
            }
        }
    }
    Ok(true)
}

/// Of what is known the keys that were asked for, empty where nothing is known (PS3.4 C.2.2.1).
fn asked(known: &DataSet, identifier: &DataSet) -> DataSet {
    let keys = identifier.elements().iter().map(|element| {
        known
            .get(element.tag)
            .cloned()
            .unwrap_or_else(|| dicomfile::Element::new(element.tag, element.vr, Vec::new()))
    });
    let mut answer: DataSet = keys.collect();
    answer.put_str(tags::SPECIFIC_CHARACTER_SET, "ISO_IR 192");
    for tag in [tags::QUERY_RETRIEVE_LEVEL, tags::RETRIEVE_AE_TITLE] {
        if let Some(element) = known.get(tag) {
            answer.put(element.clone());
        }
    }
    answer
}

/// Patients are named by their community ID, or as they were asked for.
fn study_answer(seen: &Seen, affinity_oid: &str, keys: &Keys) -> DataSet {
    let (row, said) = (&seen.row, &seen.row.said);
    let patient_id = match keys.patient_id.as_str() {
        "" => seen.community_id.as_str(),
        asked => asked,
    };
    let mut set = DataSet::new();
    set.put_str(tags::QUERY_RETRIEVE_LEVEL, &keys.level)
        .put_str(tags::PATIENT_ID, patient_id)
        .put_str(tags::PATIENT_NAME, &said.patient_name)
        .put_str(tags::PATIENT_BIRTH_DATE, &said.patient_birth_date)
        .put_str(tags::PATIENT_SEX, &said.patient_sex)
        .put_str(tags::STUDY_INSTANCE_UID, &row.study_instance_uid)
        .put_str(tags::STUDY_DATE, &said.study_date)
        .put_str(tags::STUDY_TIME, &said.study_time)
        .put_str(tags::ACCESSION_NUMBER, &said.accession_number)
        .put_str(tags::STUDY_ID, &said.local_study_id)
        .put_str(tags::STUDY_DESCRIPTION, &said.description)
        .put_str(tags::REFERRING_PHYSICIAN_NAME, &said.referring_physician)
        .put_str(tags::INSTITUTION_NAME, &said.institution)
        .put_str(tags::MODALITIES_IN_STUDY, &said.modalities.join("\\"))
        .put_str(tags::SOP_CLASSES_IN_STUDY, &said.sop_classes.join("\\"))
        .put_str(tags::NUMBER_OF_STUDY_RELATED_SERIES, &row.series_count.to_string())
        .put_str(tags::NUMBER_OF_STUDY_RELATED_INSTANCES, &row.instance_count.to_string());
    if keys.patient_id.is_empty() && !affinity_oid.is_empty() {
        set.put_str(tags::ISSUER_OF_PATIENT_ID, affinity_oid);
    }
    set
}

fn series_answer(study: &DataSet, series: &SeriesRow) -> DataSet {
    let said = &series.said;
    let mut set = study.clone();
    set.put_str(tags::SERIES_INSTANCE_UID, &series.series_instance_uid)
        .put_str(tags::MODALITY, &said.modality)
        .put_str(tags::SERIES_DESCRIPTION, &said.description)
        .put_str(tags::BODY_PART_EXAMINED, &said.body_part)
        .put_str(tags::SERIES_DATE, &said.series_date)
        .put_str(tags::SERIES_TIME, &said.series_time)
        .put_str(tags::NUMBER_OF_SERIES_RELATED_INSTANCES, &series.instance_count.to_string());
    if let Some(number) = said.series_number {
        set.put_number(tags::SERIES_NUMBER, number);
    }
    set
}

fn instance_answer(series: &DataSet, instance: &InstanceRow) -> DataSet {
    let said = &instance.said;
    let mut set = series.clone();
    set.put_str(tags::SOP_INSTANCE_UID, &said.sop_instance_uid)
        .put_str(tags::SOP_CLASS_UID, &said.sop_class_uid);
    if let Some(number) = said.instance_number {
        set.put_number(tags::INSTANCE_NUMBER, number);
    }
    if said.frames > 0 {
        set.put_number(tags::NUMBER_OF_FRAMES, said.frames)
            .put_number(tags::ROWS, said.pixel_rows)
            .put_number(tags::COLUMNS, said.pixel_columns);
    }
    set
}
