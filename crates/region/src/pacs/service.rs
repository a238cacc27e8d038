//! What the server answers.

use super::index::{Entry, Level, entities};
use super::{Asked, Pacs, keys};
use bytes::Bytes;
use dicomfile::{DataSet, TransferSyntax, tags, uids};
use dimse::{
    Acceptance, Association, AssociationRequest, Body, ContextAnswer, ContextProposal, Destination,
    FindAnswers, FindRequest, OutgoingInstance, Peer, ProposedContext, Rejection, Retrieval,
    RetrieveRequest, Service, Status, Times, is_storage_class,
};
use futures::StreamExt as _;
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};

impl Service for Pacs {
    async fn accept(&self, asked: &AssociationRequest) -> Result<Acceptance, Rejection> {
        if asked.request.called != self.settings.ae_title {
            return Err(Rejection::CALLED_AE_TITLE);
        }
        let callers = &self.settings.callers;
        if !callers.is_empty() && !callers.contains(&asked.request.calling) {
            return Err(Rejection::CALLING_AE_TITLE);
        }
        if let Err(error) = self.refresh() {
            tracing::warn!(%error, "what is served is what was there before");
        }
        Ok(Acceptance::of(&asked.request, |context| self.context(context), is_storage_class))
    }

    async fn echo(&self, association: &Association) -> Status {
        self.remember(Asked {
            operation: "C-ECHO",
            calling: association.calling.clone(),
            level: String::new(),
            keys: BTreeMap::new(),
            matches: 0,
        });
        Status::SUCCESS
    }

    async fn find(
        &self,
        association: &Association,
        request: &FindRequest,
        answers: &mut FindAnswers<'_>,
    ) -> Status {
        let name = level_name(&request.identifier);
        let Some(level) = Level::parse(&name) else { return Status::DATA_SET_DOES_NOT_MATCH };
        let is_study_root = request.class == uids::STUDY_ROOT_QUERY_RETRIEVE_INFORMATION_MODEL_FIND;
        if is_study_root && level == Level::Patient {
            return Status::DATA_SET_DOES_NOT_MATCH;
        }
        let mut found = entities(&self.entries(), level);
        found.retain(|entity| keys::matches(&request.identifier, &entity.header));
        self.note("C-FIND", association, &request.identifier, found.len());
        if self.settings.max_matches.is_some_and(|most| found.len() > most) {
            return Status::OUT_OF_RESOURCES;
        }
        let title = &self.settings.ae_title;
        for entity in found {
            let answer = keys::answer(&request.identifier, &entity.header, &name, title);
            if answers.send(&answer).await.is_err() {
                break;
            }
        }
        Status::SUCCESS
    }

    async fn retrieve(
        &self,
        association: &Association,
        request: &RetrieveRequest,
        retrieval: &mut Retrieval<'_>,
    ) -> Status {
        let operation = if request.destination.is_some() { "C-MOVE" } else { "C-GET" };
        let mut wanted = self.entries();
        wanted.retain(|entry| keys::matches(&request.identifier, &entry.header));
        self.note(operation, association, &request.identifier, wanted.len());
        if Level::parse(&level_name(&request.identifier)).is_none() {
            return Status::DATA_SET_DOES_NOT_MATCH;
        }
        if self.settings.max_sub_operations.is_some_and(|most| wanted.len() > most) {
            return Status::CANNOT_PERFORM_SUB_OPERATIONS;
        }
        if retrieval.begin(wanted.len() as u64, &proposals(&wanted)).await.is_err() {
            return Status::SUCCESS;
        }
        for entry in wanted {
            let syntax = chosen(&entry, retrieval);
            let data = match &syntax {
                Some(syntax) => data_set(&entry, syntax).await,
                None => None,
            };
            let sent = match (syntax, data) {
                (Some(syntax), Some(data)) => {
                    let instance = outgoing(&entry, syntax.uid());
                    retrieval.send(&instance, body(data)).await.map(drop)
                }
                _ => retrieval.skip(&outgoing(&entry, &entry.transfer_syntax)).await,
            };
            if sent.is_err() {
                break;
            }
        }
        Status::SUCCESS
    }

    async fn destination(&self, association: &Association, title: &str) -> Option<Destination> {
        let address = self.settings.destinations.get(title)?;
        let peer = Peer {
            address: address.clone(),
            called: title.to_owned(),
            calling: association.called.clone(),
            times: Times::default(),
        };
        Some(Destination { peer, dialer: self.dialer.clone() })
    }
}

impl Pacs {
    fn context(&self, context: &ProposedContext) -> ContextAnswer {
        let is_plain = |syntax: &str| {
            [uids::EXPLICIT_VR_LITTLE_ENDIAN, uids::IMPLICIT_VR_LITTLE_ENDIAN].contains(&syntax)
        };
        match context.abstract_syntax.as_str() {
            uids::PATIENT_ROOT_QUERY_RETRIEVE_INFORMATION_MODEL_GET
            | uids::STUDY_ROOT_QUERY_RETRIEVE_INFORMATION_MODEL_GET
                if self.settings.refuses_get =>
            {
                ContextAnswer::ClassNotSupported
            }
            uids::VERIFICATION
            | uids::PATIENT_ROOT_QUERY_RETRIEVE_INFORMATION_MODEL_FIND
            | uids::PATIENT_ROOT_QUERY_RETRIEVE_INFORMATION_MODEL_GET
            | uids::PATIENT_ROOT_QUERY_RETRIEVE_INFORMATION_MODEL_MOVE
            | uids::STUDY_ROOT_QUERY_RETRIEVE_INFORMATION_MODEL_FIND
            | uids::STUDY_ROOT_QUERY_RETRIEVE_INFORMATION_MODEL_GET
            | uids::STUDY_ROOT_QUERY_RETRIEVE_INFORMATION_MODEL_MOVE => {
                ContextAnswer::first(context, is_plain)
            }
            // For what C-GET sends; nothing is stored here.
            class if is_storage_class(class) => ContextAnswer::first(context, |_| true),
            _ => ContextAnswer::ClassNotSupported,
        }
    }

    fn entries(&self) -> Vec<Arc<Entry>> {
        self.index.lock().unwrap_or_else(PoisonError::into_inner).entries()
    }

    fn note(
        &self,
        operation: &'static str,
        association: &Association,
        identifier: &DataSet,
        matches: usize,
    ) {
        let asked = Asked {
            operation,
            calling: association.calling.clone(),
            level: level_name(identifier),
            keys: keys::readable(identifier),
            matches,
        };
        tracing::info!(?asked, "asked");
        self.remember(asked);
    }
}

fn level_name(identifier: &DataSet) -> String {
    identifier.ascii(tags::QUERY_RETRIEVE_LEVEL).unwrap_or_default().to_owned()
}

/// The classes of instances, each with the syntaxes that its instances are in or can be put into.
fn proposals(entries: &[Arc<Entry>]) -> Vec<ContextProposal> {
    let mut list: Vec<ContextProposal> = Vec::new();
    for entry in entries {
        let mut syntaxes = vec![TransferSyntax::new(&entry.transfer_syntax)];
        syntaxes.extend(others(entry));
        // One context for each syntax: else the destination chooses one for all.
        for syntax in syntaxes {
            let proposal = ContextProposal {
                abstract_syntax: entry.class.clone(),
                transfer_syntaxes: vec![syntax.uid().to_owned()],
            };
            if !list.contains(&proposal) {
                list.push(proposal);
            }
        }
    }
    list
}

/// What an uncompressed instance can be sent in besides.
fn others(entry: &Entry) -> Vec<TransferSyntax> {
    match TransferSyntax::new(&entry.transfer_syntax).is_encapsulated() {
        true => Vec::new(),
        false => vec![TransferSyntax::EXPLICIT_LITTLE, TransferSyntax::IMPLICIT_LITTLE],
    }
}

fn outgoing(entry: &Entry, transfer_syntax: &str) -> OutgoingInstance {
    OutgoingInstance {
        class: entry.class.clone(),
        instance: entry.instance.clone(),
        transfer_syntax: transfer_syntax.to_owned(),
    }
}

/// The syntax in which the receiver takes an instance: as it is stored, else one into which it can
/// be put.
fn chosen(entry: &Entry, retrieval: &Retrieval<'_>) -> Option<TransferSyntax> {
    if retrieval.accepts(&entry.class, &entry.transfer_syntax) {
        return Some(TransferSyntax::new(&entry.transfer_syntax));
    }
    let others = others(entry).into_iter();
    let mut accepted = others.filter(|syntax| retrieval.accepts(&entry.class, syntax.uid()));
    accepted.next()
}

/// The data set of an instance in a syntax.
async fn data_set(entry: &Entry, wanted: &TransferSyntax) -> Option<Bytes> {
    let file = Bytes::from(tokio::fs::read(&entry.path).await.ok()?);
    let start = usize::try_from(entry.data_set_offset).ok()?;
    let data = file.get(start..).map(|data| file.slice_ref(data))?;
    if wanted.uid() == entry.transfer_syntax {
        return Some(data);
    }
    let stored = TransferSyntax::new(&entry.transfer_syntax);
    let set = DataSet::read(&inflated(&data, &stored)?, stored.encoding()).ok()?;
    set.write(wanted.encoding()).ok().map(Bytes::from)
}

fn inflated(data: &Bytes, syntax: &TransferSyntax) -> Option<Bytes> {
    if !syntax.is_deflated() {
        return Some(data.clone());
    }
    let mut plain = Vec::new();
    let mut source = dicomfile::Inflate::new(data.as_ref());
    std::io::Read::read_to_end(&mut source, &mut plain).ok()?;
    Some(Bytes::from(plain))
}

fn body(bytes: Bytes) -> Body {
    futures::stream::iter([Ok(bytes)]).boxed()
}
