//! A hospital's DICOM server that does what a test tells it, and notes what it was asked.

use bytes::Bytes;
use dicomfile::{DataSet, Encoding, TransferSyntax, tags, uids};
use dimse::{
    Acceptance, Association, AssociationRequest, ContextAnswer, ContextProposal, Destination,
    FindAnswers, FindRequest, OutgoingInstance, Peer, Rejection, Retrieval, RetrieveRequest,
    Server, Service, Status, is_storage_class,
};
use futures::StreamExt;
use net::{ClientConfig, Dialer, Listener, Security};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};

const FIND: &str = uids::STUDY_ROOT_QUERY_RETRIEVE_INFORMATION_MODEL_FIND;
const GET: &str = uids::STUDY_ROOT_QUERY_RETRIEVE_INFORMATION_MODEL_GET;
const MOVE: &str = uids::STUDY_ROOT_QUERY_RETRIEVE_INFORMATION_MODEL_MOVE;

/// What it holds and how it behaves.
#[derive(Default)]
pub struct State {
    pub sets: Vec<DataSet>,
    /// Keys of every C-FIND.
    pub asked: Vec<DataSet>,
    /// Instances that it has sent.
    pub sent: usize,
    /// At most so many instances by one C-GET or C-MOVE.
    pub instances_max: Option<usize>,
    /// At most so many answers to one C-FIND.
    pub answers_max: Option<usize>,
    /// Patient IDs match by their beginning.
    pub is_loose: bool,
    /// It offers no C-GET.
    pub has_no_get: bool,
    /// It breaks off after so many instances of a retrieval.
    pub breaks_after: Option<usize>,
    /// It refuses every association.
    pub is_gone: bool,
    /// An instance that it never sends.
    pub broken: Option<String>,
    /// Where C-MOVE sends.
    pub destination: Option<SocketAddr>,
}

#[derive(Clone, Default)]
pub struct Pacs(Arc<Mutex<State>>);

impl Pacs {
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    /// Serves it for as long as the runtime lives.
    pub async fn serve(&self) -> SocketAddr {
        serve(self.clone()).await
    }

    /// Every patient ID that a query carried.
    pub fn asked_numbers(&self) -> Vec<String> {
        let state = self.state();
        let mut numbers: Vec<String> = state
            .asked
            .iter()
            .filter_map(|keys| keys.ascii(tags::PATIENT_ID))
            .map(str::to_owned)
            .collect();
        numbers.sort();
        numbers.dedup();
        numbers
    }

    fn matching(&self, keys: &DataSet) -> Vec<DataSet> {
        let state = self.state();
        let fits = |set: &&DataSet| {
            let wanted = [
                tags::PATIENT_ID,
                tags::STUDY_INSTANCE_UID,
                tags::SERIES_INSTANCE_UID,
                tags::SOP_INSTANCE_UID,
            ];
            let day = |set: &DataSet| set.ascii(tags::STUDY_DATE).unwrap_or_default().to_owned();
            let is_of_days = match keys.ascii(tags::STUDY_DATE).and_then(|it| it.split_once('-')) {
                Some((from, to)) => (from..=to).contains(&day(set).as_str()),
                None => true,
            };
            is_of_days
                && wanted.iter().all(|tag| {
                    let asked = keys.ascii_values(*tag);
                    let is = set.ascii(*tag).unwrap_or_default();
                    let is_loose = state.is_loose && *tag == tags::PATIENT_ID;
                    asked.is_empty()
                        || asked == [""]
                        || asked.contains(&is)
                        || is_loose && asked.iter().any(|one| is.starts_with(one))
                })
        };
        state.sets.iter().filter(fits).cloned().collect()
    }
}

/// Serves a service for as long as the runtime lives.
pub async fn serve<S: Service>(service: S) -> SocketAddr {
    let loopback = "127.0.0.1:0".parse().unwrap();
    let limits = Server::<S>::listener_limits();
    let listener = Listener::bind(loopback, Security::Plain, limits).await.unwrap();
    let address = listener.local_address().unwrap();
    tokio::spawn(Server::new(service).serve(listener, std::future::pending()));
    address
}

impl Service for Pacs {
    async fn accept(&self, asked: &AssociationRequest) -> Result<Acceptance, Rejection> {
        let (is_gone, has_no_get) = {
            let state = self.state();
            (state.is_gone, state.has_no_get)
        };
        if is_gone {
            return Err(Rejection::CALLED_AE_TITLE);
        }
        let answer = |context: &dimse::ProposedContext| match context.abstract_syntax.as_str() {
            GET if has_no_get => ContextAnswer::ClassNotSupported,
            uids::VERIFICATION | FIND | MOVE | GET => ContextAnswer::first(context, |_| true),
            class if is_storage_class(class) => {
                ContextAnswer::first(context, |syntax| syntax == uids::EXPLICIT_VR_LITTLE_ENDIAN)
            }
            _ => ContextAnswer::ClassNotSupported,
        };
        Ok(Acceptance::of(&asked.request, answer, is_storage_class))
    }

    async fn find(
        &self,
        _: &Association,
        request: &FindRequest,
        answers: &mut FindAnswers<'_>,
    ) -> Status {
        let keys = &request.identifier;
        self.state().asked.push(keys.clone());
        let level = keys.ascii(tags::QUERY_RETRIEVE_LEVEL).unwrap_or_default();
        let key = match level {
            "STUDY" => tags::STUDY_INSTANCE_UID,
            "SERIES" => tags::SERIES_INSTANCE_UID,
            _ => tags::SOP_INSTANCE_UID,
        };
        let mut groups: BTreeMap<String, Vec<DataSet>> = BTreeMap::new();
        for set in self.matching(keys) {
            groups.entry(set.uid(key).unwrap_or_default().to_owned()).or_default().push(set);
        }
        let most = self.state().answers_max.unwrap_or(usize::MAX);
        let is_cut = groups.len() > most;
        for group in groups.into_values().take(most) {
            let mut found = DataSet::new();
            for element in keys.elements() {
                if let Some(element) = group[0].get(element.tag) {
                    found.put(element.clone());
                }
            }
            let count = i64::try_from(group.len()).unwrap();
            found
                .put_str(tags::SPECIFIC_CHARACTER_SET, "ISO_IR 192")
                .put_number(tags::NUMBER_OF_STUDY_RELATED_INSTANCES, count);
            if answers.send(&found).await.is_err() {
                return Status::CANNOT_UNDERSTAND;
            }
        }
        if is_cut { Status::OUT_OF_RESOURCES } else { Status::SUCCESS }
    }

    async fn retrieve(
        &self,
        _: &Association,
        request: &RetrieveRequest,
        retrieval: &mut Retrieval<'_>,
    ) -> Status {
        let all = self.matching(&request.identifier);
        let (most, breaks_after, broken) = {
            let state = self.state();
            let most = state.instances_max.unwrap_or(usize::MAX);
            (most, state.breaks_after, state.broken.clone())
        };
        let contexts: Vec<ContextProposal> = all.iter().map(proposal_of).collect();
        if retrieval.begin(all.len() as u64, &contexts[..contexts.len().min(1)]).await.is_err() {
            return Status::CANNOT_PERFORM_SUB_OPERATIONS;
        }
        for (number, set) in all.into_iter().take(most).enumerate() {
            assert_ne!(breaks_after, Some(number), "the server breaks off, as it was told to");
            let instance = outgoing(&set);
            if broken.as_ref() == Some(&instance.instance) {
                continue;
            }
            let bytes = Bytes::from(set.write(Encoding::ExplicitLittle).unwrap());
            let body = futures::stream::iter([Ok(bytes)]).boxed();
            if retrieval.send(&instance, body).await.is_err() {
                break;
            }
            self.state().sent += 1;
        }
        Status::SUCCESS
    }

    async fn destination(&self, _: &Association, title: &str) -> Option<Destination> {
        let address = self.state().destination?;
        let peer = Peer {
            address: format!("dicom://{address}"),
            called: title.to_owned(),
            calling: "PACS".to_owned(),
            times: dimse::Times::default(),
        };
        Some(Destination { peer, dialer: Dialer::new(ClientConfig::default()).unwrap() })
    }
}

/// How an instance is sent.
pub fn outgoing(set: &DataSet) -> OutgoingInstance {
    OutgoingInstance {
        class: set.uid(tags::SOP_CLASS_UID).unwrap().to_owned(),
        instance: set.uid(tags::SOP_INSTANCE_UID).unwrap().to_owned(),
        transfer_syntax: TransferSyntax::EXPLICIT_LITTLE.uid().to_owned(),
    }
}

fn proposal_of(set: &DataSet) -> ContextProposal {
    ContextProposal {
        abstract_syntax: set.uid(tags::SOP_CLASS_UID).unwrap().to_owned(),
        transfer_syntaxes: vec![TransferSyntax::EXPLICIT_LITTLE.uid().to_owned()],
    }
}
