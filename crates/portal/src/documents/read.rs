//! Reading one document: who may, and its bytes.

use crate::patient::Patient;
use crate::refusal::Kind;
use crate::state::PortalState;
use model::entry::Category;
use sha2::Digest as _;
use store::document::{self, Place};
use store::document_query::{self, DocumentRow};
use store::object::ObjectKey;
use store::{StoreError, Tx};

/// The document of an id, if it is this patient's and may be seen.
pub fn find(tx: &mut Tx, patient: &Patient, id: i64) -> Result<Option<DocumentRow>, Kind> {
    let found = document_query::by_id(tx, id)?;
    Ok(found.filter(|it| may_see(patient, it.identity_id, it.source_id, it.category)))
}

/// Whether a document is this patient's and of what may be seen.
pub fn may_see(
    patient: &Patient,
    identity_id: i64,
    source_id: Option<i64>,
    category: Category,
) -> bool {
    patient.identities.contains(&identity_id) && patient.permits(source_id, category)
}

/// Where the bytes of a document are.
pub fn place(tx: &mut Tx, document: &DocumentRow) -> Result<Place, Kind> {
    let content = document::bytes::content(tx, document.id)?;
    Ok(content.map_or(Place::Missing, |content| content.place))
}

/// Whether bytes are those that were registered.
pub fn is_whole(document: &DocumentRow, bytes: &[u8]) -> bool {
    sha2::Sha256::digest(bytes).as_slice() == document.sha256
}

/// The bytes of a document; those of an object are verified.
pub async fn bytes(
    state: &PortalState,
    document: &DocumentRow,
    place: Place,
) -> Result<Vec<u8>, Kind> {
    let missing = || StoreError::Damaged(format!("bytes of document {} are missing", document.id));
    match place {
        Place::Database(bytes) => Ok(bytes),
        Place::Missing => Err(missing().into()),
        Place::Objects => {
            let sha256 = document.sha256.as_slice().try_into().map_err(|_| missing())?;
            let key = ObjectKey { sha256, size: document.size };
            let objects = state.store.objects().clone();
            let read = tokio::task::spawn_blocking(move || objects.read_blocking(key)).await;
            Ok(read.map_err(|error| StoreError::Panicked(error.to_string()))??)
        }
    }
}
