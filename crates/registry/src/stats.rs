//! Counts for `musubi stats`.

use crate::error::RegistryError;
use model::item::VersionState;
use serde::Serialize;
use std::collections::BTreeMap;
use store::document::row;
use store::{Tx, fact, intake, person};

/// What is stored.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Stats {
    /// Documents by typeCode; each stored version counts once.
    pub documents: BTreeMap<String, DocumentCounts>,
    /// Facts of current documents by kind.
    pub facts: BTreeMap<String, u64>,
    /// Identities.
    pub identities: u64,
    /// Persons.
    pub persons: u64,
    /// Enrolments by what holds of them.
    pub enrolments: EnrolmentStats,
    /// What waits in quarantine, by reason code.
    pub quarantine: BTreeMap<String, u64>,
}

/// Enrolments by what holds of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct EnrolmentStats {
    /// Taking part.
    pub enrolled: u64,
    /// Suspended: nothing is taken or shown, and everything is kept.
    pub suspended: u64,
    /// Withdrawn.
    pub withdrawn: u64,
}

/// Documents of one typeCode by state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct DocumentCounts {
    /// Flag 1.
    pub current: u64,
    /// Flag 2.
    pub deprecated: u64,
    /// Flag 0, delete messages among them.
    pub deleted: u64,
}

/// Counts everything, on one snapshot.
pub fn stats(tx: &mut Tx) -> Result<Stats, RegistryError> {
    let mut documents: BTreeMap<String, DocumentCounts> = BTreeMap::new();
    for (type_code, state, count) in row::count_by_type(tx)? {
        let counts = documents.entry(type_code).or_default();
        match state {
            VersionState::Current => counts.current += count,
            VersionState::Deprecated => counts.deprecated += count,
            VersionState::Deleted => counts.deleted += count,
        }
    }
    let mut quarantine = BTreeMap::new();
    for (reason, count) in intake::quarantine_counts(tx, None)? {
        quarantine.insert(reason, u64::try_from(count).unwrap_or(0));
    }
    let enrolments = person::count_enrolments(tx)?;
    let number = |count: i64| u64::try_from(count).unwrap_or(0);
    Ok(Stats {
        documents,
        facts: fact::count_by_kind(tx)?.into_iter().collect(),
        identities: number(person::count_identities(tx)?),
        persons: number(person::count_persons(tx)?),
        enrolments: EnrolmentStats {
            enrolled: number(enrolments.enrolled),
            suspended: number(enrolments.suspended),
            withdrawn: number(enrolments.withdrawn),
        },
        quarantine,
    })
}
