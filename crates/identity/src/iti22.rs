//! ITI-22, Patient Demographics and Visit Query: ITI-21 with a visit beside each patient
//! (ITI TF-2 3.22). QBP^ZV1 in, RSP^ZV2 out. Visits are facts of documents and not kept with
//! identities: PV1 says so (`U`), and parameters about visits are refused.

use crate::iti21::{page, patient};
use crate::v2::fault::{Fault, Refusal};
use crate::v2::query::answer;
use crate::v2::request::Request;
use hl7v2::build::{MessageBuilder, SegmentBuilder};
use store::Tx;

/// MSH-9 of the answer.
const ANSWER: [&str; 3] = ["RSP", "ZV2", "RSP_ZV2"];

/// Answers a query, and writes its audit row.
pub(crate) fn query(tx: &mut Tx, request: &Request) -> Result<MessageBuilder, Fault> {
    let page = page(tx, request, "ITI-22")?;
    let mut message = answer(request, &ANSWER, page.status(), None);
    for (number, found) in (1_u32..).zip(&page.found) {
        message.push(patient(request, number, found, &page.wanted));
        message.push(SegmentBuilder::new("PV1").text(1, &number.to_string()).text(2, "U"));
    }
    page.end(&mut message);
    Ok(message)
}

/// The answer to a query that is refused.
pub(crate) fn refused(request: &Request, refusal: &Refusal) -> MessageBuilder {
    answer(request, &ANSWER, refusal.acknowledgement, Some(refusal))
}
