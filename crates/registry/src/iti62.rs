//! ITI-62 Remove Metadata: objects leave the registry with everything that refers to them.

use crate::content::Derivations;
use crate::error::RegistryError;
use crate::iti42::{Changes, answer};
use crate::iti57::{busy, problems_of};
use crate::remove::remove;
use ebrim::retrieve::read_remove_objects;
use ebrim::{ErrorCode, Problem};
use model::{Timestamp, limits};
use ports::Caller;
use soap::{Fault, Request, Response};
use std::collections::BTreeSet;
use store::Tx;
use store::audit::{self, Action, NewAuditEvent, Outcome};
use uuid::Uuid;

/// `wsa:Action` of ITI-62.
pub const ACTION: &str = "urn:ihe:iti:2010:DeleteDocumentSet";
const ANSWER: &str = "urn:ihe:iti:2010:DeleteDocumentSetResponse";

impl Changes {
    /// Answers a Remove Metadata.
    ///
    /// # Errors
    /// None of its own: what goes wrong is a RegistryResponse.
    pub async fn remove_metadata(
        &self,
        caller: &Caller,
        request: Request<'_>,
    ) -> Result<Response, Fault> {
        let read =
            may_remove(caller).and_then(|()| read_remove_objects(request.body).into_result());
        let problems = match read {
            Ok(uuids) => self.run_remove(uuids, caller).await,
            Err(problems) => problems,
        };
        if !problems.is_empty() {
            self.audit_refusal(Action::Remove, "ITI-62", caller, &problems).await;
        }
        Ok(answer(ANSWER, &problems))
    }

    async fn run_remove(&self, uuids: Vec<Uuid>, caller: &Caller) -> Vec<Problem> {
        let now = self.clock.now();
        let mut derivations = Derivations::new();
        for _ in 0..limits::SINK_DERIVATIONS {
            let (uuids, known) = (uuids.clone(), derivations.clone());
            let caller = caller.clone();
            let done = self.store.write(move |tx| removed(tx, &uuids, &caller, &known, now)).await;
            match done {
                Ok(_) => return Vec::new(),
                Err(RegistryError::NeedsContent { unique_id }) => {
                    match self.derive(&unique_id).await {
                        Ok(content) => derivations.insert(unique_id, content),
                        Err(problems) => return problems,
                    };
                }
                Err(error) => return problems_of(error),
            }
        }
        vec![busy()]
    }
}

/// The removal with its audit rows, one a person.
fn removed(
    tx: &mut Tx,
    uuids: &[Uuid],
    caller: &Caller,
    derivations: &Derivations,
    now: Timestamp,
) -> Result<BTreeSet<i64>, RegistryError> {
    let persons = remove(tx, uuids, caller, derivations, now)?;
    let objects: Vec<String> = uuids.iter().map(Uuid::to_string).collect();
    let detail = serde_json::json!({ "transaction": "ITI-62", "objects": objects });
    for person_id in &persons {
        let event = NewAuditEvent {
            at: now,
            actor: caller.actor(),
            account_id: None,
            action: Action::Remove,
            outcome: Outcome::Success,
            person_id: Some(*person_id),
            detail: &detail.to_string(),
        };
        audit::insert(tx, &event)?;
    }
    Ok(persons)
}

/// Removing is a right of its own (ITI TF-2 3.62.5, security considerations).
fn may_remove(caller: &Caller) -> Result<(), Vec<Problem>> {
    if caller.may_remove() {
        return Ok(());
    }
    let context = "this peer is not registered as one that may remove";
    Err(vec![Problem::new(ErrorCode::XdsRegistryError, "", context)])
}
