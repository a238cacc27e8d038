//! What a use case of a feed or a query needs, whatever notation its message came in.

use crate::v2::answer::digits;
use crate::v2::{FeedPeer, Settings};
use model::{IdSource, PartialTime, Timestamp};
use serde_json::Value;
use std::sync::Arc;
use store::audit::{self, Action, NewAuditEvent, Outcome};
use store::{Store, StoreError, Tx};

/// Who asks, when, and by what message.
pub(crate) struct Asking {
    pub sender: FeedPeer,
    pub settings: Arc<Settings>,
    pub ids: Arc<dyn IdSource>,
    pub now: Timestamp,
    /// When the message was sent, as digits of Japan's time.
    pub sent: String,
    /// What its sender calls the message: MSH-10, or the id of HL7 v3.
    pub message_id: String,
    /// What kind of message it is, for the evidence of what it changes.
    pub rule: String,
}

impl Asking {
    /// When the message was sent.
    pub(crate) fn sent(&self) -> String {
        self.sent.clone()
    }

    /// Writes the audit row of this message.
    pub(crate) fn audit(
        &self,
        tx: &mut Tx,
        action: Action,
        outcome: Outcome,
        person_id: Option<i64>,
        detail: &Value,
    ) -> Result<(), StoreError> {
        let event = NewAuditEvent {
            at: self.now,
            actor: &self.sender.name,
            account_id: None,
            action,
            outcome,
            person_id,
            detail: &detail.to_string(),
        };
        audit::insert(tx, &event)
    }
}

/// Writes the audit row of a sender that is not known, or has no rights. Where that fails it is
/// told to the operator: the refusal stands all the same.
pub(crate) async fn audit_stranger(store: &Store, at: Timestamp, actor: &str, detail: &Value) {
    let (actor, detail) = (actor.to_owned(), detail.to_string());
    let written = store.write(move |tx| -> Result<(), StoreError> {
        let event = NewAuditEvent {
            at,
            actor: &actor,
            account_id: None,
            action: Action::Denied,
            outcome: Outcome::MinorFailure,
            person_id: None,
            detail: &detail,
        };
        audit::insert(tx, &event)
    });
    if let Err(error) = written.await {
        tracing::error!(%error, "a refused sender could not be audited");
    }
}

/// The time that a message says it was sent, as digits of Japan's time; now where it says none.
pub(crate) fn sent_at(said: &str, now: Timestamp) -> String {
    let said = PartialTime::japan(said).ok();
    digits(said.map_or(now, |time| time.first))
}
