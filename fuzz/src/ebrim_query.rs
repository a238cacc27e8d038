//! Queries, retrievals, removals, answers and code lists.

use ebrim::query::{ObjectIds, StoredQuery, query_request};
use ebrim::{read_query, retrieve};
use xml::{Document, Element, Writer};

/// Reads the bytes as each of them.
pub fn run(bytes: &[u8]) {
    let Ok(document) = Document::parse_bytes(bytes) else { return };
    let root = document.root();
    query(root);
    let _ = retrieve::read_retrieve(root);
    let _ = retrieve::read_remove_documents(root);
    let _ = retrieve::read_remove_objects(root);
    let _ = retrieve::read_retrieved(root);
    let _ = ebrim::response::read_outcome(root);
    let _ = ebrim::response::read_found(root);
    let _ = ebrim::affinity::read_codes(document.text());
}

/// A query that is understood reads back as it is written, as far as it can be written: a list
/// of which only what nothing has was asked for is empty, and no list at all means another thing.
fn query(root: Element<'_>) {
    let request = match read_query(root) {
        Ok(request) => request,
        Err(problems) => return assert!(!problems.is_empty(), "refused without a reason"),
    };
    let mut writer = Writer::new();
    query_request(&mut writer, &request);
    let written = writer.finish();
    let document = Document::parse_bytes(&written);
    assert!(document.is_ok(), "what we wrote is refused: {document:?}");
    let Ok(document) = document else { return };
    let Ok(again) = read_query(document.root()) else {
        return assert!(asks_for_nothing(&request.query), "{request:?}");
    };
    if !asks_for_nothing(&request.query) {
        assert_eq!(again, request, "{}", String::from_utf8_lossy(&written));
    }
}

/// Whether a list is empty of which something unknown was asked for.
fn asks_for_nothing(query: &StoredQuery) -> bool {
    let no_ids = |ids: &ObjectIds| match ids {
        ObjectIds::Uuids(uuids) | ObjectIds::LogicalIds(uuids) => uuids.is_empty(),
        ObjectIds::UniqueIds(ids) => ids.is_empty(),
    };
    match query {
        StoredQuery::FindDocuments(find)
        | StoredQuery::FindDocumentsByReferenceId(find)
        | StoredQuery::FindDocumentsForMultiplePatients(find)
        | StoredQuery::FindDocumentsByReferenceIdForMultiplePatients(find) => find.kinds.is_empty(),
        StoredQuery::GetAll(get) => get.filter.kinds.is_empty(),
        StoredQuery::GetDocuments(ids)
        | StoredQuery::GetFolders(ids)
        | StoredQuery::GetDocumentsAndAssociations(ids)
        | StoredQuery::GetFoldersForDocument(ids) => no_ids(ids),
        StoredQuery::GetAssociations(uuids) | StoredQuery::GetSubmissionSets(uuids) => {
            uuids.is_empty()
        }
        StoredQuery::GetSubmissionSetAndContents(contents)
        | StoredQuery::GetFolderAndContents(contents) => {
            no_ids(&contents.of) || contents.filter.kinds.is_empty()
        }
        StoredQuery::GetRelatedDocuments(related) => {
            no_ids(&related.of) || related.kinds.is_empty() || related.association_types.is_empty()
        }
        StoredQuery::FindSubmissionSets(_)
        | StoredQuery::FindFolders(_)
        | StoredQuery::FindFoldersForMultiplePatients(_) => false,
    }
}
