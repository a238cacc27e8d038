//! The listing thread of a pass: enrolled patients page by page, their folders, and what of them
//! has to be read. Nothing of a patient who is not enrolled is looked at.

use crate::beneath::FileStamp;
use crate::commit::Gone;
use crate::error::GatewayError;
use crate::gateway::Gateway;
use crate::listing::{self, Candidate, Fault, Known, Listing};
use crate::pass::{Event, GROUPS_AT_ONCE, PassPlan, Patients};
use crate::place::{self, RootRole};
use crate::quarantine::reason_of;
use crate::session::Session;
use crate::source::Source;
use crate::workshop::{Outcome, Rejected, Workshop};
use model::item::{ItemKey, VersionState};
use model::reason::Reason;
use ports::StateChange;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use store::StoreError;
use store::intake;
use store::source as rows;

/// Enrolled patients fetched at one time.
const PAGE_ROWS: u32 = 500;

pub(crate) struct Lister {
    gateway: Gateway,
    source: Arc<Source>,
    workshop: Arc<Workshop>,
    plan: PassPlan,
}

/// What the store knows of a patient's folders.
struct Before {
    known: HashMap<Vec<u8>, Known>,
    quarantined: HashMap<Vec<u8>, String>,
    is_new: bool,
}

type Send<'a, T> = &'a mut dyn FnMut(T) -> bool;

impl Lister {
    pub fn new(session: &Session, plan: &PassPlan) -> Lister {
        Lister {
            gateway: session.gateway.clone(),
            source: Arc::clone(&session.source),
            workshop: Arc::clone(&session.workshop),
            plan: plan.clone(),
        }
    }

    /// Lists patient after patient until all are done or nobody takes the results any more.
    pub fn run(
        &mut self,
        event: Send<'_, Event>,
        groups: Send<'_, Vec<Vec<Candidate>>>,
    ) -> Result<(), GatewayError> {
        if let Patients::Some(wanted) = self.plan.patients.clone() {
            let domain_id = self.source.domain.id;
            event(Event::Patients(wanted.len() as u64));
            for patient_id in wanted {
                let asked = patient_id.clone();
                let is_enrolled = self
                    .gateway
                    .store()
                    .read_blocking(move |tx| rows::is_enrolled(tx, domain_id, &asked))?;
                if is_enrolled && !self.patient(&patient_id, event, groups)? {
                    return Ok(());
                }
            }
            return Ok(());
        }
        let domain_id = self.source.domain.id;
        let count =
            self.gateway.store().read_blocking(move |tx| rows::enrolled_count(tx, domain_id))?;
        event(Event::Patients(u64::try_from(count).unwrap_or(0)));
        let mut after = String::new();
        loop {
            let from = after.clone();
            let page = self
                .gateway
                .store()
                .read_blocking(move |tx| rows::enrolled(tx, domain_id, &from, PAGE_ROWS))?;
            let Some(last) = page.last() else { return Ok(()) };
            after.clone_from(last);
            for patient_id in &page {
                if !self.patient(patient_id, event, groups)? {
                    return Ok(());
                }
            }
        }
    }

    /// Lists one patient; answers whether to go on.
    fn patient(
        &mut self,
        patient_id: &str,
        event: Send<'_, Event>,
        groups: Send<'_, Vec<Vec<Candidate>>>,
    ) -> Result<bool, GatewayError> {
        if self.workshop.stop.is_asked() {
            return Ok(false);
        }
        let before = self.before(patient_id)?;
        if self.plan.patients == Patients::New && !before.is_new {
            return Ok(true);
        }
        let mut listing = Listing::default();
        let looked_at = |role| !self.plan.extended_only || role == RootRole::Extended;
        for root in self.source.storage_roots().filter(|root| looked_at(root.role)) {
            if let Some(folder) = self.workshop.roots.get(&(root.role, root.ordinal)) {
                listing::list_patient(
                    folder,
                    root.role,
                    root.ordinal,
                    patient_id,
                    &before.known,
                    &mut listing,
                );
            }
        }
        let items = listing.candidates.len() + listing.faults.len();
        let listed = Event::Listed {
            patient_id: patient_id.to_owned(),
            items: i64::try_from(items).unwrap_or(i64::MAX),
            is_new: before.is_new && !self.plan.extended_only,
            complete: !listing.incomplete,
        };
        let gone = gone(patient_id, &before, &listing);
        if let Some(gone) = gone
            && !event(Event::Gone(gone))
        {
            return Ok(false);
        }
        for fault in std::mem::take(&mut listing.faults) {
            if !event(Event::Outcome(self.judge(patient_id, fault, &before))) {
                return Ok(false);
            }
        }
        for candidate in &mut listing.candidates {
            candidate.was_quarantined =
                before.quarantined.get(&candidate.place).and_then(|code| reason_of(code));
            // Which of two current versions holds may have been said by a change of the other.
            let has_rival = candidate.was_quarantined == Some(Reason::TwoCurrent);
            if has_rival || self.plan.again.contains(&candidate.place) {
                candidate.stamp = None;
            }
        }
        let mut chunks = group(listing.candidates).into_iter().peekable();
        while chunks.peek().is_some() {
            if !groups(chunks.by_ref().take(GROUPS_AT_ONCE).collect()) {
                return Ok(false);
            }
        }
        Ok(event(listed))
    }

    fn before(&self, patient_id: &str) -> Result<Before, GatewayError> {
        let (source_id, patient_id) = (self.source.id, patient_id.to_owned());
        let (files, quarantined) = self.gateway.store().read_blocking(move |tx| {
            let files = intake::files_of_patient(tx, source_id, &patient_id)?;
            let quarantined = intake::quarantined_of_patient(tx, source_id, &patient_id)?;
            Ok::<_, StoreError>((files, quarantined))
        })?;
        let mut known = HashMap::with_capacity(files.len());
        let mut is_new = true;
        for file in files {
            if file.path == intake::COMPLETED_MARK {
                is_new = false;
                continue;
            }
            let size = u64::try_from(file.size).unwrap_or(0);
            let stamp = FileStamp { size, modified_us: file.modified_us };
            known.insert(file.path, Known { stamp, unique_id: file.unique_id });
        }
        Ok(Before { known, quarantined: quarantined.into_iter().collect(), is_new })
    }

    /// A fault that waits in quarantine already for the same reason is nothing new, unless it is
    /// to be tried again.
    fn judge(&self, patient_id: &str, fault: Fault, before: &Before) -> Outcome {
        let waits = before.quarantined.get(&fault.place).map(String::as_str);
        if waits == Some(fault.reason.code()) && !self.plan.again.contains(&fault.place) {
            return Outcome::Unchanged;
        }
        Outcome::Rejected(Box::new(Rejected {
            place: fault.place,
            patient_id: patient_id.to_owned(),
            reason: fault.reason,
            detail: fault.detail,
            stamp: fault.stamp,
            sha256: None,
            bytes: None,
            known_unique_id: String::new(),
        }))
    }
}

/// What the ledger and the quarantine still name but the folders no longer have. Only the
/// gateway's own notes go: a document is never deleted because a file is absent. Where the same
/// name stands there with another flag, that flag is told whether or not its bytes can be read.
fn gone(patient_id: &str, before: &Before, listing: &Listing) -> Option<Gone> {
    let listed: HashSet<&[u8]> = listing
        .candidates
        .iter()
        .map(|candidate| candidate.place.as_slice())
        .chain(listing.faults.iter().map(|fault| fault.place.as_slice()))
        .collect();
    let renamed = renamed(before, &listed);
    if listing.incomplete {
        return (!renamed.is_empty()).then(|| Gone {
            patient_id: patient_id.to_owned(),
            renamed,
            ..Gone::default()
        });
    }
    let is_gone = |place: &[u8]| {
        !listed.contains(place)
            && place::split(place)
                .is_some_and(|(role, ordinal, _)| listing.found_in.contains(&(role, ordinal)))
    };
    let items: HashSet<&ItemKey> =
        listing.candidates.iter().map(|candidate| &candidate.item).collect();
    let files: Vec<Vec<u8>> = before.known.keys().filter(|place| is_gone(place)).cloned().collect();
    let quarantined: Vec<Vec<u8>> = before
        .quarantined
        .iter()
        .filter(|(place, reason)| {
            is_gone(place) && (*reason != Reason::Vanished.code() || came_back(place, &items))
        })
        .map(|(place, _)| place.clone())
        .collect();
    (!files.is_empty() || !quarantined.is_empty()).then(|| Gone {
        patient_id: patient_id.to_owned(),
        files,
        quarantined,
        renamed,
    })
}

/// The versions whose files are no longer there under the name by which they were read but under
/// the same one with the flag of an earlier or a deleted version.
fn renamed(before: &Before, listed: &HashSet<&[u8]>) -> Vec<(Vec<u8>, StateChange)> {
    let absent: Vec<(&Vec<u8>, &Known)> = before
        .known
        .iter()
        .filter(|(place, known)| !known.unique_id.is_empty() && !listed.contains(place.as_slice()))
        .collect();
    if absent.is_empty() {
        return Vec::new();
    }
    let mut states: HashMap<&[u8], VersionState> = HashMap::new();
    for place in listed {
        let Some((role, _, relative)) = place::split(place) else { continue };
        let Some((_, _, state)) = listing::identify(role, relative) else { continue };
        let furthest = states.entry(before_flag(place)).or_insert(state);
        if rank(state) < rank(*furthest) {
            *furthest = state;
        }
    }
    let change = |(place, known): (&Vec<u8>, &Known)| {
        let state = *states.get(before_flag(place))?;
        let change = StateChange { unique_id: known.unique_id.clone(), state };
        (state != VersionState::Current).then(|| (place.clone(), change))
    };
    absent.into_iter().filter_map(change).collect()
}

/// A place without the condition flag, which is the last part of a name.
fn before_flag(place: &[u8]) -> &[u8] {
    place.iter().rposition(|byte| *byte == b'_').map_or(place, |at| &place[..at])
}

/// Whether the item of a place stands elsewhere in the folders now.
fn came_back(place: &[u8], items: &HashSet<&ItemKey>) -> bool {
    place::split(place)
        .and_then(|(role, _, relative)| listing::identify(role, relative))
        .is_some_and(|(item, _, _)| items.contains(&item))
}

/// Candidates by item, the versions of each oldest first, the items by their oldest version.
fn group(mut candidates: Vec<Candidate>) -> Vec<Vec<Candidate>> {
    candidates.sort_by(|a, b| {
        (&a.item, &a.sent, rank(a.state), &a.place).cmp(&(
            &b.item,
            &b.sent,
            rank(b.state),
            &b.place,
        ))
    });
    let mut groups: Vec<Vec<Candidate>> = Vec::new();
    for candidate in candidates {
        match groups.last_mut() {
            Some(group) if group.first().is_some_and(|one| one.item == candidate.item) => {
                group.push(candidate);
            }
            _ => groups.push(vec![candidate]),
        }
    }
    groups.sort_by(|a, b| {
        let oldest = |group: &[Candidate]| group.first().map(|one| one.sent.clone());
        oldest(a).cmp(&oldest(b))
    });
    groups
}

/// Of two files for one version the one whose state is further on decides: current, deprecated,
/// deleted.
fn rank(state: VersionState) -> u8 {
    match state {
        VersionState::Deleted => 0,
        VersionState::Deprecated => 1,
        VersionState::Current => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::item::Storage;

    fn candidate(key: &str, sent: &str, state: VersionState) -> Candidate {
        let item = ItemKey {
            patient_id: "1234567".into(),
            care_date: "-".into(),
            data_type: "OML-11".into(),
            order_key: key.into(),
            storage: Storage::Standardized,
        };
        Candidate {
            place: format!("standardized/0/{key}{sent}{}", state.flag()).into_bytes(),
            role: RootRole::Standardized,
            ordinal: 0,
            relative: Vec::new(),
            item,
            sent: sent.into(),
            department: String::new(),
            state,
            flags: Vec::new(),
            kind: None,
            stamp: None,
            known: None,
            was_quarantined: None,
            is_deletion: false,
        }
    }

    #[test]
    fn items_come_oldest_first_and_so_do_their_versions() {
        use VersionState::{Current, Deprecated};
        let groups = group(vec![
            candidate("B", "2024", Current),
            candidate("A", "2025", Current),
            candidate("B", "2022", Deprecated),
            candidate("A", "2023", Deprecated),
        ]);
        let shown: Vec<Vec<String>> = groups
            .iter()
            .map(|group| group.iter().map(|c| c.item.order_key.clone() + &c.sent).collect())
            .collect();
        assert_eq!(shown, [vec!["B2022", "B2024"], vec!["A2023", "A2025"]]);
    }
}
