//! The server of patients: a request in, its transaction, an answer out.

use crate::asking::Asking;
use crate::r4::ask::Ask;
use crate::r4::capability;
use crate::r4::fault::Fault;
use crate::r4::systems::Systems;
use crate::v2::answer::digits;
use crate::v2::{FeedPeer, Settings, fingerprint};
use crate::{iti78, iti83, iti104, iti119};
use fhir::{Interaction, Issue, IssueCode, Outcome, Peer, Request, Response, Service};
use http::StatusCode;
use model::{Clock, IdSource};
use serde_json::json;
use std::sync::Arc;
use store::audit::{self, Action, NewAuditEvent};
use store::{Store, StoreError, Tx};

/// Answers FHIR requests about patients.
pub struct PatientService {
    store: Store,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
    settings: Arc<Settings>,
    systems: Arc<Systems>,
}

/// A transaction, as the interaction tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Transaction {
    Capabilities,
    Iti78,
    Iti83,
    Iti104,
    Iti119,
}

impl Transaction {
    fn of(interaction: &Interaction) -> Result<Transaction, Outcome> {
        let not_here = |status, text: &str| {
            Outcome::refusal(status, Issue::error(IssueCode::NotSupported, text))
        };
        if interaction.resource_type().is_some_and(|name| name != "Patient") {
            return Err(not_here(StatusCode::NOT_FOUND, "only patients are served here"));
        }
        match interaction {
            Interaction::Capabilities => Ok(Transaction::Capabilities),
            Interaction::Read { .. } | Interaction::Search { .. } => Ok(Transaction::Iti78),
            Interaction::Update { id: None, .. } | Interaction::Delete { id: None, .. } => {
                Ok(Transaction::Iti104)
            }
            Interaction::Update { .. } | Interaction::Delete { .. } => {
                let text = "patients are fed by their identifier: Patient?identifier=system|value";
                Err(not_here(StatusCode::METHOD_NOT_ALLOWED, text))
            }
            Interaction::Operation { name, .. } if name == "ihe-pix" => Ok(Transaction::Iti83),
            Interaction::Operation { name, .. } if name == "match" => Ok(Transaction::Iti119),
            Interaction::Operation { .. } => {
                Err(not_here(StatusCode::NOT_FOUND, "this operation is not done here"))
            }
        }
    }

    fn name(self) -> &'static str {
        match self {
            Transaction::Capabilities => "metadata",
            Transaction::Iti78 => "ITI-78",
            Transaction::Iti83 => "ITI-83",
            Transaction::Iti104 => "ITI-104",
            Transaction::Iti119 => "ITI-119",
        }
    }

    fn run(self, tx: &mut Tx, ask: &Ask) -> Result<Response, Fault> {
        match self {
            Transaction::Capabilities => Ok(capability::statement(ask)),
            Transaction::Iti78 => iti78::answer(tx, ask),
            Transaction::Iti83 => iti83::answer(tx, ask),
            Transaction::Iti104 => iti104::apply(tx, ask),
            Transaction::Iti119 => iti119::answer(tx, ask),
        }
    }
}

impl PatientService {
    /// A server of patients. Its peers and domains are those of HL7 v2, which
    /// [`Manager::prepare`](crate::v2::Manager::prepare) makes known; a peer is told by its
    /// certificate alone.
    pub fn new(
        store: Store,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdSource>,
        settings: Arc<Settings>,
        systems: Systems,
    ) -> PatientService {
        PatientService { store, clock, ids, settings, systems: Arc::new(systems) }
    }

    async fn run(&self, ask: Arc<Ask>, transaction: Transaction) -> Response {
        let asked = ask.clone();
        let done = self.store.write(move |tx| transaction.run(tx, &asked)).await;
        let outcome = match done {
            Ok(response) => return response,
            Err(Fault::Refused(outcome)) => outcome,
            Err(Fault::Internal(error)) => {
                tracing::error!(%error, transaction = transaction.name(), "a request was not done");
                let text = "it cannot be done now: send it again later";
                let issue = Issue::error(IssueCode::Transient, text);
                Outcome::refusal(StatusCode::SERVICE_UNAVAILABLE, issue)
            }
        };
        self.audit_refusal(ask, transaction, &outcome).await;
        Response::from(outcome)
    }

    async fn audit_refusal(&self, ask: Arc<Ask>, transaction: Transaction, outcome: &Outcome) {
        let is_feed = transaction == Transaction::Iti104;
        let action = if is_feed { Action::PatientFeed } else { Action::Search };
        let detail = json!({
            "transaction": transaction.name(),
            "status": outcome.status.as_u16(),
            "refused": outcome.text(),
        });
        let written = self.store.write(move |tx| -> Result<(), StoreError> {
            ask.audit(tx, action, audit::Outcome::MinorFailure, None, &detail)
        });
        if let Err(error) = written.await {
            tracing::error!(%error, "a refused request could not be audited");
        }
    }

    async fn audit_stranger(&self, peer: &Peer) {
        let address = peer.address.map(|address| address.ip().to_string()).unwrap_or_default();
        tracing::warn!(address, "a fhir request of an unknown sender was refused");
        let at = self.clock.now();
        let detail =
            json!({ "refused": "the sender is not known", "address": address }).to_string();
        let written = self.store.write(move |tx| -> Result<(), StoreError> {
            let event = NewAuditEvent {
                at,
                actor: "fhir:unknown",
                account_id: None,
                action: Action::Denied,
                outcome: audit::Outcome::MinorFailure,
                person_id: None,
                detail: &detail,
            };
            audit::insert(tx, &event)
        });
        if let Err(error) = written.await {
            tracing::error!(%error, "a refused sender could not be audited");
        }
    }

    /// The first peer of the certificate that was shown, or of none on a trusted loopback
    /// connection: FHIR has no sender's name in its messages by which several could be told
    /// apart.
    fn sender(&self, peer: &Peer) -> Option<FeedPeer> {
        let is_local = peer.address.is_some_and(|one| one.ip().to_canonical().is_loopback());
        let shown = peer.certificates.as_ref().map(|shown| shown.chain().first());
        let shown = match shown {
            Some(own) => fingerprint(own?),
            None if is_local && self.settings.trust_loopback => String::new(),
            None => return None,
        };
        self.settings.peers.iter().find(|one| one.fingerprint == shown).cloned()
    }
}

impl Service for PatientService {
    type Sender = FeedPeer;

    async fn admit(&self, peer: &Peer) -> Result<FeedPeer, Outcome> {
        if let Some(sender) = self.sender(peer) {
            return Ok(sender);
        }
        self.audit_stranger(peer).await;
        let issue = Issue::error(IssueCode::Security, "the sender is not known here");
        Err(Outcome::refusal(StatusCode::FORBIDDEN, issue))
    }

    async fn call(&self, sender: FeedPeer, request: Request) -> Response {
        let now = self.clock.now();
        let transaction = Transaction::of(&request.interaction);
        let asking = Asking {
            sender,
            settings: self.settings.clone(),
            ids: self.ids.clone(),
            now,
            sent: digits(now),
            message_id: self.ids.uuid().to_string(),
            rule: "ITI-104".to_owned(),
        };
        let ask = Arc::new(Ask { request, asking, systems: self.systems.clone() });
        match transaction {
            Ok(transaction) => self.run(ask, transaction).await,
            Err(outcome) => Response::from(outcome),
        }
    }
}
