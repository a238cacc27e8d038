//! A centre in another process: submissions leave by ITI-41, changes of state by a message of
//! our own ([`crate::xds::states`]). Repeating either changes nothing.

use crate::xds::{REGISTRY_PATH, REPOSITORY_PATH, states};
use ebrim::request::submit_objects_request;
use ebrim::response::{Outcome as Answered, read_outcome, response_slot};
use ebrim::{ErrorCode, Status, Submitted, names};
use futures::future::BoxFuture;
use futures::stream::{self, StreamExt};
use model::IdSource;
use model::document::{Association, AssociationDetails, AssociationType, SubmissionSetStatus};
use model::hl7::PatientId;
use model::limits::WIRE_SUBMISSIONS;
use ports::{DocumentSink, Outcome, Receipt, SinkError, StateChange, Submission};
use soap::{Answer, Attachment, CallError, Client, Outgoing, Piece};
use std::sync::Arc;
use uuid::Uuid;
use xml::{Document, Element, Writer};

/// Submissions on their way at once.
const AT_ONCE: usize = WIRE_SUBMISSIONS as usize;

/// Gives documents to a centre over the network.
#[derive(Clone)]
pub struct WireSink {
    client: Client,
    base_url: String,
    ids: Arc<dyn IdSource>,
}

type Given = Result<Receipt, SinkError>;

impl WireSink {
    /// The centre at an address, such as `https://centre.example.jp:8443`.
    pub fn new(client: Client, base_url: &str, ids: Arc<dyn IdSource>) -> WireSink {
        WireSink { client, base_url: base_url.trim_end_matches('/').to_owned(), ids }
    }

    async fn provide(&self, submission: Submission) -> Given {
        let outgoing = Outgoing {
            url: format!("{}{REPOSITORY_PATH}", self.base_url),
            action: repository::iti41::ACTION.to_owned(),
            pieces: self.message(submission),
            is_multipart: true,
        };
        let answer = self.client.call(outgoing).await.map_err(|error| unreached(&error))?;
        read(&answer, |body| {
            let said = response_slot(body, names::OUTCOME);
            accepted(read_outcome(body).ok_or_else(not_xds)?, said.as_deref())
        })
    }

    async fn tell(&self, changes: &[StateChange]) -> Result<Vec<Given>, SinkError> {
        let outgoing = Outgoing {
            url: format!("{}{REGISTRY_PATH}", self.base_url),
            action: states::ACTION.to_owned(),
            pieces: vec![Piece::Bytes(states::write_changes(changes).into())],
            is_multipart: false,
        };
        let answer = self.client.call(outgoing).await.map_err(|error| unreached(&error))?;
        let answers = read(&answer, |body| states::read_answers(body).ok_or_else(not_xds))?;
        match answers.len() == changes.len() {
            true => Ok(answers),
            false => Err(SinkError::Unavailable("the centre answered something else".to_owned())),
        }
    }

    /// The ProvideAndRegisterDocumentSetRequest with its documents.
    fn message(&self, submission: Submission) -> Vec<Piece> {
        let (metadata, documents) = self.split(submission);
        let mut writer = Writer::new();
        writer.open("xds:ProvideAndRegisterDocumentSetRequest");
        writer.attribute("xmlns:xds", names::XDSB);
        submit_objects_request(&mut writer, &metadata, true);
        let mut pieces = Vec::with_capacity(2 * documents.len() + 1);
        for (id, attachment) in documents {
            writer.open("xds:Document");
            writer.attribute("id", &id);
            pieces.push(Piece::Bytes(writer.take().into()));
            pieces.push(Piece::Document(attachment));
            writer.close();
        }
        pieces.push(Piece::Bytes(writer.finish().into()));
        pieces
    }

    fn split(&self, submission: Submission) -> (ebrim::Submission, Vec<(String, Attachment)>) {
        let Submission { set, documents, folders, mut associations } = submission;
        // A gateway does not know its patients' community IDs: it names them as their source
        // does, which the centre takes from its own gateways.
        let patient = documents.first().map(|(entry, _)| entry.source_patient_id.clone());
        let mut members: Vec<Uuid> = documents.iter().map(|(entry, _)| entry.entry_uuid).collect();
        members.extend(folders.iter().map(|folder| folder.entry_uuid));
        associations.extend(members.into_iter().map(|member| self.member(set.entry_uuid, member)));
        let mut parts = Vec::with_capacity(documents.len());
        let mut entries = Vec::with_capacity(documents.len());
        for (entry, bytes) in documents {
            let attachment = Attachment::of_bytes(entry.mime_type.clone(), bytes);
            parts.push((entry.entry_uuid.urn().to_string(), attachment));
            let id = entry.entry_uuid;
            entries.push(submitted(entry, id, &patient));
        }
        let set_id = set.entry_uuid;
        let metadata = ebrim::Submission {
            set: submitted(set, set_id, &patient),
            documents: entries,
            folders: folders
                .into_iter()
                .map(|folder| {
                    let id = folder.entry_uuid;
                    submitted(folder, id, &patient)
                })
                .collect(),
            associations,
            object_refs: Vec::new(),
            parts: Vec::new(),
        };
        (metadata, parts)
    }

    fn member(&self, set: Uuid, member: Uuid) -> Association {
        let details = AssociationDetails {
            submission_set_status: Some(SubmissionSetStatus::Original),
            ..AssociationDetails::default()
        };
        Association {
            entry_uuid: self.ids.uuid(),
            association_type: AssociationType::HasMember,
            source: set,
            target: member,
            details: details.boxed(),
        }
    }
}

impl DocumentSink for WireSink {
    fn submit(&self, submissions: Vec<Submission>) -> BoxFuture<'_, Vec<Given>> {
        let each = stream::iter(submissions).map(|submission| self.provide(submission));
        Box::pin(each.buffered(AT_ONCE).collect())
    }

    fn change_states(&self, changes: Vec<StateChange>) -> BoxFuture<'_, Vec<Given>> {
        Box::pin(async move {
            match self.tell(&changes).await {
                Ok(answers) => answers,
                Err(error) => vec![Err(error); changes.len()],
            }
        })
    }
}

fn submitted<T>(object: T, id: Uuid, patient: &Option<PatientId>) -> Submitted<T> {
    Submitted {
        object,
        id: id.urn().to_string(),
        patient_id: patient.clone(),
        availability: None,
        size: None,
        last_update: None,
    }
}

fn read<T>(
    answer: &Answer,
    read: impl FnOnce(Element<'_>) -> Result<T, SinkError>,
) -> Result<T, SinkError> {
    let unclear = |reason: String| SinkError::Unavailable(reason);
    let document =
        Document::parse_bytes(answer.envelope()).map_err(|error| unclear(error.to_string()))?;
    let body = Answer::body(&document).map_err(|error| unclear(error.to_string()))?;
    read(body)
}

/// What the centre said: taken, with what that did, wrong for good, or to be tried again.
fn accepted(answered: Answered, said: Option<&str>) -> Given {
    if answered.status == Status::Success {
        let outcome = said.and_then(Outcome::from_name).unwrap_or(Outcome::Registered);
        return Ok(Receipt { outcome });
    }
    let Some(error) = answered.errors.iter().find(|error| !error.is_warning) else {
        return Err(SinkError::Unavailable("the centre refused without an error".to_owned()));
    };
    let code = error.known_code().unwrap_or(ErrorCode::XdsRepositoryError);
    // A code that says nothing of its cause is no reason to give a document up, unless the centre
    // says that it is.
    let may_pass = [
        ErrorCode::XdsRegistryError,
        ErrorCode::XdsRepositoryError,
        ErrorCode::XdsRegistryBusy,
        ErrorCode::XdsRepositoryBusy,
        ErrorCode::XdsRegistryNotAvailable,
        ErrorCode::XdsRegistryOutOfResources,
        ErrorCode::XdsRepositoryOutOfResources,
    ];
    let is_final = said == Some(names::OUTCOME_REFUSED);
    Err(match !is_final && may_pass.contains(&code) {
        true => SinkError::Unavailable(format!("{}: {}", code.name(), error.context)),
        false => SinkError::Refused { code: code.name(), context: error.context.clone() },
    })
}

fn unreached(error: &CallError) -> SinkError {
    let mut reason = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        reason = format!("{reason}: {inner}");
        source = inner.source();
    }
    SinkError::Unavailable(reason)
}

fn not_xds() -> SinkError {
    SinkError::Unavailable("the centre answered something else".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use ebrim::response::AnsweredError;

    fn failed(code: ErrorCode, said: Option<&str>) -> SinkError {
        let error = AnsweredError {
            code: code.name().to_owned(),
            context: "why".to_owned(),
            location: String::new(),
            is_warning: false,
        };
        accepted(Answered { status: Status::Failure, errors: vec![error] }, said).unwrap_err()
    }

    #[test]
    fn only_what_is_known_to_stay_wrong_is_given_up() {
        let waits = |code, said| matches!(failed(code, said), SinkError::Unavailable(_));
        for code in [
            ErrorCode::XdsRepositoryError,
            ErrorCode::XdsRegistryError,
            ErrorCode::XdsRepositoryBusy,
            ErrorCode::XdsRepositoryOutOfResources,
        ] {
            assert!(waits(code, None), "{code:?}");
        }
        assert!(!waits(ErrorCode::XdsRegistryError, Some(names::OUTCOME_REFUSED)));
        assert!(!waits(ErrorCode::XdsUnknownPatientId, None));
    }
}
