//! STOW-RS: Store Transaction (PS3.18 10.5). Instance by instance, as they arrive, to the archive;
//! the answer says of each what became of it.

use super::attributes::put;
use super::refusal::Refusal;
use super::web::{Ask, Web};
use crate::asker::Asker;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use bytes::{Bytes, BytesMut};
use dicomfile::{DataSet, is_uid, scan, tags};
use futures::{StreamExt, stream};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode};
use model::limits::{SOAP_BODY_IDLE_MS, STOW_AHEAD_BYTES};
use ports::{
    Caller, InstanceError, InstanceOrigin, InstanceOutcome, InstanceReceipt, InstanceSink,
};
use serde_json::{Map, Value, json};
use soap::ContentType;
use soap::mtom::{Part, Parts};
use std::sync::Arc;
use store::audit::{Action, Outcome};
use store::{StoreError, source};

/// Failure Reason (0008,1197) of PS3.18 table I.2-2 and PS3.4 table B.2-1.
const OUT_OF_RESOURCES: u16 = 0xA700;
const DOES_NOT_MATCH: u16 = 0xA900;
const CANNOT_UNDERSTAND: u16 = 0xC000;
const PROCESSING_FAILURE: u16 = 0x0110;
const NOT_AUTHORIZED: u16 = 0x0124;
/// Warning Reason (0008,1196): kept beside an object of the same UID.
const WITH_OTHER_BYTES: u16 = 0xB007;

/// Answers `POST /studies`.
pub(crate) async fn any(State(web): State<Web>, ask: Ask, body: Body) -> Result<Response, Refusal> {
    store(web, ask, None, body).await
}

/// Answers `POST /studies/{study}`: instances of other studies are not taken.
pub(crate) async fn of_study(
    State(web): State<Web>,
    Path(study): Path<String>,
    ask: Ask,
    body: Body,
) -> Result<Response, Refusal> {
    match is_uid(&study) {
        true => store(web, ask, Some(study), body).await,
        false => Err(Refusal::Bad("the study is no UID".to_owned())),
    }
}

/// What became of the instances.
#[derive(Default)]
struct Report {
    stored: Vec<Value>,
    failed: Vec<Value>,
}

async fn store(web: Web, ask: Ask, study: Option<String>, body: Body) -> Result<Response, Refusal> {
    let (origin, sink) = origin(&web, &ask).await?;
    let content_type = media_type(&ask.headers)?;
    let body = body.into_data_stream().map(|one| one.map_err(std::io::Error::other)).boxed();
    let mut parts = Parts::of_body(&content_type, body, SOAP_BODY_IDLE_MS)
        .map_err(|error| Refusal::Bad(error.to_string()))?;
    let mut report = Report::default();
    loop {
        match parts.next_part().await {
            Ok(Some(part)) => {
                let taken = one(&sink, &origin, study.as_deref(), part).await;
                report.add(&ask.base, taken);
            }
            Ok(None) => break,
            Err(error) if report.is_empty() => return Err(Refusal::Bad(error.to_string())),
            Err(error) => {
                tracing::info!(%error, "a store request broke off");
                report.add(&ask.base, Err(Failed::of(PROCESSING_FAILURE)));
                break;
            }
        }
    }
    if report.is_empty() {
        return Err(Refusal::Bad("there is no part".to_owned()));
    }
    report.audit(&web, &ask).await?;
    Ok(report.answer(&ask.base, study.as_deref()))
}

/// From which source instances come: that of the peer.
async fn origin(web: &Web, ask: &Ask) -> Result<(InstanceOrigin, Arc<dyn InstanceSink>), Refusal> {
    let Asker::System(Caller::Peer(peer)) = &ask.asker else { return Err(Refusal::Forbidden) };
    let (Some(sink), Some(source_id), true) = (&web.sink, peer.source_id, peer.may_submit) else {
        return Err(Refusal::Forbidden);
    };
    let named = web.desk.store.read(move |tx| -> Result<_, StoreError> {
        Ok(source::sources(tx)?.into_iter().find(|one| one.id == source_id).map(|one| one.name))
    });
    let source = named.await?.ok_or(Refusal::Forbidden)?;
    let origin = InstanceOrigin { source, actor: peer.name.clone(), ..InstanceOrigin::default() };
    Ok((origin, sink.clone()))
}

fn media_type(headers: &HeaderMap) -> Result<ContentType, Refusal> {
    let said = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let read = ContentType::parse(said);
    let inner = read.parameter("type").unwrap_or("application/dicom").to_ascii_lowercase();
    match read.essence == "multipart/related" && inner == "application/dicom" {
        true => Ok(read),
        false => Err(Refusal::Unsupported(
            "send multipart/related; type=\"application/dicom\" with one instance a part",
        )),
    }
}

/// Why an instance was not kept, with what is known of it.
struct Failed {
    reason: u16,
    sop_class_uid: String,
    sop_instance_uid: String,
}

impl Failed {
    fn of(reason: u16) -> Failed {
        Failed { reason, sop_class_uid: String::new(), sop_instance_uid: String::new() }
    }
}

async fn one(
    sink: &Arc<dyn InstanceSink>,
    origin: &InstanceOrigin,
    study: Option<&str>,
    mut part: Part<'_>,
) -> Result<InstanceReceipt, Failed> {
    let mut ahead = BytesMut::new();
    while (ahead.len() as u64) < STOW_AHEAD_BYTES {
        match part.chunk().await {
            Ok(Some(bytes)) => ahead.extend_from_slice(&bytes),
            Ok(None) => break,
            Err(_) => return Err(Failed::of(PROCESSING_FAILURE)),
        }
    }
    let header = header_of(&ahead);
    let uid = |tag| header.uid(tag).unwrap_or_default().to_owned();
    let failed = |reason| Failed {
        reason,
        sop_class_uid: uid(tags::SOP_CLASS_UID),
        sop_instance_uid: uid(tags::SOP_INSTANCE_UID),
    };
    if study.is_some_and(|study| header.uid(tags::STUDY_INSTANCE_UID) != Some(study)) {
        return Err(failed(DOES_NOT_MATCH));
    }
    let begin = stream::iter([Ok::<Bytes, std::io::Error>(ahead.freeze())]);
    let whole = begin.chain(part.into_stream()).boxed();
    match sink.receive(origin, whole).await {
        Ok(receipt) => Ok(receipt),
        Err(error) => {
            tracing::info!(%error, "an instance of a store request was not taken");
            Err(failed(reason_of(&error)))
        }
    }
}

/// What the beginning of an instance says, as far as it can be read.
fn header_of(ahead: &[u8]) -> DataSet {
    match scan(ahead, None) {
        Ok(scanned) => scanned.header,
        Err(error) => error.scan.header,
    }
}

fn reason_of(error: &InstanceError) -> u16 {
    match error {
        InstanceError::NotEnrolled | InstanceError::NoSuchSource(_) => NOT_AUTHORIZED,
        InstanceError::OtherPatient => DOES_NOT_MATCH,
        InstanceError::TooLarge { .. } | InstanceError::Full => OUT_OF_RESOURCES,
        InstanceError::BrokenOff(_) | InstanceError::Unavailable(_) => PROCESSING_FAILURE,
    }
}

impl Report {
    fn is_empty(&self) -> bool {
        self.stored.is_empty() && self.failed.is_empty()
    }

    fn add(&mut self, base: &str, taken: Result<InstanceReceipt, Failed>) {
        let receipt = match taken {
            Ok(receipt) => receipt,
            Err(failed) => return self.fail(&failed),
        };
        if let InstanceOutcome::Quarantined(_) = receipt.outcome {
            return self.fail(&Failed {
                reason: CANNOT_UNDERSTAND,
                sop_class_uid: receipt.sop_class_uid,
                sop_instance_uid: receipt.sop_instance_uid,
            });
        }
        let mut item = reference(&receipt.sop_class_uid, &receipt.sop_instance_uid);
        let place = format!(
            "{base}/studies/{}/instances/{}",
            receipt.study_instance_uid, receipt.sop_instance_uid
        );
        put(&mut item, tags::RETRIEVE_URL, &[place]);
        if receipt.outcome == InstanceOutcome::OtherBytes {
            put(&mut item, tags::WARNING_REASON, &[WITH_OTHER_BYTES.to_string()]);
        }
        self.stored.push(Value::Object(item));
    }

    fn fail(&mut self, failed: &Failed) {
        let mut item = reference(&failed.sop_class_uid, &failed.sop_instance_uid);
        put(&mut item, tags::FAILURE_REASON, &[failed.reason.to_string()]);
        self.failed.push(Value::Object(item));
    }

    async fn audit(&self, web: &Web, ask: &Ask) -> Result<(), Refusal> {
        let (asker, at) = (ask.asker.clone(), web.desk.clock.now());
        let detail = json!({
            "transaction": "STOW-RS", "stored": self.stored.len(), "failed": self.failed.len(),
        });
        let outcome = match self.failed.is_empty() {
            true => Outcome::Success,
            false => Outcome::MinorFailure,
        };
        let written = web
            .desk
            .store
            .write(move |tx| asker.audit(tx, (Action::Submit, outcome), &[], &detail, at));
        Ok(written.await?)
    }

    /// The data set of PS3.18 table 10.5.3-1.
    fn answer(self, base: &str, study: Option<&str>) -> Response {
        let status = match (self.stored.is_empty(), self.failed.is_empty()) {
            (_, true) => StatusCode::OK,
            (false, false) => StatusCode::ACCEPTED,
            (true, false) => StatusCode::CONFLICT,
        };
        let mut object = Map::new();
        if let Some(study) = study {
            put(&mut object, tags::RETRIEVE_URL, &[format!("{base}/studies/{study}")]);
        }
        for (name, items) in [("00081199", self.stored), ("00081198", self.failed)] {
            if !items.is_empty() {
                object.insert(name.to_owned(), json!({ "vr": "SQ", "Value": items }));
            }
        }
        let text = Value::Object(object).to_string();
        (status, [(CONTENT_TYPE, "application/dicom+json")], text).into_response()
    }
}

fn reference(sop_class: &str, sop_instance: &str) -> Map<String, Value> {
    let mut item = Map::new();
    put(&mut item, tags::REFERENCED_SOP_CLASS_UID, &[sop_class.to_owned()]);
    put(&mut item, tags::REFERENCED_SOP_INSTANCE_UID, &[sop_instance.to_owned()]);
    item
}
