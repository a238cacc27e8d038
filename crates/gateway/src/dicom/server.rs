//! Associations with one DICOM server: opened when they are needed, replaced when they broke.

use crate::dicom::find::{self, Listed, Scope, StudyAnswer};
use crate::dicom::settings::Retrieval;
use dicomfile::{DataSet, tags, uids};
use dimse::{Client, DimseError, InstanceReceiver, Peer, Proposal, Retrieved, Status, Times};
use model::Timestamp;
use model::limits::{DICOM_CONTEXTS, DICOM_FIND_ANSWERS};
use net::Dialer;
use std::collections::BTreeSet;
use std::error::Error;
use std::sync::atomic::{AtomicBool, Ordering};
use store::dicom_peer::DicomPeer;

const FIND: &str = uids::STUDY_ROOT_QUERY_RETRIEVE_INFORMATION_MODEL_FIND;
const MOVE: &str = uids::STUDY_ROOT_QUERY_RETRIEVE_INFORMATION_MODEL_MOVE;
const GET: &str = uids::STUDY_ROOT_QUERY_RETRIEVE_INFORMATION_MODEL_GET;

/// Transfer syntaxes in which instances of C-GET are taken: as they are stored, each in a context
/// of its own, for a server that had the choice would decompress.
const TRANSFER_SYNTAXES: [&str; 16] = [
    uids::EXPLICIT_VR_LITTLE_ENDIAN,
    uids::IMPLICIT_VR_LITTLE_ENDIAN,
    uids::JPEG_LOSSLESS_SV1,
    uids::JPEG_LOSSLESS,
    uids::JPEG_BASELINE8_BIT,
    uids::JPEG_EXTENDED12_BIT,
    uids::JPEGLS_LOSSLESS,
    uids::JPEGLS_NEAR_LOSSLESS,
    uids::JPEG2000_LOSSLESS,
    uids::JPEG2000,
    uids::RLE_LOSSLESS,
    uids::HTJ2K_LOSSLESS,
    uids::HTJ2K,
    "1.2.840.10008.1.2.4.102",
    "1.2.840.10008.1.2.4.100",
    "1.2.840.10008.1.2.2",
];

/// What is proposed where a server does not tell the SOP classes of a study.
const COMMON_CLASSES: [&str; 7] = [
    uids::CT_IMAGE_STORAGE,
    uids::MR_IMAGE_STORAGE,
    uids::COMPUTED_RADIOGRAPHY_IMAGE_STORAGE,
    uids::DIGITAL_X_RAY_IMAGE_STORAGE_FOR_PRESENTATION,
    uids::ULTRASOUND_IMAGE_STORAGE,
    uids::ULTRASOUND_MULTI_FRAME_IMAGE_STORAGE,
    uids::SECONDARY_CAPTURE_IMAGE_STORAGE,
];

/// SOP classes whose instances one association can bring by C-GET.
pub(crate) const CLASSES_OF_ASSOCIATION: usize =
    (DICOM_CONTEXTS as usize - 1) / TRANSFER_SYNTAXES.len();

/// Why an operation has no result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The server was not reached or the association broke: the same may go well later.
    Broken(String),
    /// The server refuses this operation.
    Refused(String),
}

/// A DICOM server and how it is spoken to.
pub(crate) struct Server {
    pub dialer: Dialer,
    pub peer: Peer,
    pub retrieval: Retrieval,
    /// C-FIND gives at most so many answers; 0 where none is known.
    pub answers_max: u64,
    /// It was seen not to offer C-GET.
    has_no_get: AtomicBool,
}

/// Associations of one worker.
pub(crate) struct Associations<'a> {
    server: &'a Server,
    query: Option<Client>,
}

impl Server {
    /// The server of a peer; `our_title` where the peer knows us by no other.
    pub fn new(peer: &DicomPeer, our_title: &str, dialer: Dialer) -> Server {
        let said = &peer.said;
        let scheme = if said.is_tls { "dicoms" } else { "dicom" };
        let host = match said.host.contains(':') {
            true => format!("[{}]", said.host),
            false => said.host.clone(),
        };
        let calling = match said.our_ae_title.as_str() {
            "" => our_title,
            title => title,
        };
        let peer = Peer {
            address: format!("{scheme}://{host}:{}", said.port),
            called: said.ae_title.clone(),
            calling: calling.to_owned(),
            times: Times::default(),
        };
        Server {
            dialer,
            peer,
            retrieval: Retrieval::Auto,
            answers_max: 0,
            has_no_get: AtomicBool::new(false),
        }
    }

    /// Whether images are asked for by C-GET.
    pub fn gets(&self) -> bool {
        match self.retrieval {
            Retrieval::Get => true,
            Retrieval::Move => false,
            Retrieval::Auto => !self.has_no_get.load(Ordering::Relaxed),
        }
    }
}

impl<'a> Associations<'a> {
    pub fn new(server: &'a Server) -> Associations<'a> {
        Associations { server, query: None }
    }

    /// Ends what is open.
    pub async fn release(mut self) {
        if let Some(client) = self.query.take() {
            // The server may be gone: nothing is lost with it.
            let _ = client.release().await;
        }
    }

    /// The studies that the server has of a patient, by what it says: what it gives may be
    /// another's. More studies than it gives at one time are asked for by spans of days.
    pub async fn studies(
        &mut self,
        patient_id: &str,
        now: Timestamp,
    ) -> Result<Vec<StudyAnswer>, Fault> {
        let (all, is_whole) = self.found(&find::studies_of(patient_id, None)).await?;
        let mut answers: Vec<StudyAnswer> = all.iter().filter_map(find::study_answer).collect();
        if !is_whole {
            let mut spans = vec![(FIRST_DAY, now.0.div_euclid(Timestamp::DAY_US) + 1)];
            while let Some((from, to)) = spans.pop() {
                let digits = |day: i64| find::day_digits(Timestamp(day * Timestamp::DAY_US));
                let days = format!("{}-{}", digits(from), digits(to));
                let (some, is_whole) =
                    self.found(&find::studies_of(patient_id, Some(&days))).await?;
                answers.extend(some.iter().filter_map(find::study_answer));
                if !is_whole && from < to {
                    let middle = (from + to).div_euclid(2);
                    spans.extend([(middle + 1, to), (from, middle)]);
                }
            }
        }
        // Some servers give a study once for each of its instances.
        answers.sort_by(|one, other| {
            (&one.uid, &one.patient_id).cmp(&(&other.uid, &other.patient_id))
        });
        answers.dedup_by(|one, other| one.uid == other.uid && one.patient_id == other.patient_id);
        Ok(answers)
    }

    /// Whose a study is now, by what the server says; nothing where it has none of that UID.
    pub async fn study(&mut self, uid: &str) -> Result<Vec<StudyAnswer>, Fault> {
        let (all, _) = self.found(&find::study_of_uid(uid)).await?;
        let answers = all.iter().filter_map(find::study_answer);
        // A server that does not match UIDs gives others too.
        Ok(answers.filter(|answer| answer.uid == uid).collect())
    }

    /// The instances of a study, and whether the lists are whole.
    pub async fn instances(&mut self, uid: &str) -> Result<(Vec<Listed>, bool), Fault> {
        let (series, mut are_whole) = self.found(&find::series_of(uid)).await?;
        let mut names: Vec<String> = series
            .iter()
            .filter(|set| set.uid(tags::STUDY_INSTANCE_UID).is_none_or(|told| told == uid))
            .filter_map(|set| set.uid(tags::SERIES_INSTANCE_UID).map(str::to_owned))
            .collect();
        names.sort();
        names.dedup();
        let mut all: Vec<Listed> = Vec::new();
        for name in names {
            let (some, is_whole) = self.found(&find::instances_of(uid, &name)).await?;
            are_whole &= is_whole;
            let of_series = some
                .iter()
                .filter(|set| set.uid(tags::SERIES_INSTANCE_UID).is_none_or(|told| told == name));
            all.extend(of_series.filter_map(|set| find::listed(set, &name)));
        }
        all.sort_by(|one, other| one.instance.cmp(&other.instance));
        all.dedup_by(|one, other| one.instance == other.instance);
        Ok((all, are_whole))
    }

    /// Brings what `scope` names by C-GET, to `receiver`.
    pub async fn get(
        &mut self,
        (uid, scope): (&str, &Scope),
        classes: &BTreeSet<String>,
        receiver: &impl InstanceReceiver,
    ) -> Result<Retrieved, Fault> {
        let classes: Vec<&str> = match classes.is_empty() {
            true => COMMON_CLASSES.to_vec(),
            false => classes.iter().map(String::as_str).collect(),
        };
        let proposal = classes
            .iter()
            .take(CLASSES_OF_ASSOCIATION)
            .fold(Proposal::plain(&[GET]), |all, class| all.receiving(class, &TRANSFER_SYNTAXES));
        let server = self.server;
        let opened = Client::connect(&server.dialer, &server.peer, &proposal).await;
        let mut client = opened.map_err(|error| fault(&error))?;
        match client.get(GET, &find::retrieved(uid, scope), receiver).await {
            Ok(retrieved) => {
                let _ = client.release().await;
                Ok(retrieved)
            }
            Err(error) => {
                let fault = fault(&error);
                if matches!(fault, Fault::Refused(_)) {
                    server.has_no_get.store(true, Ordering::Relaxed);
                    let _ = client.release().await;
                }
                Err(fault)
            }
        }
    }

    /// Has what `scope` names sent to us by C-MOVE.
    pub async fn move_here(
        &mut self,
        (uid, scope): (&str, &Scope),
        goes_on: impl Fn() -> bool + Send + Sync,
    ) -> Result<Retrieved, Fault> {
        let keys = find::retrieved(uid, scope);
        let destination = self.server.peer.calling.clone();
        let client = self.open().await?;
        let moved = client.move_to(MOVE, &keys, &destination, |_| goes_on()).await;
        moved.map_err(|error| self.broke(&error))
    }

    /// The answers of one C-FIND, and whether they are all that there are.
    async fn found(&mut self, keys: &DataSet) -> Result<(Vec<DataSet>, bool), Fault> {
        let answers_max = self.server.answers_max;
        let client = self.open().await?;
        let asked = ask(client, keys).await;
        let (all, status) = asked.map_err(|error| self.broke(&error))?;
        let is_capped = answers_max > 0 && all.len() as u64 >= answers_max;
        match status.is_done() {
            true => Ok((all, !is_capped)),
            // A server that gave some and then no more has reached what it gives at one time.
            false if !all.is_empty() => Ok((all, false)),
            false => Err(Fault::Refused(format!("C-FIND was answered by status {status}"))),
        }
    }

    async fn open(&mut self) -> Result<&mut Client, Fault> {
        if self.query.is_none() {
            let server = self.server;
            let proposal = Proposal::plain(&[FIND, MOVE]);
            let opened = Client::connect(&server.dialer, &server.peer, &proposal).await;
            self.query = Some(opened.map_err(|error| fault(&error))?);
        }
        self.query.as_mut().ok_or_else(|| Fault::Broken("no association".to_owned()))
    }

    fn broke(&mut self, error: &DimseError) -> Fault {
        let fault = fault(error);
        if matches!(fault, Fault::Broken(_)) {
            self.query = None;
        }
        fault
    }
}

async fn ask(client: &mut Client, keys: &DataSet) -> Result<(Vec<DataSet>, Status), DimseError> {
    let mut matches = client.find(FIND, keys).await?;
    let mut all = Vec::new();
    while let Some(set) = matches.next().await? {
        all.push(set);
        if all.len() as u64 >= DICOM_FIND_ANSWERS {
            let status = matches.cancel().await?;
            return Ok((all, status));
        }
    }
    let status = matches.status().unwrap_or(Status::PROCESSING_FAILURE);
    Ok((all, status))
}

/// The first of January 1900, in days since 1970.
const FIRST_DAY: i64 = -25_567;

fn fault(error: &DimseError) -> Fault {
    match error {
        DimseError::NoContext { .. } | DimseError::Unsendable(_) => Fault::Refused(chain(error)),
        _ => Fault::Broken(chain(error)),
    }
}

/// An error with its sources, which name the layer that failed.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        source = inner.source();
    }
    text
}
