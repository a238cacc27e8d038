//! ITI-42 Register Document Set-b, and what is common to the registry's transactions that
//! change something.

use crate::iti61;
use ebrim::{
    Affinity, ErrorCode, Problem, Read, ReadOptions, Status, Submission, Transaction,
    read_submission, response,
};
use model::{Clock, IdSource};
use ports::{Caller, Registrar, Registration};
use soap::{Fault, Request, Response};
use std::sync::Arc;
use store::Store;
use store::audit::Action;
use xml::Writer;

/// `wsa:Action` of ITI-42.
pub const ACTION: &str = "urn:ihe:iti:2007:RegisterDocumentSet-b";
const ANSWER: &str = "urn:ihe:iti:2007:RegisterDocumentSet-bResponse";

/// The transactions of a registry that change it.
#[derive(Clone)]
pub struct Changes {
    pub(crate) store: Store,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn IdSource>,
    pub(crate) registrar: Arc<dyn Registrar>,
    pub(crate) affinity: Option<Arc<Affinity>>,
    pub(crate) affinity_oid: String,
    pub(crate) repository_oid: String,
}

impl Changes {
    /// Changes of a store. Codes are checked against `affinity`, if there is one;
    /// `affinity_oid` is the domain of patientIds.
    pub fn new(
        store: Store,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdSource>,
        registrar: Arc<dyn Registrar>,
        affinity: Option<Arc<Affinity>>,
        affinity_oid: String,
    ) -> Changes {
        let repository_oid = String::new();
        Changes { store, clock, ids, registrar, affinity, affinity_oid, repository_oid }
    }

    /// The repositoryUniqueId of the repository beside this registry.
    pub fn beside_repository(self, oid: &str) -> Changes {
        Changes { repository_oid: oid.to_owned(), ..self }
    }

    /// Answers a Register Document Set: documents of other repositories, folders, associations.
    ///
    /// # Errors
    /// None of its own: what goes wrong is a RegistryResponse.
    pub async fn register_document_set(
        &self,
        caller: &Caller,
        request: Request<'_>,
    ) -> Result<Response, Fault> {
        let problems = self.register(Transaction::Register, "ITI-42", caller, request).await;
        Ok(answer(ANSWER, &problems))
    }

    pub(crate) async fn register(
        &self,
        transaction: Transaction,
        name: &'static str,
        caller: &Caller,
        request: Request<'_>,
    ) -> Vec<Problem> {
        let submission = match self.read(transaction, caller, &request) {
            Ok(submission) => submission,
            Err(problems) => {
                self.audit_refusal(Action::Submit, name, caller, &problems).await;
                return problems;
            }
        };
        let contents = vec![None; submission.documents.len()];
        let caller = caller.clone();
        let registration = Registration { submission, contents, caller, transaction: name };
        match self.registrar.register(registration).await {
            Ok(_) => Vec::new(),
            Err(error) => {
                tracing::info!(%error, transaction = name, "a submission was not registered");
                error.problems(ErrorCode::XdsRegistryBusy)
            }
        }
    }

    /// A submission with every problem that its message alone shows.
    pub(crate) fn read(
        &self,
        transaction: Transaction,
        caller: &Caller,
        request: &Request<'_>,
    ) -> Result<Submission, Vec<Problem>> {
        may_change(caller)?;
        let options = ReadOptions { transaction, trusts_intake: false };
        let read: Read<Submission> = read_submission(request.body, &options, self.ids.as_ref());
        let read = match transaction {
            Transaction::RegisterOnDemand => {
                read.check(|submission| iti61::none_is_made_here(submission, &self.repository_oid))
            }
            _ => read,
        };
        match &self.affinity {
            Some(affinity) => read.check(|submission| affinity.check(submission)).into_result(),
            None => read.into_result(),
        }
    }
}

/// Only peers that were set up to submit may change anything.
pub(crate) fn may_change(caller: &Caller) -> Result<(), Vec<Problem>> {
    if caller.may_submit() {
        return Ok(());
    }
    let context = "this peer is not registered as one that may submit";
    Err(vec![Problem::new(ErrorCode::XdsRegistryError, "", context)])
}

/// A RegistryResponse.
pub(crate) fn answer(action: &'static str, problems: &[Problem]) -> Response {
    let mut writer = Writer::new();
    response::registry_response(&mut writer, Status::of(problems), problems);
    Response::new(action).markup(writer.finish())
}
