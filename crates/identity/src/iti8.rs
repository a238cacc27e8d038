//! ITI-8, Patient Identity Feed: ADT of HL7 v2.3.1 (ITI TF-2 3.8). The acknowledgement leaves
//! when what was fed is on stable storage.

use crate::asking::Asking;
use crate::enrol::{EnrolRequest, enrol, introduce};
use crate::error::IdentityError;
use crate::feed;
use crate::link::{LinkRequest, link};
use crate::matching::rematch;
use crate::merge::{MergeOutcome, MergeRefusal, MergeRequest, merge, standing};
use crate::v2::fault::{Fault, Location, Refusal};
use crate::v2::patient::{check_name, demographics, fed_ids};
use crate::v2::request::Request;
use hl7v2::Segment;
use model::demographics::Demographics;
use model::hl7::PatientId;
use model::limits::FEED_PATIENT_IDS;
use ports::DemographicsUpdate;
use serde_json::json;
use store::audit::{Action, Outcome};
use store::person::Identity;
use store::{Tx, person};

/// What a message says of a patient, over what was said before.
pub(crate) type Saying<'a> = dyn Fn(Demographics) -> Demographics + 'a;

const OTHER_DOMAIN: &str = "the ID that stays is of another patient-ID domain";

/// Applies a feed message of a transaction, and writes its audit row.
pub(crate) fn apply(tx: &mut Tx, request: &Request, transaction: &str) -> Result<(), Fault> {
    check_text(request)?;
    let person_id = match request.header.event.as_str() {
        // A31 and A28 are ITI-30's names of A08 and A04.
        "A01" | "A04" | "A05" | "A08" | "A28" | "A31" => admit(tx, request)?,
        // A47 (ITI-30) gives an ID another name: the former one names nobody any more.
        "A40" | "A47" => merges(tx, request)?,
        event => {
            let place = Location::new("MSH", 1).field(9);
            let text = format!("event {event} is not taken here");
            return Err(Refusal::rejected("201", place, text).into());
        }
    };
    let detail = json!({
        "transaction": transaction,
        "event": request.header.event,
        "control_id": request.header.control_id,
    });
    request.audit(tx, Action::PatientFeed, Outcome::Success, person_id, &detail)?;
    Ok(())
}

/// A patient is registered or changed. An update of somebody who is not known registers too:
/// messages may overtake one another.
fn admit(tx: &mut Tx, request: &Request) -> Result<Option<i64>, Fault> {
    let place = Location::new("PID", 1);
    let pid = request.message.segment("PID");
    let pid = pid.ok_or_else(|| Refusal::error("100", place, "the message has no PID"))?;
    let ids = fed_ids(tx, request, pid.field(3), place.field(3))?;
    check_name(&pid)?;
    admit_ids(tx, request, &ids, &|before| demographics(before, &pid), place.field(3))
}

/// One patient, in any notation: its IDs, each of a domain that the sender feeds, and what the
/// message says over what was said before. `place` is the IDs'.
pub(crate) fn admit_ids(
    tx: &mut Tx,
    request: &Asking,
    ids: &[PatientId],
    said: &Saying<'_>,
    place: Location,
) -> Result<Option<i64>, Fault> {
    let mut first: Option<Identity> = None;
    for (number, id) in ids.iter().enumerate() {
        let repetition = u32::try_from(number).unwrap_or(u32::MAX).saturating_add(1);
        let identity = take(tx, request, id, said, place.repetition(repetition))?;
        match &first {
            None => first = Some(identity),
            Some(first) => same_patient(tx, request, first, &identity)?,
        }
    }
    let Some(first) = first else { return Ok(None) };
    rematch(tx, first.id, request.now)?;
    Ok(person::identity_by_id(tx, first.id)?.map(|identity| identity.person_id))
}

/// One of its IDs: made if it is new, its demographics taken in.
fn take(
    tx: &mut Tx,
    request: &Asking,
    id: &PatientId,
    said: &Saying<'_>,
    place: Location,
) -> Result<Identity, Fault> {
    let identity = known_or_new(tx, request, id)?;
    if let Some(merged) = standing(tx, identity.id)?
        && request.sent() > merged.sent
    {
        let text = format!("the patient ID was merged into {} before", merged.into_local_id);
        return Err(Refusal::error("204", place.component(1), text).into());
    }
    say(tx, request, &identity, said)?;
    Ok(identity)
}

/// What the message says of an identity.
fn say(tx: &mut Tx, request: &Asking, identity: &Identity, said: &Saying<'_>) -> Result<(), Fault> {
    let before = identity.said()?.authoritative;
    let before = before.map(|saying| saying.demographics).unwrap_or_default();
    let update = DemographicsUpdate {
        domain_oid: identity.domain_oid.clone(),
        local_id: identity.local_id.clone(),
        demographics: said(before),
        sent: request.sent(),
        authoritative: true,
    };
    Ok(feed::take_later(tx, identity, &update, request.now)?)
}

/// The identity of an ID, made where it is new; enrolled where the sender's feed enrols.
fn known_or_new(tx: &mut Tx, request: &Asking, id: &PatientId) -> Result<Identity, Fault> {
    let known = person::identity_by_local_id(tx, &id.authority.oid, &id.id)?;
    if let Some(known) = known.filter(|known| known.enrolled || !request.sender.enrols) {
        return Ok(known);
    }
    let enrolment = EnrolRequest {
        domain_oid: id.authority.oid.clone(),
        local_id: id.id.clone(),
        same_as: None,
        viewers: Vec::new(),
        actor: request.sender.name.clone(),
        now: request.now,
        basis: format!("patient identity feed of {}", request.sender.name),
    };
    let identity_id = match request.sender.enrols {
        true => enrol(tx, request.ids.as_ref(), &enrolment)?.identity_id,
        false => introduce(tx, request.ids.as_ref(), None, &enrolment)?.0,
    };
    let made = person::identity_by_id(tx, identity_id)?;
    Ok(made.ok_or(IdentityError::NoSuchIdentity(identity_id))?)
}

/// Several IDs in one message are one patient, says their source.
fn same_patient(
    tx: &mut Tx,
    request: &Asking,
    first: &Identity,
    other: &Identity,
) -> Result<(), Fault> {
    let first = person::identity_by_id(tx, first.id)?;
    let first = first.ok_or(IdentityError::NoSuchIdentity(other.id))?;
    let Some(owner) = person::by_id(tx, first.person_id)? else { return Ok(()) };
    let together = LinkRequest {
        identity_id: other.id,
        person: owner.community_id,
        actor: request.sender.name.clone(),
        now: request.now,
        evidence: json!({ "rule": "one PID-3", "control_id": request.message_id }),
    };
    link(tx, &together)?;
    Ok(())
}

/// Pairs of PID and MRG (ADT_A39): PID-3 stays, MRG-1 names nobody any more.
fn merges(tx: &mut Tx, request: &Request) -> Result<Option<i64>, Fault> {
    let mut survivor: Option<(Segment<'_>, u32)> = None;
    let (mut patients, mut merged) = (0_u32, 0_u32);
    let mut last = None;
    for segment in request.message.segments() {
        match segment.name() {
            "PID" => {
                patients += 1;
                survivor = Some((segment, patients));
            }
            "MRG" => {
                merged += 1;
                let place = Location::new("MRG", merged);
                if u64::from(merged) > FEED_PATIENT_IDS {
                    let text = format!("more than {FEED_PATIENT_IDS} merges in one message");
                    return Err(Refusal::error("102", place, text).into());
                }
                let (pid, number) = survivor.take().ok_or_else(|| {
                    Refusal::error("100", place, "there is no PID before this MRG")
                })?;
                last = merge_pair(tx, request, (&pid, number), (&segment, merged))?.or(last);
            }
            _ => {}
        }
    }
    match merged {
        0 => Err(Refusal::error("100", Location::new("MRG", 1), "the message has no MRG").into()),
        _ => Ok(last),
    }
}

fn merge_pair(
    tx: &mut Tx,
    request: &Request,
    (pid, patient): (&Segment<'_>, u32),
    (mrg, merged): (&Segment<'_>, u32),
) -> Result<Option<i64>, Fault> {
    let at_pid = Location::new("PID", patient).field(3);
    let at_mrg = Location::new("MRG", merged).field(1);
    let survivors = fed_ids(tx, request, pid.field(3), at_pid)?;
    let subsumed = fed_ids(tx, request, mrg.field(1), at_mrg)?;
    merge_ids(tx, request, (&survivors, &subsumed), &|before| demographics(before, pid), at_mrg)
}

/// IDs that stay and IDs that name nobody any more, in any notation. `place` is that of the
/// latter.
pub(crate) fn merge_ids(
    tx: &mut Tx,
    request: &Asking,
    (survivors, subsumed): (&[PatientId], &[PatientId]),
    said: &Saying<'_>,
    place: Location,
) -> Result<Option<i64>, Fault> {
    let mut person_id = None;
    for (repetition, former) in (1..).zip(subsumed) {
        let place = place.repetition(repetition);
        // Both of the same domain (ITI TF-2 3.8.4.2.3).
        let stays = survivors.iter().find(|one| one.authority.oid == former.authority.oid);
        let stays = stays.ok_or_else(|| Refusal::error("204", place.component(4), OTHER_DOMAIN))?;
        let (kept, former) =
            (known_or_new(tx, request, stays)?, known_or_new(tx, request, former)?);
        let outcome = merge(
            tx,
            &MergeRequest {
                survivor: kept.id,
                subsumed: former.id,
                sent: request.sent(),
                actor: request.sender.name.clone(),
                now: request.now,
                evidence: json!({
                    "rule": request.rule,
                    "control_id": request.message_id,
                }),
            },
        )?;
        if let MergeOutcome::Refused(refusal) = outcome {
            return Err(refused(&refusal, place).into());
        }
        say(tx, request, &kept, said)?;
        rematch(tx, kept.id, request.now)?;
        person_id = person::identity_by_id(tx, kept.id)?.map(|identity| identity.person_id);
    }
    Ok(person_id)
}

fn refused(refusal: &MergeRefusal, place: Location) -> Refusal {
    match refusal {
        MergeRefusal::Itself => {
            Refusal::error("204", place.component(1), "an ID cannot be merged into itself")
        }
        MergeRefusal::OtherDomain => Refusal::error("204", place.component(4), OTHER_DOMAIN),
        MergeRefusal::Circle => {
            let text =
                "the ID that stays was merged into this one before: have that taken back first";
            Refusal::error("204", place.component(1), text)
        }
        MergeRefusal::MergedElsewhere { into } => {
            let text = format!("the ID was merged into {into} before");
            Refusal::error("204", place.component(1), text)
        }
    }
}

/// A name that cannot be read would be matched with others: the sender keeps the message, and
/// hears in which segment it broke.
fn check_text(request: &Request) -> Result<(), Refusal> {
    let findings = request.message.findings();
    let Some(damage) = findings.damage.first() else { return Ok(()) };
    let index = request.message.segment_of_offset(damage.offset).unwrap_or(0);
    let name = request.message.segment_at(index).map(|segment| segment.name().to_owned());
    let place = match name.as_deref() {
        Some("PID") => Location::new("PID", 1),
        Some("MRG") => Location::new("MRG", 1),
        _ => Location::new("MSH", 1).field(18),
    };
    let text = format!(
        "{} places of the text cannot be read as {}",
        findings.damage_count,
        request.message.report().used.name()
    );
    Err(Refusal::error("102", place, text))
}
