//! Search for persons. A person is found only by what this viewer may see of it: names, dates
//! and IDs of identities that are not open to the viewer match nothing, so that a search is no
//! way to learn who is a patient where.

use crate::demographics::{birth_day, name_token};
use crate::error::IdentityError;
use crate::query::SearchQuery;
use access::{OpenPerson, Viewer};
use futures::future::BoxFuture;
use model::limits::{SEARCH_CANDIDATES, SEARCH_RESULTS};
use model::{Clock, CommunityId, Timestamp};
use ports::{FoundPerson, PersonSearch, SearchError, SearchPage, SearchRequest};
use std::collections::BTreeSet;
use std::sync::Arc;
use store::audit::{Action, NewAuditEvent, Outcome};
use store::person_search::{Scope, candidates};
use store::{Store, StoreError, Tx, audit};

/// One search.
#[derive(Debug, Clone)]
pub struct Search {
    /// Who searches.
    pub viewer: Viewer,
    /// What for.
    pub query: SearchQuery,
    /// The person after whom the page begins.
    pub after: Option<CommunityId>,
    /// When.
    pub now: Timestamp,
}

/// Searches: one page of [`SEARCH_RESULTS`] persons.
pub fn search(tx: &mut Tx, search: &Search) -> Result<SearchPage, IdentityError> {
    let mut page = SearchPage { readings: search.query.readings(), ..SearchPage::default() };
    let mut query = search.query.clone();
    query.follow(|id| {
        access::resolve(tx, id).map(|found| found.map(|person| person.community_id))
    })?;
    let Some(person_ids) = candidate_persons(tx, search, &query)? else {
        page.too_many = true;
        return Ok(page);
    };
    let open = access::open_persons(tx, &search.viewer, &person_ids, search.now)?;
    let mut found: Vec<FoundPerson> = open
        .into_iter()
        .filter_map(|person| {
            let birth_fits = query.fits(&person.community_id, &person.identities)?;
            Some(FoundPerson { person, birth_fits })
        })
        .collect();
    found.sort_by_cached_key(|found| (!found.birth_fits, order(&found.person)));
    page.found_count = found.len();
    page.birth_fits_count = found.iter().filter(|person| person.birth_fits).count();
    let limit = usize::try_from(SEARCH_RESULTS).unwrap_or(50);
    let begin = search.after.as_ref().and_then(|after| {
        let place = found.iter().position(|found| found.person.community_id == *after);
        place.map(|place| place + 1)
    });
    let rest = found.split_off(begin.unwrap_or(0));
    let is_last = rest.len() <= limit;
    page.persons = rest.into_iter().take(limit).collect();
    if !is_last {
        page.next = page.persons.last().map(|found| found.person.community_id.clone());
    }
    Ok(page)
}

/// Searches in a store, for pages.
pub struct Directory {
    store: Store,
    clock: Arc<dyn Clock>,
}

impl Directory {
    /// The directory of a store.
    pub fn new(store: Store, clock: Arc<dyn Clock>) -> Directory {
        Directory { store, clock }
    }
}

impl PersonSearch for Directory {
    fn search(&self, request: SearchRequest) -> BoxFuture<'_, Result<SearchPage, SearchError>> {
        Box::pin(async move {
            let query = SearchQuery::read(&request.text)?;
            let now = self.clock.now();
            let SearchRequest { viewer, actor, text, after } = request;
            let asked = Search { viewer, query, after, now };
            let page = self.store.read(move |tx| search(tx, &asked)).await.map_err(unavailable)?;
            self.store
                .write(move |tx| audit_search(tx, &viewer, &actor, &text, now))
                .await
                .map_err(unavailable)?;
            Ok(page)
        })
    }
}

fn unavailable(error: impl std::error::Error) -> SearchError {
    let cause = error.source().map(|source| format!(": {source}")).unwrap_or_default();
    SearchError::Unavailable(format!("{error}{cause}"))
}

/// The query, never what it found (ITI-20: log parameters, not results).
fn audit_search(
    tx: &mut Tx,
    viewer: &Viewer,
    actor: &str,
    text: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let detail = serde_json::json!({ "text": text, "viewer_facility": viewer.facility_id });
    let event = NewAuditEvent {
        at: now,
        actor,
        account_id: Some(viewer.account_id),
        action: Action::Search,
        outcome: Outcome::Success,
        person_id: None,
        detail: &detail.to_string(),
    };
    audit::insert(tx, &event)
}

/// Persons worth looking at, or `None` where they are too many.
fn candidate_persons(
    tx: &mut Tx,
    search: &Search,
    query: &SearchQuery,
) -> Result<Option<Vec<i64>>, IdentityError> {
    let limit = i64::try_from(SEARCH_CANDIDATES).unwrap_or(i64::MAX - 1);
    let scope =
        Scope { viewer_facility_id: search.viewer.facility_id, now: search.now, limit: limit + 1 };
    let (criteria, community_id) = query.criteria();
    let mut persons = BTreeSet::new();
    for criterion in &criteria {
        let rows = candidates(tx, &scope, criterion)?;
        if rows.len() as u64 > SEARCH_CANDIDATES {
            return Ok(None);
        }
        persons.extend(rows.iter().map(|row| row.person_id));
    }
    if let Some(id) = community_id {
        persons.extend(access::resolve(tx, id)?.map(|person| person.id));
    }
    Ok(Some(persons.into_iter().collect()))
}

/// By reading (by name where there is none), then birth day, then community ID: the order of a
/// register, homonyms told apart by age.
fn order(person: &OpenPerson) -> (String, i64, CommunityId) {
    let demographics = &person.demographics;
    let shown = if demographics.kana.is_empty() { &demographics.name } else { &demographics.kana };
    let born = birth_day(demographics).unwrap_or(0);
    (name_token(&shown.full()), born, person.community_id.clone())
}
