//! The transactions at each address, by `wsa:Action`.

use super::callers::{Callers, Sender};
use super::messages::Messages;
use super::states::{self, States};
use crate::central_sink::CentralSink;
use crate::node::Node;
use ebrim::Affinity;
use imaging::rad69::{self, ImagingRetrieval};
use model::Clock;
use registry::{Changes, Queries, iti18, iti42, iti51, iti57, iti61, iti62};
use repository::{Reception, Retrieval, iti41, iti43, iti86};
use soap::{Fault, Peer, Request, Response, Service};
use std::sync::Arc;

/// What every transaction is made of.
pub(super) struct Parts<'a> {
    pub node: &'a Node,
    pub affinity: Arc<Affinity>,
    pub callers: Callers,
    pub messages: Messages,
}

/// `/xds/registry`
pub(super) struct RegistryService {
    callers: Callers,
    messages: Messages,
    queries: Queries,
    changes: Changes,
    states: States,
}

/// `/xds/repository`
pub(super) struct RepositoryService {
    callers: Callers,
    messages: Messages,
    clock: Arc<dyn Clock>,
    reception: Reception,
    retrieval: Retrieval,
}

/// `/xds/images`
pub(super) struct ImagesService {
    callers: Callers,
    messages: Messages,
    retrieval: ImagingRetrieval,
}

impl Parts<'_> {
    fn sink(&self) -> Arc<CentralSink> {
        let sink = CentralSink::new(self.node.store.clone(), self.node.clock.clone());
        Arc::new(sink.with_affinity(&self.node.config.affinity_domain_oid()))
    }
}

impl RegistryService {
    pub(super) fn new(parts: &Parts<'_>) -> RegistryService {
        let (node, config) = (parts.node, &parts.node.config);
        RegistryService {
            callers: parts.callers.clone(),
            messages: parts.messages.clone(),
            queries: Queries::new(
                node.store.clone(),
                node.clock.clone(),
                config.affinity_domain_oid(),
                &config.home_oid(),
            ),
            changes: Changes::new(
                node.store.clone(),
                node.clock.clone(),
                node.ids.clone(),
                parts.sink(),
                Some(parts.affinity.clone()),
                config.affinity_domain_oid(),
            )
            .beside_repository(&config.repository_oid()),
            states: States::new(node.store.clone(), parts.sink()),
        }
    }
}

impl RepositoryService {
    pub(super) fn new(parts: &Parts<'_>) -> RepositoryService {
        let (node, config) = (parts.node, &parts.node.config);
        RepositoryService {
            callers: parts.callers.clone(),
            messages: parts.messages.clone(),
            clock: node.clock.clone(),
            reception: Reception::new(
                node.store.clone(),
                parts.sink(),
                node.ids.clone(),
                Some(parts.affinity.clone()),
                config.repository_oid(),
            ),
            retrieval: Retrieval::new(
                node.store.clone(),
                node.clock.clone(),
                config.repository_oid(),
            ),
        }
    }
}

impl ImagesService {
    pub(super) fn new(parts: &Parts<'_>) -> ImagesService {
        let node = parts.node;
        ImagesService {
            callers: parts.callers.clone(),
            messages: parts.messages.clone(),
            retrieval: ImagingRetrieval::new(
                node.store.clone(),
                node.clock.clone(),
                node.config.repository_oid(),
            ),
        }
    }
}

impl Service for RegistryService {
    type Sender = Sender;

    fn actions(&self) -> &[&str] {
        &[
            iti18::ACTION,
            iti51::ACTION,
            iti42::ACTION,
            iti57::ACTION,
            iti57::RESTRICTED_ACTION,
            iti61::ACTION,
            iti62::ACTION,
            states::ACTION,
        ]
    }

    async fn admit(&self, peer: &Peer) -> Result<Sender, Fault> {
        self.callers.sender(peer).await
    }

    async fn call(&self, sender: Sender, request: Request<'_>) -> Result<Response, Fault> {
        let message = self.messages.begin(&sender, &request);
        let caller = &sender.caller;
        let answer = match request.action.as_str() {
            iti42::ACTION => self.changes.register_document_set(caller, request).await,
            iti57::ACTION => self.changes.update_document_set(caller, request).await,
            iti57::RESTRICTED_ACTION => self.changes.restricted_update(caller, request).await,
            iti62::ACTION => self.changes.remove_metadata(caller, request).await,
            iti61::ACTION => self.changes.register_on_demand(caller, request).await,
            states::ACTION => self.states.change(caller, request).await,
            iti51::ACTION => self.queries.multi_patient_query(caller, request).await,
            _ => self.queries.stored_query(caller, request).await,
        };
        self.messages.end(message, &answer);
        answer
    }
}

impl Service for RepositoryService {
    type Sender = Sender;

    fn actions(&self) -> &[&str] {
        &[iti41::ACTION, iti43::ACTION, iti86::ACTION]
    }

    async fn admit(&self, peer: &Peer) -> Result<Sender, Fault> {
        self.callers.sender(peer).await
    }

    async fn call(&self, sender: Sender, request: Request<'_>) -> Result<Response, Fault> {
        let message = self.messages.begin(&sender, &request);
        let caller = &sender.caller;
        let answer = match request.action.as_str() {
            iti86::ACTION => {
                self.reception.remove_documents(caller, request, self.clock.now()).await
            }
            iti41::ACTION => {
                self.reception.provide_and_register(caller, request, self.clock.now()).await
            }
            _ => self.retrieval.retrieve_document_set(caller, request).await,
        };
        self.messages.end(message, &answer);
        answer
    }
}

impl Service for ImagesService {
    type Sender = Sender;

    fn actions(&self) -> &[&str] {
        &[rad69::ACTION]
    }

    async fn admit(&self, peer: &Peer) -> Result<Sender, Fault> {
        self.callers.sender(peer).await
    }

    async fn call(&self, sender: Sender, request: Request<'_>) -> Result<Response, Fault> {
        let message = self.messages.begin(&sender, &request);
        let answer = self.retrieval.retrieve_imaging_document_set(&sender.caller, request).await;
        self.messages.end(message, &answer);
        answer
    }
}
