//! Answers: RegistryResponse and AdhocQueryResponse, written and read (ITI TF-3 4.2.4).

use crate::entry::read_entry;
use crate::ids::uuid_of;
use crate::names::{self, QUERY, RIM, RS};
use crate::package::{read_folder, read_set};
use crate::problem::{ErrorCode, Problem};
use crate::raw::{Beside, RawObject, attribute};
use crate::submission::Submitted;
use crate::write::open_list;
use model::document::{
    Association, AssociationType, Availability, DocumentEntry, Folder, SubmissionSet,
};
use uuid::Uuid;
use xml::{Element, Writer};

/// The status of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// Done; there may be warnings.
    Success,
    /// Results and errors (queries and retrievals only).
    PartialSuccess,
    /// Nothing was done, no results.
    Failure,
}

impl Status {
    /// The URN of the standard.
    pub fn urn(self) -> &'static str {
        match self {
            Status::Success => names::SUCCESS,
            Status::PartialSuccess => names::PARTIAL_SUCCESS,
            Status::Failure => names::FAILURE,
        }
    }

    /// The status of a URN.
    pub fn from_urn(urn: &str) -> Option<Status> {
        [Status::Success, Status::PartialSuccess, Status::Failure]
            .into_iter()
            .find(|status| status.urn() == urn)
    }

    /// Success where there are warnings at most, else Failure.
    pub fn of(problems: &[Problem]) -> Status {
        match problems.iter().all(|problem| problem.code.is_warning()) {
            true => Status::Success,
            false => Status::Failure,
        }
    }
}

/// Writes a whole RegistryResponse.
pub fn registry_response(writer: &mut Writer, status: Status, problems: &[Problem]) {
    registry_response_saying(writer, status, problems, &[]);
}

/// Writes a whole RegistryResponse with slots of its own (ebRS 3.0, ResponseSlotList): name and
/// value. For readers who are known to understand them.
pub fn registry_response_saying(
    writer: &mut Writer,
    status: Status,
    problems: &[Problem],
    slots: &[(&str, &str)],
) {
    writer.open("rs:RegistryResponse");
    writer.attribute("xmlns:rs", RS);
    writer.attribute("status", status.urn());
    if !slots.is_empty() {
        writer.open("rs:ResponseSlotList");
        for (name, value) in slots {
            writer.open("rim:Slot");
            writer.attribute("xmlns:rim", RIM);
            writer.attribute("name", name);
            writer.open("rim:ValueList");
            writer.open("rim:Value");
            writer.text(value);
            writer.close();
            writer.close();
            writer.close();
        }
        writer.close();
    }
    error_list(writer, problems);
    writer.close();
}

/// Begins an AdhocQueryResponse: its problems, then the open list of objects. Write objects by
/// [`crate::write`], [`Writer::take`] what is ready, then [`close_query_response`].
pub fn open_query_response(writer: &mut Writer, status: Status, problems: &[Problem]) {
    writer.open("query:AdhocQueryResponse");
    writer.attribute("xmlns:query", QUERY);
    writer.attribute("status", status.urn());
    error_list(writer, problems);
    open_list(writer);
}

/// Ends an AdhocQueryResponse.
pub fn close_query_response(writer: &mut Writer) {
    writer.close();
    writer.close();
}

/// The first value of a slot that a RegistryResponse says of itself.
pub fn response_slot(response: Element<'_>, name: &str) -> Option<String> {
    let slot = response
        .child(RS, "ResponseSlotList")?
        .children_named(RIM, "Slot")
        .find(|slot| slot.attribute("name") == Some(name))?;
    Some(slot.child(RIM, "ValueList")?.child(RIM, "Value")?.text().trim().to_owned())
}

/// Writes a RegistryErrorList, nothing where there is no problem.
fn error_list(writer: &mut Writer, problems: &[Problem]) {
    if problems.is_empty() {
        return;
    }
    let severity = |problem: &Problem| match problem.code.is_warning() {
        true => names::WARNING,
        false => names::ERROR,
    };
    let highest = match Status::of(problems) {
        Status::Success => names::WARNING,
        _ => names::ERROR,
    };
    writer.open("rs:RegistryErrorList");
    writer.attribute("xmlns:rs", RS);
    writer.attribute("highestSeverity", highest);
    for problem in problems {
        writer.open("rs:RegistryError");
        writer.attribute("errorCode", problem.code.name());
        writer.attribute("codeContext", &problem.code_context());
        writer.attribute("severity", severity(problem));
        if !problem.location.is_empty() {
            writer.attribute("location", &problem.location);
        }
        writer.close();
    }
    writer.close();
}

/// An error as another system answers it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AnsweredError {
    /// errorCode, whatever it is.
    pub code: String,
    /// codeContext
    pub context: String,
    /// Whether it is a warning only.
    pub is_warning: bool,
    /// location
    pub location: String,
}

impl AnsweredError {
    /// Its code, where the standard knows it.
    pub fn known_code(&self) -> Option<ErrorCode> {
        ErrorCode::from_name(&self.code)
    }
}

/// Status and errors of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// status
    pub status: Status,
    /// The errors and warnings.
    pub errors: Vec<AnsweredError>,
}

/// Reads status and errors of a RegistryResponse or AdhocQueryResponse; `None` where it has no
/// status of the standard.
pub fn read_outcome(response: Element<'_>) -> Option<Outcome> {
    let errors = response
        .children_named(RS, "RegistryErrorList")
        .flat_map(|list| list.children_named(RS, "RegistryError"))
        .map(|error| AnsweredError {
            code: last_part(attribute(error, "errorCode")).to_owned(),
            context: error.attribute("codeContext").unwrap_or_default().to_owned(),
            is_warning: attribute(error, "severity").ends_with("Warning"),
            location: attribute(error, "location").to_owned(),
        })
        .collect();
    Some(Outcome { status: Status::from_urn(attribute(response, "status"))?, errors })
}

/// An object of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// A DocumentEntry.
    Document(Box<Submitted<DocumentEntry>>),
    /// A SubmissionSet.
    Set(Box<Submitted<SubmissionSet>>),
    /// A Folder.
    Folder(Box<Submitted<Folder>>),
    /// An Association with its availabilityStatus.
    Association(Association, Option<Availability>),
    /// A reference: the object's UUID and its home community.
    Ref(Uuid, String),
}

/// Reads the objects of an AdhocQueryResponse; what is malformed in them is said beside.
pub fn read_found(response: Element<'_>) -> (Vec<Found>, Vec<Problem>) {
    let (mut found, mut problems) = (Vec::new(), Vec::new());
    let Some(list) = response.child(RIM, "RegistryObjectList") else { return (found, problems) };
    let mut beside = Beside::of(list);
    for element in list.children().filter(|element| element.namespace() == RIM) {
        let Some(uuid) = uuid_of(attribute(element, "id")) else { continue };
        if element.name() == "ObjectRef" {
            found.push(Found::Ref(uuid, attribute(element, "home").to_owned()));
            continue;
        }
        let object = RawObject::read(element, &mut beside);
        let problems = &mut problems;
        match element.name() {
            "ExtrinsicObject" => {
                found.push(Found::Document(Box::new(read_entry(uuid, &object, None, problems))));
            }
            "RegistryPackage" if object.is_of_node(names::set::NODE) => {
                found.push(Found::Set(Box::new(read_set(uuid, &object, false, problems))));
            }
            "RegistryPackage" => {
                found.push(Found::Folder(Box::new(read_folder(uuid, &object, None, problems))));
            }
            "Association" => found.extend(association(uuid, &object, problems)),
            _ => {}
        }
    }
    (found, problems)
}

fn association(
    entry_uuid: Uuid,
    object: &RawObject<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Found> {
    let mut reading = crate::attribute::Reading::new(object, "Association", false);
    let details = crate::link::details(&mut reading).boxed();
    problems.append(&mut reading.problems);
    let association = Association {
        entry_uuid,
        association_type: AssociationType::from_name(object.attribute("associationType"))?,
        source: uuid_of(object.attribute("sourceObject"))?,
        target: uuid_of(object.attribute("targetObject"))?,
        details,
    };
    Some(Found::Association(association, Availability::from_urn(object.attribute("status"))))
}

/// Some registries write error codes with a URN before them.
fn last_part(code: &str) -> &str {
    code.rsplit(':').next().unwrap_or(code)
}
