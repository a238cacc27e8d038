//! Names that the registry itself gives: UUIDs of associations it makes.

use model::document::AssociationType;
use uuid::Uuid;

/// The namespace of these UUIDs (version 5 of the ends and the type).
const ASSOCIATIONS: Uuid = Uuid::from_u128(0x6d75_7375_6269_5b50_8a73_736f_6369_6174);

/// The entryUUID of an association made by the registry: the same for the same ends and type,
/// so that arriving in another order or twice gives the same row.
pub(crate) fn association_uuid(kind: AssociationType, source: Uuid, target: Uuid) -> Uuid {
    let mut name = Vec::with_capacity(48);
    name.extend_from_slice(kind.name().as_bytes());
    name.push(b'|');
    name.extend_from_slice(source.as_bytes());
    name.extend_from_slice(target.as_bytes());
    Uuid::new_v5(&ASSOCIATIONS, &name)
}
