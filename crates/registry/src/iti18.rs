//! ITI-18 Registry Stored Query, and ITI-51 beside it: request, query, answer, audit.

use crate::error::RegistryError;
use crate::share::Shares;
use crate::stored_query::{Asker, QueryError};
use crate::streamed::{self, Answer, Style};
use ebrim::query::{QueryRequest, ReturnType, query_request};
use ebrim::{ErrorCode, Problem, Status, read_query, response};
use model::limits::AUDIT_QUERY_BYTES;
use model::{Clock, Timestamp};
use ports::Caller;
use soap::{Fault, Request, Response};
use std::collections::BTreeSet;
use std::sync::Arc;
use store::audit::{self, Action, NewAuditEvent, Outcome};
use store::{Store, StoreError};
use xml::Writer;

/// `wsa:Action` of ITI-18.
pub const ACTION: &str = "urn:ihe:iti:2007:RegistryStoredQuery";
const ANSWER: &str = "urn:ihe:iti:2007:RegistryStoredQueryResponse";

/// Which of the two transactions is spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    OnePatient,
    ManyPatients,
}

/// The queries of a registry.
#[derive(Clone)]
pub struct Queries {
    store: Store,
    clock: Arc<dyn Clock>,
    affinity_domain: String,
    home: String,
    shares: Arc<Shares>,
}

impl Queries {
    /// Queries of a store; `affinity_domain` and `home` are OIDs, the latter without `urn:oid:`.
    pub fn new(
        store: Store,
        clock: Arc<dyn Clock>,
        affinity_domain: String,
        home: &str,
    ) -> Queries {
        let (home, shares) = (format!("urn:oid:{home}"), Arc::default());
        Queries { store, clock, affinity_domain, home, shares }
    }

    /// Answers a Registry Stored Query (ITI-18).
    ///
    /// # Errors
    /// None of its own: what goes wrong is an AdhocQueryResponse.
    pub async fn stored_query(
        &self,
        caller: &Caller,
        request: Request<'_>,
    ) -> Result<Response, Fault> {
        self.answer(Kind::OnePatient, caller, request).await
    }

    pub(crate) async fn answer(
        &self,
        kind: Kind,
        caller: &Caller,
        request: Request<'_>,
    ) -> Result<Response, Fault> {
        let now = self.clock.now();
        let asked = read_query(request.body).and_then(|query| self.admit(kind, query));
        let outcome = match asked {
            Ok(query) => self.run(kind, caller, query, now).await,
            Err(problems) => {
                let detail = serde_json::json!({
                    "transaction": kind.name(),
                    "problems": problems.iter().map(|one| one.code.name()).collect::<Vec<_>>(),
                });
                let written =
                    self.audit(caller, Outcome::MinorFailure, &BTreeSet::new(), detail, now).await;
                written.map(|()| Answer::Whole(refusal(&problems)))
            }
        };
        let answer = outcome.unwrap_or_else(|error| Answer::Whole(failure(&error)));
        let response = Response::new(kind.answer_action());
        Ok(match answer {
            Answer::Whole(bytes) => response.markup(bytes),
            Answer::Streamed(stream) => response.stream(stream),
        })
    }

    /// Refuses queries that this transaction does not have.
    fn admit(&self, kind: Kind, query: QueryRequest) -> Result<QueryRequest, Vec<Problem>> {
        if query.query.is_multi_patient() != (kind == Kind::ManyPatients) {
            let context = format!("{} is no stored query of {}", query.query.urn(), kind.name());
            let code = ErrorCode::XdsUnknownStoredQuery;
            return Err(vec![Problem::new(code, "ITI TF-2 3.18.4.1.2.3.7", context)]);
        }
        Ok(query)
    }

    async fn run(
        &self,
        kind: Kind,
        caller: &Caller,
        query: QueryRequest,
        now: Timestamp,
    ) -> Result<Answer, QueryError> {
        let asker =
            Asker { viewer: caller.viewer(), affinity_domain: self.affinity_domain.clone(), now };
        // `home` is a gateway's to route by; a registry tells its own to whoever speaks of it.
        let home = match query.home_community_id == self.home {
            true => self.home.clone(),
            false => String::new(),
        };
        let style = Style { with_intake: caller.is_gateway(), home };
        let query = Arc::new(query);
        let done = match self.shares.take(caller).await {
            Ok(share) => {
                let (place, clock) = ((&self.store, share), self.clock.clone());
                streamed::answer(place, query.clone(), asker, style, clock).await
            }
            Err(error) => Err(error.into()),
        };
        let (outcome, persons, problem) = match &done {
            Ok(done) => (Outcome::Success, done.persons.clone(), None),
            Err(QueryError::Refused(problem)) => {
                (Outcome::MinorFailure, BTreeSet::new(), Some(problem.code.name()))
            }
            Err(_) => (Outcome::SeriousFailure, BTreeSet::new(), None),
        };
        let detail = serde_json::json!({
            "transaction": kind.name(),
            "query": query.query.urn(),
            "returns": match query.returns {
                ReturnType::ObjectRef => "ObjectRef",
                ReturnType::LeafClass => "LeafClass",
            },
            "parameters": parameters(&query),
            "problem": problem,
        });
        // What was asked is on record before anything of the answer leaves.
        self.audit(caller, outcome, &persons, detail.clone(), now).await?;
        let done = done?;
        if let Some(end) = done.end {
            let (queries, caller) = (self.clone(), caller.clone());
            tokio::spawn(async move { queries.end(&caller, end, persons, detail, now).await });
        }
        Ok(done.answer)
    }

    /// Puts on record whose objects the rest of a streamed answer held, also where its reader
    /// left; only then it is whole.
    async fn end(
        &self,
        caller: &Caller,
        end: streamed::End,
        recorded: BTreeSet<i64>,
        detail: serde_json::Value,
        now: Timestamp,
    ) {
        let (persons, sender) = end.over().await;
        let rest: BTreeSet<i64> = persons.difference(&recorded).copied().collect();
        if !rest.is_empty()
            && let Err(error) = self.audit(caller, Outcome::Success, &rest, detail, now).await
        {
            tracing::error!(%error, "an answer could not be recorded, so it broke off");
            return;
        }
        if let Some(sender) = sender {
            streamed::finish(sender).await;
        }
    }

    async fn audit(
        &self,
        caller: &Caller,
        outcome: Outcome,
        persons: &BTreeSet<i64>,
        detail: serde_json::Value,
        now: Timestamp,
    ) -> Result<(), QueryError> {
        let (actor, detail) = (caller.actor().to_owned(), detail.to_string());
        let persons = persons.clone();
        let written = self.store.write(move |tx| -> Result<(), StoreError> {
            let event = NewAuditEvent {
                at: now,
                actor: &actor,
                account_id: None,
                action: Action::Search,
                outcome,
                person_id: None,
                detail: &detail,
            };
            audit::insert_each(tx, &persons, &event)
        });
        written.await.map_err(QueryError::from)
    }
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Kind::OnePatient => "ITI-18",
            Kind::ManyPatients => "ITI-51",
        }
    }

    fn answer_action(self) -> &'static str {
        match self {
            Kind::OnePatient => ANSWER,
            Kind::ManyPatients => crate::iti51::ANSWER,
        }
    }
}

/// What was asked, as a request says it; the beginning of a very long one.
fn parameters(query: &QueryRequest) -> String {
    let mut writer = Writer::new();
    query_request(&mut writer, query);
    let mut text = String::from_utf8_lossy(&writer.finish()).into_owned();
    let limit = usize::try_from(AUDIT_QUERY_BYTES).unwrap_or(usize::MAX);
    if text.len() > limit {
        text.truncate(text.floor_char_boundary(limit));
        text.push('…');
    }
    text
}

/// A whole answer that holds errors and no objects.
fn refusal(problems: &[Problem]) -> Vec<u8> {
    let mut writer = Writer::new();
    response::open_query_response(&mut writer, Status::Failure, problems);
    response::close_query_response(&mut writer);
    writer.finish()
}

fn failure(error: &QueryError) -> Vec<u8> {
    let section = "ITI TF-3 4.2.4.1";
    let problem = match error {
        QueryError::Refused(problem) => problem.clone(),
        QueryError::Registry(error) => {
            tracing::error!(%error, "a query failed");
            match error {
                RegistryError::Store(error) if error.is_temporary() => Problem::new(
                    ErrorCode::XdsRegistryBusy,
                    section,
                    "the registry is busy; ask again later",
                ),
                _ => Problem::new(
                    ErrorCode::XdsRegistryError,
                    section,
                    "the registry could not answer; its operator finds the cause in the log",
                ),
            }
        }
    };
    refusal(&[problem])
}
