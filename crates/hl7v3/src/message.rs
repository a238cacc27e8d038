//! A message that came, whole.

use crate::interaction::Interaction;
use crate::problem::Problem;
use crate::query::{self, CandidatesQuery, IdentifiersQuery, QueryContinuation};
use crate::record::PatientRecord;
use crate::transmission::Transmission;
use xml::Element;

/// A message with its wrapper and what it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// What the action announced it as.
    pub interaction: Interaction,
    /// The wrapper.
    pub transmission: Transmission,
    /// The payload, or why there is none to be used.
    pub payload: Result<Payload, Problem>,
    /// The copy of the query that an answer carries; `None` for what is no query, and for one
    /// that is too long to be repeated.
    pub query_copy: Option<Vec<u8>>,
}

/// What a message is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Payload {
    /// A patient's record (ITI-44, ITI-46).
    Record(Box<PatientRecord>),
    /// A question for other IDs (ITI-45).
    Identifiers(IdentifiersQuery),
    /// A question for patients (ITI-47).
    Candidates(Box<CandidatesQuery>),
    /// A question for more patients, or for no more of them (ITI-47).
    Continuation(QueryContinuation),
}

/// Reads the element of a message. That it is the interaction's is the caller's to have seen
/// ([`Interaction::is_element`]).
pub fn read(interaction: Interaction, root: Element<'_>) -> Message {
    let transmission = Transmission::read(root);
    let checked = transmission.check(interaction.name());
    let (payload, query_copy) = match interaction {
        Interaction::RecordAdded | Interaction::RecordRevised | Interaction::DuplicatesResolved => {
            (PatientRecord::read(root).map(|one| Payload::Record(Box::new(one))), None)
        }
        Interaction::GetIdentifiers => {
            let (copy, query) = query::identifiers(root);
            (query.map(Payload::Identifiers), copy)
        }
        Interaction::FindCandidates => {
            let (copy, query) = query::candidates(root);
            (query.map(|one| Payload::Candidates(Box::new(one))), copy)
        }
        Interaction::Continue | Interaction::Cancel => {
            (query::continuation(root).map(Payload::Continuation), None)
        }
    };
    let payload = checked.and(payload);
    Message { interaction, transmission, payload, query_copy }
}
