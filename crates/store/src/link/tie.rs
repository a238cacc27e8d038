//! What put identities under their persons, and what was said of two of them.

use crate::dialect::int_list;
use crate::{StoreError, Tx};
use model::Timestamp;

statements! {
    AUTOMATIC_INSERT = "link_automatic/insert",
    AUTOMATIC_DELETE = "link_automatic/delete",
    MEMBERS = "link_automatic/members",
    PUT = "link_tie/put",
    DELETE = "link_tie/delete",
    AMONG = "link_tie/among",
}

/// What a machine did to put an identity under its person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Automatic {
    /// The first of the identities that came together and stay together.
    pub unit: i64,
    /// The event that takes it back.
    pub event_id: i64,
    /// Digest of the weights by which it was decided.
    pub model: String,
}

/// An identity of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The person.
    pub person_id: i64,
    /// The identity.
    pub identity_id: i64,
    /// The machine's link; `None` where it came to its person otherwise.
    pub automatic: Option<Automatic>,
}

/// What is said of two identities.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TieKind {
    /// They are two; no machine links them.
    Apart,
    /// A machine's link that new demographics contradict: it stands until a human has looked.
    Held,
    /// A human has looked at what contradicts, and says that they are one all the same.
    Same,
}

impl TieKind {
    const ALL: [TieKind; 3] = [TieKind::Apart, TieKind::Held, TieKind::Same];

    fn name(self) -> &'static str {
        match self {
            TieKind::Apart => "apart",
            TieKind::Held => "held",
            TieKind::Same => "same",
        }
    }
}

/// What is said of two identities, by whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TieRow {
    /// The smaller identity.
    pub one: i64,
    /// The other one.
    pub other: i64,
    /// What is said.
    pub kind: TieKind,
    /// By whom.
    pub actor: String,
    /// When.
    pub at: Timestamp,
}

/// Notes that a machine put an identity under its person.
pub fn put_automatic(
    tx: &mut Tx,
    identity_id: i64,
    automatic: &Automatic,
) -> Result<(), StoreError> {
    let Automatic { unit, event_id, model } = automatic;
    tx.execute(&AUTOMATIC_INSERT, params![identity_id, *unit, *event_id, model]).map(drop)
}

/// The identity's place does not rest on a machine any more.
pub fn delete_automatic(tx: &mut Tx, identity_id: i64) -> Result<(), StoreError> {
    tx.execute(&AUTOMATIC_DELETE, params![identity_id]).map(drop)
}

/// Everybody of the persons of some identities, in the order of persons and identities, without
/// the derived identities of community IDs.
pub fn members_of_persons(tx: &mut Tx, identities: &[i64]) -> Result<Vec<Member>, StoreError> {
    tx.query(&MEMBERS, params![&int_list(identities)], |row| {
        let automatic = match (row.opt_int(2)?, row.opt_int(3)?, row.opt_text(4)?) {
            (Some(unit), Some(event_id), Some(model)) => Some(Automatic { unit, event_id, model }),
            _ => None,
        };
        Ok(Member { person_id: row.int(0)?, identity_id: row.int(1)?, automatic })
    })
}

/// Says something of an identity and each of some others, in place of what was said before.
pub fn put_ties(
    tx: &mut Tx,
    identity_id: i64,
    others: &[i64],
    kind: TieKind,
    (actor, now): (&str, Timestamp),
) -> Result<(), StoreError> {
    let others = int_list(others);
    tx.execute(&PUT, params![identity_id, &others, kind.name(), actor, now]).map(drop)
}

/// Nothing is said of an identity and some others any more; gives of how many something was.
pub fn delete_ties(tx: &mut Tx, identity_id: i64, others: &[i64]) -> Result<u64, StoreError> {
    tx.execute(&DELETE, params![identity_id, &int_list(others)])
}

/// What is said of any two of some identities, in their order.
pub fn ties_among(tx: &mut Tx, identities: &[i64]) -> Result<Vec<TieRow>, StoreError> {
    tx.query(&AMONG, params![&int_list(identities)], |row| {
        let name = row.text_ref(2)?;
        let kind = TieKind::ALL.into_iter().find(|kind| kind.name() == name);
        Ok(TieRow {
            one: row.int(0)?,
            other: row.int(1)?,
            kind: kind.ok_or_else(|| StoreError::Damaged(format!("link tie kind {name}")))?,
            actor: row.text(3)?,
            at: Timestamp(row.int(4)?),
        })
    })
}
