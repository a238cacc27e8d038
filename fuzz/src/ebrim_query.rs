//! Queries, retrievals, removals, answers and code lists.

use ebrim::query::query_request;
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

/// A query that is understood reads back as it is written.
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
    let again = read_query(document.root());
    assert_eq!(again, Ok(request), "{}", String::from_utf8_lossy(&written));
}
