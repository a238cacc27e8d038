//! ITI-78, Patient Demographics Query for Mobile (PDQm 2:3.78): who fits these demographics, and
//! a patient by its ID here. What ITI-21 answers, in FHIR; long answers go on by links.

mod criteria;
mod page;

use crate::r4::ask::Ask;
use crate::r4::fault::{Fault, refused};
use crate::r4::view;
use crate::v2::query::seen;
use fhir::{Bundle, Entry, Interaction, IssueCode, Response, encoded};
use http::StatusCode;
use model::CommunityId;
use page::Page;
use serde_json::json;
use store::Tx;
use store::audit::{Action, Outcome};

/// The parameter by which a page says behind whom it begins.
const AFTER: &str = "_after";

/// Answers a search or a read, and writes its audit row.
pub(crate) fn answer(tx: &mut Tx, ask: &Ask) -> Result<Response, Fault> {
    ask.check_query()?;
    match &ask.request.interaction {
        Interaction::Read { id, .. } => read(tx, ask, id),
        _ => search(tx, ask),
    }
}

/// A patient by its ID here, its community ID. That of somebody who was merged into another one
/// leads to that one.
fn read(tx: &mut Tx, ask: &Ask, id: &str) -> Result<Response, Fault> {
    let not_found = || {
        let text = "there is no such patient here";
        refused(StatusCode::NOT_FOUND, IssueCode::NotFound, text)
    };
    let community_id: CommunityId = id.parse().map_err(|_| not_found())?;
    let owner = access::resolve(tx, &community_id)?.ok_or_else(not_found)?;
    let found = seen(tx, ask, &[owner.id])?;
    let found = found.first().and_then(|one| view::patient(ask, one, &[]));
    let patient = found.ok_or_else(not_found)?;
    let detail = json!({ "transaction": "ITI-78", "read": id });
    ask.audit(tx, Action::View, Outcome::Success, Some(owner.id), &detail)?;
    if ask.request.condition.if_none_match.as_ref() == Some(&patient.version) {
        return Ok(Response {
            version: Some(patient.version),
            ..Response::empty(StatusCode::NOT_MODIFIED)
        });
    }
    let response = Response::ok(patient.write());
    Ok(Response { version: Some(patient.version), ..response })
}

fn search(tx: &mut Tx, ask: &Ask) -> Result<Response, Fault> {
    let page = Page::find(tx, ask)?;
    let asked = ask.request.query.without(&[AFTER, "_format"]);
    let said = ask.request.query.pairs.iter().filter(|pair| pair.name != AFTER);
    let said: Vec<String> = said.map(ToString::to_string).collect();
    let detail = json!({ "transaction": "ITI-78", "query": said });
    ask.audit(tx, Action::Search, Outcome::Success, None, &detail)?;
    let base = &ask.request.base;
    let entry = |patient: fhir::Patient| Entry {
        full_url: format!("{base}/Patient/{}", patient.id),
        patient,
        score: None,
    };
    // Only of an answer that stands on one page it is known how many fit.
    let is_whole = page.after.is_none() && page.next.is_none();
    let patients = page.patients;
    let at = |after: Option<i64>| {
        let begins = after.map(|after| format!("&{AFTER}={}", encoded(&after.to_string())));
        format!("{base}/Patient?{asked}{}", begins.unwrap_or_default())
    };
    let mut links = vec![("self", at(page.after))];
    links.extend(page.next.map(|next| ("next", at(Some(next)))));
    let bundle = Bundle {
        id: ask.ids.uuid().to_string(),
        at: ask.now,
        total: is_whole.then_some(patients.len() as u64),
        links,
        entries: patients.into_iter().map(entry).collect(),
        remark: None,
    };
    Ok(Response::ok(bundle.write()))
}
