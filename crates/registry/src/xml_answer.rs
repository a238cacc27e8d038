//! Found objects as the elements of an AdhocQueryResponse.

use crate::stored_query::Object;
use crate::streamed::Style;
use ebrim::query::ReturnType;
use ebrim::write::{self, Shown};
use ebrim::{Status, notation, response};
use model::document::{
    Association, AssociationDetails, AssociationType, Availability, SubmissionSetStatus,
};
use model::hl7::{AssigningAuthority, PatientId};
use std::collections::BTreeMap;
use store::document::EndKind;
use store::document::stored_query::Link;
use xml::Writer;

/// Writes objects one after the other.
pub(crate) struct ObjectWriter {
    writer: Writer,
    returns: ReturnType,
    style: Style,
    affinity_domain: String,
    /// patientId as CX by community ID: few persons, many documents.
    patients: BTreeMap<String, String>,
}

impl ObjectWriter {
    /// An answer that has begun.
    pub(crate) fn new(returns: ReturnType, style: Style, affinity_domain: String) -> ObjectWriter {
        let mut writer = Writer::new();
        response::open_query_response(&mut writer, Status::Success, &[]);
        ObjectWriter { writer, returns, style, affinity_domain, patients: BTreeMap::new() }
    }

    /// Bytes written and not yet taken.
    pub(crate) fn len(&self) -> usize {
        self.writer.len()
    }

    /// Takes what is written.
    pub(crate) fn take(&mut self) -> Vec<u8> {
        self.writer.take()
    }

    /// Ends the answer.
    pub(crate) fn close(&mut self) {
        response::close_query_response(&mut self.writer);
    }

    /// Writes an object, or its id where these are wanted.
    pub(crate) fn write(&mut self, object: Object<'_>) {
        if self.returns == ReturnType::ObjectRef {
            let uuid = match object {
                Object::Document(row) => row.entry.entry_uuid,
                Object::Set(row) => row.set.entry_uuid,
                Object::Folder(row) => row.folder.entry_uuid,
                Object::Association(link) => link.entry_uuid,
            };
            return write::object_ref(&mut self.writer, uuid, &self.style.home);
        }
        match object {
            Object::Association(link) => self.association(link),
            Object::Document(row) => self.with_patient(&row.community_id, |writer, shown| {
                let shown = Shown { availability: Some(row.availability), ..*shown };
                write::document_entry(writer, &row.entry, &shown);
            }),
            Object::Set(row) => self.with_patient(&row.community_id, |writer, shown| {
                let shown = Shown { availability: Some(Availability::Approved), ..*shown };
                write::submission_set(writer, &row.set, &shown);
            }),
            Object::Folder(row) => self.with_patient(&row.community_id, |writer, shown| {
                let shown = Shown {
                    availability: Some(row.availability),
                    last_update: Some(row.last_update),
                    ..*shown
                };
                write::folder(writer, &row.folder, &shown);
            }),
        }
    }

    fn with_patient(&mut self, community_id: &str, each: impl FnOnce(&mut Writer, &Shown<'_>)) {
        if !self.patients.contains_key(community_id) {
            let authority =
                AssigningAuthority { namespace: String::new(), oid: self.affinity_domain.clone() };
            let patient = PatientId { id: community_id.to_owned(), authority };
            self.patients.insert(community_id.to_owned(), notation::cx(&patient));
        }
        let shown = Shown {
            patient_id: self.patients.get(community_id).map_or("", String::as_str),
            with_intake: self.style.with_intake,
            home: &self.style.home,
            ..Shown::default()
        };
        each(&mut self.writer, &shown);
    }

    fn association(&mut self, link: &Link) {
        let Some(association) = association(link) else { return };
        let shown = Shown {
            availability: Some(link.availability),
            home: &self.style.home,
            ..Shown::default()
        };
        write::association(&mut self.writer, &association, &shown);
    }
}

/// The association of a row; a set's HasMember always says its SubmissionSetStatus.
fn association(link: &Link) -> Option<Association> {
    let mut details: AssociationDetails = match link.details.as_str() {
        "" => AssociationDetails::default(),
        text => serde_json::from_str(text).unwrap_or_default(),
    };
    let association_type = AssociationType::from_name(&link.association_type)?;
    if association_type == AssociationType::HasMember && link.source.kind == EndKind::SubmissionSet
    {
        let status = match link.original {
            true => SubmissionSetStatus::Original,
            false => SubmissionSetStatus::Reference,
        };
        details.submission_set_status.get_or_insert(status);
    }
    Some(Association {
        entry_uuid: link.entry_uuid,
        association_type,
        source: link.source.uuid,
        target: link.target.uuid,
        details: details.boxed(),
    })
}
