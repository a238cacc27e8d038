//! What a peer is accepted for: every storage class that it may send or fetch, in whatever encoding
//! it prefers, since bytes are kept and given as they came.

use super::peers::Known;
use dicomfile::uids;
use dimse::{Acceptance, ContextAnswer, ProposedContext, Request, is_storage_class};

/// Query and retrieve, patient root and study root (PS3.4 C.6).
const QUERIES: &[&str] = &[
    uids::PATIENT_ROOT_QUERY_RETRIEVE_INFORMATION_MODEL_FIND,
    uids::PATIENT_ROOT_QUERY_RETRIEVE_INFORMATION_MODEL_GET,
    uids::PATIENT_ROOT_QUERY_RETRIEVE_INFORMATION_MODEL_MOVE,
    uids::STUDY_ROOT_QUERY_RETRIEVE_INFORMATION_MODEL_FIND,
    uids::STUDY_ROOT_QUERY_RETRIEVE_INFORMATION_MODEL_GET,
    uids::STUDY_ROOT_QUERY_RETRIEVE_INFORMATION_MODEL_MOVE,
];

/// The beginning of every storage class of the standard, those that are newer than we are too.
const STORAGE: &str = "1.2.840.10008.5.1.4.1.1.";
/// The beginning of everything that DICOM itself defines.
const DICOM: &str = "1.2.840.10008.";

/// Answers a request of a known peer.
pub(super) fn acceptance(request: &Request, known: &Known) -> Acceptance {
    Acceptance::of(
        request,
        |context| answer(context, known),
        |class| known.may_query && is_storage(class),
    )
}

fn answer(context: &ProposedContext, known: &Known) -> ContextAnswer {
    let class = context.abstract_syntax.as_str();
    let is_open = match class {
        uids::VERIFICATION => true,
        uids::STORAGE_COMMITMENT_PUSH_MODEL => known.may_store,
        _ if QUERIES.contains(&class) => known.may_query,
        // Whoever fetches by C-GET proposes what it takes.
        _ if is_storage(class) => known.may_store || known.may_query,
        _ => false,
    };
    match is_open {
        true if is_storage(class) => ContextAnswer::first(context, |_| true),
        true => ContextAnswer::first(context, |syntax| {
            matches!(syntax, uids::EXPLICIT_VR_LITTLE_ENDIAN | uids::IMPLICIT_VR_LITTLE_ENDIAN)
        }),
        false => ContextAnswer::ClassNotSupported,
    }
}

/// Private classes are storage: nothing else of theirs is spoken here.
fn is_storage(class: &str) -> bool {
    is_storage_class(class) || class.starts_with(STORAGE) || !class.starts_with(DICOM)
}
