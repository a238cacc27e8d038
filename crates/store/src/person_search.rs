//! Search for persons: candidates among those who consented to something for the viewer's
//! facility. Who of them is shown, and by which of their identities, is decided by the caller.
//! And the search keys themselves, to make them anew when their rule changes.

use crate::dialect::int_list;
use crate::{Param, Row, Statement, StoreError, Tx};
use model::Timestamp;
use model::demographics::Demographics;

statements! {
    BY_NAME = "person/search_by_name",
    BY_TWO_NAMES = "person/search_by_two_names",
    BY_LOCAL_ID = "person/search_by_local_id",
    BY_BIRTH_DAY = "person/search_by_birth_day",
    DESK_BY_NAME = "person/desk_by_name",
    DESK_BY_TWO_NAMES = "person/desk_by_two_names",
    DESK_BY_LOCAL_ID = "person/desk_by_local_id",
    DESK_BY_BIRTH_DAY = "person/desk_by_birth_day",
    DEMOGRAPHICS_AFTER = "person/demographics_after",
    DELETE_TOKENS = "person/delete_tokens",
    INSERT_TOKEN = "person/insert_token",
}

/// An enrolled identity that fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate {
    /// Its person.
    pub person_id: i64,
    /// The identity.
    pub identity_id: i64,
    /// Its domain.
    pub domain_id: i64,
    /// `YYYYMMDD`, where it is known.
    pub birth_day: Option<i64>,
}

/// For whom a search is made, and how far.
#[derive(Debug, Clone, Copy)]
pub struct Scope {
    /// The viewer's facility.
    pub viewer_facility_id: i64,
    /// When consent is looked at.
    pub now: Timestamp,
    /// Rows at most; the caller asks for one more than it shows, to know that there are more.
    pub limit: i64,
}

/// What to look for. Keys are made by the caller (`text::key`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Criterion {
    /// A search key begins with this.
    Name(String),
    /// A search key begins with `whole`, or one begins with `first` and one with `second`.
    TwoNames {
        /// Both together, in the order typed.
        whole: String,
        /// The first.
        first: String,
        /// The second.
        second: String,
    },
    /// The local ID is this, in any domain.
    LocalId(String),
    /// The birth day lies between these, both included (`YYYYMMDD`).
    BirthDay(i64, i64),
}

/// The identities that fit one criterion, in no order.
pub fn candidates(
    tx: &mut Tx,
    scope: &Scope,
    criterion: &Criterion,
) -> Result<Vec<Candidate>, StoreError> {
    let (statement, wanted): (&'static Statement, Vec<Param<'_>>) = match criterion {
        Criterion::Name(key) => (&BY_NAME, vec![Param::from(key)]),
        Criterion::TwoNames { whole, first, second } => {
            (&BY_TWO_NAMES, vec![Param::from(whole), Param::from(first), Param::from(second)])
        }
        Criterion::LocalId(id) => (&BY_LOCAL_ID, vec![Param::from(id)]),
        Criterion::BirthDay(first, last) => {
            (&BY_BIRTH_DAY, vec![Param::from(*first), Param::from(*last)])
        }
    };
    let mut all = vec![
        Param::from(scope.viewer_facility_id),
        Param::from(scope.now),
        Param::from(scope.limit),
    ];
    all.extend(wanted);
    tx.query(statement, &all, candidate)
}

/// The persons one of whose identities fits, enrolled or not and whatever they consented to: for
/// the desk that says who is who. `domains` are those it works in, `None` for all of them.
pub fn desk_candidates(
    tx: &mut Tx,
    domains: Option<&[i64]>,
    limit: i64,
    criterion: &Criterion,
) -> Result<Vec<i64>, StoreError> {
    let (statement, wanted): (&'static Statement, Vec<Param<'_>>) = match criterion {
        Criterion::Name(key) => (&DESK_BY_NAME, vec![Param::from(key)]),
        Criterion::TwoNames { whole, first, second } => {
            (&DESK_BY_TWO_NAMES, vec![Param::from(whole), Param::from(first), Param::from(second)])
        }
        Criterion::LocalId(id) => (&DESK_BY_LOCAL_ID, vec![Param::from(id)]),
        Criterion::BirthDay(first, last) => {
            (&DESK_BY_BIRTH_DAY, vec![Param::from(*first), Param::from(*last)])
        }
    };
    let listed = int_list(domains.unwrap_or_default());
    let mut all =
        vec![Param::from(limit), Param::from(i64::from(domains.is_none())), Param::from(&listed)];
    all.extend(wanted);
    tx.query(statement, &all, |row| row.int(0))
}

/// What is shown of the identities with keys after `after`, in the order of their keys.
pub fn demographics_after(
    tx: &mut Tx,
    after: i64,
    limit: i64,
) -> Result<Vec<(i64, Demographics)>, StoreError> {
    tx.query(&DEMOGRAPHICS_AFTER, params![after, limit], |row| {
        let id = row.int(0)?;
        let demographics = serde_json::from_str(row.text_ref(1)?).map_err(|error| {
            StoreError::Damaged(format!("demographics of identity {id}: {error}"))
        })?;
        Ok((id, demographics))
    })
}

/// Writes the search keys of an identity anew; each is given once.
pub fn set_tokens(tx: &mut Tx, identity_id: i64, tokens: &[String]) -> Result<(), StoreError> {
    tx.execute(&DELETE_TOKENS, params![identity_id])?;
    for token in tokens {
        tx.execute(&INSERT_TOKEN, params![token, identity_id])?;
    }
    Ok(())
}

fn candidate(row: &Row<'_>) -> Result<Candidate, StoreError> {
    Ok(Candidate {
        person_id: row.int(0)?,
        identity_id: row.int(1)?,
        domain_id: row.int(2)?,
        birth_day: row.opt_int(3)?,
    })
}
