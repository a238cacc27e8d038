//! Reading one document: who may, and its bytes.

use crate::patient::Patient;
use crate::refusal::Kind;
use crate::state::PortalState;
use sha2::Digest as _;
use store::document::{self, Place};
use store::document_query::{self, DocumentRow};
use store::object::ObjectKey;
use store::{StoreError, Tx};

/// The document of an id, if it is this patient's and may be seen.
pub fn find(tx: &mut Tx, patient: &Patient, id: i64) -> Result<Option<DocumentRow>, Kind> {
    let found = document_query::by_id(tx, id)?;
    Ok(found.filter(|it| may_see(patient, it)))
}

/// Whether a document is this patient's and of what may be seen.
pub fn may_see(patient: &Patient, document: &DocumentRow) -> bool {
    patient.identities.contains(&document.identity_id)
        && patient.permits(document.disclosure(), document.category)
}

/// Where the bytes of a document are.
pub fn place(tx: &mut Tx, document: &DocumentRow) -> Result<Place, Kind> {
    let content = document::bytes::content(tx, document.id)?;
    Ok(content.map_or(Place::Missing, |content| content.place))
}

/// The bytes of a document, verified against the SHA-256 under which they were registered.
/// `None` where they are lost or are others: nobody may be shown those.
///
/// # Errors
/// [`Kind::Store`] where the document's bytes were never here, or the store fails.
pub async fn bytes(
    state: &PortalState,
    document: &DocumentRow,
    place: Place,
) -> Result<Option<Vec<u8>>, Kind> {
    let never_here =
        |_| StoreError::Damaged(format!("the bytes of document {} are not kept here", document.id));
    let sha256: [u8; 32] = document.sha256.as_slice().try_into().map_err(never_here)?;
    let read = match place {
        Place::Database(bytes) if sha2::Sha256::digest(&bytes)[..] == sha256 => Ok(bytes),
        Place::Database(_) => Err("they are not those that were registered".to_owned()),
        Place::Missing => Err("their row is missing".to_owned()),
        Place::Objects => {
            let key = ObjectKey { sha256, size: document.size };
            let objects = state.store.objects().clone();
            let read = tokio::task::spawn_blocking(move || objects.read_blocking(key)).await;
            read.map_err(|error| StoreError::Panicked(error.to_string()))?
                .map_err(|error| error.to_string())
        }
    };
    if let Err(reason) = &read {
        tracing::error!(
            document_id = document.id,
            reason,
            "the bytes of a document cannot be shown: restore them from a backup"
        );
    }
    Ok(read.ok())
}
