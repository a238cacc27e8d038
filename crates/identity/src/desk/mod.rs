//! The desk at which people say who is who: persons with their records and history, and acts
//! whose effect is shown before they are done.

mod act;
mod effect;
mod file;
mod find;
mod review;

use crate::error::IdentityError;
use crate::query::SearchQuery;
use access::{DeskScope, Holders, desk_scope};
use act::Refused;
use futures::future::BoxFuture;
use model::{Clock, CommunityId, IdSource, Timestamp};
use ports::{
    Act, Clerk, DeskError, DeskSearch, Done, Effect, IdentityDesk, LinkageReview, Order,
    PersonFile, Places, QueuePlace, ReviewCase, ReviewQueue,
};
use serde_json::{Value, json};
use std::sync::Arc;
use store::audit::{Action, NewAuditEvent, Outcome};
use store::person::{Identity, Person};
use store::{Store, StoreError, Tx, audit, person, source};

/// The desk over a store, for pages.
pub struct Desk {
    store: Store,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
}

impl Desk {
    /// The desk of a store.
    pub fn new(store: Store, clock: Arc<dyn Clock>, ids: Arc<dyn IdSource>) -> Desk {
        Desk { store, clock, ids }
    }

    /// Runs a use case and writes its audit record in the same transaction; what is closed, and
    /// an act that is refused, leave a record of their own.
    async fn audited<T: Send + 'static>(
        &self,
        clerk: &Clerk,
        subject: Subject,
        mut work: impl FnMut(&mut Tx, &Clerk, Timestamp) -> Result<(T, Option<i64>), Refused>
        + Send
        + 'static,
    ) -> Result<T, DeskError> {
        let now = self.clock.now();
        let (by, told) = (clerk.clone(), subject.clone());
        let done = self
            .store
            .write(move |tx| -> Result<T, Refused> {
                let (value, person_id) = work(tx, &by, now)?;
                write_audit(tx, &by, &told, Outcome::Success, person_id, now)?;
                Ok(value)
            })
            .await;
        match done {
            Ok(value) => Ok(value),
            Err(refused) => Err(self.refused(clerk, &subject, refused.into_error(), now).await?),
        }
    }

    /// Audits what was closed or refused; gives the error back.
    async fn refused(
        &self,
        clerk: &Clerk,
        subject: &Subject,
        error: DeskError,
        now: Timestamp,
    ) -> Result<DeskError, DeskError> {
        if !matches!(error, DeskError::Closed | DeskError::Refused(_) | DeskError::Changed) {
            return Ok(error);
        }
        let action = if error == DeskError::Closed { Action::Denied } else { subject.action };
        let mut detail = subject.detail.clone();
        if let Some(all) = detail.as_object_mut() {
            all.insert("refused".to_owned(), json!(error.to_string()));
        }
        let (by, told) = (clerk.clone(), Subject { action, detail });
        self.store
            .write(move |tx| write_audit(tx, &by, &told, Outcome::MinorFailure, None, now))
            .await
            .map_err(|failed: StoreError| DeskError::Unavailable(failed.to_string()))?;
        Ok(error)
    }
}

impl IdentityDesk for Desk {
    fn find(
        &self,
        clerk: Clerk,
        text: String,
        after: Option<CommunityId>,
    ) -> BoxFuture<'_, Result<DeskSearch, DeskError>> {
        Box::pin(async move {
            let query = SearchQuery::read(&text)?;
            let detail = json!({ "text": text, "page": "desk" });
            let subject = Subject { action: Action::Search, detail };
            self.audited(&clerk, subject, move |tx, clerk, _| {
                let scope = open_scope(clerk)?;
                Ok((find::find(tx, scope, &query, after.as_ref())?, None))
            })
            .await
        })
    }

    fn person(&self, clerk: Clerk, person_id: i64) -> BoxFuture<'_, Result<PersonFile, DeskError>> {
        Box::pin(async move {
            let detail = json!({ "page": "desk person", "asked": person_id });
            let subject = Subject { action: Action::View, detail };
            self.audited(&clerk, subject, move |tx, clerk, _| {
                let found = survivor(tx, person_id)?;
                open_persons(tx, clerk, &[found.id])?;
                let person_id = found.id;
                Ok((file::file(tx, found)?, Some(person_id)))
            })
            .await
        })
    }

    fn preview(&self, clerk: Clerk, act: Act) -> BoxFuture<'_, Result<Effect, DeskError>> {
        Box::pin(async move {
            let detail = json!({ "page": "desk preview", "act": format!("{act:?}") });
            let subject = Subject { action: Action::View, detail };
            let ids = Arc::clone(&self.ids);
            let asked = act.clone();
            self.audited(&clerk, subject, move |tx, clerk, _| {
                Ok(((), open_act(tx, clerk, &asked)?.first().copied()))
            })
            .await?;
            let now = self.clock.now();
            let rehearsed = self
                .store
                .write(move |tx| -> Result<Effect, Refused> {
                    // An error takes everything back that was done to find the effect out.
                    Err(Refused::Rehearsed(Box::new(effect::rehearse(
                        tx,
                        ids.as_ref(),
                        &act,
                        &clerk,
                        now,
                    )?)))
                })
                .await;
            match rehearsed {
                Ok(effect) => Ok(effect),
                Err(Refused::Rehearsed(effect)) => Ok(*effect),
                Err(refused) => Err(refused.into_error()),
            }
        })
    }

    fn perform(&self, clerk: Clerk, order: Order) -> BoxFuture<'_, Result<Done, DeskError>> {
        Box::pin(async move {
            let detail = json!({ "page": "desk act", "act": format!("{:?}", order.act) });
            let subject = Subject { action: Action::IdentityLink, detail };
            let ids = Arc::clone(&self.ids);
            self.audited(&clerk, subject, move |tx, clerk, now| {
                let persons = open_act(tx, clerk, &order.act)?;
                if effect::mark(tx, &persons, now)? != order.mark {
                    return Err(Refused::Changed);
                }
                let reason = match order.act.needs_reason() {
                    true => act::reason(&order.reason)?,
                    false => "",
                };
                let done = act::carry_out(tx, ids.as_ref(), &order.act, clerk, reason, now)?;
                Ok((done, Some(done.person_after)))
            })
            .await
        })
    }
}

impl LinkageReview for Desk {
    fn queue(
        &self,
        clerk: Clerk,
        source: Option<String>,
        after: Option<QueuePlace>,
    ) -> BoxFuture<'_, Result<ReviewQueue, DeskError>> {
        Box::pin(async move {
            let detail = json!({ "page": "desk queue", "source": source });
            let subject = Subject { action: Action::Search, detail };
            self.audited(&clerk, subject, move |tx, clerk, _| {
                open_reviews(clerk)?;
                Ok((review::queue(tx, source.as_deref(), after)?, None))
            })
            .await
        })
    }

    fn case(&self, clerk: Clerk, review_id: i64) -> BoxFuture<'_, Result<ReviewCase, DeskError>> {
        Box::pin(async move {
            let now = self.clock.now();
            let by = clerk.clone();
            let opened = self
                .store
                .write(move |tx| -> Result<ReviewCase, Refused> {
                    open_reviews(&by)?;
                    review::case(tx, review_id, &by.actor, now)
                })
                .await;
            match opened {
                Ok(case) => Ok(case),
                Err(refused) => {
                    let detail = json!({ "page": "desk review", "asked": review_id });
                    let subject = Subject { action: Action::View, detail };
                    Err(self.refused(&clerk, &subject, refused.into_error(), now).await?)
                }
            }
        })
    }
}

/// What an audit record tells of.
#[derive(Debug, Clone)]
struct Subject {
    action: Action,
    detail: Value,
}

fn write_audit(
    tx: &mut Tx,
    clerk: &Clerk,
    subject: &Subject,
    outcome: Outcome,
    person_id: Option<i64>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let event = NewAuditEvent {
        at: now,
        actor: &clerk.actor,
        account_id: Some(clerk.viewer.account_id),
        action: subject.action,
        outcome,
        person_id,
        detail: &subject.detail.to_string(),
    };
    audit::insert(tx, &event)
}

fn open_scope(clerk: &Clerk) -> Result<DeskScope, Refused> {
    let scope = desk_scope(&clerk.viewer);
    if scope.is_open() { Ok(scope) } else { Err(Refused::Closed) }
}

fn open_reviews(clerk: &Clerk) -> Result<(), Refused> {
    if desk_scope(&clerk.viewer).reviews() { Ok(()) } else { Err(Refused::Closed) }
}

/// Refuses an act that the account may not do.
fn open_act(tx: &mut Tx, clerk: &Clerk, act: &Act) -> Result<Vec<i64>, Refused> {
    if act.is_of_review() {
        open_reviews(clerk)?;
    }
    let persons = act::touched(tx, act)?.persons;
    open_persons(tx, clerk, &persons)?;
    Ok(persons)
}

/// Refuses unless every one of the persons may be worked on. Of several persons those without
/// records are left out: an ID that an act gives a record back to is nobody's patient meanwhile.
fn open_persons(tx: &mut Tx, clerk: &Clerk, persons: &[i64]) -> Result<(), Refused> {
    let scope = open_scope(clerk)?;
    let holders = Holders::load(tx)?;
    let mut with_records = 0;
    for person_id in persons {
        let records = person::identities_of_person(tx, *person_id)?;
        let numbered = holders.of(&records);
        if numbered.is_empty() && persons.len() > 1 {
            continue;
        }
        with_records += 1;
        if !scope.opens(&numbered) {
            return Err(Refused::Closed);
        }
    }
    if with_records > 0 { Ok(()) } else { Err(Refused::Closed) }
}

/// The person of a key, followed to where it was merged into.
fn survivor(tx: &mut Tx, person_id: i64) -> Result<Person, Refused> {
    let found = person::by_id(tx, person_id)?.ok_or(Refused::Closed)?;
    access::resolve(tx, &found.community_id)?.ok_or(Refused::Closed)
}

/// The records of a person, without the derived one of its community ID.
fn records(tx: &mut Tx, person_id: i64) -> Result<Vec<Identity>, StoreError> {
    let mut records = person::identities_of_person(tx, person_id)?;
    records.retain(|record| !record.is_affinity);
    Ok(records)
}

/// Where records come from.
fn places(tx: &mut Tx) -> Result<Places, IdentityError> {
    let mut places = Places::default();
    for row in source::sources(tx)? {
        places.domains.entry(row.domain.id).or_default().push((row.facility, row.name));
    }
    places.facilities = source::facilities(tx)?.into_iter().map(|it| (it.id, it)).collect();
    Ok(places)
}
