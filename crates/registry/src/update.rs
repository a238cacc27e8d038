//! The use case of ITI-57 and ITI-92: new versions of metadata, statuses, associations, whole or
//! not at all.

mod association;
mod document;
mod folder;
mod status;

use crate::content::Derivations;
use crate::error::{RegistryError, collect};
use crate::link::Joined;
use crate::prepare::Prepared;
use crate::reach::Reach;
use crate::rule_state as state_rule;
use crate::rule_update as rule;
use crate::whose::whose;
use ebrim::update::{Operation, operations};
use ebrim::{Submission, Transaction};
use model::Timestamp;
use model::document::{Availability, DocumentEntry};
use store::Tx;
use store::document::{self as rows, EndKind, Patient, row, set, stored_query};

/// What an update did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Updated {
    /// The person whose objects they are.
    pub person_id: i64,
    /// The number of operations.
    pub operations: usize,
}

/// One update under way.
struct Update<'a> {
    submission: &'a Submission,
    owner: Patient,
    set: Joined,
    reach: Reach,
    restricted: bool,
    derivations: &'a Derivations,
    now: Timestamp,
}

/// Updates metadata. `prepared` is the submission made ready; `restricted` for ITI-92.
pub fn update(
    tx: &mut Tx,
    submission: &Submission,
    prepared: &Prepared,
    restricted: bool,
    derivations: &Derivations,
    now: Timestamp,
) -> Result<Updated, RegistryError> {
    let transaction = match restricted {
        true => Transaction::RestrictedUpdate,
        false => Transaction::Update,
    };
    let operations = operations(submission, transaction).map_err(RegistryError::Refused)?;
    let owner = whose(tx, prepared, now)?.owner;
    let new = &submission.set.object;
    let is_new = !row::is_unique_id_used(tx, &new.unique_id)?;
    state_rule::unique_id_is_new("SubmissionSet", &new.unique_id, is_new)?;
    let is_new = !row::is_uuid_used(tx, new.entry_uuid)?;
    state_rule::uuid_is_new("SubmissionSet", new.entry_uuid, is_new)?;
    let id = set::insert(tx, new, &prepared.set_metadata, owner.identity_id)?;
    state_rule::uuid_is_new("SubmissionSet", new.entry_uuid, id.is_some())?;
    let Some(id) = id else { return Err(RegistryError::Refused(Vec::new())) };
    if let Some(source_id) = prepared.caller.source_id() {
        set::brought_by(tx, id, source_id)?;
    }
    let set = Joined { kind: EndKind::SubmissionSet, id, uuid: new.entry_uuid };
    let reach = Reach::new(&prepared.caller, now);
    let mut update = Update { submission, owner, set, reach, restricted, derivations, now };
    let mut problems = Vec::new();
    for operation in &operations {
        collect(update.one(tx, operation), &mut problems)?;
    }
    if !problems.is_empty() {
        return Err(RegistryError::Refused(problems));
    }
    Ok(Updated { person_id: owner.person_id, operations: operations.len() })
}

impl Update<'_> {
    fn one(&mut self, tx: &mut Tx, operation: &Operation<'_>) -> Result<(), RegistryError> {
        match operation {
            Operation::Document { document, previous_version, propagates } => {
                self.document(tx, document, *previous_version, *propagates)
            }
            Operation::Status { target, .. } if self.restricted => {
                Err(rule::no_status_in_restricted(*target).into())
            }
            _ if self.restricted => Err(rule::documents_only().into()),
            Operation::Folder { folder, previous_version, propagates } => {
                self.folder(tx, folder, *previous_version, *propagates)
            }
            Operation::Status { target, original, new } => {
                self.status(tx, *target, *original, *new)
            }
            Operation::Association(new) => self.associate(tx, new),
        }
    }

    fn identity_of(&self, tx: &mut Tx, entry: &DocumentEntry) -> Result<i64, RegistryError> {
        let end = rows::association::end(tx, entry.entry_uuid)?;
        Ok(end.map_or(self.owner.identity_id, |end| end.identity_id))
    }
}

/// What was taken back does not come to life again in another association.
fn approved(links: Vec<stored_query::Link>) -> impl Iterator<Item = stored_query::Link> {
    links.into_iter().filter(|link| link.availability == Availability::Approved)
}
