//! ITI-57 Update Document Set, and ITI-92 Restricted Update Document Set beside it.

use crate::content::{self, Derivations, derive_content};
use crate::error::{ErrorCode, Problem, RegistryError};
use crate::iti42::{Changes, answer};
use crate::prepare::prepare_message;
use crate::update::{Updated, update};
use ebrim::Transaction;
use model::limits;
use ports::{Caller, StoredBytes};
use soap::{Fault, Request, Response};
use std::sync::Arc;
use store::StoreError;
use store::audit::{self, Action, NewAuditEvent, Outcome};

/// `wsa:Action` of ITI-57.
pub const ACTION: &str = "urn:ihe:iti:2010:UpdateDocumentSet";
const ANSWER: &str = "urn:ihe:iti:2010:UpdateDocumentSetResponse";
/// `wsa:Action` of ITI-92.
pub const RESTRICTED_ACTION: &str = "urn:ihe:iti:2018:RestrictedUpdateDocumentSet";
const RESTRICTED_ANSWER: &str = "urn:ihe:iti:2018:RestrictedUpdateDocumentSetResponse";

impl Changes {
    /// Answers an Update Document Set.
    ///
    /// # Errors
    /// None of its own: what goes wrong is a RegistryResponse.
    pub async fn update_document_set(
        &self,
        caller: &Caller,
        request: Request<'_>,
    ) -> Result<Response, Fault> {
        let problems = self.update(Transaction::Update, "ITI-57", caller, request).await;
        Ok(answer(ANSWER, &problems))
    }

    /// Answers a Restricted Update Document Set.
    ///
    /// # Errors
    /// None of its own: what goes wrong is a RegistryResponse.
    pub async fn restricted_update(
        &self,
        caller: &Caller,
        request: Request<'_>,
    ) -> Result<Response, Fault> {
        let problems = self.update(Transaction::RestrictedUpdate, "ITI-92", caller, request).await;
        Ok(answer(RESTRICTED_ANSWER, &problems))
    }

    async fn update(
        &self,
        transaction: Transaction,
        name: &'static str,
        caller: &Caller,
        request: Request<'_>,
    ) -> Vec<Problem> {
        let problems = match self.read(transaction, caller, &request) {
            Ok(submission) => {
                let restricted = transaction == Transaction::RestrictedUpdate;
                self.run_update(Arc::new(submission), restricted, name, caller).await
            }
            Err(problems) => problems,
        };
        if !problems.is_empty() {
            self.audit_refusal(Action::Update, name, caller, &problems).await;
        }
        problems
    }

    async fn run_update(
        &self,
        submission: Arc<ebrim::Submission>,
        restricted: bool,
        name: &'static str,
        caller: &Caller,
    ) -> Vec<Problem> {
        let now = self.clock.now();
        let prepared = match prepare_message((*submission).clone(), &[], &self.affinity_oid) {
            Ok(prepared) => Arc::new(prepared.of_caller(caller.clone())),
            Err(problems) => return problems,
        };
        let mut derivations = Derivations::new();
        for _ in 0..limits::SINK_DERIVATIONS {
            let (submission, prepared) = (submission.clone(), prepared.clone());
            let (known, actor) = (derivations.clone(), caller.actor().to_owned());
            let done = self.store.write(move |tx| -> Result<Updated, RegistryError> {
                let done = update(tx, &submission, &prepared, restricted, &known, now)?;
                let detail = serde_json::json!({
                    "transaction": name,
                    "submission_set": submission.set.object.unique_id,
                    "operations": done.operations,
                });
                let event = NewAuditEvent {
                    at: now,
                    actor: &actor,
                    account_id: None,
                    action: Action::Update,
                    outcome: Outcome::Success,
                    person_id: Some(done.person_id),
                    detail: &detail.to_string(),
                };
                audit::insert(tx, &event)?;
                Ok(done)
            });
            match done.await {
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

    /// What a registered document tells, for a use case that must show it again.
    pub(crate) async fn derive(&self, unique_id: &str) -> Result<crate::Content, Vec<Problem>> {
        let asked = unique_id.to_owned();
        let found = self
            .store
            .read(move |tx| crate::query::documents_by_unique_id(tx, &[&asked], ""))
            .await
            .map_err(problems_of)?;
        let entry = found.into_iter().next_back().map(|answer| answer.object.entry);
        let entry = entry.ok_or_else(|| vec![busy()])?;
        let bytes = self.registrar.bytes_of(unique_id.to_owned()).await;
        match bytes.map_err(|error| error.problems(ErrorCode::XdsRegistryBusy))? {
            StoredBytes::Whole(bytes) => {
                derive_content(&entry, &bytes).map_err(|problem| vec![problem])
            }
            // As intake does: what must not be read is not waited for.
            StoredBytes::Damaged => Ok(content::unreadable_content(&entry)),
            StoredBytes::Elsewhere => Ok(content::of_metadata(&entry)),
        }
    }

    /// Puts a refused change on record.
    pub(crate) async fn audit_refusal(
        &self,
        action: Action,
        name: &'static str,
        caller: &Caller,
        problems: &[Problem],
    ) {
        let (now, actor) = (self.clock.now(), caller.actor().to_owned());
        let codes: Vec<&str> = problems.iter().map(|problem| problem.code.name()).collect();
        let detail = serde_json::json!({ "transaction": name, "problems": codes }).to_string();
        let written = self.store.write(move |tx| -> Result<(), StoreError> {
            let event = NewAuditEvent {
                at: now,
                actor: &actor,
                account_id: None,
                action,
                outcome: Outcome::MinorFailure,
                person_id: None,
                detail: &detail,
            };
            audit::insert(tx, &event)
        });
        if let Err(error) = written.await {
            tracing::error!(%error, "a refused change could not be audited");
        }
    }
}

/// A failed use case as it is answered: broken rules, or no word about our insides.
pub(crate) fn problems_of(error: RegistryError) -> Vec<Problem> {
    match error {
        RegistryError::Refused(problems) => problems,
        RegistryError::Store(error) if error.is_temporary() => vec![busy()],
        error => {
            tracing::error!(%error, "a change of the registry failed");
            let context = "the registry could not do this; its operator finds the cause in the log";
            vec![Problem::new(ErrorCode::XdsRegistryError, "", context)]
        }
    }
}

pub(crate) fn busy() -> Problem {
    Problem::new(ErrorCode::XdsRegistryBusy, "", "the registry is busy; try again later")
}
