//! The patient of a submission: the identity that the documents hang off.

use crate::{StoreError, Tx};

/// An identity as a submission needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patient {
    /// Row of the identity.
    pub identity_id: i64,
    /// The person it belongs to now.
    pub person_id: i64,
    /// The domain of its local ID.
    pub domain_id: i64,
    /// Whether it takes part now.
    pub enrolled: bool,
    /// The source that was asked for by name, if there is one.
    pub source_id: Option<i64>,
    /// The domain of that source.
    pub source_domain_id: Option<i64>,
}

/// The identity of a local ID, with the source of a name. On PostgreSQL the person and the
/// identity stay locked until the transaction ends, so that submissions of one patient follow
/// one another.
pub fn lock(
    tx: &mut Tx,
    domain_oid: &str,
    local_id: &str,
    source: &str,
) -> Result<Option<Patient>, StoreError> {
    tx.query_opt(&LOCK, params![domain_oid, local_id, source], |row| {
        Ok(Patient {
            identity_id: row.int(0)?,
            person_id: row.int(1)?,
            domain_id: row.int(2)?,
            enrolled: row.int(3)? > 0,
            source_id: row.opt_int(4)?,
            source_domain_id: row.opt_int(5)?,
        })
    })
}

/// The identity of a community ID in the affinity domain. Locks as [`lock`] does.
pub fn lock_community(
    tx: &mut Tx,
    affinity_oid: &str,
    community_id: &str,
) -> Result<Option<Patient>, StoreError> {
    tx.query_opt(&COMMUNITY_PATIENT, params![affinity_oid, community_id], |row| {
        Ok(Patient {
            identity_id: row.int(0)?,
            person_id: row.int(1)?,
            domain_id: row.int(2)?,
            enrolled: row.int(3)? > 0,
            source_id: None,
            source_domain_id: None,
        })
    })
}

/// Makes the affinity domain known as such.
pub fn mark_affinity(tx: &mut Tx, affinity_oid: &str) -> Result<(), StoreError> {
    tx.execute(&MARK_AFFINITY, params![affinity_oid]).map(drop)
}

/// Locks an identity and its person as [`lock`] does.
pub fn lock_identity(tx: &mut Tx, identity_id: i64) -> Result<Option<i64>, StoreError> {
    tx.query_opt(&LOCK_IDENTITY, params![identity_id], |row| row.int(0))
}

/// The identities that are one person now.
pub fn identities_of_person(tx: &mut Tx, person_id: i64) -> Result<Vec<i64>, StoreError> {
    tx.query(&IDENTITIES_OF_PERSON, params![person_id], |row| row.int(0))
}

crate::statements! {
    LOCK = "document/patient",
    COMMUNITY_PATIENT = "document/community_patient",
    MARK_AFFINITY = "domain/mark_affinity",
    LOCK_IDENTITY = "document/lock_identity",
    IDENTITIES_OF_PERSON = "document/identities_of_person",
}
