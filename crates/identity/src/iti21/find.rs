//! Who fits.

use super::Found;
use super::criteria::Criteria;
use crate::asking::Asking;
use crate::v2::fault::{Fault, Location, Refusal};
use crate::v2::query::seen;
use model::CommunityId;
use model::limits::PDQ_CANDIDATES;
use store::person::Identity;
use store::{Tx, patient_query};

/// The patients who fit and have an ID in a wanted domain, in the order of their persons.
///
/// # Errors
/// AE where too many would have to be looked at; `place` is that of the parameters.
pub(crate) fn patients(
    tx: &mut Tx,
    request: &Asking,
    criteria: &Criteria,
    wanted: &[String],
    place: Location,
) -> Result<Vec<Found>, Fault> {
    let limit = i64::try_from(PDQ_CANDIDATES).unwrap_or(i64::MAX - 1);
    let Some(lookup) = criteria.lookup() else { return Ok(Vec::new()) };
    let mut persons = patient_query::persons(tx, &lookup, limit + 1)?;
    if persons.len() as u64 > PDQ_CANDIDATES {
        let text = "too many patients fit: give more of the name, or the birth date";
        return Err(Refusal::error("207", place, text).into());
    }
    if let Some(id) = criteria.id.as_ref().and_then(|id| id.parse::<CommunityId>().ok()) {
        persons.extend(access::resolve(tx, &id)?.map(|person| person.id));
        persons.sort_unstable();
        persons.dedup();
    }
    let seen = seen(tx, request, &persons)?;
    let found = seen.into_iter().filter_map(|associations| {
        let ids = associations.ids(&request.settings, wanted);
        let is_asked = |id: &str, oid: &str| {
            criteria.id.as_deref().is_none_or(|asked| asked == id)
                && criteria.domain_oid.as_deref().is_none_or(|asked| asked == oid)
        };
        let own = associations.person.community_id.digits();
        let by_community_id = is_asked(own, &request.settings.affinity.oid);
        let fits = |identity: &&Identity| {
            criteria.fits(&identity.demographics)
                && (by_community_id || is_asked(&identity.local_id, &identity.domain_oid))
        };
        // Of several that fit, the one that said most recently who the patient is.
        let all_ids = || associations.ids(&request.settings, &[]);
        let has_others = criteria.other_ids.is_empty()
            || criteria.other_ids.iter().all(|(id, oid)| {
                all_ids().iter().any(|one| one.id == *id && one.authority.oid == *oid)
            });
        let best = associations.identities.iter().filter(fits).max_by(|one, other| {
            (one.authoritative, &one.sent).cmp(&(other.authoritative, &other.sent))
        });
        let demographics = best?.demographics.clone();
        (has_others && !ids.is_empty()).then_some(Found { associations, demographics })
    });
    Ok(found.collect())
}
