//! ITI-86 Remove Documents: the bytes leave the repository; their metadata say so.

use crate::iti41::Reception;
use ebrim::retrieve::{DocumentRequest, read_remove_documents};
use ebrim::{ErrorCode, Problem, Status, response};
use model::Timestamp;
use ports::Caller;
use soap::{Fault, Request, Response};
use store::audit::{self, Action, NewAuditEvent, Outcome};
use store::document::{row, stored_query, version};
use store::{StoreError, Tx};
use xml::Writer;

/// `wsa:Action` of ITI-86.
pub const ACTION: &str = "urn:ihe:iti:2017:RemoveDocuments";
const ANSWER: &str = "urn:ihe:iti:2017:RemoveDocumentsResponse";
const SECTION: &str = "ITI TF-2 3.86.4.1.3";

impl Reception {
    /// Answers a Remove Documents: each document by itself, so that some may be gone and others
    /// be told as errors.
    ///
    /// # Errors
    /// None of its own: what goes wrong is a RegistryResponse.
    pub async fn remove_documents(
        &self,
        caller: &Caller,
        request: Request<'_>,
        now: Timestamp,
    ) -> Result<Response, Fault> {
        let read = read_remove_documents(request.body).into_result();
        let (removed, problems) = match read {
            Ok(_) if !caller.may_submit() => {
                let context = "this peer is not registered as one that may submit";
                (0, vec![Problem::new(ErrorCode::XdsRemoveDocumentsError, SECTION, context)])
            }
            Ok(asked) => self.remove(asked, caller, now).await,
            Err(problems) => (0, problems),
        };
        let status = match (removed, problems.is_empty()) {
            (_, true) => Status::Success,
            (0, false) => Status::Failure,
            (_, false) => Status::PartialSuccess,
        };
        let mut writer = Writer::new();
        response::registry_response(&mut writer, status, &problems);
        Ok(Response::new(ANSWER).markup(writer.finish()))
    }

    async fn remove(
        &self,
        asked: Vec<DocumentRequest>,
        caller: &Caller,
        now: Timestamp,
    ) -> (usize, Vec<Problem>) {
        let (mut removed, mut problems) = (0, Vec::new());
        for one in asked {
            if one.repository_oid != self.repository_oid {
                let context = format!("{} is not this repository", one.repository_oid);
                problems.push(Problem::new(ErrorCode::XdsUnknownRepositoryId, SECTION, context));
                continue;
            }
            let (actor, unique_id) = (caller.actor().to_owned(), one.unique_id.clone());
            let done = self.store.write(move |tx| remove(tx, &unique_id, &actor, now));
            match done.await {
                Ok(true) => removed += 1,
                Ok(false) => {
                    let context = format!("{} is not in this repository", one.unique_id);
                    let code = ErrorCode::XdsDocumentUniqueIdError;
                    problems.push(Problem::new(code, SECTION, context));
                }
                Err(error) => {
                    tracing::error!(%error, "a document could not be removed");
                    let context = format!("{} could not be removed now", one.unique_id);
                    let code = ErrorCode::XdsRemoveDocumentsError;
                    problems.push(Problem::new(code, SECTION, context));
                }
            }
        }
        (removed, problems)
    }
}

/// Lets go of the bytes of every entry of a uniqueId. Whether there were any.
fn remove(tx: &mut Tx, unique_id: &str, actor: &str, now: Timestamp) -> Result<bool, StoreError> {
    let ids = row::ids_by_unique_id(tx, unique_id)?;
    let mut was_held = false;
    for head in stored_query::heads(tx, &ids)? {
        let held = version::columns(tx, head.id)?.is_some_and(|columns| columns.held);
        if !held {
            continue;
        }
        version::let_go(tx, head.id)?;
        was_held = true;
        let detail =
            serde_json::json!({ "transaction": "ITI-86", "document": head.entry_uuid.to_string() });
        let event = NewAuditEvent {
            at: now,
            actor,
            account_id: None,
            action: Action::Remove,
            outcome: Outcome::Success,
            person_id: Some(head.person_id),
            detail: &detail.to_string(),
        };
        audit::insert(tx, &event)?;
    }
    Ok(was_held)
}
