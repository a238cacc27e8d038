//! The Patient Identifier Cross-reference Manager and Patient Demographics Supplier of HL7 v3: a
//! message in, its transaction, an answer out.

use crate::IdentityError;
use crate::asking::{Asking, audit_stranger, sent_at};
use crate::v2::fault::{Fault, Refusal};
use crate::v3::refusal::{WRONG_DESTINATION, accept_code, at, details, of_problem};
use crate::v3::sending::Device;
use crate::v3::settings::V3Settings;
use crate::{iti44, iti45, iti47};
use hl7v3::{
    Interaction, Message, Payload, Quantities, QueryAnswer, Transmission, accept_acknowledgement,
    action_of,
};
use model::limits::FEED_RECEIPTS;
use model::{Clock, IdSource};
use ports::Caller;
use serde_json::json;
use sha2::{Digest, Sha256};
use soap::{Request, Response};
use std::sync::Arc;
use store::audit::{Action, Outcome};
use store::message_receipt::{self, Received};
use store::{Store, StoreError, Tx, source};

/// Answers messages of HL7 v3.
pub struct Manager {
    store: Store,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
    settings: Arc<V3Settings>,
}

/// A message on its way through its use case.
struct Asked {
    message: Message,
    asking: Asking,
    sha256: Vec<u8>,
    device: String,
}

impl Manager {
    /// A manager; [`Manager::prepare`] it before it answers.
    pub fn new(
        store: Store,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdSource>,
        settings: Arc<V3Settings>,
    ) -> Manager {
        Manager { store, clock, ids, settings }
    }

    /// Makes the domains of the settings known, those that peers feed included.
    ///
    /// # Errors
    /// The database.
    pub async fn prepare(&self) -> Result<(), IdentityError> {
        let settings = self.settings.clone();
        let prepared = self.store.write(move |tx| -> Result<(), StoreError> {
            for domain in &settings.identity.domains {
                let name = [&domain.namespace, &domain.oid].into_iter().find(|one| !one.is_empty());
                source::ensure_domain(tx, &domain.oid, name.map_or("", String::as_str))?;
            }
            for oid in settings.peers.iter().flat_map(|peer| &peer.feeds) {
                source::ensure_domain(tx, oid, oid)?;
            }
            Ok(())
        });
        Ok(prepared.await?)
    }

    /// Answers a message. What is wrong with it is said by its acknowledgement.
    ///
    /// # Errors
    /// A body that is not the action's message: there is nothing that could be acknowledged.
    pub async fn respond(
        &self,
        caller: &Caller,
        request: Request<'_>,
    ) -> Result<Response, soap::Fault> {
        let interaction = Interaction::of_action(&request.action)
            .ok_or_else(|| soap::Fault::sender("the action is not one of this address"))?;
        if !interaction.is_element(request.body) {
            let reason = format!("the body is no {} of urn:hl7-org:v3", interaction.name());
            return Err(soap::Fault::sender(reason));
        }
        let message = hl7v3::read(interaction, request.body);
        let sha256 = Sha256::digest(request.body.source()).to_vec();
        let now = self.clock.now();
        let sender = self.settings.sender(caller, &message.transmission.sender.root);
        let Some(sender) = sender else {
            self.audit_stranger(caller, &message.transmission).await;
            let place = at("/*/sender/device/id");
            let refusal = Refusal::rejected("207", place, "the sender is not known here");
            return Ok(response(&message, self.refused(&message, &refusal)));
        };
        let asking = Asking {
            sender,
            settings: self.settings.identity.clone(),
            ids: self.ids.clone(),
            now,
            sent: sent_at(&message.transmission.created, now),
            message_id: message.transmission.id.key(),
            rule: interaction.name().to_owned(),
        };
        let device = self.settings.device.clone();
        let asked = Arc::new(Asked { message, asking, sha256, device });
        let bytes = self.run(asked.clone()).await;
        Ok(response(&asked.message, bytes))
    }

    async fn run(&self, asked: Arc<Asked>) -> Vec<u8> {
        let used = asked.clone();
        let refusal = match self.store.write(move |tx| apply(tx, &used)).await {
            Ok(answer) => return answer,
            Err(Fault::Refused(refusal)) => refusal,
            Err(Fault::Internal(error)) => {
                let interaction = asked.message.interaction.name();
                tracing::error!(%error, interaction, "a message was not applied");
                let text = "it cannot be processed now: send it again later";
                Refusal::rejected("207", at("/*"), text)
            }
        };
        self.audit_refusal(asked.clone(), &refusal).await;
        self.refused(&asked.message, &refusal)
    }

    /// The answer to what is refused, in the form of its interaction.
    fn refused(&self, message: &Message, refusal: &Refusal) -> Vec<u8> {
        let (transmission, details) = (&message.transmission, details(refusal));
        let device = Device { oid: &self.settings.device, ids: self.ids.as_ref() };
        let outgoing = device.answer(transmission, self.clock.now());
        let mut answer = QueryAnswer {
            code: refusal.acknowledgement,
            query_response: "AE",
            target: transmission.id.clone(),
            query_copy: message.query_copy.clone(),
            custodian: self.settings.device.clone(),
            details,
            ..QueryAnswer::default()
        };
        if let Some(id) = query_id(message) {
            answer.query_id = id;
        }
        match message.interaction {
            Interaction::GetIdentifiers => hl7v3::identifiers(&outgoing, &answer, &[]),
            Interaction::FindCandidates | Interaction::Continue => {
                hl7v3::candidates(&outgoing, &answer, &[], Quantities::default())
            }
            _ => {
                let code = accept_code(refusal.acknowledgement);
                accept_acknowledgement(&outgoing, code, &transmission.id, &answer.details)
            }
        }
    }

    async fn audit_refusal(&self, asked: Arc<Asked>, refusal: &Refusal) {
        let interaction = asked.message.interaction;
        let detail = json!({
            "transaction": transaction(interaction),
            "event": interaction.name(),
            "control_id": asked.asking.message_id,
            "refused": refusal.text(),
        });
        let action = if is_feed(interaction) { Action::PatientFeed } else { Action::Search };
        let written = self.store.write(move |tx| -> Result<(), StoreError> {
            asked.asking.audit(tx, action, Outcome::MinorFailure, None, &detail)
        });
        if let Err(error) = written.await {
            tracing::error!(%error, "a refused message could not be audited");
        }
    }

    async fn audit_stranger(&self, caller: &Caller, transmission: &Transmission) {
        tracing::warn!(actor = caller.actor(), "a message of a sender without rights was refused");
        let device: String = transmission.sender.root.chars().take(64).collect();
        let detail = json!({ "refused": "the sender is not known", "device": device });
        audit_stranger(&self.store, self.clock.now(), caller.actor(), &detail).await;
    }
}

/// The use case: what was applied before is answered as before, and nothing is applied twice.
fn apply(tx: &mut Tx, asked: &Asked) -> Result<Vec<u8>, Fault> {
    let Asked { message, asking, sha256, device } = asked;
    let payload = message.payload.as_ref().map_err(of_problem)?;
    check_receiver(&message.transmission, device)?;
    let sending = Device { oid: device, ids: asking.ids.as_ref() };
    let outgoing = sending.answer(&message.transmission, asking.now);
    let accepted = || accept_acknowledgement(&outgoing, "CA", &message.transmission.id, &[]);
    let mut answer = QueryAnswer {
        code: "AA",
        query_response: "NF",
        target: message.transmission.id.clone(),
        query_id: query_id(message).unwrap_or_default(),
        query_copy: message.query_copy.clone(),
        custodian: device.clone(),
        ..QueryAnswer::default()
    };
    match payload {
        Payload::Record(record) => {
            let received = Received {
                sender: asking.sender.name.clone(),
                control_id: asking.message_id.clone(),
                sha256: sha256.clone(),
            };
            if let Some(answer) = message_receipt::find(tx, &received)? {
                return Ok(answer);
            }
            iti44::apply(tx, asking, message.interaction, record)?;
            let answer = accepted();
            let kept = i64::try_from(FEED_RECEIPTS).unwrap_or(i64::MAX);
            message_receipt::put(tx, &received, &answer, asking.now, kept)?;
            Ok(answer)
        }
        Payload::Identifiers(query) => {
            let ids = iti45::query(tx, asking, query, copy_of(&answer))?;
            answer.query_response = if ids.is_empty() { "NF" } else { "OK" };
            Ok(hl7v3::identifiers(&outgoing, &answer, &ids))
        }
        Payload::Candidates(query) => {
            let page = iti47::query(tx, asking, query, copy_of(&answer))?;
            Ok(page.answer(&outgoing, answer))
        }
        Payload::Continuation(more) if more.is_cancelled => {
            iti47::cancel(tx, asking, more)?;
            Ok(accepted())
        }
        Payload::Continuation(more) => {
            let (page, copy) = iti47::go_on(tx, asking, more)?;
            answer.query_copy = Some(copy.into_bytes());
            Ok(page.answer(&outgoing, answer))
        }
    }
}

/// The message must be for us (ITI TF-2 Appendix O.1: one receiver, by the OID of its device).
fn check_receiver(transmission: &Transmission, device: &str) -> Result<(), Refusal> {
    let is_ours = |id: &hl7v3::InstanceId| id.root == device && id.extension.is_empty();
    match transmission.receivers.iter().any(is_ours) {
        true => Ok(()),
        false => {
            let text = "the message names another receiving device";
            Err(Refusal::error(WRONG_DESTINATION, at("/*/receiver/device/id"), text))
        }
    }
}

fn copy_of(answer: &QueryAnswer) -> &str {
    let copy = answer.query_copy.as_deref().unwrap_or_default();
    std::str::from_utf8(copy).unwrap_or_default()
}

fn query_id(message: &Message) -> Option<hl7v3::InstanceId> {
    match message.payload.as_ref().ok()? {
        Payload::Record(_) => None,
        Payload::Identifiers(query) => Some(query.id.clone()),
        Payload::Candidates(query) => Some(query.id.clone()),
        Payload::Continuation(more) => Some(more.query_id.clone()),
    }
}

/// An answer under the action of its interaction: what ends an answer is accepted, whichever
/// action announced it.
fn response(message: &Message, bytes: Vec<u8>) -> Response {
    let is_cancelled = matches!(
        &message.payload, Ok(Payload::Continuation(more)) if more.is_cancelled
    );
    let answer = match (message.interaction, is_cancelled) {
        (Interaction::Continue, true) => Interaction::Cancel.answer(),
        (Interaction::Cancel, false) if message.payload.is_ok() => Interaction::Continue.answer(),
        (interaction, _) => interaction.answer(),
    };
    Response::new(action_of(answer)).markup(bytes)
}

fn is_feed(interaction: Interaction) -> bool {
    matches!(
        interaction,
        Interaction::RecordAdded | Interaction::RecordRevised | Interaction::DuplicatesResolved
    )
}

fn transaction(interaction: Interaction) -> &'static str {
    match interaction {
        Interaction::GetIdentifiers => "ITI-45",
        Interaction::FindCandidates | Interaction::Continue | Interaction::Cancel => "ITI-47",
        _ => "ITI-44",
    }
}
