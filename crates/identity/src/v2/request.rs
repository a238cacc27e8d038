//! A message on its way through a use case.

use crate::v2::answer::{Sending, digits};
use crate::v2::header::Header;
use crate::v2::settings::{FeedPeer, Settings};
use hl7v2::Message;
use model::{IdSource, PartialTime, Timestamp};
use serde_json::Value;
use std::sync::Arc;
use store::audit::{self, Action, NewAuditEvent, Outcome};
use store::message_receipt::Received;
use store::{StoreError, Tx};

/// A message, who sent it, and what its use case needs.
pub(crate) struct Request {
    pub message: Message,
    pub header: Header,
    pub sender: FeedPeer,
    pub received: Received,
    pub settings: Arc<Settings>,
    pub ids: Arc<dyn IdSource>,
    pub now: Timestamp,
}

impl Request {
    /// When the message was sent (MSH-7), as digits of Japan's time; now where it does not say.
    pub(crate) fn sent(&self) -> String {
        let said = PartialTime::japan(&self.header.time).ok();
        digits(said.map_or(self.now, |time| time.first))
    }

    /// What answers begin with.
    pub(crate) fn sending(&self) -> Sending<'_> {
        Sending { settings: &self.settings, ids: self.ids.as_ref(), now: self.now }
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
