//! On-demand documents: nothing here makes one when it is asked for, but what was kept of one may
//! be here as a snapshot (ITI TF-2 3.43.4.2.3; IsSnapshotOf, ITI TF-3 4.2.2.2.7).

use crate::held::is_open;
use model::Timestamp;
use model::document::{AssociationType, Availability, DocumentKind};
use ports::Caller;
use store::document::stored_query;
use store::document::{EndKind, EntryRow, entry};
use store::{Store, StoreError};

/// The uniqueId of the last approved snapshot, kept by the repository of `repository_oid`, of an
/// on-demand document that the caller may see.
pub(crate) async fn last_snapshot(
    store: &Store,
    caller: &Caller,
    (unique_id, repository_oid): (&str, &str),
    now: Timestamp,
) -> Result<Option<String>, StoreError> {
    let (asked, viewer) = (vec![unique_id.to_owned()], caller.viewer());
    let own = repository_oid.to_owned();
    let last = store.read(move |tx| -> Result<Option<EntryRow>, StoreError> {
        let ids = stored_query::documents_by_unique_ids(tx, &asked)?;
        let mut open = Vec::new();
        for head in stored_query::heads(tx, &ids)? {
            let whose = (head.person_id, head.identity_id);
            let from = (head.facility_id, head.is_restricted);
            if is_open(tx, viewer, whose, from, &head.category, now)? {
                open.push(head.id);
            }
        }
        let on_demand = entry::of_ids(tx, &open)?.into_iter();
        let on_demand: Vec<i64> = on_demand
            .filter(|row| row.entry.kind == DocumentKind::OnDemand)
            .map(|row| row.id)
            .collect();
        let kind = AssociationType::IsSnapshotOf.name();
        let snapshots: Vec<i64> = stored_query::links_to(tx, EndKind::Document, &on_demand)?
            .into_iter()
            .filter(|link| link.association_type == kind)
            .filter(|link| link.availability == Availability::Approved)
            .map(|link| link.source.id)
            .collect();
        let kept = entry::of_ids(tx, &snapshots)?.into_iter().filter(|row| {
            row.availability == Availability::Approved && row.entry.repository_oid == own
        });
        Ok(kept.max_by_key(|row| (row.entry.creation_time.first, row.created, row.id)))
    });
    Ok(last.await?.map(|row| row.entry.unique_id))
}
