//! ITI-86 Remove Documents: the bytes leave the repository for good; metadata are the registry's
//! to remove (ITI-62), before or after.

use crate::held::is_open;
use crate::iti41::Reception;
use access::Grip;
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
            let (caller, unique_id) = (caller.clone(), one.unique_id.clone());
            let done = self.store.write(move |tx| remove(tx, &unique_id, &caller, now)).await;
            match done.map(|removed| is_removed(removed, &one)) {
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

/// What a removal came to.
enum Removed {
    Done,
    /// There is nothing that the caller may know of.
    NotHere,
    /// What is there, another facility brought.
    NotOwn,
}

/// What is to be removed is here, and the caller's to remove.
fn is_removed(removed: Removed, one: &DocumentRequest) -> Result<(), Problem> {
    let (code, context) = match removed {
        Removed::Done => return Ok(()),
        Removed::NotHere => (
            ErrorCode::XdsDocumentUniqueIdError,
            format!("{} is not in this repository", one.unique_id),
        ),
        Removed::NotOwn => (
            ErrorCode::XdsRemoveDocumentsError,
            format!("{} was not brought by this peer's facility", one.unique_id),
        ),
    };
    Err(Problem::new(code, SECTION, context))
}

/// Lets go of the bytes of every entry of a uniqueId that is the caller's to remove, and of what
/// such entries left behind.
fn remove(
    tx: &mut Tx,
    unique_id: &str,
    caller: &Caller,
    now: Timestamp,
) -> Result<Removed, StoreError> {
    let (hand, viewer) = (caller.hand(), caller.viewer());
    let ids = row::ids_by_unique_id(tx, unique_id)?;
    let (mut persons, mut best) = (BTreeSet::new(), Grip::Absent);
    for head in stored_query::heads(tx, &ids)? {
        if !version::columns(tx, head.id)?.is_some_and(|columns| columns.held) {
            continue;
        }
        let whose = (head.person_id, head.identity_id);
        let from = (head.facility_id, head.is_restricted);
        let is_open = is_open(tx, viewer, whose, from, &head.category, now)?;
        let grip = hand.grip(is_open, head.source_id, head.facility_id);
        best = best.max(grip);
        if grip == Grip::Own {
            version::let_go(tx, head.id)?;
            persons.insert(head.person_id);
        }
    }
    for left in removal::left(tx, unique_id)? {
        let whose = (left.person_id, left.identity_id);
        let from = (left.facility_id, left.is_restricted);
        let is_open = is_open(tx, viewer, whose, from, &left.category, now)?;
        let grip = hand.grip(is_open, left.source_id, left.facility_id);
        best = best.max(grip);
        if grip == Grip::Own {
            removal::delete_left(tx, &left)?;
            persons.insert(left.person_id);
        }
    }
    let detail = serde_json::json!({ "transaction": "ITI-86", "document": unique_id }).to_string();
    for person_id in persons {
        let event = NewAuditEvent {
            at: now,
            actor: caller.actor(),
            account_id: None,
            action: Action::Remove,
            outcome: Outcome::Success,
            person_id: Some(person_id),
            detail: &detail,
        };
        audit::insert(tx, &event)?;
    }
    Ok(match best {
        Grip::Own => Removed::Done,
        Grip::Seen => Removed::NotOwn,
        Grip::Absent => Removed::NotHere,
    })
}
