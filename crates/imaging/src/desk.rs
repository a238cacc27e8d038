//! Where every request for images begins: resolve, decide, audit, all in one transaction.

use crate::asker::Asker;
use crate::found::{Eyes, Resolved, Seen};
use model::limits::{IMAGE_ACCESS_AUDIT_MS, IMAGE_ACCESS_READERS};
use model::{Clock, Timestamp};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use store::audit::{Action, Outcome};
use store::{Store, StoreError, Tx};

/// What a request for a study came to.
pub(crate) enum Opened<T> {
    /// What was asked for.
    Given(T),
    /// It is not there, or not for this asker: nobody can tell which.
    Nothing,
    /// The UID is that of two patients' studies.
    Ambiguous,
}

/// What is asked for, for the audit record.
#[derive(Debug, Clone)]
pub(crate) struct Subject {
    /// What is done.
    pub action: Action,
    /// The transaction: `WADO-RS`, `RAD-69`, …
    pub transaction: &'static str,
    /// What of the study: `metadata`, `frames`, …
    pub part: &'static str,
    /// Whether one row stands for the same asker's further requests for the same study: a viewer
    /// asks for each frame by itself.
    pub is_repeated: bool,
}

/// Opens studies. Cloning is cheap.
#[derive(Clone)]
pub(crate) struct Desk {
    pub store: Store,
    pub clock: Arc<dyn Clock>,
    recent: Arc<Mutex<HashMap<String, Timestamp>>>,
}

impl Desk {
    pub(crate) fn new(store: Store, clock: Arc<dyn Clock>) -> Desk {
        Desk { store, clock, recent: Arc::default() }
    }

    /// Reads with `read` of the study of a UID. Where `read` gives `None` the answer is the same as
    /// for no such study.
    ///
    /// # Errors
    /// The store failed; nothing is given that could not be audited.
    pub(crate) async fn study<T, F>(
        &self,
        asker: &Asker,
        study_uid: &str,
        subject: Subject,
        read: F,
    ) -> Result<Opened<T>, StoreError>
    where
        T: Send + 'static,
        F: FnMut(&mut Tx, &[Seen]) -> Result<Option<T>, StoreError> + Send + Clone + 'static,
    {
        let now = self.clock.now();
        let key = format!("{} {} {study_uid}", asker.actor(), subject.action.name());
        if subject.is_repeated && self.is_recent(&key, now) {
            let (asker, uid, mut read) = (asker.clone(), study_uid.to_owned(), read.clone());
            let opened = self
                .store
                .read(move |tx| opened(tx, &asker, &uid, now, &mut read).map(|(found, _)| found))
                .await?;
            if matches!(opened, Opened::Given(_)) {
                return Ok(opened);
            }
        }
        let (asker, uid, mut read) = (asker.clone(), study_uid.to_owned(), read);
        let is_repeated = subject.is_repeated;
        let opened = self
            .store
            .write(move |tx| {
                let (found, persons) = opened(tx, &asker, &uid, now, &mut read)?;
                let event = match found {
                    Opened::Given(_) => (subject.action, Outcome::Success),
                    Opened::Nothing | Opened::Ambiguous => (Action::Denied, Outcome::MinorFailure),
                };
                let detail = serde_json::json!({
                    "transaction": subject.transaction, "part": subject.part, "study": shown(&uid),
                });
                asker.audit(tx, event, &persons, &detail, now)?;
                Ok::<_, StoreError>(found)
            })
            .await?;
        if is_repeated && matches!(opened, Opened::Given(_)) {
            self.note(key, now);
        }
        Ok(opened)
    }

    fn is_recent(&self, key: &str, now: Timestamp) -> bool {
        let recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        recent.get(key).is_some_and(|at| is_within(*at, now))
    }

    fn note(&self, key: String, now: Timestamp) {
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        if recent.len() as u64 >= IMAGE_ACCESS_READERS {
            recent.retain(|_, at| is_within(*at, now));
        }
        if recent.len() as u64 >= IMAGE_ACCESS_READERS {
            recent.clear();
        }
        recent.insert(key, now);
    }
}

/// A UID as the audit record shows it: whatever was asked for, not longer than UIDs are.
pub(crate) fn shown(uid: &str) -> String {
    uid.chars().filter(|one| !one.is_control()).take(64).collect()
}

fn is_within(at: Timestamp, now: Timestamp) -> bool {
    let window_us = i64::try_from(IMAGE_ACCESS_AUDIT_MS * 1_000).unwrap_or(i64::MAX);
    (0..window_us).contains(&now.0.saturating_sub(at.0))
}

fn opened<T>(
    tx: &mut Tx,
    asker: &Asker,
    uid: &str,
    now: Timestamp,
    read: &mut impl FnMut(&mut Tx, &[Seen]) -> Result<Option<T>, StoreError>,
) -> Result<(Opened<T>, Vec<i64>), StoreError> {
    let seen = match Eyes::open(tx, asker.viewer(), now)?.study(tx, uid)? {
        Resolved::Found(seen) => seen,
        Resolved::Nothing => return Ok((Opened::Nothing, Vec::new())),
        Resolved::Ambiguous => return Ok((Opened::Ambiguous, Vec::new())),
    };
    let person: Vec<i64> = seen.first().map(|one| one.person_id).into_iter().collect();
    let found = read(tx, &seen)?;
    Ok((found.map_or(Opened::Nothing, Opened::Given), person))
}
