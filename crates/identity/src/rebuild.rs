//! Keys and evidence made again where older rules made them, or none: after a change of the rules
//! of normalisation, or of a state that is older than record linkage.

use crate::error::IdentityError;
use crate::matching::{evidence, rematch};
use model::Timestamp;
use model::limits::LINKAGE_REBUILD_IDENTITIES;
use store::link::older_identities;
use store::{Store, Tx, setting};
use text::key::NORMALISATION_VERSION;

/// The setting that says by which rules of normalisation the evidence of a store is made.
const SETTING: &str = "linkage_evidence_version";

/// What one step did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rebuilt {
    /// Identities whose keys were made again.
    pub identities: u64,
    /// The last of them, where the next step goes on; `None` at the end.
    pub last: Option<i64>,
}

/// Makes keys and evidence of the next identities after one again, and settles these identities
/// anew. One transaction of bounded size; a run that is stopped loses nothing, because what is done
/// is not found again.
pub fn rebuild(tx: &mut Tx, after: i64, now: Timestamp) -> Result<Rebuilt, IdentityError> {
    let batch = i64::try_from(LINKAGE_REBUILD_IDENTITIES).unwrap_or(i64::MAX);
    let older = older_identities(tx, after, i64::from(NORMALISATION_VERSION), batch)?;
    for one in &older {
        let of = evidence::Of { identity_id: one.identity_id, domain_id: one.domain_id };
        evidence::keep(tx, of, &one.demographics, now)?;
    }
    for one in &older {
        rematch(tx, one.identity_id, now)?;
    }
    Ok(Rebuilt { identities: older.len() as u64, last: older.last().map(|one| one.identity_id) })
}

/// Makes all evidence anew if it was made by other rules, or none was. Blocks; called before
/// anybody feeds. A start that is interrupted is made good by the next one.
///
/// # Errors
/// Those of the store.
pub fn refresh_evidence(store: &Store, now: Timestamp) -> Result<(), IdentityError> {
    let version = NORMALISATION_VERSION.to_string();
    let kept = store.read_blocking(|tx| setting::get(tx, SETTING))?;
    if kept.as_deref() == Some(version.as_str()) {
        return Ok(());
    }
    let mut after = i64::MIN;
    while let Some(last) = store.write_blocking(move |tx| rebuild(tx, after, now))?.last {
        after = last;
    }
    Ok(store.write_blocking(move |tx| setting::set(tx, SETTING, &version))?)
}
