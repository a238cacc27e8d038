//! ChangeVersionStates: a message of our own, from our gateways to our centre only, by which a
//! source's word about versions that are registered already travels (a renamed file, a DEL
//! record).
//!
//! XDS has no transaction for it: an update of availability (ITI-57) knows two states where a
//! source knows three, names entryUUIDs that a gateway would have to ask for, and is one
//! submission set for each change. This one names uniqueIds, goes in bulk, may be repeated, and
//! ends in the same use case as within one process.

use ebrim::ErrorCode;
use model::item::VersionState;
use ports::{Caller, DocumentSink, Outcome, Receipt, SinkError, StateChange};
use soap::{Fault, Request, Response};
use std::collections::BTreeSet;
use std::sync::Arc;
use store::document::stored_query;
use store::{Store, StoreError};
use xml::{Element, Writer};

/// `wsa:Action` of the message.
pub const ACTION: &str = "urn:musubi:2026:ChangeVersionStates";
const ANSWER: &str = "urn:musubi:2026:ChangeVersionStatesResponse";
const NAMESPACE: &str = "urn:musubi:2026";

type Answered = Result<Receipt, SinkError>;

/// The centre's side.
#[derive(Clone)]
pub(super) struct States {
    store: Store,
    sink: Arc<dyn DocumentSink>,
}

impl States {
    pub(super) fn new(store: Store, sink: Arc<dyn DocumentSink>) -> States {
        States { store, sink }
    }

    /// Answers a ChangeVersionStates.
    pub(super) async fn change(
        &self,
        caller: &Caller,
        request: Request<'_>,
    ) -> Result<Response, Fault> {
        let Caller::Peer(peer) = caller else { return Err(not_allowed()) };
        if !peer.is_gateway {
            return Err(not_allowed());
        }
        let changes = read_changes(request.body)?;
        // Reading goes on after an error of the disk: what is not there would else be refused,
        // and the gateway take this centre for one that lives.
        if let Err(error) = self.store.check_writable() {
            tracing::error!(%error, "states of versions cannot be changed");
            return Err(Fault::receiver());
        }
        let answers = match self.owned(peer.facility_id, &changes).await {
            Ok(own) => self.change_own(changes, &own).await,
            Err(error) => {
                tracing::error!(%error, "states of versions could not be changed");
                return Err(Fault::receiver());
            }
        };
        Ok(Response::new(ANSWER).markup(write_answers(&answers)))
    }

    /// A gateway changes what its own facility brought; everything else is not there for it.
    async fn change_own(&self, changes: Vec<StateChange>, own: &BTreeSet<String>) -> Vec<Answered> {
        let mine = |change: &&StateChange| own.contains(&change.unique_id);
        let allowed: Vec<StateChange> = changes.iter().filter(mine).cloned().collect();
        let mut answers = self.sink.change_states(allowed).await.into_iter();
        let refused = |change: &StateChange| SinkError::Refused {
            code: ErrorCode::XdsDocumentUniqueIdError.name(),
            context: format!("no document has uniqueId {}", change.unique_id),
        };
        let lost = || Err(SinkError::Unavailable("it was not answered".to_owned()));
        changes
            .iter()
            .map(|change| match own.contains(&change.unique_id) {
                true => answers.next().unwrap_or_else(lost),
                false => Err(refused(change)),
            })
            .collect()
    }

    async fn owned(
        &self,
        facility_id: i64,
        changes: &[StateChange],
    ) -> Result<BTreeSet<String>, StoreError> {
        let asked: Vec<String> = changes.iter().map(|change| change.unique_id.clone()).collect();
        self.store
            .read(move |tx| {
                let mut own = BTreeSet::new();
                for unique_id in &asked {
                    let ids =
                        stored_query::documents_by_unique_ids(tx, std::slice::from_ref(unique_id))?;
                    let heads = stored_query::heads(tx, &ids)?;
                    if heads.iter().any(|head| head.facility_id == Some(facility_id)) {
                        own.insert(unique_id.clone());
                    }
                }
                Ok(own)
            })
            .await
    }
}

fn not_allowed() -> Fault {
    Fault::sender("only a gateway of this centre may send this message")
}

/// The message.
pub fn write_changes(changes: &[StateChange]) -> Vec<u8> {
    let mut writer = Writer::new();
    writer.open("m:ChangeVersionStates");
    writer.attribute("xmlns:m", NAMESPACE);
    for change in changes {
        writer.open("m:Change");
        writer.attribute("uniqueId", &change.unique_id);
        writer.attribute("state", &change.state.flag().to_string());
        writer.close();
    }
    writer.finish()
}

fn read_changes(body: Element<'_>) -> Result<Vec<StateChange>, Fault> {
    let wrong = || Fault::sender("this is no ChangeVersionStates of urn:musubi:2026");
    if !body.is(NAMESPACE, "ChangeVersionStates") {
        return Err(wrong());
    }
    body.children_named(NAMESPACE, "Change")
        .map(|change| {
            let unique_id = change.attribute("uniqueId").ok_or_else(wrong)?.to_owned();
            let state = change.attribute("state").and_then(|text| text.parse().ok());
            let state = state.and_then(VersionState::from_flag).ok_or_else(wrong)?;
            Ok(StateChange { unique_id, state })
        })
        .collect()
}

fn write_answers(answers: &[Answered]) -> Vec<u8> {
    let mut writer = Writer::new();
    writer.open("m:ChangeVersionStatesResponse");
    writer.attribute("xmlns:m", NAMESPACE);
    for answer in answers {
        match answer {
            Ok(receipt) => {
                writer.open("m:Done");
                writer.attribute("outcome", receipt.outcome.name());
            }
            Err(SinkError::Refused { code, context }) => {
                writer.open("m:Refused");
                writer.attribute("code", code);
                writer.attribute("context", context);
            }
            Err(SinkError::Unavailable(_)) => writer.open("m:Unavailable"),
        }
        writer.close();
    }
    writer.finish()
}

/// The answers to a message; `None` where it is no answer.
pub fn read_answers(body: Element<'_>) -> Option<Vec<Answered>> {
    if !body.is(NAMESPACE, "ChangeVersionStatesResponse") {
        return None;
    }
    let answers = body.children().map(|one| {
        if one.is(NAMESPACE, "Done") {
            let name = one.attribute("outcome").unwrap_or_default();
            Some(Ok(Receipt { outcome: Outcome::from_name(name)? }))
        } else if one.is(NAMESPACE, "Refused") {
            let code = ErrorCode::from_name(one.attribute("code").unwrap_or_default());
            let code = code.unwrap_or(ErrorCode::XdsRegistryError).name();
            let context = one.attribute("context").unwrap_or_default().to_owned();
            Some(Err(SinkError::Refused { code, context }))
        } else {
            Some(Err(SinkError::Unavailable("the centre is busy".to_owned())))
        }
    });
    answers.collect()
}
