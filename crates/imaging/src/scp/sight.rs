//! What a peer may see: the studies that its facility may, decided by `access` for each person.

use super::peers::Known;
use access::{Role, Viewer, Visibility};
use model::entry::Category;
use model::{CommunityId, Timestamp};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use store::study::{self, StudyRow};
use store::{StoreError, Tx, domain, person, source};

/// A study that may be seen, and whose.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    pub row: StudyRow,
    pub community_id: String,
    pub person_id: i64,
}

/// The identities of a patient ID: a community ID, or a number of the domain of the peer's source.
pub(super) fn identities_of(
    tx: &mut Tx,
    known: &Known,
    patient_id: &str,
) -> Result<Vec<i64>, StoreError> {
    let person_id = match patient_id.parse::<CommunityId>() {
        Ok(id) => access::resolve(tx, &id).map_err(store_error)?.map(|person| person.id),
        Err(_) => None,
    };
    if let Some(person_id) = person_id {
        let identities = person::identities_of_person(tx, person_id)?;
        return Ok(identities.iter().map(|identity| identity.id).collect());
    }
    let sources = source::sources(tx)?;
    let Some(own) = sources.into_iter().find(|one| Some(one.id) == known.source_id) else {
        return Ok(Vec::new());
    };
    let Ok(number) = domain::read_number(tx, &own.domain.oid, patient_id)? else {
        return Ok(Vec::new());
    };
    let found = person::identity_by_local_id(tx, &own.domain.oid, &number)?;
    let Some(found) = found else { return Ok(Vec::new()) };
    let identities = person::identities_of_person(tx, found.person_id)?;
    Ok(identities.iter().map(|identity| identity.id).collect())
}

/// Those of some studies that the peer may see. Of a study that two sources of one person have,
/// the original is given, where that may be seen; hidden ones are given to nobody.
pub(super) fn seen(
    tx: &mut Tx,
    known: &Known,
    rows: Vec<StudyRow>,
    now: Timestamp,
) -> Result<Vec<Seen>, StoreError> {
    let viewer = Viewer { account_id: 0, facility_id: known.facility_id, role: Role::Doctor };
    let ids: Vec<i64> = rows.iter().map(|row| row.identity_id).collect();
    let identities = person::identities_by_ids(tx, &ids)?;
    let facilities: BTreeMap<i64, i64> =
        source::sources(tx)?.into_iter().map(|one| (one.id, one.facility.id)).collect();
    let mut decided: BTreeMap<i64, (Visibility, String)> = BTreeMap::new();
    let mut seen = Vec::new();
    for row in rows {
        let of = identities.iter().find(|identity| identity.id == row.identity_id);
        let Some(person_id) = of.map(|identity| identity.person_id) else { continue };
        let (open, community_id) = match decided.entry(person_id) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => {
                let open = access::visibility(tx, &viewer, person_id, now).map_err(store_error)?;
                let named = person::by_id(tx, person_id)?;
                let id = named.map(|person| person.community_id.digits().to_owned());
                place.insert((open, id.unwrap_or_default()))
            }
        };
        let facility = facilities.get(&row.source_id).copied();
        let is_open = row.hidden.is_none()
            && open.identities().contains(&row.identity_id)
            && open.permits_from(facility, Category::Imaging, row.is_restricted);
        if is_open {
            seen.push(Seen { row, community_id: community_id.clone(), person_id });
        }
    }
    let originals: Vec<i64> = seen.iter().map(|one| one.row.id).collect();
    seen.retain(|one| one.row.copy_of.is_none_or(|original| !originals.contains(&original)));
    Ok(seen)
}

/// The studies of a UID that the peer may see.
pub(super) fn of_uid(
    tx: &mut Tx,
    known: &Known,
    study_instance_uid: &str,
    now: Timestamp,
) -> Result<Vec<Seen>, StoreError> {
    let rows = study::studies_by_uid(tx, study_instance_uid)?;
    seen(tx, known, rows, now)
}

pub(super) fn store_error(error: access::AccessError) -> StoreError {
    match error {
        access::AccessError::Store(error) => error,
        other => StoreError::Damaged(other.to_string()),
    }
}
