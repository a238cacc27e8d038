//! The Patient Identifier Cross-reference Manager and Patient Demographics Supplier: a message
//! in, its transaction, an answer out.

use crate::asking::{Asking, audit_stranger, sent_at};
use crate::iti10::Consumer;
use crate::notification::{self, Way};
use crate::v2::answer::Sending;
use crate::v2::fault::{Fault, Location, Refusal};
use crate::v2::header::Header;
use crate::v2::request::Request;
use crate::v2::settings::Settings;
use crate::{IdentityError, iti8, iti9, iti21, iti22, iti30};
use bytes::Bytes;
use hl7v2::build::MessageBuilder;
use hl7v2::{Message, ParseError, ReplySet, encode_reply};
use model::limits::FEED_RECEIPTS;
use model::{Clock, IdSource};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use store::audit::{Action, Outcome};
use store::message_receipt::{self, Received};
use store::{Store, StoreError, Tx, source};

/// Answers messages of HL7 v2.
pub struct Manager {
    store: Store,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
    settings: Arc<Settings>,
}

/// A transaction, as MSH-9 and MSH-12 tell it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Transaction {
    Iti8,
    Iti9,
    Iti21,
    Iti21Cancel,
    Iti22,
    Iti30,
}

impl Transaction {
    fn of(header: &Header) -> Result<Transaction, Refusal> {
        let at = Location::new("MSH", 1).field(9).repetition(1);
        match (header.message_type.as_str(), header.event.as_str()) {
            ("ADT", "A01" | "A04" | "A05" | "A08" | "A40") if header.is_before_2_5() => {
                Ok(Transaction::Iti8)
            }
            (
                "ADT",
                "A01" | "A04" | "A05" | "A08" | "A24" | "A28" | "A31" | "A37" | "A40" | "A47",
            ) => Ok(Transaction::Iti30),
            ("QBP", "Q23") => Ok(Transaction::Iti9),
            ("QBP", "Q22") => Ok(Transaction::Iti21),
            ("QBP", "ZV1") => Ok(Transaction::Iti22),
            ("QCN", "J01") => Ok(Transaction::Iti21Cancel),
            ("ADT" | "QBP" | "QCN", event) => {
                let text = format!("event {event:?} is not taken here");
                Err(Refusal::rejected("201", at.component(2), text))
            }
            (kind, _) => {
                let text = format!("messages of type {kind:?} are not taken here");
                Err(Refusal::rejected("200", at.component(1), text))
            }
        }
    }

    fn name(self) -> &'static str {
        match self {
            Transaction::Iti8 => "ITI-8",
            Transaction::Iti9 => "ITI-9",
            Transaction::Iti21 | Transaction::Iti21Cancel => "ITI-21",
            Transaction::Iti22 => "ITI-22",
            Transaction::Iti30 => "ITI-30",
        }
    }

    fn is_feed(self) -> bool {
        matches!(self, Transaction::Iti8 | Transaction::Iti30)
    }

    fn run(self, tx: &mut Tx, request: &Request) -> Result<MessageBuilder, Fault> {
        let accepted = |()| request.sending().acknowledgement(&request.header, None);
        match self {
            Transaction::Iti8 => iti8::apply(tx, request, self.name()).map(accepted),
            Transaction::Iti30 => iti30::apply(tx, request).map(accepted),
            Transaction::Iti9 => iti9::query(tx, request),
            Transaction::Iti21 => iti21::query(tx, request),
            Transaction::Iti21Cancel => iti21::cancel(tx, request).map(accepted),
            Transaction::Iti22 => iti22::query(tx, request),
        }
    }

    fn refused(self, request: &Request, refusal: &Refusal) -> MessageBuilder {
        match self {
            Transaction::Iti8 | Transaction::Iti30 | Transaction::Iti21Cancel => {
                request.sending().acknowledgement(&request.header, Some(refusal))
            }
            Transaction::Iti9 => iti9::refused(request, refusal),
            Transaction::Iti21 => iti21::refused(request, refusal),
            Transaction::Iti22 => iti22::refused(request, refusal),
        }
    }
}

impl Manager {
    /// A manager; [`Manager::prepare`] it before it answers.
    pub fn new(
        store: Store,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdSource>,
        settings: Arc<Settings>,
    ) -> Manager {
        Manager { store, clock, ids, settings }
    }

    /// Makes the domains of the settings known, and who is told of changes.
    ///
    /// # Errors
    /// The database.
    pub async fn prepare(&self, consumers: &[Consumer]) -> Result<(), IdentityError> {
        let settings = self.settings.clone();
        let names: Vec<String> = consumers.iter().map(|one| one.name.clone()).collect();
        let prepared = self.store.write(move |tx| -> Result<(), StoreError> {
            for domain in &settings.domains {
                let name = [&domain.namespace, &domain.oid].into_iter().find(|one| !one.is_empty());
                source::ensure_domain(tx, &domain.oid, name.map_or("", String::as_str))?;
            }
            notification::set_consumers(tx, Way::Iti10, names.iter().map(String::as_str))
        });
        Ok(prepared.await?)
    }

    async fn respond(&self, bytes: Bytes, peer: &mllp::Peer) -> Vec<u8> {
        let message = match Message::parse(&bytes) {
            Ok(message) => message,
            Err(error) => return self.unreadable(&error),
        };
        let (header, reply) = (Header::of(&message), ReplySet::of(&message));
        let refuse = |refusal: &Refusal| {
            encode_reply(self.sending().acknowledgement(&header, Some(refusal)), &reply)
        };
        let checked = header.check().and_then(|()| Transaction::of(&header));
        let transaction = match checked {
            Ok(transaction) => transaction,
            Err(refusal) => return refuse(&refusal),
        };
        let Some(sender) = self.settings.sender(peer, &header).cloned() else {
            self.audit_stranger(&header, peer).await;
            let place = Location::new("MSH", 1).field(3);
            return refuse(&Refusal::rejected("207", place, "the sender is not known here"));
        };
        let received = Received {
            sender: sender.name.clone(),
            control_id: header.control_id.clone(),
            sha256: Sha256::digest(&bytes).to_vec(),
        };
        let now = self.clock.now();
        let asking = Asking {
            sender,
            settings: self.settings.clone(),
            ids: self.ids.clone(),
            now,
            sent: sent_at(&header.time, now),
            message_id: header.control_id.clone(),
            rule: format!("{}^{}", header.message_type, header.event),
        };
        let request = Arc::new(Request { message, header, asking, received });
        self.run(request, transaction, reply).await
    }

    async fn run(
        &self,
        request: Arc<Request>,
        transaction: Transaction,
        reply: ReplySet,
    ) -> Vec<u8> {
        let (asked, wanted) = (request.clone(), reply.clone());
        let done = self.store.write(move |tx| apply(tx, &asked, transaction, &wanted)).await;
        let refusal = match done {
            Ok(answer) => return answer,
            Err(Fault::Refused(refusal)) => refusal,
            Err(Fault::Internal(error)) => {
                tracing::error!(%error, transaction = transaction.name(), "a message was not applied");
                let place = Location::new("MSH", 1);
                Refusal::rejected("207", place, "it cannot be processed now: send it again later")
            }
        };
        self.audit_refusal(request.clone(), transaction, &refusal).await;
        encode_reply(transaction.refused(&request, &refusal), &reply)
    }

    /// What does not even begin like a message: there is nothing that an answer could repeat.
    fn unreadable(&self, error: &ParseError) -> Vec<u8> {
        tracing::info!(%error, "a message could not be read");
        let refusal = Refusal::rejected("100", Location::new("MSH", 1), error.to_string());
        let header = Header { version: "2.5".to_owned(), ..Header::default() };
        encode_reply(self.sending().acknowledgement(&header, Some(&refusal)), &ReplySet::utf_8())
    }

    fn sending(&self) -> Sending<'_> {
        Sending { settings: &self.settings, ids: self.ids.as_ref(), now: self.clock.now() }
    }

    async fn audit_refusal(
        &self,
        request: Arc<Request>,
        transaction: Transaction,
        refusal: &Refusal,
    ) {
        let detail = json!({
            "transaction": transaction.name(),
            "event": request.header.event,
            "control_id": request.header.control_id,
            "refused": refusal.text(),
        });
        let action = if transaction.is_feed() { Action::PatientFeed } else { Action::Search };
        let written = self.store.write(move |tx| -> Result<(), StoreError> {
            request.audit(tx, action, Outcome::MinorFailure, None, &detail)
        });
        if let Err(error) = written.await {
            tracing::error!(%error, "a refused message could not be audited");
        }
    }

    async fn audit_stranger(&self, header: &Header, peer: &mllp::Peer) {
        tracing::warn!(address = %peer.address, "a message of an unknown sender was refused");
        let short = |text: &str| text.chars().take(64).collect::<String>();
        let detail = json!({
            "refused": "the sender is not known",
            "address": peer.address.ip().to_string(),
            "application": short(&header.application),
            "facility": short(&header.facility),
        });
        audit_stranger(&self.store, self.clock.now(), "mllp:unknown", &detail).await;
    }
}

impl mllp::Handler for Manager {
    async fn answer(&self, message: Bytes, peer: &mllp::Peer) -> Option<Vec<u8>> {
        Some(self.respond(message, peer).await)
    }
}

/// The use case: what was applied before is answered as before, and nothing is applied twice.
fn apply(
    tx: &mut Tx,
    request: &Request,
    transaction: Transaction,
    reply: &ReplySet,
) -> Result<Vec<u8>, Fault> {
    if !transaction.is_feed() {
        return Ok(encode_reply(transaction.run(tx, request)?, reply));
    }
    if let Some(answer) = message_receipt::find(tx, &request.received)? {
        return Ok(answer);
    }
    let answer = encode_reply(transaction.run(tx, request)?, reply);
    let kept = i64::try_from(FEED_RECEIPTS).unwrap_or(i64::MAX);
    message_receipt::put(tx, &request.received, &answer, request.now, kept)?;
    Ok(answer)
}
