//! A typed query to AdhocQueryRequest.

use super::{
    CodeAsked, ContentFilter, FindDocuments, FindFolders, ObjectIds, QueryRequest, ReturnType,
    Span, StoredQuery,
};
use crate::names::{QUERY, RIM};
use crate::notation;
use model::document::{Availability, DocumentKind};
use model::hl7::PatientId;
use uuid::Uuid;
use xml::Writer;

/// Writes an AdhocQueryRequest.
pub fn query_request(writer: &mut Writer, request: &QueryRequest) {
    writer.open("query:AdhocQueryRequest");
    writer.attribute("xmlns:query", QUERY);
    writer.open("query:ResponseOption");
    writer.attribute("returnComposedObjects", "true");
    let returns = match request.returns {
        ReturnType::ObjectRef => "ObjectRef",
        ReturnType::LeafClass => "LeafClass",
    };
    writer.attribute("returnType", returns);
    writer.close();
    writer.open("AdhocQuery");
    writer.attribute("xmlns", RIM);
    writer.attribute("id", request.query.urn());
    if !request.home_community_id.is_empty() {
        writer.attribute("home", &request.home_community_id);
    }
    let mut slots = Slots { writer };
    slots.query(&request.query);
    slots.statuses("$XDSAssociationStatus", &request.association_status);
    if request.metadata_level != 1 {
        slots.slot("$MetadataLevel", [request.metadata_level.to_string()]);
    }
    writer.close();
    writer.close();
}

struct Slots<'w> {
    writer: &'w mut Writer,
}

impl Slots<'_> {
    fn query(&mut self, query: &StoredQuery) {
        let document = ["$XDSDocumentEntryEntryUUID", "$XDSDocumentEntryUniqueId"];
        match query {
            StoredQuery::FindDocuments(find) | StoredQuery::FindDocumentsByReferenceId(find) => {
                self.documents(find, false);
            }
            StoredQuery::FindDocumentsForMultiplePatients(find)
            | StoredQuery::FindDocumentsByReferenceIdForMultiplePatients(find) => {
                self.documents(find, true);
            }
            StoredQuery::FindSubmissionSets(find) => {
                self.one("$XDSSubmissionSetPatientId", &notation::cx(&find.patient));
                self.statuses("$XDSSubmissionSetStatus", &find.availability);
                self.texts("$XDSSubmissionSetSourceId", find.source_oids.iter());
                self.span("$XDSSubmissionSetSubmissionTime", find.submitted);
                if let Some(author) = &find.author {
                    self.one("$XDSSubmissionSetAuthorPerson", &author.0);
                }
                self.codes("$XDSSubmissionSetContentType", &find.content_types);
            }
            StoredQuery::FindFolders(find) => self.folders(find, false),
            StoredQuery::FindFoldersForMultiplePatients(find) => self.folders(find, true),
            StoredQuery::GetAll(get) => {
                self.one("$patientId", &notation::cx(&get.patient));
                self.statuses("$XDSDocumentEntryStatus", &get.document_availability);
                self.statuses("$XDSSubmissionSetStatus", &get.set_availability);
                self.statuses("$XDSFolderStatus", &get.folder_availability);
                self.filter(&get.filter);
            }
            StoredQuery::GetDocuments(ids) | StoredQuery::GetDocumentsAndAssociations(ids) => {
                self.ids(document, "$XDSDocumentEntryLogicalID", ids);
            }
            StoredQuery::GetFoldersForDocument(ids) => self.one_id(document, ids),
            StoredQuery::GetFolders(ids) => {
                let names = ["$XDSFolderEntryUUID", "$XDSFolderUniqueId"];
                self.ids(names, "$XDSFolderLogicalID", ids);
            }
            StoredQuery::GetAssociations(uuids) | StoredQuery::GetSubmissionSets(uuids) => {
                self.uuids("$uuid", uuids);
            }
            StoredQuery::GetSubmissionSetAndContents(contents) => {
                let names = ["$XDSSubmissionSetEntryUUID", "$XDSSubmissionSetUniqueId"];
                self.one_id(names, &contents.of);
                self.filter(&contents.filter);
            }
            StoredQuery::GetFolderAndContents(contents) => {
                let names = ["$XDSFolderEntryUUID", "$XDSFolderUniqueId"];
                self.one_id(names, &contents.of);
                self.filter(&contents.filter);
            }
            StoredQuery::GetRelatedDocuments(related) => {
                self.one_id(document, &related.of);
                let types = related.association_types.iter().map(|kind| kind.urn());
                self.texts("$AssociationTypes", types);
                self.kinds(&related.kinds);
            }
        }
    }

    fn documents(&mut self, find: &FindDocuments, is_multi: bool) {
        self.patients("$XDSDocumentEntryPatientId", &find.patients, is_multi);
        self.statuses("$XDSDocumentEntryStatus", &find.availability);
        self.codes("$XDSDocumentEntryClassCode", &find.class_codes);
        self.codes("$XDSDocumentEntryTypeCode", &find.type_codes);
        self.codes("$XDSDocumentEntryPracticeSettingCode", &find.practice_settings);
        self.codes("$XDSDocumentEntryHealthcareFacilityTypeCode", &find.facility_types);
        self.codes("$XDSDocumentEntryFormatCode", &find.format_codes);
        self.groups("$XDSDocumentEntryEventCodeList", &find.event_codes);
        self.groups("$XDSDocumentEntryConfidentialityCode", &find.confidentiality);
        self.texts("$XDSDocumentEntryAuthorPerson", find.authors.iter().map(|one| &one.0));
        self.span("$XDSDocumentEntryCreationTime", find.creation);
        self.span("$XDSDocumentEntryServiceStartTime", find.service_start);
        self.span("$XDSDocumentEntryServiceStopTime", find.service_stop);
        self.kinds(&find.kinds);
        for group in &find.reference_ids {
            self.texts("$XDSDocumentEntryReferenceIdList", group.iter());
        }
    }

    fn folders(&mut self, find: &FindFolders, is_multi: bool) {
        self.patients("$XDSFolderPatientId", &find.patients, is_multi);
        self.statuses("$XDSFolderStatus", &find.availability);
        self.span("$XDSFolderLastUpdateTime", find.last_update);
        self.groups("$XDSFolderCodeList", &find.codes);
    }

    fn filter(&mut self, filter: &ContentFilter) {
        self.codes("$XDSDocumentEntryFormatCode", &filter.format_codes);
        self.groups("$XDSDocumentEntryConfidentialityCode", &filter.confidentiality);
        self.kinds(&filter.kinds);
    }

    fn ids(&mut self, names: [&str; 2], logical: &str, ids: &ObjectIds) {
        match ids {
            ObjectIds::Uuids(uuids) => self.uuids(names[0], uuids),
            ObjectIds::UniqueIds(ids) => self.texts(names[1], ids.iter()),
            ObjectIds::LogicalIds(uuids) => self.uuids(logical, uuids),
        }
    }

    fn uuids(&mut self, name: &str, uuids: &[Uuid]) {
        self.texts(name, uuids.iter().map(|uuid| uuid.urn().to_string()));
    }

    fn patients(&mut self, name: &str, patients: &[PatientId], is_multi: bool) {
        match patients {
            [patient] if !is_multi => self.one(name, &notation::cx(patient)),
            _ => self.texts(name, patients.iter().map(notation::cx)),
        }
    }

    /// A parameter that takes one id only.
    fn one_id(&mut self, names: [&str; 2], ids: &ObjectIds) {
        match ids {
            ObjectIds::Uuids(uuids) | ObjectIds::LogicalIds(uuids) => {
                uuids.iter().for_each(|uuid| self.one(names[0], &uuid.urn().to_string()));
            }
            ObjectIds::UniqueIds(ids) => ids.iter().for_each(|id| self.one(names[1], id)),
        }
    }

    /// A parameter that takes one text: it stands without brackets.
    fn one(&mut self, name: &str, text: &str) {
        self.slot(name, [format!("'{}'", text.replace('\'', "''"))]);
    }

    fn statuses(&mut self, name: &str, statuses: &[Availability]) {
        self.texts(name, statuses.iter().map(|status| status.urn()));
    }

    fn kinds(&mut self, kinds: &[DocumentKind]) {
        if kinds != [DocumentKind::Stable] {
            self.texts("$XDSDocumentEntryType", kinds.iter().map(|kind| kind.urn()));
        }
    }

    fn codes(&mut self, name: &str, codes: &[CodeAsked]) {
        let texts = codes.iter().map(|code| format!("{}^^{}", code.code, code.scheme));
        self.texts(name, texts);
    }

    fn groups(&mut self, name: &str, groups: &[Vec<CodeAsked>]) {
        groups.iter().for_each(|codes| self.codes(name, codes));
    }

    fn span(&mut self, name: &str, span: Span) {
        for (end, time) in [("From", span.from), ("To", span.to)] {
            if let Some(time) = time {
                self.slot(&format!("{name}{end}"), [notation::dtm_of(time)]);
            }
        }
    }

    /// Texts, one `Value` each: a value has at most 256 characters.
    fn texts<T: AsRef<str>>(&mut self, name: &str, texts: impl Iterator<Item = T>) {
        self.slot(name, texts.map(|text| format!("('{}')", text.as_ref().replace('\'', "''"))));
    }

    fn slot(&mut self, name: &str, values: impl IntoIterator<Item = String>) {
        let mut values = values.into_iter().peekable();
        if values.peek().is_none() {
            return;
        }
        self.writer.open("Slot");
        self.writer.attribute("name", name);
        self.writer.open("ValueList");
        values.for_each(|value| self.writer.element("Value", &value));
        self.writer.close();
        self.writer.close();
    }
}
