//! Receiving one instance: its header is read before anything of it is written, so that nothing
//! stays of what is not taken; then its bytes become durable, then its rows.

use crate::committer::Committer;
use crate::error::ImagingError;
use crate::examine::{Examined, Unfit, examine};
use crate::keep::Arrived;
use crate::quarantine;
use crate::whose::{self, Claim};
use bytes::{Bytes, BytesMut};
use dicomfile::{TransferSyntax, file_head};
use futures::StreamExt;
use model::Clock;
use model::limits::{IMAGING_HEAD_BYTES, IMAGING_INSTANCE_BYTES};
use ports::{
    AnnouncedInstance, InstanceBytes, InstanceError, InstanceOrigin, InstanceOutcome,
    InstanceReceipt,
};
use sha2::{Digest, Sha256};
use std::io::{Cursor, Read};
use std::sync::{Arc, Mutex, PoisonError};
use store::document::removal;
use store::{ObjectKey, Store, StoreError, sweep};

/// What receiving needs.
pub(crate) struct Intake<'a> {
    pub store: &'a Store,
    pub clock: &'a Arc<dyn Clock>,
    pub committer: &'a Committer,
}

/// The first bytes of an instance, and whether they are all of it.
struct Head {
    bytes: Bytes,
    is_whole: bool,
}

/// An object with what its rows need beside the header.
struct Put {
    object: ObjectKey,
    data_set_offset: u64,
    data_set_sha256: [u8; 32],
}

impl Intake<'_> {
    /// Takes one instance, or says why not.
    pub async fn receive(
        &self,
        origin: &InstanceOrigin,
        mut bytes: InstanceBytes<'_>,
    ) -> Result<InstanceReceipt, ImagingError> {
        let head = read_head(&mut bytes).await?;
        let size = head.is_whole.then_some(head.bytes.len() as u64);
        let announced = origin.announced.clone();
        let given = head.bytes.clone();
        let read = blocking(move || examine_bytes(given, size, announced.as_ref())).await?;
        match read {
            Ok(examined) => self.take(origin, examined, head, bytes).await,
            Err(unfit) if unfit.is_cut && !head.is_whole => {
                self.take_long_header(origin, head, bytes).await
            }
            Err(unfit) => self.set_aside(origin, unfit, head, bytes).await,
        }
    }

    async fn take(
        &self,
        origin: &InstanceOrigin,
        examined: Examined,
        head: Head,
        rest: InstanceBytes<'_>,
    ) -> Result<InstanceReceipt, ImagingError> {
        let claim = claim(origin, &examined);
        self.check(&claim).await?;
        let prefix = prefix(&examined, origin.announced.is_some())?;
        let put = match head.is_whole {
            true => self.put_whole(prefix, head.bytes, examined.data_set_offset).await?,
            false => self.put_long(prefix, head, rest, examined.data_set_offset).await?,
        };
        self.keep(claim, examined, put).await
    }

    /// A header longer than what is read ahead: the object is put first, read there, and let go
    /// again where it is not taken.
    async fn take_long_header(
        &self,
        origin: &InstanceOrigin,
        head: Head,
        rest: InstanceBytes<'_>,
    ) -> Result<InstanceReceipt, ImagingError> {
        let prefix = match &origin.announced {
            Some(said) => announced_prefix(said)?,
            None => Bytes::new(),
        };
        let put = self.put_long(prefix, head, rest, 0).await?;
        let path = self.store.objects().path(&put.object.sha256);
        let size = put.object.size;
        let read = blocking(move || match std::fs::File::open(path) {
            Ok(file) => Ok(examine(std::io::BufReader::new(file), Some(size), None)),
            Err(error) => Err(StoreError::Disk(error.to_string())),
        });
        let taken = match read.await? {
            Ok(Ok(examined)) => {
                let claim = claim(origin, &examined);
                match self.check(&claim).await {
                    Ok(()) => return self.keep_read(claim, examined, put).await,
                    Err(error) => Err(error),
                }
            }
            Ok(Err(unfit)) => return self.set_aside_object(origin, unfit, put.object).await,
            Err(error) => Err(error.into()),
        };
        self.let_go(put.object).await;
        taken
    }

    /// The object was scanned as a file, with its place of the data set.
    async fn keep_read(
        &self,
        claim: Claim,
        examined: Examined,
        mut put: Put,
    ) -> Result<InstanceReceipt, ImagingError> {
        put.data_set_offset = examined.data_set_offset;
        self.keep(claim, examined, put).await
    }

    async fn keep(
        &self,
        claim: Claim,
        mut examined: Examined,
        put: Put,
    ) -> Result<InstanceReceipt, ImagingError> {
        let moved = put.data_set_offset.saturating_sub(examined.data_set_offset);
        let said = &mut examined.instance;
        said.sha256 = put.object.sha256.to_vec();
        said.size = i64::try_from(put.object.size).unwrap_or(i64::MAX);
        said.data_set_offset = i64::try_from(put.data_set_offset).unwrap_or(i64::MAX);
        said.data_set_sha256 = put.data_set_sha256.to_vec();
        let is_deflated = TransferSyntax::new(&said.transfer_syntax_uid).is_deflated();
        let moved = i64::try_from(moved).unwrap_or(i64::MAX);
        said.pixel_offset = said.pixel_offset.filter(|_| !is_deflated).map(|at| at + moved);
        let receipt = |outcome: InstanceOutcome, examined: &Examined| InstanceReceipt {
            outcome,
            study_instance_uid: examined.study_instance_uid.clone(),
            sop_class_uid: examined.instance.sop_class_uid.clone(),
            sop_instance_uid: examined.instance.sop_instance_uid.clone(),
        };
        let arrived = Arc::new(Arrived { claim, examined, object: put.object });
        match self.committer.commit(arrived.clone()).await {
            Ok(outcome) => Ok(receipt(outcome, &arrived.examined)),
            Err(error) => {
                self.let_go(put.object).await;
                Err(error)
            }
        }
    }

    /// Refuses before anything is written. Another patient's image leaves a line in the
    /// quarantine, without its bytes.
    async fn check(&self, claim: &Claim) -> Result<(), ImagingError> {
        let asked = claim.clone();
        let found = self.store.read(move |tx| whose::may_take(tx, &asked)).await;
        if let Err(ImagingError::Refused(InstanceError::OtherPatient)) = &found {
            quarantine::other_patient(self.store, claim, self.clock.now()).await?;
        }
        found
    }

    async fn put_whole(
        &self,
        prefix: Bytes,
        data: Bytes,
        data_set_offset: u64,
    ) -> Result<Put, ImagingError> {
        let (before, of_data) = (prefix.len() as u64, data.clone());
        let hashing = blocking(move || {
            let from = usize::try_from(data_set_offset).unwrap_or(usize::MAX).min(of_data.len());
            Sha256::digest(of_data.get(from..).unwrap_or_default()).into()
        });
        let putting = self.store.objects().put_whole(vec![prefix, data]);
        let (hash, object) = futures::join!(hashing, putting);
        Ok(Put {
            object: object?,
            data_set_offset: before + data_set_offset,
            data_set_sha256: hash?,
        })
    }

    async fn put_long(
        &self,
        prefix: Bytes,
        head: Head,
        rest: InstanceBytes<'_>,
        data_set_offset: u64,
    ) -> Result<Put, ImagingError> {
        let before = prefix.len() as u64;
        let from = usize::try_from(data_set_offset).unwrap_or(usize::MAX).min(head.bytes.len());
        let seen = Mutex::new((Sha256::new(), head.bytes.len() as u64));
        if let Ok(mut seen) = seen.lock() {
            seen.0.update(head.bytes.get(from..).unwrap_or_default());
        }
        let rest = rest.map(|piece| {
            let piece = piece?;
            let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
            seen.0.update(&piece);
            seen.1 += piece.len() as u64;
            match seen.1 > IMAGING_INSTANCE_BYTES {
                true => Err(std::io::Error::other("the instance is larger than the limit")),
                false => Ok(piece),
            }
        });
        let begun = futures::stream::iter([Ok(prefix), Ok(head.bytes)]);
        let object = self.store.objects().put(begun.chain(rest)).await;
        let (hash, size) = seen.into_inner().unwrap_or_else(PoisonError::into_inner);
        match object {
            Ok(object) => Ok(Put {
                object,
                data_set_offset: before + data_set_offset,
                data_set_sha256: hash.finalize().into(),
            }),
            Err(_) if size > IMAGING_INSTANCE_BYTES => {
                let limit_bytes = IMAGING_INSTANCE_BYTES;
                Err(InstanceError::TooLarge { limit_bytes }.into())
            }
            Err(StoreError::Object { detail, .. }) => Err(InstanceError::BrokenOff(detail).into()),
            Err(error) => Err(error.into()),
        }
    }

    /// What cannot be read waits in quarantine: with its bytes, where it is of somebody who takes
    /// part.
    async fn set_aside(
        &self,
        origin: &InstanceOrigin,
        unfit: Unfit,
        head: Head,
        rest: InstanceBytes<'_>,
    ) -> Result<InstanceReceipt, ImagingError> {
        let put = match head.is_whole {
            true => self.put_whole(Bytes::new(), head.bytes, 0).await?,
            false => self.put_long(Bytes::new(), head, rest, 0).await?,
        };
        self.set_aside_object(origin, unfit, put.object).await
    }

    async fn set_aside_object(
        &self,
        origin: &InstanceOrigin,
        unfit: Unfit,
        object: ObjectKey,
    ) -> Result<InstanceReceipt, ImagingError> {
        let now = self.clock.now();
        let kept = quarantine::unreadable(self.store, origin, &unfit, object, now).await;
        if !matches!(kept, Ok(true)) {
            self.let_go(object).await;
        }
        kept?;
        let announced = origin.announced.clone().unwrap_or_default();
        Ok(InstanceReceipt {
            outcome: InstanceOutcome::Quarantined(unfit.reason.code()),
            study_instance_uid: String::new(),
            sop_class_uid: announced.sop_class_uid,
            sop_instance_uid: announced.sop_instance_uid,
        })
    }

    /// Deletes an object whose rows will not come. What fails here is found by the walk through
    /// all objects.
    async fn let_go(&self, object: ObjectKey) {
        let doomed = self.store.write(move |tx| removal::doom_unnamed(tx, &object.sha256)).await;
        let swept = match doomed {
            Ok(()) => sweep::sweep(self.store).await.map(drop),
            Err(error) => Err(error),
        };
        if let Err(error) = swept {
            tracing::warn!(%error, "the object of an instance not taken stays until it is found");
        }
    }
}

async fn read_head(bytes: &mut InstanceBytes<'_>) -> Result<Head, ImagingError> {
    let limit = usize::try_from(IMAGING_HEAD_BYTES).unwrap_or(usize::MAX);
    let mut head = BytesMut::new();
    while head.len() < limit {
        match bytes.next().await {
            None => return Ok(Head { bytes: head.freeze(), is_whole: true }),
            Some(Ok(piece)) => head.extend_from_slice(&piece),
            Some(Err(error)) => return Err(InstanceError::BrokenOff(error.to_string()).into()),
        }
    }
    Ok(Head { bytes: head.freeze(), is_whole: false })
}

/// A deflated data set is read behind the head that says so.
fn examine_bytes(
    given: Bytes,
    size: Option<u64>,
    announced: Option<&AnnouncedInstance>,
) -> Result<Examined, Unfit> {
    let deflated =
        announced.filter(|said| TransferSyntax::new(&said.transfer_syntax_uid).is_deflated());
    match deflated.map(announced_prefix) {
        Some(Ok(prefix)) => {
            let mut examined = examine(Cursor::new(prefix).chain(Cursor::new(given)), None, None)?;
            examined.data_set_offset = 0;
            Ok(examined)
        }
        _ => examine(Cursor::new(given), size, announced),
    }
}

/// What stands before the received bytes in their object: nothing where they are a file already.
fn prefix(examined: &Examined, is_announced: bool) -> Result<Bytes, ImagingError> {
    if !is_announced && examined.data_set_offset > 0 {
        return Ok(Bytes::new());
    }
    let said = &examined.instance;
    head_of(&said.sop_class_uid, &said.sop_instance_uid, &said.transfer_syntax_uid)
}

fn announced_prefix(said: &AnnouncedInstance) -> Result<Bytes, ImagingError> {
    head_of(&said.sop_class_uid, &said.sop_instance_uid, &said.transfer_syntax_uid)
}

/// The same for the same data set, whoever sends it: equal data sets are one object.
fn head_of(class: &str, instance: &str, syntax: &str) -> Result<Bytes, ImagingError> {
    let head = file_head(class, instance, &TransferSyntax::new(syntax), None);
    head.map(Bytes::from).map_err(|error| ImagingError::Damaged {
        what: "file meta information".to_owned(),
        detail: error.to_string(),
    })
}

fn claim(origin: &InstanceOrigin, examined: &Examined) -> Claim {
    Claim {
        source: origin.source.clone(),
        patient_id: examined.patient_id.clone(),
        issuer_oid: examined.issuer_oid.clone(),
        asked_patient: origin.asked_patient.clone(),
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, ImagingError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| StoreError::Panicked(format!("reading an instance: {error}")).into())
}
