//! DICOM spoken by the archive: C-ECHO, C-STORE, C-FIND, C-GET, C-MOVE and storage commitment
//! (PS3.4 B, C, J). Who a peer is, its titles, its address and its certificate say; what it may
//! see is what its facility may.

mod accept;
mod find;
mod peers;
mod retrieve;
mod sight;

use crate::archive::Archive;
use dimse::{
    Acceptance, Association, AssociationRequest, CommitmentReport, CommitmentRequest, Destination,
    FindAnswers, FindRequest, IncomingData, NO_SUCH_INSTANCE, ReceivedInstance, Reference,
    Rejection, Retrieval, RetrieveRequest, Service, Status, Times,
};
use net::Dialer;
use peers::Known;
use ports::{
    AnnouncedInstance, InstanceBytes, InstanceError, InstanceOrigin, InstanceOutcome, InstanceSink,
};
use store::{StoreError, dicom_peer, study};

/// The services of the archive.
#[derive(Clone)]
pub struct Scp {
    archive: Archive,
    ae_title: String,
    affinity_oid: String,
    dialer: Dialer,
}

impl std::fmt::Debug for Scp {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Scp").field("ae_title", &self.ae_title).finish_non_exhaustive()
    }
}

impl Scp {
    /// Services by the name of `ae_title`, which knows community IDs of the affinity domain and
    /// reaches destinations of C-MOVE by `dialer`.
    pub fn new(archive: Archive, ae_title: &str, affinity_oid: &str, dialer: Dialer) -> Scp {
        Scp {
            archive,
            ae_title: ae_title.to_owned(),
            affinity_oid: affinity_oid.to_owned(),
            dialer,
        }
    }

    /// The peer of an association as it is known now: what was taken from it meanwhile counts.
    async fn peer(&self, association: &Association) -> Result<Option<Known>, StoreError> {
        let who = peers::Who {
            calling: association.calling.clone(),
            called: association.called.clone(),
            address: association.address.ip(),
            fingerprint: association.certificates.as_ref().and_then(peers::fingerprint),
            ae_title: self.ae_title.clone(),
        };
        self.archive.store().read(move |tx| peers::known(tx, &who)).await
    }
}

impl Service for Scp {
    async fn accept(&self, request: &AssociationRequest) -> Result<Acceptance, Rejection> {
        let who = peers::Who {
            calling: request.request.calling.clone(),
            called: request.request.called.clone(),
            address: request.address.ip(),
            fingerprint: request.certificates.as_ref().and_then(peers::fingerprint),
            ae_title: self.ae_title.clone(),
        };
        let (calling, address) = (who.calling.clone(), who.address);
        let known = self.archive.store().read(move |tx| peers::known(tx, &who)).await;
        match known {
            Ok(Some(known)) => Ok(accept::acceptance(&request.request, &known)),
            Ok(None) => {
                tracing::warn!(calling, %address, "an association of nobody who is known");
                Err(Rejection::CALLING_AE_TITLE)
            }
            Err(error) => {
                tracing::error!(%error, "peers cannot be looked up");
                Err(Rejection::CONGESTION)
            }
        }
    }

    async fn store(
        &self,
        association: &Association,
        instance: &ReceivedInstance,
        data: &mut IncomingData<'_>,
    ) -> Status {
        let source = match self.peer(association).await {
            Ok(Some(Known { source: Some(source), may_store: true, .. })) => source,
            Ok(_) => return Status::NOT_AUTHORIZED,
            Err(error) => return unavailable(&error),
        };
        let origin = InstanceOrigin {
            source,
            asked_patient: None,
            announced: Some(AnnouncedInstance {
                sop_class_uid: instance.class.clone(),
                sop_instance_uid: instance.instance.clone(),
                transfer_syntax_uid: instance.transfer_syntax.clone(),
            }),
            actor: association.calling.clone(),
        };
        let received = self.archive.receive(&origin, pieces(data)).await;
        match received {
            Ok(receipt) => match receipt.outcome {
                InstanceOutcome::Quarantined(reason) => {
                    tracing::warn!(origin.actor, reason, "an instance waits in quarantine");
                    KEPT_BUT_NOT_READ
                }
                _ => Status::SUCCESS,
            },
            Err(error) => {
                tracing::warn!(origin.actor, %error, "an instance was not taken");
                refused(&error)
            }
        }
    }

    async fn find(
        &self,
        association: &Association,
        request: &FindRequest,
        answers: &mut FindAnswers<'_>,
    ) -> Status {
        match self.peer(association).await {
            Ok(Some(known)) if known.may_query => {
                find::answer(&self.archive, &self.affinity_oid, &known, request, answers).await
            }
            Ok(_) => Status::NOT_AUTHORIZED,
            Err(error) => unavailable(&error),
        }
    }

    async fn retrieve(
        &self,
        association: &Association,
        request: &RetrieveRequest,
        retrieval: &mut Retrieval<'_>,
    ) -> Status {
        match self.peer(association).await {
            Ok(Some(known)) if known.may_query => {
                retrieve::answer(&self.archive, &known, request, retrieval).await
            }
            Ok(_) => Status::NOT_AUTHORIZED,
            Err(error) => unavailable(&error),
        }
    }

    /// A peer may have images sent to peers of its own facility, which sees the same.
    async fn destination(&self, association: &Association, title: &str) -> Option<Destination> {
        let known = self.peer(association).await.ok().flatten().filter(|known| known.may_query)?;
        let asked = title.to_owned();
        let found = self.archive.store().read(move |tx| dicom_peer::by_ae_title(tx, &asked));
        let found = found.await.ok()?;
        let to = found.into_iter().find(|peer| {
            !peer.is_disabled && peer.said.port > 0 && peer.said.facility_id == known.facility_id
        })?;
        let scheme = if to.said.is_tls { "dicoms" } else { "dicom" };
        Some(Destination {
            peer: dimse::Peer {
                address: format!("{scheme}://{}:{}", to.said.host, to.said.port),
                called: to.said.ae_title,
                calling: association.called.clone(),
                times: Times::default(),
            },
            dialer: self.dialer.clone(),
        })
    }

    async fn commit(
        &self,
        association: &Association,
        request: &CommitmentRequest,
    ) -> Result<CommitmentReport, Status> {
        let known = self.peer(association).await.map_err(|error| unavailable(&error))?;
        let source_id = known.filter(|known| known.may_store).and_then(|known| known.source_id);
        let Some(source_id) = source_id else { return Err(Status::NOT_AUTHORIZED) };
        let uids: Vec<String> =
            request.references.iter().map(|reference| reference.instance.clone()).collect();
        let store = self.archive.store();
        let held = store.read(move |tx| study::held_instances(tx, source_id, &uids)).await;
        let held = held.map_err(|error| unavailable(&error))?;
        let is_kept = |reference: &Reference| {
            held.iter().any(|one| {
                one.sop_instance_uid == reference.instance
                    && one.sop_class_uid == reference.class
                    && store.objects().is_there(&one.object)
            })
        };
        let (kept, failed): (Vec<_>, Vec<_>) =
            request.references.iter().cloned().partition(|reference| is_kept(reference));
        Ok(CommitmentReport {
            transaction: request.transaction.clone(),
            kept,
            failed: failed.into_iter().map(|one| (one, NO_SUCH_INSTANCE)).collect(),
        })
    }
}

/// Warning: the data set does not match the SOP class (PS3.4 B.2.3). Its bytes are kept.
const KEPT_BUT_NOT_READ: Status = Status(0xB007);

fn refused(error: &InstanceError) -> Status {
    match error {
        InstanceError::NotEnrolled | InstanceError::NoSuchSource(_) => Status::NOT_AUTHORIZED,
        InstanceError::OtherPatient => Status::CANNOT_UNDERSTAND,
        InstanceError::BrokenOff(_) => Status::PROCESSING_FAILURE,
        InstanceError::TooLarge { .. } | InstanceError::Full | InstanceError::Unavailable(_) => {
            Status::OUT_OF_RESOURCES
        }
    }
}

fn unavailable(error: &StoreError) -> Status {
    tracing::error!(%error, "a DICOM request cannot be answered now");
    Status::OUT_OF_RESOURCES
}

fn pieces<'a>(data: &'a mut IncomingData<'_>) -> InstanceBytes<'a> {
    Box::pin(futures::stream::unfold(data, |data| async move {
        match data.next().await {
            Ok(Some(piece)) => Some((Ok(piece), data)),
            Ok(None) => None,
            Err(error) => Some((Err(std::io::Error::other(error.to_string())), data)),
        }
    }))
}
