//! Finds persons, whatever they consented to: who is who is asked before anybody may see them.

use super::places;
use crate::demographics::{birth_day, name_token};
use crate::error::IdentityError;
use crate::query::SearchQuery;
use access::{DeskScope, Holders};
use model::CommunityId;
use model::limits::{SEARCH_CANDIDATES, SEARCH_RESULTS};
use ports::{DeskHit, DeskSearch};
use std::collections::{BTreeMap, BTreeSet};
use store::person::Identity;
use store::person_search::desk_candidates;
use store::{Tx, person};

/// One page of [`SEARCH_RESULTS`] persons among those who may be worked on.
pub(super) fn find(
    tx: &mut Tx,
    scope: DeskScope,
    query: &SearchQuery,
    after: Option<&CommunityId>,
) -> Result<DeskSearch, IdentityError> {
    let mut page =
        DeskSearch { readings: query.readings(), places: places(tx)?, ..DeskSearch::default() };
    let mut query = query.clone();
    query.follow(|id| {
        access::resolve(tx, id).map(|found| found.map(|person| person.community_id))
    })?;
    let holders = Holders::load(tx)?;
    let Some(persons) = candidates(tx, scope, &holders, &query)? else {
        page.is_too_many = true;
        return Ok(page);
    };
    let mut records: BTreeMap<i64, Vec<Identity>> = BTreeMap::new();
    for record in person::identities_of_persons(tx, &persons)? {
        if !record.is_affinity {
            records.entry(record.person_id).or_default().push(record);
        }
    }
    let mut hits = Vec::new();
    for found in person::by_ids(tx, &persons)? {
        let own = records.remove(&found.id).unwrap_or_default();
        if !scope.opens(&holders.of(&own)) {
            continue;
        }
        if let Some(birth_fits) = query.fits(&found.community_id, &own) {
            hits.push(DeskHit { person: found, records: own, birth_fits });
        }
    }
    hits.sort_by_cached_key(|hit| (!hit.birth_fits, order(hit)));
    page.found_count = hits.len();
    let begin = after
        .and_then(|after| hits.iter().position(|hit| hit.person.community_id == *after))
        .map_or(0, |place| place + 1);
    let limit = usize::try_from(SEARCH_RESULTS).unwrap_or(50);
    let rest = hits.split_off(begin);
    let is_last = rest.len() <= limit;
    page.hits = rest.into_iter().take(limit).collect();
    if !is_last {
        page.next = page.hits.last().map(|hit| hit.person.community_id.clone());
    }
    Ok(page)
}

/// Persons worth looking at, or `None` where they are too many.
fn candidates(
    tx: &mut Tx,
    scope: DeskScope,
    holders: &Holders,
    query: &SearchQuery,
) -> Result<Option<Vec<i64>>, IdentityError> {
    let domains = match scope {
        DeskScope::Region => None,
        DeskScope::Facility(own) => Some(holders.domains_of(own)),
        DeskScope::Closed => Some(Vec::new()),
    };
    let limit = i64::try_from(SEARCH_CANDIDATES).unwrap_or(i64::MAX - 1);
    let (criteria, community_id) = query.criteria();
    let mut persons = BTreeSet::new();
    for criterion in &criteria {
        let found = desk_candidates(tx, domains.as_deref(), limit + 1, criterion)?;
        if found.len() as u64 > SEARCH_CANDIDATES {
            return Ok(None);
        }
        persons.extend(found);
    }
    if let Some(id) = community_id {
        persons.extend(access::resolve(tx, id)?.map(|person| person.id));
    }
    Ok(Some(persons.into_iter().collect()))
}

/// By reading (by name where there is none), then birth day, then community ID.
fn order(hit: &DeskHit) -> (String, i64, CommunityId) {
    let shown = access::shown_demographics(&hit.records).or(hit.records.first());
    let demographics = shown.map(|record| record.demographics.clone()).unwrap_or_default();
    let name = if demographics.kana.is_empty() { &demographics.name } else { &demographics.kana };
    let born = birth_day(&demographics).unwrap_or(0);
    (name_token(&name.full()), born, hit.person.community_id.clone())
}
