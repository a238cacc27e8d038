//! What no column says: conditions on an object's metadata.

use ebrim::notation;
use ebrim::query::{CodeAsked, ContentFilter, FindDocuments, FindSubmissionSets};
use model::Timestamp;
use model::document::{Author, DocumentEntry, Folder, SubmissionSet, XdsCode};
use store::document::EntryFilter;

/// The conditions of a query that columns answer.
pub(super) fn columns(query: &FindDocuments) -> EntryFilter {
    let codes = |asked: &[CodeAsked]| asked.iter().map(|code| code.code.clone()).collect();
    EntryFilter {
        availability: query.availability.clone(),
        class_codes: codes(&query.class_codes),
        type_codes: codes(&query.type_codes),
        format_codes: codes(&query.format_codes),
        creation: ends(query.creation),
        service_start: ends(query.service_start),
        service_stop: ends(query.service_stop),
    }
}

/// The ends of a span; an absent one is open.
pub(super) fn ends(span: ebrim::query::Span) -> (Timestamp, Timestamp) {
    (span.from.unwrap_or(Timestamp(i64::MIN)), span.to.unwrap_or(Timestamp(i64::MAX)))
}

/// Whether a document fits what columns do not say.
pub(super) fn document(query: &FindDocuments, entry: &DocumentEntry) -> bool {
    let one = std::slice::from_ref;
    query.kinds.contains(&entry.kind)
        && is_any(&query.class_codes, one(&entry.class_code))
        && is_any(&query.type_codes, one(&entry.type_code))
        && is_any(&query.format_codes, one(&entry.format_code))
        && is_any(&query.practice_settings, one(&entry.practice_setting))
        && is_any(&query.facility_types, one(&entry.facility_type))
        && of_every_group(&query.confidentiality, &entry.confidentiality)
        && of_every_group(&query.event_codes, &entry.event_codes)
        && (query.authors.is_empty() || query.authors.iter().any(|one| wrote(one, &entry.authors)))
        && query.reference_ids.iter().all(|group| {
            entry.reference_ids.iter().any(|id| {
                let id = notation::cxi(id);
                group.iter().any(|asked| *asked == id)
            })
        })
}

/// Whether a document of a set or folder is wanted.
pub(super) fn content(filter: &ContentFilter, entry: &DocumentEntry) -> bool {
    filter.kinds.contains(&entry.kind)
        && is_any(&filter.format_codes, std::slice::from_ref(&entry.format_code))
        && of_every_group(&filter.confidentiality, &entry.confidentiality)
}

/// Whether a set fits.
pub(super) fn set(query: &FindSubmissionSets, set: &SubmissionSet) -> bool {
    (query.source_oids.is_empty() || query.source_oids.contains(&set.source_oid))
        && is_any(&query.content_types, std::slice::from_ref(&set.content_type))
        && query.author.as_ref().is_none_or(|one| wrote(one, &set.authors))
}

/// Whether a folder fits.
pub(super) fn folder(groups: &[Vec<CodeAsked>], folder: &Folder) -> bool {
    of_every_group(groups, &folder.codes)
}

fn wrote(pattern: &ebrim::query::Pattern, authors: &[Author]) -> bool {
    authors
        .iter()
        .filter_map(|author| author.person.as_ref())
        .any(|person| pattern.matches(&notation::xcn(person)))
}

fn of_every_group(groups: &[Vec<CodeAsked>], codes: &[XdsCode]) -> bool {
    groups.iter().all(|group| is_any(group, codes))
}

fn is_any(asked: &[CodeAsked], codes: &[XdsCode]) -> bool {
    asked.is_empty()
        || codes.iter().any(|code| {
            asked.iter().any(|asked| asked.code == code.code && asked.scheme == code.scheme)
        })
}
