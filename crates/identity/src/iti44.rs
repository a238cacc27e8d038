//! ITI-44, Patient Identity Feed HL7 V3 (ITI TF-2 3.44): Record Added, Record Revised and
//! Duplicates Resolved, applied as ITI-8's A04, A08 and A40 are. The acknowledgement leaves when
//! what was fed is on stable storage.
//!
//! What a message leaves out, or says is null, changes nothing: a null flavour says that the
//! sender does not know, not that what it said before is wrong.

use crate::asking::Asking;
use crate::iti8::{admit_ids, merge_ids};
use crate::v2::domains;
use crate::v2::fault::{Fault, Location, Refusal};
use crate::v2::patient::{fed_id, over};
use crate::v3::refusal::at;
use hl7v3::{InstanceId, Interaction, PatientRecord};
use model::hl7::PatientId;
use model::limits::FEED_PATIENT_IDS;
use serde_json::json;
use store::Tx;
use store::audit::{Action, Outcome};

const ID: &str = "//registrationEvent/subject1/patient/id[#]";
const NAME: &str = "//registrationEvent/subject1/patient/patientPerson/name";
const OTHER_ID: &str = "//registrationEvent/subject1/patient/patientPerson/asOtherIDs/id";
const PRIOR_ID: &str = "//replacementOf/priorRegistration/subject1/priorRegisteredRole/id[#]";

/// Applies a message, and writes its audit row.
pub(crate) fn apply(
    tx: &mut Tx,
    asking: &Asking,
    interaction: Interaction,
    record: &PatientRecord,
) -> Result<(), Fault> {
    let person_id = match interaction {
        Interaction::DuplicatesResolved => merge(tx, asking, record)?,
        _ => admit(tx, asking, record)?,
    };
    let detail = json!({
        "transaction": "ITI-44",
        "event": interaction.name(),
        "control_id": asking.message_id,
    });
    asking.audit(tx, Action::PatientFeed, Outcome::Success, person_id, &detail)?;
    Ok(())
}

/// A patient is registered or changed; a change of somebody who is not known registers too.
fn admit(tx: &mut Tx, asking: &Asking, record: &PatientRecord) -> Result<Option<i64>, Fault> {
    let mut ids = fed(tx, asking, &record.ids, at(ID))?;
    // What the sender knows of others' IDs is no feed of them; those of its own domains are.
    for id in &record.other_ids {
        if asking.sender.feeds.contains(&id.root) {
            for one in fed(tx, asking, std::slice::from_ref(id), at(OTHER_ID))? {
                if !ids.contains(&one) {
                    ids.push(one);
                }
            }
        }
    }
    let said = &record.demographics;
    if said.name.is_empty() && said.kana.is_empty() {
        return Err(Refusal::error("101", at(NAME), "the patient's name is missing").into());
    }
    admit_ids(tx, asking, &ids, &|before| over(before, said.clone(), |_| false), at(ID))
}

/// Of two IDs of one domain, one names nobody any more (ITI TF-2 3.44.4.2.3).
fn merge(tx: &mut Tx, asking: &Asking, record: &PatientRecord) -> Result<Option<i64>, Fault> {
    let survivors = fed(tx, asking, &record.ids, at(ID))?;
    let subsumed = fed(tx, asking, &record.prior_ids, at(PRIOR_ID))?;
    let said = &record.demographics;
    let over = |before| over(before, said.clone(), |_| false);
    merge_ids(tx, asking, (&survivors, &subsumed), &over, at(PRIOR_ID))
}

/// IDs that the sender feeds: each of a domain that is served here and of which it is the identity
/// source (ITI TF-2 3.44.4.1.1).
fn fed(
    tx: &mut Tx,
    asking: &Asking,
    ids: &[InstanceId],
    place: Location,
) -> Result<Vec<PatientId>, Fault> {
    if ids.len() as u64 > FEED_PATIENT_IDS {
        let text = format!("more than {FEED_PATIENT_IDS} patient IDs in one message");
        return Err(Refusal::error("102", place, text).into());
    }
    let mut found: Vec<PatientId> = Vec::new();
    for (at, id) in (1_u32..).zip(ids) {
        if id.is_empty() {
            continue;
        }
        let authority = domains::by_names(tx, &asking.settings, "", &id.root)?;
        let one = fed_id(tx, asking, id.extension.clone(), authority, place.repetition(at))?;
        if !found.contains(&one) {
            found.push(one);
        }
    }
    match found.is_empty() {
        true => Err(Refusal::error("101", place, "a patient ID is missing").into()),
        false => Ok(found),
    }
}
