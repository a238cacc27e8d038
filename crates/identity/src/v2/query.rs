//! What queries by parameter have in common (HL7 v2.5 §5.3): QPD in, QAK and QPD out, domains
//! that are wanted.

use crate::asking::Asking;
use crate::associations::{Associations, of_persons};
use crate::v2::answer::outcome;
use crate::v2::domains;
use crate::v2::fault::{Fault, Location, Mistake, Refusal};
use crate::v2::request::Request;
use access::{Role, Viewer};
use hl7v2::build::{MessageBuilder, SegmentBuilder};
use hl7v2::{Field, Segment};
use model::hl7::AssigningAuthority;
use model::limits::{QUERY_BYTES, QUERY_DOMAINS};
use store::Tx;

/// The parameters of the query.
///
/// # Errors
/// AE where there are none, or more than [`QUERY_BYTES`], which are not repeated to the asker.
pub(crate) fn parameters(request: &Request) -> Result<Segment<'_>, Refusal> {
    let place = Location::new("QPD", 1);
    if !request.sender.may_query {
        let place = Location::new("MSH", 1).field(3);
        return Err(Refusal::rejected("207", place, "the sender may not ask here"));
    }
    let found = request.message.segment("QPD");
    let found = found.ok_or_else(|| Refusal::error("100", place, "the message has no QPD"))?;
    if found.text().len() as u64 > QUERY_BYTES {
        let text = format!("the query has more than {QUERY_BYTES} bytes");
        return Err(Refusal::error("102", place, text));
    }
    if found.field(2).is_empty() {
        return Err(Refusal::error("101", place.field(2), "QPD-2 (query tag) is missing"));
    }
    Ok(found)
}

/// MSH, MSA, ERR, QAK and QPD of an answer. `status` is QAK-2 (HL7 table 0208).
pub(crate) fn answer(
    request: &Request,
    message_type: &[&str],
    status: &str,
    refusal: Option<&Refusal>,
) -> MessageBuilder {
    let mut message = request.sending().answer(&request.header, message_type);
    outcome(&mut message, &request.header, refusal);
    let asked = request.message.segment("QPD");
    let fits = |one: &Segment<'_>| one.text().len() as u64 <= QUERY_BYTES;
    let asked = asked.filter(fits);
    let raw = |number: u32| asked.map_or("", |asked| asked.field(number).raw());
    message.push(SegmentBuilder::new("QAK").raw(1, raw(2)).text(2, status).raw(3, raw(1)));
    let mut echoed = SegmentBuilder::new("QPD");
    for (number, field) in asked.iter().flat_map(Segment::fields) {
        echoed = echoed.raw(number, field.raw());
    }
    message.push(echoed);
    message
}

/// The OIDs of the domains that the asker wants answers of; none for all.
///
/// # Errors
/// One mistake for each domain that is not known here, at its repetition.
pub(crate) fn wanted_domains(
    tx: &mut Tx,
    request: &Request,
    field: Field<'_>,
    number: u32,
) -> Result<Vec<String>, Fault> {
    let place = Location::new("QPD", 1).field(number);
    let mut named = Vec::new();
    for (at, repetition) in (1_u32..).zip(field.repetitions()) {
        if u64::from(at) > QUERY_DOMAINS {
            let text = format!("more than {QUERY_DOMAINS} domains are asked for");
            return Err(Refusal::error("102", place, text).into());
        }
        if repetition.is_empty() {
            continue;
        }
        let domain = domains::resolve(tx, &request.settings, repetition.component(4))?;
        named.push((place.repetition(at), domain));
    }
    Ok(known_domains(named)?)
}

/// The OIDs of domains that are asked for, each with its place.
///
/// # Errors
/// One mistake for each that is not known here.
pub(crate) fn known_domains(
    named: Vec<(Location, Option<AssigningAuthority>)>,
) -> Result<Vec<String>, Refusal> {
    let (mut wanted, mut mistakes) = (Vec::new(), Vec::new());
    for (location, domain) in named {
        match domain {
            Some(domain) => wanted.push(domain.oid),
            None => mistakes.push(Mistake {
                code: "204",
                location,
                text: "a domain that is asked for is not known here".to_owned(),
            }),
        }
    }
    match mistakes.is_empty() {
        true => Ok(wanted),
        false => Err(Refusal { acknowledgement: "AE", mistakes }),
    }
}

/// The associations of persons as the asker may see them: those identities that consent opens to
/// its facility, where it sees as one.
pub(crate) fn seen(
    tx: &mut Tx,
    asking: &Asking,
    person_ids: &[i64],
) -> Result<Vec<Associations>, Fault> {
    let mut found = of_persons(tx, person_ids)?;
    let Some(facility_id) = asking.sender.viewer_facility_id else { return Ok(found) };
    let viewer = Viewer { account_id: 0, facility_id, role: Role::Doctor };
    let open = access::open_persons(tx, &viewer, person_ids, asking.now)?;
    for one in &mut found {
        let opened = open.iter().find(|open| open.person_id == one.person.id);
        let visible = opened.map(|open| open.identities.as_slice()).unwrap_or_default();
        one.identities.retain(|identity| visible.iter().any(|seen| seen.id == identity.id));
    }
    Ok(found)
}
