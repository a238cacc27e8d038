//! What the caller of a change reaches among the registered objects. What it may not know of is
//! for it as what does not exist: no answer differs.

use crate::error::{ErrorCode, Problem, RegistryError};
use crate::stored_query::QueryError;
use crate::stored_query::sight::Sight;
use access::{Grip, Hand};
use model::Timestamp;
use ports::Caller;
use store::document::stored_query::{self as rows, Bringer, Link, LinkEnd};
use store::document::{End, EndKind, association};
use store::{StoreError, Tx};
use uuid::Uuid;

/// The reach of one caller.
pub(crate) struct Reach {
    hand: Hand,
    sight: Sight,
}

impl Reach {
    pub(crate) fn new(caller: &Caller, now: Timestamp) -> Reach {
        Reach { hand: caller.hand(), sight: Sight::new(caller.viewer(), now) }
    }

    /// What a document, set or folder is to the caller.
    pub(crate) fn object(
        &mut self,
        tx: &mut Tx,
        kind: EndKind,
        id: i64,
    ) -> Result<Grip, RegistryError> {
        if self.hand == Hand::Centre {
            return Ok(Grip::Own);
        }
        let (is_open, bringer) = match kind {
            EndKind::Document => {
                let Some(head) = rows::heads(tx, &[id])?.into_iter().next() else {
                    return Ok(Grip::Absent);
                };
                let is_open = !self.sight.heads(tx, &[id]).map_err(plain)?.is_empty();
                let of = Bringer { source_id: head.source_id, facility_id: head.facility_id };
                (is_open, of)
            }
            EndKind::SubmissionSet => {
                let owners = rows::set_owners(tx, &[id])?;
                let seen = self.sight.owners(tx, kind, owners).map_err(plain)?;
                (!seen.is_empty(), rows::bringer_of_set(tx, id)?)
            }
            EndKind::Folder => {
                let owners = rows::folders(tx, &[id])?.into_iter().map(|(_, owner)| owner);
                let seen = self.sight.owners(tx, kind, owners.collect()).map_err(plain)?;
                (!seen.is_empty(), rows::bringer_of_folder(tx, id)?)
            }
            EndKind::Association => return Ok(Grip::Absent),
        };
        Ok(self.hand.grip(is_open, bringer.source_id, bringer.facility_id))
    }

    /// The object of an entryUUID, where the caller knows of it, and what it is to the caller.
    pub(crate) fn end(
        &mut self,
        tx: &mut Tx,
        uuid: Uuid,
    ) -> Result<Option<(End, Grip)>, RegistryError> {
        let Some(end) = association::end(tx, uuid)? else { return Ok(None) };
        let grip = match end.kind {
            EndKind::Association => self.link_of(tx, end.id)?,
            kind => self.object(tx, kind, end.id)?,
        };
        Ok((grip != Grip::Absent).then_some((end, grip)))
    }

    /// What an association is to the caller: known where both of its ends are.
    pub(crate) fn link(&mut self, tx: &mut Tx, link: &Link) -> Result<Grip, RegistryError> {
        if self.hand == Hand::Centre {
            return Ok(Grip::Own);
        }
        for end in [link.source, link.target] {
            if !self.knows(tx, end)? {
                return Ok(Grip::Absent);
            }
        }
        let bringer = match (link.id, link.source.kind) {
            // The HasMember of a set that has no row.
            (0, EndKind::SubmissionSet) => rows::bringer_of_set(tx, link.source.id)?,
            _ => rows::bringer_of_link(tx, link.id)?,
        };
        Ok(self.hand.grip(true, bringer.source_id, bringer.facility_id).max(Grip::Seen))
    }

    fn link_of(&mut self, tx: &mut Tx, id: i64) -> Result<Grip, RegistryError> {
        match rows::links(tx, &[id])?.first() {
            Some(link) => self.link(tx, link),
            None => Ok(Grip::Absent),
        }
    }

    /// Whether the caller knows of an end; of an association where it knows of both of its ends,
    /// which are no associations.
    fn knows(&mut self, tx: &mut Tx, end: LinkEnd) -> Result<bool, RegistryError> {
        if end.kind != EndKind::Association {
            return Ok(self.object(tx, end.kind, end.id)? != Grip::Absent);
        }
        for inner in rows::links(tx, &[end.id])? {
            for end in [inner.source, inner.target] {
                if self.object(tx, end.kind, end.id)? == Grip::Absent {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }
}

/// Whether a storage brought a document.
pub(crate) fn is_of_storage(tx: &mut Tx, document_id: i64) -> Result<bool, StoreError> {
    Ok(rows::heads(tx, &[document_id])?.iter().any(|head| head.of_storage))
}

/// An object that is changed or removed was brought by the caller's own facility.
pub(crate) fn is_own(grip: Grip, what: Uuid) -> Result<(), Problem> {
    if grip == Grip::Own {
        return Ok(());
    }
    let context = format!(
        "{} was not brought by this peer's facility, and this peer is not registered as one that \
         may change what others brought",
        what.urn()
    );
    Err(Problem::new(ErrorCode::XdsRegistryError, "", context))
}

/// Nothing is refused while it is looked who may see something.
fn plain(error: QueryError) -> RegistryError {
    match error {
        QueryError::Registry(error) => error,
        QueryError::Refused(problem) => problem.into(),
    }
}
