//! ITI-43 Retrieve Document Set: request, what may be given, the bytes as they are read, audit.

use crate::held::{self, Held};
use ebrim::retrieve::{self, DocumentRequest, DocumentResponse};
use ebrim::{ErrorCode, PartContent, Problem, Status};
use model::Clock;
use model::limits::RETRIEVE_MEMORY_BYTES;
use ports::Caller;
use soap::{Fault, Request, Response};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::audit::{self, Action, NewAuditEvent, Outcome};
use store::{Store, StoreError};
use xml::Writer;

/// `wsa:Action` of ITI-43.
pub const ACTION: &str = "urn:ihe:iti:2007:RetrieveDocumentSet";
const ANSWER: &str = "urn:ihe:iti:2007:RetrieveDocumentSetResponse";
const SECTION: &str = "ITI TF-2 3.43.4.2.3";

/// Gives documents out.
#[derive(Clone)]
pub struct Retrieval {
    store: Store,
    clock: Arc<dyn Clock>,
    repository_oid: String,
}

/// What a request came to, before anything of it leaves.
#[derive(Default)]
struct Found {
    documents: Vec<(DocumentRequest, Held)>,
    problems: Vec<Problem>,
}

impl Retrieval {
    /// The documents of a store; `repository_oid` is our repositoryUniqueId.
    pub fn new(store: Store, clock: Arc<dyn Clock>, repository_oid: String) -> Retrieval {
        Retrieval { store, clock, repository_oid }
    }

    /// Answers a Retrieve Document Set. A damaged object breaks the answer off while it is sent:
    /// it never looks whole.
    ///
    /// # Errors
    /// None of its own: what goes wrong is in the RegistryResponse.
    pub async fn retrieve_document_set(
        &self,
        caller: &Caller,
        request: Request<'_>,
    ) -> Result<Response, Fault> {
        let mut found = match retrieve::read_retrieve(request.body).into_result() {
            Ok(asked) => self.find(caller, asked).await,
            Err(problems) => Found { documents: Vec::new(), problems },
        };
        if let Err(error) = self.audit(caller, &found).await {
            tracing::error!(%error, "a retrieval could not be recorded, so nothing was given");
            found = Found { documents: Vec::new(), problems: vec![of_store(&error)] };
        }
        Ok(self.answer(found))
    }

    async fn find(&self, caller: &Caller, asked: Vec<DocumentRequest>) -> Found {
        let (mut found, mut memory_bytes) = (Found::default(), 0);
        for request in asked {
            match self.find_one(caller, &request).await {
                Ok(mut held) => {
                    memory_bytes += held.memory_bytes();
                    if memory_bytes > RETRIEVE_MEMORY_BYTES {
                        memory_bytes -= held.memory_bytes();
                        held.put_off(&request.unique_id);
                    }
                    found.documents.push((request, held));
                }
                Err(problem) => found.problems.push(problem),
            }
        }
        found
    }

    async fn find_one(&self, caller: &Caller, request: &DocumentRequest) -> Result<Held, Problem> {
        if request.repository_oid != self.repository_oid {
            let context = format!(
                "{} is not this repository, {}",
                request.repository_oid, self.repository_oid
            );
            return Err(Problem::new(ErrorCode::XdsUnknownRepositoryId, SECTION, context));
        }
        let found = held::find(&self.store, caller, &request.unique_id, self.clock.now()).await;
        match found {
            Ok(Some(held)) => Ok(held),
            Ok(None) => {
                let context = format!("no document {} is held here", request.unique_id);
                Err(Problem::new(ErrorCode::XdsDocumentUniqueIdError, SECTION, context))
            }
            Err(error) => {
                tracing::error!(%error, unique_id = request.unique_id, "a document was not given");
                Err(of_error(&error))
            }
        }
    }

    fn answer(&self, found: Found) -> Response {
        let status = match (found.documents.is_empty(), found.problems.is_empty()) {
            (_, true) => Status::Success,
            (true, false) => Status::Failure,
            (false, false) => Status::PartialSuccess,
        };
        let mut writer = Writer::new();
        retrieve::open_retrieve_response(&mut writer, status, &found.problems);
        let mut response = Response::new(ANSWER);
        for (request, held) in found.documents {
            let described = DocumentResponse {
                request,
                new_repository_oid: String::new(),
                new_unique_id: String::new(),
                mime_type: held.mime_type.clone(),
                content: PartContent::Inline(String::new()),
            };
            retrieve::open_document_response(&mut writer, &described);
            response = response.markup(writer.take()).document(held.attachment(&self.store));
            retrieve::close_document_response(&mut writer);
        }
        response.markup(writer.finish())
    }

    /// One row for each person whose documents are given, and one for what is refused.
    async fn audit(&self, caller: &Caller, found: &Found) -> Result<(), StoreError> {
        let mut given: BTreeMap<i64, Vec<&str>> = BTreeMap::new();
        for (request, held) in &found.documents {
            for person in &held.persons {
                given.entry(*person).or_default().push(&request.unique_id);
            }
        }
        let transaction = "ITI-43";
        let detail = |documents: &[&str]| {
            serde_json::json!({ "transaction": transaction, "documents": documents }).to_string()
        };
        let given: Vec<(i64, String)> =
            given.into_iter().map(|(person, documents)| (person, detail(&documents))).collect();
        let problems: Vec<String> = found.problems.iter().map(ToString::to_string).collect();
        let refused = serde_json::json!({ "transaction": transaction, "problems": problems });
        let refused = (!problems.is_empty() || given.is_empty()).then(|| refused.to_string());
        let (actor, at) = (caller.actor().to_owned(), self.clock.now());
        let written = self.store.write(move |tx| -> Result<(), StoreError> {
            let event = NewAuditEvent {
                at,
                actor: &actor,
                account_id: None,
                action: Action::Export,
                outcome: Outcome::Success,
                person_id: None,
                detail: "",
            };
            for (person, detail) in &given {
                let event = NewAuditEvent { person_id: Some(*person), detail, ..event.clone() };
                audit::insert(tx, &event)?;
            }
            let Some(detail) = &refused else { return Ok(()) };
            let outcome = Outcome::MinorFailure;
            audit::insert(tx, &NewAuditEvent { outcome, detail, ..event })
        });
        written.await
    }
}

fn of_error(error: &crate::RepositoryError) -> Problem {
    match error {
        crate::RepositoryError::Store(error) => of_store(error),
        _ => Problem::new(
            ErrorCode::XdsRepositoryError,
            SECTION,
            "the document could not be given; the operator finds the cause in the log",
        ),
    }
}

fn of_store(error: &StoreError) -> Problem {
    let code = match error.is_temporary() {
        true => ErrorCode::XdsRepositoryBusy,
        false => ErrorCode::XdsRepositoryError,
    };
    Problem::new(code, SECTION, "the repository could not answer; ask again later")
}
