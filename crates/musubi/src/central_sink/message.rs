//! Submissions that came as messages: ITI-41, ITI-42 and ITI-61. The same use case as a gateway's,
//! with the audit row in its transaction.

use super::{CentralSink, refused, too_many_derivations};
use futures::StreamExt;
use futures::future::BoxFuture;
use model::document::DocumentEntry;
use model::{Timestamp, limits};
use ports::{HeldBytes, Outcome, Registrar, RegistrarError, Registration, SinkError, StoredBytes};
use registry::{Derivations, ErrorCode, Held, Prepared, Problem, RegistryError};
use std::sync::Arc;
use store::audit::{self, Action, NewAuditEvent};
use store::document::removal;
use store::{ObjectKey, Objects, StoreError, Tx};

impl Registrar for CentralSink {
    fn register(
        &self,
        registration: Registration,
    ) -> BoxFuture<'_, Result<Outcome, RegistrarError>> {
        Box::pin(self.register_message(registration))
    }

    fn bytes_of(&self, unique_id: String) -> BoxFuture<'_, Result<StoredBytes, RegistrarError>> {
        Box::pin(async move {
            self.stored_bytes(&unique_id).await.map_err(|error| registrar_error(error.into()))
        })
    }
}

impl CentralSink {
    async fn register_message(
        &self,
        registration: Registration,
    ) -> Result<Outcome, RegistrarError> {
        let now = self.clock.now();
        let Registration { submission, contents, caller, transaction } = registration;
        let label = submission.set.object.unique_id.clone();
        let actor = caller.actor().to_owned();
        let affinity_oid = self.affinity_oid.clone();
        let bytes: Arc<Vec<Option<HeldBytes>>> = Arc::new(contents);
        let mut read = Vec::with_capacity(bytes.len());
        for (one, content) in submission.documents.iter().zip(bytes.iter()) {
            read.push(match content {
                Some(content) => self.message_bytes(&one.object, content).await?,
                None => None,
            });
        }
        let known = bytes.clone();
        let prepared = tokio::task::spawn_blocking(move || {
            let held: Vec<Option<Held<'_>>> =
                known.iter().zip(&read).map(|(one, bytes)| held(one, bytes)).collect();
            registry::prepare_message(submission, &held, &affinity_oid)
        });
        let prepared = prepared
            .await
            .map_err(|error| RegistrarError::Unavailable(format!("preparing failed: {error}")))?;
        let done = match prepared {
            Ok(prepared) => {
                let prepared = prepared.of_caller(caller);
                self.write_message(Arc::new(prepared), bytes, &actor, transaction).await
            }
            Err(problems) => Err(RegistrarError::Refused(problems)),
        };
        if let Err(error) = &done {
            self.audit_refusal(actor, transaction, &label, error, now).await;
        }
        done
    }

    /// The bytes from which facts are read: of a message, also where it is an object.
    async fn message_bytes(
        &self,
        entry: &DocumentEntry,
        content: &HeldBytes,
    ) -> Result<Option<bytes::Bytes>, RegistrarError> {
        if content.bytes.is_some() || !registry::has_facts(entry) {
            return Ok(content.bytes.clone());
        }
        let key = ObjectKey { sha256: content.sha256, size: entry.size };
        let failed = |error: StoreError| RegistrarError::Unavailable(error.to_string());
        let mut chunks = std::pin::pin!(self.store.objects().get(key).await.map_err(failed)?);
        let mut whole = Vec::new();
        while let Some(chunk) = chunks.next().await {
            whole.extend_from_slice(&chunk.map_err(failed)?);
        }
        Ok(Some(whole.into()))
    }

    async fn write_message(
        &self,
        prepared: Arc<Prepared>,
        bytes: Arc<Vec<Option<HeldBytes>>>,
        actor: &str,
        transaction: &'static str,
    ) -> Result<Outcome, RegistrarError> {
        let now = self.clock.now();
        let mut derivations = Derivations::new();
        for _ in 0..limits::SINK_DERIVATIONS {
            let (prepared, bytes) = (prepared.clone(), bytes.clone());
            let (known, actor) = (derivations.clone(), actor.to_owned());
            let objects = self.store.objects().clone();
            let done = self.store.write(move |tx| {
                record(tx, &objects, &prepared, &bytes, &known, (&actor, transaction), now)
            });
            let done = done.await;
            match done {
                Ok(outcome) => return Ok(outcome),
                Err(RegistryError::NeedsContent { unique_id }) => {
                    let content = self.content_of(&unique_id).await.map_err(registrar_error)?;
                    derivations.insert(unique_id, content);
                }
                Err(RegistryError::Refused(problems)) => {
                    return Err(RegistrarError::Refused(problems));
                }
                Err(error) => return Err(registrar_error(refused(error))),
            }
        }
        Err(registrar_error(too_many_derivations()))
    }

    async fn audit_refusal(
        &self,
        actor: String,
        transaction: &'static str,
        label: &str,
        error: &RegistrarError,
        now: Timestamp,
    ) {
        let codes = match error {
            RegistrarError::Refused(problems) => problems.iter().map(|p| p.code.name()).collect(),
            RegistrarError::Unavailable(_) => Vec::new(),
        };
        let detail = serde_json::json!({
            "transaction": transaction, "submission_set": label, "problems": codes,
        })
        .to_string();
        let written = self.store.write(move |tx| -> Result<(), StoreError> {
            let event = NewAuditEvent {
                at: now,
                actor: &actor,
                account_id: None,
                action: Action::Submit,
                outcome: audit::Outcome::MinorFailure,
                person_id: None,
                detail: &detail,
            };
            audit::insert(tx, &event)
        });
        if let Err(error) = written.await {
            tracing::error!(%error, "a refused submission could not be audited");
        }
    }
}

/// An error that is not the submission's: told as one that may pass, unless it never will.
fn registrar_error(error: SinkError) -> RegistrarError {
    match error {
        SinkError::Unavailable(reason) => RegistrarError::Unavailable(reason),
        SinkError::Refused { code, context } => {
            tracing::error!(code, context, "a submission met stored data that it cannot join");
            let code = ErrorCode::from_name(code).unwrap_or(ErrorCode::XdsRegistryError);
            let context =
                "what is stored beside it cannot be read; the operator finds it in the log";
            RegistrarError::Refused(vec![Problem::new(code, "", context)])
        }
    }
}

/// What is known of a document's bytes.
fn held<'a>(one: &Option<HeldBytes>, bytes: &'a Option<bytes::Bytes>) -> Option<Held<'a>> {
    let (one, bytes) = (one.as_ref()?, bytes.as_deref());
    Some(Held { sha256: one.sha256, in_objects: one.bytes.is_none(), bytes })
}

/// The use case: metadata, facts, bytes and the audit row in one transaction.
fn record(
    tx: &mut Tx,
    objects: &Objects,
    prepared: &Prepared,
    bytes: &[Option<HeldBytes>],
    derivations: &Derivations,
    (actor, transaction): (&str, &str),
    now: Timestamp,
) -> Result<Outcome, RegistryError> {
    let done = registry::submit(tx, prepared, derivations, now)?;
    for (place, document_id) in &done.documents {
        let Some(one) = bytes.get(*place).and_then(Option::as_ref) else { continue };
        match &one.bytes {
            Some(small) => store::document::bytes::insert(tx, *document_id, small)?,
            None => {
                let size = prepared.size_of(*place);
                removal::claim(tx, objects, ObjectKey { sha256: one.sha256, size })?;
            }
        }
    }
    for (place, one) in bytes.iter().enumerate() {
        // What was registered before has its bytes, or has them elsewhere.
        let is_new = done.documents.iter().any(|(new, _)| *new == place);
        if let Some(one) = one.as_ref().filter(|one| one.bytes.is_none() && !is_new) {
            removal::doom_unnamed(tx, &one.sha256)?;
        }
    }
    let detail = serde_json::json!({
        "transaction": transaction,
        "submission_set": prepared.set_unique_id(),
        "documents": done.documents.len(),
    });
    let event = NewAuditEvent {
        at: now,
        actor,
        account_id: None,
        action: Action::Submit,
        outcome: audit::Outcome::Success,
        person_id: Some(done.person_id),
        detail: &detail.to_string(),
    };
    audit::insert(tx, &event)?;
    Ok(done.outcome)
}
