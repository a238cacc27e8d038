//! ITI-43 Retrieve Document Set: request, what may be given, the bytes as they are read, audit.

use crate::error::RepositoryError;
use crate::held::{self, Held};
use crate::on_demand;
use ebrim::retrieve::{self, DocumentRequest, DocumentResponse};
use ebrim::{ErrorCode, PartContent, Problem, Status};
use futures::stream::{self, StreamExt};
use model::Clock;
use model::limits::{RETRIEVE_AT_ONCE, RETRIEVE_DOCUMENTS, RETRIEVE_MEMORY_BYTES};
use ports::Caller;
use soap::{Fault, Request, Response};
use std::collections::{BTreeMap, HashSet};
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
    documents: Vec<(DocumentRequest, Given)>,
    problems: Vec<Problem>,
}

/// What is given for one request.
struct Given {
    held: Held,
    /// uniqueId of the snapshot that stands for an on-demand document, else empty.
    snapshot: String,
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
        let asked = match once_each(asked) {
            Ok(asked) => asked,
            Err(problem) => return Found { documents: Vec::new(), problems: vec![problem] },
        };
        let at_once = usize::try_from(RETRIEVE_AT_ONCE).unwrap_or(1);
        let mut each = stream::iter(asked)
            .map(|request| async {
                let given = self.find_one(caller, &request).await;
                (request, given)
            })
            .buffered(at_once);
        let (mut found, mut memory_bytes) = (Found::default(), 0);
        while let Some((request, given)) = each.next().await {
            match given {
                Ok(mut given) => {
                    memory_bytes += given.held.memory_bytes();
                    if memory_bytes > RETRIEVE_MEMORY_BYTES {
                        memory_bytes -= given.held.memory_bytes();
                        let kept = match given.snapshot.as_str() {
                            "" => &request.unique_id,
                            _ => &given.snapshot,
                        };
                        given.held.put_off(kept);
                    }
                    found.documents.push((request, given));
                }
                Err(problem) => found.problems.push(problem),
            }
        }
        found
    }

    async fn find_one(&self, caller: &Caller, request: &DocumentRequest) -> Result<Given, Problem> {
        if request.repository_oid != self.repository_oid {
            let context = format!(
                "{} is not this repository, {}",
                request.repository_oid, self.repository_oid
            );
            return Err(Problem::new(ErrorCode::XdsUnknownRepositoryId, SECTION, context));
        }
        match self.find_held(caller, &request.unique_id).await {
            Ok(Some(given)) => Ok(given),
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

    /// The document of a uniqueId, or what was kept of an on-demand one.
    async fn find_held(
        &self,
        caller: &Caller,
        unique_id: &str,
    ) -> Result<Option<Given>, RepositoryError> {
        let now = self.clock.now();
        if let Some(held) = held::find(&self.store, caller, unique_id, now).await? {
            return Ok(Some(Given { held, snapshot: String::new() }));
        }
        let own = self.repository_oid.as_str();
        let snapshot = on_demand::last_snapshot(&self.store, caller, (unique_id, own), now).await?;
        let Some(snapshot) = snapshot else { return Ok(None) };
        let held = held::find(&self.store, caller, &snapshot, now).await?;
        Ok(held.map(|held| Given { held, snapshot }))
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
        for (request, Given { held, snapshot }) in found.documents {
            let described = DocumentResponse {
                request,
                new_repository_oid: match snapshot.is_empty() {
                    true => String::new(),
                    false => self.repository_oid.clone(),
                },
                new_unique_id: snapshot,
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
        for (request, one) in &found.documents {
            for person in &one.held.persons {
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

/// Each document once, however often it is asked for, and not more than one answer may hold.
fn once_each(mut asked: Vec<DocumentRequest>) -> Result<Vec<DocumentRequest>, Problem> {
    let mut seen = HashSet::new();
    asked.retain(|one| seen.insert((one.repository_oid.clone(), one.unique_id.clone())));
    if asked.len() as u64 <= RETRIEVE_DOCUMENTS {
        return Ok(asked);
    }
    let context = format!(
        "{} documents are asked for and {RETRIEVE_DOCUMENTS} are given at once: ask for them in \
         several requests",
        asked.len()
    );
    Err(Problem::new(ErrorCode::XdsRepositoryError, SECTION, context))
}

fn of_error(error: &RepositoryError) -> Problem {
    match error {
        RepositoryError::Store(error) => of_store(error),
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
