//! Demographics as the sources send them.

use crate::demographics::{birth_day, shown, take_in, tokens};
use crate::error::IdentityError;
use crate::feed_enrolment::{Told, introduce_all};
use crate::matching::{evidence, rematch};
use futures::future::BoxFuture;
use model::{Clock, IdSource, Timestamp};
use ports::{DemographicsUpdate, FeedError, IdentityFeed, Introduced};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::person::{Identity, NewDemographics, Said};
use store::{Store, StoreError, Tx, person};

/// Takes demographics into the store.
pub struct Feed {
    store: Store,
    clock: Arc<dyn Clock>,
    ids: Option<Arc<dyn IdSource>>,
}

impl Feed {
    /// A feed into a store.
    pub fn new(store: Store, clock: Arc<dyn Clock>) -> Feed {
        Feed { store, clock, ids: None }
    }

    /// The feed as one that enrols where a source says so; `ids` draws community IDs.
    #[must_use]
    pub fn enrolling(self, ids: Arc<dyn IdSource>) -> Feed {
        Feed { ids: Some(ids), ..self }
    }
}

impl IdentityFeed for Feed {
    fn introduce(
        &self,
        domain_oid: String,
        local_ids: Vec<String>,
        teller: String,
    ) -> BoxFuture<'_, Result<Introduced, FeedError>> {
        Box::pin(async move {
            let Some(ids) = self.ids.clone() else { return Ok(Introduced::default()) };
            let now = self.clock.now();
            let done = self.store.write_bulk(move |tx| -> Result<_, IdentityError> {
                let told = Told { domain_oid: &domain_oid, actor: &teller, now };
                introduce_all(tx, ids.as_ref(), &told, &local_ids)
            });
            done.await.map_err(|error| FeedError::Unavailable(error.to_string()))
        })
    }

    fn update(
        &self,
        updates: Vec<DemographicsUpdate>,
    ) -> BoxFuture<'_, Vec<Result<(), FeedError>>> {
        Box::pin(async move {
            let now = self.clock.now();
            let count = updates.len();
            match self.store.write_bulk(move |tx| take_demographics(tx, &updates, now)).await {
                Ok(answers) => answers,
                Err(error) => vec![Err(FeedError::Unavailable(error.to_string())); count],
            }
        })
    }
}

/// Takes demographics in; the answers are in the order of the updates. Each identity is read and
/// written once, however many updates speak of it, and not written at all where they say nothing
/// new. Whoever changed is linked to whom it is the same as, or asked about.
pub fn take_demographics(
    tx: &mut Tx,
    updates: &[DemographicsUpdate],
    now: Timestamp,
) -> Result<Vec<Result<(), FeedError>>, IdentityError> {
    let mut answers: Vec<Result<(), FeedError>> = updates.iter().map(|_| Ok(())).collect();
    let mut of_identity: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
    for (place, update) in updates.iter().enumerate() {
        of_identity.entry((&update.domain_oid, &update.local_id)).or_default().push(place);
    }
    for ((domain_oid, local_id), places) in of_identity {
        let speakable = !domain_oid.contains('\0') && !local_id.contains('\0');
        let known =
            if speakable { person::identity_by_local_id(tx, domain_oid, local_id)? } else { None };
        match known.filter(|identity| identity.enrolled) {
            Some(identity) => {
                let told = places.iter().filter_map(|place| updates.get(*place));
                apply_to(tx, identity, told, now)?;
            }
            None => {
                for place in places {
                    answers[place] =
                        Err(FeedError::NotEnrolled { domain_oid: domain_oid.to_owned() });
                }
            }
        }
    }
    Ok(answers)
}

/// Applies an update of a sender whose messages come in their order: of two messages of the same
/// second the later one stands.
pub(crate) fn take_later(
    tx: &mut Tx,
    identity: &Identity,
    update: &DemographicsUpdate,
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut said = identity.said()?;
    let is_same_second = said.authoritative.as_ref().is_some_and(|one| one.sent == update.sent);
    if is_same_second && update.authoritative {
        said.authoritative = None;
    }
    match take_in(&mut said, update) {
        true => show(tx, identity, &said, now),
        false => Ok(()),
    }
}

fn apply_to<'a>(
    tx: &mut Tx,
    identity: Identity,
    updates: impl Iterator<Item = &'a DemographicsUpdate>,
    now: Timestamp,
) -> Result<(), IdentityError> {
    let mut said = identity.said()?;
    let mut is_new = false;
    for update in updates {
        is_new |= take_in(&mut said, update);
    }
    if !is_new {
        return Ok(());
    }
    show(tx, &identity, &said, now)?;
    rematch(tx, identity.id, now)
}

/// Writes what is shown from now on, where it is other than before.
fn show(tx: &mut Tx, identity: &Identity, said: &Said, now: Timestamp) -> Result<(), StoreError> {
    let after = shown(said);
    let same = after.demographics == identity.demographics
        && after.sent == identity.sent
        && after.authoritative == identity.authoritative;
    if same {
        return person::set_said(tx, identity.id, said, now);
    }
    let mut demographics = after.demographics;
    demographics.sex.retain(|c| !c.is_control());
    let new = NewDemographics {
        identity_id: identity.id,
        demographics: &demographics,
        sent: &after.sent,
        authoritative: after.authoritative,
        said,
        birth_day: birth_day(&demographics),
        tokens: &tokens(&demographics),
    };
    person::set_demographics(tx, &new, now)?;
    let of = evidence::Of { identity_id: identity.id, domain_id: identity.domain_id };
    evidence::keep(tx, of, &demographics, now)
}
