//! ITI-41 Provide and Register Document Set-b: metadata are checked, the documents stream into
//! the store while their hashes are computed, then both are registered in one transaction.

use crate::arriving::{ArrivalError, Arrived, arrive};
use crate::unnamed::Unnamed;
use ebrim::names::{self, XDSB};
use ebrim::{
    Affinity, ErrorCode, Problem, ReadOptions, Status, Submission, Transaction, read_submission,
    response,
};
use model::{IdSource, Timestamp};
use ports::{Caller, Outcome, Registrar, RegistrarError, Registration};
use soap::{Documents, Fault, Request, Response};
use std::collections::HashMap;
use std::sync::Arc;
use store::audit::{self, Action, NewAuditEvent};
use store::{Store, StoreError};
use xml::Writer;

/// `wsa:Action` of ITI-41.
pub const ACTION: &str = "urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-b";
const ANSWER: &str = "urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-bResponse";
const SECTION: &str = "ITI TF-2 3.41.4.1.3";

/// Takes documents in.
#[derive(Clone)]
pub struct Reception {
    pub(crate) store: Store,
    registrar: Arc<dyn Registrar>,
    ids: Arc<dyn IdSource>,
    affinity: Option<Arc<Affinity>>,
    pub(crate) repository_oid: String,
}

impl Reception {
    /// A repository of this repositoryUniqueId. Codes are checked against `affinity`, if there
    /// is one.
    pub fn new(
        store: Store,
        registrar: Arc<dyn Registrar>,
        ids: Arc<dyn IdSource>,
        affinity: Option<Arc<Affinity>>,
        repository_oid: String,
    ) -> Reception {
        Reception { store, registrar, ids, affinity, repository_oid }
    }

    /// Answers a Provide and Register Document Set.
    ///
    /// # Errors
    /// A message whose parts are damaged, missing or too large.
    pub async fn provide_and_register(
        &self,
        caller: &Caller,
        mut request: Request<'_>,
        now: Timestamp,
    ) -> Result<Response, Fault> {
        let done = match self.read(caller, &request) {
            Ok(submission) => {
                let documents = request.documents(XDSB, "Document")?;
                let mut unnamed = Unnamed::new(self.store.clone());
                let done = match self.receive(&submission, documents, &mut unnamed).await {
                    Ok(Ok(arrived)) => Ok(self.register(caller, submission, arrived).await),
                    Ok(Err(unregistered)) => Ok(Err(self.refused(caller, unregistered, now).await)),
                    Err(fault) => Err(fault),
                };
                match &done {
                    Ok(Ok(_)) => unnamed.kept(),
                    _ => unnamed.let_go().await,
                }
                done?
            }
            Err(unregistered) => Err(self.refused(caller, unregistered, now).await),
        };
        let (outcome, problems) = match done {
            Ok(outcome) => (Some(outcome.name()), Vec::new()),
            Err(Unregistered::Refused(problems)) => (Some(names::OUTCOME_REFUSED), problems),
            Err(Unregistered::Waiting(problems)) => (None, problems),
        };
        // A gateway of ours acts on more than success: two that are current and what is refused
        // for good go to its operator, what could not be stored now is sent again.
        let said = outcome.filter(|_| caller.is_gateway());
        let slots: Vec<_> = said.iter().map(|one| (names::OUTCOME, *one)).collect();
        let mut writer = Writer::new();
        let status = Status::of(&problems);
        response::registry_response_saying(&mut writer, status, &problems, &slots);
        Ok(Response::new(ANSWER).markup(writer.finish()))
    }

    /// What was refused before the registrar saw it, which writes its own audit rows.
    async fn refused(
        &self,
        caller: &Caller,
        unregistered: Unregistered,
        now: Timestamp,
    ) -> Unregistered {
        let (Unregistered::Refused(problems) | Unregistered::Waiting(problems)) = &unregistered;
        self.audit_refusal((Action::Submit, "ITI-41"), caller, problems, now).await;
        unregistered
    }

    /// Puts a refusal on record.
    pub(crate) async fn audit_refusal(
        &self,
        (action, transaction): (Action, &'static str),
        caller: &Caller,
        problems: &[Problem],
        now: Timestamp,
    ) {
        let actor = caller.actor().to_owned();
        let codes: Vec<&str> = problems.iter().map(|problem| problem.code.name()).collect();
        let detail = serde_json::json!({ "transaction": transaction, "problems": codes });
        let detail = detail.to_string();
        let written = self.store.write(move |tx| -> Result<(), StoreError> {
            let event = NewAuditEvent {
                at: now,
                actor: &actor,
                account_id: None,
                action,
                outcome: audit::Outcome::MinorFailure,
                person_id: None,
                detail: &detail,
            };
            audit::insert(tx, &event)
        });
        if let Err(error) = written.await {
            tracing::error!(%error, transaction, "a refusal could not be audited");
        }
    }

    fn read(&self, caller: &Caller, request: &Request<'_>) -> Result<Submission, Unregistered> {
        if !caller.may_submit() {
            let context = "this peer is not registered as one that may submit";
            let problem = Problem::new(ErrorCode::XdsRepositoryError, "", context);
            return Err(Unregistered::Waiting(vec![problem]));
        }
        let transaction = Transaction::ProvideAndRegister;
        let options = ReadOptions { transaction, trusts_intake: caller.is_gateway() };
        let read = read_submission(request.body, &options, self.ids.as_ref());
        // What our own gateways bring has the hospital's codes, as within one process.
        let read = match self.affinity.as_ref().filter(|_| !caller.is_gateway()) {
            Some(affinity) => read.check(|submission| affinity.check(submission)).into_result(),
            None => read.into_result(),
        };
        read.map_err(Unregistered::Refused)
    }

    /// The documents by the places of their entries, or what is wrong with them. The outer error
    /// is the message's.
    async fn receive(
        &self,
        submission: &Submission,
        mut documents: Documents<'_>,
        unnamed: &mut Unnamed,
    ) -> Result<Result<Vec<Arrived>, Unregistered>, Fault> {
        let places: HashMap<&str, usize> = submission
            .documents
            .iter()
            .enumerate()
            .map(|(at, one)| (one.id.as_str(), at))
            .collect();
        let mut arrived: Vec<Option<Arrived>> = vec![None; submission.documents.len()];
        loop {
            let Some(document) = documents.next().await? else { break };
            let Some(place) = places.get(document.id.as_str()).copied() else { continue };
            match arrive(&self.store, document.into_stream()).await {
                Ok(one) => {
                    unnamed.add_arrived(&one);
                    arrived[place] = Some(one);
                }
                Err(ArrivalError::Store(error)) => {
                    return Ok(Err(Unregistered::Waiting(vec![of_store(&error)])));
                }
                Err(ArrivalError::Stream(error)) => {
                    let failure = documents.failure().cloned();
                    return Err(failure.map_or_else(|| broken(&error), Fault::from));
                }
            }
        }
        let mut problems = Vec::new();
        for (one, arrived) in submission.documents.iter().zip(&arrived) {
            match arrived {
                None => problems.push(missing(&one.id)),
                Some(arrived) => problems.extend(differs(one, arrived)),
            }
        }
        let whole = arrived.into_iter().flatten().collect();
        Ok(if problems.is_empty() { Ok(whole) } else { Err(Unregistered::Refused(problems)) })
    }

    async fn register(
        &self,
        caller: &Caller,
        mut submission: Submission,
        arrived: Vec<Arrived>,
    ) -> Result<Outcome, Unregistered> {
        let mut contents = Vec::with_capacity(arrived.len());
        for (one, arrived) in submission.documents.iter_mut().zip(arrived) {
            one.object.hash = arrived.sha1;
            one.object.size = arrived.size;
            one.size = Some(arrived.size);
            one.object.repository_oid.clone_from(&self.repository_oid);
            contents.push(Some(arrived.held));
        }
        let caller = caller.clone();
        let registration = Registration { submission, contents, caller, transaction: "ITI-41" };
        match self.registrar.register(registration).await {
            Ok(outcome) => Ok(outcome),
            Err(error) => {
                tracing::info!(%error, "a provided document set was not registered");
                let is_final = matches!(error, RegistrarError::Refused(_));
                let problems = error.problems(ErrorCode::XdsRepositoryBusy);
                Err(match is_final {
                    true => Unregistered::Refused(problems),
                    false => Unregistered::Waiting(problems),
                })
            }
        }
    }
}

/// Why a document set was not registered.
enum Unregistered {
    /// The message is wrong and stays wrong.
    Refused(Vec<Problem>),
    /// The same message may be taken once somebody has mended something here: a disk, a peer's
    /// rights.
    Waiting(Vec<Problem>),
}

/// hash and size, where they were sent, are those of the bytes.
fn differs(
    sent: &ebrim::Submitted<model::document::DocumentEntry>,
    arrived: &Arrived,
) -> Vec<Problem> {
    let entry = &sent.object;
    let hash = !entry.hash.is_empty() && !entry.hash.eq_ignore_ascii_case(&arrived.sha1);
    let size = sent.size.is_some_and(|size| size != arrived.size);
    [("hash", hash), ("size", size)]
        .into_iter()
        .filter(|(_, is_other)| *is_other)
        .map(|(name, _)| {
            let context = format!(
                "DocumentEntry {}: {name} is not that of the {} bytes received",
                sent.id, arrived.size
            );
            Problem::new(ErrorCode::XdsRepositoryMetadataError, SECTION, context)
        })
        .collect()
}

fn missing(id: &str) -> Problem {
    let context = format!("DocumentEntry {id} has no Document in the request");
    Problem::new(ErrorCode::XdsMissingDocument, SECTION, context)
}

fn broken(error: &std::io::Error) -> Fault {
    tracing::info!(%error, "a document broke off while it was received");
    Fault::sender("a document broke off while it was received")
}

fn of_store(error: &StoreError) -> Problem {
    tracing::error!(%error, "a provided document could not be stored");
    let code = match error {
        StoreError::Full(_) => ErrorCode::XdsRepositoryOutOfResources,
        _ => ErrorCode::XdsRepositoryBusy,
    };
    Problem::new(code, "", "the document cannot be stored now; try again later")
}
