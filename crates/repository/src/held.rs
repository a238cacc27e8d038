//! A document that is here and that the one who asks may have.

use crate::error::RepositoryError;
use crate::retrieve;
use access::Viewer;
use bytes::Bytes;
use futures::{StreamExt, TryStreamExt};
use model::Timestamp;
use model::entry::Category;
use ports::Caller;
use soap::Attachment;
use std::collections::BTreeSet;
use std::io;
use store::document::{self, stored_query};
use store::{ObjectKey, Store, StoreError, Tx};

/// A held document.
pub(crate) struct Held {
    /// mimeType as submitted.
    pub mime_type: String,
    /// Whose it is.
    pub persons: BTreeSet<i64>,
    document_id: i64,
    content: Content,
}

enum Content {
    /// Verified already.
    Bytes(Bytes),
    /// The same, to be read again: the answer has enough in memory.
    Later { document_id: i64, unique_id: String },
    /// Verified while it is read.
    Object(ObjectKey),
}

/// The document of a uniqueId, if it is here and the caller may have it.
pub(crate) async fn find(
    store: &Store,
    caller: &Caller,
    unique_id: &str,
    now: Timestamp,
) -> Result<Option<Held>, RepositoryError> {
    let (asked, viewer) = (unique_id.to_owned(), caller.viewer());
    let open = store.read(move |tx| open(tx, &asked, viewer, now)).await?;
    let Some((document_id, persons)) = open else { return Ok(None) };
    let found = match retrieve::find_row(store, document_id, unique_id).await {
        Ok(found) => found,
        Err(RepositoryError::Unknown { .. }) => return Ok(None),
        Err(error) => return Err(error),
    };
    let content = match found.place {
        document::Place::Objects => {
            retrieve::check_size(store, unique_id, found.key).await?;
            Content::Object(found.key)
        }
        place => Content::Bytes(retrieve::verified(unique_id, found.key, place)?),
    };
    Ok(Some(Held { document_id, mime_type: found.mime_type, persons, content }))
}

impl Held {
    /// Bytes in memory.
    pub(crate) fn memory_bytes(&self) -> u64 {
        match &self.content {
            Content::Bytes(bytes) => bytes.len() as u64,
            Content::Later { .. } | Content::Object(_) => 0,
        }
    }

    /// Reads the bytes again when their turn comes.
    pub(crate) fn put_off(&mut self, unique_id: &str) {
        if let Content::Bytes(_) = &self.content {
            let (document_id, unique_id) = (self.document_id, unique_id.to_owned());
            self.content = Content::Later { document_id, unique_id };
        }
    }

    /// The document on its way out. An object is opened when its turn comes.
    pub(crate) fn attachment(self, store: &Store) -> Attachment {
        let key = match self.content {
            Content::Bytes(bytes) => return Attachment::of_bytes(self.mime_type, bytes),
            Content::Later { document_id, unique_id } => {
                let store = store.clone();
                let bytes = futures::stream::once(async move {
                    let read = retrieve::retrieve_row(&store, document_id, &unique_id).await;
                    read.map(|read| read.bytes).map_err(io::Error::other)
                });
                let content_type = self.mime_type;
                return Attachment { content_type, size: None, bytes: bytes.boxed() };
            }
            Content::Object(key) => key,
        };
        let objects = store.objects().clone();
        let opened = futures::stream::once(async move {
            let stream = objects.get(key).await.map_err(io::Error::other)?;
            Ok::<_, io::Error>(stream.map_err(|error| {
                tracing::error!(%error, "an object broke off while it was given");
                io::Error::other(error)
            }))
        });
        let bytes = opened.try_flatten().boxed();
        Attachment { content_type: self.mime_type, size: Some(key.size), bytes }
    }
}

/// The row whose bytes are given and the persons of all rows that the caller may see: a peer sees
/// what a doctor of its facility may. Only rows that hold the bytes themselves open them, by what
/// their metadata say today.
fn open(
    tx: &mut Tx,
    unique_id: &str,
    viewer: Option<Viewer>,
    now: Timestamp,
) -> Result<Option<(i64, BTreeSet<i64>)>, StoreError> {
    let held = document::bytes::held(tx, unique_id)?;
    let (mut given, mut persons) = (None, BTreeSet::new());
    for head in stored_query::heads(tx, &held)? {
        let whose = (head.person_id, head.identity_id);
        let from = (head.facility_id, head.is_restricted);
        if is_open(tx, viewer, whose, from, &head.category, now)? {
            given = Some(head.id);
            persons.insert(head.person_id);
        }
    }
    Ok(given.map(|id| (id, persons)))
}

/// Whether somebody may see a document of a person and an identity, which a facility disclosed
/// (or restricts) and which is of a category.
pub(crate) fn is_open(
    tx: &mut Tx,
    viewer: Option<Viewer>,
    (person_id, identity_id): (i64, i64),
    (facility_id, is_restricted): (Option<i64>, bool),
    category: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let Some(viewer) = viewer else { return Ok(true) };
    let seen = access::visibility(tx, &viewer, person_id, now);
    let seen = seen.map_err(|error| match error {
        access::AccessError::Store(error) => error,
        other => StoreError::Damaged(other.to_string()),
    })?;
    let category = Category::from_name(category);
    Ok(seen.identities().contains(&identity_id)
        && category.is_some_and(|one| seen.permits_from(facility_id, one, is_restricted)))
}
