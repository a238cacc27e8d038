//! Objects as XML, one at a time into a buffer: a registry streams an answer of any size. Names
//! stand in the default namespace, which whoever opens the RegistryObjectList declares.

use crate::names::{self, REFERENCE_ID_LIST, entry as entry_names, folder as folder_names};
use crate::names::{association as association_names, set as set_names};
use crate::{intake, notation};
use model::Timestamp;
use model::document::{
    Association, Author, Availability, DocumentEntry, ExtraSlot, Folder, Localization,
    SubmissionSet, XdsCode,
};
use std::borrow::Cow;
use uuid::Uuid;
use xml::Writer;

/// What an object's row or reader adds to its metadata.
#[derive(Debug, Clone, Copy, Default)]
pub struct Shown<'a> {
    /// patientId of today as CX ([`crate::notation::cx`]), made once per patient.
    pub patient_id: &'a str,
    /// availabilityStatus; none in submissions.
    pub availability: Option<Availability>,
    /// Whether the reader is of our own house and gets the `urn:musubi:…` slots.
    pub with_intake: bool,
    /// lastUpdateTime of a folder.
    pub last_update: Option<Timestamp>,
    /// homeCommunityId for objects that carry none: ours, in answers to other communities.
    pub home: &'a str,
}

/// Writes a DocumentEntry (ExtrinsicObject).
pub fn document_entry(writer: &mut Writer, entry: &DocumentEntry, shown: &Shown<'_>) {
    let mut object = Object::open(writer, "ExtrinsicObject", entry.entry_uuid);
    object.head(&entry.home_community_id, shown, entry.logical_id);
    object.writer.attribute("objectType", entry.kind.urn());
    object.writer.attribute("mimeType", &entry.mime_type);
    if !entry.creation_time.is_unknown() {
        object.slot("creationTime", &notation::dtm(&entry.creation_time));
    }
    object.slot("languageCode", &entry.language);
    object.slot("repositoryUniqueId", &entry.repository_oid);
    object.slot("hash", &entry.hash);
    if entry.has_size() {
        object.slot("size", &entry.size.to_string());
    }
    for (name, time) in
        [("serviceStartTime", &entry.service_start), ("serviceStopTime", &entry.service_stop)]
    {
        if let Some(time) = time {
            object.slot(name, &notation::dtm(time));
        }
    }
    object.slot("sourcePatientId", &source_patient_id(entry));
    let lines = match (&entry.source_patient_lines, &entry.source_patient_info) {
        (lines, Some(person)) if lines.is_empty() => {
            Cow::Owned(intake::lines(&entry.source_patient_id, person))
        }
        (lines, _) => Cow::Borrowed(lines.as_slice()),
    };
    object.values("sourcePatientInfo", lines.iter().map(|line| shortened(line)));
    if let Some(person) = &entry.legal_authenticator {
        object.slot("legalAuthenticator", &notation::xcn(person));
    }
    object.values("URI", entry.uri.iter().map(String::as_str));
    if let Some(availability) = entry.document_availability {
        object.slot("documentAvailability", availability.urn());
    }
    let references: Vec<_> = entry.reference_ids.iter().map(notation::cxi).collect();
    object.values(REFERENCE_ID_LIST, references.iter().map(AsRef::as_ref));
    object.extra(&entry.extra);
    if shown.with_intake {
        object.extra(&intake::slots(entry));
    }
    object.localized("Name", &entry.title, &entry.title_localization);
    object.localized("Description", &entry.comments, &entry.comments_localization);
    object.version(entry.version);
    entry.authors.iter().for_each(|author| object.author(entry_names::AUTHOR, author));
    object.code(entry_names::CLASS, &entry.class_code);
    object.codes(entry_names::CONFIDENTIALITY, &entry.confidentiality);
    object.codes(entry_names::EVENT, &entry.event_codes);
    object.code(entry_names::FORMAT, &entry.format_code);
    object.code(entry_names::FACILITY, &entry.facility_type);
    object.code(entry_names::PRACTICE, &entry.practice_setting);
    object.code(entry_names::TYPE, &entry.type_code);
    if entry.limited_metadata {
        object.node(entry_names::LIMITED);
    }
    object.identifier(entry_names::PATIENT_ID, "XDSDocumentEntry.patientId", shown.patient_id);
    object.identifier(entry_names::UNIQUE_ID, "XDSDocumentEntry.uniqueId", &entry.unique_id);
    object.close();
}

/// Writes a SubmissionSet (RegistryPackage).
pub fn submission_set(writer: &mut Writer, set: &SubmissionSet, shown: &Shown<'_>) {
    let mut object = Object::open(writer, "RegistryPackage", set.entry_uuid);
    object.head(&set.home_community_id, shown, None);
    object.writer.attribute("objectType", REGISTRY_PACKAGE);
    match set.submission_digits.as_str() {
        "" => object.slot("submissionTime", &notation::dtm_of(set.submission_time)),
        digits => object.slot("submissionTime", digits),
    }
    object.values("intendedRecipient", set.intended_recipients.iter().map(String::as_str));
    object.extra(&set.extra);
    object.localized("Name", &set.title, &set.title_localization);
    object.localized("Description", &set.comments, &set.comments_localization);
    set.authors.iter().for_each(|author| object.author(set_names::AUTHOR, author));
    object.code(set_names::CONTENT_TYPE, &set.content_type);
    object.node(set_names::NODE);
    if set.limited_metadata {
        object.node(set_names::LIMITED);
    }
    object.identifier(set_names::PATIENT_ID, "XDSSubmissionSet.patientId", shown.patient_id);
    object.identifier(set_names::SOURCE_ID, "XDSSubmissionSet.sourceId", &set.source_oid);
    object.identifier(set_names::UNIQUE_ID, "XDSSubmissionSet.uniqueId", &set.unique_id);
    object.close();
}

/// Writes a Folder (RegistryPackage).
pub fn folder(writer: &mut Writer, folder: &Folder, shown: &Shown<'_>) {
    let mut object = Object::open(writer, "RegistryPackage", folder.entry_uuid);
    object.head(&folder.home_community_id, shown, folder.logical_id);
    object.writer.attribute("objectType", REGISTRY_PACKAGE);
    if let Some(time) = shown.last_update {
        object.slot("lastUpdateTime", &notation::dtm_of(time));
    }
    object.extra(&folder.extra);
    object.localized("Name", &folder.title, &folder.title_localization);
    object.localized("Description", &folder.comments, &folder.comments_localization);
    object.version(folder.version);
    object.codes(folder_names::CODE, &folder.codes);
    object.node(folder_names::NODE);
    if folder.limited_metadata {
        object.node(folder_names::LIMITED);
    }
    object.identifier(folder_names::PATIENT_ID, "XDSFolder.patientId", shown.patient_id);
    object.identifier(folder_names::UNIQUE_ID, "XDSFolder.uniqueId", &folder.unique_id);
    object.close();
}

/// Writes an Association. Of `shown`, availability and home community count.
pub fn association(writer: &mut Writer, association: &Association, shown: &Shown<'_>) {
    let mut object = Object::open(writer, "Association", association.entry_uuid);
    let details = association.details.as_deref();
    let home = details.map_or("", |details| &details.home_community_id);
    object.head(home, shown, None);
    object.writer.attribute("objectType", ASSOCIATION);
    object.writer.attribute("associationType", association.association_type.urn());
    object.urn("sourceObject", association.source);
    object.urn("targetObject", association.target);
    let Some(details) = details else { return object.close() };
    if let Some(status) = details.submission_set_status {
        object.slot("SubmissionSetStatus", status.name());
    }
    if let Some(version) = details.previous_version {
        object.slot("PreviousVersion", &version.to_string());
    }
    if let Some(propagation) = details.propagation {
        object.slot("AssociationPropagation", if propagation { "yes" } else { "no" });
    }
    object.slot("OriginalStatus", &details.original_status);
    object.slot("NewStatus", &details.new_status);
    object.extra(&details.extra);
    if let Some(code) = &details.documentation {
        object.code(association_names::DOCUMENTATION, code);
    }
    object.close();
}

/// Writes a reference to an object.
pub fn object_ref(writer: &mut Writer, uuid: Uuid, home: &str) {
    let object = Object::open(writer, "ObjectRef", uuid);
    if !home.is_empty() {
        object.writer.attribute("home", home);
    }
    object.close();
}

const REGISTRY_PACKAGE: &str =
    "urn:oasis:names:tc:ebxml-regrep:ObjectType:RegistryObject:RegistryPackage";
const ASSOCIATION: &str = "urn:oasis:names:tc:ebxml-regrep:ObjectType:RegistryObject:Association";
const CLASSIFICATION: &str =
    "urn:oasis:names:tc:ebxml-regrep:ObjectType:RegistryObject:Classification";
const IDENTIFIER: &str =
    "urn:oasis:names:tc:ebxml-regrep:ObjectType:RegistryObject:ExternalIdentifier";

/// One object being written. Its classifications and identifiers need ids of their own; they
/// follow from the object's, so that an answer is the same every time.
struct Object<'w> {
    writer: &'w mut Writer,
    id: Uuid,
    within: u128,
}

impl<'w> Object<'w> {
    fn open(writer: &'w mut Writer, name: &str, id: Uuid) -> Object<'w> {
        writer.open(name);
        let mut object = Object { writer, id, within: 0 };
        object.urn("id", id);
        object
    }

    fn close(self) {
        self.writer.close();
    }

    fn head(&mut self, own_home: &str, shown: &Shown<'_>, logical: Option<Uuid>) {
        let home = if own_home.is_empty() { shown.home } else { own_home };
        if !home.is_empty() {
            self.writer.attribute("home", home);
        }
        if let Some(status) = shown.availability {
            self.urn("lid", logical.unwrap_or(self.id));
            self.writer.attribute("status", status.urn());
        } else if let Some(logical) = logical {
            self.urn("lid", logical);
        }
    }

    fn urn(&mut self, attribute: &str, uuid: Uuid) {
        let mut buffer = Uuid::encode_buffer();
        self.writer.attribute(attribute, uuid.urn().encode_lower(&mut buffer));
    }

    fn slot(&mut self, name: &str, value: &str) {
        if !value.is_empty() {
            self.values(name, std::iter::once(value));
        }
    }

    fn values<'v>(&mut self, name: &str, values: impl Iterator<Item = &'v str>) {
        let mut values = values.peekable();
        if values.peek().is_some() {
            self.open_slot(name);
            values.for_each(|value| self.writer.element("Value", value));
            self.close_slot();
        }
    }

    fn extra(&mut self, slots: &[ExtraSlot]) {
        for slot in slots {
            self.open_slot(&slot.name);
            slot.values.iter().for_each(|value| self.writer.element("Value", value));
            self.close_slot();
        }
    }

    fn open_slot(&mut self, name: &str) {
        self.writer.open("Slot");
        self.writer.attribute("name", name);
        self.writer.open("ValueList");
    }

    fn close_slot(&mut self) {
        self.writer.close();
        self.writer.close();
    }

    fn localized(&mut self, element: &str, text: &str, how: &Localization) {
        if text.is_empty() && how.is_empty() {
            return;
        }
        self.writer.open(element);
        self.localized_string(&how.language, &how.charset, text);
        for (language, charset, text) in &how.others {
            self.localized_string(language, charset, text);
        }
        self.writer.close();
    }

    fn localized_string(&mut self, language: &str, charset: &str, text: &str) {
        self.writer.open("LocalizedString");
        if !language.is_empty() {
            self.writer.attribute("xml:lang", language);
        }
        if !charset.is_empty() {
            self.writer.attribute("charset", charset);
        }
        self.writer.attribute("value", text);
        self.writer.close();
    }

    fn name(&mut self, text: &str) {
        self.writer.open("Name");
        self.localized_string("", "", text);
        self.writer.close();
    }

    fn version(&mut self, version: Option<u32>) {
        if let Some(version) = version {
            self.writer.open("VersionInfo");
            self.writer.attribute("versionName", &version.to_string());
            self.writer.close();
        }
    }

    fn open_classification(&mut self, scheme: &str, code: &str) {
        self.writer.open("Classification");
        self.inner_id();
        self.writer.attribute("objectType", CLASSIFICATION);
        self.urn("classifiedObject", self.id);
        self.writer.attribute("classificationScheme", scheme);
        self.writer.attribute("nodeRepresentation", code);
    }

    fn code(&mut self, scheme: &str, code: &XdsCode) {
        if code.code.is_empty() && code.scheme.is_empty() {
            return;
        }
        self.open_classification(scheme, &code.code);
        self.slot("codingScheme", &code.scheme);
        if !code.display.is_empty() {
            self.name(&code.display);
        }
        self.writer.close();
    }

    fn codes(&mut self, scheme: &str, codes: &[XdsCode]) {
        codes.iter().for_each(|code| self.code(scheme, code));
    }

    fn author(&mut self, scheme: &str, author: &Author) {
        self.open_classification(scheme, "");
        if let Some(person) = &author.person {
            self.slot("authorPerson", &notation::xcn(person));
        }
        let institutions: Vec<_> = author.institutions.iter().map(notation::xon).collect();
        self.values("authorInstitution", institutions.iter().map(AsRef::as_ref));
        self.values("authorRole", author.roles.iter().map(String::as_str));
        self.values("authorSpecialty", author.specialties.iter().map(String::as_str));
        let telecommunications = author.telecommunications.iter().map(String::as_str);
        self.values("authorTelecommunication", telecommunications);
        self.writer.close();
    }

    fn node(&mut self, node: &str) {
        self.writer.open("Classification");
        self.inner_id();
        self.writer.attribute("objectType", CLASSIFICATION);
        self.urn("classifiedObject", self.id);
        self.writer.attribute("classificationNode", node);
        self.writer.close();
    }

    fn identifier(&mut self, scheme: &str, name: &str, value: &str) {
        if value.is_empty() {
            return;
        }
        self.writer.open("ExternalIdentifier");
        self.inner_id();
        self.writer.attribute("objectType", IDENTIFIER);
        self.urn("registryObject", self.id);
        self.writer.attribute("identificationScheme", scheme);
        self.writer.attribute("value", value);
        self.name(name);
        self.writer.close();
    }

    /// The next id within this object: a UUID of version 8.
    fn inner_id(&mut self) {
        self.within += 1;
        let number = self.id.as_u128() ^ (self.within << 96);
        let uuid = uuid::Builder::from_custom_bytes(number.to_be_bytes()).into_uuid();
        self.urn("id", uuid);
    }
}

/// sourcePatientId as CX, empty where there is none.
fn source_patient_id(entry: &DocumentEntry) -> String {
    match entry.source_patient_id.id.is_empty() {
        true => String::new(),
        false => notation::cx(&entry.source_patient_id),
    }
}

/// A line within the 256 characters that a value may have.
fn shortened(line: &str) -> &str {
    let limit = model::limits::XDS_SLOT_VALUE_CHARACTERS as usize;
    line.char_indices().nth(limit).map_or(line, |(end, _)| &line[..end])
}

/// Opens a RegistryObjectList, the default namespace declared for what stands in it.
pub(crate) fn open_list(writer: &mut Writer) {
    writer.open("RegistryObjectList");
    writer.attribute("xmlns", names::RIM);
}
