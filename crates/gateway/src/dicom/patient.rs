//! One enrolled patient of a DICOM server's own domain: which studies are this patient's, what of
//! them is fetched.

use crate::dicom::corrections;
use crate::dicom::fetch::{Fetched, fetch};
use crate::dicom::find::StudyAnswer;
use crate::dicom::person::{Likeness, compare_all};
use crate::dicom::pull::ImagePlan;
use crate::dicom::server::{Associations, Fault};
use crate::dicom::settings::StudyTraits;
use crate::dicom::trouble;
use crate::dicom::turn::Turn;
use crate::error::GatewayError;
use model::Timestamp;
use model::reason::Reason;
use store::intake::{self, FileRow};
use store::person::{self, Identity};
use store::study::{self, StudyRow};
use store::{StoreError, Tx, domain};

/// Who a patient is here.
pub(crate) struct Known {
    pub identity: Identity,
    /// Every record of the same human, this one too.
    pub records: Vec<Identity>,
}

/// Lists a patient's studies and fetches what the plan says.
///
/// # Errors
/// The server is not reached, the centre takes nothing, the turn was taken away or asked to stop.
pub(crate) async fn visit(
    turn: &Turn,
    associations: &mut Associations<'_>,
    patient_id: &str,
    plan: &ImagePlan,
) -> Result<(), GatewayError> {
    let Some(known) = known(turn, patient_id).await? else { return Ok(()) };
    let place = format!("dicom/patient/{patient_id}");
    if !is_askable(patient_id) {
        let detail = "the number holds characters that C-FIND reads as wildcards or lists";
        return trouble::keep(turn, place, patient_id, Reason::PatientUnknown, detail).await;
    }
    let answers = match associations.studies(patient_id, turn.now()).await {
        Ok(answers) => answers,
        Err(Fault::Refused(reason)) => {
            return trouble::keep(turn, place, patient_id, Reason::Refused, &reason).await;
        }
        Err(broken) => return Err(turn.down(broken)),
    };
    let (own, others) = own_answers(turn, patient_id, answers).await?;
    if others > 0 {
        // The server matches loosely: what it gave of other patients is dropped unread.
        tracing::warn!(source = turn.source.name, studies = others, "studies of other numbers");
    }
    if let Some(field) = other_human(&known, &own) {
        let detail = format!(
            "the {field} of this number's patient at the DICOM server is another than here: \
             nothing is fetched; compare both records, correct the number or the domain's rule"
        );
        return trouble::keep(turn, place, patient_id, Reason::PatientMismatch, &detail).await;
    }
    trouble::leave(turn, place).await?;
    turn.count(|counts| counts.listed += i64::try_from(own.len()).unwrap_or(i64::MAX));
    let (before, last_visit) = of_patient(turn, &known.identity).await?;
    corrections::look(turn, associations, (patient_id, own.as_slice()), &before).await?;
    let rows = keep_told(turn, known.identity.id, &own).await?;
    let mut is_complete = true;
    for row in rows {
        if !needs(turn, &row, (before.as_slice(), last_visit), plan) {
            turn.count(|counts| counts.unchanged += 1);
            continue;
        }
        turn.check().await?;
        is_complete &= fetch_one(turn, associations, patient_id, &row).await?;
    }
    mark_listed(turn, patient_id, is_complete).await
}

/// Fetches one study and counts what came of it; whether it is here as far as it goes.
pub(crate) async fn fetch_one(
    turn: &Turn,
    associations: &mut Associations<'_>,
    patient_id: &str,
    row: &StudyRow,
) -> Result<bool, GatewayError> {
    match fetch(turn, associations, patient_id, row).await {
        Ok(Fetched::Unchanged) => turn.count(|counts| counts.unchanged += 1),
        Ok(Fetched::Whole) => turn.count(|counts| counts.taken += 1),
        Ok(Fetched::Partly(missing)) => {
            tracing::warn!(
                source = turn.source.name,
                study = row.study_instance_uid,
                missing,
                "a study came only in part; it is asked for again"
            );
            return Ok(false);
        }
        // One study that is refused keeps no other away.
        Err(GatewayError::StudyRefused(_)) => return Ok(false),
        Err(error) => return Err(error),
    }
    Ok(true)
}

/// The identity of a number that takes part, with the other records of its person.
pub(crate) async fn known(turn: &Turn, patient_id: &str) -> Result<Option<Known>, GatewayError> {
    let (domain_oid, patient_id) = (turn.source.domain.oid.clone(), patient_id.to_owned());
    let read = turn.gateway.store().read(move |tx| -> Result<Option<Known>, StoreError> {
        let found = person::identity_by_local_id(tx, &domain_oid, &patient_id)?;
        let Some(identity) = found.filter(|identity| identity.enrolled) else { return Ok(None) };
        let records = person::identities_of_person(tx, identity.person_id)?;
        Ok(Some(Known { identity, records }))
    });
    Ok(read.await?)
}

/// The answers that carry the very number that was asked for, as the domain reads numbers; how
/// many others there were.
pub(crate) async fn own_answers(
    turn: &Turn,
    patient_id: &str,
    answers: Vec<StudyAnswer>,
) -> Result<(Vec<StudyAnswer>, usize), GatewayError> {
    let (domain_oid, wanted) = (turn.source.domain.oid.clone(), patient_id.to_owned());
    let read = turn.gateway.store().read(move |tx: &mut Tx| -> Result<_, StoreError> {
        let (mut own, mut others) = (Vec::new(), 0);
        for answer in &answers {
            let number = domain::read_number(tx, &domain_oid, &answer.patient_id)?;
            match number.as_deref() == Ok(wanted.as_str()) {
                true => own.push(answer.clone()),
                false => others += 1,
            }
        }
        Ok((own, others))
    });
    Ok(read.await?)
}

/// The field by which the server's patient is another human than the one who is meant here.
pub(crate) fn other_human(known: &Known, answers: &[StudyAnswer]) -> Option<&'static str> {
    let records = || known.records.iter().map(|record| &record.demographics);
    answers.iter().find_map(|answer| match compare_all(&answer.person, records()) {
        Likeness::Other(field) => Some(field),
        Likeness::Same | Likeness::Open => None,
    })
}

/// Characters that are no literal ones in a single value match (PS3.4 C.2.2.2.1, C.2.2.2.4).
pub(crate) fn is_askable(patient_id: &str) -> bool {
    !patient_id.is_empty()
        && patient_id.chars().all(|one| (' '..='~').contains(&one) && !"*?\\".contains(one))
}

/// What is known of a patient's studies, and when they were last looked at to the end.
async fn of_patient(
    turn: &Turn,
    identity: &Identity,
) -> Result<(Vec<StudyRow>, Option<Timestamp>), GatewayError> {
    let (source_id, identity_id) = (turn.source.id, identity.id);
    let patient_id = identity.local_id.clone();
    let read = turn.gateway.store().read(move |tx| -> Result<_, StoreError> {
        let marks = intake::files_of_patient(tx, source_id, &patient_id)?;
        let mark = marks.into_iter().find(|one| one.path == intake::COMPLETED_MARK);
        let last_visit = mark.map(|mark| Timestamp(mark.modified_us));
        Ok((study::studies_of_patient(tx, identity_id, source_id)?, last_visit))
    });
    Ok(read.await?)
}

/// Keeps what the server says of its studies, and which rule leaves one out.
async fn keep_told(
    turn: &Turn,
    identity_id: i64,
    own: &[StudyAnswer],
) -> Result<Vec<StudyRow>, GatewayError> {
    let (owner, now) = ((identity_id, turn.source.id), turn.now());
    let images = turn.source.settings.images.clone();
    let own = own.to_vec();
    turn.write(move |tx| {
        let mut rows = Vec::with_capacity(own.len());
        for answer in &own {
            let rules = (i64::from(dicomfile::charset::RULES_VERSION), now);
            let mut row = study::know(tx, owner, &answer.uid, &answer.said, answer.told, rules)?;
            let traits = StudyTraits {
                modalities: &answer.said.modalities,
                description: &answer.said.description,
                institution: &answer.said.institution,
            };
            let left_out = images.left_out_by(&traits).unwrap_or_default();
            if left_out != row.left_out_by {
                study::set_left_out(tx, row.id, left_out)?;
                left_out.clone_into(&mut row.left_out_by);
            }
            if row.hidden_reason == corrections::MOVED {
                // It is this patient's again.
                study::set_hidden(tx, row.id, None, now)?;
                row.hidden = None;
            }
            rows.push(row);
        }
        Ok(rows)
    })
    .await
}

/// Whether a study is fetched, or compared image by image, in this pass.
fn needs(
    turn: &Turn,
    row: &StudyRow,
    (before, last_visit): (&[StudyRow], Option<Timestamp>),
    plan: &ImagePlan,
) -> bool {
    let images = &turn.source.settings.images;
    if !plan.fetches || row.hidden.is_some() || !row.left_out_by.is_empty() {
        return false;
    }
    if images.only_when_asked && row.instance_count == 0 {
        return false;
    }
    let was = before.iter().find(|one| one.id == row.id);
    let told_before = was.and_then(|was| was.told.instances);
    // A visit that was killed has told of the study and never came to its end.
    let is_unfinished = was.is_some_and(|was| was.told_at > last_visit);
    let is_less = row.told.instances.is_some_and(|told| told > row.instance_count);
    row.instance_count == 0
        || (row.told.instances != told_before && row.told.instances != Some(row.instance_count))
        || (is_less && (plan.compares || is_unfinished))
        || (plan.compares && is_recent(row, turn.now(), images.correction_days))
}

fn is_recent(row: &StudyRow, now: Timestamp, days: u32) -> bool {
    let from = now.0 - i64::from(days) * Timestamp::DAY_US;
    // A study without a date may be of today.
    row.said.started_us.is_none_or(|started| started >= from)
}

/// Notes whose studies were listed, and fetched as the plan says: newcomers go first.
async fn mark_listed(turn: &Turn, patient_id: &str, is_complete: bool) -> Result<(), GatewayError> {
    let (source_id, now, patient_id) = (turn.source.id, turn.now(), patient_id.to_owned());
    let mark = FileRow {
        path: intake::COMPLETED_MARK.to_vec(),
        size: 0,
        modified_us: now.0,
        outcome: if is_complete { "listed" } else { "partly" }.to_owned(),
        unique_id: String::new(),
    };
    turn.write(move |tx| intake::put_file(tx, source_id, &patient_id, &mark)).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_a_server_would_read_as_a_pattern_is_not_asked_for() {
        assert!(is_askable("0000012345") && is_askable("A-1 2"));
        for wrong in ["", "123*", "12?4", "1\\2", "１２３", "1\n"] {
            assert!(!is_askable(wrong), "{wrong:?}");
        }
    }
}
