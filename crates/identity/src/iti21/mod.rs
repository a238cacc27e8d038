//! ITI-21, Patient Demographics Query: who fits these demographics (ITI TF-2 3.21). QBP^Q22 in,
//! RSP^K22 out; long answers go on by DSC and end early by QCN^J01.

pub(crate) mod criteria;
pub(crate) mod find;

use crate::associations::Associations;
use crate::v2::fault::{Fault, Location, Refusal};
use crate::v2::query::{answer, parameters, wanted_domains};
use crate::v2::request::Request;
use criteria::Criteria;
use hl7v2::Segment;
use hl7v2::build::{MessageBuilder, SegmentBuilder};
use hl7v2::person::{address, ids, names};
use model::Timestamp;
use model::demographics::Demographics;
use model::limits::{PDQ_ANSWER_PATIENTS, PDQ_CONTINUATION_MS, PDQ_CONTINUATIONS};
use serde_json::json;
use store::audit::{Action, Outcome};
use store::patient_query::{self, Continuation};
use store::{StoreError, Tx};

/// MSH-9 of the answer.
const ANSWER: [&str; 3] = ["RSP", "K22", "RSP_K21"];

/// A patient who fits: the person's IDs, and the demographics that fit.
pub(crate) struct Found {
    pub associations: Associations,
    pub demographics: Demographics,
}

/// Answers a query, and writes its audit row.
pub(crate) fn query(tx: &mut Tx, request: &Request) -> Result<MessageBuilder, Fault> {
    let page = page(tx, request, "ITI-21")?;
    let mut message = answer(request, &ANSWER, page.status(), None);
    for (number, found) in (1_u32..).zip(&page.found) {
        message.push(patient(request, number, found, &page.wanted));
        // Whoever is answered fits all that was asked (QRI-1, confidence from 0 to 1).
        message.push(SegmentBuilder::new("QRI").text(1, "1"));
    }
    page.end(&mut message);
    Ok(message)
}

/// The answer to a query that is refused.
pub(crate) fn refused(request: &Request, refusal: &Refusal) -> MessageBuilder {
    answer(request, &ANSWER, refusal.acknowledgement, Some(refusal))
}

/// QCN^J01: the asker wants no more of an answer (ITI TF-2 3.21.4.3). A query that is not known
/// (any more) is cancelled already.
pub(crate) fn cancel(tx: &mut Tx, request: &Request) -> Result<(), Fault> {
    let place = Location::new("QID", 1);
    let cancelled = request.message.segment("QID");
    let cancelled =
        cancelled.ok_or_else(|| Refusal::error("100", place, "the message has no QID"))?;
    let tag = cancelled.field(1).text();
    if tag.is_empty() || tag.contains('\0') {
        return Err(Refusal::error("101", place.field(1), "QID-1 (query tag) is missing").into());
    }
    Ok(patient_query::cancel(tx, &request.sender.name, &tag)?)
}

/// One piece of an answer.
pub(crate) struct Page {
    pub found: Vec<Found>,
    /// OIDs of the domains whose IDs are wanted; none for all.
    pub wanted: Vec<String>,
    pointer: Option<String>,
}

impl Page {
    /// QAK-2.
    pub(crate) fn status(&self) -> &'static str {
        if self.found.is_empty() { "NF" } else { "OK" }
    }

    /// DSC, where the answer goes on.
    pub(crate) fn end(&self, message: &mut MessageBuilder) {
        if let Some(pointer) = &self.pointer {
            message.push(SegmentBuilder::new("DSC").text(1, pointer).text(2, "I"));
        }
    }
}

/// Who fits, as much as was asked for, and where it goes on.
pub(crate) fn page(tx: &mut Tx, request: &Request, transaction: &str) -> Result<Page, Fault> {
    let asked = parameters(request)?;
    let wanted = wanted_domains(tx, request, asked.field(8), 8)?;
    let criteria = Criteria::read(tx, request, asked.field(3))?;
    let after = continued(tx, request, &asked)?;
    let mut found =
        find::patients(tx, request, &criteria, &wanted, Location::new("QPD", 1).field(3))?;
    found.retain(|one| after.is_none_or(|after| one.associations.person.id > after));
    let limit = limit(request);
    let has_more = found.len() > limit;
    found.truncate(limit);
    let detail = json!({ "transaction": transaction, "query": asked.text() });
    request.audit(tx, Action::Search, Outcome::Success, None, &detail)?;
    let pointer = match (has_more, found.last()) {
        (true, Some(last)) => Some(keep(tx, request, &asked, last.associations.person.id)?),
        _ => None,
    };
    Ok(Page { found, wanted, pointer })
}

/// PID of a patient who fits.
pub(crate) fn patient(
    request: &Request,
    number: u32,
    found: &Found,
    wanted: &[String],
) -> SegmentBuilder {
    let Found { associations, demographics } = found;
    let time = |time: &Option<model::PartialTime>| {
        time.as_ref().map(|time| time.digits.clone()).unwrap_or_default()
    };
    let phones = demographics.phones.iter().map(|phone| vec![vec![phone.clone()]]).collect();
    SegmentBuilder::new("PID")
        .text(1, &number.to_string())
        .tree(3, ids(&associations.ids(&request.settings, wanted)))
        .tree(5, names(demographics))
        .text(7, &time(&demographics.birth))
        .text(8, &demographics.sex)
        .tree(11, address(demographics))
        .tree(13, phones)
        .text(29, &time(&demographics.death))
}

/// RCP-2, within our own limit.
fn limit(request: &Request) -> usize {
    let said = request.message.segment("RCP").map(|control| control.field(2));
    let said = said.and_then(|field| field.component(1).text().trim().parse::<u64>().ok());
    let limit = said.filter(|count| *count > 0).unwrap_or(PDQ_ANSWER_PATIENTS);
    usize::try_from(limit.min(PDQ_ANSWER_PATIENTS)).unwrap_or(usize::MAX)
}

/// The person after whom the answer goes on, where DSC says that it does.
///
/// # Errors
/// AE for a pointer that was not given for this query, was cancelled, or is too old.
fn continued(tx: &mut Tx, request: &Request, asked: &Segment<'_>) -> Result<Option<i64>, Fault> {
    let Some(continuation) = request.message.segment("DSC") else { return Ok(None) };
    let pointer = continuation.field(1).text();
    if pointer.is_empty() {
        return Ok(None);
    }
    let known = match pointer.contains('\0') {
        true => None,
        false => patient_query::find(tx, &request.sender.name, &pointer, request.now)?,
    };
    let known = known.filter(|known| known.query == asked.text());
    let known = known.ok_or_else(|| {
        let text = "this continuation is not known, or not any more: ask again";
        Refusal::error("204", Location::new("DSC", 1).field(1), text)
    })?;
    Ok(Some(known.after_person))
}

fn keep(
    tx: &mut Tx,
    request: &Request,
    asked: &Segment<'_>,
    after_person: i64,
) -> Result<String, StoreError> {
    let pointer = request.ids.uuid().to_string();
    let continuation = Continuation {
        query_tag: asked.field(2).text().into_owned(),
        query: asked.text().to_owned(),
        after_person,
    };
    let lasting_us = i64::try_from(PDQ_CONTINUATION_MS).unwrap_or(i64::MAX / 1_000) * 1_000;
    let times: (Timestamp, Timestamp) = (request.now, request.now.plus_us(lasting_us));
    let kept = i64::try_from(PDQ_CONTINUATIONS).unwrap_or(i64::MAX);
    patient_query::keep(tx, &request.sender.name, &pointer, &continuation, times, kept)?;
    Ok(pointer)
}
