//! ITI-62 Remove Metadata: objects leave the registry with everything that refers to them.

use crate::error::RegistryError;
use crate::iti42::{Changes, answer, may_change};
use crate::iti57::problems_of;
use crate::remove::remove;
use ebrim::Problem;
use ebrim::retrieve::read_remove_objects;
use ports::Caller;
use soap::{Fault, Request, Response};
use std::collections::BTreeSet;
use store::audit::{self, Action, NewAuditEvent, Outcome};

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
            may_change(caller).and_then(|()| read_remove_objects(request.body).into_result());
        let problems = match read {
            Ok(uuids) => self.run_remove(uuids, caller).await,
            Err(problems) => problems,
        };
        if !problems.is_empty() {
            self.audit_refusal(Action::Remove, "ITI-62", caller, &problems).await;
        }
        Ok(answer(ANSWER, &problems))
    }

    async fn run_remove(&self, uuids: Vec<uuid::Uuid>, caller: &Caller) -> Vec<Problem> {
        let (now, actor) = (self.clock.now(), caller.actor().to_owned());
        let done = self.store.write(move |tx| -> Result<BTreeSet<i64>, RegistryError> {
            let persons = remove(tx, &uuids)?;
            let objects: Vec<String> = uuids.iter().map(uuid::Uuid::to_string).collect();
            let detail = serde_json::json!({ "transaction": "ITI-62", "objects": objects });
            for person_id in &persons {
                let event = NewAuditEvent {
                    at: now,
                    actor: &actor,
                    account_id: None,
                    action: Action::Remove,
                    outcome: Outcome::Success,
                    person_id: Some(*person_id),
                    detail: &detail.to_string(),
                };
                audit::insert(tx, &event)?;
            }
            Ok(persons)
        });
        match done.await {
            Ok(_) => Vec::new(),
            Err(error) => problems_of(error),
        }
    }
}
