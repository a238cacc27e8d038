//! RetrieveDocumentSet (ITI-43) and RemoveDocuments (ITI-86): the same list of documents asked
//! for; and RemoveObjects (ITI-62).

use crate::ids::uuid_of;
use crate::names::{LCM, RIM, RMD, RS, XDSB, XOP};
use crate::part::PartContent;
use crate::problem::{ErrorCode, Problem};
use crate::raw::attribute;
use crate::response::{Outcome, Status, read_outcome, registry_response};
use crate::submission::Read;
use uuid::Uuid;
use xml::{Element, Writer};

const RETRIEVE: &str = "ITI TF-2 3.43.4.1.2";
const REMOVE: &str = "ITI TF-2 3.86.4.1.2";
const REMOVE_OBJECTS: &str = "ITI TF-2 3.62.4.1.2";

/// One document asked for.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct DocumentRequest {
    /// HomeCommunityId, empty for none.
    pub home_community_id: String,
    /// RepositoryUniqueId
    pub repository_oid: String,
    /// DocumentUniqueId
    pub unique_id: String,
}

/// Reads a RetrieveDocumentSetRequest.
pub fn read_retrieve(request: Element<'_>) -> Read<Vec<DocumentRequest>> {
    requests(request, request.is(XDSB, "RetrieveDocumentSetRequest"), RETRIEVE)
}

/// Reads a RemoveDocumentsRequest (ITI-86).
pub fn read_remove_documents(request: Element<'_>) -> Read<Vec<DocumentRequest>> {
    requests(request, request.is(RMD, "RemoveDocumentsRequest"), REMOVE)
}

/// Reads a RemoveObjectsRequest (ITI-62): the objects to remove.
pub fn read_remove_objects(request: Element<'_>) -> Read<Vec<Uuid>> {
    let mut problems = Vec::new();
    let mut refuse = |context: String| {
        problems.push(Problem::new(ErrorCode::XdsInvalidRequestException, REMOVE_OBJECTS, context));
    };
    if !request.is(LCM, "RemoveObjectsRequest") {
        refuse(format!("{} is no RemoveObjectsRequest", request.name()));
    }
    let scope = attribute(request, "deletionScope");
    if !scope.is_empty() && !scope.ends_with(":DeleteAll") {
        refuse(format!("deletionScope {scope:?} is not DeleteAll"));
    }
    if request.child(RIM, "AdhocQuery").is_some() {
        refuse("objects are removed by their ids, not by a query".to_owned());
    }
    let references = request
        .children_named(RIM, "ObjectRefList")
        .flat_map(|list| list.children_named(RIM, "ObjectRef"));
    let mut uuids = Vec::new();
    for reference in references {
        let id = attribute(reference, "id");
        match uuid_of(id) {
            Some(uuid) => uuids.push(uuid),
            None => refuse(format!("ObjectRef {id:?} is no urn:uuid:")),
        }
    }
    if uuids.is_empty() {
        refuse("no object is named".to_owned());
    }
    Read::new(uuids, problems)
}

/// Writes a RetrieveDocumentSetRequest.
pub fn retrieve_request(writer: &mut Writer, requests: &[DocumentRequest]) {
    writer.open("xds:RetrieveDocumentSetRequest");
    writer.attribute("xmlns:xds", XDSB);
    for request in requests {
        writer.open("xds:DocumentRequest");
        write_request(writer, request);
        writer.close();
    }
    writer.close();
}

/// One document of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentResponse {
    /// What was asked for.
    pub request: DocumentRequest,
    /// NewRepositoryUniqueId of an on-demand document that was kept, else empty.
    pub new_repository_oid: String,
    /// NewDocumentUniqueId of an on-demand document, else empty.
    pub new_unique_id: String,
    /// mimeType
    pub mime_type: String,
    /// Where its bytes are.
    pub content: PartContent,
}

/// Begins a RetrieveDocumentSetResponse. Its documents follow, then [`Writer::close`].
pub fn open_retrieve_response(writer: &mut Writer, status: Status, problems: &[Problem]) {
    writer.open("xds:RetrieveDocumentSetResponse");
    writer.attribute("xmlns:xds", XDSB);
    registry_response(writer, status, problems);
}

/// Writes one DocumentResponse.
pub fn document_response(writer: &mut Writer, response: &DocumentResponse) {
    open_document_response(writer, response);
    content(writer, &response.content);
    close_document_response(writer);
}

/// Begins a DocumentResponse up to where its bytes stand, whatever its content says. The bytes
/// follow, then [`close_document_response`].
pub fn open_document_response(writer: &mut Writer, response: &DocumentResponse) {
    writer.open("xds:DocumentResponse");
    write_request(writer, &response.request);
    if !response.new_repository_oid.is_empty() {
        writer.element("xds:NewRepositoryUniqueId", &response.new_repository_oid);
    }
    if !response.new_unique_id.is_empty() {
        writer.element("xds:NewDocumentUniqueId", &response.new_unique_id);
    }
    writer.element("xds:mimeType", &response.mime_type);
    writer.open("xds:Document");
}

/// Ends a DocumentResponse.
pub fn close_document_response(writer: &mut Writer) {
    writer.close();
    writer.close();
}

/// Writes where the bytes of a document are.
pub(crate) fn content(writer: &mut Writer, content: &PartContent) {
    match content {
        PartContent::Include(href) => {
            writer.open("xop:Include");
            writer.attribute("xmlns:xop", XOP);
            writer.attribute("href", href);
            writer.close();
        }
        PartContent::Inline(base64) => writer.text(base64),
    }
}

/// Reads a RetrieveDocumentSetResponse; `None` where it is none.
pub fn read_retrieved(response: Element<'_>) -> Option<(Outcome, Vec<DocumentResponse>)> {
    if !response.is(XDSB, "RetrieveDocumentSetResponse") {
        return None;
    }
    let outcome = read_outcome(response.child(RS, "RegistryResponse")?)?;
    let documents = response.children_named(XDSB, "DocumentResponse").map(|one| DocumentResponse {
        request: request_of(one),
        new_repository_oid: text(one, "NewRepositoryUniqueId"),
        new_unique_id: text(one, "NewDocumentUniqueId"),
        mime_type: text(one, "mimeType"),
        content: one
            .child(XDSB, "Document")
            .map_or_else(|| PartContent::Inline(String::new()), PartContent::of),
    });
    Some((outcome, documents.collect()))
}

fn requests(
    request: Element<'_>,
    is_right: bool,
    section: &'static str,
) -> Read<Vec<DocumentRequest>> {
    let mut problems = Vec::new();
    let mut refuse = |context: String| {
        problems.push(Problem::new(ErrorCode::XdsRepositoryError, section, context));
    };
    if !is_right {
        refuse(format!("{} is not the request of this transaction", request.name()));
    }
    let requests: Vec<_> = request
        .children()
        .filter(|child| child.is(XDSB, "DocumentRequest"))
        .map(request_of)
        .collect();
    if requests.is_empty() {
        refuse("no document is named".to_owned());
    }
    for one in
        requests.iter().filter(|one| one.repository_oid.is_empty() || one.unique_id.is_empty())
    {
        refuse(format!(
            "a DocumentRequest needs RepositoryUniqueId and DocumentUniqueId: {:?}, {:?}",
            one.repository_oid, one.unique_id
        ));
    }
    Read::new(requests, problems)
}

fn request_of(element: Element<'_>) -> DocumentRequest {
    DocumentRequest {
        home_community_id: text(element, "HomeCommunityId"),
        repository_oid: text(element, "RepositoryUniqueId"),
        unique_id: text(element, "DocumentUniqueId"),
    }
}

fn write_request(writer: &mut Writer, request: &DocumentRequest) {
    if !request.home_community_id.is_empty() {
        writer.element("xds:HomeCommunityId", &request.home_community_id);
    }
    writer.element("xds:RepositoryUniqueId", &request.repository_oid);
    writer.element("xds:DocumentUniqueId", &request.unique_id);
}

fn text(element: Element<'_>, name: &str) -> String {
    element.child(XDSB, name).map(|child| child.text().trim().to_owned()).unwrap_or_default()
}
