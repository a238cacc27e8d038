//! A small archive in memory, served on a loopback address: what the tests speak to.

use bytes::{Bytes, BytesMut};
use dicom_core::VR;
use dicom_dictionary_std::{tags, uids};
use dicomfile::{DataSet, TransferSyntax};
use dimse::{
    Acceptance, Association, AssociationRequest, Body, Client, CommitmentReport, CommitmentRequest,
    ContextAnswer, ContextProposal, Destination, FindAnswers, FindRequest, IncomingData,
    NO_SUCH_INSTANCE, OutgoingInstance, Peer, Proposal, ReceivedInstance, Rejection, Retrieval,
    RetrieveRequest, Server, Service, Status, Times, is_storage_class,
};
use futures::StreamExt;
use net::{ClientConfig, Dialer, Listener, Security};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

pub const TITLE: &str = "MUSUBI";
pub const PATIENT: &str = uids::PATIENT_ROOT_QUERY_RETRIEVE_INFORMATION_MODEL_FIND;
pub const STUDY_GET: &str = uids::STUDY_ROOT_QUERY_RETRIEVE_INFORMATION_MODEL_GET;
pub const STUDY_MOVE: &str = uids::STUDY_ROOT_QUERY_RETRIEVE_INFORMATION_MODEL_MOVE;
pub const CT: &str = uids::CT_IMAGE_STORAGE;
pub const EXPLICIT: &str = uids::EXPLICIT_VR_LITTLE_ENDIAN;

/// An instance as it came.
#[derive(Debug, Clone)]
pub struct Kept {
    pub instance: ReceivedInstance,
    pub bytes: Bytes,
    /// Lengths of the pieces in which it came.
    pub pieces: Vec<usize>,
}

/// The archive; a patient ID of `ENDLESS` is found without end.
#[derive(Clone, Default)]
pub struct Archive(pub Arc<Inner>);

#[derive(Default)]
pub struct Inner {
    pub kept: Mutex<Vec<Kept>>,
    pub destinations: Mutex<HashMap<String, Peer>>,
    pub reports: Mutex<Vec<CommitmentReport>>,
    /// Who is known by address: a title that belongs to another address is refused.
    pub addresses: Mutex<HashMap<String, std::net::IpAddr>>,
    pub certificates: Mutex<Vec<Vec<u8>>>,
}

impl Archive {
    pub fn kept(&self) -> Vec<Kept> {
        self.0.kept.lock().unwrap().clone()
    }

    fn matching(&self, keys: &DataSet) -> Vec<Kept> {
        let all = self.kept();
        let fits = |kept: &Kept| {
            let set = read(kept);
            [tags::PATIENT_ID, tags::STUDY_INSTANCE_UID, tags::SOP_INSTANCE_UID].iter().all(|tag| {
                match keys.ascii(*tag) {
                    None | Some("" | "*") => true,
                    Some(asked) => set.ascii(*tag) == Some(asked),
                }
            })
        };
        all.into_iter().filter(fits).collect()
    }
}

pub fn read(kept: &Kept) -> DataSet {
    let encoding = TransferSyntax::new(&kept.instance.transfer_syntax).encoding();
    DataSet::read(&kept.bytes, encoding).unwrap()
}

impl Service for Archive {
    async fn accept(&self, asked: &AssociationRequest) -> Result<Acceptance, Rejection> {
        if asked.request.called != TITLE {
            return Err(Rejection::CALLED_AE_TITLE);
        }
        let known = self.0.addresses.lock().unwrap().get(&asked.request.calling).copied();
        if known.is_some_and(|known| known != asked.address.ip()) {
            return Err(Rejection::CALLING_AE_TITLE);
        }
        if let Some(shown) = &asked.certificates {
            self.0.certificates.lock().unwrap().push(shown.chain()[0].clone());
        }
        let is_plain = |syntax: &str| [EXPLICIT, uids::IMPLICIT_VR_LITTLE_ENDIAN].contains(&syntax);
        let answer = |context: &dimse::ProposedContext| match context.abstract_syntax.as_str() {
            class if is_storage_class(class) => {
                match ContextAnswer::preferred(context, &[EXPLICIT]) {
                    ContextAnswer::Accepted(syntax) => ContextAnswer::Accepted(syntax),
                    _ => ContextAnswer::first(context, |_| true),
                }
            }
            uids::VERIFICATION
            | uids::STORAGE_COMMITMENT_PUSH_MODEL
            | PATIENT
            | uids::STUDY_ROOT_QUERY_RETRIEVE_INFORMATION_MODEL_FIND
            | uids::PATIENT_ROOT_QUERY_RETRIEVE_INFORMATION_MODEL_GET
            | uids::PATIENT_ROOT_QUERY_RETRIEVE_INFORMATION_MODEL_MOVE
            | STUDY_GET
            | STUDY_MOVE => ContextAnswer::first(context, is_plain),
            _ => ContextAnswer::ClassNotSupported,
        };
        Ok(Acceptance::of(&asked.request, answer, |class| {
            is_storage_class(class) || class == uids::STORAGE_COMMITMENT_PUSH_MODEL
        }))
    }

    async fn store(
        &self,
        _: &Association,
        instance: &ReceivedInstance,
        data: &mut IncomingData<'_>,
    ) -> Status {
        match instance.instance.as_str() {
            "1.2.3.999" => panic!("a service that panics"),
            "1.2.3.998" => return Status::OUT_OF_RESOURCES,
            _ => {}
        }
        let (mut bytes, mut pieces) = (BytesMut::new(), Vec::new());
        loop {
            match data.next().await {
                Ok(Some(piece)) => {
                    pieces.push(piece.len());
                    bytes.extend_from_slice(&piece);
                }
                Ok(None) => break,
                Err(_) => return Status::CANNOT_UNDERSTAND,
            }
        }
        let kept = Kept { instance: instance.clone(), bytes: bytes.freeze(), pieces };
        self.0.kept.lock().unwrap().push(kept);
        Status::SUCCESS
    }

    async fn find(
        &self,
        _: &Association,
        request: &FindRequest,
        answers: &mut FindAnswers<'_>,
    ) -> Status {
        let is_endless = request.identifier.ascii(tags::PATIENT_ID) == Some("ENDLESS");
        loop {
            for kept in self.matching(&request.identifier) {
                let set = read(&kept);
                let mut found = DataSet::new();
                for tag in [tags::PATIENT_ID, tags::STUDY_INSTANCE_UID, tags::SOP_INSTANCE_UID] {
                    found.put_str(tag, set.ascii(tag).unwrap_or_default());
                }
                found.put_str(tags::QUERY_RETRIEVE_LEVEL, "IMAGE");
                if answers.send(&found).await.is_err() {
                    return Status::CANNOT_UNDERSTAND;
                }
            }
            if !is_endless {
                return Status::SUCCESS;
            }
            let mut found = DataSet::new();
            found.put_str(tags::PATIENT_ID, "ENDLESS");
            if answers.send(&found).await.is_err() {
                return Status::CANNOT_UNDERSTAND;
            }
        }
    }

    async fn retrieve(
        &self,
        _: &Association,
        request: &RetrieveRequest,
        retrieval: &mut Retrieval<'_>,
    ) -> Status {
        let all = self.matching(&request.identifier);
        let contexts: Vec<_> = all.iter().map(proposal_of).collect();
        if retrieval.begin(all.len() as u64, &contexts[..contexts.len().min(1)]).await.is_err() {
            return Status::SUCCESS;
        }
        for kept in all {
            let instance = outgoing(&kept);
            if retrieval.send(&instance, body(kept.bytes)).await.is_err() {
                break;
            }
        }
        Status::SUCCESS
    }

    async fn destination(&self, _: &Association, title: &str) -> Option<Destination> {
        let peer = self.0.destinations.lock().unwrap().get(title).cloned()?;
        Some(Destination { peer, dialer: dialer() })
    }

    async fn commit(
        &self,
        _: &Association,
        request: &CommitmentRequest,
    ) -> Result<CommitmentReport, Status> {
        let kept = self.kept();
        let (there, missing): (Vec<_>, Vec<_>) = request
            .references
            .iter()
            .cloned()
            .partition(|one| kept.iter().any(|kept| kept.instance.instance == one.instance));
        Ok(CommitmentReport {
            transaction: request.transaction.clone(),
            kept: there,
            failed: missing.into_iter().map(|one| (one, NO_SUCH_INSTANCE)).collect(),
        })
    }

    async fn commitment_report(&self, _: &Association, report: &CommitmentReport) -> Status {
        self.0.reports.lock().unwrap().push(report.clone());
        Status::SUCCESS
    }
}

fn proposal_of(kept: &Kept) -> ContextProposal {
    ContextProposal {
        abstract_syntax: kept.instance.class.clone(),
        transfer_syntaxes: vec![kept.instance.transfer_syntax.clone()],
    }
}

pub fn outgoing(kept: &Kept) -> OutgoingInstance {
    OutgoingInstance {
        class: kept.instance.class.clone(),
        instance: kept.instance.instance.clone(),
        transfer_syntax: kept.instance.transfer_syntax.clone(),
    }
}

/// A body in pieces that fit no PDU.
pub fn body(bytes: Bytes) -> Body {
    let pieces: Vec<_> =
        bytes.chunks(100_001).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    futures::stream::iter(pieces).boxed()
}

/// An archive that is served.
pub struct Running {
    pub archive: Archive,
    pub address: SocketAddr,
    pub stop: oneshot::Sender<()>,
    pub task: JoinHandle<()>,
}

pub async fn start() -> Running {
    start_with(Archive::default(), Security::Plain, |server| server).await
}

pub async fn start_with(
    archive: Archive,
    security: Security,
    change: impl FnOnce(Server<Archive>) -> Server<Archive>,
) -> Running {
    let loopback = "127.0.0.1:0".parse().unwrap();
    let limits = Server::<Archive>::listener_limits();
    let listener = Listener::bind(loopback, security, limits).await.unwrap();
    let address = listener.local_address().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let server = change(Server::new(archive.clone()));
    let task = tokio::spawn(server.serve(listener, async move {
        let _ = stopped.await;
    }));
    Running { archive, address, stop, task }
}

pub fn dialer() -> Dialer {
    Dialer::new(ClientConfig::default()).unwrap()
}

pub fn peer_at(address: SocketAddr) -> Peer {
    Peer {
        address: format!("dicom://{address}"),
        called: TITLE.to_owned(),
        calling: "TESTS".to_owned(),
        times: Times::default(),
    }
}

pub async fn client(running: &Running, proposal: Proposal) -> Client {
    Client::connect(&dialer(), &peer_at(running.address), &proposal).await.unwrap()
}

/// A CT slice with so many bytes of pixel data.
pub fn slice(number: u32, pixel_bytes: usize) -> Kept {
    let instance = format!("1.2.3.{number}");
    let mut set = DataSet::new();
    set.put_str(tags::SOP_CLASS_UID, CT)
        .put_str(tags::SOP_INSTANCE_UID, &instance)
        .put_str(tags::PATIENT_ID, "0000012345")
        .put_str(tags::PATIENT_NAME, "YAMADA^TAROU")
        .put_str(tags::STUDY_INSTANCE_UID, "1.2.3")
        .put_str(tags::SERIES_INSTANCE_UID, "1.2.3.0")
        .put_str(tags::MODALITY, "CT");
    let pixels: Vec<u8> = (0..pixel_bytes).map(|place| (place / 7) as u8).collect();
    set.put_bytes(tags::PIXEL_DATA, VR::OW, pixels);
    let instance = ReceivedInstance {
        class: CT.to_owned(),
        instance,
        transfer_syntax: EXPLICIT.to_owned(),
        source_title: String::new(),
        receiving_title: String::new(),
        move_originator: None,
        move_originator_message: None,
    };
    let encoding = TransferSyntax::new(EXPLICIT).encoding();
    Kept { instance, bytes: set.write(encoding).unwrap().into(), pieces: Vec::new() }
}

pub fn storing() -> Proposal {
    Proposal {
        contexts: vec![ContextProposal {
            abstract_syntax: CT.to_owned(),
            transfer_syntaxes: vec![EXPLICIT.to_owned()],
        }],
        roles: Vec::new(),
    }
}
