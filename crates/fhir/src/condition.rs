//! Under which conditions a request is done, and how it is answered: entity tags and `Prefer`
//! (FHIR R4 3.1.0.4, 3.1.0.1.7, 3.1.1.2).

use http::HeaderMap;
use http::header::{HeaderName, IF_MATCH, IF_NONE_MATCH};

/// What the headers of a request say.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Condition {
    /// `If-Match`: the version that the sender knows; `*` for any.
    pub if_match: Option<String>,
    /// `If-None-Match`: the version that the sender has.
    pub if_none_match: Option<String>,
    /// `Prefer: return=representation`.
    pub wants_representation: bool,
    /// `Prefer: return=OperationOutcome`.
    pub wants_outcome: bool,
    /// `Prefer: handling=strict`: what is not understood is refused.
    pub is_strict: bool,
}

impl Condition {
    /// Reads headers.
    pub fn read(headers: &HeaderMap) -> Condition {
        let mut read = Condition {
            if_match: tag(headers, &IF_MATCH),
            if_none_match: tag(headers, &IF_NONE_MATCH),
            ..Condition::default()
        };
        let said = headers.get_all("prefer").iter().filter_map(|value| value.to_str().ok());
        for preference in said.flat_map(|value| value.split([',', ';'])) {
            match preference.trim() {
                "return=representation" => read.wants_representation = true,
                "return=OperationOutcome" => read.wants_outcome = true,
                "handling=strict" => read.is_strict = true,
                _ => {}
            }
        }
        read
    }
}

/// The version within `W/"version"`.
fn tag(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let text = headers.get(name)?.to_str().ok()?.trim();
    let text = text.strip_prefix("W/").unwrap_or(text);
    Some(text.trim_matches('"').to_owned())
}
