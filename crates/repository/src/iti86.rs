//! ITI-86 Remove Documents: the bytes leave the repository for good; metadata are the registry's
//! to remove (ITI-62), before or after.

use crate::iti41::Reception;
use ebrim::retrieve::{DocumentRequest, read_remove_documents};
use ebrim::{ErrorCode, Problem, Status, response};
use model::Timestamp;
use ports::Caller;
use soap::{Fault, Request, Response};
use std::collections::BTreeSet;
use store::audit::{self, Action, NewAuditEvent, Outcome};
use store::document::{removal, row, stored_query, version};
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
        let read =
            may_remove(caller).and_then(|()| read_remove_documents(request.body).into_result());
        let (removed, problems) = match read {
            Ok(asked) => self.remove(asked, caller, now).await,
            Err(problems) => (0, problems),
        };
        if !problems.is_empty() {
            self.audit_refusal((Action::Remove, "ITI-86"), caller, &problems, now).await;
        }
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
        let mut seen = BTreeSet::new();
        for one in asked {
            if let Err(problem) = is_this_repository(&one, &self.repository_oid) {
                problems.push(problem);
                continue;
            }
            if !seen.insert(one.unique_id.clone()) {
                continue;
            }
            let (actor, unique_id) = (caller.actor().to_owned(), one.unique_id.clone());
            let done = self.store.write(move |tx| remove(tx, &unique_id, &actor, now)).await;
            match done.map(|was_held| is_held(was_held, &one)) {
                Ok(Ok(())) => removed += 1,
                Ok(Err(problem)) => problems.push(problem),
                Err(error) => {
                    tracing::error!(%error, "a document could not be removed");
                    let context = format!("{} could not be removed now", one.unique_id);
                    let code = ErrorCode::XdsRemoveDocumentsError;
                    problems.push(Problem::new(code, SECTION, context));
                }
            }
        }
        // What is not swept now is swept at the next removal or start.
        if removed > 0
            && let Err(error) = store::sweep::sweep(&self.store).await
        {
            tracing::error!(%error, "objects of removed documents are still there");
        }
        (removed, problems)
    }
}

/// Removing is a right of its own (ITI TF-2 3.86.5, security considerations).
fn may_remove(caller: &Caller) -> Result<(), Vec<Problem>> {
    if caller.may_remove() {
        return Ok(());
    }
    let context = "this peer is not registered as one that may remove";
    Err(vec![Problem::new(ErrorCode::XdsRemoveDocumentsError, SECTION, context)])
}

/// A request names this repository (NIST plans 50002, 50003).
fn is_this_repository(one: &DocumentRequest, own: &str) -> Result<(), Problem> {
    if one.repository_oid == own {
        return Ok(());
    }
    let context = format!("{} is not this repository", one.repository_oid);
    Err(Problem::new(ErrorCode::XdsUnknownRepositoryId, SECTION, context))
}

/// What is to be removed is here.
fn is_held(was_held: bool, one: &DocumentRequest) -> Result<(), Problem> {
    if was_held {
        return Ok(());
    }
    let context = format!("{} is not in this repository", one.unique_id);
    Err(Problem::new(ErrorCode::XdsDocumentUniqueIdError, SECTION, context))
}

/// Lets go of the bytes of every entry of a uniqueId, and of what entries left behind. Whether
/// there were any.
fn remove(tx: &mut Tx, unique_id: &str, actor: &str, now: Timestamp) -> Result<bool, StoreError> {
    let ids = row::ids_by_unique_id(tx, unique_id)?;
    let mut persons = BTreeSet::new();
    let mut was_held = false;
    for head in stored_query::heads(tx, &ids)? {
        let held = version::columns(tx, head.id)?.is_some_and(|columns| columns.held);
        if !held {
            continue;
        }
        version::let_go(tx, head.id)?;
        was_held = true;
        persons.insert(head.person_id);
    }
    for left in removal::left(tx, unique_id)? {
        removal::delete_left(tx, &left)?;
        was_held = true;
        persons.insert(left.person_id);
    }
    let detail = serde_json::json!({ "transaction": "ITI-86", "document": unique_id }).to_string();
    for person_id in persons {
        let event = NewAuditEvent {
            at: now,
            actor,
            account_id: None,
            action: Action::Remove,
            outcome: Outcome::Success,
            person_id: Some(person_id),
            detail: &detail,
        };
        audit::insert(tx, &event)?;
    }
    Ok(was_held)
}
