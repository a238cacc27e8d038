//! The patient of a message: IDs of PID-3 and MRG-1, demographics of PID.

use crate::asking::Asking;
use crate::v2::domains;
use crate::v2::fault::{Fault, Location, Refusal};
use crate::v2::request::Request;
use hl7v2::{Field, Segment};
use model::demographics::{Demographics, PersonName};
use model::hl7::{AssigningAuthority, PatientId};
use model::limits::{FEED_PATIENT_IDS, LOCAL_ID_CHARACTERS};
use store::Tx;

/// The IDs of a field that the sender feeds: each of a domain that is served here and of which it
/// is the identity source (ITI TF-2 3.8.4.1.3).
pub(crate) fn fed_ids(
    tx: &mut Tx,
    request: &Request,
    field: Field<'_>,
    place: Location,
) -> Result<Vec<PatientId>, Fault> {
    let mut found: Vec<PatientId> = Vec::new();
    for (count, repetition) in field.repetitions().enumerate() {
        if count as u64 >= FEED_PATIENT_IDS {
            let text = format!("more than {FEED_PATIENT_IDS} patient IDs in one field");
            return Err(Refusal::error("102", place, text).into());
        }
        if repetition.is_empty() {
            continue;
        }
        let place = place.repetition(u32::try_from(count).unwrap_or(u32::MAX).saturating_add(1));
        let id = repetition.component(1).text().trim().to_owned();
        let authority = domains::resolve(tx, &request.settings, repetition.component(4))?;
        let one = fed_id(request, id, authority, place)?;
        if !found.contains(&one) {
            found.push(one);
        }
    }
    if found.is_empty() {
        return Err(Refusal::error("101", place, "a patient ID is missing").into());
    }
    Ok(found)
}

/// One ID that is fed. `authority` is its domain, where it is one that is served here; `place` the
/// ID's.
pub(crate) fn fed_id(
    asking: &Asking,
    id: String,
    authority: Option<AssigningAuthority>,
    place: Location,
) -> Result<PatientId, Refusal> {
    check_id(&id, place.component(1))?;
    let at = place.component(4);
    let Some(authority) = authority else {
        let text = "the assigning authority of the patient ID is not known here";
        return Err(Refusal::error("204", at, text));
    };
    if !asking.sender.feeds.contains(&authority.oid) {
        let text = "the sender is not the identity source of this patient-ID domain";
        return Err(Refusal::error("204", at, text));
    }
    Ok(PatientId { id, authority })
}

/// What PID says over what was said before: an empty field changes nothing, the explicit null
/// deletes (HL7 v2.5 §2.5.3.1).
pub(crate) fn demographics(before: Demographics, pid: &Segment<'_>) -> Demographics {
    over(before, ssmix2::patient(pid), |number| pid.field(number).is_null())
}

/// What a message says over what was said before. `nulled` tells of a field of PID whether the
/// message deletes it.
pub(crate) fn over(
    before: Demographics,
    said: Demographics,
    nulled: impl Fn(u32) -> bool,
) -> Demographics {
    let is_named = !said.name.is_empty() || nulled(5);
    let has_address = !said.address.is_empty() || !said.postal_code.is_empty() || nulled(11);
    let has_phone = !said.phones.is_empty() || nulled(13);
    Demographics {
        // One name is one saying: the reading of a maiden name does not go with a new name.
        name: if is_named { clean_name(said.name) } else { before.name },
        kana: if is_named { clean_name(said.kana) } else { before.kana },
        birth: if said.birth.is_some() || nulled(7) { said.birth } else { before.birth },
        sex: if !said.sex.is_empty() || nulled(8) { clean(&said.sex) } else { before.sex },
        postal_code: if has_address { clean(&said.postal_code) } else { before.postal_code },
        address: if has_address { clean(&said.address) } else { before.address },
        phones: if has_phone {
            let kept = said.phones.iter().take(FEED_PATIENT_IDS as usize);
            kept.map(|phone| clean(phone)).collect()
        } else {
            before.phones
        },
        death: if said.death.is_some() || nulled(29) { said.death } else { before.death },
    }
}

/// A name must be there when a patient is registered (PID-5, ITI TF-2 3.8.4.1.2.3).
pub(crate) fn check_name(pid: &Segment<'_>) -> Result<(), Refusal> {
    match pid.field(5).is_empty() {
        true => {
            Err(Refusal::error("101", Location::new("PID", 1).field(5), "PID-5 (name) is missing"))
        }
        false => Ok(()),
    }
}

fn check_id(id: &str, place: Location) -> Result<(), Refusal> {
    if id.is_empty() {
        return Err(Refusal::error("101", place, "the patient ID is missing"));
    }
    let length = id.chars().count() as u64;
    if length > LOCAL_ID_CHARACTERS || id.chars().any(char::is_control) {
        let text = format!(
            "a patient ID has at most {LOCAL_ID_CHARACTERS} characters, none of them control characters"
        );
        return Err(Refusal::error("102", place, text));
    }
    Ok(())
}

fn clean_name(name: PersonName) -> PersonName {
    PersonName { family: clean(&name.family), given: clean(&name.given) }
}

fn clean(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}
