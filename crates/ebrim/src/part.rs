//! The documents of a ProvideAndRegisterDocumentSetRequest beside their metadata (ITI TF-2
//! 3.41.4.1.2). Here they are only named: their bytes are the SOAP layer's.

use crate::names::{XDSB, XOP};
use crate::problem::{ErrorCode, Problem};
use crate::raw::attribute;
use crate::submission::Submission;
use std::collections::HashMap;
use xml::Element;

const SECTION: &str = "ITI TF-2 3.41.4.1.3";

/// One document of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its place in [`Submission::documents`].
    pub document: usize,
    /// Where its bytes are.
    pub content: PartContent,
}

/// Where the bytes of a document are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PartContent {
    /// `xop:Include`: the part of the MIME message with this reference, as sent (`cid:…`).
    Include(String),
    /// In the XML itself: base64, blanks included.
    Inline(String),
}

impl PartContent {
    /// What an element of base64 holds: its text, or the `xop:Include` that stands for it.
    pub fn of(element: Element<'_>) -> PartContent {
        match element.child(XOP, "Include") {
            Some(include) => PartContent::Include(attribute(include, "href").to_owned()),
            None => PartContent::Inline(element.text().into_owned()),
        }
    }
}

/// Reads the documents of a request and matches them with the entries.
pub(crate) fn read_parts(
    request: Element<'_>,
    submission: &Submission,
) -> (Vec<Part>, Vec<Problem>) {
    let places: HashMap<&str, usize> = submission
        .documents
        .iter()
        .enumerate()
        .map(|(place, document)| (document.id.as_str(), place))
        .collect();
    let mut named = vec![false; submission.documents.len()];
    let (mut parts, mut problems) = (Vec::new(), Vec::new());
    for element in request.children_named(XDSB, "Document") {
        let id = attribute(element, "id");
        let Some(&document) = places.get(id) else {
            let context = format!("Document {id:?} has no DocumentEntry in the submission");
            problems.push(Problem::new(ErrorCode::XdsMissingDocumentMetadata, SECTION, context));
            continue;
        };
        if std::mem::replace(&mut named[document], true) {
            let context = format!("Document {id:?} stands twice");
            problems.push(Problem::new(ErrorCode::XdsRepositoryMetadataError, SECTION, context));
            continue;
        }
        parts.push(Part { document, content: PartContent::of(element) });
    }
    for (document, _) in submission.documents.iter().zip(&named).filter(|(_, named)| !**named) {
        let context = format!("DocumentEntry {} has no Document in the request", document.id);
        problems.push(Problem::new(ErrorCode::XdsMissingDocument, SECTION, context));
    }
    (parts, problems)
}
