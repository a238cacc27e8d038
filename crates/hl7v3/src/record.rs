//! A patient's record as a feed or a notification carries it (ITI TF-2 3.44.4.1, 3.44.4.2,
//! 3.46.4.1): PRPA_IN201301UV02, PRPA_IN201302UV02, PRPA_IN201304UV02.

use crate::NAMESPACE;
use crate::instance_id::InstanceId;
use crate::interaction::Interaction;
use crate::outgoing::{Outgoing, open_control_act, valued};
use crate::person;
use crate::problem::Problem;
use model::demographics::Demographics;
use xml::{Element, Writer};

/// Where a message has its patient.
const SUBJECT: &str = "/*/controlActProcess/subject";
const PATIENT: &str = "//registrationEvent/subject1/patient";

/// What a message says of a patient.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PatientRecord {
    /// `patient/id`: those that the sender assigned.
    pub ids: Vec<InstanceId>,
    /// `asOtherIDs/id`: others that it knows of.
    pub other_ids: Vec<InstanceId>,
    /// What it says of the person; empty where it says nothing.
    pub demographics: Demographics,
    /// `priorRegisteredRole/id`: IDs that name nobody any more (Duplicates Resolved only).
    pub prior_ids: Vec<InstanceId>,
    /// Root of the provider organization's id; empty where it is not named.
    pub provider: String,
}

impl PatientRecord {
    /// Reads the record of a control act.
    ///
    /// # Errors
    /// No patient, or several: one message is about one patient.
    pub fn read(root: Element<'_>) -> Result<PatientRecord, Problem> {
        let process = root.child(NAMESPACE, "controlActProcess");
        let mut subjects = process.iter().flat_map(|one| one.children_named(NAMESPACE, "subject"));
        let subject = subjects.next();
        if subjects.next().is_some() {
            return Err(Problem::no_such_value(SUBJECT, "the message is about several patients"));
        }
        let event = subject.and_then(|one| one.child(NAMESPACE, "registrationEvent"));
        let patient = event
            .and_then(|one| one.child(NAMESPACE, "subject1"))
            .and_then(|one| one.child(NAMESPACE, "patient"));
        let (Some(event), Some(patient)) = (event, patient) else {
            return Err(Problem::no_class(PATIENT, "the message has no patient"));
        };
        let person = patient.child(NAMESPACE, "patientPerson");
        let others = person.iter().flat_map(|one| one.children_named(NAMESPACE, "asOtherIDs"));
        let provider = patient
            .child(NAMESPACE, "providerOrganization")
            .and_then(|one| one.child(NAMESPACE, "id"))
            .map(|id| InstanceId::read(id).root);
        Ok(PatientRecord {
            ids: InstanceId::read_all(patient, "id"),
            other_ids: others.flat_map(|one| InstanceId::read_all(one, "id")).collect(),
            demographics: person.map(person::read).unwrap_or_default(),
            prior_ids: prior_ids(event),
            provider: provider.unwrap_or_default(),
        })
    }
}

/// IDs of the registrations that this one replaces.
fn prior_ids(event: Element<'_>) -> Vec<InstanceId> {
    let replaced = event.children_named(NAMESPACE, "replacementOf");
    let roles = replaced
        .filter_map(|one| one.child(NAMESPACE, "priorRegistration"))
        .filter_map(|one| one.child(NAMESPACE, "subject1"))
        .filter_map(|one| one.child(NAMESPACE, "priorRegisteredRole"));
    roles.flat_map(|role| InstanceId::read_all(role, "id")).collect()
}

/// Writes a record as the message of an interaction. `custodian` is the device or organization
/// that answers for it.
pub fn record(
    outgoing: &Outgoing,
    interaction: Interaction,
    record: &PatientRecord,
    custodian: &str,
) -> Vec<u8> {
    let mut writer = Writer::new();
    outgoing.open(&mut writer, interaction.name(), "AL");
    open_control_act(&mut writer, interaction.trigger());
    open_event(&mut writer);
    writer.open("patient");
    writer.attribute("classCode", "PAT");
    record.ids.iter().for_each(|id| id.write(&mut writer, "id"));
    valued(&mut writer, "statusCode", "code", "active");
    open_person(&mut writer);
    person::write(&mut writer, &record.demographics);
    for id in &record.other_ids {
        other_id(&mut writer, id, &id.root);
    }
    writer.close();
    if !record.provider.is_empty() {
        provider(&mut writer, &record.provider, "");
    }
    writer.close();
    writer.close();
    write_custodian(&mut writer, custodian);
    for prior in &record.prior_ids {
        replaced(&mut writer, prior);
    }
    writer.finish()
}

/// Opens `subject` to `subject1`.
pub(crate) fn open_event(writer: &mut Writer) {
    writer.open("subject");
    writer.attribute("typeCode", "SUBJ");
    writer.attribute("contextConductionInd", "false");
    writer.open("registrationEvent");
    writer.attribute("classCode", "REG");
    writer.attribute("moodCode", "EVN");
    valued(writer, "id", "nullFlavor", "NA");
    valued(writer, "statusCode", "code", "active");
    writer.open("subject1");
    writer.attribute("typeCode", "SBJ");
}

pub(crate) fn open_person(writer: &mut Writer) {
    writer.open("patientPerson");
    writer.attribute("classCode", "PSN");
    writer.attribute("determinerCode", "INSTANCE");
}

/// An ID that another organization assigned; an empty one says that there is none.
pub(crate) fn other_id(writer: &mut Writer, id: &InstanceId, scope: &str) {
    writer.open("asOtherIDs");
    writer.attribute("classCode", "PAT");
    id.write(writer, "id");
    writer.open("scopingOrganization");
    writer.attribute("classCode", "ORG");
    writer.attribute("determinerCode", "INSTANCE");
    InstanceId::of_root(scope).write(writer, "id");
    writer.close();
    writer.close();
}

/// The organization whose patient it is; its schema wants somebody to ask.
pub(crate) fn provider(writer: &mut Writer, root: &str, name: &str) {
    writer.open("providerOrganization");
    writer.attribute("classCode", "ORG");
    writer.attribute("determinerCode", "INSTANCE");
    InstanceId::of_root(root).write(writer, "id");
    if !name.is_empty() {
        writer.element("name", name);
    }
    writer.open("contactParty");
    writer.attribute("classCode", "CON");
    writer.close();
    writer.close();
}

/// Who answers for a registration.
pub(crate) fn write_custodian(writer: &mut Writer, root: &str) {
    writer.open("custodian");
    writer.attribute("typeCode", "CST");
    writer.open("assignedEntity");
    writer.attribute("classCode", "ASSIGNED");
    InstanceId::of_root(root).write(writer, "id");
    writer.close();
    writer.close();
}

fn replaced(writer: &mut Writer, prior: &InstanceId) {
    writer.open("replacementOf");
    writer.attribute("typeCode", "RPLC");
    writer.open("priorRegistration");
    writer.attribute("classCode", "REG");
    writer.attribute("moodCode", "EVN");
    valued(writer, "statusCode", "code", "obsolete");
    writer.open("subject1");
    writer.attribute("typeCode", "SBJ");
    writer.open("priorRegisteredRole");
    writer.attribute("classCode", "PAT");
    prior.write(writer, "id");
    (0..4).for_each(|_| writer.close());
}
