//! An ebRIM Association (ITI TF-3 4.2.2).

use crate::attribute::Reading;
use crate::ids::{IdError, Ids};
use crate::names::association::DOCUMENTATION;
use crate::problem::{ErrorCode, Problem};
use crate::raw::{self, RawObject};
use model::document::{Association, AssociationDetails, AssociationType, SubmissionSetStatus};
use uuid::Uuid;

const ASSOCIATIONS: &str = "ITI TF-3 4.2.2";
const UPDATE: &str = "ITI TF-2 3.57.4.1.3";
const SLOTS: [&str; 5] = [
    "SubmissionSetStatus",
    "PreviousVersion",
    "AssociationPropagation",
    "OriginalStatus",
    "NewStatus",
];

/// Reads an association; `None` where its type or one of its ends is unknown.
pub(crate) fn read(
    uuid: Uuid,
    object: &RawObject<'_>,
    ids: &Ids<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Association> {
    let mut reading = Reading::new(object, "Association", true);
    let details = details(&mut reading);
    let name = object.attribute("associationType");
    let association_type = AssociationType::from_name(name);
    if association_type.is_none() {
        reading.refuse(ASSOCIATIONS, format!("associationType {name:?} is not known"));
    }
    let source = end(&mut reading, "sourceObject", ids);
    let target = end(&mut reading, "targetObject", ids);
    reading.problems.extend(raw::slot_names(object, &reading.label, &SLOTS));
    reading.problems.extend(raw::value_lengths(object, &reading.label));
    problems.append(&mut reading.problems);
    Some(Association {
        entry_uuid: uuid,
        association_type: association_type?,
        source: source?,
        target: target?,
        details: details.boxed(),
    })
}

/// The details of an association, of a submission or of an answer.
pub(crate) fn details(reading: &mut Reading<'_, '_>) -> AssociationDetails {
    let status = reading.single("SubmissionSetStatus");
    let submission_set_status = match status {
        "Original" => Some(SubmissionSetStatus::Original),
        "Reference" => Some(SubmissionSetStatus::Reference),
        "" => None,
        _ => {
            let what = format!("SubmissionSetStatus {status:?} is neither Original nor Reference");
            reading.refuse("ITI TF-3 4.2.2.1.1", what);
            None
        }
    };
    let version = reading.single("PreviousVersion");
    let previous_version = version.parse::<u32>().ok();
    if !version.is_empty() && previous_version.is_none() {
        update(reading, format!("PreviousVersion {version:?} is no number"));
    }
    let propagation = match reading.single("AssociationPropagation") {
        "" => None,
        text if text.eq_ignore_ascii_case("yes") => Some(true),
        text if text.eq_ignore_ascii_case("no") => Some(false),
        text => {
            update(reading, format!("AssociationPropagation {text:?} is neither yes nor no"));
            None
        }
    };
    let documentation = reading.codes(DOCUMENTATION, "documentation").into_iter().next();
    AssociationDetails {
        submission_set_status,
        previous_version,
        propagation,
        original_status: reading.single("OriginalStatus").to_owned(),
        new_status: reading.single("NewStatus").to_owned(),
        documentation,
        home_community_id: reading.home(),
        extra: reading.object.extra(&[]),
    }
}

fn update(reading: &mut Reading<'_, '_>, what: String) {
    let context = format!("{}: {what}", reading.label);
    let code = ErrorCode::XdsMetadataUpdateOperationError;
    reading.problems.push(Problem::new(code, UPDATE, context));
}

fn end(reading: &mut Reading<'_, '_>, name: &str, ids: &Ids<'_>) -> Option<Uuid> {
    let id = reading.object.attribute(name);
    match ids.resolve(id) {
        Ok(uuid) => Some(uuid),
        Err(error) => {
            let context = match error {
                IdError::NoUuid => format!("{}: {name} {id:?} is no UUID", reading.label),
                IdError::Undeclared => {
                    format!("{}: {name} {id:?} is no object of this submission", reading.label)
                }
            };
            let code = ErrorCode::UnresolvedReferenceException;
            reading.problems.push(Problem::new(code, "ITI TF-2 3.42.4.1.3", context));
            None
        }
    }
}
