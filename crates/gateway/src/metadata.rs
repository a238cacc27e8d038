//! XDS metadata made from an SS-MIX2 item (ssmix2.md §5): one version of an item is one
//! DocumentEntry in one SubmissionSet.

use crate::codes::Codes;
use crate::identifiers::{Identifiers, NameSpace};
use crate::source::{FACILITY_CODE_OID, Source};
use bytes::Bytes;
use model::code::DEPARTMENT_NAMES_SLOT;
use model::demographics::Demographics;
use model::document::{
    Association, AssociationType, Author, DocumentEntry, ExtraSlot, IntakeOrigin, ReferenceId,
    SubmissionSet, XdsCode,
};
use model::entry::Category;
use model::hl7::{AssigningAuthority, Organization, PatientId, Person};
use model::item::{ItemKey, VersionState};
use model::reason::Flag;
use model::{DataType, PartialTime, Timestamp, limits};
use ports::Submission;
use sha1::{Digest, Sha1};
use ssmix2::layout::DataKind;

const LOINC_OID: &str = "2.16.840.1.113883.6.1";

/// One version of an item, as its name and place describe it.
#[derive(Debug, Clone)]
pub struct Version<'a> {
    /// The logical item.
    pub item: &'a ItemKey,
    /// The data kind, in the extended storage.
    pub kind: Option<&'a DataKind>,
    /// 発生日時.
    pub sent: &'a str,
    /// 診療科 of the name; empty for none.
    pub department: &'a str,
    /// What the condition flag or the record says.
    pub state: VersionState,
    /// The document's content, for its identifiers.
    pub content: [u8; 32],
}

/// What the bytes of a document say of it.
#[derive(Debug, Clone, Default)]
pub struct Described {
    /// serviceStartTime
    pub service_start: Option<PartialTime>,
    /// serviceStopTime
    pub service_stop: Option<PartialTime>,
    /// Who is responsible.
    pub persons: Vec<Person>,
    /// The department's code in the message, where the name has none.
    pub department: String,
    /// The department's name in the message.
    pub department_name: String,
    /// Codes of departments that the message sends without a name.
    pub unnamed_departments: Vec<String>,
    /// What it is, where the message says it better than the data type.
    pub title: String,
    /// Accession number, order number, StudyInstanceUID.
    pub reference_ids: Vec<ReferenceId>,
    /// eventCodeList
    pub event_codes: Vec<XdsCode>,
    /// Who the patient is.
    pub demographics: Option<Demographics>,
    /// Remarks.
    pub flags: Vec<Flag>,
    /// Whether it is itself a delete message.
    pub is_delete_message: bool,
    /// mimeType
    pub mime_type: String,
}

/// A file that belongs to the document of a content folder.
#[derive(Debug, Clone)]
pub struct Attachment {
    /// Its path below the content folder.
    pub name: String,
    /// mimeType
    pub mime_type: String,
    /// Its bytes.
    pub bytes: Bytes,
}

/// Makes the submissions of one source.
#[derive(Debug, Clone)]
pub struct SubmissionMaker<'a> {
    source: &'a Source,
    codes: &'a Codes,
    repository_oid: &'a str,
    name_space: NameSpace,
}

impl<'a> SubmissionMaker<'a> {
    /// A maker for a source; `repository_oid` is the repositoryUniqueId of the centre.
    pub fn new(source: &'a Source, codes: &'a Codes, repository_oid: &'a str) -> Self {
        let name_space = NameSpace::of_source(&source.oid);
        SubmissionMaker { source, codes, repository_oid, name_space }
    }

    /// The identifiers of a version.
    pub fn identifiers(&self, version: &Version<'_>) -> Identifiers {
        self.name_space.version(version.item, version.sent, &version.content)
    }

    /// The uniqueIds of the attachments of a version.
    pub fn attachment_unique_ids(
        &self,
        version: &Version<'_>,
        attachments: &[Attachment],
    ) -> Vec<String> {
        let ids = attachments.iter().map(|one| self.attachment_identifiers(version, &one.name));
        ids.map(|ids| ids.unique_id).collect()
    }

    fn attachment_identifiers(&self, version: &Version<'_>, name: &str) -> Identifiers {
        self.name_space.attachment(version.item, version.sent, &version.content, name)
    }

    /// The submission of a version: its document, its attachments joined by APND.
    pub fn submission(
        &self,
        version: &Version<'_>,
        described: Described,
        bytes: Bytes,
        attachments: Vec<Attachment>,
        now: Timestamp,
    ) -> Submission {
        let identifiers = self.identifiers(version);
        let entry = self.entry(version, described, &identifiers, &bytes, now);
        let set = SubmissionSet {
            entry_uuid: identifiers.set_entry_uuid,
            unique_id: identifiers.set_unique_id,
            source_oid: self.source.oid.clone(),
            submission_time: now,
            content_type: self.codes.listed("contentTypeCode", &self.codes.rules.content_type),
            authors: entry.authors.clone(),
            title: entry.title.clone(),
            ..SubmissionSet::default()
        };
        let mut associations = Vec::new();
        let mut documents = Vec::with_capacity(1 + attachments.len());
        for attachment in attachments {
            let own = self.attachment_identifiers(version, &attachment.name);
            associations.push(Association {
                entry_uuid: self.name_space.uuid("append", &own.unique_id),
                association_type: AssociationType::Appends,
                source: own.entry_uuid,
                target: entry.entry_uuid,
                details: None,
            });
            documents.push(attachment_entry(&entry, own, attachment));
        }
        documents.insert(0, (entry, bytes));
        Submission { set, documents, folders: Vec::new(), associations }
    }

    fn entry(
        &self,
        version: &Version<'_>,
        described: Described,
        identifiers: &Identifiers,
        bytes: &Bytes,
        now: Timestamp,
    ) -> DocumentEntry {
        let practice_setting = self.practice_setting(version, &described);
        let authors = self.authors(&described, &practice_setting);
        let (class_code, type_code, format_code) = self.class_type_format(version);
        let extra = self.department_names(&described, &practice_setting);
        let mut flags = described.flags.clone();
        flags.sort_unstable();
        flags.dedup();
        DocumentEntry {
            entry_uuid: identifiers.entry_uuid,
            unique_id: identifiers.unique_id.clone(),
            repository_oid: self.repository_oid.to_owned(),
            title: self.title(version, &described, &type_code, &practice_setting),
            mime_type: described.mime_type,
            class_code,
            type_code,
            format_code,
            confidentiality: vec![self.confidentiality(version)],
            facility_type: self.facility_type(),
            practice_setting,
            event_codes: described.event_codes,
            language: self.codes.rules.language.clone(),
            creation_time: creation_time(version.sent, now),
            service_start: described.service_start,
            service_stop: described.service_stop,
            authors,
            source_patient_id: PatientId {
                id: version.item.patient_id.clone(),
                authority: AssigningAuthority {
                    namespace: String::new(),
                    oid: self.source.domain.oid.clone(),
                },
            },
            source_patient_info: described.demographics.map(Box::new),
            reference_ids: described.reference_ids,
            hash: sha1_hex(bytes),
            size: bytes.len() as u64,
            intake: Some(IntakeOrigin {
                source: self.source.name.clone(),
                item: version.item.clone(),
                sent: version.sent.to_owned(),
                state: version.state,
                department: version.department.to_owned(),
                is_delete_message: described.is_delete_message,
                flags,
            }),
            extra,
            ..DocumentEntry::default()
        }
    }

    fn class_type_format(&self, version: &Version<'_>) -> (XdsCode, XdsCode, XdsCode) {
        match version.kind {
            Some(kind) => self.extended_codes(kind),
            None => self.standardized_codes(&version.item.data_type),
        }
    }

    fn standardized_codes(&self, data_type: &str) -> (XdsCode, XdsCode, XdsCode) {
        let rules = &self.codes.rules;
        let category =
            DataType::from_name(data_type).map_or(Category::Document, DataType::category);
        let format = match rules.structure.get(data_type) {
            Some(structure) => format!("{}{structure}", rules.format.prefix),
            None => rules.format.unknown.clone(),
        };
        (
            self.class_of(category),
            self.codes.or_as_sent("typeCode", data_type, "", &rules.document_type.scheme),
            self.codes.or_as_sent("formatCode", &format, "", ""),
        )
    }

    fn extended_codes(&self, kind: &DataKind) -> (XdsCode, XdsCode, XdsCode) {
        let rules = &self.codes.rules;
        let standard = kind.standard.code.as_str();
        let class = self
            .codes
            .find("classCode", standard)
            .or_else(|| self.codes.find("classCode", rules.document_class.get(standard)?))
            .cloned()
            .unwrap_or_else(|| self.class_of(Category::Document));
        let name = kind.document_name();
        let type_code = if standard.is_empty() {
            let code = if kind.local.code.is_empty() { &kind.name } else { &kind.local.code };
            let scheme = match kind.local.system.as_str() {
                "" => &rules.document_type.scheme,
                system => system,
            };
            self.codes.or_as_sent("typeCode", code, name, scheme)
        } else {
            self.codes.or_as_sent("typeCode", standard, name, LOINC_OID)
        };
        (class, type_code, self.codes.listed("formatCode", &rules.format.other))
    }

    fn class_of(&self, category: Category) -> XdsCode {
        let code = self.codes.rules.class.get(category.name()).map_or("", String::as_str);
        self.codes.listed("classCode", code)
    }

    fn practice_setting(&self, version: &Version<'_>, described: &Described) -> XdsCode {
        let rules = &self.codes.rules.practice_setting;
        let code = [version.department, described.department.as_str()]
            .into_iter()
            .find(|code| !code.is_empty());
        match code {
            Some(code) => {
                let name = &described.department_name;
                self.codes.or_as_sent("practiceSettingCode", code, name, &rules.scheme)
            }
            None => self.codes.listed("practiceSettingCode", &rules.unknown),
        }
    }

    /// The names of the departments that the message sends as bare codes, where the region's list
    /// has them: whoever reads the message later has no list.
    fn department_names(
        &self,
        described: &Described,
        practice_setting: &XdsCode,
    ) -> Vec<ExtraSlot> {
        let mut values: Vec<String> = described
            .unnamed_departments
            .iter()
            .filter(|code| **code != practice_setting.code)
            .filter_map(|code| self.codes.find("practiceSettingCode", code))
            .map(|listed| format!("{}^{}^{}", listed.code, listed.display, listed.scheme))
            .filter(|value| value.chars().count() as u64 <= limits::XDS_SLOT_VALUE_CHARACTERS)
            .collect();
        values.dedup();
        let name = DEPARTMENT_NAMES_SLOT.to_owned();
        if values.is_empty() { Vec::new() } else { vec![ExtraSlot { name, values }] }
    }

    fn authors(&self, described: &Described, practice_setting: &XdsCode) -> Vec<Author> {
        let institution = Organization {
            name: self.source.facility.name.clone(),
            id: self.source.facility.code.clone(),
            authority_oid: FACILITY_CODE_OID.to_owned(),
            ..Organization::default()
        };
        let known = practice_setting.code != self.codes.rules.practice_setting.unknown;
        let specialties: Vec<String> =
            known.then(|| practice_setting.display.clone()).into_iter().collect();
        let author = |person: Option<Person>| Author {
            person,
            institutions: vec![institution.clone()],
            specialties: specialties.clone(),
            ..Author::default()
        };
        if described.persons.is_empty() {
            vec![author(None)]
        } else {
            described.persons.iter().cloned().map(|person| author(Some(person))).collect()
        }
    }

    fn confidentiality(&self, version: &Version<'_>) -> XdsCode {
        let rules = &self.codes.rules;
        let restricted = rules
            .restricted
            .iter()
            .chain(&self.source.settings.restricted)
            .any(|rule| rule.covers(version.department, &version.item.data_type));
        let code = match restricted {
            true => &rules.confidentiality.restricted,
            false => &rules.confidentiality.normal,
        };
        self.codes.listed("confidentialityCode", code)
    }

    fn facility_type(&self) -> XdsCode {
        let kind = "healthcareFacilityTypeCode";
        self.codes
            .find(kind, &self.source.facility.facility_type)
            .cloned()
            .unwrap_or_else(|| self.codes.listed(kind, &self.codes.rules.facility_type.unknown))
    }

    /// 「検体検査結果 2011-12-19 内科」
    fn title(
        &self,
        version: &Version<'_>,
        described: &Described,
        type_code: &XdsCode,
        practice_setting: &XdsCode,
    ) -> String {
        let what = [described.title.as_str(), &type_code.display, &version.item.data_type]
            .into_iter()
            .find(|part| !part.is_empty())
            .unwrap_or("");
        let department = match practice_setting.code == self.codes.rules.practice_setting.unknown {
            true => "",
            false => &practice_setting.display,
        };
        [what, &shown_date(version), department]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(" ")
    }
}

/// An attachment shares everything with its document but what is its own. It is no item of the
/// storage by itself: it lives and dies with its document.
fn attachment_entry(
    document: &DocumentEntry,
    own: Identifiers,
    attachment: Attachment,
) -> (DocumentEntry, Bytes) {
    let entry = DocumentEntry {
        entry_uuid: own.entry_uuid,
        unique_id: own.unique_id,
        title: format!("{} ({})", document.title, attachment.name),
        mime_type: attachment.mime_type,
        hash: sha1_hex(&attachment.bytes),
        size: attachment.bytes.len() as u64,
        intake: None,
        extra: Vec::new(),
        ..document.clone()
    };
    (entry, attachment.bytes)
}

/// The sending time; the grammar of names admits only times, so `now` is never used for a
/// storage's item.
fn creation_time(sent: &str, now: Timestamp) -> PartialTime {
    PartialTime::japan(sent).unwrap_or_else(|_| PartialTime {
        digits: String::new(),
        first: now,
        precision: model::date::Precision::Second,
    })
}

fn shown_date(version: &Version<'_>) -> String {
    let digits = match version.item.care_date.as_str() {
        "-" => version.sent,
        date => date,
    };
    match (digits.get(..4), digits.get(4..6), digits.get(6..8)) {
        (Some(year), Some(month), Some(day)) => format!("{year}-{month}-{day}"),
        _ => String::new(),
    }
}

fn sha1_hex(bytes: &[u8]) -> String {
    crate::identifiers::hex(&Sha1::digest(bytes))
}
