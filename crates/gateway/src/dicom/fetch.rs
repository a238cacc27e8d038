//! Fetching one study: what is missing is asked for in pieces until it is here or does not come,
//! and what is here is compared with what the server lists.

use crate::dicom::find::{Listed, Scope};
use crate::dicom::receiver::{Received, Receiver};
use crate::dicom::server::{Associations, CLASSES_OF_ASSOCIATION, Fault};
use crate::dicom::split::Split;
use crate::dicom::turn::Turn;
use crate::error::GatewayError;
use model::limits::{DICOM_RETRIEVE_ATTEMPTS, DICOM_RETRIEVE_LIST};
use model::reason::Reason;
use ports::InstanceError;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use store::StoreError;
use store::study::{self, StudyRow, Told};

/// Rows of instances read at one time.
const PAGE_ROWS: u32 = 2_000;

/// How long a server that broke off is left alone, doubled each time, in milliseconds.
const PAUSE_MS: u64 = 50;

/// Code of the reason for which instances are hidden that their source has replaced.
pub(crate) const REPLACED: &str = "replaced";

/// How far a study is here after it was fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fetched {
    /// Nothing was missing.
    Unchanged,
    /// All of it is here now.
    Whole,
    /// So many instances did not come.
    Partly(usize),
}

/// What is here of a study, by SOP Instance UID, and whether people see it.
type Held = HashMap<String, bool>;

/// Fetches what is missing of a study of the patient whom the source numbers `patient_id`.
///
/// # Errors
/// The server breaks off again and again, the centre takes nothing, the turn was taken away.
pub(crate) async fn fetch(
    turn: &Turn,
    associations: &mut Associations<'_>,
    patient_id: &str,
    row: &StudyRow,
) -> Result<Fetched, GatewayError> {
    let (listed, is_whole) = match associations.instances(&row.study_instance_uid).await {
        Ok(listed) => listed,
        Err(Fault::Refused(reason)) => {
            quarantine(turn, row, patient_id, Reason::Refused, &reason).await?;
            return Ok(Fetched::Partly(0));
        }
        Err(broken) => return Err(turn.down(broken)),
    };
    // A server that lists nothing says nothing of what is here.
    if listed.is_empty() {
        return Ok(if row.instance_count > 0 { Fetched::Unchanged } else { Fetched::Partly(0) });
    }
    let before = held(turn, row.id).await?;
    let work = Retrieval { turn, patient_id, row, listed: &listed };
    let missing = work.run(associations, &before).await?;
    let after = held(turn, row.id).await?;
    let is_new = |one: &Listed| !before.contains_key(&one.instance);
    let has_news = listed.iter().any(is_new);
    // A list that may be cut says nothing of what does not stand in it.
    let may_compare = is_whole
        && missing == 0
        && row.told.instances.is_none_or(|told| told <= listed.len() as i64);
    let gone = if may_compare { unlisted(&listed, &before) } else { Vec::new() };
    if !gone.is_empty() && has_news {
        hide_replaced(turn, row, patient_id, gone).await?;
    } else if !gone.is_empty() {
        tracing::warn!(
            source = turn.source.name,
            study = row.study_instance_uid,
            instances = gone.len(),
            "the source lists fewer instances than are here; nothing is removed"
        );
    }
    settle(turn, row, &listed, &after).await?;
    if has_news {
        let done = turn.images.sink.study_is_done(&turn.source.name, &row.study_instance_uid);
        done.await.map_err(|error| GatewayError::CentreUnavailable(Box::new(error)))?;
    }
    Ok(match (has_news, missing) {
        (false, 0) => Fetched::Unchanged,
        (true, 0) => Fetched::Whole,
        (_, missing) => Fetched::Partly(missing),
    })
}

struct Retrieval<'a> {
    turn: &'a Turn,
    patient_id: &'a str,
    row: &'a StudyRow,
    listed: &'a [Listed],
}

impl Retrieval<'_> {
    /// Asks for what is missing; how many instances did not come.
    async fn run(
        &self,
        associations: &mut Associations<'_>,
        before: &Held,
    ) -> Result<usize, GatewayError> {
        let turn = self.turn;
        let received = Mutex::new(Received::default());
        let mut here: HashSet<String> = before.keys().cloned().collect();
        let cap = match turn.source.settings.images.instances_max {
            0 => usize::MAX,
            known => known as usize,
        };
        let list_max = usize::try_from(DICOM_RETRIEVE_LIST).unwrap_or(usize::MAX);
        let mut split = Split::new(self.listed, &here, (cap, list_max));
        if split.missing() == 0 {
            return Ok(0);
        }
        self.mark_fetching(true).await?;
        let mut breaks = 0;
        while let Some(scope) = split.next() {
            turn.check().await?;
            let asked = self.retrieve(associations, &scope, &received).await;
            let count = here.len();
            here.extend(held(turn, self.row.id).await?.into_keys());
            {
                let received = received.lock().unwrap_or_else(PoisonError::into_inner);
                here.extend(received.settled.iter().cloned());
            }
            self.check_refused(&received).await?;
            match asked {
                Err(Fault::Broken(reason)) if here.len() == count => {
                    breaks += 1;
                    if breaks >= DICOM_RETRIEVE_ATTEMPTS {
                        self.mark_fetching(false).await?;
                        return Err(turn.down(Fault::Broken(reason)));
                    }
                    tokio::time::sleep(Duration::from_millis(PAUSE_MS << breaks)).await;
                    split.again(scope);
                }
                Err(Fault::Broken(_)) => {
                    breaks = 0;
                    split.answered(scope, &here);
                }
                Ok(()) => split.answered(scope, &here),
                // What is not offered at all is not offered in pieces either.
                Err(Fault::Refused(reason)) => {
                    self.mark_fetching(false).await?;
                    let (row, patient_id) = (self.row, self.patient_id);
                    quarantine(turn, row, patient_id, Reason::Refused, &reason).await?;
                    split.answered(scope, &here);
                    return Ok(split.missing());
                }
            }
        }
        Ok(split.missing())
    }

    async fn retrieve(
        &self,
        associations: &mut Associations<'_>,
        scope: &Scope,
        received: &Mutex<Received>,
    ) -> Result<(), Fault> {
        let uid = self.row.study_instance_uid.as_str();
        if self.turn.server.gets() {
            let classes = self.classes(scope);
            let receiver = Receiver { turn: self.turn, patient_id: self.patient_id, received };
            // As many associations as the SOP classes take.
            let mut groups: Vec<BTreeSet<String>> = classes
                .chunks(CLASSES_OF_ASSOCIATION)
                .map(|group| group.iter().cloned().collect())
                .collect();
            if groups.is_empty() {
                groups.push(BTreeSet::new());
            }
            for group in groups {
                match associations.get((uid, scope), &group, &receiver).await {
                    Ok(_) => {}
                    Err(Fault::Refused(_)) if !self.turn.server.gets() => {
                        return self.retrieve_by_move(associations, scope).await;
                    }
                    Err(fault) => return Err(fault),
                }
            }
            return Ok(());
        }
        self.retrieve_by_move(associations, scope).await
    }

    async fn retrieve_by_move(
        &self,
        associations: &mut Associations<'_>,
        scope: &Scope,
    ) -> Result<(), Fault> {
        let goes_on = || !self.turn.stop.is_asked();
        associations
            .move_here((self.row.study_instance_uid.as_str(), scope), goes_on)
            .await
            .map(drop)
    }

    /// The SOP classes of what is asked for, where the server tells them.
    fn classes(&self, scope: &Scope) -> Vec<String> {
        let is_asked = |one: &&Listed| match scope {
            Scope::Study => true,
            Scope::Series(series) => one.series == *series,
            Scope::Instances(series, instances) => {
                one.series == *series && instances.contains(&one.instance)
            }
        };
        let asked = self.listed.iter().filter(is_asked);
        let classes: BTreeSet<String> =
            asked.map(|one| one.class.clone()).filter(|class| !class.is_empty()).collect();
        classes.into_iter().collect()
    }

    async fn check_refused(&self, received: &Mutex<Received>) -> Result<(), GatewayError> {
        let refused = {
            let received = received.lock().unwrap_or_else(PoisonError::into_inner);
            received.refused.clone()
        };
        let Some(error) = refused else { return Ok(()) };
        self.mark_fetching(false).await?;
        if error == InstanceError::OtherPatient {
            let detail = "its images carry another patient's number than C-FIND tells of it";
            let (row, patient_id) = (self.row, self.patient_id);
            quarantine(self.turn, row, patient_id, Reason::PatientMismatch, detail).await?;
        }
        Err(match error {
            InstanceError::OtherPatient | InstanceError::NotEnrolled => {
                GatewayError::StudyRefused(error)
            }
            error => GatewayError::CentreUnavailable(Box::new(error)),
        })
    }

    async fn mark_fetching(&self, is_fetching: bool) -> Result<(), GatewayError> {
        let (id, now) = (self.row.id, self.turn.now());
        let at = is_fetching.then_some(now);
        self.turn.write(move |tx| study::set_fetching(tx, id, at)).await
    }
}

/// Writes what the source has of a study by its own list. Hidden instances are not missed.
async fn settle(
    turn: &Turn,
    row: &StudyRow,
    listed: &[Listed],
    held: &Held,
) -> Result<(), GatewayError> {
    let mut by_series: BTreeMap<String, i64> = BTreeMap::new();
    for one in listed.iter().filter(|one| held.get(&one.instance) != Some(&false)) {
        *by_series.entry(one.series.clone()).or_default() += 1;
    }
    let told = Told {
        series: i64::try_from(by_series.len()).ok(),
        instances: Some(by_series.values().sum()),
    };
    let (id, now) = (row.id, turn.now());
    turn.write(move |tx| {
        study::set_told(tx, id, told, now)?;
        for (series, count) in &by_series {
            study::set_series_told(tx, id, series, *count)?;
        }
        study::set_fetching(tx, id, None)?;
        study::set_wanted(tx, id, None)
    })
    .await
}

/// Hides what the source has replaced, and says so.
async fn hide_replaced(
    turn: &Turn,
    row: &StudyRow,
    patient_id: &str,
    gone: Vec<String>,
) -> Result<(), GatewayError> {
    let (owner, now) = ((row.identity_id, row.source_id), turn.now());
    let detail = format!("{} instances are replaced at the source; ours are hidden", gone.len());
    turn.write(move |tx| {
        for (study_id, _) in study::hide_instances(tx, owner, &gone, REPLACED, now)? {
            study::recount(tx, study_id, now)?;
        }
        Ok(())
    })
    .await?;
    quarantine(turn, row, patient_id, Reason::InstancesReplaced, &detail).await
}

/// Instances that people see here and that the source does not list.
fn unlisted(listed: &[Listed], held: &Held) -> Vec<String> {
    let named: HashSet<&str> = listed.iter().map(|one| one.instance.as_str()).collect();
    let shown = held.iter().filter(|(_, is_shown)| **is_shown).map(|(instance, _)| instance);
    let mut gone: Vec<String> =
        shown.filter(|instance| !named.contains(instance.as_str())).cloned().collect();
    gone.sort();
    gone
}

/// Everything that is here of a study, hidden instances too.
async fn held(turn: &Turn, study_id: i64) -> Result<Held, GatewayError> {
    let read = turn.gateway.store().read(move |tx| -> Result<Held, StoreError> {
        let (mut held, mut after) = (Held::new(), 0);
        loop {
            let page = study::all_instances_of_study(tx, study_id, after, PAGE_ROWS)?;
            let Some(last) = page.last() else { return Ok(held) };
            after = last.id;
            for one in page {
                let is_shown = one.is_shown();
                let slot = held.entry(one.said.sop_instance_uid).or_default();
                *slot |= is_shown;
            }
        }
    });
    Ok(read.await?)
}

/// Says of a study what people must know.
pub(crate) async fn quarantine(
    turn: &Turn,
    row: &StudyRow,
    patient_id: &str,
    reason: Reason,
    detail: &str,
) -> Result<(), GatewayError> {
    let place = format!("dicom/study/{}", row.study_instance_uid);
    crate::dicom::trouble::keep(turn, place, patient_id, reason, detail).await
}
