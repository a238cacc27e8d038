//! What is compared of an identity, and the keys under which it is found.

use crate::dialect::int_list;
use crate::{Row, StoreError, Tx};
use model::Timestamp;
use model::demographics::Demographics;

statements! {
    PUT = "link_evidence/put",
    OF_IDENTITIES = "link_evidence/of_identities",
    PAGE = "link_evidence/page",
    OLDER = "link_evidence/older",
    COUNT = "link_evidence/count",
    KEY_INSERT = "link_key/insert",
    KEY_DELETE_OTHERS = "link_key/delete_others",
    HOLDERS = "link_key/holders",
}

/// Evidence of one identity, to be written with its keys.
#[derive(Debug, Clone)]
pub struct NewEvidence<'a> {
    /// The identity.
    pub identity_id: i64,
    /// Its patient-ID domain.
    pub domain_id: i64,
    /// The version of the rules that made the keys.
    pub norm_version: i64,
    /// What the source says, as JSON.
    pub evidence: &'a str,
    /// The keys, each once.
    pub keys: &'a [i64],
}

/// Evidence as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvidenceRow {
    /// The identity.
    pub identity_id: i64,
    /// Its patient-ID domain.
    pub domain_id: i64,
    /// What the source says, as JSON.
    pub evidence: String,
}

/// An identity whose evidence has to be made (again).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OlderIdentity {
    /// The identity.
    pub identity_id: i64,
    /// Its patient-ID domain.
    pub domain_id: i64,
    /// What is shown of it.
    pub demographics: Demographics,
}

/// Who holds a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeldKey {
    /// The key.
    pub key: i64,
    /// An identity that holds it.
    pub identity_id: i64,
}

/// Writes evidence in place of what was there, and its keys in place of the former ones.
pub fn put_evidence(tx: &mut Tx, new: &NewEvidence<'_>, now: Timestamp) -> Result<(), StoreError> {
    let values = params![new.identity_id, new.domain_id, new.norm_version, new.evidence, now];
    tx.execute(&PUT, values)?;
    let keys = int_list(new.keys);
    tx.execute(&KEY_DELETE_OTHERS, params![new.identity_id, &keys])?;
    tx.execute(&KEY_INSERT, params![&keys, new.identity_id]).map(drop)
}

/// The evidence of some identities, in the order of their keys; who has none is left out.
pub fn evidence_of_identities(
    tx: &mut Tx,
    identities: &[i64],
) -> Result<Vec<EvidenceRow>, StoreError> {
    tx.query(&OF_IDENTITIES, params![&int_list(identities)], evidence)
}

/// The next rows after an identity.
pub fn evidence_page(
    tx: &mut Tx,
    after: i64,
    page_rows: i64,
) -> Result<Vec<EvidenceRow>, StoreError> {
    tx.query(&PAGE, params![after, page_rows], evidence)
}

/// The next identities after one whose evidence is missing or of older rules.
pub fn older_identities(
    tx: &mut Tx,
    after: i64,
    norm_version: i64,
    page_rows: i64,
) -> Result<Vec<OlderIdentity>, StoreError> {
    tx.query(&OLDER, params![after, norm_version, page_rows], |row| {
        let text = row.text_ref(2)?;
        let demographics = serde_json::from_str(text)
            .map_err(|error| StoreError::Damaged(format!("demographics: {error}")))?;
        Ok(OlderIdentity { identity_id: row.int(0)?, domain_id: row.int(1)?, demographics })
    })
}

/// Identities that have evidence.
pub fn count_evidence(tx: &mut Tx) -> Result<i64, StoreError> {
    Ok(tx.query_opt(&COUNT, params![], |row| row.int(0))?.unwrap_or_default())
}

/// Who holds any of these keys: at most `key_holders` of each, in the order of keys and
/// identities.
pub fn holders(tx: &mut Tx, keys: &[i64], key_holders: i64) -> Result<Vec<HeldKey>, StoreError> {
    tx.query(&HOLDERS, params![&int_list(keys), key_holders], |row| {
        Ok(HeldKey { key: row.int(0)?, identity_id: row.int(1)? })
    })
}

fn evidence(row: &Row<'_>) -> Result<EvidenceRow, StoreError> {
    Ok(EvidenceRow { identity_id: row.int(0)?, domain_id: row.int(1)?, evidence: row.text(2)? })
}
