//! The transactions at each address, by `wsa:Action`.

use crate::xds::callers::{Callers, Sender};
use crate::xds::messages::Messages;
use hl7v3::Interaction;
use identity::v3::Manager;
use soap::{Fault, Peer, Request, Response, Service};
use std::sync::Arc;

/// What both addresses are made of.
#[derive(Clone)]
pub(super) struct Parts {
    callers: Callers,
    messages: Messages,
    manager: Arc<Manager>,
}

/// `/pix/manager`: ITI-44, ITI-45.
pub(super) struct PixManager(pub Parts);

/// `/pdq/supplier`: ITI-47.
pub(super) struct DemographicsSupplier(pub Parts);

impl From<(Callers, Messages, Arc<Manager>)> for Parts {
    fn from((callers, messages, manager): (Callers, Messages, Arc<Manager>)) -> Parts {
        Parts { callers, messages, manager }
    }
}

impl Parts {
    async fn call(&self, sender: Sender, request: Request<'_>) -> Result<Response, Fault> {
        let message = self.messages.begin(&sender, &request);
        let answer = self.manager.respond(&sender.caller, request).await;
        self.messages.end(message, &answer);
        answer
    }
}

impl Service for PixManager {
    type Sender = Sender;

    fn actions(&self) -> &[&str] {
        const ACTIONS: [&str; 4] = [
            Interaction::RecordAdded.action(),
            Interaction::RecordRevised.action(),
            Interaction::DuplicatesResolved.action(),
            Interaction::GetIdentifiers.action(),
        ];
        &ACTIONS
    }

    async fn admit(&self, peer: &Peer) -> Result<Sender, Fault> {
        self.0.callers.sender(peer).await
    }

    async fn call(&self, sender: Sender, request: Request<'_>) -> Result<Response, Fault> {
        self.0.call(sender, request).await
    }
}

impl Service for DemographicsSupplier {
    type Sender = Sender;

    fn actions(&self) -> &[&str] {
        const ACTIONS: [&str; 3] = [
            Interaction::FindCandidates.action(),
            Interaction::Continue.action(),
            Interaction::Cancel.action(),
        ];
        &ACTIONS
    }

    async fn admit(&self, peer: &Peer) -> Result<Sender, Fault> {
        self.0.callers.sender(peer).await
    }

    async fn call(&self, sender: Sender, request: Request<'_>) -> Result<Response, Fault> {
        self.0.call(sender, request).await
    }
}
