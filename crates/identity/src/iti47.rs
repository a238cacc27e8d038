//! ITI-47, Patient Demographics Query HL7 V3: who fits these demographics (ITI TF-2 3.47), by the
//! rules of ITI-21. Long answers go on, from any record, and end early.

use crate::asking::Asking;
use crate::iti21::criteria::Criteria;
use crate::iti21::{Found, find};
use crate::iti45::{may_ask, wanted};
use crate::v2::domains;
use crate::v2::fault::{Fault, Refusal};
use crate::v3::refusal::at;
use crate::v3::sending::instance_ids;
use hl7v3::{
    Candidate, CandidatesQuery, InstanceId, Outgoing, Quantities, QueryAnswer, QueryContinuation,
    read_stored_query,
};
use model::Timestamp;
use model::limits::{
    PDQ_ANSWER_PATIENTS, PDQ_CONTINUATION_MS, PDQ_CONTINUATIONS, PDQ_PARAMETERS, SEARCH_CHARACTERS,
};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use store::audit::{Action, Outcome};
use store::patient_query::{self, Continuation};
use store::{StoreError, Tx};

macro_rules! parameter {
    ($name:literal) => {
        concat!("/PRPA_IN201305UV02/controlActProcess/queryByParameter/parameterList", $name)
    };
}

const PARAMETERS: &str = parameter!("");
const BIRTH: &str = parameter!("/livingSubjectBirthTime/value");
const SUBJECT_ID: &str = parameter!("/livingSubjectId[#]/value");
const SCOPE: &str = parameter!("/otherIDsScopingOrganization[#]/value");
const CONTINUED: &str = "/QUQI_IN000003UV01/controlActProcess/queryContinuation/queryId";
/// Whoever is answered fits all that was asked, in percent.
const WHOLE_MATCH: u64 = 100;

/// One piece of an answer.
pub(crate) struct Page {
    found: Vec<Candidate>,
    quantities: Quantities,
}

impl Page {
    /// Its message.
    pub(crate) fn answer(&self, outgoing: &Outgoing, answer: QueryAnswer) -> Vec<u8> {
        let query_response = if self.quantities.total == 0 { "NF" } else { "OK" };
        let answer = QueryAnswer { query_response, ..answer };
        hl7v3::candidates(outgoing, &answer, &self.found, self.quantities)
    }
}

/// Answers a question, and writes its audit row. `copy` is the question.
pub(crate) fn query(
    tx: &mut Tx,
    asking: &Asking,
    query: &CandidatesQuery,
    copy: &str,
) -> Result<Page, Fault> {
    let (found, wanted) = all(tx, asking, query, copy)?;
    let page = piece(asking, &found, &wanted, 0, limit(query.initial_quantity));
    keep_on(tx, asking, &query.id, copy, (&found, page.quantities.current), &page)?;
    Ok(page)
}

/// Goes on with an answer; gives the copy of the question too (ITI TF-2 3.47.4.3.3).
///
/// # Errors
/// AE for a question that was not asked by this sender, was cancelled, or is too old.
pub(crate) fn go_on(
    tx: &mut Tx,
    asking: &Asking,
    more: &QueryContinuation,
) -> Result<(Page, String), Fault> {
    let pointer = pointer(asking, &more.query_id);
    let known = patient_query::find(tx, &asking.sender.name, &pointer, asking.now)?;
    let known = known.and_then(|known| Some((read_stored_query(&known.query)?, known)));
    let (query, known) = known.ok_or_else(|| {
        let text = "this query is not known, or not any more: ask again";
        Refusal::error("204", at(CONTINUED), text)
    })?;
    let (found, wanted) = all(tx, asking, &query, &known.query)?;
    let start = match more.start {
        Some(number) => usize::try_from(number.saturating_sub(1)).unwrap_or(usize::MAX),
        // What is there by now: patients may have come and gone between two pieces.
        None => found.partition_point(|one| one.associations.person.id <= known.after_person),
    };
    let quantity = limit(more.quantity.or(query.initial_quantity));
    let page = piece(asking, &found, &wanted, start, quantity);
    let end = start.min(found.len()) + page.quantities.current;
    keep_on(tx, asking, &more.query_id, &known.query, (&found, end), &page)?;
    Ok((page, known.query))
}

/// The asker wants no more of an answer. A question that is not known (any more) is cancelled
/// already.
pub(crate) fn cancel(tx: &mut Tx, asking: &Asking, more: &QueryContinuation) -> Result<(), Fault> {
    let tag = tag(&more.query_id);
    Ok(patient_query::cancel(tx, &asking.sender.name, &tag)?)
}

/// Everybody who fits, in the order of persons, with the domains that are wanted.
fn all(
    tx: &mut Tx,
    asking: &Asking,
    query: &CandidatesQuery,
    copy: &str,
) -> Result<(Vec<Found>, Vec<String>), Fault> {
    may_ask(asking)?;
    let wanted = wanted(tx, asking, &query.scopes, at(SCOPE))?;
    let criteria = criteria(tx, asking, query)?;
    let mut found = find::patients(tx, asking, &criteria, &wanted, at(PARAMETERS))?;
    if query.minimum_degree_match.is_some_and(|degree| degree > WHOLE_MATCH) {
        found.clear();
    }
    let detail = json!({ "transaction": "ITI-47", "query": copy });
    asking.audit(tx, Action::Search, Outcome::Success, None, &detail)?;
    Ok((found, wanted))
}

/// Parameters of the question as the search has them.
fn criteria(tx: &mut Tx, asking: &Asking, query: &CandidatesQuery) -> Result<Criteria, Fault> {
    check(query)?;
    let mut criteria = Criteria::default();
    for one in &query.names {
        criteria.want_name(&one.name, one.is_search);
    }
    if let Some((from, to)) = &query.birth {
        criteria.want_birth((from, to), at(BIRTH))?;
    }
    if !query.sex.is_empty() {
        criteria.want_sex(&query.sex);
    }
    if !query.postal_code.is_empty() || !query.address.is_empty() {
        criteria.want_address(&query.postal_code, &query.address);
    }
    if !query.phone.is_empty() {
        criteria.want_phone(&query.phone);
    }
    for (number, id) in (1_u32..).zip(&query.subject_ids) {
        let known = domains::by_names(tx, &asking.settings, "", &id.root)?;
        let domain = known.ok_or_else(|| {
            let text = "the assigning authority of the asked ID is not known here";
            Refusal::error("204", at(SUBJECT_ID).repetition(number), text)
        })?;
        match &criteria.domain_oid {
            None => {
                criteria.id = (!id.extension.is_empty()).then(|| id.extension.clone());
                criteria.domain_oid = Some(domain.oid);
            }
            Some(_) => criteria.other_ids.push((id.extension.clone(), domain.oid)),
        }
    }
    // No mothers' names are kept: nobody fits, which is no mistake.
    if query.has_mothers_name {
        criteria.want_nobody();
    }
    criteria.check(at(PARAMETERS))?;
    Ok(criteria)
}

/// What a question may not have.
fn check(query: &CandidatesQuery) -> Result<(), Refusal> {
    if let Some(name) = query.unknown.first() {
        let text = format!("parameter {name} is not known here");
        return Err(Refusal::error("204", at(PARAMETERS), text));
    }
    if (query.names.len() + query.subject_ids.len()) as u64 > PDQ_PARAMETERS {
        let text = format!("more than {PDQ_PARAMETERS} parameters");
        return Err(Refusal::error("102", at(PARAMETERS), text));
    }
    let names = query.names.iter().flat_map(|one| [&one.name.family, &one.name.given]);
    let ids = query.subject_ids.iter().map(|one| &one.extension);
    let others = [&query.address, &query.postal_code, &query.phone, &query.sex];
    for value in names.chain(ids).chain(others) {
        if value.chars().count() as u64 > SEARCH_CHARACTERS || value.contains('\0') {
            let text = format!("a value has more than {SEARCH_CHARACTERS} characters");
            return Err(Refusal::error("102", at(PARAMETERS), text));
        }
    }
    Ok(())
}

/// How many records are answered at once.
fn limit(asked: Option<u64>) -> usize {
    let limit = asked.filter(|count| *count > 0).unwrap_or(PDQ_ANSWER_PATIENTS);
    usize::try_from(limit.min(PDQ_ANSWER_PATIENTS)).unwrap_or(usize::MAX)
}

fn piece(asking: &Asking, found: &[Found], wanted: &[String], start: usize, limit: usize) -> Page {
    let start = start.min(found.len());
    let end = start.saturating_add(limit).min(found.len());
    let piece = found.get(start..end).unwrap_or_default();
    let quantities =
        Quantities { total: found.len(), current: piece.len(), remaining: found.len() - end };
    Page { found: piece.iter().map(|one| candidate(asking, one, wanted)).collect(), quantities }
}

fn candidate(asking: &Asking, found: &Found, wanted: &[String]) -> Candidate {
    let ids = instance_ids(&found.associations.ids(&asking.settings, wanted));
    let is_without = |oid: &&String| !ids.iter().any(|id| id.root == **oid);
    Candidate {
        without_id: wanted.iter().filter(is_without).cloned().collect(),
        ids,
        demographics: found.demographics.clone(),
        match_quality: WHOLE_MATCH,
    }
}

/// Remembers where an answer that is not whole goes on: behind the `end` records that were given.
fn keep_on(
    tx: &mut Tx,
    asking: &Asking,
    query_id: &InstanceId,
    copy: &str,
    (found, end): (&[Found], usize),
    page: &Page,
) -> Result<(), StoreError> {
    let tag = tag(query_id);
    // A question asked anew under its old id begins anew.
    patient_query::cancel(tx, &asking.sender.name, &tag)?;
    let last = end.checked_sub(1).and_then(|last| found.get(last));
    let (Some(last), true) = (last, page.quantities.current < page.quantities.total) else {
        return Ok(());
    };
    let continuation = Continuation {
        query_tag: tag,
        query: copy.to_owned(),
        after_person: last.associations.person.id,
    };
    let lasting_us = i64::try_from(PDQ_CONTINUATION_MS).unwrap_or(i64::MAX / 1_000) * 1_000;
    let times: (Timestamp, Timestamp) = (asking.now, asking.now.plus_us(lasting_us));
    let kept = i64::try_from(PDQ_CONTINUATIONS).unwrap_or(i64::MAX);
    let pointer = pointer(asking, query_id);
    patient_query::keep(tx, &asking.sender.name, &pointer, &continuation, times, kept)
}

/// What the store calls a question of HL7 v3: no tag of HL7 v2 begins so.
fn tag(query_id: &InstanceId) -> String {
    format!("v3:{}", query_id.key().replace('\0', "\u{FFFD}"))
}

/// Two senders may use one id: each has a pointer of its own.
fn pointer(asking: &Asking, query_id: &InstanceId) -> String {
    let mut hash = Sha256::new();
    hash.update(asking.sender.name.as_bytes());
    hash.update([0]);
    hash.update(query_id.key().as_bytes());
    hash.finalize().iter().fold(String::from("v3:"), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
