//! From a UID to the rows that the asker may see.

use access::{AccessError, Viewer, Visibility};
use model::Timestamp;
use model::entry::Category;
use std::collections::BTreeMap;
use store::study::{StudyRow, studies_by_uid};
use store::{StoreError, Tx, person, source};

/// A study that the asker may see.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    /// The study.
    pub study: StudyRow,
    /// Whose it is.
    pub person_id: i64,
    /// The domain that numbers the patient.
    pub domain_oid: String,
}

/// The eyes of one asker, for as long as one transaction.
pub(crate) struct Eyes {
    viewer: Option<Viewer>,
    now: Timestamp,
    facilities: BTreeMap<i64, i64>,
    identities: BTreeMap<i64, Option<(i64, String)>>,
    seen: BTreeMap<i64, Visibility>,
}

/// What a Study Instance UID came to.
pub(crate) enum Resolved {
    /// The study, the row that stands for it first: those that hold something before those that
    /// are only known, originals before imported copies. Never empty.
    Found(Vec<Seen>),
    /// Nothing that the asker may see.
    Nothing,
    /// Two patients have it: giving either would perhaps give the wrong one.
    Ambiguous,
}

impl Eyes {
    /// Reads which facility each source is of.
    pub(crate) fn open(
        tx: &mut Tx,
        viewer: Option<Viewer>,
        now: Timestamp,
    ) -> Result<Eyes, StoreError> {
        let facilities = match viewer {
            Some(_) => source::sources(tx)?.iter().map(|one| (one.id, one.facility.id)).collect(),
            None => BTreeMap::new(),
        };
        Ok(Eyes { viewer, now, facilities, identities: BTreeMap::new(), seen: BTreeMap::new() })
    }

    /// A study, if it may be seen.
    fn see(&mut self, tx: &mut Tx, study: StudyRow) -> Result<Option<Seen>, StoreError> {
        if study.hidden.is_some() {
            return Ok(None);
        }
        let Some((person_id, domain_oid)) = self.whose(tx, study.identity_id)? else {
            return Ok(None);
        };
        let seen = Seen { study, person_id, domain_oid };
        let Some(viewer) = self.viewer else { return Ok(Some(seen)) };
        if !self.seen.contains_key(&person_id) {
            let visible =
                access::visibility(tx, &viewer, person_id, self.now).map_err(of_access)?;
            self.seen.insert(person_id, visible);
        }
        let facility = self.facilities.get(&seen.study.source_id).copied();
        let is_open = self.seen.get(&person_id).is_some_and(|visible| {
            visible.identities().contains(&seen.study.identity_id)
                && facility.is_some()
                && visible.permits_from(facility, Category::Imaging, seen.study.is_restricted)
        });
        Ok(is_open.then_some(seen))
    }

    /// Those of some studies that may be seen, in their order.
    pub(crate) fn all_seen(
        &mut self,
        tx: &mut Tx,
        studies: Vec<StudyRow>,
    ) -> Result<Vec<Seen>, StoreError> {
        let mut seen = Vec::new();
        for study in studies {
            seen.extend(self.see(tx, study)?);
        }
        Ok(seen)
    }

    /// The study of a UID.
    pub(crate) fn study(&mut self, tx: &mut Tx, uid: &str) -> Result<Resolved, StoreError> {
        if !dicomfile::is_uid(uid) {
            return Ok(Resolved::Nothing);
        }
        let rows = studies_by_uid(tx, uid)?;
        let mut seen = self.all_seen(tx, rows)?;
        let Some(first) = seen.first() else { return Ok(Resolved::Nothing) };
        if seen.iter().any(|one| one.person_id != first.person_id) {
            return Ok(Resolved::Ambiguous);
        }
        sort(&mut seen);
        Ok(Resolved::Found(seen))
    }

    fn whose(
        &mut self,
        tx: &mut Tx,
        identity_id: i64,
    ) -> Result<Option<(i64, String)>, StoreError> {
        if let Some(known) = self.identities.get(&identity_id) {
            return Ok(known.clone());
        }
        let found = person::identity_by_id(tx, identity_id)?;
        let whose = found.map(|one| (one.person_id, one.domain_oid));
        self.identities.insert(identity_id, whose.clone());
        Ok(whose)
    }
}

/// Of one person's rows with the same Study Instance UID, only the one that stands for it.
pub(crate) fn each_once(mut seen: Vec<Seen>) -> Vec<Seen> {
    let order: BTreeMap<i64, usize> =
        seen.iter().enumerate().map(|(place, one)| (one.study.id, place)).collect();
    sort(&mut seen);
    let mut known = std::collections::BTreeSet::new();
    seen.retain(|one| known.insert((one.person_id, one.study.study_instance_uid.clone())));
    let shown: Vec<i64> = seen.iter().map(|one| one.study.id).collect();
    seen.retain(|one| one.study.copy_of.is_none_or(|original| !shown.contains(&original)));
    seen.sort_by_key(|one| order.get(&one.study.id).copied());
    seen
}

pub(crate) fn of_access(error: AccessError) -> StoreError {
    match error {
        AccessError::Store(error) => error,
        other => StoreError::Damaged(other.to_string()),
    }
}

fn sort(seen: &mut [Seen]) {
    seen.sort_by_key(|one| {
        let study = &one.study;
        (study.instance_count == 0, study.copy_of.is_some(), -study.instance_count, study.id)
    });
}
