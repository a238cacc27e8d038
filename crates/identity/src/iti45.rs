//! ITI-45, PIXV3 Query: which other IDs the patient of an ID has (ITI TF-2 3.45), by the rules of
//! ITI-9.
//!
//! | the asked ID | acknowledgement | queryResponseCode | location | patient |
//! |---|---|---|---|---|
//! | known, with partners in the wanted domains (cases 1, 2, 6) | AA | OK | | one, without the asked ID |
//! | known, without (case 3) | AA | NF | | none |
//! | not known, merged, or of an unknown domain (case 4) | AE | AE | `…/patientIdentifier/value` | none |
//! | any, with a wanted domain that is not known (case 5) | AE | AE | `…/dataSource[n]/value` for each | none |

use crate::asking::Asking;
use crate::iti9::{known_patient, partners};
use crate::v2::domains;
use crate::v2::fault::{Fault, Location, Refusal};
use crate::v2::query::known_domains;
use crate::v3::refusal::at;
use crate::v3::sending::instance_ids;
use hl7v3::{IdentifiersQuery, InstanceId};
use model::limits::QUERY_DOMAINS;
use serde_json::json;
use store::Tx;
use store::audit::{Action, Outcome};

const PATIENT: &str =
    "/PRPA_IN201309UV02/controlActProcess/queryByParameter/parameterList/patientIdentifier/value";
const DATA_SOURCE: &str =
    "/PRPA_IN201309UV02/controlActProcess/queryByParameter/parameterList/dataSource[#]/value";

/// The other IDs, none where there are none; writes the audit row. `copy` is the question.
pub(crate) fn query(
    tx: &mut Tx,
    asking: &Asking,
    query: &IdentifiersQuery,
    copy: &str,
) -> Result<Vec<InstanceId>, Fault> {
    may_ask(asking)?;
    let [patient] = query.patients.as_slice() else {
        let text = "exactly one patientIdentifier is asked about";
        return Err(Refusal::error("101", at(PATIENT), text).into());
    };
    let authority = domains::by_names(tx, &asking.settings, "", &patient.root)?;
    let (id, person_id) = known_patient(tx, asking, &patient.extension, authority, at(PATIENT))?;
    let wanted = wanted(tx, asking, &query.data_sources, at(DATA_SOURCE))?;
    let found = partners(tx, asking, &id, person_id, &wanted)?;
    let detail = json!({ "transaction": "ITI-45", "query": copy });
    asking.audit(tx, Action::Search, Outcome::Success, Some(person_id), &detail)?;
    Ok(instance_ids(&found))
}

/// The OIDs of the domains whose IDs are wanted; none for all.
pub(crate) fn wanted(
    tx: &mut Tx,
    asking: &Asking,
    domains: &[InstanceId],
    place: Location,
) -> Result<Vec<String>, Fault> {
    if domains.len() as u64 > QUERY_DOMAINS {
        let text = format!("more than {QUERY_DOMAINS} domains are asked for");
        return Err(Refusal::error("102", place, text).into());
    }
    let mut named = Vec::with_capacity(domains.len());
    for (repetition, domain) in (1_u32..).zip(domains) {
        let known = domains::by_names(tx, &asking.settings, "", &domain.root)?;
        named.push((place.repetition(repetition), known));
    }
    Ok(known_domains(named)?)
}

/// # Errors
/// AR where the sender only feeds.
pub(crate) fn may_ask(asking: &Asking) -> Result<(), Refusal> {
    match asking.sender.may_query {
        true => Ok(()),
        false => {
            let text = "the sender may not ask here";
            Err(Refusal::rejected("207", at("/*/sender/device/id"), text))
        }
    }
}
