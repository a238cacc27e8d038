//! The centre's document sink in one process: repository and registry in one transaction. What
//! comes by ITI-41, ITI-42 and ITI-61 goes the same way.
//!
//! The slow part of a submission (hashes, facts, metadata) runs on the blocking pool and large
//! bytes become durable first; then one use case writes metadata and bytes together. Several
//! chunks are on their way at once, so that the next ones are prepared while the database
//! commits.

mod message;

use futures::future::{BoxFuture, join_all};
use futures::stream::{self, StreamExt};
use model::{Clock, Timestamp, limits};
use ports::{DocumentSink, Outcome, Receipt, SinkError, StateChange, StoredBytes, Submission};
use registry::{Content, Derivations, Incoming, Prepared, RegistryError, refusal};
use repository::{Received, RepositoryError, Unnamed};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::document::removal;
use store::{Engine, Objects, Store, StoreError, Tx};

/// Submissions prepared together.
const CHUNK: usize = limits::SINK_CHUNK as usize;
/// Chunks on their way at once.
const CHUNKS_IN_FLIGHT: usize = limits::SINK_CHUNKS_IN_FLIGHT as usize;

/// Takes submissions into the store of this process.
#[derive(Clone)]
pub struct CentralSink {
    store: Store,
    clock: Arc<dyn Clock>,
    affinity_oid: Arc<str>,
}

/// A submission ready for its transaction.
struct Ready {
    prepared: Prepared,
    received: Vec<Received>,
}

/// Submissions that share one use case of SQLite.
const TOGETHER: usize = 32;

type Answer = Result<Receipt, SinkError>;

impl CentralSink {
    /// A sink into a store.
    pub fn new(store: Store, clock: Arc<dyn Clock>) -> CentralSink {
        CentralSink { store, clock, affinity_oid: Arc::from("") }
    }

    /// The sink that knows patientIds of the affinity domain with this OID.
    pub fn with_affinity(self, oid: &str) -> CentralSink {
        CentralSink { affinity_oid: Arc::from(oid), ..self }
    }

    async fn submit_all(&self, submissions: Vec<Submission>) -> Vec<Answer> {
        let mut rest = submissions.into_iter();
        let chunks = std::iter::from_fn(move || {
            let chunk: Vec<Submission> = rest.by_ref().take(CHUNK).collect();
            (!chunk.is_empty()).then_some(chunk)
        });
        stream::iter(chunks)
            .map(|chunk| self.submit_chunk(chunk))
            .buffered(CHUNKS_IN_FLIGHT)
            .flat_map(stream::iter)
            .collect()
            .await
    }

    async fn submit_chunk(&self, chunk: Vec<Submission>) -> Vec<Answer> {
        let count = chunk.len();
        let prepared = tokio::task::spawn_blocking(move || -> Vec<Result<Ready, SinkError>> {
            chunk.into_iter().map(make_ready).collect()
        });
        let prepared = match prepared.await {
            Ok(prepared) => prepared,
            Err(error) => {
                let failed = SinkError::Unavailable(format!("preparing failed: {error}"));
                return vec![Err(failed); count];
            }
        };
        let published = join_all(prepared.into_iter().map(|ready| self.publish(ready))).await;
        let mut answers: Vec<Option<Answer>> = Vec::with_capacity(count);
        let mut groups: BTreeMap<String, Vec<(usize, Arc<Ready>)>> = BTreeMap::new();
        for (place, ready) in published.into_iter().enumerate() {
            answers.push(match ready {
                Ok(ready) => {
                    let key = self.group_of(place, &ready);
                    groups.entry(key).or_default().push((place, Arc::new(ready)));
                    None
                }
                Err(error) => Some(Err(error)),
            });
        }
        for written in join_all(groups.into_values().map(|group| self.write(group))).await {
            for (place, answer) in written {
                answers[place] = Some(answer);
            }
        }
        answers.into_iter().map(|answer| answer.unwrap_or_else(not_answered)).collect()
    }

    /// SQLite's writer commits many use cases together; a few submissions share each, so that
    /// threads and savepoints cost little. PostgreSQL commits each alone and makes those of one
    /// patient wait for one another, so there the submissions of a patient share one use case.
    /// Where one of them fails, each goes alone.
    fn group_of(&self, place: usize, ready: &Ready) -> String {
        match (self.store.engine(), ready.prepared.patient()) {
            (Engine::Postgres, Some((domain, id))) => format!("{domain}|{id}"),
            _ => format!("{:08}", place / TOGETHER),
        }
    }

    async fn publish(&self, ready: Result<Ready, SinkError>) -> Result<Ready, SinkError> {
        let ready = ready?;
        for received in &ready.received {
            if let Err(error) = repository::publish(&self.store, received).await {
                self.let_go(&ready).await;
                return Err(unavailable(error));
            }
        }
        Ok(ready)
    }

    /// Deletes the objects of a submission whose rows will not come.
    async fn let_go(&self, ready: &Ready) {
        let mut unnamed = Unnamed::new(self.store.clone());
        for received in ready.received.iter().filter(|received| received.in_objects) {
            unnamed.add(received.sha256);
        }
        unnamed.let_go().await;
    }

    async fn write(&self, group: Vec<(usize, Arc<Ready>)>) -> Vec<(usize, Answer)> {
        let now = self.clock.now();
        if group.len() > 1
            && let Some(written) = self.write_together(&group, now).await
        {
            return written;
        }
        let mut answers = Vec::with_capacity(group.len());
        for (place, ready) in group {
            let answer = self.write_one(ready.clone(), now).await;
            if answer.is_err() {
                self.let_go(&ready).await;
            }
            answers.push((place, answer));
        }
        answers
    }

    /// Writes a group in one use case. `None` where one of them fails or needs a version's facts
    /// derived first: nothing was written then, and each goes alone.
    async fn write_together(
        &self,
        group: &[(usize, Arc<Ready>)],
        now: Timestamp,
    ) -> Option<Vec<(usize, Answer)>> {
        let members: Vec<Arc<Ready>> = group.iter().map(|(_, ready)| ready.clone()).collect();
        let objects = self.store.objects().clone();
        let written = self.store.write_bulk(move |tx| -> Result<Vec<Outcome>, RegistryError> {
            let none = Derivations::new();
            members.iter().map(|ready| register(tx, &objects, ready, &none, now)).collect()
        });
        let outcomes = written.await.ok()?;
        let places = group.iter().map(|(place, _)| *place);
        Some(places.zip(outcomes.into_iter().map(|outcome| Ok(Receipt { outcome }))).collect())
    }

    async fn write_one(&self, ready: Arc<Ready>, now: Timestamp) -> Answer {
        let mut derivations = Derivations::new();
        for _ in 0..limits::SINK_DERIVATIONS {
            let (ready, known) = (ready.clone(), derivations.clone());
            let objects = self.store.objects().clone();
            let done =
                self.store.write_bulk(move |tx| register(tx, &objects, &ready, &known, now)).await;
            match done {
                Ok(outcome) => return Ok(Receipt { outcome }),
                Err(RegistryError::NeedsContent { unique_id }) => {
                    let content = self.content_of(&unique_id).await?;
                    derivations.insert(unique_id, content);
                }
                Err(error) => return Err(refused(error)),
            }
        }
        Err(too_many_derivations())
    }

    /// Changes states together. Where what is stored of one version is damaged, each item goes
    /// alone, so that only what needs that version fails.
    async fn change(&self, changes: Vec<StateChange>) -> Vec<Answer> {
        let count = changes.len();
        let changes = Arc::new(changes);
        match self.change_together(changes.clone()).await {
            Ok(answers) => answers,
            Err(error @ SinkError::Refused { .. }) if count > 1 => {
                tracing::error!(%error, "a stored version cannot be read; changes go item by item");
                self.change_apart(&changes).await
            }
            Err(error) => vec![Err(error); count],
        }
    }

    async fn change_apart(&self, changes: &[StateChange]) -> Vec<Answer> {
        let mut items: BTreeMap<Result<i64, usize>, Vec<usize>> = BTreeMap::new();
        for (place, change) in changes.iter().enumerate() {
            let unique_id = change.unique_id.clone();
            let known =
                self.store.read(move |tx| store::document::row::known(tx, &unique_id)).await;
            let item_id = known.ok().flatten().and_then(|document| document.item_id);
            items.entry(item_id.ok_or(place)).or_default().push(place);
        }
        let mut answers: Vec<Option<Answer>> = vec![None; changes.len()];
        for places in items.into_values() {
            let of_item: Vec<StateChange> =
                places.iter().map(|place| changes[*place].clone()).collect();
            let count = of_item.len();
            let done = self.change_together(Arc::new(of_item)).await;
            let done = done.unwrap_or_else(|error| vec![Err(error); count]);
            for (place, answer) in places.into_iter().zip(done) {
                answers[place] = Some(answer);
            }
        }
        answers.into_iter().map(|answer| answer.unwrap_or_else(not_answered)).collect()
    }

    async fn change_together(
        &self,
        changes: Arc<Vec<StateChange>>,
    ) -> Result<Vec<Answer>, SinkError> {
        let now = self.clock.now();
        let mut derivations = Derivations::new();
        for _ in 0..limits::SINK_DERIVATIONS.max(2 * changes.len() as u64) {
            let (asked, known) = (changes.clone(), derivations.clone());
            let done =
                self.store.write(move |tx| registry::change_states(tx, &asked, &known, now)).await;
            match done {
                Ok(answers) => {
                    let receipt = |outcome: Outcome| Receipt { outcome };
                    let answers = answers.into_iter();
                    let answers =
                        answers.map(|one| one.map(receipt).map_err(|problem| refusal(&[problem])));
                    return Ok(answers.collect());
                }
                Err(RegistryError::NeedsContent { unique_id }) => {
                    let content = self.content_of(&unique_id).await?;
                    derivations.insert(unique_id, content);
                }
                Err(error) => return Err(refused(error)),
            }
        }
        Err(too_many_derivations())
    }

    /// Derives the content of a registered document from its bytes again. Where these are lost or
    /// damaged it is what the metadata say, with a remark: a deletion of what stood before it
    /// must not wait for them.
    async fn content_of(&self, unique_id: &str) -> Result<Content, SinkError> {
        let asked = unique_id.to_owned();
        let found = self
            .store
            .read(move |tx| registry::query::documents_by_unique_id(tx, &[&asked], ""))
            .await
            .map_err(refused)?;
        let entry =
            found.into_iter().next().map(|answer| answer.object.entry).ok_or_else(|| {
                SinkError::Unavailable(format!("document {unique_id} vanished while it was read"))
            })?;
        let bytes = match self.stored_bytes(unique_id).await? {
            StoredBytes::Whole(bytes) => bytes,
            StoredBytes::Damaged => return Ok(registry::unreadable_content(&entry)),
            StoredBytes::Elsewhere => return Ok(registry::of_metadata(&entry)),
        };
        tokio::task::spawn_blocking(move || registry::derive_content(&entry, &bytes))
            .await
            .map_err(|error| SinkError::Unavailable(format!("deriving failed: {error}")))?
            .map_err(|problem| refusal(&[problem]))
    }

    /// What is left of a document's bytes. Damage is told to the operator here.
    async fn stored_bytes(&self, unique_id: &str) -> Result<StoredBytes, RepositoryError> {
        match repository::retrieve(&self.store, unique_id).await {
            Ok(retrieved) => Ok(StoredBytes::Whole(retrieved.bytes)),
            // Its bytes were removed (ITI-86): the metadata tell what there is to tell.
            Err(RepositoryError::Unknown { .. }) => Ok(StoredBytes::Elsewhere),
            Err(error @ RepositoryError::Damaged { .. }) => {
                tracing::error!(
                    unique_id, %error,
                    "a version is valid again whose bytes are damaged; it is shown without facts: \
                     restore its bytes from a backup"
                );
                Ok(StoredBytes::Damaged)
            }
            Err(error) => Err(error),
        }
    }
}

impl DocumentSink for CentralSink {
    fn submit(&self, submissions: Vec<Submission>) -> BoxFuture<'_, Vec<Answer>> {
        Box::pin(self.submit_all(submissions))
    }

    fn change_states(&self, changes: Vec<StateChange>) -> BoxFuture<'_, Vec<Answer>> {
        Box::pin(async move {
            let mut answers = Vec::with_capacity(changes.len());
            for chunk in changes.chunks(CHUNK) {
                answers.extend(self.change(chunk.to_vec()).await);
            }
            answers
        })
    }
}

/// The use case of one submission: metadata, facts and bytes in one transaction.
fn register(
    tx: &mut Tx,
    objects: &Objects,
    ready: &Ready,
    derivations: &Derivations,
    now: Timestamp,
) -> Result<Outcome, RegistryError> {
    let done = registry::submit(tx, &ready.prepared, derivations, now)?;
    for (place, document_id) in &done.documents {
        repository::keep(tx, objects, *document_id, &ready.received[*place])?;
    }
    for (place, received) in ready.received.iter().enumerate() {
        let is_new = done.documents.iter().any(|(new, _)| *new == place);
        if received.in_objects && !is_new {
            removal::doom_unnamed(tx, &received.sha256)?;
        }
    }
    Ok(done.outcome)
}

fn make_ready(submission: Submission) -> Result<Ready, SinkError> {
    let mut entries = Vec::with_capacity(submission.documents.len());
    let mut received = Vec::with_capacity(submission.documents.len());
    for (mut entry, bytes) in submission.documents {
        received.push(repository::receive(&mut entry, bytes)?);
        entries.push(entry);
    }
    let incoming = entries
        .into_iter()
        .zip(&received)
        .map(|(entry, document)| Incoming {
            entry,
            bytes: &document.bytes,
            sha256: document.sha256,
            in_objects: document.in_objects,
        })
        .collect();
    let prepared =
        registry::prepare(submission.set, incoming, submission.folders, submission.associations)
            .map_err(|problems| refusal(&problems))?;
    Ok(Ready { prepared, received })
}

/// What a failed use case means to a gateway: refused for good, or to be tried again.
fn refused(error: RegistryError) -> SinkError {
    match error {
        RegistryError::Refused(problems) => refusal(&problems),
        RegistryError::Store(error @ StoreError::Nul { .. }) => {
            SinkError::Refused { code: "XDSRegistryMetadataError", context: error.to_string() }
        }
        // What is stored stays damaged however often it is asked for.
        error @ (RegistryError::Damaged { .. }
        | RegistryError::Store(StoreError::Damaged(_) | StoreError::Column { .. })) => {
            SinkError::Refused { code: "XDSRegistryError", context: error.to_string() }
        }
        other => SinkError::Unavailable(other.to_string()),
    }
}

fn not_answered() -> Answer {
    Err(SinkError::Unavailable("it was not answered".to_owned()))
}

fn unavailable(error: StoreError) -> SinkError {
    SinkError::Unavailable(error.to_string())
}

fn too_many_derivations() -> SinkError {
    SinkError::Unavailable("its versions changed again and again; try again".to_owned())
}
