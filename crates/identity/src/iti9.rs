//! ITI-9, PIX Query: which other IDs the patient of an ID has (ITI TF-2 3.9). QBP^Q23 in,
//! RSP^K23 out, at once.
//!
//! | the asked ID | MSA-1 | QAK-2 | ERR-2 | PID |
//! |---|---|---|---|---|
//! | known, with partners in the wanted domains | AA | OK | | one, PID-3 without the asked ID |
//! | known, without | AA | NF | | none |
//! | not known, or merged into another | AE | AE | `QPD^1^3^1^1` | none |
//! | of a domain that is not known | AE | AE | `QPD^1^3^1^4` | none |
//! | any, with a wanted domain that is not known | AE | AE | `QPD^1^4^n` for each | none |
//!
//! Several IDs of one domain are all given, as repetitions of PID-3.

use crate::asking::Asking;
use crate::v2::domains;
use crate::v2::fault::{Fault, Location, Refusal};
use crate::v2::query::{answer, parameters, seen, wanted_domains};
use crate::v2::request::Request;
use hl7v2::build::{MessageBuilder, SegmentBuilder};
use hl7v2::person::ids;
use hl7v2::{Repetition, Segment};
use model::CommunityId;
use model::hl7::{AssigningAuthority, PatientId};
use serde_json::json;
use store::audit::{Action, Outcome};
use store::{Tx, merged_identity, person};

/// MSH-9 of the answer.
const ANSWER: [&str; 3] = ["RSP", "K23", "RSP_K23"];

/// Answers a query, and writes its audit row.
pub(crate) fn query(tx: &mut Tx, request: &Request) -> Result<MessageBuilder, Fault> {
    let asked = parameters(request)?;
    let (id, person_id) = asked_patient(tx, request, &asked)?;
    let wanted = wanted_domains(tx, request, asked.field(4), 4)?;
    let partners = partners(tx, request, &id, person_id, &wanted)?;
    let detail = json!({ "transaction": "ITI-9", "query": asked.text() });
    request.audit(tx, Action::Search, Outcome::Success, Some(person_id), &detail)?;
    let status = if partners.is_empty() { "NF" } else { "OK" };
    let mut message = answer(request, &ANSWER, status, None);
    if !partners.is_empty() {
        message.push(patient(&ids(&partners)));
    }
    Ok(message)
}

/// The other IDs of a person, those of the wanted domains that the asker may see.
pub(crate) fn partners(
    tx: &mut Tx,
    asking: &Asking,
    id: &PatientId,
    person_id: i64,
    wanted: &[String],
) -> Result<Vec<PatientId>, Fault> {
    let found = seen(tx, asking, &[person_id])?;
    let mut partners: Vec<PatientId> =
        found.iter().flat_map(|one| one.ids(&asking.settings, wanted)).collect();
    partners.retain(|one| one.id != id.id || one.authority.oid != id.authority.oid);
    Ok(partners)
}

/// The answer to a query that is refused.
pub(crate) fn refused(request: &Request, refusal: &Refusal) -> MessageBuilder {
    answer(request, &ANSWER, refusal.acknowledgement, Some(refusal))
}

/// PID of an answer that is about IDs only: its name is empty, and an unspecified pseudonym that
/// says so (ITI TF-2 3.9.4.2.2.6).
pub(crate) fn patient(ids: &hl7v2::person::Tree) -> SegmentBuilder {
    SegmentBuilder::new("PID")
        .tree(3, ids.clone())
        .repetitions(5, &[&[""], &["", "", "", "", "", "", "S"]])
}

/// The asked ID and the person that has it.
fn asked_patient(
    tx: &mut Tx,
    request: &Request,
    asked: &Segment<'_>,
) -> Result<(PatientId, i64), Fault> {
    let place = Location::new("QPD", 1).field(3);
    let field = asked.field(3);
    if field.is_empty() {
        return Err(Refusal::error("101", place, "QPD-3 (patient ID) is missing").into());
    }
    let place = place.repetition(1);
    let asked: Repetition<'_> = field.first();
    let authority = domains::resolve(tx, &request.settings, asked.component(4))?;
    known_patient(tx, request, asked.component(1).text().trim(), authority, place)
}

/// An ID that is asked about, and the person that has it. `authority` is its domain, where it is
/// one that is served here; `place` the ID's.
pub(crate) fn known_patient(
    tx: &mut Tx,
    asking: &Asking,
    id: &str,
    authority: Option<AssigningAuthority>,
    place: Location,
) -> Result<(PatientId, i64), Fault> {
    let authority = authority.ok_or_else(|| {
        let text = "the assigning authority of the asked ID is not known here";
        Refusal::error("204", place.component(4), text)
    })?;
    let id = PatientId { id: id.to_owned(), authority };
    match person_of(tx, asking, &id)? {
        Some(person_id) => Ok((id, person_id)),
        None => {
            let text = "the asked ID is not known here";
            Err(Refusal::error("204", place.component(1), text).into())
        }
    }
}

/// Who has an ID that is in force.
fn person_of(tx: &mut Tx, request: &Asking, id: &PatientId) -> Result<Option<i64>, Fault> {
    if id.authority.oid == request.settings.affinity.oid {
        let Ok(community_id) = id.id.parse::<CommunityId>() else { return Ok(None) };
        return Ok(access::resolve(tx, &community_id)?.map(|person| person.id));
    }
    if id.id.is_empty() || id.id.contains('\0') {
        return Ok(None);
    }
    let Some(found) = person::identity_by_local_id(tx, &id.authority.oid, &id.id)? else {
        return Ok(None);
    };
    let is_merged = !merged_identity::of_identities(tx, &[found.id])?.is_empty();
    Ok((!is_merged).then_some(found.person_id))
}
