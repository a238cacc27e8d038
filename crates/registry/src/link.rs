//! Associations that the registry itself makes.

use crate::names::association_uuid;
use model::document::AssociationType;
use store::document::{EndKind, NewAssociation, association};
use store::{StoreError, Tx};
use uuid::Uuid;

/// One end of an association.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Joined {
    pub kind: EndKind,
    pub id: i64,
    pub uuid: Uuid,
}

/// Joins two objects, unless they are joined so already. Answers the association.
pub(crate) fn join(
    tx: &mut Tx,
    association_type: AssociationType,
    source: Joined,
    target: Joined,
    original: bool,
    submission_set_id: i64,
) -> Result<Option<Joined>, StoreError> {
    let uuid = association_uuid(association_type, source.uuid, target.uuid);
    let new = NewAssociation {
        entry_uuid: uuid,
        association_type,
        source: (source.kind, source.id),
        target: (target.kind, target.id),
        original,
        submission_set_id,
        details: "",
    };
    let id = association::insert(tx, &new)?;
    Ok(id.map(|id| Joined { kind: EndKind::Association, id, uuid }))
}
