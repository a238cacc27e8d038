//! What is compared of an identity, kept beside its demographics with the keys to find it by.

use crate::linkage::{Evidence, Record, RecordKey, index_keys};
use model::Timestamp;
use model::demographics::Demographics;
use store::link::{NewEvidence, put_evidence};
use store::{StoreError, Tx};
use text::key::NORMALISATION_VERSION;

/// The identity whose evidence is written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Of {
    /// Its key.
    pub identity_id: i64,
    /// That of its patient-ID domain.
    pub domain_id: i64,
}

/// Keeps what a source says now, with its keys. Raw values stay as they came: only keys are made
/// by rules, and made again when these change.
pub(crate) fn keep(
    tx: &mut Tx,
    of: Of,
    demographics: &Demographics,
    now: Timestamp,
) -> Result<(), StoreError> {
    let evidence = Evidence { demographics: demographics.clone(), ..Evidence::default() };
    let key = RecordKey { domain: of.domain_id, identity: of.identity_id };
    let keys: Vec<i64> =
        index_keys(&Record::new(key, &evidence)).into_iter().map(|key| key.0).collect();
    let text = serde_json::to_string(&evidence)
        .map_err(|error| StoreError::Damaged(format!("evidence: {error}")))?;
    let new = NewEvidence {
        identity_id: of.identity_id,
        domain_id: of.domain_id,
        norm_version: i64::from(NORMALISATION_VERSION),
        evidence: &text,
        keys: &keys,
    };
    put_evidence(tx, &new, now)
}

/// Reads evidence back.
///
/// # Errors
/// [`StoreError::Damaged`].
pub(crate) fn read(text: &str) -> Result<Evidence, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::Damaged(format!("evidence: {error}")))
}
