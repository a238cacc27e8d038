//! The use case of received instances: their rows, and what they change in studies and series. A
//! study and a series are read and written once for all of a group.

use crate::error::ImagingError;
use crate::examine::Examined;
use crate::merge;
use crate::settle;
use crate::tie;
use crate::whose::{self, Claim, Owner};
use crate::{Kind, RULES_VERSION};
use model::Timestamp;
use ports::{InstanceError, InstanceOutcome};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::document::removal;
use store::study::{self, Added, CharacterSetCount, NewInstance, Rejection, StudyRow, Superseded};
use store::{ObjectKey, Objects, Tx};

/// An instance whose object is durable.
#[derive(Debug, Clone)]
pub(crate) struct Arrived {
    /// Whose it says it is.
    pub claim: Claim,
    /// What it says.
    pub examined: Examined,
    /// Its object.
    pub object: ObjectKey,
}

type Answer = Result<InstanceOutcome, InstanceError>;
/// Instances with their places in the group.
type Members<'a> = Vec<(usize, &'a Arrived)>;

/// Keeps a group. The answers are in its order; what is refused does not touch the others.
pub(crate) fn keep(
    tx: &mut Tx,
    objects: &Objects,
    group: &[Arc<Arrived>],
    now: Timestamp,
) -> Result<Vec<Answer>, ImagingError> {
    let mut answers: Vec<Answer> = vec![Err(InstanceError::NotEnrolled); group.len()];
    let mut by_claim: BTreeMap<&Claim, Members<'_>> = BTreeMap::new();
    for (place, arrived) in group.iter().enumerate() {
        by_claim.entry(&arrived.claim).or_default().push((place, arrived));
    }
    for (claim, members) in by_claim {
        let owner = match whose::owner(tx, claim) {
            Ok(owner) => owner,
            Err(ImagingError::Refused(refused)) => {
                for (place, _) in members {
                    answers[place] = Err(refused.clone());
                }
                continue;
            }
            Err(error) => return Err(error),
        };
        let mut by_study: BTreeMap<&str, Members<'_>> = BTreeMap::new();
        for (place, arrived) in members {
            let uid = arrived.examined.study_instance_uid.as_str();
            by_study.entry(uid).or_default().push((place, arrived));
        }
        for (uid, members) in by_study {
            keep_study(tx, objects, (owner, uid), &members, &mut answers, now)?;
        }
    }
    Ok(answers)
}

fn keep_study(
    tx: &mut Tx,
    objects: &Objects,
    (owner, study_instance_uid): (Owner, &str),
    members: &Members<'_>,
    answers: &mut [Answer],
    now: Timestamp,
) -> Result<(), ImagingError> {
    let Some((_, first)) = members.first() else { return Ok(()) };
    let key = (owner.identity_id, owner.source_id);
    let said = &first.examined.study;
    let rules = (RULES_VERSION, now);
    let (row, is_new) = study::ensure_study(tx, key, study_instance_uid, said, rules)?;
    let uids: Vec<String> =
        members.iter().map(|(_, one)| one.examined.instance.sop_instance_uid.clone()).collect();
    let rejected = study::rejections(tx, key, &uids)?;
    let mut growth = Growth { row: &row, said: row.said.clone(), added: Added::default() };
    let mut by_series: BTreeMap<&str, Members<'_>> = BTreeMap::new();
    for (place, arrived) in members {
        let uid = arrived.examined.series_instance_uid.as_str();
        by_series.entry(uid).or_default().push((*place, arrived));
    }
    for (uid, members) in by_series {
        keep_series(tx, objects, &mut growth, (uid, &members), &rejected, (answers, now))?;
    }
    let Growth { said, added, .. } = growth;
    if said != row.said || added != Added::default() {
        study::grow_study(tx, row.id, &said, added, now)?;
    }
    if added.variants > 0 {
        study::recount(tx, row.id, now)?;
    }
    if is_new {
        tie::tie(tx, row.id, study_instance_uid)?;
    }
    for (_, arrived) in members {
        take_back(tx, key, &arrived.examined, now)?;
    }
    count_verdicts(tx, owner.source_id, members, now)?;
    settle::enqueue(tx, row.id, now)?;
    Ok(())
}

/// What grows in a study while instances of a group are kept.
struct Growth<'a> {
    row: &'a StudyRow,
    said: store::study::StudyDescription,
    added: Added,
}

fn keep_series(
    tx: &mut Tx,
    objects: &Objects,
    growth: &mut Growth<'_>,
    (series_instance_uid, members): (&str, &Members<'_>),
    rejected: &[Rejection],
    (answers, now): (&mut [Answer], Timestamp),
) -> Result<(), ImagingError> {
    let Some((_, first)) = members.first() else { return Ok(()) };
    let (study_id, said) = (growth.row.id, &first.examined.series);
    let (row, _) = study::ensure_series(tx, study_id, series_instance_uid, said, now)?;
    let (mut said, mut added) = (row.said.clone(), Added::default());
    for (place, arrived) in members {
        let instance = &arrived.examined.instance;
        let uid = instance.sop_instance_uid.as_str();
        let taken_back = rejected.iter().find(|one| one.sop_instance_uid == uid);
        let hidden = taken_back.map(|one| (one.at, one.reason.clone()));
        let new = NewInstance { said: instance.clone(), hidden };
        removal::claim(tx, objects, arrived.object)?;
        let Some((id, superseded)) = study::insert_instance(tx, (study_id, row.id), &new, now)?
        else {
            removal::doom_unnamed(tx, &arrived.object.sha256)?;
            answers[*place] = Ok(InstanceOutcome::AlreadyThere);
            continue;
        };
        if let Some(json) = &arrived.examined.header_json {
            study::insert_header(tx, row.id, id, json)?;
        }
        merge::study(&mut growth.said, &arrived.examined.study);
        merge::series(&mut said, &arrived.examined.series);
        if new.hidden.is_none() {
            added.instances += 1;
            added.images += i64::from(instance.kind == Kind::Image.name());
            added.bytes += instance.size;
        }
        added.variants += i64::from(!superseded.is_empty());
        answers[*place] = Ok(outcome(&new, &superseded));
    }
    if said != row.said || added != Added::default() {
        study::grow_series(tx, row.id, &said, added, now)?;
    }
    let total = &mut growth.added;
    total.series += i64::from(row.instance_count == 0 && added.instances > 0);
    total.instances += added.instances;
    total.images += added.images;
    total.variants += added.variants;
    total.bytes += added.bytes;
    Ok(())
}

fn outcome(new: &NewInstance, superseded: &[Superseded]) -> InstanceOutcome {
    match (&new.hidden, superseded) {
        (Some(_), _) => InstanceOutcome::Hidden,
        (None, []) => InstanceOutcome::Stored,
        (None, _) => InstanceOutcome::OtherBytes,
    }
}

/// A rejection note hides what it names, here and to come.
fn take_back(
    tx: &mut Tx,
    key: (i64, i64),
    examined: &Examined,
    now: Timestamp,
) -> Result<(), ImagingError> {
    let Some(note) = &examined.note else { return Ok(()) };
    let note_uid = &examined.instance.sop_instance_uid;
    for uid in &note.sop_instance_uids {
        let rejection =
            Rejection { sop_instance_uid: uid.clone(), reason: note.reason.to_owned(), at: now };
        study::put_rejection(tx, key, &rejection, note_uid)?;
    }
    let hidden = study::hide_instances(tx, key, &note.sop_instance_uids, note.reason, now)?;
    let mut studies: Vec<i64> = hidden.iter().map(|(study_id, _)| *study_id).collect();
    studies.dedup();
    for study_id in studies {
        study::recount(tx, study_id, now)?;
        settle::enqueue(tx, study_id, now)?;
    }
    Ok(())
}

/// Counts the instances whose text was not what was declared, by what made it.
fn count_verdicts(
    tx: &mut Tx,
    source_id: i64,
    members: &Members<'_>,
    now: Timestamp,
) -> Result<(), ImagingError> {
    let mut counts: BTreeMap<[String; 4], i64> = BTreeMap::new();
    for (_, arrived) in members {
        let examined = &arrived.examined;
        let verdict = &examined.instance.text_verdict;
        if verdict.is_empty() {
            continue;
        }
        let series = &examined.series;
        let device = format!("{} {}", series.manufacturer, series.device_model);
        let key = [
            series.station.clone(),
            device.trim().to_owned(),
            series.character_set.clone(),
            verdict.clone(),
        ];
        *counts.entry(key).or_default() += 1;
    }
    for ([station, device, declared, verdict], instances) in counts {
        let count = CharacterSetCount { station, device, declared, verdict, instances, last: now };
        study::add_character_set(tx, source_id, &count)?;
    }
    Ok(())
}
