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
use store::document::stored_query;
use store::{ObjectKey, Store, StoreError, Tx};

/// A held document.
pub(crate) struct Held {
    /// mimeType as submitted.
    pub mime_type: String,
    /// Whose it is.
    pub persons: BTreeSet<i64>,
    content: Content,
}

enum Content {
    /// Verified already.
    Bytes(Bytes),
    /// The same, to be read again: the answer has enough in memory.
    Later(String),
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
    let (asked, viewer) = (vec![unique_id.to_owned()], caller.viewer());
    let persons = store
        .read(move |tx| -> Result<BTreeSet<i64>, StoreError> {
            let ids = stored_query::documents_by_unique_ids(tx, &asked)?;
            persons_open(tx, &ids, viewer, now)
        })
        .await?;
    if persons.is_empty() {
        return Ok(None);
    }
    let found = match retrieve::find(store, unique_id).await {
        Ok(found) => found,
        Err(RepositoryError::Unknown { .. }) => return Ok(None),
        Err(error) => return Err(error),
    };
    let content = match found.place {
        store::document::Place::Objects => {
            retrieve::check_size(store, unique_id, found.key).await?;
            Content::Object(found.key)
        }
        place => Content::Bytes(retrieve::verified(unique_id, found.key, place)?),
    };
    Ok(Some(Held { mime_type: found.mime_type, persons, content }))
}

impl Held {
    /// Bytes in memory.
    pub(crate) fn memory_bytes(&self) -> u64 {
        match &self.content {
            Content::Bytes(bytes) => bytes.len() as u64,
            Content::Later(_) | Content::Object(_) => 0,
        }
    }

    /// Reads the bytes again when their turn comes.
    pub(crate) fn put_off(&mut self, unique_id: &str) {
        if let Content::Bytes(_) = &self.content {
            self.content = Content::Later(unique_id.to_owned());
        }
    }

    /// The document on its way out. An object is opened when its turn comes.
    pub(crate) fn attachment(self, store: &Store) -> Attachment {
        let key = match self.content {
            Content::Bytes(bytes) => return Attachment::of_bytes(self.mime_type, bytes),
            Content::Later(unique_id) => {
                let store = store.clone();
                let bytes = futures::stream::once(async move {
                    let read = retrieve::retrieve(&store, &unique_id).await;
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

/// The persons of those entries that the caller may see: a peer sees what a doctor of its
/// facility may.
fn persons_open(
    tx: &mut Tx,
    ids: &[i64],
    viewer: Option<Viewer>,
    now: Timestamp,
) -> Result<BTreeSet<i64>, StoreError> {
    let mut open = BTreeSet::new();
    for head in stored_query::heads(tx, ids)? {
        let is_open = match viewer {
            None => true,
            Some(viewer) => {
                let seen = access::visibility(tx, &viewer, head.person_id, now);
                let seen = seen.map_err(|error| match error {
                    access::AccessError::Store(error) => error,
                    other => StoreError::Damaged(other.to_string()),
                })?;
                let category = Category::from_name(&head.category);
                seen.identities().contains(&head.identity_id)
                    && category.is_some_and(|one| {
                        seen.permits_from(head.facility_id, one, head.is_restricted)
                    })
            }
        };
        if is_open {
            open.insert(head.person_id);
        }
    }
    Ok(open)
}
