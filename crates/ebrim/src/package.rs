//! A RegistryPackage as a SubmissionSet or a Folder (ITI TF-3 tables 4.2.3.3-1 and 4.2.3.4-1).

use crate::attribute::{DATA_TYPES, Reading};
use crate::entry::version;
use crate::names::{folder as folder_names, set as set_names};
use crate::notation;
use crate::problem::Problem;
use crate::raw::{self, RawObject};
use crate::submission::{ReadOptions, Submitted};
use model::document::{Availability, Folder, SubmissionSet};
use uuid::Uuid;

/// Reads a submission set; `strict` for one that is submitted.
pub(crate) fn read_set(
    uuid: Uuid,
    object: &RawObject<'_>,
    strict: bool,
    problems: &mut Vec<Problem>,
) -> Submitted<SubmissionSet> {
    let mut reading = Reading::new(object, "SubmissionSet", strict);
    let mut set = SubmissionSet { entry_uuid: uuid, ..SubmissionSet::default() };
    set.unique_id = reading.identifier(set_names::UNIQUE_ID, "uniqueId").to_owned();
    reading.oid(&set.unique_id, "uniqueId");
    set.source_oid = reading.identifier(set_names::SOURCE_ID, "sourceId").to_owned();
    reading.oid(&set.source_oid, "sourceId");
    set.home_community_id = reading.home();
    let time = reading.time("submissionTime");
    reading.require(time.is_some(), "submissionTime");
    if let Some(time) = time {
        set.submission_time = time.first;
        if notation::dtm_of(time.first) != time.digits {
            set.submission_digits = time.digits;
        }
    }
    set.content_type = reading.one_code(set_names::CONTENT_TYPE, "contentTypeCode");
    set.authors = reading.authors(set_names::AUTHOR);
    set.intended_recipients = reading.all("intendedRecipient");
    for text in &set.intended_recipients {
        if text.split(['|', '^']).all(str::is_empty) {
            reading.refuse(DATA_TYPES, format!("intendedRecipient {text:?} is not XON|XCN|XTN"));
        }
    }
    (set.title, set.title_localization) = object.localized("Name");
    (set.comments, set.comments_localization) = object.localized("Description");
    set.limited_metadata = object.is_of_node(set_names::LIMITED);
    set.extra = object.extra(&[]);
    let patient_id = reading.patient_id(set_names::PATIENT_ID);
    finish(&mut reading, &["submissionTime", "intendedRecipient"], problems);
    submitted(set, object, patient_id)
}

/// Reads a folder; without options one of an answer.
pub(crate) fn read_folder(
    uuid: Uuid,
    object: &RawObject<'_>,
    options: Option<&ReadOptions>,
    problems: &mut Vec<Problem>,
) -> Submitted<Folder> {
    let mut reading = Reading::new(object, "Folder", options.is_some());
    let mut folder = Folder { entry_uuid: uuid, ..Folder::default() };
    (folder.logical_id, folder.version) = version(&mut reading, uuid, options);
    folder.unique_id = reading.identifier(folder_names::UNIQUE_ID, "uniqueId").to_owned();
    reading.oid(&folder.unique_id, "uniqueId");
    folder.home_community_id = reading.home();
    folder.codes = reading.codes(folder_names::CODE, "codeList");
    reading.require(!folder.codes.is_empty(), "codeList");
    (folder.title, folder.title_localization) = object.localized("Name");
    (folder.comments, folder.comments_localization) = object.localized("Description");
    folder.limited_metadata = object.is_of_node(folder_names::LIMITED);
    folder.extra = object.extra(&[]);
    let patient_id = reading.patient_id(folder_names::PATIENT_ID);
    let last_update = reading.time("lastUpdateTime");
    finish(&mut reading, &["lastUpdateTime"], problems);
    Submitted { last_update, ..submitted(folder, object, patient_id) }
}

fn finish(reading: &mut Reading<'_, '_>, slots: &[&str], problems: &mut Vec<Problem>) {
    if reading.strict {
        reading.problems.extend(raw::slot_names(reading.object, &reading.label, slots));
        reading.problems.extend(raw::value_lengths(reading.object, &reading.label));
    }
    problems.append(&mut reading.problems);
}

fn submitted<T>(
    object: T,
    raw: &RawObject<'_>,
    patient_id: Option<model::hl7::PatientId>,
) -> Submitted<T> {
    Submitted {
        object,
        id: raw.id.to_owned(),
        patient_id,
        availability: Availability::from_urn(raw.attribute("status")),
        size: None,
        last_update: None,
    }
}
